//! An order as somebody makes it in the store's control panel: past the API, its quota and the ledger.

use sandbox_store::{Kind, Patch};
use serde_json::{Map, Value, json};

use crate::World;

/// An order to be put into a world's store; one of the same id becomes this.
pub struct Order {
    patch: Patch,
    lines: Vec<Map<String, Value>>,
}

impl Order {
    /// A paid order (status 11) over 10.00 of Ada Lovelace, changed now, without lines.
    pub fn new(id: u64) -> Self {
        let members = json!({
            "status_id": 11, "total_inc_tax": "10.0000", "date_created": "Mon, 02 Nov 2026 08:00:00 +0000",
            "billing_address": { "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com" },
        });
        Self {
            patch: Patch::set(Kind::Order, id, members),
            lines: Vec::new(),
        }
    }

    /// With this member.
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.patch.set.insert(name.to_owned(), value.into());
        self
    }

    /// Not paid yet: status 0, *Incomplete*.
    pub fn status_unpaid(self) -> Self {
        self.set("status_id", 0)
    }

    /// Changed at this instant of the store.
    pub fn modified(mut self, at: impl Into<String>) -> Self {
        self.patch = self.patch.modified(at);
        self
    }

    /// With a further line, of a product of the catalogue.
    pub fn line(self, id: u64, sku: &str, quantity: u64) -> Self {
        self.line_of(
            &json!({ "id": id, "product_id": 1000 + id, "sku": sku, "name": sku, "quantity": quantity }),
        )
    }

    /// With a further line of these members.
    pub fn line_of(mut self, members: &Value) -> Self {
        self.lines.extend(members.as_object().cloned());
        self
    }

    /// Puts it into the store; its lines become exactly these.
    pub fn put(mut self, world: &World) {
        self.patch.lines = Some(self.lines);
        world
            .store()
            .store()
            .patch(&self.patch)
            .expect("the control panel takes every order");
    }
}
