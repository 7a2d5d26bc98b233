//! Ids as steps give them: a number or text, from a file or from a record.

use connector_kit::{Error, JsonSchema, Result};
use serde::Deserialize;

/// An id: a number, or text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Id {
    /// A whole number.
    Number(u64),
    /// Text.
    Text(String),
}

impl Id {
    /// The text. Rejected: there is none.
    pub(super) fn text(&self, name: &str) -> Result<String> {
        let text = match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
        };
        if text.is_empty() {
            return Err(Error::rejected(format!("field `{name}` is empty")).hint(format!(
                "Map a value to `{name}`, or skip such records with a rule."
            )));
        }
        Ok(text)
    }

    /// The number. Rejected: it is none, or 0, which nothing has.
    pub(super) fn number(&self, name: &str) -> Result<u64> {
        let text = self.text(name)?;
        text.parse().ok().filter(|id| *id > 0).ok_or_else(|| {
            Error::rejected(format!("field `{name}` is `{text}`, which nothing has as its id")).hint(format!(
                "Map a value to `{name}`, or skip such records with a rule."
            ))
        })
    }

    /// Config: not exactly one of these is given.
    pub(super) fn one_of(given: &[(&str, &Option<Self>)]) -> Result<()> {
        let names: Vec<String> = given.iter().map(|(name, _)| format!("`{name}`")).collect();
        if given.iter().filter(|(_, id)| id.is_some()).count() == 1 {
            return Ok(());
        }
        Err(
            Error::config(format!("one of {} says which one is meant", names.join(", ")))
                .hint(format!("For instance `with: {{ {}: … }}`.", given[0].0)),
        )
    }
}
