//! Functions on text.

use std::{borrow::Cow, fmt::Write as _};

use connector_kit::{Error, Result};

use super::{Function, Given, LONGEST_TEXT, PLAIN, many, may, must, too_long};
use crate::processflow::expression::{
    number,
    term::{Term, missing},
};

pub(super) const ALL: &[Function] = &[
    Function {
        name: "words",
        arguments: &[many("parts")],
        about: "Joins texts by single spaces and leaves out the empty ones, so that a missing part never becomes \"None\".",
        examples: &[
            ("words('Ada', none, 'Lovelace')", "\"Ada Lovelace\""),
            ("words('  Ada ', '')", "\"Ada\""),
            ("words('', none)", "\"\""),
        ],
        takes_null: true,
        apply: words,
        ..PLAIN
    },
    Function {
        name: "default",
        arguments: &[must("value"), may("instead"), may("empty")],
        about: "The value, or `instead` where it is missing or null; with `true` as well where it is empty.",
        examples: &[
            ("default(none, 'n/a')", "\"n/a\""),
            ("no_such_field | default(0)", "0"),
            ("'' | default('n/a')", "\"\""),
            ("'' | default('n/a', true)", "\"n/a\""),
        ],
        takes_null: true,
        takes_missing: true,
        apply: default,
        ..PLAIN
    },
    Function {
        name: "required",
        arguments: &[must("value"), may("why")],
        about: "The value; where it is missing, null or empty, the record is set aside, for the reason `why`, until \
                somebody sees to it.",
        examples: &[
            ("'0.92' | required('the order has no exchange rate')", "\"0.92\""),
            ("0 | required", "0"),
        ],
        takes_null: true,
        takes_missing: true,
        apply: required,
        ..PLAIN
    },
    Function {
        name: "upper",
        arguments: &[must("text")],
        about: "In capitals.",
        examples: &[("'mug-gry' | upper", "\"MUG-GRY\"")],
        apply: |given| Ok(Term::text(given.text()?.to_uppercase())),
        ..PLAIN
    },
    Function {
        name: "lower",
        arguments: &[must("text")],
        about: "In small letters.",
        examples: &[("'Ada@Example.COM' | lower", "\"ada@example.com\"")],
        apply: |given| Ok(Term::text(given.text()?.to_lowercase())),
        ..PLAIN
    },
    Function {
        name: "trim",
        arguments: &[must("text")],
        about: "Without white space at both ends.",
        examples: &[("' AB-1 ' | trim", "\"AB-1\"")],
        apply: |given| Ok(Term::text(given.text()?.trim().to_owned())),
        ..PLAIN
    },
    Function {
        name: "replace",
        arguments: &[must("text"), must("what"), must("by")],
        about: "With every `what` replaced.",
        examples: &[("'a.b.c' | replace('.', '-')", "\"a-b-c\"")],
        apply: replace,
        ..PLAIN
    },
    Function {
        name: "shorten",
        arguments: &[must("text"), must("characters")],
        about: "At most so many characters; what is beyond is cut off.",
        examples: &[("'Café Noir' | shorten(4)", "\"Café\"")],
        apply: |given| {
            let text = given.text()?;
            let most = number::small(&given.next()?, "`characters`", LONGEST_TEXT as u32)?;
            Ok(Term::text(text.chars().take(most as usize).collect::<String>()))
        },
        ..PLAIN
    },
    Function {
        name: "pad",
        arguments: &[must("text"), must("characters"), may("with")],
        about: "Filled from the left to so many characters, with `0` or another sign.",
        examples: &[("17 | pad(6)", "\"000017\""), ("'A' | pad(3, '.')", "\"..A\"")],
        apply: pad,
        ..PLAIN
    },
    Function {
        name: "slug",
        arguments: &[must("text")],
        about: "For addresses: small letters and digits, everything else as single hyphens.",
        examples: &[("'Mug, grey (large)' | slug", "\"mug-grey-large\"")],
        apply: slug,
        ..PLAIN
    },
    Function {
        name: "starts_with",
        arguments: &[must("text"), must("what")],
        about: "True where the text begins so.",
        examples: &[("'WEB-1042' | starts_with('WEB-')", "true")],
        apply: |given| Ok(Term::Bool(given.text()?.starts_with(&*given.text()?))),
        ..PLAIN
    },
    Function {
        name: "ends_with",
        arguments: &[must("text"), must("what")],
        about: "True where the text ends so.",
        examples: &[("'ada@example.com' | ends_with('@example.com')", "true")],
        apply: |given| Ok(Term::Bool(given.text()?.ends_with(&*given.text()?))),
        ..PLAIN
    },
    Function {
        name: "contains",
        arguments: &[must("text"), must("what")],
        about: "True where the text has it somewhere, or the list as an element.",
        examples: &[
            ("'grey mug' | contains('mug')", "true"),
            ("[18, 23] | contains(23)", "true"),
        ],
        apply: contains,
        ..PLAIN
    },
    Function {
        name: "split",
        arguments: &[must("text"), must("at")],
        about: "The parts between the separators, as a list.",
        examples: &[
            ("'a;b' | split(';')", "[\"a\",\"b\"]"),
            ("('SHIRT-RED-M' | split('-'))[1]", "\"RED\""),
        ],
        apply: split,
        ..PLAIN
    },
    Function {
        name: "text",
        arguments: &[must("value")],
        about: "As text: a number with its digits, true and false as these words.",
        examples: &[("17 | text", "\"17\""), ("25.00 | text", "\"25.00\"")],
        apply: |given| Ok(Term::Text(given.text()?)),
        ..PLAIN
    },
    Function {
        name: "json",
        arguments: &[must("value")],
        about: "As JSON text. A list or an object without it goes out as the list or object it is.",
        examples: &[
            ("[1, 'a'] | json", "\"[1,\\\"a\\\"]\""),
            ("none | json", "\"null\""),
        ],
        takes_null: true,
        apply: |given| Ok(Term::text(given.next()?.to_json()?)),
        ..PLAIN
    },
    Function {
        name: "hash",
        arguments: &[must("value")],
        about: "A fingerprint of 32 hexadecimal digits (BLAKE3), the same for the same value: for keys made of many fields.",
        examples: &[
            ("('a' | hash) == ('a' | hash)", "true"),
            ("'a' | hash | length", "32"),
        ],
        apply: |given| {
            let value = given.next()?;
            let text = if let Term::Text(text) = &value {
                text.clone()
            } else {
                Cow::Owned(value.to_json()?)
            };
            Ok(Term::text(
                blake3::hash(text.as_bytes()).to_hex()[..32].to_owned(),
            ))
        },
        ..PLAIN
    },
];

