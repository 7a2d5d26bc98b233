//! Names of tables and columns that come from a processflow file.
//!
//! A name is written into SQL only quoted, and only when the table has it or `create` brings it. These rules
//! refuse what no honest name contains, before any database sees it.

use connector_kit::{Error, Result};

/// A table's name from a file.
pub(super) fn table(name: &str) -> Result<()> {
    plain("table", name)?;
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("sqlite_") || lower.starts_with("_processflow_") {
        return Err(Error::config(format!(
            "table `{name}` belongs to the database or to this program"
        ))
        .hint("Choose another name."));
    }
    Ok(())
}

/// Column names from a file.
pub(super) fn columns<'n>(names: impl IntoIterator<Item = &'n String>) -> Result<()> {
    names.into_iter().try_for_each(|name| plain("column", name))
}

fn plain(what: &str, name: &str) -> Result<()> {
    let odd =
        |letter: char| letter.is_control() || matches!(letter, '"' | '`' | '[' | ']' | ';' | '\'' | '\\');
    if name.trim() != name || name.is_empty() || name.len() > 128 || name.contains(odd) {
        let shown: String = name
            .chars()
            .take(40)
            .map(|letter| if letter.is_control() { '?' } else { letter })
            .collect();
        return Err(Error::config(format!("`{shown}` is no {what} name")).hint(
            "Up to 128 letters, digits, `_`, spaces and the like, without quotes, brackets and semicolons.",
        ));
    }
    Ok(())
}

/// Databases compare names without regard to ASCII case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// A name that stands twice.
pub(super) fn twice(names: &[String]) -> Option<&String> {
    let before = |at: usize, name: &String| names[..at].iter().any(|other| same(other, name));
    names
        .iter()
        .enumerate()
        .find_map(|(at, name)| before(at, name).then_some(name))
}

/// `STORE, ORDER_ID`
pub(super) fn listed<N: AsRef<str>>(names: &[N]) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{columns, table};

    #[test]
    fn names_that_would_leave_their_quotes_are_refused() {
        for name in [
            "",
            " a",
            "a\"b",
            "a;b",
            "a\0",
            "x]",
            "sqlite_master",
            "_processflow_checkpoint",
        ] {
            assert!(table(name).is_err(), "{name:?} must not reach a statement");
        }
        assert!(
            table("WEB ORDER (2026)").is_ok(),
            "spaces and brackets of text are honest"
        );
        assert!(
            columns(&["STORE".to_owned(), "a'b".to_owned()]).is_err(),
            "one bad name is enough"
        );
    }
}
