//! A parcel as a row has it, and what is known of its order: which lines it may take how much of.

use std::collections::BTreeMap;

use connector_kit::{Error, Raw, Result, Row, Value};
use serde_json::{Map, Value as Json};

use crate::bigcommerce::{look, writing};

/// A parcel that is to be in the store.
pub(super) struct Parcel {
    pub(super) order: u64,
    /// Pieces by line of the order.
    pub(super) pieces: BTreeMap<u64, u64>,
    /// What is sent beside them.
    pub(super) fields: Map<String, Json>,
}

impl Parcel {
    /// Rejected: the row says of no line how much of it.
    pub(super) fn of(row: &Row) -> Result<Self> {
        let order = writing::id(row, "order_id")?;
        let items = match row.get("items") {
            Some(Value::Json(items)) => items.read::<Vec<Json>>().unwrap_or_default(),
            _ => Vec::new(),
        };
        Ok(Self {
            order,
            pieces: pieces(&items)?,
            fields: writing::fields(row, &["order_id", "items"]),
        })
    }

    /// Rejected: the order has not as much of a line left.
    pub(super) fn fits(&self, lines: &[Line]) -> Result<()> {
        for (id, quantity) in &self.pieces {
            let Some(line) = lines.iter().find(|line| line.id == *id) else {
                return Err(self.no_line(*id, lines));
            };
            let left = line.ordered.saturating_sub(line.shipped);
            if *quantity > left {
                return Err(Error::rejected(format!(
                    "only {left} left to ship of line {id} of order {}, not {quantity}",
                    self.order
                ))
                .hint(
                    "Look at the order's shipments in the store: the others may have been sent from there.",
                ));
            }
        }
        Ok(())
    }

    /// The address all its lines go to, where the row names none.
    pub(super) fn address(&self, lines: &[Line]) -> Result<u64> {
        let mut addresses = lines
            .iter()
            .filter(|line| self.pieces.contains_key(&line.id))
            .map(|line| line.address);
        let first = addresses.next().unwrap_or_default();
        if addresses.any(|other| other != first) {
            return Err(Error::rejected(format!(
                "the lines of this shipment of order {} go to more than one address",
                self.order
            ))
            .hint("Make a shipment for each address, or map `order_address_id`."));
        }
        if first == 0 {
            return Err(Error::rejected(format!(
                "what is to be shipped of order {} has no shipping address",
                self.order
            ))
            .hint("Downloads, gift certificates and pick-ups are not shipped: leave such lines out with a rule."));
        }
        Ok(first)
    }

    /// The body that the store takes.
    pub(super) fn body(&self, address: u64) -> Map<String, Json> {
        let item = |(line, quantity): (&u64, &u64)| {
            Json::Object(Map::from_iter([
                ("order_product_id".to_owned(), Json::from(*line)),
                ("quantity".to_owned(), Json::from(*quantity)),
            ]))
        };
        let mut body = self.fields.clone();
        body.insert("order_address_id".to_owned(), Json::from(address));
        body.insert("items".to_owned(), self.pieces.iter().map(item).collect());
        body
    }

    /// Whether a shipment in the store has exactly these pieces.
    pub(super) fn is(&self, shipment: &Raw) -> bool {
        let items = shipment.field("items");
        let items: Option<Vec<Json>> = items.and_then(|items| items.read().ok());
        pieces(&items.unwrap_or_default()).is_ok_and(|there| there == self.pieces)
    }

    /// A product's id in place of a line's is the common mistake (bigcommerce/docs issue 173).
    fn no_line(&self, id: u64, lines: &[Line]) -> Error {
        let error = Error::rejected(format!("order {} has no line {id}", self.order));
        match lines.iter().find(|line| line.product == id) {
            Some(line) => error.hint(format!(
                "{id} is a product; its line is {}. Map the line's id to `order_product_id`.",
                line.id
            )),
            None => error.hint("Map the `id` of the order's line to `order_product_id`."),
        }
    }
}

/// A line of an order, as far as a shipment takes from it.
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) product: u64,
    pub(super) ordered: u64,
    pub(super) shipped: u64,
    pub(super) address: u64,
}

impl Line {
    /// Unavailable: the store sent something else.
    pub(super) fn read(line: &Raw) -> Result<Self> {
        let names = [
            "id",
            "product_id",
            "quantity",
            "quantity_shipped",
            "order_address_id",
        ];
        let [id, product, ordered, shipped, address] = look::pick(line.as_str(), names);
        let number = |field: Option<&str>| -> u64 {
            let text = look::text(field).unwrap_or_default();
            text.parse().unwrap_or_default()
        };
        Ok(Self {
            id: look::id(id)?,
            product: number(product),
            ordered: number(ordered),
            shipped: number(shipped),
            address: number(address),
        })
    }
}

/// How much of each line a list of items names. Rejected: it names none, or not how much.
fn pieces(items: &[Json]) -> Result<BTreeMap<u64, u64>> {
    let mut pieces = BTreeMap::new();
    for item in items {
        let line = whole(&item["order_product_id"]).ok_or_else(|| no_items("order_product_id"))?;
        let quantity = whole(&item["quantity"])
            .filter(|quantity| *quantity > 0)
            .ok_or_else(|| no_items("quantity"))?;
        *pieces.entry(line).or_insert(0) += quantity;
    }
    if pieces.is_empty() {
        return Err(no_items("order_product_id"));
    }
    Ok(pieces)
}

/// A whole number, as a number or as text.
fn whole(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn no_items(field: &str) -> Error {
    Error::rejected(format!(
        "field `items` names no line of the order: `{field}` is missing"
    ))
    .hint(
        "Map a list such as `[{ order_product_id: 108, quantity: 2 }]`; the id is that of the order's line.",
    )
}
