//! "Did you mean …?", for names that a person typed: the engine's and the connectors'.

/// The known name that is most like `name`, if any is like it.
pub fn nearest<'k, T: AsRef<str>>(known: &'k [T], name: &str) -> Option<&'k str> {
    let likeness = |candidate: &str| {
        strsim::normalized_damerau_levenshtein(&candidate.to_lowercase(), &name.to_lowercase())
    };
    let ranked = known
        .iter()
        .map(AsRef::as_ref)
        .map(|candidate| (likeness(candidate), candidate));
    let (likeness, candidate) = ranked.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (likeness >= 0.6).then_some(candidate)
}

/// "Did you mean `orders.list`?", else "Actions are: …".
pub fn known<T: AsRef<str>>(what: &str, known: &[T], name: &str) -> String {
    if let Some(guess) = nearest(known, name) {
        return format!("Did you mean `{guess}`?");
    }
    let names: Vec<_> = known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    format!("{what}: {}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let known = ["table.upsert", "table.replace", "query"];
        assert_eq!(
            nearest(&known, "table.upser"),
            Some("table.upsert"),
            "a letter too few"
        );
        assert_eq!(
            nearest(&known, "Table.Replace"),
            Some("table.replace"),
            "capitals are only spelling"
        );
        assert_eq!(
            nearest(&known, "orders.changed"),
            None,
            "a guess that is nothing alike would mislead"
        );
    }
}
