//! A connection to PostgreSQL.

use std::time::Duration;

use bytes::Bytes;
use connector_kit::{Fact, Result, async_trait};
use futures::{SinkExt, TryStreamExt, pin_mut};
use serde_json::Value as Json;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, config::SslMode, types::ToSql};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    describe,
    errors::{refusal, unconnected},
    statements,
};
use crate::sql::{
    Create, Kind,
    query::Cell,
    server::{
        Access, CONNECT, Described, Each, LOCK, Link, Login, Numbered, QUERY, Refusal, STATEMENT, Stage,
        in_time,
    },
};

/// A connection to PostgreSQL.
pub(in crate::sql) struct Postgres {
    client: Client,
    /// The database as people know it, for messages.
    place: String,
    longest: Duration,
}

impl Postgres {
    fn said(&self) -> impl Fn(tokio_postgres::Error) -> Refusal {
        let place = self.place.clone();
        move |error| refusal(&place, error)
    }

    async fn open(login: &Login) -> Result<Client> {
        let mut config = Config::new();
        config
            .host(&login.server.host)
            .port(login.server.port)
            .dbname(&login.server.database)
            .user(&login.user)
            .application_name("Processflow Agent")
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_mins(1));
        if let Some(password) = &login.password {
            config.password(password.expose());
        }
        let failed = |error| unconnected(login, error);
        if login.encrypted {
            config.ssl_mode(SslMode::Require);
            let tls = MakeRustlsConnect::new(login.network.tls_config()?);
            let (client, connection) = config.connect(tls).await.map_err(failed)?;
            tokio::spawn(connection);
            return Ok(client);
        }
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(client)
    }
}

