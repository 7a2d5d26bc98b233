//! Action filters: query parameters of a list, as the store's API names them.

use std::collections::BTreeMap;

use connector_kit::{Error, JsonSchema, Result};
use serde::Deserialize;

use super::date;

/// `filter: { min_date_created: "2026-01-01", status_id: 11 }`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Filter(BTreeMap<String, FilterValue>);

/// A value of a filter; a list becomes `a,b,c`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum FilterValue {
    /// true or false
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// An amount.
    Amount(f64),
    /// Text; dates without a time mean midnight UTC.
    Text(String),
    /// Several values, any of which fits.
    List(Vec<FilterValue>),
}

impl FilterValue {
    fn text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Amount(value) => value.to_string(),
            Self::Text(value) => value.clone(),
            Self::List(values) => values.iter().map(Self::text).collect::<Vec<_>>().join(","),
        }
    }
}

impl Filter {
    /// Refuses parameters that the reading itself needs.
    pub(super) fn check(&self, reserved: &[&str]) -> Result<()> {
        self.0.keys().try_for_each(|name| refuse(name, reserved))
    }

    /// Query parameters: those of the file, and over them those of this run.
    pub(super) fn over(
        &self,
        run: &BTreeMap<String, String>,
        reserved: &[&str],
    ) -> Result<Vec<(String, String)>> {
        run.keys().try_for_each(|name| refuse(name, reserved))?;
        let mut values: BTreeMap<String, String> = self
            .0
            .iter()
            .map(|(name, value)| (name.clone(), value.text()))
            .collect();
        values.extend(run.clone());
        Ok(values
            .into_iter()
            .map(|(name, value)| whole(name, &value))
            .collect())
    }
}

fn whole(name: String, value: &str) -> (String, String) {
    let value = if name.contains("date") {
        date::full(value)
    } else {
        value.to_owned()
    };
    (name, value)
}

fn refuse(name: &str, reserved: &[&str]) -> Result<()> {
    if reserved.contains(&name) {
        return Err(
            Error::config(format!("the filter `{name}` is set by the reading itself"))
                .hint("Leave it out; `run --ids` reads chosen records, `run --since` from a date on."),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runs_filter_goes_over_the_files() {
        let file: Filter =
            serde_json::from_str(r#"{"status_id": 11, "id:in": [1, 2], "min_date_created": "2026-01-15"}"#)
                .unwrap();
        let run = BTreeMap::from([("status_id".to_owned(), "2".to_owned())]);
        let expected = [
            ("id:in", "1,2"),
            ("min_date_created", "2026-01-15T00:00:00Z"),
            ("status_id", "2"),
        ];
        let expected: Vec<_> = expected
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(
            file.over(&run, &[]).unwrap(),
            expected,
            "lists are joined, dates are whole"
        );
        assert!(
            file.check(&["status_id"]).is_err(),
            "what the reading sets is refused"
        );
    }
}
