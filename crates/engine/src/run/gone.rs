//! Records that were delivered and are not there any more.
//!
//! A list of changes says nothing of what was deleted. So the ids of what was delivered are kept, and once in a while the
//! whole list is asked for, and compared by id alone. What it lacks is asked for by its id: an order that was archived is
//! still there, and comes as it is now; what is not comes once more with the fields that were kept of it and `gone: true`,
//! and the steps say what becomes of it. Nothing is ever deleted here. A list that is empty or lacks a large share is taken
//! for a mistake: nothing comes of it until a person has looked.

use std::collections::{BTreeMap, HashSet};

use connector_kit::{Error, Raw, Record, Result, SmolStr, Source};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{Ended, Running, largest_batch};
use crate::{
    processflow::Gone,
    state::{Entry, KnownRecord, Label, Whereabouts},
};

/// So few may be gone whatever share they are.
const FEW: usize = 10;

/// Ids that are asked for at once.
const GROUP: usize = 1_000;

/// The field that tells.
const GONE: &str = "gone";

impl Running {
    /// Looks for them, if it is time.
    pub(super) async fn look_for_gone(&mut self, cancel: &CancellationToken) -> Result<Ended> {
        let plan = self.plan.clone();
        let Some(gone) = plan.read.gone.as_ref().filter(|_| self.moves_watermark) else {
            return Ok(Ended::Whole);
        };
        if !self.is_due(gone).await? {
            return Ok(Ended::Whole);
        }
        let listed = tokio::select! {
            () = cancel.cancelled() => return Ok(Ended::Cancelled),
            listed = ids((self.list.again)(None, self.variables.shown(&plan))) => listed?,
        };
        let (there, away): (Vec<_>, Vec<_>) = self
            .journal
            .known(&self.list.name)
            .await?
            .into_iter()
            .partition(|known| listed.contains(known.id.as_str()));
        let missing: Vec<KnownRecord> = away
            .into_iter()
            .filter(|known| known.whereabouts == Whereabouts::Listed)
            .collect();
        brake(gone, &self.plan.name, listed.len(), there.len(), missing.len())?;
        for group in missing.chunks(GROUP) {
            let wanted = group.iter().map(|known| known.id.clone()).collect();
            let asked = tokio::select! {
                () = cancel.cancelled() => return Ok(Ended::Cancelled),
                asked = these((self.list.again)(Some(wanted), self.variables.shown(&plan)), group) => asked?,
            };
            self.tell(asked).await?;
        }
        let again = there
            .into_iter()
            .filter(|known| known.whereabouts == Whereabouts::Unlisted);
        let again = again.map(|known| KnownRecord {
            whereabouts: Whereabouts::Listed,
            ..known
        });
        self.journal.compared(&self.list.name, again.collect()).await?;
        Ok(Ended::Whole)
    }

    /// Where the records of a batch are now, by what became of them. Of one that never was delivered nobody looks whether
    /// it is gone.
    pub(super) fn known(
        &self,
        records: &[Record],
        entries: &[Entry],
        found: Whereabouts,
    ) -> Vec<KnownRecord> {
        let Some(gone) = &self.plan.read.gone else {
            return Vec::new();
        };
        let known = |(record, entry): (&Record, &Entry)| {
            let whereabouts = if is_gone(record) { Whereabouts::Gone } else { found };
            let delivered = matches!(entry.outcome, Label::Written | Label::Unchanged);
            (delivered || found != Whereabouts::Listed).then(|| KnownRecord {
                list: self.list.name.clone(),
                id: record.id.to_string(),
                kept: kept(record, &gone.keep),
                whereabouts,
            })
        };
        records.iter().zip(entries).filter_map(known).collect()
    }

    /// Whether it is time. The first time counts from the first run, which has just read everything.
    async fn is_due(&mut self, gone: &Gone) -> Result<bool> {
        let Some(last) = self.journal.compared_at(&self.list.name).await? else {
            self.journal.compared(&self.list.name, Vec::new()).await?;
            return Ok(false);
        };
        let passed = self.clock.now().duration_since(last);
        Ok(passed.unsigned_abs() >= gone.every)
    }

    async fn tell(&mut self, asked: Asked) -> Result<()> {
        let size = largest_batch(&self.plan);
        for (records, found) in [
            (asked.there, Whereabouts::Unlisted),
            (asked.gone, Whereabouts::Gone),
        ] {
            for records in records.chunks(size) {
                self.progress.read(records.len(), None);
                self.deliver(records, None, found).await?;
            }
        }
        Ok(())
    }
}

/// What the system said of records that its list lacks.
struct Asked {
    there: Vec<Record>,
    gone: Vec<Record>,
}

/// A source that is being opened.
type Opening = BoxFuture<'static, Result<Box<dyn Source>>>;

