//! Numbers, instants and names as people read them.

use std::borrow::Cow;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// Text with its control characters spelled out: neither a product's name nor a log line may steer a terminal.
/// Line ends stay.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let spell = |letter: char| {
        if steers(letter) {
            letter.escape_unicode().to_string()
        } else {
            letter.into()
        }
    };
    Cow::Owned(text.chars().map(spell).collect())
}

/// An instant to the second, as the state keeps it (`2026-11-21T10:00:00Z`); an empty text stays empty.
pub(crate) fn moment(at: &str) -> String {
    // Cut, as clocks do: what began at 59.9 did not begin in the next minute.
    let seconds = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Trunc);
    let whole = at.parse::<Timestamp>().and_then(|at| at.round(seconds));
    whole.map_or_else(|_| at.to_owned(), |at| at.to_string())
}

/// Seconds from one instant to another, to the millisecond; 0 where one of them is missing.
pub(crate) fn seconds_between(from: &str, to: Option<&str>) -> f64 {
    let passed = || {
        Some(
            to?.parse::<Timestamp>()
                .ok()?
                .duration_since(from.parse().ok()?)
                .as_millis(),
        )
    };
    passed().map_or(0.0, |millis| millis.max(0) as f64 / 1000.0)
}

/// `1,234,567`
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `2 records`
pub(crate) fn plural(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(count), if count == 1 { "" } else { "s" })
}

/// `1.5 MB`
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => plural(count, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// `a, b, c`; a dash for nothing.
pub(crate) fn names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for name in names {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name.as_ref());
    }
    if text.is_empty() { "-".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (count, want) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(count), want, "by thousands");
        }
        assert_eq!(
            (plural(1, "record"), plural(2, "record")),
            ("1 record".into(), "2 records".into()),
            "in English"
        );
        assert_eq!(bytes(1_500_000), "1.5 MB", "10^6 bytes, as disks are sold");
    }

    #[test]
    fn time_that_passed_is_told_to_the_millisecond() {
        let (from, to) = ("2026-11-21T10:00:00.100Z", "2026-11-21T10:00:03.3456Z");
        assert!(
            (seconds_between(from, Some(to)) - 3.245).abs() < 1e-9,
            "milliseconds, cut"
        );
        assert!(
            seconds_between(from, None).abs() < 1e-9,
            "a run under way has none yet"
        );
        assert_eq!(
            moment("2026-11-21T10:00:03.9Z"),
            "2026-11-21T10:00:03Z",
            "people read seconds, cut"
        );
    }
}
