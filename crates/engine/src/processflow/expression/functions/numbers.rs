//! Functions on numbers.

use connector_kit::{Error, Result};
use rust_decimal::Decimal;

use super::{Function, Given, PLAIN, elements_of, many, may, must};
use crate::processflow::expression::{Unlike, number, term::Term};

/// Decimal places at most; what a decimal of 96 bits can hold.
const MOST_PLACES: u32 = 20;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "decimal",
        arguments: &[must("value"), may("places"), may("sign")],
        about: "As a number with decimals, exact; with `places`, rounded (a half goes away from zero) and filled to so \
                many. An empty text gives null, never 0. `sign` says what stands before the decimals in a text: \
                \"comma\" or \"point\"; a text with a comma and no `sign` rejects the record.",
        examples: &[
            ("'25.0000' | decimal", "25.0000"),
            ("'19.995' | decimal(2)", "20.00"),
            ("'1.234,56' | decimal(sign='comma')", "1234.56"),
            ("'' | decimal", "null"),
        ],
        apply: decimal,
        check: Some(check_decimal),
        ..PLAIN
    },
    Function {
        name: "int",
        arguments: &[must("value")],
        about: "As a whole number. A number with decimals other than zero rejects the record: `| round` it first.",
        examples: &[
            ("'12' | int", "12"),
            ("'12.00' | int", "12"),
            ("'' | int", "null"),
        ],
        apply: int,
        ..PLAIN
    },
    Function {
        name: "round",
        arguments: &[must("number"), may("places")],
        about: "Rounded to whole numbers or to `places`; a half goes away from zero.",
        examples: &[
            ("2.5 | round", "3"),
            ("'2.345' | round(2)", "2.35"),
            ("(19.99 * 100) | round", "1999"),
        ],
        apply: |given| {
            let value = number::of(&given.next()?, "it")?;
            Ok(number::rounded(value, places(given)?.unwrap_or(0)))
        },
        ..PLAIN
    },
    Function {
        name: "floor",
        arguments: &[must("number")],
        about: "The next whole number below.",
        examples: &[("2.9 | floor", "2"), ("-2.1 | floor", "-3")],
        apply: |given| Ok(number::term(number::of(&given.next()?, "it")?.floor())),
        ..PLAIN
    },
    Function {
        name: "ceil",
        arguments: &[must("number")],
        about: "The next whole number above.",
        examples: &[("2.1 | ceil", "3")],
        apply: |given| Ok(number::term(number::of(&given.next()?, "it")?.ceil())),
        ..PLAIN
    },
    Function {
        name: "abs",
        arguments: &[must("number")],
        about: "Without its sign.",
        examples: &[("-3 | abs", "3")],
        apply: |given| Ok(number::term(number::of(&given.next()?, "it")?.abs())),
        ..PLAIN
    },
    Function {
        name: "min",
        arguments: &[must("number"), many("others")],
        about: "The least of them. An empty (null) one rejects the record.",
        examples: &[("min(7, 3, 5)", "3")],
        apply: |given| chosen(given, |candidate, best| candidate < best),
        takes_null: true,
        ..PLAIN
    },
    Function {
        name: "max",
        arguments: &[must("number"), many("others")],
        about: "The greatest of them; `max(quantity, 0)` makes a negative stock 0. An empty (null) one rejects the \
                record.",
        examples: &[("max(-3, 0)", "0"), ("max('12.50', 9)", "12.50")],
        apply: |given| chosen(given, |candidate, best| candidate > best),
        takes_null: true,
        ..PLAIN
    },
    Function {
        name: "sum",
        arguments: &[must("list"), may("field"), may("places")],
        about: "The sum of a list of numbers, or of one field of its elements; exact. With `places`, of the numbers as \
                they are when each is rounded by itself.",
        examples: &[
            ("[1, '2.50'] | sum", "3.50"),
            ("[{'quantity': 2}, {'quantity': 3}] | sum('quantity')", "5"),
            ("[{'tax': '1.005'}, {'tax': '1.005'}] | sum('tax', 2)", "2.02"),
        ],
        apply: sum,
        takes_fields: true,
        ..PLAIN
    },
];

fn places(given: &mut Given<'_>) -> Result<Option<u32>> {
    given
        .may()
        .filter(|places| *places != Term::Null)
        .map(|places| number::small(&places, "`places`", MOST_PLACES))
        .transpose()
}

fn decimal<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let value = given.next()?;
    let places = places(given)?;
    let sign = given.may_text()?;
    let read = match value {
        Term::Text(text) if text.trim().is_empty() => return Ok(Term::Null),
        // The usual case: an amount of v2 goes through with the digits it has.
        Term::Text(text) if places.is_none() && sign.is_none() && is_clean(&text) => {
            return Ok(Term::Decimal(text));
        }
        Term::Text(text) => Term::Decimal(number::read(&text, sign.as_deref())?.into()),
        Term::Integer(whole) => Term::Decimal(whole.to_string().into()),
        number @ Term::Decimal(_) => number,
        other => {
            let error = Error::rejected(format!("{} is not a number", other.kind()));
            return Err(Unlike::mark(error, &other));
        }
    };
    match places {
        Some(places) => Ok(number::rounded(number::of(&read, "it")?, places)),
        None => Ok(read),
    }
}

fn is_clean(text: &str) -> bool {
    number::is_decimal(text) && number::without_leading_zeros(text).len() == text.len()
}

fn check_decimal(arguments: &[Option<&Term<'_>>]) -> Result<Option<String>, String> {
    match arguments.get(2) {
        Some(Some(Term::Text(sign))) if !matches!(&**sign, "comma" | "point") => {
            Err(format!("`sign` is \"comma\" or \"point\", not \"{sign}\""))
        }
        _ => Ok(None),
    }
}

fn int<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let value = given.next()?;
    if matches!(&value, Term::Text(text) if text.trim().is_empty()) {
        return Ok(Term::Null);
    }
    let number = number::of(&value, "it")?;
    match number::term(number.normalize()) {
        whole @ Term::Integer(_) => Ok(whole),
        _ => Err(Error::rejected(format!("`{number}` is not a whole number"))
            .hint("Round it first: `| round | int`.")),
    }
}

/// The operand that wins, with the digits it was given.
fn chosen<'r>(given: &mut Given<'r>, wins: fn(&Decimal, &Decimal) -> bool) -> Result<Term<'r>> {
    let first = given.next()?;
    let mut best = (number::of(&first, "it")?, first);
    for candidate in given.rest() {
        let number = number::of(&candidate, "it")?;
        if wins(&number, &best.0) {
            best = (number, candidate);
        }
    }
    Ok(match best {
        (_, Term::Text(digits)) => Term::Decimal(digits),
        (_, number) => number,
    })
}

fn sum<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let list = given.next()?;
    let field = given.may_text()?;
    let places = places(given)?;
    let elements = match &field {
        Some(name) => given.fields(list, name)?,
        None => elements_of(list)?,
    };
    let mut sum = Decimal::ZERO;
    for element in elements {
        let number = number::of(&element, "it")?;
        let number = places.map_or(number, |places| number::round(number, places));
        sum = sum
            .checked_add(number)
            .ok_or_else(|| Error::rejected("the sum has too many digits"))?;
    }
    Ok(number::term(sum))
}
