//! Lines and shipping addresses of an order, put into its record in place of the links to them.
//!
//! They come embedded in the consignments of the same answer where that is complete. The store embeds 50 lines at
//! most (bigcommerce/docs issue 960), so lines are counted against the order's `items_total`; where they do not fit,
//! or anything looks unfamiliar, they are fetched from the order's own list, page by page.

use std::ops::Range;

use connector_kit::{Raw, Result, scan};

use super::{
    Include,
    below::below,
    resource::{ABOUT, known_by},
};
use crate::bigcommerce::{
    Store,
    envelope::Known,
    look::{self, text},
    splice::{Member, Piece, array, range},
};

/// What is put into an order, the lists that were asked for in the shape of the order's own; and what it is known by.
pub(super) async fn parts(store: &Store, order: &Raw, include: &[Include]) -> Result<(Known, Vec<Member>)> {
    let names = [
        "id",
        "date_modified",
        "billing_address",
        "items_total",
        "consignments",
        "products",
        "shipping_addresses",
    ];
    let [
        id,
        changed,
        billing,
        items_total,
        consignments,
        products,
        addresses,
    ] = look::pick(order.as_str(), names);
    let known = known_by(id, changed, billing)?;
    let (id, embedded) = (known.id, consignments.and_then(Embedded::read));
    let link = format!(r#"{{"resource":"/orders/{id}/consignments"}}"#);
    let mut members = vec![Member::instead(
        "consignments",
        order,
        consignments,
        vec![Piece::own(link)],
    )];
    if include.contains(&Include::Products) {
        let total = || text(items_total)?.parse().ok();
        let lines = match embedded.as_ref().and_then(|embedded| embedded.lines(total()?)) {
            Some(lines) => array(lines.into_iter().map(|line| [Piece::of(order, line)])),
            None => fetched(store, id, "products").await?,
        };
        members.push(Member::instead("products", order, products, lines));
    }
    if include.contains(&Include::ShippingAddresses) {
        let found = match &embedded {
            Some(embedded) => embedded.addresses(order, id),
            None => fetched(store, id, "shipping_addresses").await?,
        };
        members.push(Member::instead("shipping_addresses", order, addresses, found));
    }
    Ok((known, members))
}

async fn fetched(store: &Store, order: u64, list: &str) -> Result<Vec<Piece>> {
    let rows = below(store, order, list, ABOUT).await?;
    Ok(array(rows.into_iter().map(|row| [Piece::Fetched(row)])))
}

/// Consignments with lines in them, taken apart.
struct Embedded<'a> {
    shipping: Vec<Part<'a>>,
    /// Pick-ups, downloads, gift certificates.
    others: Vec<Part<'a>>,
}

/// One consignment.
struct Part<'a> {
    lines: Option<&'a str>,
    /// Its other members, as they came: those that follow one another in one piece.
    others: Vec<&'a str>,
}

impl<'a> Embedded<'a> {
    /// `None` when it is not there in the expected shape, or the store says it is cut.
    fn read(consignments: &'a str) -> Option<Self> {
        let warned = memchr::memmem::find(consignments.as_bytes(), b"__warning__").is_some();
        if warned || !is_object(consignments) {
            return None;
        }
        let names = ["pickups", "shipping", "downloads", "email"];
        let [pickups, shipping, downloads, email] = look::pick(consignments, names);
        let [gifts] = look::pick(email.unwrap_or_default(), ["gift_certificates"]);
        Some(Self {
            shipping: each(shipping).map(Part::read).collect::<Option<_>>()?,
            others: [pickups, downloads, gifts]
                .into_iter()
                .flat_map(each)
                .map(Part::read)
                .collect::<Option<_>>()?,
        })
    }

    /// All lines in the order of their ids, when their quantities add up to the order's.
    fn lines(&self, items_total: u64) -> Option<Vec<&'a str>> {
        let mut lines: Vec<(u64, &str)> = Vec::new();
        let mut quantity: u64 = 0;
        for line in self.shipping.iter().chain(&self.others).flat_map(Part::lines) {
            let [id, pieces] = look::pick(line, ["id", "quantity"]);
            quantity += text(pieces)?.parse::<u64>().ok()?;
            lines.push((look::id(id).ok()?, line));
        }
        lines.sort_by_key(|(id, _)| *id);
        (quantity == items_total).then(|| lines.into_iter().map(|(_, line)| line).collect())
    }

    /// The shipping consignments as shipping addresses.
    fn addresses(&self, order: &Raw, id: u64) -> Vec<Piece> {
        array(self.shipping.iter().map(|part| part.address(order, id)))
    }
}

