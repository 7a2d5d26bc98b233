//! Records: where is order 1042, what was set aside, send it again.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Raw, Record, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk, Topic, Wanted},
    run::Trace,
    state::{
        Group, Label, LedgerEntry, LifeEvent, Order, Place, Run, SearchIndex, Select, SetAside, Touch,
        Trigger,
    },
};

/// What became of records, page by page: of one run, of one processflow, or of all (Sync Info).
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListRecords {
    /// Of one run only: its id, or the beginning of it.
    pub run: Option<String>,
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// Of these outcomes only.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub outcomes: Vec<Label>,
    /// With exactly this reason or cause.
    pub reason: Option<String>,
    /// With these letters in an id, another name, the destination's id or the reason.
    pub text: Option<String>,
    /// What comes first.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub order: Order,
    /// The page after this place: the `next` of a page.
    pub after: Option<String>,
    /// The page before this place: the `previous` of a page.
    pub before: Option<String>,
    /// How many at most.
    #[serde(default = "hundred")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

fn hundred() -> u32 {
    100
}

/// A page of what became of records.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct RecordsPage {
    /// The records.
    pub records: Vec<LedgerEntry>,
    /// How many there are in all, by the balances of the runs; nothing where a text or a reason is looked for.
    pub total: Option<u64>,
    /// Where the next page begins; nothing at the end. With a text a page may be short, or empty, and still have a
    /// next one: so much was looked through at once.
    pub next: Option<String>,
    /// Where the page before ends; nothing at the beginning.
    pub previous: Option<String>,
}

impl Reads for ListRecords {
    type Output = RecordsPage;
    const NAME: &'static str = "records";

    fn read(self, desk: &Desk) -> Result<RecordsPage> {
        let Some(view) = desk.view()? else {
            return Ok(RecordsPage::default());
        };
        let on = view.connection();
        let run = match &self.run {
            Some(id) => Some(Run::find(on, id)?.number),
            None => None,
        };
        let text = self
            .text
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let select = Select {
            run,
            processflow: self.processflow,
            outcomes: self.outcomes,
            reason: self.reason,
            text,
        };
        let limit = self.limit.clamp(1, 10_000) as usize;
        let (after, before) = (place(self.after.as_deref())?, place(self.before.as_deref())?);
        let page = match before {
            Some(before) => select.page_before(on, self.order, before, limit)?,
            None => select.page(on, self.order, after, limit)?,
        };
        let ends = (
            page.entries.first().map(Place::of),
            page.entries.last().map(Place::of),
        );
        // A page found backwards goes on, backwards, where its look ended, and forwards where it was asked from.
        let (next, previous) = match (before, ends) {
            (Some(before), (_, last)) => (last.or(Some(before)), page.next),
            (None, (first, _)) => (page.next, first.or(after).filter(|_| after.is_some())),
        };
        Ok(RecordsPage {
            total: select.total(on)?,
            next: next.map(|place| place.to_string()),
            previous: previous.map(|place| place.to_string()),
            records: page.entries,
        })
    }
}

fn place(text: Option<&str>) -> Result<Option<Place>> {
    text.map(str::parse).transpose()
}

/// Where is order 1042? Everything that is known of a record, by its id, number, SKU, e-mail or target id.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FindRecord {
    /// What to look for.
    pub text: String,
}

/// A record's life line.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct LifeLine {
    /// What became of it in each run, oldest first.
    pub entries: Vec<LedgerEntry>,
    /// Where it waits, or waited, set aside.
    pub set_aside: Vec<SetAside>,
    /// All of it in the order of time, with what people did.
    #[serde(default)]
    pub events: Vec<LifeEvent>,
}

impl Reads for FindRecord {
    type Output = LifeLine;
    const NAME: &'static str = "find";

