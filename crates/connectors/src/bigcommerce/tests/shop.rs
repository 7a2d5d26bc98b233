//! A sandbox store with a connection to it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use connector_kit::{
    Batch, Cache, Connector, Destination, Does, Found, Host, Live, OpenFor, Outcome, Reading, Result, Row,
    Secret, Secrets, Source, Span, SystemClock, Validation, Value, WriteStep, http::Network,
};
use sandbox_store::{Config, Sandbox};
use serde_json::json;

/// A store, a connection to it, and what the agent lends.
pub(super) struct Shop {
    pub(super) sandbox: Sandbox,
    connector: Connector,
    live: Live,
}

#[derive(Default)]
struct Kept(Mutex<HashMap<String, String>>);

impl Cache for Kept {
    fn get(&self, key: &str) -> Option<String> {
        self.0.lock().unwrap().get(key).cloned()
    }
    fn put(&self, key: &str, value: &str) {
        self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
    }
}

impl Shop {
    pub(super) async fn open() -> Self {
        Self::with(Config {
            products: 60,
            customers: 40,
            orders: 120,
            ..Config::default()
        })
        .await
    }

    pub(super) async fn with(config: Config) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        let connector = crate::bigcommerce::connector();
        let live = connect(&connector, &sandbox.api_path(), sandbox.token());
        Self {
            sandbox,
            connector,
            live,
        }
    }

    pub(super) async fn validate(&self) -> Result<Validation> {
        self.live.validate().await
    }

    pub(super) async fn validate_as(&self, api_path: &str, token: &str) -> Result<Validation> {
        connect(&self.connector, api_path, token).validate().await
    }

    pub(super) async fn source(
        &self,
        action: &str,
        with: serde_json::Value,
        span: Span,
    ) -> Result<Box<dyn Source>> {
        let Does::Read(read) = &self.connector.action(action).unwrap().does else {
            panic!("{action} does not read")
        };
        read.check(&with)?;
        read.open(self.live.system(), &with, Reading::of(span)).await
    }

    /// All records of a read, and its last batch.
    pub(super) async fn read(
        &self,
        action: &str,
        with: serde_json::Value,
        span: Span,
    ) -> Result<(Vec<connector_kit::Record>, Option<Batch>)> {
        let mut source = self.source(action, with, span).await?;
        let (mut records, mut last) = (Vec::new(), None);
        while let Some(mut batch) = source.next().await? {
            records.append(&mut batch.records);
            last = Some(batch);
        }
        Ok((records, last))
    }

    /// Paths asked for since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.sandbox.store().requests();
        self.sandbox.store().clear_log();
        asked
            .into_iter()
            .map(|seen| format!("{} {}", seen.method, seen.path))
            .collect()
    }

    pub(super) fn check(&self, action: &str, with: &serde_json::Value, columns: &[&str]) -> Result<()> {
        let Does::Write(write) = &self.connector.action(action).unwrap().does else {
            panic!("{action} does not write")
        };
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        write.prepare(with, &columns).map(drop)
    }

    pub(super) async fn write(
        &self,
        action: &'static str,
        with: serde_json::Value,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Outcome>> {
        let (mut open, step, rows) = self.step(action, with, columns, rows).await?;
        open.write(&step, &rows).await
    }

    pub(super) async fn find(
        &self,
        action: &'static str,
        with: serde_json::Value,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Found>> {
        let (mut open, step, rows) = self.step(action, with, columns, rows).await?;
        open.find(&step, &rows).await
    }

    async fn step(
        &self,
        action: &'static str,
        with: serde_json::Value,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(Box<dyn Destination>, WriteStep, Vec<Row>)> {
        let Does::Write(write) = &self.connector.action(action).unwrap().does else {
            panic!("{action} does not write")
        };
        let columns: Arc<[String]> = columns.iter().map(|name| (*name).to_owned()).collect();
        let prepared = write.prepare(&with, &columns)?;
        let step = WriteStep {
            id: "1".into(),
            action,
            with: prepared.with,
            columns: columns.clone(),
        };
        let row = |(record, values): (usize, Vec<Value>)| Row {
            record,
            key: "".into(),
            columns: columns.clone(),
            values: values.into(),
            nothing: false,
        };
        let rows = rows.into_iter().enumerate().map(row).collect();
        let open = self
            .live
            .open(OpenFor {
                deployment: "d".into(),
                epoch: 1,
            })
            .await?;
        Ok((open, step, rows))
    }
}

fn connect(connector: &Connector, api_path: &str, token: &str) -> Live {
    let host = Host {
        clock: Arc::new(SystemClock),
        network: Arc::new(Network::default()),
        base: std::env::temp_dir(),
        cache: Arc::new(Kept::default()),
        priority: connector_kit::http::Priority::High,
    };
    let secrets = Secrets([("token".to_owned(), Secret::new(token.to_owned()))].into());
    connector
        .connect(&json!({ "api_path": api_path }), &secrets, &host)
        .unwrap()
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn decimal(digits: &str) -> Value {
    Value::Decimal(digits.parse().unwrap())
}

/// `written`, `failed: …` and the like, for comparing.
pub(super) fn words(outcomes: &[Outcome]) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Written { .. } => "written".to_owned(),
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Failed(error) => format!("failed: {error}"),
        Outcome::Suspect(error) => format!("suspect: {error}"),
        Outcome::Unknown(error) => format!("unknown: {error}"),
    };
    outcomes.iter().map(word).collect()
}
