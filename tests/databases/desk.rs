//! A database and a connection to it.

use std::sync::Arc;

use connector_kit::{
    Checkpoint, Connector, Destination, Does, Host, Live, NoCache, OpenFor, Outcome, Reading, Record, Result,
    Row, Secret, Secrets, Span, SystemClock, Value, Watermark, WriteStep, action::Prepared, http::Network,
};
use kit::database::{Database, Engine, PASSWORD};
use serde_json::{Value as Json, json};

pub(crate) struct Desk {
    pub(crate) database: Database,
    pub(crate) live: Live,
}

impl Desk {
    pub(crate) fn new(engine: Engine) -> Self {
        let database = Database::new(engine);
        let live = connect(&database.settings()).expect("the settings are right");
        Self { database, live }
    }

    pub(crate) async fn open(&self, epoch: u64) -> Box<dyn Destination> {
        open(&self.live, epoch).await.expect("the database opens")
    }

    pub(crate) async fn read(&self, with: Json, span: Span) -> Result<(Vec<Record>, Watermark)> {
        let connector = connector();
        let Does::Read(read) = &connector.action("query").expect("it is declared").does else {
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

pub(crate) fn connector() -> Connector {
    let all = connectors::all();
    all.into_iter()
        .find(|known| known.name == "sql")
        .expect("it is declared")
}

pub(crate) fn host(network: Network) -> Host {
    Host {
        clock: Arc::new(SystemClock),
        network: Arc::new(network),
        base: std::env::temp_dir(),
        cache: Arc::new(NoCache),
        priority: connector_kit::http::Priority::High,
    }
}

pub(crate) fn password(text: &str) -> Secrets {
    Secrets([("password".to_owned(), Secret::new(text.to_owned()))].into())
}

pub(crate) fn connect(settings: &Json) -> Result<Live> {
    connector().connect(settings, &password(PASSWORD), &host(Network::default()))
}

pub(crate) async fn open(live: &Live, epoch: u64) -> Result<Box<dyn Destination>> {
    let purpose = OpenFor {
        deployment: "d1".to_owned(),
        epoch,
    };
    live.open(purpose).await
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`json!` at the call reads better without `&`"
)]
pub(crate) fn step(action: &'static str, with: Json, columns: &[&str]) -> Result<WriteStep> {
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let connector = connector();
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
pub(crate) fn row(step: &WriteStep, record: usize, cells: &str) -> Row {
    let value = |cell: &str| match cell {
        "-" => Value::Null,
        "true" => Value::Bool(true),
        cell if cell.parse::<i64>().is_ok() && !cell.starts_with('0') => {
            Value::Integer(cell.parse().expect("a number"))
        }
        cell => Value::Text(cell.to_owned()),
    };
    Row {
        record,
        key: "".into(),
        columns: step.columns.clone(),
        values: cells.split('|').map(value).collect(),
        nothing: false,
    }
}

/// Rows, each of a record of its own.
pub(crate) fn rows(step: &WriteStep, cells: &[&str]) -> Vec<Row> {
    cells
        .iter()
        .enumerate()
        .map(|(at, cells)| row(step, at, cells))
        .collect()
}

pub(crate) fn at(epoch: u64, batch: u64) -> Checkpoint {
    Checkpoint {
        deployment: "d1".to_owned(),
        epoch,
        batch,
    }
}

/// W written, U unchanged, F failed.
pub(crate) fn letters(outcomes: &[Outcome]) -> String {
    let letter = |outcome: &Outcome| match outcome {
        Outcome::Written { .. } => 'W',
        Outcome::Unchanged => 'U',
        Outcome::Failed(_) => 'F',
        Outcome::Suspect(_) | Outcome::Unknown(_) => '?',
    };
    outcomes.iter().map(letter).collect()
}

/// Why rows failed.
pub(crate) fn failures(outcomes: &[Outcome]) -> Vec<String> {
    let why = |outcome: &Outcome| match outcome {
        Outcome::Failed(error) => Some(error.message.clone()),
        _ => None,
    };
    outcomes.iter().filter_map(why).collect()
}

/// Writes one batch and commits it.
pub(crate) async fn batch(to: &mut dyn Destination, step: &WriteStep, number: u64, cells: &[&str]) -> String {
    let outcomes = to.write(step, &rows(step, cells)).await.expect("it takes rows");
    to.commit(&at(1, number)).await.expect("it commits");
    letters(&outcomes)
}

pub(crate) fn orders() -> WriteStep {
    let create =
        json!({ "STORE": "text", "ORDER_ID": "integer", "CUSTOMER": "text(10)", "TOTAL": "decimal(8,2)" });
    let with = json!({ "table": "WEB_ORDER", "key": ["STORE", "ORDER_ID"], "create": create });
    step("table.upsert", with, &["STORE", "ORDER_ID", "CUSTOMER", "TOTAL"]).expect("the step is right")
}

pub(crate) fn lines() -> WriteStep {
    let create = json!({ "ORDER_ID": "integer", "LINE_ID": "integer", "SKU": "text", "QTY": "integer" });
    let with =
        json!({ "table": "WEB_ORDER_LINE", "within": ["ORDER_ID"], "key": ["LINE_ID"], "create": create });
    step("table.replace", with, &["ORDER_ID", "LINE_ID", "SKU", "QTY"]).expect("the step is right")
}

/// A name in the engine's quotes.
pub(crate) fn q(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Postgres => format!("\"{name}\""),
        Engine::Mariadb => format!("`{name}`"),
    }
}