#[async_trait]
impl Link for Postgres {
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    const CHECKPOINT_TABLE: &'static str = "CREATE TABLE IF NOT EXISTS \"_processflow_checkpoint\" \
         (deployment text NOT NULL PRIMARY KEY, epoch bigint NOT NULL, batch bigint NOT NULL, committed_at text NOT NULL)";
    const HOLDS_NUL: bool = false;
    const TRUTH: [&'static str; 2] = ["false", "true"];

    async fn connect(login: &Login, access: Access) -> Result<Self> {
        let opened = tokio::time::timeout(CONNECT, Self::open(login)).await;
        let client = opened.map_err(|_| login.unreachable("no answer within 10 seconds"))??;
        let (longest, read_only) = match access {
            Access::Read => (QUERY, "on"),
            Access::Write => (STATEMENT, "off"),
        };
        let mut link = Self {
            client,
            place: login.place(),
            longest,
        };
        // What texts of dates look like, and how long the server waits, is not left to its settings.
        let settings = format!(
            "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET client_min_messages = 'warning'; \
             SET statement_timeout = {}; SET lock_timeout = {}; SET default_transaction_read_only = {read_only}",
            longest.as_millis(),
            LOCK.as_millis()
        );
        link.execute(&settings).await?;
        Ok(link)
    }

    fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn facts(&mut self) -> Result<Vec<Fact>, Refusal> {
        let sql = "SELECT current_setting('server_version'), current_database()::text, current_user::text, \
                   (pg_is_in_recovery())::text";
        let rows = self.rows(sql, &[]).await?;
        let cell = |at: usize| {
            let cell = rows.first().and_then(|row| row.get(at)?.clone());
            cell.unwrap_or_default()
        };
        let access = if cell(3) == "true" {
            "read only"
        } else {
            "read and write"
        };
        Ok(vec![
            Fact::new("Engine", format!("PostgreSQL {}", cell(0))),
            Fact::new("Database", cell(1)),
            Fact::new("User", cell(2)),
            Fact::new("Access", access),
        ])
    }

    async fn execute(&mut self, sql: &str) -> Result<(), Refusal> {
        let said = self.said();
        let done = async { self.client.batch_execute(sql).await.map_err(said) };
        in_time(&self.place, self.longest, done).await
    }

    async fn rows(&mut self, sql: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>, Refusal> {
        let said = self.said();
        if values.is_empty() {
            let found = async { self.client.simple_query(sql).await.map_err(said) };
            let found = in_time(&self.place, self.longest, found).await?;
            let rows = found.into_iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
                }
                _ => None,
            });
            return Ok(rows.collect());
        }
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let found = async { self.client.query(sql, &values).await.map_err(said) };
        let found = in_time(&self.place, self.longest, found).await?;
        let text = |row: &tokio_postgres::Row, at: usize| match row.columns()[at].type_().name() {
            "int8" => row.get::<_, Option<i64>>(at).map(|whole| whole.to_string()),
            _ => row.get::<_, Option<String>>(at),
        };
        Ok(found
            .iter()
            .map(|row| (0..row.len()).map(|at| text(row, at)).collect())
            .collect())
    }

    async fn fill(&mut self, stage: &Stage, rows: &[Numbered<'_>]) -> Result<(), Refusal> {
        let said = self.said();
        let sql = format!("COPY {} FROM STDIN", stage.name);
        let text = Bytes::from(statements::copied(rows));
        let copied = async {
            let sink = self.client.copy_in(&sql).await.map_err(&said)?;
            pin_mut!(sink);
            sink.send(text).await.map_err(&said)?;
            sink.finish().await.map_err(&said)
        };
        in_time(&self.place, self.longest, copied).await.map(drop)
    }

    async fn describe(&mut self, name: &str, database: &str) -> Result<Option<Described>> {
        describe::describe(self, name, database).await
    }

    async fn columns(&mut self, sql: &str) -> Result<Vec<(String, String)>, Refusal> {
        let said = self.said();
        let prepared = async { self.client.prepare(sql).await.map_err(said) };
        let prepared = in_time(&self.place, self.longest, prepared).await?;
        let column = |column: &tokio_postgres::Column| {
            let of = column.type_();
            let hint = format!("{}.{}", Self::quoted(of.schema()), Self::quoted(of.name()));
            (column.name().to_owned(), hint)
        };
        Ok(prepared.columns().iter().map(column).collect())
    }

    async fn read(&mut self, sql: &str, values: &[Json], each: &mut Each<'_>) -> Result<Result<(), Refusal>> {
        let said = self.said();
        let texts: Vec<String> = values
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        let found = async { self.client.query_raw(sql, &texts).await.map_err(&said) };
        let found = match in_time(&self.place, self.longest, found).await {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        pin_mut!(found);
        loop {
            let next = async { found.try_next().await.map_err(&said) };
            let row = match in_time(&self.place, self.longest, next).await {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(Ok(())),
                Err(refusal) => return Ok(Err(refusal)),
            };
            let cells: Vec<Cell> = (0..row.len())
                .map(|at| match row.try_get::<_, Option<String>>(at) {
                    Ok(Some(json)) => Cell::of_json(json),
                    Ok(None) => Cell::of(Json::Null),
                    Err(_) => Cell {
                        legible: false,
                        ..Cell::of(Json::Null)
                    },
                })
                .collect();
            each(&cells)?;
        }
    }

    fn quoted(name: &str) -> String {
        statements::quoted(name)
    }

    fn shown(column: &str) -> String {
        // All digits of a number, ISO dates, whatever the type.
        format!("to_json({column})::text")
    }

    fn bound(at: usize, hint: &str) -> String {
        format!("${at}::text::{hint}")
    }

    fn bound_instant(at: usize) -> String {
        format!("${at}::text::timestamptz")
    }

    fn create(table: &str, create: &Create, key: &[String]) -> String {
        statements::create(table, create, key)
    }

    fn create_stage(stage: &str, target: &str, columns: &[String]) -> String {
        statements::create_stage(stage, target, columns)
    }

    fn counted(stage: &str) -> Option<String> {
        // Without it the planner takes a stage for ten pages, and reads large tables whole.
        Some(format!("ANALYZE {stage}"))
    }

    fn same(column: &str, kind: &Kind) -> String {
        statements::same(column, kind)
    }

    fn update(target: &str, stage: &str, joined: &str, set: &[String]) -> String {
        statements::update(target, stage, joined, set)
    }

    fn delete(target: &str, stage: &str, joined: &str) -> String {
        statements::delete(target, stage, joined)
    }

    fn on_conflict(key: &[String], set: &[String]) -> String {
        statements::on_conflict(key, set)
    }
}
