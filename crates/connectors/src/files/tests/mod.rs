//! Real files in real folders, through the door the engine uses.

mod assembly;
mod reading;
mod round_trip;
mod taking;
mod writing;

use std::{path::PathBuf, sync::Arc};

use connector_kit::{
    Batch, Checkpoint, Clock, Destination, Does, Host, Live, NoCache, OpenFor, Outcome, Reading, Record,
    Result, Row, Secrets, Source, Span, SystemClock, Value, Watermark, WriteStep, action::Prepared,
    http::Network,
};
use serde_json::json;

/// A folder and a connection to it.
pub(super) struct Desk {
    pub(super) folder: tempfile::TempDir,
    pub(super) live: Live,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    pub(super) fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = json!({ "folder": folder.path() });
        let live = connect(&settings, folder.path().to_owned(), clock).expect("the settings are right");
        Self { folder, live }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("the folder is writable");
    }

    pub(super) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| format!("({error})"))
    }

    /// Names in the folder that a person sees.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("it is a folder");
        let names = entries.map(|entry| {
            entry
                .expect("it reads")
                .file_name()
                .to_string_lossy()
                .into_owned()
        });
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }

    pub(super) async fn source(
        &self,
        action: &str,
        with: serde_json::Value,
        span: Span,
    ) -> Result<Box<dyn Source>> {
        let connector = super::connector();
        let Does::Read(read) = &connector.action(action).expect("it is declared").does else {
            panic!("{action} reads")
        };
        read.check(&with)?;
        read.open(self.live.system(), &with, Reading::of(span)).await
    }

    /// Reads to the end as the engine does: room is given back once a batch is durable.
    pub(super) async fn read(&self, action: &str, mut with: serde_json::Value, span: Span) -> Result<Read> {
        with.as_object_mut()
            .expect("an object")
            .entry("settle")
            .or_insert(json!("0 s"));
        let mut source = self.source(action, with, span.clone()).await?;
        let mark = if let Span::From(mark) = span {
            mark
        } else {
            Watermark(json!({ "files": 1 }))
        };
        let mut read = Read {
            records: Vec::new(),
            mark,
        };
        while let Some(Batch {
            records,
            watermark,
            room,
            ..
        }) = source.next().await?
        {
            read.records.extend(records);
            read.mark = watermark;
            drop(room);
        }
        Ok(read)
    }

    pub(super) async fn open(&self, epoch: u64) -> Box<dyn Destination> {
        let purpose = OpenFor {
            deployment: "d1".to_owned(),
            epoch,
        };
        self.live.open(purpose).await.expect("the folder opens")
    }
}

/// A connection with these settings.
pub(super) fn connect(settings: &serde_json::Value, base: PathBuf, clock: Arc<dyn Clock>) -> Result<Live> {
    let host = Host {
        clock,
        network: Arc::new(Network::default()),
        base,
        cache: Arc::new(NoCache),
        priority: connector_kit::http::Priority::High,
    };
    super::connector().connect(settings, &Secrets::default(), &host)
}

/// What was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) records: Vec<Record>,
    pub(super) mark: Watermark,
}

impl Read {
    pub(super) fn ids(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.id.as_str()).collect()
    }

    /// Bodies; what is illegible as `! cause`.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |record: &Record| match &record.unreadable {
            Some(error) => format!("! {}", error.message),
            None => record.body.as_str().to_owned(),
        };
        self.records.iter().map(line).collect()
    }
}

pub(super) fn step(action: &'static str, with: &serde_json::Value, columns: &[&str]) -> Result<WriteStep> {
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let connector = super::connector();
    let Does::Write(write) = &connector.action(action).expect("it is declared").does else {
        panic!("{action} writes")
    };
    let Prepared { with, .. } = write.prepare(with, &columns)?;
    let id = format!("{action} {columns:?}").into();
    Ok(WriteStep {
        id,
        action,
        with,
        columns: columns.into(),
    })
}

pub(super) fn row(step: &WriteStep, values: &[Value]) -> Row {
    Row {
        record: 0,
        key: "".into(),
        columns: step.columns.clone(),
        values: values.into(),
        nothing: false,
    }
}

pub(super) fn texts(step: &WriteStep, cells: &[&str]) -> Row {
    row(
        step,
        &cells
            .iter()
            .map(|cell| Value::Text((*cell).to_owned()))
            .collect::<Vec<_>>(),
    )
}

pub(super) fn at(epoch: u64, batch: u64) -> Checkpoint {
    Checkpoint {
        deployment: "d1".to_owned(),
        epoch,
        batch,
    }
}

pub(super) fn failures(outcomes: &[Outcome]) -> Vec<String> {
    let failure = |outcome: &Outcome| match outcome {
        Outcome::Failed(error) => Some(error.message.clone()),
        _ => None,
    };
    outcomes.iter().filter_map(failure).collect()
}
