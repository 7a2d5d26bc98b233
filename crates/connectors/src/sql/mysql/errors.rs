//! Errors of MariaDB and MySQL as refusals (mariadb.com/kb/en/mariadb-error-code-reference, and MySQL's server error
//! reference, which share their numbers).

use connector_kit::Error;
use mysql_async::{DriverError, Error as Failure, ServerError};

use crate::sql::server::{Because, Login, Refusal};

/// What a statement's error means. `database` is the database as people know it.
pub(super) fn refusal(database: &str, error: Failure) -> Refusal {
    let found = match &error {
        Failure::Server(said) => of_server(database, said),
        _ => Refusal::broken_off(database),
    };
    found.source(error)
}

fn of_server(database: &str, said: &ServerError) -> Refusal {
    match said.code {
        1146 => Refusal::statement(database, &said.message, Because::Absent),
        // Lock wait timeout, deadlock, and a row that changed under a snapshot.
        1205 | 1213 | 1020 => Refusal::contended(database),
        // A table that was not there a moment ago.
        1050 => Refusal::contended(database),
        1317 | 1969 | 3024 => Refusal::too_slow(database),
        3 | 1021 | 1026 | 1114 => Refusal::disk_full(database),
        1040 | 1203 | 1226 => Refusal::crowded(database),
        1044 | 1142 | 1143 | 1227 | 1370 => Refusal::forbidden(database, "CREATE TEMPORARY TABLES"),
        1290 | 1792 | 1836 => Refusal::read_only(database),
        1665 => Refusal::other(
            Error::config(format!(
                "{database} logs statements, which is not safe for what the agent writes"
            ))
            .hint("Set `binlog_format` to ROW or MIXED at the server."),
        ),
        1153 => Refusal::other(
            Error::config(format!("a batch is larger than {database} takes"))
                .hint("Raise `max_allowed_packet` at the server to 16M or more."),
        ),
        1048 | 1364 => Refusal::empty(named(said, "'")),
        1062 | 1586 => Refusal::doubled(key(said)),
        1216 | 1217 | 1451 | 1452 => Refusal::dangling(),
        1644 => Refusal::forbidden_by_trigger(&said.message),
        3819 | 4025 => Refusal::ruled_out(named(said, "`")),
        1406 => Refusal::too_long(&of_column(said)),
        1264 | 1690 => Refusal::too_large(&of_column(said)),
        1171 | 1265 | 1292 | 1366 | 1367 | 1411 | 3140 => {
            Refusal::unfit(&of_column(said), &said.code.to_string())
        }
        1053 | 1077 | 1079 | 1927 | 2006 | 2013 | 4031 => Refusal::going(database),
        _ => Refusal::statement(database, &said.message, Because::Other),
    }
}

/// What a connection that does not come about means.
pub(super) fn unconnected(login: &Login, error: Failure) -> Error {
    let words = error.to_string();
    let found = match &error {
        Failure::Server(said) => match said.code {
            1044 | 1045 | 1129 | 1130 | 1698 => login.turned_away(),
            1049 => login.no_database(),
            _ => of_server(&login.place(), said).error,
        },
        Failure::Driver(DriverError::NoClientSslFlagFromServer) => login.unencrypted(),
        _ if words.contains("certificate") => login.untrusted(&words),
        _ => login.unreachable(&words),
    };
    found.source(error)
}

/// `X` of "Column 'X' cannot be null".
fn named<'m>(said: &'m ServerError, mark: &str) -> &'m str {
    said.message.split(mark).nth(1).unwrap_or("?")
}

/// `X` of "… for key 'X'".
fn key(said: &ServerError) -> &str {
    let name = said
        .message
        .rsplit_once("for key ")
        .map(|(_, name)| name.trim_matches('\''));
    name.unwrap_or("value")
}

/// ` for column X`: "… for column 'X' at row 1", "… for column `db`.`table`.`X` at row 1".
fn of_column(said: &ServerError) -> String {
    let named = said.message.rsplit_once("for column ").and_then(|(_, rest)| {
        let name = rest.split(" at row").next()?;
        name.rsplit('.').next()
    });
    let name = named.map(|name| name.trim_matches(['\'', '`', ' ']));
    name.map(|name| format!(" for column {name}")).unwrap_or_default()
}
