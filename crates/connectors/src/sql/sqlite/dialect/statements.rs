//! The statements. Names reach them quoted and known to the table; values are always bound.

use super::{Kind, declared};
use crate::sql::query::Start;

pub(in crate::sql::sqlite) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(in crate::sql::sqlite) const COMMIT: &str = "COMMIT";
pub(in crate::sql::sqlite) const ROLLBACK: &str = "ROLLBACK";
/// Rows that stand or fall together, inside the transaction.
pub(in crate::sql::sqlite) const GROUP: &str = "SAVEPOINT together";
pub(in crate::sql::sqlite) const GROUP_DONE: &str = "RELEASE together";
pub(in crate::sql::sqlite) const GROUP_UNDO: &str = "ROLLBACK TO together";

/// How far each deployment has come.
pub(in crate::sql::sqlite) const CHECKPOINT_TABLE: &str = "CREATE TABLE IF NOT EXISTS \"_processflow_checkpoint\" \
     (deployment TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, batch INTEGER NOT NULL, committed_at TEXT NOT NULL)";
pub(in crate::sql::sqlite) const READ_CHECKPOINT: &str =
    "SELECT epoch, batch FROM \"_processflow_checkpoint\" WHERE deployment = ?1";
/// Changes nothing where somebody else has come further: an older copy must not go on. `?5` is the lowest batch
/// that may still be there.
pub(in crate::sql::sqlite) const WRITE_CHECKPOINT: &str = "INSERT INTO \"_processflow_checkpoint\" (deployment, epoch, batch, committed_at) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT (deployment) DO UPDATE SET epoch = excluded.epoch, batch = excluded.batch, \
     committed_at = excluded.committed_at WHERE epoch < excluded.epoch OR (epoch = excluded.epoch AND batch <= ?5)";

/// What bears a name: its own spelling, and `table` or `view`.
pub(in crate::sql::sqlite) const OBJECT: &str =
    "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE";
/// Name, declared type, place in the primary key, and whether it is computed.
pub(in crate::sql::sqlite) const COLUMNS: &str = "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1)";
/// Indexes that make rows unique, all rows of them.
pub(in crate::sql::sqlite) const INDEXES: &str =
    "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND partial = 0";
/// Columns of an index; an expression has no name.
pub(in crate::sql::sqlite) const INDEX_COLUMNS: &str = "SELECT name FROM pragma_index_info(?1)";

/// `"it"`
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How many rows a table has.
pub(in crate::sql::sqlite) fn count(table: &str) -> String {
    format!("SELECT count(*) FROM {}", quoted(table))
}

/// The rows with the largest key, `?1` of them at most; without a key those that came last.
pub(in crate::sql::sqlite) fn last_rows(table: &str, columns: &[&str], key: &[&str]) -> String {
    let order: Vec<String> = key.iter().map(|name| format!("{} DESC", quoted(name))).collect();
    let order = if order.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", order.join(", "))
    };
    format!("SELECT {} FROM {}{order} LIMIT ?1", list(columns), quoted(table))
}

/// `CREATE TABLE`, with the key where there is one.
pub(in crate::sql::sqlite) fn create(table: &str, columns: &[(String, Kind)], key: &[&str]) -> String {
    let required = |name: &str| key.iter().any(|part| part.eq_ignore_ascii_case(name));
    let mut parts: Vec<String> = columns
        .iter()
        .map(|(name, kind)| {
            let rule = if required(name) { " NOT NULL" } else { "" };
            format!("{} {}{rule}", quoted(name), declared(kind))
        })
        .collect();
    if !key.is_empty() {
        parts.push(format!("PRIMARY KEY ({})", list(key)));
    }
    format!("CREATE TABLE {} ({})", quoted(table), parts.join(", "))
}

/// The statement that would give a table the index it lacks, for a hint.
pub(in crate::sql::sqlite) fn unique_index(table: &str, key: &[&str]) -> String {
    format!(
        "CREATE UNIQUE INDEX {} ON {} ({})",
        quoted(&format!("{table}_key")),
        quoted(table),
        list(key)
    )
}

/// `OR ABORT`, said aloud: a table's own rule to REPLACE on a conflict would delete other rows silently.
pub(in crate::sql::sqlite) fn insert(table: &str, columns: &[&str]) -> String {
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    format!(
        "INSERT OR ABORT INTO {} ({}) VALUES ({})",
        quoted(table),
        list(columns),
        places.join(", ")
    )
}

