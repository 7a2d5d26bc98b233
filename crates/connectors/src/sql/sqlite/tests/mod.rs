//! Real SQLite files, through the door the engine uses.

mod crash;
mod query;
mod tables;

use std::sync::Arc;

use connector_kit::{
    Checkpoint, Destination, Does, Host, Live, NoCache, OpenFor, Outcome, Reading, Record, Result, Row,
    Secrets, Span, SystemClock, Value, Watermark, WriteStep, action::Prepared, http::Network,
};
use serde_json::json;

/// A folder with a database and a connection to it.
pub(super) struct Desk {
    pub(super) folder: tempfile::TempDir,
    pub(super) live: Live,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with(&json!({ "url": "sqlite:erp.db" })).expect("the settings are right")
    }

    pub(super) fn with(settings: &serde_json::Value) -> Result<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let live = Self::connect(&folder, settings)?;
        Ok(Self { folder, live })
    }

    fn connect(folder: &tempfile::TempDir, settings: &serde_json::Value) -> Result<Live> {
        let host = Host {
            clock: Arc::new(SystemClock),
            network: Arc::new(Network::default()),
            base: folder.path().to_owned(),
            cache: Arc::new(NoCache),
            priority: connector_kit::http::Priority::High,
        };
        crate::sql::connector().connect(settings, &Secrets::default(), &host)
    }

    pub(super) async fn open(&self, epoch: u64) -> Box<dyn Destination> {
        let purpose = OpenFor {
            deployment: "d1".to_owned(),
            epoch,
        };
        self.live.open(purpose).await.expect("the database opens")
    }

    /// Looks into the file as the merchant's own program would.
    pub(super) fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("erp.db")).expect("the file opens")
    }

    pub(super) fn execute(&self, sql: &str) {
        self.sql().execute_batch(sql).expect("the statement is right");
    }

    /// All rows of a SELECT, each as its columns joined by `|`.
    pub(super) fn rows(&self, select: &str) -> Vec<String> {
        let connection = self.sql();
        let mut statement = connection.prepare(select).expect("the SELECT is right");
        let width = statement.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let cells: rusqlite::Result<Vec<String>> = (0..width)
                .map(|at| {
                    Ok(match row.get::<_, rusqlite::types::Value>(at)? {
                        rusqlite::types::Value::Null => "-".to_owned(),
                        rusqlite::types::Value::Integer(whole) => whole.to_string(),
                        rusqlite::types::Value::Real(number) => format!("{number}f"),
                        rusqlite::types::Value::Text(text) => text,
                        rusqlite::types::Value::Blob(_) => "blob".to_owned(),
                    })
                })
                .collect();
            cells.map(|cells| cells.join("|"))
        };
        statement
            .query_map([], line)
            .expect("it runs")
            .collect::<rusqlite::Result<_>>()
            .expect("it reads")
    }

    pub(super) async fn read(&self, with: serde_json::Value, span: Span) -> Result<(Vec<Record>, Watermark)> {
        let connector = crate::sql::connector();
        let action = connector.action("query").expect("it is declared");
        let Does::Read(read) = &action.does else {
            panic!("query reads")
        };
        read.check(&with)?;
        let mut source = read.open(self.live.system(), &with, Reading::of(span)).await?;
        let (mut records, mut watermark) = (Vec::new(), Watermark(json!({ "query": 1 })));
        while let Some(batch) = source.next().await? {
            records.extend(batch.records);
            watermark = batch.watermark;
        }
        Ok((records, watermark))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`json!` at the call reads better without `&`"
)]
pub(super) fn step(action: &'static str, with: serde_json::Value, columns: &[&str]) -> Result<WriteStep> {
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let connector = crate::sql::connector();
    let Does::Write(write) = &connector.action(action).expect("it is declared").does else {
        panic!("{action} writes")
    };
    let Prepared { with, .. } = write.prepare(&with, &columns)?;
    Ok(WriteStep {
        id: format!("{action}-1").into(),
        action,
        with,
        columns: columns.into(),
    })
}

/// A row of record `record`; `-` is NULL, digits are a number, all else is text.
pub(super) fn row(step: &WriteStep, record: usize, cells: &str) -> Row {
    let value = |cell: &str| match cell {
        "-" => Value::Null,
        cell if cell.parse::<i64>().is_ok() && !cell.starts_with('0') => {
            Value::Integer(cell.parse().unwrap())
        }
        cell => Value::Text(cell.to_owned()),
    };
    let values = cells.split('|').map(value).collect();
    Row {
        record,
        key: "".into(),
        columns: step.columns.clone(),
        values,
        nothing: false,
    }
}

pub(super) fn at(epoch: u64, batch: u64) -> Checkpoint {
    Checkpoint {
        deployment: "d1".to_owned(),
        epoch,
        batch,
    }
}

/// W written, U unchanged, F failed.
pub(super) fn letters(outcomes: &[Outcome]) -> String {
    let letter = |outcome: &Outcome| match outcome {
        Outcome::Written { .. } => 'W',
        Outcome::Unchanged => 'U',
        Outcome::Failed(_) => 'F',
        Outcome::Suspect(_) | Outcome::Unknown(_) => '?',
    };
    outcomes.iter().map(letter).collect()
}

pub(super) fn orders() -> WriteStep {
    let create =
        json!({ "STORE": "text", "ORDER_ID": "integer", "CUSTOMER": "text(10)", "TOTAL": "decimal(8,2)" });
    let with = json!({ "table": "WEB_ORDER", "key": ["STORE", "ORDER_ID"], "create": create });
    step("table.upsert", with, &["STORE", "ORDER_ID", "CUSTOMER", "TOTAL"]).expect("the step is right")
}

pub(super) fn lines() -> WriteStep {
    let create = json!({ "ORDER_ID": "integer", "LINE_ID": "integer", "SKU": "text", "QTY": "integer" });
    let with =
        json!({ "table": "WEB_ORDER_LINE", "within": ["ORDER_ID"], "key": ["LINE_ID"], "create": create });
    step("table.replace", with, &["ORDER_ID", "LINE_ID", "SKU", "QTY"]).expect("the step is right")
}
