//! A table as PostgreSQL describes it.

use connector_kit::{Error, Result};

use super::{
    link::Postgres,
    statements::{parts, quoted},
};
use crate::sql::{
    column::{Digits, Kind},
    server::{Described, Link as _, Refusal},
    table::{Column, Table, not_a_table, unique_sets},
};

/// Tables of that name, in whatever case; the one that is spelled so first, and where the account looks first.
const TABLES: &str = "SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text, \
     (c.relname = $2::text)::text \
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND lower(c.relname) = lower($2::text) \
     AND CASE WHEN $1::text = '' THEN n.nspname = ANY (current_schemas(false)) ELSE lower(n.nspname) = lower($1::text) END \
     ORDER BY c.relname = $2::text DESC, array_position(current_schemas(false), n.nspname)";

/// Name, type behind domains, its modifier, and whether it is computed.
const COLUMNS: &str = "SELECT a.attname::text, coalesce(b.typname, y.typname)::text, \
     (CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END)::text, \
     (a.attgenerated <> '' OR a.attidentity = 'a')::text \
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid \
     LEFT JOIN pg_catalog.pg_type b ON y.typtype = 'd' AND b.oid = y.typbasetype \
     WHERE a.attrelid = $1::text::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// Columns of the indexes that make rows unique, at once and all of them.
const UNIQUE: &str = "SELECT i.indexrelid::text, a.attname::text \
     FROM pg_catalog.pg_index i \
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
     LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0 \
     WHERE i.indrelid = $1::text::oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL \
     AND k.place <= i.indnkeyatts ORDER BY i.indexrelid, k.place";

/// See [`Link::describe`](crate::sql::server::Link::describe).
pub(super) async fn describe(link: &mut Postgres, name: &str, database: &str) -> Result<Option<Described>> {
    let (schema, table) = parts(name);
    let found = link.rows(TABLES, &[schema, table]).await?;
    let texts = |row: Vec<Option<String>>| -> Vec<String> {
        row.into_iter().map(Option::unwrap_or_default).collect()
    };
    let found: Vec<Vec<String>> = found.into_iter().map(texts).collect();
    let Some([id, schema, own, kind, exact]) = found.first().and_then(|row| row.first_chunk::<5>()) else {
        return Ok(None);
    };
    if exact != "true" && found.iter().any(|row| row[2] != *own) {
        return Err(Error::config(format!(
            "{database} has several tables that are called `{table}` in other cases"
        ))
        .hint("Spell the one that is meant exactly."));
    }
    match kind.as_str() {
        "r" | "p" => {}
        "f" => return Err(not_a_table(own, database, "a foreign table")),
        _ => return Err(not_a_table(own, database, "a view")),
    }
    let table = read(link, id, own).await?;
    Ok(Some(Described {
        target: format!("{}.{}", quoted(schema), quoted(own)),
        table,
    }))
}

async fn read(link: &mut Postgres, id: &str, name: &str) -> Result<Table, Refusal> {
    let column = |row: Vec<Option<String>>| {
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || cells.next().unwrap_or_default();
        let (name, kind, modifier, computed) = (next(), next(), next(), next());
        Column {
            name,
            kind: kind_of(&kind, modifier.parse().unwrap_or(-1)),
            computed: computed == "true",
        }
    };
    let columns = link.rows(COLUMNS, &[id]).await?.into_iter().map(column).collect();
    let unique = link.rows(UNIQUE, &[id]).await?;
    Ok(Table {
        name: name.to_owned(),
        columns,
        unique: unique_sets(unique),
    })
}

/// What a type keeps. `modifier` is its length or digits plus 4, or -1 (pg_attribute.atttypmod).
fn kind_of(name: &str, modifier: i32) -> Kind {
    let length = usize::try_from(modifier - 4).ok();
    match name {
        "int2" => Kind::Whole(i16::MIN.into(), i16::MAX.into()),
        "int4" => Kind::Whole(i32::MIN.into(), i32::MAX.into()),
        "int8" => Kind::Integer,
        "numeric" => Kind::Decimal(length.map(|digits| Digits {
            precision: digits >> 16,
            // Eleven bits with a sign; fewer than none means whole tens.
            scale: if digits & 0x400 == 0 { digits & 0x7ff } else { 0 },
        })),
        "float4" | "float8" => Kind::Number(None),
        "text" | "citext" => Kind::Text(None),
        "varchar" | "bpchar" => Kind::Text(length),
        "bool" => Kind::Boolean,
        "date" => Kind::Date,
        "timestamptz" => Kind::Timestamp,
        "timestamp" => Kind::DateTime,
        "jsonb" => Kind::Json,
        _ => Kind::Any,
    }
}