/// For a table whose mapped columns are all key.
pub(in crate::sql::sqlite) fn insert_or_nothing(table: &str, columns: &[&str], key: &[&str]) -> String {
    format!(
        "{} ON CONFLICT ({}) DO NOTHING",
        insert(table, columns),
        list(key)
    )
}

/// Inserts, or updates the row of that key where one of `compared` differs; changes nothing where none does.
pub(in crate::sql::sqlite) fn upsert(
    table: &str,
    columns: &[&str],
    key: &[&str],
    set: &[&str],
    compared: &[&str],
) -> String {
    let sets: Vec<String> = set
        .iter()
        .map(|name| format!("{0} = excluded.{0}", quoted(name)))
        .collect();
    // Binary, or a column that ignores case would hide a change of case.
    let differs: Vec<String> = compared
        .iter()
        .map(|name| {
            format!(
                "{}.{1} IS NOT excluded.{1} COLLATE BINARY",
                quoted(table),
                quoted(name)
            )
        })
        .collect();
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {} WHERE {}",
        insert(table, columns),
        list(key),
        sets.join(", "),
        differs.join(" OR ")
    )
}

/// Keys of the rows in a scope; parameters: the scope.
pub(in crate::sql::sqlite) fn keys_of(table: &str, scope: &[&str], key: &[&str]) -> String {
    format!(
        "SELECT {} FROM {} WHERE {}",
        list(key),
        quoted(table),
        equal(scope, 1)
    )
}

/// Updates one row where a value differs; parameters: all columns in their order.
pub(in crate::sql::sqlite) fn update_row(table: &str, columns: &[&str], identity: &[&str]) -> String {
    let place = |name: &str| {
        1 + columns
            .iter()
            .position(|column| *column == name)
            .unwrap_or_default()
    };
    let is = |name: &&str| format!("{} = ?{}", quoted(name), place(name));
    let set: Vec<&str> = columns
        .iter()
        .copied()
        .filter(|name| !identity.contains(name))
        .collect();
    let sets: Vec<String> = set.iter().map(is).collect();
    let at: Vec<String> = identity.iter().map(is).collect();
    let differs: Vec<String> = set
        .iter()
        .map(|name| format!("{} IS NOT ?{} COLLATE BINARY", quoted(name), place(name)))
        .collect();
    format!(
        "UPDATE OR ABORT {} SET {} WHERE {} AND ({})",
        quoted(table),
        sets.join(", "),
        at.join(" AND "),
        differs.join(" OR ")
    )
}

/// Deletes the row of a key, also of one with empty parts; parameters: the scope, then the key.
pub(in crate::sql::sqlite) fn delete_row(table: &str, scope: &[&str], key: &[&str]) -> String {
    let key_is: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{} IS ?{}", quoted(name), 1 + scope.len() + at))
        .collect();
    format!(
        "DELETE FROM {} WHERE {} AND {}",
        quoted(table),
        equal(scope, 1),
        key_is.join(" AND ")
    )
}

/// Deletes a scope; parameters: the scope.
pub(in crate::sql::sqlite) fn clear(table: &str, scope: &[&str]) -> String {
    format!("DELETE FROM {} WHERE {}", quoted(table), equal(scope, 1))
}

fn equal(names: &[&str], from: usize) -> String {
    let parts = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{} = ?{}", quoted(name), from + at));
    parts.collect::<Vec<_>>().join(" AND ")
}

/// A person's query as a table, so that it can be nothing but one SELECT. What `from` holds is bound in its order.
pub(in crate::sql::sqlite) fn selection(sql: &str, order: &[&str], from: &Start) -> String {
    let rows = match from {
        Start::First => String::new(),
        Start::Beyond(_) => {
            let places: Vec<String> = (1..=order.len()).map(|place| format!("?{place}")).collect();
            format!(" WHERE ({}) > ({})", list(order), places.join(", "))
        }
        Start::Value(_) => format!(" WHERE {0} >= ?1 OR {0} IS NULL", quoted(order[0])),
        Start::Instant(_) => {
            format!(
                " WHERE unixepoch({0}, 'auto') >= unixepoch(?1) OR unixepoch({0}, 'auto') IS NULL",
                quoted(order[0])
            )
        }
    };
    format!("SELECT * FROM (\n{sql}\n){rows} ORDER BY {}", list(order))
}
