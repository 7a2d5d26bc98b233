//! A database table as a test looks at it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, types::ValueRef};

/// A table's rows as text, in the order of all their columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn read(file: &Path, name: &str) -> Self {
        Self::query(file, &format!("SELECT * FROM \"{name}\""))
    }

    /// The rows of any query.
    pub fn query(file: &Path, sql: &str) -> Self {
        let database =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
        let mut query = database
            .prepare(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns: Vec<String> = query.column_names().into_iter().map(str::to_owned).collect();
        let width = columns.len();
        let rows = query.query_map([], |row| (0..width).map(|at| row.get_ref(at).map(text)).collect());
        let mut rows: Vec<Vec<String>> = rows
            .expect("the query runs")
            .collect::<Result<_, _>>()
            .expect("rows");
        rows.sort();
        Self { columns, rows }
    }

    /// One column of all rows.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let at = self.columns.iter().position(|column| column == name);
        let at = at.unwrap_or_else(|| panic!("no column {name} in {:?}", self.columns));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => format!("{value} (real)"),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
