//! What the store takes in a field: how many characters, or which words. Told before anything is sent, because a value
//! that does not fit makes the store refuse the whole request, and not every answer names the row.
//!
//! BigCommerce reference: products v3, variants v3, customers v3, brands v3, categories v3.

use connector_kit::{Error, Result, Row, Value};

/// Fields and what each takes.
pub(super) type Fields = &'static [(&'static str, Takes)];

/// What a field takes.
pub(super) enum Takes {
    /// So many characters at most.
    Longest(usize),
    /// One of these words, whatever its case; and what v2 calls them otherwise.
    Words(&'static [&'static str], &'static [(&'static str, &'static str)]),
}

use Takes::{Longest, Words};

pub(super) const PRODUCT: Fields = &[
    ("name", Longest(250)),
    ("sku", Longest(255)),
    ("bin_picking_number", Longest(255)),
    ("page_title", Longest(255)),
    ("availability_description", Longest(255)),
    ("preorder_message", Longest(255)),
    ("price_hidden_label", Longest(200)),
    ("layout_file", Longest(500)),
    ("type", Words(&["physical", "digital"], &[])),
    (
        "inventory_tracking",
        Words(
            &["none", "product", "variant"],
            &[("simple", "product"), ("sku", "variant")],
        ),
    ),
    ("availability", Words(&["available", "disabled", "preorder"], &[])),
    ("condition", Words(&["New", "Used", "Refurbished"], &[])),
    ("gift_wrapping_options_type", Words(&["any", "none", "list"], &[])),
];

pub(super) const VARIANT: Fields = &[
    ("sku", Longest(255)),
    ("upc", Longest(14)),
    ("gtin", Longest(14)),
    ("bin_picking_number", Longest(255)),
    ("purchasing_disabled_message", Longest(255)),
];

pub(super) const CUSTOMER: Fields = &[
    ("email", Longest(250)),
    ("first_name", Longest(100)),
    ("last_name", Longest(100)),
    ("company", Longest(255)),
    ("phone", Longest(50)),
    ("tax_exempt_category", Longest(255)),
];

/// Rejected: a field of the row has what the store does not take.
pub(super) fn check(row: &Row, fields: Fields) -> Result<()> {
    fields.iter().try_for_each(|(name, takes)| match row.get(name) {
        Some(Value::Text(text)) => takes.check(name, text),
        _ => Ok(()),
    })
}

impl Takes {
    fn check(&self, name: &str, text: &str) -> Result<()> {
        match self {
            Longest(most) if text.chars().count() > *most => Err(too_long(name, text.chars().count(), *most)),
            Words(words, of_v2) if !text.is_empty() && !is_among(words, text) => {
                let of_v2 = of_v2.iter().find(|(old, _)| old.eq_ignore_ascii_case(text));
                Err(of_v2.map_or_else(|| unknown(name, text, words), |(_, new)| renamed(name, text, new)))
            }
            _ => Ok(()),
        }
    }
}

fn is_among(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn too_long(name: &str, length: usize, most: usize) -> Error {
    Error::rejected(format!(
        "`{name}` has {length} characters and the store takes {most}; nothing was sent."
    ))
    .hint(format!(
        "Shorten it at its source, or in the `map`: `{name} | shorten({most})`."
    ))
}

fn renamed(name: &str, old: &str, new: &str) -> Error {
    Error::rejected(format!(
        "`{name}` is `{old}`, which was v2's word; the store says `{new}` now. Nothing was sent."
    ))
    .hint(format!("Map `{new}`, or use a look-up table for such words."))
}

fn unknown(name: &str, text: &str, words: &[&str]) -> Error {
    Error::rejected(format!(
        "`{name}` is `{text}`, and the store takes {}; nothing was sent.",
        words.join(", ")
    ))
    .hint("Correct it at its source, or use a look-up table for such words.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said_with_both_values() {
        let said = |fields: Fields, name: &str, text: &str| {
            let row = Row {
                record: 0,
                key: "".into(),
                columns: [name.to_owned()].into(),
                values: [Value::Text(text.to_owned())].into(),
                nothing: false,
            };
            check(&row, fields).err().map(|error| error.message)
        };
        let long = "é".repeat(251);
        for (fields, name, text, part) in [
            (PRODUCT, "name", &*long, "251 characters and the store takes 250"),
            (
                PRODUCT,
                "inventory_tracking",
                "simple",
                "`simple`, which was v2's word; the store says `product`",
            ),
            (
                PRODUCT,
                "inventory_tracking",
                "bins",
                "`bins`, and the store takes none, product, variant",
            ),
            (VARIANT, "upc", "123456789012345", "15 characters"),
        ] {
            let said = said(fields, name, text).unwrap_or_default();
            assert!(said.contains(part), "{name}: {said}");
        }
        for (name, text) in [
            ("name", &long[2..]),
            ("condition", "new"),
            ("inventory_tracking", ""),
            ("sku", "simple"),
        ] {
            assert_eq!(said(PRODUCT, name, text), None, "{name}: {text}");
        }
    }
}
