//! Numbers as people and programs write them: `1.234,56`, `1,234.56`, `1 234`, `12,50-`. What could be read in
//! two ways is asked about, never guessed.

use serde::Deserialize;

/// The sign before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, connector_kit::JsonSchema)]
pub(super) enum Sign {
    /// `1234.56`
    #[serde(rename = ".")]
    Point,
    /// `1234,56`
    #[serde(rename = ",")]
    Comma,
}

impl Sign {
    /// The letter.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn other(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }
}

/// Why a text is not taken for a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// `1,234`: one thousand or one?
    Ambiguous,
    /// No number at all.
    NotANumber,
}

/// The number as plain decimal text (`-1234.56`); an empty text stays empty.
pub(super) fn read(text: &str, sign: Option<Sign>) -> Result<String, Doubt> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    // Some ERPs put the minus behind.
    let (minus, digits) = match (text.strip_prefix('-'), text.strip_suffix('-')) {
        (Some(digits), None) | (None, Some(digits)) => (true, digits),
        _ => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let sign = match sign {
        Some(sign) => Some(sign),
        None => found(digits)?,
    };
    let (whole, fraction) = match sign.and_then(|sign| digits.split_once(sign.letter())) {
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let whole = ungrouped(whole, sign)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return Err(Doubt::NotANumber);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let minus = if minus { "-" } else { "" };
    Ok(if fraction.is_empty() {
        format!("{minus}{whole}")
    } else {
        format!("{minus}{whole}.{fraction}")
    })
}

/// The decimal sign, where the text leaves no doubt. `None`: there are no decimals.
fn found(digits: &str) -> Result<Option<Sign>, Doubt> {
    let count = |letter| digits.matches(letter).count();
    let (points, commas) = (count('.'), count(','));
    let grouped_by_space = digits.contains(is_space);
    match (points, commas) {
        (0, 0) => Ok(None),
        // Both: the last one is the decimal sign.
        (1.., 1..) => Ok(Some(if digits.rfind('.') > digits.rfind(',') {
            Sign::Point
        } else {
            Sign::Comma
        })),
        // Several of one kind group thousands; the decimal sign, were there one, would be the other.
        (2.., 0) => Ok(Some(Sign::Comma)),
        (0, 2..) => Ok(Some(Sign::Point)),
        (points, _) => {
            let sign = if points == 1 { Sign::Point } else { Sign::Comma };
            let (whole, fraction) = digits.split_once(sign.letter()).unwrap_or((digits, ""));
            let could_group =
                fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
            if could_group && !grouped_by_space {
                Err(Doubt::Ambiguous)
            } else {
                Ok(Some(sign))
            }
        }
    }
}

/// Digits without the signs between thousands, which must stand where thousands end.
fn ungrouped(whole: &str, sign: Option<Sign>) -> Result<String, Doubt> {
    let mut groups = whole.split(|letter: char| Some(letter) == sign.map(Sign::other) || is_space(letter));
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped =
        rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    if !digits(first) || !rest.iter().all(|group| digits(group)) || !well_grouped {
        return Err(Doubt::NotANumber);
    }
    Ok(format!("{first}{}", rest.concat()))
}

/// What groups thousands besides point and comma.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::{Doubt, Sign, read};

    #[test]
    fn numbers_are_read_as_declared() {
        let cases = [
            ("1.234,56", Some(Sign::Comma), Ok("1234.56")),
            ("1.234", Some(Sign::Comma), Ok("1234")),
            ("1,234", Some(Sign::Comma), Ok("1.234")),
            ("1,234", Some(Sign::Point), Ok("1234")),
            ("9,99", Some(Sign::Comma), Ok("9.99")),
            ("12.34", Some(Sign::Comma), Err(Doubt::NotANumber)),
            ("1,2,3", Some(Sign::Comma), Err(Doubt::NotANumber)),
            ("90.750", Some(Sign::Point), Ok("90.750")),
            ("-1 234,50", Some(Sign::Comma), Ok("-1234.50")),
            ("12,50-", Some(Sign::Comma), Ok("-12.50")),
            ("--5", Some(Sign::Point), Err(Doubt::NotANumber)),
            (",5", Some(Sign::Comma), Ok("0.5")),
            ("", Some(Sign::Comma), Ok("")),
            ("EUR 5", Some(Sign::Comma), Err(Doubt::NotANumber)),
            ("-", Some(Sign::Comma), Err(Doubt::NotANumber)),
        ];
        for (text, sign, want) in cases {
            assert_eq!(read(text, sign), want.map(str::to_owned), "{text} with {sign:?}");
        }
    }

    #[test]
    fn without_a_declaration_doubt_is_doubt() {
        let cases = [
            ("1,234", Err(Doubt::Ambiguous)),
            ("90.750", Err(Doubt::Ambiguous)),
            ("1.234,56", Ok("1234.56")),
            ("1,234.56", Ok("1234.56")),
            ("9,99", Ok("9.99")),
            ("0,125", Ok("0.125")),
            ("1234.567", Ok("1234.567")),
            ("1.234.567", Ok("1234567")),
            ("1 234,567", Ok("1234.567")),
            ("1234", Ok("1234")),
            ("1.2.3", Err(Doubt::NotANumber)),
        ];
        for (text, want) in cases {
            assert_eq!(read(text, None), want.map(str::to_owned), "{text} (T46)");
        }
    }
}
