//! Action filters: query parameters of a list, as the store's API names them.

use std::collections::BTreeMap;

use connector_kit::{DateFilter, Error, JsonSchema, Result, suggest};
use serde::Deserialize;
use serde_json::Value;

use super::{api, date};

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

    fn value(&self) -> Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Number(value) => (*value).into(),
            Self::Amount(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::List(values) => values.iter().map(Self::value).collect(),
        }
    }
}

impl Filter {
    /// Refuses what the store would pass over in silence: names that no list of it has, and dates that are none; and
    /// parameters that the reading itself needs.
    pub(super) fn check(&self, reserved: &[&str]) -> Result<()> {
        let mut values = self.0.iter();
        values.try_for_each(|(name, value)| checked(name, &value.text(), reserved).map(drop))
    }

    /// What is asked for: of the file, and over it of this run. A list that knows its own filters checks them.
    pub(super) fn given(&self, run: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
        let file = self.0.iter().map(|(name, value)| (name.clone(), value.value()));
        let run = run
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        file.chain(run).collect()
    }

    /// Query parameters: those of the file, and over them those of this run.
    pub(super) fn over(
        &self,
        run: &BTreeMap<String, String>,
        reserved: &[&str],
    ) -> Result<Vec<(String, String)>> {
        let mut values: BTreeMap<String, String> = self
            .0
            .iter()
            .map(|(name, value)| (name.clone(), value.text()))
            .collect();
        values.extend(run.clone());
        values
            .into_iter()
            .map(|(name, value)| checked(&name, &value, reserved).map(|value| (name, value)))
            .collect()
    }
}

/// Whether a filter of that name is about a date; refunds call theirs `created`. BigCommerce reference, orders v3.
pub(super) fn is_date(name: &str) -> bool {
    name.contains("date") || name.split(':').next() == Some("created")
}

/// A side of a span of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Min,
    Max,
}

/// Which side of which date a filter bounds: `min_date_created` in v2, `date_created:min` in v3.
pub(super) fn date_bound(name: &str) -> Option<(&str, Side)> {
    let v2 = |start: &str| name.strip_prefix(start);
    let v3 = |end: &str| name.strip_suffix(end);
    let min = v2("min_").or(v3(":min")).or(v3(":greater"));
    let max = || v2("max_").or(v3(":max")).or(v3(":less"));
    let bound = min.map(|field| (field, Side::Min));
    bound
        .or_else(|| max().map(|field| (field, Side::Max)))
        .filter(|(field, _)| is_date(field))
}

/// What the engine asks of a filter's name.
pub(super) fn date_filter(name: &str) -> Option<DateFilter> {
    let (field, _) = date_bound(name)?;
    Some(DateFilter {
        field: field.to_owned(),
        is_fixed: matches!(field, "date_created" | "created"),
    })
}

/// The error of a filter that the reading itself needs.
pub(super) fn reserved_by_reading(name: &str) -> Error {
    Error::config(format!("the filter `{name}` is set by the reading itself"))
        .hint("Leave it out; `run --ids` reads chosen records, `run --since` from a date on.")
}

/// The value as it is sent.
fn checked(name: &str, value: &str, reserved: &[&str]) -> Result<String> {
    if reserved.contains(&name) {
        return Err(reserved_by_reading(name));
    }
    let known = api::parameters();
    if !known.contains(name) {
        let names: Vec<&str> = known.iter().copied().collect();
        let error = Error::config(format!("`{name}` is not a filter of any list of the store"));
        return Err(match suggest::nearest(&names, name) {
            Some(guess) => error.hint(format!("Did you mean `{guess}`?")),
            None => error.hint("The store passes over filters it does not know, and sends everything."),
        });
    }
    if !is_date(name) {
        return Ok(value.to_owned());
    }
    date::full(value).ok_or_else(|| {
        Error::config(format!("the filter `{name}` is `{value}`, which is no date"))
            .hint("Write it like `2026-01-15T09:00:00Z`; a day alone means from midnight UTC on.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runs_filter_goes_over_the_files() {
        let file: Filter =
            serde_json::from_str(r#"{"status_id": 11, "id:in": [1, 2], "min_date_created": "2026-01-15", "created:min": "2026-01-15"}"#)
                .unwrap();
        let run = BTreeMap::from([("status_id".to_owned(), "2".to_owned())]);
        let expected = [
            ("created:min", "2026-01-15T00:00:00Z"),
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

    #[test]
    fn what_the_store_would_pass_over_in_silence_is_refused() {
        let check = |text: &str| serde_json::from_str::<Filter>(text).unwrap().check(&[]);
        let error = check(r#"{"statsu_id": 11}"#).unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("Did you mean `status_id`?"));
        let error = check(r#"{"min_date_created": "15.01.2026"}"#).unwrap_err();
        assert!(
            error.message.contains("`15.01.2026`, which is no date"),
            "{error:?}"
        );
        assert!(check(r#"{"date_created:min": "Thu, 15 Jan 2026 09:00:00 +0000"}"#).is_ok());
    }

    #[test]
    fn both_versions_spellings_of_a_bound_are_known() {
        assert_eq!(date_bound("min_date_created"), Some(("date_created", Side::Min)));
        assert_eq!(
            date_bound("date_modified:max"),
            Some(("date_modified", Side::Max))
        );
        assert_eq!(date_bound("created:min"), Some(("created", Side::Min)), "refunds");
        assert_eq!(date_bound("date_modified"), None, "the day itself");
        assert_eq!(date_bound("min_id"), None);
    }
}
