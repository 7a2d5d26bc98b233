//! A connection to MariaDB or MySQL.

use std::time::Duration;

use connector_kit::{Error, Fact, Result, async_trait};
use futures::StreamExt;
use mysql_async::{Conn, OptsBuilder, Params, Row, SslOpts, Value, prelude::Queryable};
use serde_json::Value as Json;

use super::{
    describe,
    errors::{refusal, unconnected},
    statements, values,
};
use crate::sql::{
    Create, Kind,
    query::Cell,
    server::{
        Access, CONNECT, COUNTER, Described, Each, LOCK, Link, Login, Numbered, QUERY, Refusal, STATEMENT,
        Stage, in_time,
    },
};

/// Values in one statement at most (65,535), and bytes: a server takes 16 MB by itself, one may be set to less.
const VALUES: usize = 60_000;
const BYTES: usize = 4 << 20;

/// A connection to MariaDB or MySQL.
pub(in crate::sql) struct Mysql {
    conn: Conn,
    /// The database as people know it, for messages.
    place: String,
    longest: Duration,
    /// A call is under way: a connection that was left in the middle of one is of no use.
    busy: bool,
}

impl Mysql {
    async fn call<T>(
        &mut self,
        call: impl AsyncFnOnce(&mut Conn) -> mysql_async::Result<T>,
    ) -> Result<T, Refusal> {
        self.busy = true;
        let (place, longest) = (self.place.clone(), self.longest);
        let mut lost = true;
        let called = async {
            let called = call(&mut self.conn).await;
            lost = matches!(&called, Err(error) if !matches!(error, mysql_async::Error::Server(_)));
            called.map_err(|error| refusal(&place, error))
        };
        let called = in_time(&place, longest, called).await;
        self.busy = lost;
        called
    }

    async fn encryption(login: &Login) -> Result<Option<SslOpts>> {
        if !login.encrypted {
            return Ok(None);
        }
        let network = login.network.clone();
        let trusted = tokio::task::spawn_blocking(move || network.certificates()).await;
        let trusted =
            trusted.map_err(|error| Error::bug("reading certificates broke off").source(error))??;
        let roots = trusted.into_iter().map(Into::into).collect();
        Ok(Some(
            SslOpts::default()
                .with_disable_built_in_roots(true)
                .with_root_certs(roots),
        ))
    }
}