fn words<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let mut joined = String::new();
    for part in given.rest() {
        let part = part.plain()?;
        let part = part.trim();
        if joined.len() + part.len() > LONGEST_TEXT {
            return Err(too_long());
        }
        if !part.is_empty() && !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    Ok(Term::text(joined))
}

fn default<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let value = given.next()?;
    let instead = given.may().unwrap_or(Term::text(""));
    let empty_too = given.may().map_or(Ok(false), |empty| empty.is_true())?;
    let take = match &value {
        Term::Missing(_) | Term::Null => true,
        value => empty_too && !value.is_true()?,
    };
    Ok(if take { instead } else { value })
}

fn required<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let value = given.next()?;
    let why = given.may_text()?;
    let is_there = match &value {
        Term::Missing(_) | Term::Null => false,
        Term::Text(text) => !text.trim().is_empty(),
        _ => true,
    };
    match (is_there, why, &value) {
        (true, ..) => Ok(value),
        (false, Some(why), _) => Err(Error::rejected(why.into_owned())
            .hint("Complete it where it comes from, or change the `map`; the record is kept until then.")),
        (false, None, Term::Missing(what)) => Err(missing(what)),
        (false, None, _) => Err(Error::rejected("it is empty")),
    }
}

fn replace<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let (text, what, by) = (given.text()?, given.text()?, given.text()?);
    if what.is_empty() {
        return Err(Error::rejected("`what` is empty"));
    }
    let found = text.matches(&*what).count();
    if text.len() + found * by.len() > LONGEST_TEXT {
        return Err(too_long());
    }
    Ok(Term::text(text.replace(&*what, &by)))
}

fn pad<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let text = given.text()?;
    let width = number::small(&given.next()?, "`characters`", 1000)? as usize;
    let with = given.may_text()?.unwrap_or(Cow::Borrowed("0"));
    let sign = with
        .chars()
        .next()
        .ok_or_else(|| Error::rejected("`with` is empty"))?;
    let missing = width.saturating_sub(text.chars().count());
    Ok(Term::text(
        std::iter::repeat_n(sign, missing)
            .chain(text.chars())
            .collect::<String>(),
    ))
}

fn slug<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let text = given.text()?;
    let mut slug = String::new();
    for part in text
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|part| !part.is_empty())
    {
        let separator = if slug.is_empty() { "" } else { "-" };
        write!(slug, "{separator}{}", part.to_lowercase()).expect("a String takes any text");
    }
    Ok(Term::text(slug))
}

fn contains<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let (whole, what) = (given.next()?, given.next()?);
    has(whole, &what).map(Term::Bool)
}

/// `what in whole`: an element of a list, a field of an object, a part of a text.
pub(crate) fn has(whole: Term<'_>, what: &Term<'_>) -> Result<bool> {
    match whole {
        Term::Text(text) => Ok(text.contains(&*what.plain()?)),
        Term::Map(fields) => {
            let name = what.plain()?;
            Ok(fields.iter().any(|(field, _)| *field == name))
        }
        Term::Json(text) if text.starts_with('{') => {
            Ok(crate::processflow::json::field(text, &what.plain()?).is_some())
        }
        list => {
            for element in list.into_elements()? {
                if number::same(&element, what)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn split<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let (text, at) = (given.text()?, given.text()?);
    if at.is_empty() {
        return Err(Error::rejected("`at` is empty"));
    }
    let parts: Vec<_> = text
        .split(&*at)
        .take(super::LONGEST_LIST + 1)
        .map(|part| Term::text(part.to_owned()))
        .collect();
    if parts.len() > super::LONGEST_LIST {
        return Err(Error::rejected(format!(
            "the text has more than {} parts",
            super::LONGEST_LIST
        )));
    }
    Ok(Term::List(parts))
}
