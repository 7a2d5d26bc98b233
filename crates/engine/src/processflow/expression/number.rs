//! Numbers in expressions: exact decimals, never binary floats.
//!
//! A number keeps its digits until it is calculated with. BigCommerce's v2 sends amounts as text (`"25.0000"`), v3
//! as numbers (`25`): a text that is a decimal number counts as that number wherever a number is needed, and where
//! it is compared with one.

use std::{borrow::Cow, cmp::Ordering, str::FromStr};

use connector_kit::{Error, Result};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    Unlike,
    term::{Term, missing},
    tree::Operation,
};

/// A JSON number. Whole ones that fit are integers; exponents are written out.
pub(crate) fn of_json(text: &str) -> Term<'_> {
    if let Ok(whole) = text.parse() {
        return Term::Integer(whole);
    }
    match text.find(['e', 'E']) {
        None => Term::Decimal(Cow::Borrowed(text)),
        // A number with hundreds of digits is none that a system could mean; its text is the honest answer.
        Some(at) => written_out(text, at).map_or(Term::Text(Cow::Borrowed(text)), |digits| {
            Term::Decimal(digits.into())
        }),
    }
}

fn written_out(text: &str, exponent_at: usize) -> Option<String> {
    let exponent: i32 = text[exponent_at + 1..]
        .parse()
        .ok()
        .filter(|exponent| i32::abs(*exponent) <= 400)?;
    let (sign, mantissa) = text[..exponent_at]
        .strip_prefix('-')
        .map_or(("", &text[..exponent_at]), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = whole.len() as i32 + exponent;
    let placed = if point <= 0 {
        format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else if point as usize >= digits.len() {
        format!("{digits}{}", "0".repeat(point as usize - digits.len()))
    } else {
        format!("{}.{}", &digits[..point as usize], &digits[point as usize..])
    };
    Some(format!("{sign}{}", without_leading_zeros(&placed)))
}

/// `0017.50` is `17.50`; zeros at the end stay.
pub(crate) fn without_leading_zeros(digits: &str) -> &str {
    let cut = digits.trim_start_matches('0');
    if cut.is_empty() || cut.starts_with('.') {
        &digits[digits.len() - cut.len() - 1..]
    } else {
        cut
    }
}

/// True for optional minus, digits, optional point and digits.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    numeric(whole) && numeric(fraction)
}

/// The number to calculate with. `what` says whose operand it is.
pub(crate) fn of(term: &Term<'_>, what: &str) -> Result<Decimal> {
    let digits = match term {
        Term::Integer(whole) => return Ok(Decimal::from(*whole)),
        Term::Decimal(digits) => digits,
        Term::Text(text) if is_decimal(text.trim()) => text,
        Term::Missing(name) => return Err(missing(name)),
        other => return Err(no_number(other, what)),
    };
    Decimal::from_str_exact(digits.trim())
        .map_err(|_| Error::rejected(format!("{what} cannot calculate with a number of so many digits")))
}

fn no_number(term: &Term<'_>, what: &str) -> Error {
    const HINT: &str = "Correct the value, or leave such records out with a rule. A decimal comma is read by \
        `| decimal(sign=\"comma\")`; texts are joined by `words(…)` or `~`.";
    /// A text that a message can show.
    const SHORT: usize = 40;
    let (is, hint) = match term {
        Term::Null => (
            "empty (null)".to_owned(),
            "Write `| default(0)` if empty means zero here, or skip such records.",
        ),
        Term::Text(text) if text.chars().count() <= SHORT => (format!("the text `{text}`"), HINT),
        other => (other.kind().to_owned(), HINT),
    };
    let error = Error::rejected(format!("{what} needs a number, this is {is}")).hint(hint);
    Unlike::mark(error, term)
}

/// A number of our own calculation as a term.
pub(crate) fn term<'r>(number: Decimal) -> Term<'r> {
    match (number.scale(), i64::try_from(number)) {
        (0, Ok(whole)) => Term::Integer(whole),
        _ => Term::Decimal(Cow::Owned(number.to_string())),
    }
}

/// `left + right` and its kin, exact.
pub(crate) fn calculate<'r>(operation: Operation, left: &Term<'_>, right: &Term<'_>) -> Result<Term<'r>> {
    let sign = operation.sign();
    let (left, right) = (of(left, sign)?, of(right, sign)?);
    let result = match operation {
        Operation::Plus => left.checked_add(right),
        Operation::Minus => left.checked_sub(right),
        Operation::Times => left.checked_mul(right),
        Operation::Divide | Operation::DivideWhole | Operation::Remainder if right.is_zero() => {
            return Err(
                Error::rejected(format!("{sign} by zero")).hint("Guard it: `a / b if b != 0 else 0`.")
            );
        }
        Operation::Divide => left.checked_div(right),
        Operation::DivideWhole => left.checked_div(right).map(|quotient| quotient.floor()),
        Operation::Remainder => left.checked_rem(right),
    };
    result
        .map(term)
        .ok_or_else(|| Error::rejected(format!("the result of {sign} has too many digits")))
}

/// `-value`.
pub(crate) fn negative<'r>(value: &Term<'_>) -> Result<Term<'r>> {
    Ok(term(-of(value, "`-`")?))
}

