//! The handle for scripting a running store from the same process.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::clock::iso_z;
use crate::control::records::{self, Kind, Patch};
use crate::faults::{Fault, Match};
use crate::ledger::{Applied, Seen};
use crate::settings::Settings;
use crate::world::World;

/// A running store, to be scripted and looked into. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    world: Arc<Mutex<World>>,
}

impl Store {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world: Arc::new(Mutex::new(world)),
        }
    }

    /// Work under the lock; never across an await.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Scripts a fault; its number.
    pub fn fault(&self, fault: Fault) -> u64 {
        self.with(|world| world.arm(fault))
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.with(|world| world.faults.clear());
    }

    /// Scripts a change to be made right after a matching request was answered; its number.
    pub fn hook(&self, on: Match, apply: Patch) -> u64 {
        self.with(|world| world.hook(on, apply))
    }

    /// Changes a record as somebody in the control panel would; its id, or why it cannot be.
    pub fn patch(&self, patch: &Patch) -> Result<u64, String> {
        self.with(|world| records::apply(world, patch))
    }

    /// A record as the API shows it.
    pub fn record(&self, kind: Kind, id: u64) -> Option<Value> {
        self.with(|world| records::document(world, kind, id))
            .map(Value::Object)
    }

    /// The lines of an order as the API shows them.
    pub fn order_lines(&self, order: u64) -> Vec<Value> {
        let texts = self.with(|world| world.lines_of(order));
        texts
            .iter()
            .filter_map(|text| serde_json::from_str(text).ok())
            .collect()
    }

    /// The images of a product as the API shows them.
    pub fn images(&self, product: u64) -> Vec<Value> {
        let text = self.with(|world| crate::routes::products::parts::part(world, product, "images"));
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The prices of all price lists.
    pub fn prices(&self) -> Vec<Value> {
        self.with(|world| world.prices.values().cloned().map(Value::Object).collect())
    }

    /// All records of a plain kind (`brand`, `subscriber`, `webhook`, …), by id.
    pub fn plain(&self, kind: &str) -> Vec<Value> {
        self.with(|world| world.plain.all(kind).cloned().map(Value::Object).collect())
    }

    /// Puts a record of a plain kind into the store, as somebody in the control panel would; its id. Nothing is checked.
    pub fn add(&self, kind: &'static str, record: Value) -> u64 {
        self.with(|world| {
            world.changed();
            let mut record = match record {
                Value::Object(members) => members,
                _ => serde_json::Map::new(),
            };
            let given = crate::call::id_of(&record, "id");
            let id = given.unwrap_or_else(|| world.take_id());
            record.insert("id".to_owned(), id.into());
            world.plain.put(kind, record);
            id
        })
    }

    /// Puts a cart with a piece of the first product into the store; its id.
    pub fn add_cart(&self) -> String {
        self.with(|world| {
            let id = crate::routes::carts::new_id(world);
            crate::routes::carts::add(world, id.clone());
            world.changed();
            id
        })
    }

    /// The carts with the billing addresses of their checkouts.
    pub fn carts(&self) -> Vec<(String, Option<Value>)> {
        self.with(|world| {
            let carts = world.carts.values();
            carts
                .map(|cart| (cart.id.clone(), cart.billing.clone().map(Value::Object)))
                .collect()
        })
    }

    /// Gives the checkout of a cart a billing address.
    pub fn set_billing(&self, cart: &str, address: Value) {
        self.with(|world| {
            world.changed();
            if let (Some(cart), Value::Object(address)) = (world.carts.get_mut(cart), address) {
                cart.billing = Some(address);
            }
        });
    }

    /// Puts a shipment under an order, without the order following it.
    pub fn add_shipment(&self, order: u64, shipment: Value) {
        self.with(|world| {
            world.changed();
            if let Value::Object(shipment) = shipment {
                world
                    .order_parts
                    .entry(order)
                    .or_default()
                    .shipments
                    .push(shipment);
            }
        });
    }

    /// The addresses of a customer as the API shows them.
    pub fn addresses(&self, customer: u64) -> Vec<Value> {
        self.with(|world| world.addresses_of(customer))
    }

    /// Sets a price in a price list.
    pub fn set_price(&self, list: u64, variant: u64, currency: &str, price: Value) {
        self.with(|world| crate::routes::price_lists::set(world, list, variant, currency, price));
    }

    /// All ids of a kind, in order.
    pub fn ids(&self, kind: Kind) -> Vec<u64> {
        self.with(|world| match kind {
            Kind::Product => world.products.rows().map(|facts| facts.id).collect(),
            Kind::Variant => world.variants.rows().map(|facts| facts.id).collect(),
            Kind::Category => world.categories.rows().map(|facts| facts.id).collect(),
            Kind::Customer => world.customers.rows().map(|facts| facts.id).collect(),
            Kind::Order => world.orders.rows().map(|facts| facts.id).collect(),
        })
    }

    /// Stock of a variant at a location.
    pub fn level(&self, variant: u64, location: u64) -> i64 {
        self.with(|world| {
            world.settle_stock();
            world.level(variant, location)
        })
    }

    /// Every write that was applied.
    pub fn ledger(&self) -> Vec<Applied> {
        self.with(|world| world.ledger.clone())
    }

    /// The writes applied to records of a kind with this key: a SKU, an e-mail, an id.
    pub fn applied(&self, kind: &str, key: &str) -> Vec<Applied> {
        self.with(|world| {
            let found = world
                .ledger
                .iter()
                .filter(|entry| entry.kind == kind && entry.key.eq_ignore_ascii_case(key));
            found.cloned().collect()
        })
    }

    /// The requests seen, the newest 50,000.
    pub fn requests(&self) -> Vec<Seen> {
        self.with(|world| world.log.iter().cloned().collect())
    }

    /// Whether a request waits, or waited, because the settings hold such ones.
    pub fn has_held(&self) -> bool {
        self.with(|world| world.has_held)
    }

    /// Forgets requests and applied writes, not what they did.
    pub fn clear_log(&self) {
        self.with(|world| {
            world.log.clear();
            world.ledger.clear();
        });
    }

    /// The settings as they are.
    pub fn settings(&self) -> Settings {
        self.with(|world| world.settings.clone())
    }

    /// Changes settings. The window of the quota begins anew.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        self.with(|world| {
            change(&mut world.settings);
            world.quota.restart();
            world.changed();
        });
    }

    /// Moves the store's clock.
    pub fn advance(&self, seconds: i64) {
        self.with(|world| {
            world.clock.advance(seconds);
            world.changed();
        });
    }

    /// The store's time in Unix seconds.
    pub fn now(&self) -> i64 {
        self.with(|world| world.now())
    }

    /// The store's time in ISO 8601.
    pub fn time(&self) -> String {
        iso_z(self.now())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Store")
    }
}
