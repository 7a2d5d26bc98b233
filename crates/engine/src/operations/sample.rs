//! A few real records of a source while a file is written, and what the file would make of one. Nothing is written,
//! and no watermark moves.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use connector_kit::{Error, Raw, Record, Result, Source, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use super::{Acts, OpenDraft, ReadDraft, Reads, bindings::bind, tickets::Ticket};
use crate::{
    agent::{Agent, Desk},
    folder::{DataFolder, write_atomically},
    os,
    processflow::{
        Plan, Read, RunFacts, Severity, TriedStep,
        editor::{self, Mark},
        reading_part, starts, try_record,
    },
    run::asking::{Asking, Part},
    state::{Deployment, SavedConnection, Version},
};

/// Records of a sample at most.
const MOST: usize = 5;

/// Batches that are asked for until there is a record; a change feed may begin with empty ones.
const MOST_BATCHES: usize = 20;

/// How long a person waits for a sample.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a few records from a file's source. They are kept in the temp area until it is cleared; `fresh` reads anew.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct TakeSample {
    /// A draft or a deployed processflow, instead of a text.
    #[serde(default)]
    pub name: Option<String>,
    /// The file's text. Only its first step and its connections must be right.
    #[serde(default)]
    pub text: Option<String>,
    /// Which saved connection stands behind which alias; left out: as deploying would choose.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub connections: BTreeMap<String, String>,
    /// How many records, five at most.
    #[serde(default)]
    pub count: Option<usize>,
    /// This record, by its id at the source.
    #[serde(default)]
    pub id: Option<String>,
    /// Reads again, whatever is kept.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub fresh: bool,
    /// A name of the caller's choice, to cancel it by.
    #[serde(default)]
    pub ticket: Option<String>,
}

/// Records of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sample {
    /// The saved connection they came from.
    pub connection: String,
    /// When they were read.
    pub at: String,
    /// The records.
    pub records: Vec<SampleRecord>,
}

/// A record of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleRecord {
    /// What the source calls it.
    pub id: String,
    /// Other names people search it by.
    pub labels: Vec<String>,
    /// The record as JSON text, with the digits it has.
    pub body: String,
    /// Why the source could not make sense of it.
    pub problem: Option<String>,
}

#[async_trait]
impl Acts for TakeSample {
    type Output = Sample;
    const NAME: &'static str = "sample";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<Sample> {
        let text = text_of(agent.desk(), self.text.clone(), self.name.clone())?;
        let plan = reading_part(&text, agent.desk().connectors())?;
        let bound = bound(agent.desk(), &plan, &self.connections)?;
        let name = bound.get(&plan.read.alias).cloned().ok_or_else(|| {
            Error::config(format!("`{}` has no saved connection yet", plan.read.alias))
                .hint("Add a connection, or choose one for this processflow.")
        })?;
        let saved = agent.saved(&name).await?;
        let file = kept_at(agent.folder(), &saved, &plan.read, self.id.as_deref());
        let count = self.count.unwrap_or(MOST).clamp(1, MOST);
        if let Some(kept) = kept(&file).filter(|kept| !self.fresh && kept.records.len() >= count) {
            return Ok(shortened(kept, count));
        }
        let ticket = Ticket::new(self.ticket);
        let reading = ticket.unless_cancelled("the sample", read(agent, &saved, &plan, self.id, count));
        let records = tokio::select! {
            records = reading => records?,
            () = agent.clock().sleep(PATIENCE) => {
                return Err(Error::unavailable(format!("`{name}` did not answer within {} s", PATIENCE.as_secs()))
                    .hint("Try again, or validate the connection."));
            }
        };
        let sample = Sample {
            connection: name,
            at: agent.now(),
            records,
        };
        keep(&file, &sample);
        Ok(sample)
    }
}

fn text_of(desk: &Desk, text: Option<String>, name: Option<String>) -> Result<String> {
    match (text, name) {
        (Some(text), _) => Ok(text),
        (None, Some(name)) => ReadDraft { name }.read(desk).map(|OpenDraft { text, .. }| text),
        (None, None) => Err(Error::config("name a draft, or give a text")),
    }
}

/// The connections that are named, else those of the deployed version, else the only ones that fit. An alias without
/// any is left out: a mapping can be tried all the same.
fn bound(desk: &Desk, plan: &Plan, named: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let Some(view) = desk.view()? else {
        return Ok(BTreeMap::new());
    };
    let on = view.connection();
    let saved = SavedConnection::all(on)?;
    let version = match Deployment::find(on, &plan.name)? {
        Some(deployment) => Version::find(on, &deployment.id, deployment.version)?,
        None => None,
    };
    let old = version.map(|version| version.bindings).unwrap_or_default();
    let choice = |(alias, connector): (&String, &String)| {
        let chosen = named.get(alias).or_else(|| old.get(alias));
        let name = bind(alias, connector, chosen.map(String::as_str), &saved).ok()?;
        Some((alias.clone(), name))
    };
    Ok(plan.connections.iter().filter_map(choice).collect())
}

async fn read(
    agent: &Arc<Agent>,
    saved: &SavedConnection,
    plan: &Plan,
    id: Option<String>,
    count: usize,
) -> Result<Vec<SampleRecord>> {
    let asking = Asking {
        connector: agent.desk().connector(&saved.connector)?,
        live: agent.live(saved).await?,
        read: &plan.read,
        variables: starts(&plan.variables),
        pages_under_way: 1,
    };
    let part = id.map_or(Part::Whole(None), |id| Part::Ids(vec![id]));
    let mut source = asking.open(part, BTreeMap::new()).await?;
    first(source.as_mut(), count).await
}