/// Exactly so many decimal places; a half goes away from zero, as in commerce.
pub(crate) fn round(number: Decimal, places: u32) -> Decimal {
    let mut number = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    number.rescale(places);
    number
}

/// The same as a term.
pub(crate) fn rounded<'r>(number: Decimal, places: u32) -> Term<'r> {
    let number = round(number, places);
    if places == 0 {
        term(number)
    } else {
        Term::Decimal(Cow::Owned(number.to_string()))
    }
}

/// `==`: numbers by their value, a number and a text by value where the text is a decimal number, texts to the
/// letter (`0017` is not `17`: both may be article numbers).
pub(crate) fn same(left: &Term<'_>, right: &Term<'_>) -> Result<bool> {
    Ok(match (left, right) {
        (Term::Missing(what), _) | (_, Term::Missing(what)) => return Err(missing(what)),
        (Term::Integer(left), Term::Integer(right)) => left == right,
        (Term::Text(left), Term::Text(right)) => left == right,
        (Term::Null, Term::Null) => true,
        (Term::Bool(left), Term::Bool(right)) => left == right,
        (left, right) => match (digits(left), digits(right)) {
            (Some(left), Some(right)) => compare(&left, &right) == Ordering::Equal,
            _ => containers(left) && containers(right) && left.to_json()? == right.to_json()?,
        },
    })
}

fn containers(term: &Term<'_>) -> bool {
    matches!(term, Term::Json(_) | Term::List(_) | Term::Map(_))
}

/// `<` and its kin: numbers, and texts that are numbers, by value; other texts by their letters (ISO dates sort).
pub(crate) fn order(left: &Term<'_>, right: &Term<'_>) -> Result<Ordering> {
    match (left, right) {
        (Term::Missing(what), _) | (_, Term::Missing(what)) => return Err(missing(what)),
        (Term::Integer(left), Term::Integer(right)) => return Ok(left.cmp(right)),
        _ => {}
    }
    match (digits(left), digits(right), left, right) {
        (Some(left), Some(right), ..) => Ok(compare(&left, &right)),
        (_, _, Term::Text(left), Term::Text(right)) => Ok(left.cmp(right)),
        _ => Err(Error::rejected(format!("{} and {} have no order", left.kind(), right.kind()))
            .hint("Compare numbers with numbers and texts with texts; `| default(0)` gives an empty value a number.")),
    }
}

/// The digits of what is a number, or a text that is one.
fn digits<'t>(term: &'t Term<'_>) -> Option<Cow<'t, str>> {
    match term {
        Term::Integer(whole) => Some(Cow::Owned(whole.to_string())),
        Term::Decimal(digits) => Some(Cow::Borrowed(digits)),
        Term::Text(text) => Some(text.trim())
            .filter(|text| is_decimal(text))
            .map(Cow::Borrowed),
        _ => None,
    }
}

/// Compares digits of any length.
fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (Parts::of(left), Parts::of(right));
    match (left.negative, right.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => left.magnitude(&right),
        (true, true) => right.magnitude(&left),
    }
}

struct Parts<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

impl<'t> Parts<'t> {
    fn of(digits: &'t str) -> Self {
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Self {
            negative: unsigned.len() < digits.len() && !zero,
            whole,
            fraction,
        }
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        let length = self.whole.len().cmp(&other.whole.len());
        length
            .then(self.whole.cmp(other.whole))
            .then(self.fraction.cmp(other.fraction))
    }
}

/// A text that people write numbers in, read by the decimal sign it uses.
pub(crate) fn read(text: &str, sign: Option<&str>) -> Result<String> {
    let text = text.trim();
    let digits: Cow<'_, str> = match sign {
        Some("comma") => grouped(text, '.', ',')?,
        Some("point") => grouped(text, ',', '.')?,
        _ if text.contains(',') => {
            return Err(Error::rejected(format!(
                "`{}` has a comma: it may mean a decimal or thousands",
                short(text)
            ))
            .hint(
                "Say which sign stands before the decimals: `| decimal(sign=\"comma\")` or `sign=\"point\"`.",
            )
            .source(Unlike::Type));
        }
        _ => Cow::Borrowed(text),
    };
    let digits = digits.strip_prefix('+').unwrap_or(&digits);
    if !is_decimal(digits) {
        let error = Error::rejected(format!("`{}` is not a decimal number", short(text)));
        return Err(error.source(Unlike::Type));
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    Ok(format!("{sign}{}", without_leading_zeros(digits)))
}

