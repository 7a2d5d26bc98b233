//! Functions on lists and look-up tables.

use connector_kit::{Error, Result};

use super::{Function, Given, LONGEST_TEXT, PLAIN, may, must, too_long};
use crate::processflow::{
    expression::{number, term::Term},
    json,
};

pub(super) const ALL: &[Function] = &[
    Function {
        name: "lookup",
        arguments: &[must("table"), must("key"), may("instead")],
        about: "The entry of one of the file's `lookups`. What has none gives `instead`, else the table's `default`, \
                else rejects the record. As a filter: `status_id | lookup('status')`.",
        examples: &[],
        ..PLAIN
    },
    Function {
        name: "join",
        arguments: &[must("list"), may("by")],
        about: "One text of all elements; null and empty ones are left out.",
        examples: &[("['a', none, 'b'] | join(', ')", "\"a, b\"")],
        apply: join,
        ..PLAIN
    },
    Function {
        name: "first",
        arguments: &[must("list")],
        about: "The first element, null for an empty list; of a text its first character.",
        examples: &[("[18, 23] | first", "18"), ("[] | first", "null")],
        apply: |given| {
            end(
                given,
                |elements| {
                    if elements.is_empty() {
                        None
                    } else {
                        Some(elements.swap_remove(0))
                    }
                },
                |text| text.chars().next(),
            )
        },
        ..PLAIN
    },
    Function {
        name: "last",
        arguments: &[must("list")],
        about: "The last element, null for an empty list; of a text its last character.",
        examples: &[("[18, 23] | last", "23")],
        apply: |given| end(given, Vec::pop, |text| text.chars().next_back()),
        ..PLAIN
    },
    Function {
        name: "length",
        arguments: &[must("value")],
        about: "How many elements, fields or characters.",
        examples: &[("[18, 23] | length", "2"), ("'Café' | length", "4")],
        apply: length,
        ..PLAIN
    },
    Function {
        name: "pluck",
        arguments: &[must("list"), must("field")],
        about: "One field of each element, as a list.",
        examples: &[("[{'sku': 'A'}, {'sku': 'B'}] | pluck('sku')", "[\"A\",\"B\"]")],
        apply: pluck,
        takes_fields: true,
        ..PLAIN
    },
    Function {
        name: "find",
        arguments: &[must("list"), must("field"), must("value")],
        about: "The first element whose field has that value, null where none has.",
        examples: &[
            (
                "find([{'name': 'Colour', 'value': 'grey'}], 'name', 'Colour').value",
                "\"grey\"",
            ),
            ("find([], 'name', 'Colour')", "null"),
        ],
        apply: find,
        ..PLAIN
    },
];

fn join<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let elements = given.list()?;
    let by = given.may_text()?.unwrap_or_default();
    let mut joined = String::new();
    for element in elements {
        let part = element.plain()?;
        if part.is_empty() {
            continue;
        }
        if joined.len() + by.len() + part.len() > LONGEST_TEXT {
            return Err(too_long());
        }
        if !joined.is_empty() {
            joined.push_str(&by);
        }
        joined.push_str(&part);
    }
    Ok(Term::text(joined))
}

fn end<'r>(
    given: &mut Given<'r>,
    of_list: for<'e> fn(&'e mut Vec<Term<'r>>) -> Option<Term<'r>>,
    of_text: fn(&str) -> Option<char>,
) -> Result<Term<'r>> {
    match given.next()? {
        Term::Text(text) => Ok(of_text(&text).map_or(Term::Null, |sign| Term::text(sign.to_string()))),
        list => Ok(of_list(&mut list.into_elements()?).unwrap_or(Term::Null)),
    }
}

fn length<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let length = match given.next()? {
        Term::Text(text) => text.chars().count(),
        Term::Map(fields) => fields.len(),
        Term::Json(text) if text.starts_with('{') => json::members(text).count(),
        Term::Json(text) => json::elements(text).count(),
        list => list.into_elements()?.len(),
    };
    Ok(Term::Integer(length as i64))
}

fn pluck<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let list = given.next()?;
    let name = given.text()?;
    let plucked = given.fields(list, &name)?;
    match plucked.iter().find(|term| matches!(term, Term::Missing(_))) {
        Some(_) => Err(Error::rejected(format!("an element has no field `{name}`"))),
        None => Ok(Term::List(plucked)),
    }
}

fn find<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let elements = given.list()?;
    let (name, value) = (given.text()?, given.next()?);
    for element in elements {
        let field = element.clone().field(&name, String::new)?;
        if !matches!(field, Term::Missing(_)) && number::same(&field, &value)? {
            return Ok(element);
        }
    }
    Ok(Term::Null)
}