    fn read(self, desk: &Desk) -> Result<LifeLine> {
        let text = self.text.trim();
        let Some(view) = desk.view()?.filter(|_| !text.is_empty()) else {
            return Ok(LifeLine::default());
        };
        let on = view.connection();
        let index = SearchIndex::of(&desk.folder().cache());
        let entries = LedgerEntry::search(on, Some(&index), text, 500)?;
        let set_aside = SetAside::search(on, text)?;
        let events = LifeEvent::line(on, &entries, &set_aside)?;
        Ok(LifeLine {
            entries,
            set_aside,
            events,
        })
    }
}

/// Records that wait set aside, grouped by cause, the largest group first.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListFailedGroups {
    /// Of one processflow only.
    pub processflow: Option<String>,
}

impl Reads for ListFailedGroups {
    type Output = Vec<Group>;
    const NAME: &'static str = "failed_groups";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        Group::all(view.connection(), self.processflow.as_deref())
    }
}

/// Records that wait set aside, oldest first.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListFailed {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// Of one group only, see `failed_groups`.
    pub group: Option<String>,
    /// With a higher number only: the page after the one that ended with it.
    pub after: Option<i64>,
    /// How many at most.
    #[serde(default = "many")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

fn many() -> u32 {
    1000
}

impl Reads for ListFailed {
    type Output = Vec<SetAside>;
    const NAME: &'static str = "failed";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        let (flow, group) = (self.processflow.as_deref(), self.group.as_deref());
        SetAside::open(
            view.connection(),
            flow,
            group,
            self.after.unwrap_or(0),
            self.limit,
        )
    }
}

/// One set-aside record with its payload.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowFailed {
    /// Its number.
    pub number: i64,
}

/// A set-aside record with its payload.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct FailedDetail {
    /// The record.
    #[serde(flatten)]
    pub record: SetAside,
    /// As it was read, or as a person edited it.
    pub payload: serde_json::Value,
    /// The same letter by letter: with the digits it has, which a reader of JSON may change.
    pub payload_text: String,
    /// What the step that it failed in made of it, and what was asked and answered, secrets masked.
    pub trace: Option<Trace>,
}

impl Reads for ShowFailed {
    type Output = FailedDetail;
    const NAME: &'static str = "show_failed";

    fn read(self, desk: &Desk) -> Result<FailedDetail> {
        let view = desk.view_or_empty("set-aside records")?;
        let record = SetAside::any(view.connection(), self.number)?;
        let text = SetAside::payload(view.connection(), self.number)?;
        let payload = serde_json::from_str(&text).unwrap_or_else(|_| text.clone().into());
        let trace = SetAside::trace(view.connection(), self.number)?;
        let trace = trace.and_then(|text| serde_json::from_str(&text).ok());
        Ok(FailedDetail {
            record,
            payload,
            payload_text: text,
            trace,
        })
    }
}

/// Sends set-aside records again, as they are kept.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RetryFailed {
    /// All of one processflow.
    pub processflow: Option<String>,
    /// These, by number.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub numbers: Vec<i64>,
    /// All of one group, see `failed_groups`.
    #[serde(default)]
    pub group: Option<String>,
}

/// The runs that were started, one per processflow.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct RetryStarted {
    /// Their ids.
    pub runs: Vec<String>,
}

#[async_trait]
impl Acts for RetryFailed {
    type Output = RetryStarted;
    const NAME: &'static str = "retry_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<RetryStarted> {
        let kept = agent.state().read(move |on| self.chosen(on)).await?;
        if kept.is_empty() {
            return Err(Error::config("no record waits to be sent again")
                .hint("`processflow failed` lists those that do."));
        }
        let mut runs = Vec::new();
        for (processflow, Chosen { records, numbers }) in kept {
            let run = agent
                .start(&processflow, Wanted::Stored(records), Trigger::Retry)
                .await?;
            let at = agent.now();
            let noted = agent.state().write_behind(move |on| {
                numbers
                    .iter()
                    .try_for_each(|&number| Touch::Retried.note(on, number, &at, None))
            });
            noted.await?;
            runs.push(run);
        }
        Ok(RetryStarted { runs })
    }
}

