//! What PostgreSQL says in its own way.

use crate::sql::{Create, Kind, server::COUNTER};

/// `"it"`
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `schema.table`, or a table where the account looks for them.
pub(super) fn parts(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("", name))
}

pub(super) fn create(table: &str, create: &Create, key: &[String]) -> String {
    let (schema, name) = parts(table);
    let required = |name: &str| key.iter().any(|part| part.eq_ignore_ascii_case(name));
    let mut columns: Vec<String> = create
        .columns()
        .iter()
        .map(|(name, kind)| {
            let rule = if required(name) { " NOT NULL" } else { "" };
            format!("{} {}{rule}", quoted(name), declared(kind))
        })
        .collect();
    if !key.is_empty() {
        let key: Vec<String> = key.iter().map(|name| quoted(name)).collect();
        columns.push(format!("PRIMARY KEY ({})", key.join(", ")));
    }
    let schema = if schema.is_empty() {
        String::new()
    } else {
        format!("{}.", quoted(schema))
    };
    format!("CREATE TABLE {schema}{} ({})", quoted(name), columns.join(", "))
}

fn declared(kind: &Kind) -> String {
    match kind {
        Kind::Text(Some(most)) => format!("varchar({most})"),
        Kind::Integer => "bigint".to_owned(),
        Kind::Decimal(Some(digits)) => format!("numeric({},{})", digits.precision, digits.scale),
        Kind::Decimal(None) => "numeric".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Timestamp => "timestamptz".to_owned(),
        Kind::Json => "jsonb".to_owned(),
        _ => "text".to_owned(),
    }
}

/// It is emptied by itself at the end of each transaction. `WITH NO DATA` keeps types and lengths, and no rules.
pub(super) fn create_stage(stage: &str, target: &str, columns: &[String]) -> String {
    format!(
        "CREATE TEMPORARY TABLE {stage} ON COMMIT DELETE ROWS AS SELECT 0 AS {}, {} FROM {target} WITH NO DATA",
        quoted(COUNTER),
        columns.join(", ")
    )
}

pub(super) fn same(column: &str, kind: &Kind) -> String {
    match kind {
        // Not every type can be compared (`json`, `xml`, `point`): all have a text.
        Kind::Any => format!("t.{column}::text IS NOT DISTINCT FROM s.{column}::text"),
        _ => format!("t.{column} IS NOT DISTINCT FROM s.{column}"),
    }
}

pub(super) fn update(target: &str, stage: &str, joined: &str, set: &[String]) -> String {
    let set: Vec<String> = set.iter().map(|name| format!("{name} = s.{name}")).collect();
    format!(
        "UPDATE {target} AS t SET {} FROM {stage} AS s WHERE {joined}",
        set.join(", ")
    )
}

pub(super) fn delete(target: &str, stage: &str, joined: &str) -> String {
    format!("DELETE FROM {target} AS t USING {stage} AS s WHERE {joined}")
}

pub(super) fn on_conflict(key: &[String], set: &[String]) -> String {
    let set: Vec<String> = set
        .iter()
        .map(|name| format!("{name} = EXCLUDED.{name}"))
        .collect();
    let action = if set.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", set.join(", "))
    };
    format!(" ON CONFLICT ({}) DO {action}", key.join(", "))
}

/// Rows in the text format of COPY (postgresql.org/docs/current/sql-copy.html).
pub(super) fn copied(rows: &[crate::sql::server::Numbered<'_>]) -> Vec<u8> {
    let mut text = Vec::with_capacity(rows.len() * 64);
    for (number, values) in rows {
        text.extend_from_slice(number.to_string().as_bytes());
        for value in *values {
            text.push(b'\t');
            match value {
                None => text.extend_from_slice(b"\\N"),
                Some(value) => value.bytes().for_each(|byte| match byte {
                    b'\\' => text.extend_from_slice(b"\\\\"),
                    b'\t' => text.extend_from_slice(b"\\t"),
                    b'\n' => text.extend_from_slice(b"\\n"),
                    b'\r' => text.extend_from_slice(b"\\r"),
                    byte => text.push(byte),
                }),
            }
        }
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::copied;

    #[test]
    fn what_copy_takes_for_its_own_is_escaped() {
        let row = [Some("a\tb\\N\r\n".to_owned()), None, Some(String::new())];
        let text = copied(&[(7, row.as_slice())]);
        assert_eq!(String::from_utf8(text).unwrap(), "7\ta\\tb\\\\N\\r\\n\t\\N\t\n");
    }
}
