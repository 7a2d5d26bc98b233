//! Lines and shipping addresses of an order, put into its record in place of the links to them.
//!
//! They come embedded in the consignments of the same answer where that is complete. The store embeds 50 lines at
//! most (bigcommerce/docs issue 960), so lines are counted against the order's `items_total`; where they do not fit,
//! or anything looks unfamiliar, they are fetched from the order's own list, page by page.

use connector_kit::{Raw, Result, http::Request};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Include, resource::ABOUT};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    look::text,
    splice::{array, splice, without},
};

/// Lines and addresses page like orders do.
const PAGE: usize = 250;

/// The order with what was asked for, as arrays in the shape of the order's own lists.
pub(super) async fn dressed(store: &Store, order: Raw, include: &[Include]) -> Result<Raw> {
    #[derive(Deserialize)]
    struct Order<'a> {
        id: u64,
        #[serde(borrow, default)]
        items_total: Option<&'a RawValue>,
        #[serde(borrow, default)]
        consignments: Option<&'a RawValue>,
    }
    let seen: Order = order.read()?;
    let embedded = Embedded::read(seen.consignments);
    let mut members = vec![(
        "consignments",
        format!(r#"{{"resource":"/orders/{}/consignments"}}"#, seen.id),
    )];
    if include.contains(&Include::Products) {
        let lines = match embedded
            .as_ref()
            .and_then(|embedded| embedded.lines(&text(seen.items_total.map(RawValue::get))?))
        {
            Some(lines) => lines,
            None => fetched(store, seen.id, "products").await?,
        };
        members.push(("products", lines));
    }
    if include.contains(&Include::ShippingAddresses) {
        let addresses = match embedded.as_ref().and_then(|embedded| embedded.addresses(seen.id)) {
            Some(addresses) => addresses,
            None => fetched(store, seen.id, "shipping_addresses").await?,
        };
        members.push(("shipping_addresses", addresses));
    }
    Ok(splice(&order, &members))
}

/// The whole list below an order: on until a page brings nothing, as v2 says nowhere which page is the last.
async fn fetched(store: &Store, order: u64, list: &str) -> Result<String> {
    let mut rows: Vec<Raw> = Vec::new();
    for page in 1_u32.. {
        let path = format!("v2/orders/{order}/{list}");
        let answer = store
            .get(Request::get(path).query("page", page).query("limit", PAGE), ABOUT)
            .await?;
        let found = Rows::v2(&answer)?;
        let known = found
            .first()
            .is_some_and(|first| rows.first().is_some_and(|known| known == first));
        let short = found.len() < DEFAULT_PAGE;
        // A page that starts like the first is the first again: the list does not page.
        if found.is_empty() || known {
            break;
        }
        rows.extend(found);
        if short {
            break;
        }
    }
    Ok(array(rows.iter().map(Raw::as_str)))
}

/// A page shorter than the store's default was cut by nothing.
const DEFAULT_PAGE: usize = 50;

/// Consignments with lines in them.
#[derive(Deserialize)]
struct Embedded<'a> {
    #[serde(borrow, default)]
    pickups: Parts<'a>,
    #[serde(borrow, default)]
    shipping: Parts<'a>,
    #[serde(borrow, default)]
    downloads: Parts<'a>,
    #[serde(borrow, default)]
    email: Option<Email<'a>>,
}

#[derive(Deserialize)]
struct Email<'a> {
    #[serde(borrow, default)]
    gift_certificates: Parts<'a>,
}

/// One thing or a list of them; the reference shows both.
type Parts<'a> = Option<&'a RawValue>;

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    line_items: Parts<'a>,
}

#[derive(Deserialize)]
struct Line<'a> {
    id: u64,
    #[serde(borrow)]
    quantity: &'a RawValue,
}

impl<'a> Embedded<'a> {
    /// `None` when it is not there in the expected shape, or the store says it is cut.
    fn read(consignments: Option<&'a RawValue>) -> Option<Self> {
        let text = consignments?.get();
        let warned = memchr::memmem::find(text.as_bytes(), b"__warning__").is_some();
        if warned {
            None
        } else {
            serde_json::from_str(text).ok()
        }
    }

    /// All lines in the order of their ids, when their quantities add up to the order's.
    fn lines(&self, items_total: &str) -> Option<String> {
        let gifts = self.email.as_ref().and_then(|email| email.gift_certificates);
        let mut lines: Vec<(u64, &str)> = Vec::new();
        let mut quantity: u64 = 0;
        for part in [self.pickups, self.shipping, self.downloads, gifts]
            .into_iter()
            .flat_map(each)
        {
            let part: Part = serde_json::from_str(part?.get()).ok()?;
            for item in each(part.line_items) {
                let line: Line = serde_json::from_str(item?.get()).ok()?;
                quantity += text(Some(line.quantity.get()))?.parse::<u64>().ok()?;
                lines.push((line.id, item?.get()));
            }
        }
        lines.sort_by_key(|(id, _)| *id);
        let total: u64 = items_total.parse().ok()?;
        (quantity == total).then(|| array(lines.iter().map(|(_, line)| *line)))
    }

    /// The shipping consignments as shipping addresses.
    fn addresses(&self, order: u64) -> Option<String> {
        let mut addresses = Vec::new();
        for part in each(self.shipping) {
            let address = without(
                &Raw::parse(part?.get().to_owned()).ok()?,
                &["line_items", "order_id"],
            );
            let rest = address.strip_prefix('{')?;
            addresses.push(format!(r#"{{"order_id":{order},{rest}"#));
        }
        Some(array(addresses.iter().map(String::as_str)))
    }
}

/// The things of a list, or the one thing. A thing that cannot be read is `None`, so that nothing is passed over.
fn each(parts: Parts<'_>) -> Vec<Option<&RawValue>> {
    let Some(parts) = parts else { return Vec::new() };
    match parts.get().as_bytes().first() {
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(parts.get()) {
            Ok(parts) => parts.into_iter().map(Some).collect(),
            Err(_) => vec![None],
        },
        _ => vec![Some(parts)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded(text: &str) -> Option<String> {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        Embedded::read(Some(raw))?.lines("3")
    }

    #[test]
    fn embedded_lines_count_only_when_they_are_all_there() {
        let two = r#"{"pickups":[],"shipping":[{"id":1,"line_items":[{"id":9,"quantity":1},{"id":8,"quantity":2}]}],"downloads":[]}"#;
        assert_eq!(
            embedded(two).unwrap(),
            r#"[{"id":8,"quantity":2},{"id":9,"quantity":1}]"#,
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
        let text = r#"{"shipping":[{"id":5,"city":"Köln","line_items":[]}]}"#;
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let addresses = Embedded::read(Some(raw)).unwrap().addresses(7).unwrap();
        assert_eq!(addresses, r#"[{"order_id":7,"id":5,"city":"Köln"}]"#);
    }
}
