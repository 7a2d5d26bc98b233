//! What the contract is checked against: a sandbox store, a folder, a SQLite file, and live connections to them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use connector_kit::{
    Action, Clock, Connector, Destination, Does, Error, Host, Live, NoCache, OpenFor, Reading, Record,
    Result, Row, Secret, Secrets, Source, Span, SystemClock, Value, Watermark, WriteStep, http,
};
use sandbox_store::{Config, Sandbox};
use serde_json::{Value as Json, json};

use crate::logs::{self, Logged};

/// The token of the store: nothing that is logged or told may hold it.
pub(crate) const TOKEN: &str = "contract-token-c0ffee";

/// What a store that asks to slow down asks for: longer than any wait the client has of its own.
pub(crate) const RESET: Duration = Duration::from_millis(1800);

/// When each request was answered, and how.
type Answers = Vec<(Instant, Option<u16>)>;

/// One check's world.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) sandbox: Sandbox,
    pub(crate) logged: Logged,
    /// When each request was answered, and how.
    pub(crate) answered: Arc<Mutex<Answers>>,
    host: Host,
    connectors: Vec<Connector>,
}

impl World {
    /// With a small store, in which waits take no time.
    pub(crate) async fn small() -> Self {
        let config = Config {
            products: 20,
            customers: 12,
            orders: 12,
            ..Config::default()
        };
        Self::new(config, Arc::new(Hurried::default())).await
    }

    /// The same, in which an answer has an end: one of a megabyte is too large.
    pub(crate) async fn strict() -> Self {
        let config = Config {
            products: 20,
            customers: 12,
            orders: 12,
            ..Config::default()
        };
        let limits = http::Limits {
            body: 1 << 20,
            ..http::Limits::default()
        };
        Self::limited(config, Arc::new(Hurried::default()), limits).await
    }