/// The first records. Batches are held until the end: a source that moves its files away once they are settled must
/// not take a look for that.
async fn first(source: &mut dyn Source, count: usize) -> Result<Vec<SampleRecord>> {
    let (mut records, mut held) = (Vec::new(), Vec::new());
    while records.len() < count && held.len() < MOST_BATCHES {
        let Some(mut batch) = source.next().await? else {
            break;
        };
        let whole = batch.room.is_empty();
        let taken = batch.records.drain(..).take(count - records.len());
        records.extend(taken.map(shown));
        held.push(batch);
        // With the room of a page in our hands the source cannot go on.
        if !whole && !records.is_empty() {
            break;
        }
    }
    Ok(records)
}

fn shown(record: Record) -> SampleRecord {
    SampleRecord {
        id: record.id.into(),
        labels: record.labels.iter().map(str::to_owned).collect(),
        body: record.body.as_str().to_owned(),
        problem: record.unreadable.map(|error| error.message),
    }
}

/// Where a sample is kept: by everything it depends on.
fn kept_at(folder: &DataFolder, saved: &SavedConnection, read: &Read, id: Option<&str>) -> PathBuf {
    let what = json!([
        saved.name,
        saved.seal,
        saved.changed_at,
        read.action,
        read.with,
        read.retry,
        id
    ]);
    let hash = blake3::hash(what.to_string().as_bytes()).to_hex();
    folder
        .temp()
        .join("samples")
        .join(format!("{}.json", &hash[..32]))
}

fn kept(file: &PathBuf) -> Option<Sample> {
    serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

/// What cannot be kept is read again the next time.
fn keep(file: &std::path::Path, sample: &Sample) {
    let text = serde_json::to_string(sample).expect("plain data serialises");
    let folder = file.parent().expect("it lies in a folder");
    let kept = os::create_private_folder(folder).and_then(|()| write_atomically(file, text.as_bytes()));
    if let Err(error) = kept {
        tracing::debug!(%error, "A sample was not kept.");
    }
}

fn shortened(mut sample: Sample, count: usize) -> Sample {
    sample.records.truncate(count);
    sample
}

/// Ends a sample that is under way.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CancelSample {
    /// The ticket it was asked for with.
    pub ticket: String,
}

#[async_trait]
impl Acts for CancelSample {
    type Output = ();
    const NAME: &'static str = "cancel_sample";

    async fn act(self, _: &Arc<Agent>) -> Result<()> {
        Ticket::cancel(&self.ticket);
        Ok(())
    }
}

/// What a file would make of a record. Purely local.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct TryMapping {
    /// The file's text.
    pub text: String,
    /// The record as JSON text.
    pub record: String,
    /// Only this step, by its number in the file; those before it are worked out all the same.
    #[serde(default)]
    pub step: Option<String>,
    /// Which saved connection stands behind which alias; left out: as deploying would choose.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub connections: BTreeMap<String, String>,
}

/// What a file would make of a record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Tried {
    /// What is wrong with the file.
    pub problems: Vec<Mark>,
    /// What each step would make of it. A field whose expression is wrong says so in its place; a step that cannot be
    /// understood is missing.
    pub steps: Vec<TriedStep>,
    /// The step at which a run would be done with the record: left out, or set aside.
    pub ends_at: Option<String>,
}

impl Reads for TryMapping {
    type Output = Tried;
    const NAME: &'static str = "try_mapping";

    fn read(self, desk: &Desk) -> Result<Tried> {
        let body = Raw::parse(self.record)
            .map_err(|_| Error::config("the record is not JSON").hint("Take another sample."))?;
        let (_, marks) = editor::check(&self.text, desk.connectors());
        let problems: Vec<Mark> = marks
            .into_iter()
            .filter(|mark| mark.severity == Severity::Mistake)
            .collect();
        let Some(plan) = Plan::for_trying(&self.text, desk.connectors()) else {
            return Ok(Tried {
                problems,
                steps: Vec::new(),
                ends_at: None,
            });
        };
        let facts = facts(desk, &bound(desk, &plan, &self.connections)?)?;
        let run = RunFacts {
            id: "sample".to_owned(),
            at: desk.clock().now(),
        };
        let scope = plan.scope(&facts, run);
        let mut steps = try_record(&plan, &scope, &Record::new("sample", body));
        let ends_at = steps.iter().find(|step| ends(step)).map(|step| step.step.clone());
        if let Some(wanted) = self.step {
            steps.retain(|step| step.step == wanted);
        }
        Ok(Tried {
            problems,
            steps,
            ends_at,
        })
    }
}

fn ends(step: &TriedStep) -> bool {
    let broken = step.rows.iter().flatten().any(|field| field.problem.is_some());
    step.skipped || step.problem.is_some() || broken
}

/// What expressions may use of the connections: their names, and what their connectors tell.
fn facts(desk: &Desk, bound: &BTreeMap<String, String>) -> Result<BTreeMap<String, serde_json::Value>> {
    let mut facts = BTreeMap::new();
    let Some(view) = desk.view()? else {
        return Ok(facts);
    };
    for (alias, name) in bound {
        let Some(saved) = SavedConnection::find(view.connection(), name)? else {
            continue;
        };
        let mut own = serde_json::Map::from_iter([("name".to_owned(), json!(name))]);
        for (fact, value) in desk.connector(&saved.connector)?.facts(&saved.settings)? {
            own.insert(fact.to_owned(), json!(value));
        }
        facts.insert(alias.clone(), own.into());
    }
    Ok(facts)
}