/// The ids of everything there is.
async fn ids(opening: Opening) -> Result<HashSet<SmolStr>> {
    let mut source = opening.await?;
    let mut ids = HashSet::new();
    while let Some(batch) = source.next().await? {
        ids.extend(batch.records.into_iter().map(|record| record.id));
    }
    Ok(ids)
}

/// What is there of these, and what is gone.
async fn these(opening: Opening, missing: &[KnownRecord]) -> Result<Asked> {
    let mut source = opening.await?;
    let mut found = BTreeMap::new();
    while let Some(batch) = source.next().await? {
        let readable = batch
            .records
            .into_iter()
            .filter(|record| record.unreadable.is_none());
        found.extend(readable.map(|record| (record.id.clone(), record)));
    }
    let gone = missing
        .iter()
        .filter(|known| !found.contains_key(known.id.as_str()));
    Ok(Asked {
        gone: gone.map(gone_record).collect::<Result<_>>()?,
        there: found.into_values().collect(),
    })
}

/// Stops before anything is told where so much is missing that the list may be the mistake.
fn brake(gone: &Gone, name: &str, listed: usize, there: usize, missing: usize) -> Result<()> {
    let known = there + missing;
    let too_many = missing > FEW && missing * 100 > known * gone.at_most as usize;
    if missing == 0 || !(too_many || listed == 0) {
        return Ok(());
    }
    Err(Error::config(format!(
        "{missing} of {known} records that were delivered are not in the list any more, which has {listed}: so many at once may be a mistake, and none was marked as gone"
    ))
    .hint(format!(
        "Look into the store. If they are gone, write a higher `at_most` under `gone` of the step `read`, deploy, and run `{name}` again."
    )))
}

/// The fields that are kept, as they were written.
fn kept(record: &Record, keep: &[String]) -> String {
    let field = |name: &String| {
        let value = record.body.field(name)?;
        Some(format!(
            "{}:{}",
            serde_json::Value::from(name.as_str()),
            value.as_str()
        ))
    };
    let fields: Vec<String> = keep.iter().filter_map(field).collect();
    format!("{{{}}}", fields.join(","))
}

/// A record that is gone: what was kept of it, and that it is gone.
fn gone_record(known: &KnownRecord) -> Result<Record> {
    let fields = known.kept.strip_suffix('}').unwrap_or("{");
    let comma = if fields == "{" { "" } else { "," };
    let body = Raw::parse(format!("{fields}{comma}\"{GONE}\":true}}"))?;
    let fields = body.fields();
    let texts = fields.names().filter_map(|name| body.field(name)?.plain());
    let labels = texts.filter(|text| *text != known.id && text != "true").collect();
    Ok(Record {
        labels,
        ..Record::new(&*known.id, body.clone())
    })
}

fn is_gone(record: &Record) -> bool {
    record
        .body
        .field(GONE)
        .is_some_and(|gone| gone.as_str() == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(kept: &str) -> KnownRecord {
        KnownRecord {
            list: "shop/products.list".into(),
            id: "7".into(),
            kept: kept.into(),
            whereabouts: Whereabouts::Listed,
        }
    }

    #[test]
    fn a_record_that_is_gone_has_the_fields_that_were_kept_of_it() {
        let body = Raw::parse(r#"{"id":7,"price":"1.50","name":{"de":"}"},"sku":"A-1"}"#).unwrap();
        let keep = ["id", "sku", "absent", "name"].map(str::to_owned);
        let kept = kept(&Record::new("7", body), &keep);
        assert_eq!(
            kept, r#"{"id":7,"sku":"A-1","name":{"de":"}"}}"#,
            "as they were written"
        );
        let gone = gone_record(&known(r#"{"id":7,"sku":"A-1"}"#)).unwrap();
        assert_eq!(gone.body.as_str(), r#"{"id":7,"sku":"A-1","gone":true}"#);
        assert_eq!(gone.labels.text(), "A-1", "it is found by what it was called");
        assert!(is_gone(&gone));
        let bare = gone_record(&known("{}")).unwrap();
        assert_eq!(bare.body.as_str(), r#"{"gone":true}"#);
    }

    #[test]
    fn an_empty_list_or_one_that_lacks_a_large_share_marks_nothing() {
        let gone = Gone {
            keep: vec!["id".into()],
            every: std::time::Duration::ZERO,
            at_most: 20,
        };
        let stops = |listed, there, missing| brake(&gone, "flow", listed, there, missing).is_err();
        assert!(!stops(0, 0, 0), "nothing was delivered, nothing is missing");
        assert!(stops(0, 0, 1), "an empty list never marks anything");
        assert!(!stops(3, 3, 10), "a few may go whatever share they are");
        assert!(stops(39, 39, 11), "more than a fifth");
        assert!(!stops(80, 80, 20), "a fifth");
    }
}
