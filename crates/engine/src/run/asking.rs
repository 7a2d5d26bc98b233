//! How a processflow's source is asked: its parameters with their placeholders filled in, and from where.

use std::collections::{BTreeMap, VecDeque};

use connector_kit::{
    Batch, Connector, DateFilter, Does, Error, Live, Reading, Result, Source, Span, Watermark, async_trait,
    paging,
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::going_on::{GoingOn, Position};
use crate::{
    placeholder::{Kept, Reach, Values, reach, read, texts},
    processflow::Read,
};

/// Ids in one question: their list has to fit into a URL.
const GROUP: usize = 100;

/// What is asked of a source.
pub(crate) struct Asking<'c> {
    /// Of which connector it is.
    pub(crate) connector: &'c Connector,
    /// The live connection.
    pub(crate) live: Live,
    /// The read step.
    pub(crate) read: &'c Read,
    /// What the plan's kept variables are now.
    pub(crate) variables: Kept,
    /// See [`Reading::pages_under_way`].
    pub(crate) pages_under_way: usize,
}

/// What part of a source is wanted.
pub(crate) enum Part {
    /// What comes next: from here on.
    Next(Option<Watermark>),
    /// What changed since an instant; its position may be kept.
    Since(Timestamp),
    /// Everything that filters let through; and how far the last run came.
    Whole(Option<Timestamp>),
    /// These records.
    Ids(Vec<String>),
}

impl Asking<'_> {
    /// Opens the source. Err: Config (credentials, parameters), Unavailable (could not ask now).
    pub(crate) async fn open(self, part: Part, filter: BTreeMap<String, String>) -> Result<Box<dyn Source>> {
        let reach = self.reach(&filter)?;
        let now = async || self.live.now().await;
        let variables = || self.variables.clone();
        let (position, from, inner) = match part {
            Part::Ids(ids) => return self.chosen(ids).await,
            Part::Next(kept) if !reach.is_kept() => {
                let (_, source) = Position::of(kept)?;
                return self.plain(span(source), filter, reach).await;
            }
            Part::Since(since) if !reach.goes_on => {
                if !reach.variables {
                    return self.plain(Span::Since(since), filter, reach).await;
                }
                let position = Position::begin(Some(since), now().await?, reach, variables());
                (position, None, Span::Since(since))
            }
            Part::Whole(_) if !reach.goes_on => return self.plain(Span::Whole, filter, reach).await,
            Part::Next(kept) => {
                let (position, source) = next(kept, now().await?, reach, variables())?;
                let from = position.begins_at();
                (position, from, span(source))
            }
            // The filter says since when; a list that knows no change dates can be read so too.
            Part::Since(since) => (
                Position::begin(Some(since), now().await?, reach, variables()),
                Some(since),
                Span::Whole,
            ),
            Part::Whole(reached) => {
                let position = Position::begin(reached, now().await?, reach, variables());
                (position, reached, Span::Whole)
            }
        };
        let values = Values {
            reached: from,
            now: position
                .until()
                .saturating_add(reach.short)
                .unwrap_or(position.until()),
            ids: Vec::new(),
            variables: position.variables(),
        };
        let source = self.opened(&values, &self.read.with, inner, &filter).await?;
        Ok(Box::new(GoingOn::new(
            source,
            position,
            reach,
            self.date(&filter),
        )))
    }

    fn reach(&self, filter: &BTreeMap<String, String>) -> Result<Reach> {
        if !self.connector.tells_time {
            return Ok(Reach::default());
        }
        for text in filter.values() {
            read(text).map_err(|wrong| Error::config(wrong.message).hint(wrong.hint))?;
        }
        let filter: Vec<Value> = filter.values().map(|text| Value::from(text.as_str())).collect();
        Ok(reach(filter.iter().chain([&self.read.with])))
    }

    async fn plain(
        &self,
        span: Span,
        filter: BTreeMap<String, String>,
        reach: Reach,
    ) -> Result<Box<dyn Source>> {
        let values = self.values(reach).await?;
        self.opened(&values, &self.read.with, span, &filter).await
    }

    /// For a reading that keeps no position. Only for dates the store is asked what time it is there.
    async fn values(&self, reach: Reach) -> Result<Values> {
        let example = Values::example(self.variables.clone());
        if !reach.is_any {
            return Ok(example);
        }
        Ok(Values {
            reached: None,
            now: self.live.now().await?,
            ids: Vec::new(),
            ..example
        })
    }

    /// The date that a filter bounds which goes on from where the last run came to.
    fn date(&self, filter: &BTreeMap<String, String>) -> Option<DateFilter> {
        let mut found = None;
        let mut look = |name: &str, text: &str| {
            let goes_on = reach([&Value::from(text)]).goes_on;
            if found.is_none() && goes_on {
                found = (self.connector.date_filter)(name);
            }
        };
        filter.iter().for_each(|(name, text)| look(name, text));
        texts(&self.read.with, &mut |name, text, _| look(name, text));
        found
    }

    /// Chosen records, by what `retry` says of asking for them.
    async fn chosen(self, ids: Vec<String>) -> Result<Box<dyn Source>> {
        let with = with_retry(&self.read.with, self.read.retry.as_ref());
        let reach = if self.connector.tells_time {
            reach([&with])
        } else {
            Reach::default()
        };
        let values = self.values(reach).await?;
        let size = match reach.ids {
            (_, true) => 1,
            (true, false) => GROUP,
            (false, false) => ids.len().max(1),
        };
        let mut sources = VecDeque::new();
        for group in ids.chunks(size) {
            let values = Values {
                ids: group.to_vec(),
                ..values.clone()
            };
            let span = Span::Ids(group.to_vec());
            sources.push_back(self.opened(&values, &with, span, &BTreeMap::new()).await?);
        }
        Ok(Box::new(OneAfterTheOther(sources)))
    }

    async fn opened(
        &self,
        values: &Values,
        with: &Value,
        span: Span,
        filter: &BTreeMap<String, String>,
    ) -> Result<Box<dyn Source>> {
        let action = self
            .connector
            .action(&self.read.action)
            .map(|action| &action.does);
        let Some(Does::Read(action)) = action else {
            return Err(Error::bug(format!(
                "`{}` was checked at deploy",
                self.read.action
            )));
        };
        let fill = self.connector.tells_time;
        let with = if fill { values.filled(with)? } else { with.clone() };
        let filter = filter.iter().map(|(name, text)| {
            let text = if fill { values.text(text)? } else { text.clone() };
            Ok((name.clone(), text))
        });
        let reading = Reading {
            span,
            filter: filter.collect::<Result<_>>()?,
            pages_under_way: self.pages_under_way,
        };
        action.open(self.live.system(), &with, reading).await
    }
}