#[async_trait]
impl Link for Mysql {
    const BEGIN: &'static str = "START TRANSACTION READ WRITE";
    const CHECKPOINT_TABLE: &'static str = "CREATE TABLE IF NOT EXISTS `_processflow_checkpoint` \
         (deployment VARCHAR(190) NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, batch BIGINT NOT NULL, \
         committed_at VARCHAR(40) NOT NULL) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    const HOLDS_NUL: bool = true;
    const TRUTH: [&'static str; 2] = ["0", "1"];

    async fn connect(login: &Login, access: Access) -> Result<Self> {
        let (longest, begin) = match access {
            Access::Read => (QUERY, "SET SESSION TRANSACTION READ ONLY"),
            Access::Write => (STATEMENT, "SET SESSION TRANSACTION READ WRITE"),
        };
        let options = OptsBuilder::default()
            .ip_or_hostname(&login.server.host)
            .tcp_port(login.server.port)
            .user(Some(&login.user))
            .pass(login.password.as_ref().map(connector_kit::Secret::expose))
            .db_name(Some(&login.server.database))
            .ssl_opts(Self::encryption(login).await?)
            .prefer_socket(false)
            .tcp_keepalive(Some(Duration::from_mins(1)))
            .connect_attribute("program_name", "Processflow Agent")
            // Values that do not fit are refused, not bent; what the server's settings say does not matter.
            .setup(vec![
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'"
                    .to_owned(),
                format!("SET SESSION innodb_lock_wait_timeout = {}", LOCK.as_secs()),
                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
                begin.to_owned(),
            ]);
        let opened = tokio::time::timeout(CONNECT, Conn::new(options)).await;
        let conn = opened
            .map_err(|_| login.unreachable("no answer within 10 seconds"))?
            .map_err(|error| unconnected(login, error))?;
        let mut link = Self {
            conn,
            place: login.place(),
            longest,
            busy: false,
        };
        // MariaDB limits all statements, in seconds; MySQL queries alone, in milliseconds. Each knows its own word.
        let limits = [
            format!("SET SESSION max_statement_time = {}", longest.as_secs()),
            format!("SET SESSION max_execution_time = {}", longest.as_millis()),
        ];
        for limit in limits {
            if link.execute(&limit).await.is_ok() {
                break;
            }
        }
        Ok(link)
    }

    fn is_closed(&self) -> bool {
        self.busy
    }

    async fn facts(&mut self) -> Result<Vec<Fact>, Refusal> {
        let rows = self
            .rows(
                "SELECT version(), database(), current_user(), @@global.read_only",
                &[],
            )
            .await?;
        let cell = |at: usize| {
            let cell = rows.first().and_then(|row| row.get(at)?.clone());
            cell.unwrap_or_default()
        };
        let version = cell(0);
        let engine = match version.split_once("-MariaDB") {
            Some((number, _)) => format!("MariaDB {}", number.trim_start_matches("5.5.5-")),
            None => format!("MySQL {version}"),
        };
        let access = if cell(3) == "0" {
            "read and write"
        } else {
            "read only"
        };
        Ok(vec![
            Fact::new("Engine", engine),
            Fact::new("Database", cell(1)),
            Fact::new("User", cell(2)),
            Fact::new("Access", access),
        ])
    }

    async fn execute(&mut self, sql: &str) -> Result<(), Refusal> {
        self.call(async |conn| conn.query_drop(sql).await).await
    }

    async fn rows(&mut self, sql: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>, Refusal> {
        let bound: Vec<Value> = values.iter().map(|value| Value::from(*value)).collect();
        let params = if bound.is_empty() {
            Params::Empty
        } else {
            Params::Positional(bound)
        };
        let rows: Vec<Row> = self.call(async |conn| conn.exec(sql, params).await).await?;
        let text = |row: Row| row.unwrap().iter().map(values::text).collect();
        Ok(rows.into_iter().map(text).collect())
    }

    async fn fill(&mut self, stage: &Stage, rows: &[Numbered<'_>]) -> Result<(), Refusal> {
        let width = stage.columns.len() + 1;
        let row = statements::places(&stage.kinds);
        let head = format!(
            "INSERT INTO {} ({}, {}) VALUES ",
            stage.name,
            Self::quoted(COUNTER),
            stage.columns.join(", ")
        );
        let mut left = rows;
        while !left.is_empty() {
            let mut bytes = 0;
            let fits = |(_, values): &&Numbered<'_>| {
                bytes += values.iter().flatten().map(String::len).sum::<usize>();
                bytes < BYTES
            };
            let count = left
                .iter()
                .take((VALUES / width).max(1))
                .take_while(fits)
                .count()
                .max(1);
            let (now, later) = left.split_at(count);
            left = later;
            let sql = format!("{head}{}", vec![row.as_str(); count].join(", "));
            let value = |value: &Option<String>| {
                value
                    .as_ref()
                    .map_or(Value::NULL, |text| Value::from(text.as_str()))
            };
            let bound: Vec<Value> = now
                .iter()
                .flat_map(|(number, values)| {
                    std::iter::once(Value::UInt(*number as u64)).chain(values.iter().map(value))
                })
                .collect();
            self.call(async |conn| conn.exec_drop(sql, Params::Positional(bound)).await)
                .await?;
        }
        Ok(())
    }

    async fn describe(&mut self, name: &str, database: &str) -> Result<Option<Described>> {
        describe::describe(self, name, database).await
    }

    async fn columns(&mut self, sql: &str) -> Result<Vec<(String, String)>, Refusal> {
        let prepared = self.call(async |conn| conn.prep(sql).await).await?;
        let column =
            |column: &mysql_async::Column| (column.name_str().into_owned(), values::hint(column).to_owned());
        Ok(prepared.columns().iter().map(column).collect())
    }

    async fn read(&mut self, sql: &str, values: &[Json], each: &mut Each<'_>) -> Result<Result<(), Refusal>> {
        let bound: Vec<Value> = values.iter().map(values::again).collect();
        let params = if bound.is_empty() {
            Params::Empty
        } else {
            Params::Positional(bound)
        };
        let read = self.call(async |conn| {
            let mut found = conn.exec_iter(sql, params).await?;
            let Some(mut rows) = found.stream::<Row>().await? else {
                return Ok(Ok(()));
            };
            while let Some(row) = rows.next().await {
                let row = row?;
                let columns = row.columns_ref().to_vec();
                let cells: Vec<Cell> = row
                    .unwrap()
                    .iter()
                    .zip(&columns)
                    .map(|(value, column)| values::cell(value, column))
                    .collect();
                if let Err(error) = each(&cells) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        });
        match read.await {
            Ok(Ok(())) => Ok(Ok(())),
            Ok(Err(error)) => Err(error),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn quoted(name: &str) -> String {
        statements::quoted(name)
    }

    fn shown(column: &str) -> String {
        column.to_owned()
    }

    fn bound(_at: usize, hint: &str) -> String {
        values::bound(hint).to_owned()
    }

    fn bound_instant(_at: usize) -> String {
        "CAST(? AS DATETIME(6))".to_owned()
    }

    fn create(table: &str, create: &Create, key: &[String]) -> String {
        statements::create(table, create, key)
    }

    fn create_stage(stage: &str, target: &str, columns: &[String]) -> String {
        statements::create_stage(stage, target, columns)
    }

    fn counted(_stage: &str) -> Option<String> {
        None
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

    fn on_conflict(_key: &[String], _set: &[String]) -> String {
        // `ON DUPLICATE KEY UPDATE` would also change a row that has another unique value in common: better none.
        String::new()
    }
}
