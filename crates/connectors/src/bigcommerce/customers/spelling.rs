//! v2's names of customers' filters in v3's words: files that come from elsewhere say `min_date_created`.

use connector_kit::{Error, Result};

/// Filters of v2 that v3 has under another name (BigCommerce reference, customers v2 and v3).
const NAMES: &[(&str, &str)] = &[
    ("min_date_created", "date_created:min"),
    ("max_date_created", "date_created:max"),
    ("min_date_modified", "date_modified:min"),
    ("max_date_modified", "date_modified:max"),
    ("email", "email:in"),
    ("company", "company:in"),
    ("phone", "phone:in"),
    ("name", "name:in"),
    ("customer_group_id", "customer_group_id:in"),
    ("id", "id:in"),
];

/// Filters of v2 that v3 has not.
const GONE: &[&str] = &[
    "min_id",
    "max_id",
    "first_name",
    "last_name",
    "store_credit",
    "tax_exempt_category",
    "is_deleted",
];

/// The filters as v3 names them. Config: it has no such one.
pub(super) fn translated(filter: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let one = |(name, value): (String, String)| {
        if GONE.contains(&name.as_str()) {
            return Err(
                Error::config(format!("customers v3 has no filter `{name}`, which v2 had")).hint(
                    "Filter by `id:in`, `email:in`, `name:like` or dates, or skip records with a rule.",
                ),
            );
        }
        let new = NAMES.iter().find(|(old, _)| *old == name);
        Ok((new.map_or(name, |(_, new)| (*new).to_owned()), value))
    };
    filter.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_v2_called_otherwise_is_asked_for_in_v3s_words() {
        let pair = |name: &str| (name.to_owned(), "x".to_owned());
        let given = ["min_date_created", "email", "name:like"].map(pair);
        let asked: Vec<String> = translated(given.into())
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(asked, ["date_created:min", "email:in", "name:like"]);
        assert!(
            translated(vec![pair("min_id")]).is_err(),
            "what is gone is said, not dropped"
        );
    }
}
