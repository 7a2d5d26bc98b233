//! What placeholders stand for in one run.

use std::collections::BTreeMap;

use connector_kit::{Error, Result, Value as Plain, suggest};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Piece, Placeholder, Stands, read};

/// Kept variables by name, as a filter writes them; empty where there is nothing to write.
pub(crate) type Kept = BTreeMap<String, String>;

/// How a filter writes a variable's value: a list of plain values with commas.
pub(crate) fn kept(value: &Plain) -> String {
    let Plain::Json(raw) = value else {
        return value.to_string();
    };
    let list: Vec<Value> = serde_json::from_str(raw.as_str()).unwrap_or_default();
    let plain = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let texts: Vec<String> = list.into_iter().map(plain).collect();
    texts.join(",")
}

/// What placeholders stand for.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// How far the last run came; before the first one, the beginning of 1970.
    pub(crate) reached: Option<Timestamp>,
    /// The system's present time.
    pub(crate) now: Timestamp,
    /// The ids of chosen records.
    pub(crate) ids: Vec<String>,
    /// Kept variables.
    pub(crate) variables: Kept,
}

/// How the placeholders of some parameters reach around the instants they stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Whether there is any placeholder for a date.
    pub(crate) is_any: bool,
    /// Whether there is any for a kept variable.
    pub(crate) variables: bool,
    /// Whether any stands for how far the last run came.
    pub(crate) goes_on: bool,
    /// How far before that instant the reading begins.
    pub(crate) back: SignedDuration,
    /// How far before the present it may end.
    pub(crate) short: SignedDuration,
    /// Whether any stands for the ids of chosen records, in a list and alone.
    pub(crate) ids: (bool, bool),
}

impl Reach {
    /// Whether what they stand for is kept with the position, until the reading is done.
    pub(crate) fn is_kept(self) -> bool {
        self.goes_on || self.variables
    }
}

impl Values {
    /// Of a file that is only checked.
    pub(crate) fn example(variables: Kept) -> Self {
        let now = Timestamp::from_second(1_767_225_600).expect("1 January 2026");
        Self {
            reached: Some(now),
            now,
            ids: vec!["1".to_owned()],
            variables,
        }
    }

    /// Parameters with all placeholders filled in. Err: Config, for what a check would have refused.
    pub(crate) fn filled(&self, parameters: &Value) -> Result<Value> {
        Ok(match parameters {
            Value::String(text) => Value::String(self.text(text)?),
            Value::Array(elements) => {
                let mut filled = Vec::new();
                for element in elements {
                    match element {
                        Value::String(text) if text == super::IDS => {
                            filled.extend(self.ids.iter().map(|id| Value::from(id.as_str())));
                        }
                        other => filled.push(self.filled(other)?),
                    }
                }
                Value::Array(filled)
            }
            Value::Object(entries) => entries
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.filled(value)?)))
                .collect::<Result<_>>()?,
            other => other.clone(),
        })
    }

    /// One text with its placeholders filled in.
    pub(crate) fn text(&self, text: &str) -> Result<String> {
        let pieces = read(text).map_err(|wrong| Error::config(wrong.message).hint(wrong.hint))?;
        pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, piece: &Piece) -> Result<String> {
        Ok(match piece {
            Piece::Letters(letters) => letters.clone(),
            Piece::Ids => self.ids.join(","),
            Piece::Date(placeholder) => placeholder.written(self),
            Piece::Variable(name) => self.variable(name)?,
        })
    }

    /// An empty filter would let everything through, so there is none.
    fn variable(&self, name: &str) -> Result<String> {
        let value = self.variables.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.variables.keys().map(String::as_str).collect();
            let hint = suggest::known("There are", &names, name);
            Error::config(format!("there is no kept variable `{name}` to fill in")).hint(hint)
        })?;
        if value.is_empty() {
            return Err(Error::config(format!("`${{{name}}}` stands for nothing"))
                .hint("Give the variable a value with `processflow variables`, or a `start` in the file."));
        }
        Ok(value.clone())
    }
}

impl Placeholder {
    fn written(&self, values: &Values) -> String {
        let at = match (self.stands, values.reached) {
            (Stands::Now, _) => values.now.saturating_add(self.offset),
            (Stands::Reached, Some(reached)) => reached.saturating_add(self.offset),
            // Nothing lies before the beginning.
            (Stands::Reached, None) => Ok(Timestamp::UNIX_EPOCH),
        };
        let at = at.unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH);
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        match &self.pattern {
            Some(pattern) => pattern.write(at),
            None => at.to_string(),
        }
    }

    fn back(&self) -> SignedDuration {
        let coarse = self
            .pattern
            .as_ref()
            .map_or(SignedDuration::ZERO, super::Pattern::coarseness);
        (-self.offset).max(SignedDuration::ZERO) + coarse
    }
}

/// How all placeholders in these parameters reach. What cannot be read reaches nowhere.
pub(crate) fn reach<'v>(parameters: impl IntoIterator<Item = &'v Value>) -> Reach {
    let mut reach = Reach::default();
    for value in parameters {
        texts(value, &mut |_, text, in_list| {
            for piece in read(text).unwrap_or_default() {
                match piece {
                    Piece::Letters(_) => {}
                    Piece::Variable(_) => reach.variables = true,
                    Piece::Ids if in_list && text == super::IDS => reach.ids.0 = true,
                    Piece::Ids => reach.ids.1 = true,
                    Piece::Date(date) => {
                        reach.is_any = true;
                        match date.stands {
                            Stands::Reached => {
                                reach.goes_on = true;
                                reach.back = reach.back.max(date.back());
                            }
                            Stands::Now => reach.short = reach.short.max(date.back()),
                        }
                    }
                }
            }
        });
    }
    reach
}

/// Every text below a value, with the name of the field it stands in and whether it is an element of a list.
pub(crate) fn texts<'v>(value: &'v Value, told: &mut dyn FnMut(&'v str, &'v str, bool)) {
    fn walk<'v>(
        name: &'v str,
        value: &'v Value,
        in_list: bool,
        told: &mut dyn FnMut(&'v str, &'v str, bool),
    ) {
        match value {
            Value::String(text) => told(name, text, in_list),
            Value::Array(elements) => elements
                .iter()
                .for_each(|element| walk(name, element, true, told)),
            Value::Object(entries) => entries
                .iter()
                .for_each(|(name, value)| walk(name, value, false, told)),
            _ => {}
        }
    }
    walk("", value, false, told);
}