impl<'a> Part<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if !is_object(text) {
            return None;
        }
        let (mut lines, mut others) = (None, Vec::new());
        let mut together: Option<Range<usize>> = None;
        for (name, value) in scan::members(text) {
            if matches!(name, "line_items" | "order_id") {
                lines = if name == "line_items" { Some(value) } else { lines };
                others.extend(together.take().map(|others| &text[others]));
            } else {
                let quote = range(text, name).start - 1;
                let start = together.map_or(quote, |others| others.start);
                together = Some(start..range(text, value).end);
            }
        }
        others.extend(together.map(|others| &text[others]));
        Some(Self { lines, others })
    }

    fn lines(&self) -> impl Iterator<Item = &'a str> {
        each(self.lines)
    }

    fn address(&self, order: &Raw, id: u64) -> Vec<Piece> {
        let mut address = vec![Piece::own(format!(r#"{{"order_id":{id}"#))];
        for others in &self.others {
            address.extend([Piece::own(","), Piece::of(order, others)]);
        }
        address.push(Piece::own("}"));
        address
    }
}

fn is_object(text: &str) -> bool {
    text.starts_with('{')
}

/// The things of a list, or the one thing, as the reference shows both; none of null.
fn each(parts: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = parts.filter(|parts| *parts != "null").unwrap_or("[]");
    let one = (!parts.starts_with('[')).then_some(parts);
    one.into_iter().chain(scan::elements(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bigcommerce::splice::Spliced;

    fn embedded(text: &str) -> Option<Vec<&str>> {
        Embedded::read(text)?.lines(3)
    }

    #[test]
    fn embedded_lines_count_only_when_they_are_all_there() {
        let two = r#"{"pickups":[],"shipping":[{"id":1,"line_items":[{"id":9,"quantity":1},{"id":8,"quantity":2}]}],"downloads":[]}"#;
        assert_eq!(
            embedded(two).unwrap(),
            [r#"{"id":8,"quantity":2}"#, r#"{"id":9,"quantity":1}"#],
            "in the order of ids"
        );
        let one = r#"{"shipping":[{"line_items":[{"id":9,"quantity":1}]}]}"#;
        assert_eq!(embedded(one), None, "two pieces are missing: fetch");
        let link = r#"{"shipping":[{"line_items":[{"url":"x"}]}]}"#;
        assert_eq!(embedded(link), None, "a link is no line: fetch");
        let cut = r#"{"shipping":[{"__warning__":{},"line_items":[{"id":9,"quantity":3}]}]}"#;
        assert_eq!(embedded(cut), None, "the store says it is cut: fetch");
        let single = r#"{"downloads":{"line_items":{"id":9,"quantity":3}}}"#;
        assert!(embedded(single).is_some(), "one thing stands for a list of one");
    }

    #[test]
    fn a_shipping_consignment_becomes_a_shipping_address() {
        let addresses = |consignments: &str| {
            let order = Raw::parse(consignments.to_owned()).unwrap();
            let addresses = Embedded::read(order.as_str()).unwrap().addresses(&order, 7);
            let mut spliced = Spliced::with_room(100);
            spliced.push(
                &order,
                vec![Member::instead("shipping_addresses", &order, None, addresses)],
            );
            let record = spliced.into_records().unwrap().remove(0);
            let [addresses] = look::pick(record.as_str(), ["shipping_addresses"]);
            addresses.unwrap().to_owned()
        };
        for (shipping, expected) in [
            (
                r#"[{"id":5,"city":"Köln","line_items":[]}]"#,
                r#"[{"order_id":7,"id":5,"city":"Köln"}]"#,
            ),
            (
                r#"[{"line_items":[1],"id":5,"order_id":7,"a":{"b":[1]},"c":2},{"order_id":7}]"#,
                r#"[{"order_id":7,"id":5,"a":{"b":[1]},"c":2},{"order_id":7}]"#,
            ),
            ("[]", "[]"),
        ] {
            assert_eq!(addresses(&format!(r#"{{"shipping":{shipping}}}"#)), expected);
        }
    }
}
