//! A table as MariaDB and MySQL describe it.

use connector_kit::{Error, Result};

use super::{
    link::Mysql,
    statements::{parts, quoted},
};
use crate::sql::{
    column::{Digits, Kind},
    server::{Described, Link as _, Refusal},
    table::{Column, Table, not_a_table, unique_sets},
};

const TABLES: &str = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, coalesce(ENGINE, '') FROM information_schema.TABLES \
     WHERE TABLE_SCHEMA = CASE WHEN ? = '' THEN DATABASE() ELSE ? END AND lower(TABLE_NAME) = lower(?) \
     ORDER BY BINARY TABLE_NAME = BINARY ? DESC";

const COLUMNS: &str = "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, coalesce(CHARACTER_MAXIMUM_LENGTH, ''), \
     coalesce(NUMERIC_PRECISION, ''), coalesce(NUMERIC_SCALE, ''), coalesce(EXTRA, '') \
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

/// Columns of the indexes that make rows unique; one over the beginning of a text says nothing about all of it.
const UNIQUE: &str = "SELECT INDEX_NAME, CASE WHEN SUB_PART IS NULL THEN COLUMN_NAME END FROM information_schema.STATISTICS \
     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX";

/// See [`Link::describe`](crate::sql::server::Link::describe).
pub(super) async fn describe(link: &mut Mysql, name: &str, database: &str) -> Result<Option<Described>> {
    let (schema, table) = parts(name);
    let found = link.rows(TABLES, &[schema, schema, table, table]).await?;
    let found: Vec<[String; 4]> = found.into_iter().filter_map(texts).collect();
    let Some([schema, own, kind, engine]) = found.first() else {
        return Ok(None);
    };
    if own != table && found.len() > 1 {
        return Err(Error::config(format!(
            "{database} has several tables that are called `{table}` in other cases"
        ))
        .hint("Spell the one that is meant exactly."));
    }
    if kind != "BASE TABLE" {
        return Err(not_a_table(own, database, "a view"));
    }
    if !engine.eq_ignore_ascii_case("InnoDB") {
        return Err(Error::config(format!(
            "table `{own}` in {database} is kept by {engine}, which has no transactions: a row could be lost or doubled"
        ))
        .hint(format!("Let InnoDB keep it: ALTER TABLE {} ENGINE = InnoDB", quoted(own))));
    }
    let table = read(link, schema, own).await?;
    Ok(Some(Described {
        target: format!("{}.{}", quoted(schema), quoted(own)),
        table,
    }))
}

/// A row without what is missing.
fn texts<const N: usize>(row: Vec<Option<String>>) -> Option<[String; N]> {
    let row: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
    row.try_into().ok()
}

async fn read(link: &mut Mysql, schema: &str, name: &str) -> Result<Table, Refusal> {
    let column = |[name, kind, declared, length, precision, scale, extra]: [String; 7]| Column {
        name,
        kind: kind_of(&kind, &declared, &length, &precision, &scale),
        computed: extra.to_uppercase().contains("GENERATED")
            && !extra.to_uppercase().contains("DEFAULT_GENERATED"),
    };
    let columns = link.rows(COLUMNS, &[schema, name]).await?;
    let columns = columns.into_iter().filter_map(texts).map(column).collect();
    let unique = link.rows(UNIQUE, &[schema, name]).await?;
    Ok(Table {
        name: name.to_owned(),
        columns,
        unique: unique_sets(unique),
    })
}

fn kind_of(kind: &str, declared: &str, length: &str, precision: &str, scale: &str) -> Kind {
    let unsigned = declared.to_ascii_lowercase().contains("unsigned");
    let whole = |bits: u32| {
        if unsigned {
            Kind::Whole(0, 1_i64.checked_shl(bits).map_or(i64::MAX, |most| most - 1))
        } else {
            Kind::Whole(-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
        }
    };
    match kind.to_ascii_lowercase().as_str() {
        "tinyint" => whole(8),
        "smallint" => whole(16),
        "mediumint" => whole(24),
        "int" => whole(32),
        "bigint" if unsigned => Kind::Whole(0, i64::MAX),
        "bigint" => Kind::Integer,
        "year" => Kind::Whole(0, 2155),
        "bit" => Kind::Bits(precision.parse().unwrap_or(1)),
        "decimal" => Kind::Decimal(match (precision.parse(), scale.parse()) {
            (Ok(precision), Ok(scale)) => Some(Digits { precision, scale }),
            _ => None,
        }),
        "float" | "double" => Kind::Number(None),
        "char" | "varchar" => Kind::Text(length.parse().ok()),
        // Their limits are in bytes, which the server watches over.
        "tinytext" | "text" | "mediumtext" | "longtext" => Kind::Text(None),
        "date" => Kind::Date,
        "datetime" | "timestamp" => Kind::DateTime,
        "json" => Kind::Json,
        _ => Kind::Any,
    }
}
