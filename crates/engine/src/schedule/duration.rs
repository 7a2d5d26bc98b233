//! Lengths of time as people write them: `15 min`, `2 h`, `90 s`, `1 day`, `1 h 30 min`.

use std::time::Duration;

use connector_kit::{Error, Result};

/// Unit words and their seconds. Months and years are left out: they have no length.
const UNITS: [(&str, u64); 17] = [
    ("s", 1),
    ("sec", 1),
    ("second", 1),
    ("seconds", 1),
    ("m", 60),
    ("min", 60),
    ("mins", 60),
    ("minute", 60),
    ("minutes", 60),
    ("h", 3600),
    ("hour", 3600),
    ("hours", 3600),
    ("d", 86_400),
    ("day", 86_400),
    ("days", 86_400),
    ("week", 604_800),
    ("weeks", 604_800),
];

/// Reads a length of time in whole seconds.
///
/// # Errors
/// Config when it is no number with a unit, or longer than a hundred years.
pub fn parse(text: &str) -> Result<Duration> {
    read(text).ok_or_else(|| {
        Error::config(format!("`{text}` is no length of time"))
            .hint("Write a whole number and a unit, as in `90 s`, `15 min`, `2 h`, `1 day`, `1 h 30 min`.")
    })
}

/// The shortest words for it: `15 min`, `1 h 30 min`.
pub fn words(length: Duration) -> String {
    let mut left = length.as_secs();
    let mut parts = Vec::new();
    for (unit, seconds) in [(" d", 86_400), (" h", 3600), (" min", 60), (" s", 1)] {
        if left >= seconds {
            parts.push(format!("{}{unit}", left / seconds));
            left %= seconds;
        }
    }
    if parts.is_empty() {
        "0 s".to_owned()
    } else {
        parts.join(" ")
    }
}

fn read(text: &str) -> Option<Duration> {
    const MOST: u64 = 100 * 366 * 86_400;
    let mut left = text.trim();
    let mut total = 0_u64;
    while !left.is_empty() {
        let digits = left.find(|letter: char| !letter.is_ascii_digit())?;
        let number: u64 = left[..digits].parse().ok()?;
        left = left[digits..].trim_start();
        let end = left
            .find(|letter: char| !letter.is_ascii_alphabetic())
            .unwrap_or(left.len());
        let unit = left[..end].to_ascii_lowercase();
        let (_, seconds) = UNITS.iter().find(|(word, _)| *word == unit)?;
        total = total.checked_add(number.checked_mul(*seconds)?)?;
        left = left[end..].trim_start();
    }
    (!text.trim().is_empty() && total <= MOST).then(|| Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("15 min", 900),
            ("15min", 900),
            ("2 h", 7200),
            ("90 s", 90),
            ("1 day", 86_400),
            ("2 weeks", 1_209_600),
            ("1 h 30 min", 5400),
            ("1h30m", 5400),
            (" 5 Minutes ", 300),
            ("0 s", 0),
        ] {
            assert_eq!(parse(text).expect(text).as_secs(), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_length_is_refused_with_an_example() {
        for text in [
            "",
            "15",
            "min",
            "-5 min",
            "1.5 h",
            "5 moons",
            "1 month",
            "99999999999999999999 s",
            "500 min ago",
            "99999999 days",
        ] {
            let error = parse(text).expect_err(text);
            assert!(
                error.hint.expect("a hint").contains("15 min"),
                "{text}: the way out is an example"
            );
        }
    }

    #[test]
    fn words_are_read_back_as_they_were() {
        for seconds in [0, 1, 59, 60, 61, 3600, 5400, 86_399, 86_400, 90_061] {
            let length = Duration::from_secs(seconds);
            assert_eq!(
                parse(&words(length)).expect("reads its own words"),
                length,
                "{}",
                words(length)
            );
        }
    }
}