/// Takes out the signs between thousands, which must stand where thousands end, and makes the decimal sign a point.
fn grouped(text: &str, thousands: char, decimal: char) -> Result<Cow<'_, str>> {
    let (whole, fraction) = text
        .split_once(decimal)
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.split(thousands);
    let first = groups.next().unwrap_or_default();
    let regular = whole == first
        || (1..=3).contains(&first.trim_start_matches(['-', '+']).len())
            && groups.all(|group| group.len() == 3);
    if !regular {
        return Err(Error::rejected(format!(
            "`{}` is not a number with `{decimal}` before its decimals",
            short(text)
        ))
        .source(Unlike::Type));
    }
    let whole = whole.replace(thousands, "");
    Ok(Cow::Owned(
        fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")),
    ))
}

/// The beginning of a value, for messages.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// For arguments that must be small whole numbers.
pub(crate) fn small(term: &Term<'_>, what: &str, largest: u32) -> Result<u32> {
    let number = of(term, what)?;
    let small = u32::from_str(&number.normalize().to_string())
        .ok()
        .filter(|small| *small <= largest);
    small.ok_or_else(|| Error::rejected(format!("{what} takes a whole number from 0 to {largest}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Term<'_> {
        Term::text(text)
    }

    #[test]
    fn an_amount_of_v2_equals_the_same_amount_of_v3() {
        assert!(
            same(&text("25.0000"), &Term::Integer(25)).unwrap(),
            "T16: \"25.0000\" and 25 are one amount"
        );
        assert!(
            same(&Term::Decimal("25.00".into()), &text("25")).unwrap(),
            "whatever zeros were sent"
        );
        assert!(
            !same(&text("0017"), &text("17")).unwrap(),
            "T45: two article numbers stay two"
        );
        assert!(
            !same(&text("12 Main St"), &Term::Integer(12)).unwrap(),
            "a text that is no number is no number"
        );
    }

    #[test]
    fn amounts_as_text_are_ordered_by_value() {
        let cases = [
            ("9.00", "10.00"),
            ("-2", "1"),
            ("-2", "-1.5"),
            ("0.05", "0.1"),
            ("2025-01-31", "2025-02-01"),
        ];
        for (less, more) in cases {
            assert_eq!(
                order(&text(less), &text(more)).unwrap(),
                Ordering::Less,
                "{less} is less than {more}"
            );
        }
        assert!(
            order(&Term::Null, &Term::Integer(1)).is_err(),
            "an empty value has no order: it must be decided on"
        );
    }

    #[test]
    fn calculation_is_exact() {
        let product = calculate(
            Operation::Times,
            &Term::Decimal("19.99".into()),
            &Term::Integer(100),
        )
        .unwrap();
        assert!(
            same(&product, &Term::Integer(1999)).unwrap(),
            "floats would give 1998.9999999999998"
        );
        let sum = calculate(Operation::Plus, &text("20.00"), &text("5.0000")).unwrap();
        assert!(
            same(&sum, &Term::Integer(25)).unwrap(),
            "amounts sent as text add up and are not joined"
        );
        assert!(
            calculate(Operation::Divide, &Term::Integer(1), &Term::Integer(0)).is_err(),
            "no infinity"
        );
    }

    #[test]
    fn a_comma_is_read_by_the_sign_that_was_said_and_never_guessed() {
        assert_eq!(read("1.234,56", Some("comma")).unwrap(), "1234.56", "T46");
        assert_eq!(
            read("1,234.56", Some("point")).unwrap(),
            "1234.56",
            "thousands are taken out"
        );
        assert_eq!(read("9,99", Some("comma")).unwrap(), "9.99", "S3");
        assert_eq!(
            read("0017.50", None).unwrap(),
            "17.50",
            "leading zeros are no digits of an amount"
        );
        assert!(read("1,234", None).is_err(), "T46: ambiguous without a setting");
        assert!(
            read("1.23,456", Some("comma")).is_err(),
            "a point that does not stand between thousands is odd"
        );
        assert!(read("abc", None).is_err(), "no number");
    }

    #[test]
    fn halves_round_away_from_zero_and_places_are_filled() {
        for (number, places, expected) in [("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("5", 2, "5.00")] {
            let Term::Decimal(digits) = rounded(number.parse().unwrap(), places) else {
                panic!("places are kept")
            };
            assert_eq!(digits, expected, "{number} to {places} places");
        }
    }
}