    /// With that store and that clock.
    pub(crate) async fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        Self::limited(config, clock, http::Limits::default()).await
    }

    async fn limited(config: Config, clock: Arc<dyn Clock>, limits: http::Limits) -> Self {
        let logged = logs::keep();
        let sandbox = Sandbox::start(Config {
            token: TOKEN.to_owned(),
            ..config
        })
        .await
        .expect("it starts on loopback");
        let folder = tempfile::tempdir().expect("a temp folder");
        std::fs::create_dir(folder.path().join("files")).expect("a folder");
        let answered: Arc<Mutex<Answers>> = Arc::default();
        let notes = answered.clone();
        let network = http::Network::default().limited(limits).observed(move |record| {
            notes
                .lock()
                .expect("nothing panics while it holds this lock")
                .push((now(), record.status));
        });
        let (network, cache) = (Arc::new(network), Arc::new(NoCache));
        let host = Host {
            clock,
            network,
            base: folder.path().to_owned(),
            cache,
            priority: connector_kit::http::Priority::High,
        };
        Self {
            folder,
            sandbox,
            logged,
            answered,
            host,
            connectors: connectors::all(),
        }
    }

    /// A connection of that connector.
    pub(crate) fn live(&self, connector: &str) -> Live {
        let settings = match connector {
            "bigcommerce" => json!({ "api_path": self.sandbox.api_path() }),
            "sql" => json!({ "url": format!("sqlite:{}", self.database().display()) }),
            "files" => json!({ "folder": self.folder.path().join("files") }),
            other => panic!("`{other}` is a new connector: say here how the contract suite connects to it"),
        };
        let secrets = Secrets([("token".to_owned(), Secret::new(TOKEN.to_owned()))].into());
        self.connector(connector)
            .connect(&settings, &secrets, &self.host)
            .expect("the settings are right")
    }

    pub(crate) fn connector(&self, name: &str) -> &Connector {
        self.connectors
            .iter()
            .find(|known| known.name == name)
            .expect("it is declared")
    }

    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("erp.db")
    }

    /// Changes the database past the connector.
    pub(crate) fn execute(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.database()).expect("a database");
        database
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Opens a read action.
    pub(crate) async fn open(&self, action: &str, with: &Json, span: Span) -> Result<Box<dyn Source>> {
        let (connector, action) = self.action(action);
        let Does::Read(read) = &action.does else {
            panic!("`{}` reads", action.name)
        };
        let reading = Reading {
            pages_under_way: 2,
            ..Reading::of(span)
        };
        read.open(self.live(connector.name).system(), with, reading).await
    }

    /// `sql/query` as connector and action.
    pub(crate) fn action(&self, name: &str) -> (&Connector, &Action) {
        let (connector, action) = name.split_once('/').expect("connector/action");
        let connector = self.connector(connector);
        (connector, connector.action(action).expect("it is declared"))
    }

    /// An open end for the writes of a run.
    pub(crate) async fn destination(&self, action: &str) -> Box<dyn Destination> {
        let purpose = OpenFor {
            deployment: "contract".to_owned(),
            epoch: 1,
        };
        self.live(action.split('/').next().unwrap_or_default())
            .open(purpose)
            .await
            .expect("it opens")
    }

    /// A write step and its rows.
    pub(crate) fn step(&self, action: &str, with: &Json, rows: &[Json]) -> (WriteStep, Vec<Row>) {
        let (_, action) = self.action(action);
        let Does::Write(write) = &action.does else {
            panic!("`{}` writes", action.name)
        };
        let first = rows[0].as_object().expect("rows are objects");
        let columns: Vec<String> = first.keys().cloned().collect();
        let prepared = write
            .prepare(with, &columns)
            .expect("the fixture's parameters are right");
        let columns: Arc<[String]> = columns.into();
        let row = |(record, row): (usize, &Json)| {
            let text = |field: &String| {
                row[field]
                    .as_str()
                    .map_or_else(|| row[field].to_string(), str::to_owned)
            };
            let key = prepared.key.iter().map(text).collect::<Vec<_>>().join("\u{1f}");
            let values = columns
                .iter()
                .map(|column| Value::from(row[column].clone()))
                .collect();
            Row {
                record,
                key: key.into(),
                columns: columns.clone(),
                values,
                nothing: false,
            }
        };
        let rows = rows.iter().enumerate().map(row).collect();
        (
            WriteStep {
                id: "1".into(),
                action: action.name,
                with: prepared.with,
                columns,
            },
            rows,
        )
    }

    /// Between an answer of 429 and the next one there was at least this time.
    #[track_caller]
    pub(crate) fn assert_waited(&self, what: &str, reset: Duration) {
        let answered = self
            .answered
            .lock()
            .expect("nothing panics while it holds this lock");
        let throttled = answered.iter().position(|(_, status)| *status == Some(429));
        let at = throttled.unwrap_or_else(|| panic!("{what}: the fault struck"));
        let next = answered[at + 1].0.duration_since(answered[at].0);
        assert!(
            next >= reset,
            "{what}: asked to wait {reset:?}, the next answer came after {next:?}"
        );
    }

    /// Nothing that was told or logged holds the token.
    #[track_caller]
    pub(crate) fn assert_no_secret(&self, what: &str, error: Option<&Error>) {
        let said = error
            .map(|error| format!("{error} {error:?} {} {:?}", error.chain(), error.hint))
            .unwrap_or_default();
        assert!(!said.contains(TOKEN), "{what}: the error tells the token: {said}");
        assert!(
            !self.logged.text().contains(TOKEN),
            "{what}: the log holds the token: {}",
            self.logged.text()
        );
    }
}

/// Records of a source up to its end, batch by batch with their watermarks.
pub(crate) async fn drain(source: &mut dyn Source) -> Result<Vec<(Vec<Record>, Watermark)>> {
    let mut batches = Vec::new();
    while let Some(batch) = source.next().await? {
        batches.push((batch.records, batch.watermark));
    }
    Ok(batches)
}

/// The instant of the process, for what is measured.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A clock whose waits are over at once, with the time they would have taken.
#[derive(Default)]
pub(crate) struct Hurried {
    ahead: AtomicU64,
}

#[async_trait]
impl Clock for Hurried {
    fn now(&self) -> jiff::Timestamp {
        SystemClock.now() + Duration::from_millis(self.ahead.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        if duration >= Duration::from_mins(5) {
            // No wait but a limit on something else.
            return SystemClock.sleep(duration).await;
        }
        self.ahead
            .fetch_add(duration.as_millis() as u64, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}
