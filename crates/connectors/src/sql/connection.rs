//! A connection to a database: its settings, and how it is tried.

use std::sync::Arc;

use connector_kit::{
    Clock, Fact, Host, JsonSchema, OpenFor, Result, SecretField, Secrets, System, Validation, async_trait,
};
use serde::Deserialize;

use super::{
    Open,
    address::{Address, Speaks},
    engine::Engine,
    server::{Login, Servers, Tls},
    sqlite::Sqlite,
};

/// Settings of a database connection.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the database is: `sqlite:/srv/erp/erp.db`, `postgres://db.local:5432/erp`, `mariadb://db.local/erp`.
    url: String,
    /// The account on the server. Not needed for a file.
    #[serde(default)]
    username: Option<String>,
    /// Make a SQLite file when it is missing. A query never does.
    #[serde(default = "yes")]
    create: bool,
    /// Encryption on the way to a server.
    #[serde(default)]
    tls: Tls,
}

fn yes() -> bool {
    true
}

/// A database the agent reads and writes.
pub struct Database {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl System for Database {
    type Settings = Settings;
    type Open = Open;
    const NAME: &'static str = "sql";
    const TITLE: &'static str = "SQL database";
    const ABOUT: &'static str =
        "Tables of SQLite, PostgreSQL, MariaDB and MySQL: rows written exactly once, queries read.";
    const SECRETS: &'static [SecretField] = &[SecretField::new("password", "Password", false)];

    fn seal(settings: &Settings) -> Result<String> {
        Ok(Address::of(&settings.url)?.seal())
    }

    fn understood(settings: &Settings) -> Vec<Fact> {
        Address::of(&settings.url)
            .map(|address| address.facts())
            .unwrap_or_default()
    }

    fn connect(settings: Settings, secrets: &Secrets, host: &Host) -> Result<Self> {
        let engine: Arc<dyn Engine> = match Address::of(&settings.url)? {
            Address::File(path) => Arc::new(Sqlite::new(
                host.base.join(path),
                settings.create,
                host.clock.clone(),
            )),
            Address::Server(server) => {
                let speaks = server.speaks;
                let login = Login::new(
                    server,
                    settings.username,
                    secrets.get("password").cloned(),
                    settings.tls,
                    host,
                )?;
                match speaks {
                    Speaks::Postgres => Arc::new(Servers::postgres(login, host.clock.clone())),
                    Speaks::Mysql => Arc::new(Servers::mysql(login, host.clock.clone())),
                }
            }
        };
        Ok(Self {
            engine,
            clock: host.clock.clone(),
        })
    }

    async fn validate(&self) -> Result<Validation> {
        Ok(Validation {
            facts: self.engine.try_out().await?,
            ..Validation::default()
        })
    }

    async fn open(self: Arc<Self>, purpose: OpenFor) -> Result<Open> {
        self.engine.open(purpose).await.map(Open::of)
    }
}