/// Set-aside records of one processflow as records, and their numbers.
#[derive(Default)]
struct Chosen {
    records: Vec<Record>,
    numbers: Vec<i64>,
}

impl RetryFailed {
    /// The chosen set-aside records, by processflow.
    fn chosen(&self, on: &rusqlite::Connection) -> Result<BTreeMap<String, Chosen>> {
        let rows = if self.numbers.is_empty() {
            let (flow, group) = (self.processflow.as_deref(), self.group.as_deref());
            SetAside::open(on, flow, group, 0, u32::MAX)?
        } else {
            let one = |&number: &i64| SetAside::numbered(on, number);
            self.numbers.iter().map(one).collect::<Result<_>>()?
        };
        let mut chosen: BTreeMap<String, Chosen> = BTreeMap::new();
        for row in rows {
            let body = Raw::parse(SetAside::payload(on, row.number)?)?;
            let own = chosen.entry(row.processflow).or_default();
            own.numbers.push(row.number);
            own.records.push(Record {
                id: row.source.into(),
                labels: row.labels.iter().collect(),
                body,
                unreadable: None,
                left_out: None,
            });
        }
        Ok(chosen)
    }
}

/// Replaces the payload of a set-aside record before it is sent again.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct EditFailed {
    /// Its number.
    pub number: i64,
    /// The record, as it should have been read.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub payload: serde_json::Value,
    /// The same as JSON text, which is kept with the digits it has; it goes before `payload`.
    #[serde(default)]
    pub text: Option<String>,
}

#[async_trait]
impl Acts for EditFailed {
    type Output = ();
    const NAME: &'static str = "edit_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let text = self.object()?;
        let at = agent.now();
        agent
            .state()
            .write(move |on| {
                SetAside::numbered(on, self.number)?;
                SetAside::edit(on, self.number, &text)?;
                Touch::Edited.note(on, self.number, &at, None)
            })
            .await?;
        agent.changed(Topic::Record);
        Ok(())
    }
}

impl EditFailed {
    /// The record's text; Config unless it is a JSON object.
    fn object(&self) -> Result<String> {
        let text = self.text.clone().unwrap_or_else(|| self.payload.to_string());
        let wrong = |what: String| Error::config(what).hint("Keep the braces and change the fields.");
        let raw =
            Raw::parse(text).map_err(|error| wrong(format!("the record is not JSON: {}", error.message)))?;
        if raw.as_str().trim_start().starts_with('{') {
            return Ok(raw.as_str().to_owned());
        }
        Err(wrong("a record is a JSON object".to_owned()))
    }
}

/// Lets set-aside records go, with a note that says why.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct DismissFailed {
    /// Their numbers.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub numbers: Vec<i64>,
    /// All of one group, see `failed_groups`.
    #[serde(default)]
    pub group: Option<String>,
    /// Why.
    pub note: String,
}

#[async_trait]
impl Acts for DismissFailed {
    type Output = ();
    const NAME: &'static str = "dismiss_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        if self.note.trim().is_empty() {
            return Err(Error::config("a dismissed record needs a note").hint("Say why with `--note TEXT`."));
        }
        let at = agent.now();
        agent
            .state()
            .write(move |on| {
                let mut numbers = self.numbers;
                if let Some(group) = &self.group {
                    let all = SetAside::open(on, None, Some(group), 0, u32::MAX)?;
                    numbers.extend(all.iter().map(|record| record.number));
                }
                if numbers.is_empty() {
                    return Err(Error::config("no record was named that could be dismissed")
                        .hint("`processflow failed` lists those that wait."));
                }
                numbers.sort_unstable();
                numbers.dedup();
                for number in numbers {
                    SetAside::numbered(on, number)?;
                    SetAside::dismiss(on, number, &self.note, &at)?;
                    Touch::Dismissed.note(on, number, &at, Some(&self.note))?;
                }
                Ok(())
            })
            .await?;
        agent.changed(Topic::Record);
        Ok(())
    }
}
