//! The columns a step writes, and what their values must pass before any statement sees them.

use std::borrow::Cow;

use connector_kit::{Error, Result, Row, Value};

use super::{Kind, table::Column, wish::Wish};

/// The columns of a step, in the order of the rows' values.
pub(super) struct Columns {
    columns: Vec<Fitting>,
    /// Places of the scope's columns among the values.
    pub(super) within: Vec<usize>,
    /// Places of the key's columns among the values.
    pub(super) key: Vec<usize>,
}

/// A column and what its values must pass: the type that `create` gives it and the one the table has.
struct Fitting {
    name: String,
    kinds: Vec<Kind>,
}

impl Columns {
    /// The columns of a wish as its table has them.
    pub(super) fn of(wish: &Wish, columns: &[&Column]) -> Self {
        let fitting = columns.iter().map(|column| {
            let made = wish
                .create
                .as_ref()
                .and_then(|create| create.kind(&column.name))
                .filter(|kind| **kind != column.kind);
            Fitting {
                name: column.name.clone(),
                kinds: made.cloned().into_iter().chain([column.kind.clone()]).collect(),
            }
        });
        Self {
            columns: fitting.collect(),
            within: wish.places(&wish.within),
            key: wish.places(&wish.key),
        }
    }

    /// The row's values as the table stores them, or why one cannot be.
    pub(super) fn fit<'r>(&self, row: &'r Row) -> Result<Vec<Cow<'r, Value>>> {
        let fitted: Vec<_> = self
            .columns
            .iter()
            .zip(&*row.values)
            .map(|(column, value)| column.fit(value))
            .collect::<Result<_>>()?;
        match self.within.iter().chain(&self.key).find(|place| is_empty(&fitted[**place])) {
            Some(place) => Err(Error::rejected(format!("key column {} is empty", self.columns[*place].name))
                .hint("A row without a key cannot be told from others: map a value, or skip such records with a rule.")),
            None => Ok(fitted),
        }
    }

    /// The scope of a record without elements, as the table stores it. Rows of the same record beside it would
    /// contradict it, so it stands alone.
    pub(super) fn fit_scope_alone(&self, rows: &[Row]) -> Result<Vec<Value>> {
        let scope: Vec<&Value> = self
            .within
            .iter()
            .filter_map(|place| rows[0].values.get(*place))
            .collect();
        if rows.len() > 1 || scope.len() < self.within.len() || scope.contains(&&Value::Null) {
            return Err(Error::rejected(
                "the scope of a record without elements is not clear",
            ));
        }
        let fit = |(place, value): (&usize, &Value)| self.columns[*place].fit(value).map(Cow::into_owned);
        self.within.iter().zip(scope).map(fit).collect()
    }

    /// The values at these places as one text: what a row is inside its table.
    pub(super) fn text_of(values: &[Cow<'_, Value>], places: &[usize]) -> String {
        joined(places.iter().map(|place| values[*place].to_string()))
    }

    /// Whether two rows belong to the same scope of the same record.
    pub(super) fn together(&self, one: &Row, next: &Row) -> bool {
        let same = |place: &usize| one.values.get(*place) == next.values.get(*place);
        one.record == next.record && self.within.iter().all(same)
    }
}

/// Two rows of a record with one key would become one: that is no answer.
pub(super) fn same_key(table: &str) -> Error {
    Error::rejected(format!("two rows of the record have the same key in `{table}`"))
        .hint("`key` must tell the rows of one record apart: the line's own id, not the record's.")
}

pub(super) fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\u{1f}")
}

impl Fitting {
    fn fit<'v>(&self, value: &'v Value) -> Result<Cow<'v, Value>> {
        let mut fitted = Cow::Borrowed(value);
        for kind in &self.kinds {
            fitted = match fitted {
                Cow::Borrowed(value) => kind.fit(value),
                Cow::Owned(value) => kind.fit(&value).map(|again| Cow::Owned(again.into_owned())),
            }
            .map_err(|why| self.refusal(why))?;
        }
        Ok(fitted)
    }

    fn refusal(&self, why: Error) -> Error {
        Error {
            message: format!("the value for column {} {}", self.name, why.message),
            ..why
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || matches!(value, Value::Text(text) if text.is_empty())
}
