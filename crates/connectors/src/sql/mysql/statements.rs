//! What MariaDB and MySQL say in their own way.

use crate::sql::{Create, Kind, server::COUNTER};

/// `` `it` ``
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// `database.table`, or a table of the connection's database.
pub(super) fn parts(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("", name))
}

/// InnoDB, because a table must be part of the transaction; binary order of letters, because `a` and `A` are two keys.
pub(super) fn create(table: &str, create: &Create, key: &[String]) -> String {
    let (database, name) = parts(table);
    let in_key = |name: &str| key.iter().any(|part| part.eq_ignore_ascii_case(name));
    let mut columns: Vec<String> = create
        .columns()
        .iter()
        .map(|(name, kind)| {
            let rule = if in_key(name) { " NOT NULL" } else { " NULL" };
            format!("{} {}{rule}", quoted(name), declared(kind, in_key(name)))
        })
        .collect();
    if !key.is_empty() {
        let key: Vec<String> = key.iter().map(|name| quoted(name)).collect();
        columns.push(format!("PRIMARY KEY ({})", key.join(", ")));
    }
    let database = if database.is_empty() {
        String::new()
    } else {
        format!("{}.", quoted(database))
    };
    format!(
        "CREATE TABLE {database}{} ({}) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        quoted(name),
        columns.join(", ")
    )
}

fn declared(kind: &Kind, in_key: bool) -> String {
    match kind {
        Kind::Text(Some(most)) => format!("VARCHAR({most})"),
        // A key needs a length; 3072 bytes are all that an index holds.
        Kind::Text(None) if in_key => "VARCHAR(190)".to_owned(),
        Kind::Integer => "BIGINT".to_owned(),
        Kind::Decimal(Some(digits)) => format!("DECIMAL({},{})", digits.precision, digits.scale),
        Kind::Decimal(None) => "DECIMAL(38,10)".to_owned(),
        Kind::Boolean => "BOOLEAN".to_owned(),
        Kind::Date => "DATE".to_owned(),
        Kind::Timestamp => "DATETIME(6)".to_owned(),
        Kind::Json => "JSON".to_owned(),
        _ => "LONGTEXT".to_owned(),
    }
}

/// With a primary key: a server may demand one of every table.
pub(super) fn create_stage(stage: &str, target: &str, columns: &[String]) -> String {
    let counter = quoted(COUNTER);
    format!(
        "CREATE TEMPORARY TABLE {stage} ({counter} BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB \
         AS SELECT 0 AS {counter}, {} FROM {target} WHERE FALSE",
        columns.join(", ")
    )
}

/// To the letter: most collations take `a` for `A`.
pub(super) fn same(column: &str, kind: &Kind) -> String {
    match kind {
        Kind::Text(_) => format!("BINARY t.{column} <=> BINARY s.{column}"),
        _ => format!("t.{column} <=> s.{column}"),
    }
}

pub(super) fn update(target: &str, stage: &str, joined: &str, set: &[String]) -> String {
    let set: Vec<String> = set.iter().map(|name| format!("t.{name} = s.{name}")).collect();
    format!(
        "UPDATE {target} AS t JOIN {stage} AS s ON {joined} SET {} WHERE TRUE",
        set.join(", ")
    )
}

pub(super) fn delete(target: &str, stage: &str, joined: &str) -> String {
    format!("DELETE t FROM {target} AS t JOIN {stage} AS s ON {joined} WHERE TRUE")
}

/// One row of a multi-row INSERT into a stage.
pub(super) fn places(kinds: &[Kind]) -> String {
    let place = |kind: &Kind| match kind {
        // Text would be taken for bytes.
        Kind::Bits(_) => ", CAST(? AS UNSIGNED)",
        _ => ", ?",
    };
    format!("(?{})", kinds.iter().map(place).collect::<String>())
}
