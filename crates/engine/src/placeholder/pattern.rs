//! Formats of dates as the agents people come from write them: `yyyy-MM-dd'T'HH:mm:ssK`. All dates are in UTC.

use std::{fmt::Write, ops::Range};

use connector_kit::suggest;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::read::Wrong;

/// A format, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Letters(String),
    /// What to write: one of [`SIGNS`].
    Sign(&'static str),
}

/// What a format is made of, and how jiff writes it; fractions of a second, which no store's filter has, are zeros.
const SIGNS: &[(&str, &str)] = &[
    ("yyyy", "%Y"),
    ("yy", "%y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("M", "%-m"),
    ("dddd", "%A"),
    ("ddd", "%a"),
    ("dd", "%d"),
    ("d", "%-d"),
    ("HH", "%H"),
    ("H", "%-H"),
    ("hh", "%I"),
    ("h", "%-I"),
    ("mm", "%M"),
    ("m", "%-M"),
    ("ss", "%S"),
    ("s", "%-S"),
    ("fff", "000"),
    ("ff", "00"),
    ("f", "0"),
    ("SSS", "000"),
    ("tt", "%p"),
    ("K", "Z"),
    ("zzz", "%:z"),
    ("zz", "+00"),
    ("XXX", "Z"),
    ("T", "T"),
    ("Z", "Z"),
    ("GMT", "GMT"),
    ("UTC", "UTC"),
];

impl Pattern {
    /// Reads a format; what is wrong is at its place in it.
    pub(super) fn read(text: &str) -> Result<Self, Wrong> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(sign) = text[at..].chars().next() {
            let end = match sign {
                '\'' | '"' => quoted(text, at, sign)?,
                '\\' => at + 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
                _ if sign.is_ascii_alphabetic() => at + run(&text[at..]),
                _ => at + sign.len_utf8(),
            };
            let written = &text[at..end];
            parts.push(match sign {
                '\'' | '"' => Part::Letters(written[1..written.len() - 1].to_owned()),
                '\\' => Part::Letters(written[1..].to_owned()),
                _ if sign.is_ascii_alphabetic() => {
                    Part::Sign(sign_of(written).ok_or_else(|| unknown(written, at..end))?)
                }
                _ => Part::Letters(written.to_owned()),
            });
            at = end;
        }
        let pattern = Self(parts);
        pattern.sensible(text)?;
        Ok(pattern)
    }

    /// Minutes and months are taken for each other by everybody once.
    fn sensible(&self, text: &str) -> Result<(), Wrong> {
        let has = |letter: char| {
            self.0
                .iter()
                .any(|part| matches!(part, Part::Sign(sign) if sign.starts_with(letter)))
        };
        let wrong = |part: char, message: &str, hint: &str| {
            let start = text.find(part).unwrap_or(0);
            let length = text[start..].chars().take_while(|sign| *sign == part).count();
            Err(Wrong::new(start..start + length, message, hint))
        };
        if has('m') && !has('H') && !has('h') {
            return wrong(
                'm',
                "`mm` in a format are minutes, and it has no hours",
                "Months are `MM`.",
            );
        }
        if has('s') && !has('m') && has('M') {
            return wrong(
                'M',
                "`MM` in a format are months, and it has no minutes",
                "Minutes are `mm`.",
            );
        }
        if !has('y') {
            return Err(Wrong::new(
                0..text.len(),
                "the format has no year",
                "For instance `yyyy-MM-dd'T'HH:mm:ssK`.",
            ));
        }
        Ok(())
    }

    /// A date in this format.
    pub(super) fn write(&self, at: Timestamp) -> String {
        let at = at.to_zoned(TimeZone::UTC);
        let mut text = String::new();
        for part in &self.0 {
            let written = match part {
                Part::Letters(letters) => write!(text, "{letters}"),
                Part::Sign(sign) => {
                    let how = SIGNS
                        .iter()
                        .find(|(known, _)| known == sign)
                        .map_or("", |(_, how)| how);
                    write!(text, "{}", at.strftime(how))
                }
            };
            written.expect("the table holds what jiff can write");
        }
        text
    }

    /// How much earlier than the date it stands for the written one may be read: the part of a date that is left out.
    pub(super) fn coarseness(&self) -> SignedDuration {
        let has = |letters: &[char]| {
            self.0
                .iter()
                .any(|part| matches!(part, Part::Sign(sign) if sign.starts_with(letters)))
        };
        let day = 24;
        match () {
            () if has(&['s']) => SignedDuration::ZERO,
            () if has(&['m']) => SignedDuration::from_mins(1),
            () if has(&['H', 'h']) => SignedDuration::from_hours(1),
            () if has(&['d']) => SignedDuration::from_hours(day),
            () if has(&['M']) => SignedDuration::from_hours(31 * day),
            () => SignedDuration::from_hours(366 * day),
        }
    }
}

/// The length of the run of one letter, or of a word among the signs.
fn run(text: &str) -> usize {
    let word = ["GMT", "UTC"].iter().find(|word| text.starts_with(**word));
    let first = text.as_bytes()[0];
    word.map_or_else(
        || text.bytes().take_while(|byte| *byte == first).count(),
        |word| word.len(),
    )
}

fn sign_of(written: &str) -> Option<&'static str> {
    SIGNS.iter().map(|(sign, _)| *sign).find(|sign| *sign == written)
}

fn quoted(text: &str, at: usize, quote: char) -> Result<usize, Wrong> {
    let end = text[at + 1..].find(quote).map(|end| at + end + 2);
    end.ok_or_else(|| {
        Wrong::new(
            at..text.len(),
            "a quotation mark in the format has no second one",
            "Letters that mean themselves stand between two: `yyyy-MM-dd'T'HH:mm:ss`.",
        )
    })
}

fn unknown(written: &str, at: Range<usize>) -> Wrong {
    let signs: Vec<_> = SIGNS
        .iter()
        .map(|(sign, _)| *sign)
        .filter(|sign| sign.len() > 1)
        .collect();
    let hint = match suggest::nearest(&signs, written) {
        Some(guess) => format!("Did you mean `{guess}`?"),
        None => format!("Letters that mean themselves stand in quotes: `'{written}'`."),
    };
    Wrong::new(
        at,
        &format!("`{written}` means nothing in the format of a date"),
        &hint,
    )
}
