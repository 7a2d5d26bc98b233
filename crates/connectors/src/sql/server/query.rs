//! Reading from a server: a person's SELECT, and what a table holds.

use connector_kit::{Held, Result};
use serde_json::Value as Json;

use super::Link;
use crate::sql::{
    query::{Selection, Start, Taking, not_a_select},
    spool::Spool,
};

/// See [`Engine::select`](crate::sql::engine::Engine::select).
pub(super) async fn select<L: Link>(link: &mut L, selection: &Selection, taking: Taking) -> Result<Spool> {
    let columns = link.columns(&selection.sql).await?;
    if columns.is_empty() {
        return Err(not_a_select());
    }
    let (names, hints): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
    // Orders are personal data: a large result lies in a file without a name.
    let mut rows = taking.begin(names.clone(), &std::env::temp_dir())?;
    let order = selection.order(&names);
    let quoted: Vec<String> = order.iter().map(|at| L::quoted(&names[*at])).collect();
    let bound = |place: usize| L::bound(place + 1, &hints[order[place]]);
    let first = &quoted[0];
    let (from, values): (String, Vec<Json>) = match &selection.start {
        Start::First => (String::new(), Vec::new()),
        Start::Beyond(key) => {
            let places: Vec<String> = (0..order.len()).map(bound).collect();
            (
                format!(" WHERE ({}) > ({})", quoted.join(", "), places.join(", ")),
                key.clone(),
            )
        }
        Start::Value(value) => (
            format!(" WHERE {first} >= {} OR {first} IS NULL", bound(0)),
            vec![value.clone()],
        ),
        Start::Instant(instant) => (
            format!(" WHERE {first} >= {} OR {first} IS NULL", L::bound_instant(1)),
            vec![instant.to_string().into()],
        ),
    };
    let shown: Vec<String> = names.iter().map(|name| L::shown(&L::quoted(name))).collect();
    let sql = format!(
        "SELECT {} FROM (\n{}\n) AS q{from} ORDER BY {}",
        shown.join(", "),
        selection.sql,
        quoted.join(", ")
    );
    link.read(&sql, &values, &mut |cells| rows.row(cells)).await??;
    rows.done()
}

/// See [`Engine::look`](crate::sql::engine::Engine::look).
pub(super) async fn look<L: Link>(
    link: &mut L,
    database: &str,
    table: &str,
    key: &[String],
    limit: usize,
) -> Result<Held> {
    let Some(there) = link.describe(table, database).await? else {
        return Ok(Held {
            place: table.to_owned(),
            ..Held::default()
        });
    };
    let (target, table) = (there.target, there.table);
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let mut total = 0;
    let count = format!(
        "SELECT {} FROM (SELECT count(*) AS n FROM {target}) AS q",
        L::shown("n")
    );
    let mut counted = |cells: &[super::Cell]| {
        total = cells[0].value.as_u64().unwrap_or_default();
        Ok(())
    };
    link.read(&count, &[], &mut counted).await??;
    let order: Vec<String> = table
        .spelled(key)
        .into_iter()
        .map(|name| format!("{} DESC", L::quoted(name)))
        .collect();
    let order = if order.is_empty() {
        String::new()
    } else {
        format!(" ORDER BY {}", order.join(", "))
    };
    let shown: Vec<String> = columns.iter().map(|name| L::shown(&L::quoted(name))).collect();
    let sql = format!("SELECT {} FROM {target}{order} LIMIT {limit}", shown.join(", "));
    let mut rows = Vec::new();
    let mut row = |cells: &[super::Cell]| {
        rows.push(cells.iter().map(|cell| cell.clone().shown()).collect());
        Ok(())
    };
    link.read(&sql, &[], &mut row).await??;
    Ok(Held {
        rows,
        place: table.name,
        columns,
        total,
    })
}
