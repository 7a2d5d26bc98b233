//! PostgreSQL's errors as refusals (postgresql.org/docs/current/errcodes-appendix.html).

use connector_kit::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::sql::server::{Because, Login, Refusal};

/// What a statement's error means. `database` is the database as people know it.
pub(super) fn refusal(database: &str, error: tokio_postgres::Error) -> Refusal {
    let refusal = match error.as_db_error() {
        Some(said) => of_server(database, said),
        None => Refusal::broken_off(database),
    };
    refusal.source(error)
}

fn of_server(database: &str, said: &DbError) -> Refusal {
    let code = said.code().code();
    match code {
        "42P01" => Refusal::statement(database, said.message(), Because::Absent),
        "40001" | "40P01" | "55P03" => Refusal::contended(database),
        // A table that was not there a moment ago: another connection made it, or one that was lost just now. `IF NOT EXISTS`
        // does not help: the catalogue's own keys say so then.
        "42P07" => Refusal::contended(database),
        "23505" if constraint(said).starts_with("pg_") => Refusal::contended(database),
        "57014" => Refusal::too_slow(database),
        "53100" => Refusal::disk_full(database),
        "53300" => Refusal::crowded(database),
        "42501" => Refusal::forbidden(database, "TEMPORARY"),
        "25006" => Refusal::read_only(database),
        "23502" => Refusal::empty(said.column().unwrap_or("?")),
        "23505" => Refusal::doubled(constraint(said)),
        "23503" => Refusal::dangling(),
        "23514" | "23P01" => Refusal::ruled_out(constraint(said)),
        "P0001" => Refusal::forbidden_by_trigger(said.message()),
        "22001" => Refusal::too_long(&of_column(said)),
        "22003" => Refusal::too_large(&of_column(said)),
        _ if code.starts_with("22") || code.starts_with("23") => Refusal::unfit(&of_column(said), code),
        _ if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => Refusal::going(database),
        _ => Refusal::statement(database, said.message(), Because::Other),
    }
}

/// What a connection that does not come about means.
pub(super) fn unconnected(login: &Login, error: tokio_postgres::Error) -> Error {
    let found = match error.as_db_error() {
        Some(said) => of_login(login, said),
        None => of_network(login, &error),
    };
    found.source(error)
}

fn of_login(login: &Login, said: &DbError) -> Error {
    match *said.code() {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => login.turned_away(),
        SqlState::INVALID_CATALOG_NAME => login.no_database(),
        _ => of_server(&login.place(), said).error,
    }
}

fn of_network(login: &Login, error: &tokio_postgres::Error) -> Error {
    let causes: Vec<String> =
        std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source())
            .map(ToString::to_string)
            .collect();
    let has = |words: &str| causes.iter().any(|cause| cause.contains(words));
    let last = causes.last().map_or("", String::as_str);
    match () {
        () if has("server does not support TLS") => login.unencrypted(),
        () if has("certificate") => login.untrusted(last),
        () if has("password missing") || has("authentication") => login.turned_away(),
        () => login.unreachable(last),
    }
}

fn constraint(said: &DbError) -> &str {
    said.constraint().unwrap_or("value")
}

/// ` for column X`: named by the server, or in the context of a COPY ("COPY t, line 3, column total: …").
fn of_column(said: &DbError) -> String {
    let copied = || {
        let context = said.where_()?;
        context.split(", column ").nth(1)?.split([':', '\n', ',']).next()
    };
    let column = said.column().or_else(copied);
    column
        .map(|column| format!(" for column {column}"))
        .unwrap_or_default()
}