fn span(watermark: Option<Watermark>) -> Span {
    watermark.map_or(Span::Whole, Span::From)
}

/// The position of a processflow's next reading, and its source's own.
fn next(
    kept: Option<Watermark>,
    now: Timestamp,
    reach: Reach,
    variables: Kept,
) -> Result<(Position, Option<Watermark>)> {
    let (position, source) = Position::of(kept)?;
    let position = match position {
        Some(position) => position.next(now, reach, variables),
        None => Position::begin(source.as_ref().and_then(paging::reached), now, reach, variables),
    };
    Ok((position, source))
}

/// How far a processflow came, whatever kind of position it has.
pub(crate) fn reached(kept: Option<Watermark>) -> Result<Option<Timestamp>> {
    let (position, source) = Position::of(kept)?;
    Ok(match position {
        Some(position) => position.reached(),
        None => source.as_ref().and_then(paging::reached),
    })
}

/// The parameters when chosen records are read: each that `retry` names in place of its own.
pub(crate) fn with_retry(with: &Value, retry: Option<&Value>) -> Value {
    let Some(Value::Object(retry)) = retry else {
        return with.clone();
    };
    let mut all: Map<String, Value> = with.as_object().cloned().unwrap_or_default();
    all.extend(retry.clone());
    Value::Object(all)
}

/// Sources that are read one behind the other.
struct OneAfterTheOther(VecDeque<Box<dyn Source>>);

#[async_trait]
impl Source for OneAfterTheOther {
    async fn next(&mut self) -> Result<Option<Batch>> {
        while let Some(first) = self.0.front_mut() {
            if let Some(batch) = first.next().await? {
                return Ok(Some(batch));
            }
            self.0.pop_front();
        }
        Ok(None)
    }
}
