//! Everything the store holds, behind one lock: records, stock, carts, clock, scripts and what was seen.
//! Handlers get it for as long as one answer takes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::clock::{Clock, iso_z};
use crate::config::Config;
use crate::control::records::Patch;
use crate::faults::{Armed, Fault, How, When};
use crate::index::Index;
use crate::ledger::{Applied, Log};
use crate::plain::Plain;
use crate::quota::{Concurrency, Quota};
use crate::seed::Seeds;
use crate::seed::categories::{self, Category};
use crate::seed::customers::{self, Customer};
use crate::seed::orders::{self, Order};
use crate::seed::products::{self, Product};
use crate::seed::variants::{self, Variant};
use crate::settings::Settings;
use crate::shape::Document;
use crate::shelf::Shelf;
use crate::stock::Stock;

/// What belongs to an order and was written; seeded parts are made when asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderParts {
    pub(crate) lines: Option<Vec<Document>>,
    pub(crate) addresses: Option<Vec<Document>>,
    pub(crate) fees: Option<Vec<Value>>,
    pub(crate) shipments: Vec<Document>,
}

/// Everything the store holds.
pub(crate) struct World {
    pub(crate) hash: String,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) seeds: Arc<Seeds>,
    pub(crate) products: Shelf<Product>,
    pub(crate) variants: Shelf<Variant>,
    pub(crate) categories: Shelf<Category>,
    pub(crate) customers: Shelf<Customer>,
    pub(crate) orders: Shelf<Order>,
    /// Images, custom fields and the like, by product and name, where they were written.
    pub(crate) product_parts: HashMap<u64, BTreeMap<String, Value>>,
    /// Variants that were created, by product.
    pub(crate) added_variants: HashMap<u64, Vec<u64>>,
    pub(crate) addresses: HashMap<u64, Vec<Value>>,
    /// Attributes, form fields and store credit, by customer and name, where they were written.
    pub(crate) customer_parts: HashMap<u64, Document>,
    pub(crate) order_parts: HashMap<u64, OrderParts>,
    /// Kinds that are few and plain.
    pub(crate) plain: Plain,
    /// Prices by price list, variant and currency.
    pub(crate) prices: BTreeMap<(u64, u64, String), Document>,
    pub(crate) carts: BTreeMap<String, crate::routes::carts::Cart>,
    pub(crate) stock: Stock,
    pub(crate) product_skus: Index,
    pub(crate) variant_skus: Index,
    pub(crate) product_names: Index,
    pub(crate) emails: Index,
    /// Ids of whatever has no shelf of its own.
    next_id: u64,
    pub(crate) ledger: Vec<Applied>,
    pub(crate) log: Log,
    pub(crate) faults: Vec<Armed<(When, How)>>,
    pub(crate) hooks: Vec<Armed<Patch>>,
    scripts: u64,
    pub(crate) quota: Quota,
    /// Codes of the login host that were not exchanged yet.
    pub(crate) codes: crate::login::Codes,
    /// Whether a request was held since the text to hold was set.
    pub(crate) has_held: bool,
    pub(crate) concurrency: Concurrency,
    /// Counts changes; a compressed page is good while it stands.
    pub(crate) version: u64,
    /// Compressed pages, by path and query.
    pub(crate) pages: HashMap<String, (u64, Bytes)>,
}

impl World {
    /// Whether a request has to wait.
    pub(crate) fn holds(&mut self, whole: &str) -> bool {
        let holds = self
            .settings
            .held
            .as_ref()
            .is_some_and(|text| whole.contains(text));
        self.has_held |= holds;
        holds
    }

    pub(crate) fn new(config: &Config) -> Self {
        let seeds = Arc::new(Seeds {
            seed: config.seed,
            hash: config.hash.clone(),
            products: u64::from(config.products),
            customers: u64::from(config.customers),
            orders: u64::from(config.orders),
            orphans: u64::from(config.orphan_variants),
            until: config.seeded_until,
        });
        let variants = (0..seeds.products).flat_map(|number| variants::of_product(&seeds, number));
        let orphans = (0..seeds.orphans).map(|number| variants::orphan(&seeds, number));
        let mut world = Self {
            hash: config.hash.clone(),
            clock: Clock::default(),
            settings: config.settings(),
            products: Shelf::new(
                &seeds,
                (0..seeds.products).map(|number| products::product(&seeds, number)),
            )
            .first_id(products::FIRST),
            variants: Shelf::new(&seeds, variants.chain(orphans)).first_id(variants::FIRST),
            categories: Shelf::new(&seeds, categories::all()),
            customers: Shelf::new(
                &seeds,
                (1..=seeds.customers).map(|id| customers::customer(&seeds, id)),
            ),
            orders: Shelf::new(
                &seeds,
                (0..seeds.orders).map(|number| orders::order(&seeds, number)),
            )
            .first_id(orders::FIRST),
            product_parts: HashMap::new(),
            added_variants: HashMap::new(),
            addresses: HashMap::new(),
            customer_parts: HashMap::new(),
            order_parts: HashMap::new(),
            plain: Plain::default(),
            prices: BTreeMap::new(),
            carts: BTreeMap::new(),
            stock: Stock::default(),
            product_skus: Index::default(),
            variant_skus: Index::default(),
            product_names: Index::default(),
            emails: Index::default(),
            next_id: 90_000_001,
            ledger: Vec::new(),
            log: Log::default(),
            faults: Vec::new(),
            hooks: Vec::new(),
            scripts: 0,
            quota: Quota::default(),
            codes: crate::login::Codes::new(),
            has_held: false,
            concurrency: Concurrency::default(),
            version: 0,
            pages: HashMap::new(),
            seeds,
        };
        crate::routes::seed(&mut world);
        world
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// From when on a record created now is seen.
    pub(crate) fn visible_from(&self) -> i64 {
        match self.settings.lag_seconds {
            0 => i64::MIN,
            lag => self.now() + i64::from(lag),
        }
    }

    pub(crate) fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Something changed: no page that was kept is good any more.
    pub(crate) fn changed(&mut self) {
        self.version += 1;
        self.pages.clear();
    }

    /// Whether an answer may differ from the last one although nothing was written.
    pub(crate) fn depends_on_time(&self) -> bool {
        self.products.has_hidden()
            || self.customers.has_hidden()
            || self.orders.has_hidden()
            || self.variants.has_hidden()
            || self.categories.has_hidden()
            || self.stock.is_pending()
    }

    /// Enters a write into the ledger.
    pub(crate) fn applied(
        &mut self,
        method: &str,
        kind: &str,
        key: &str,
        id: impl std::fmt::Display + Copy,
        sent: &Value,
    ) {
        self.changed();
        self.ledger.push(Applied {
            n: self.ledger.len() as u64 + 1,
            time: iso_z(self.now()),
            method: method.to_owned(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            id: id.to_string(),
            sent: sent.clone(),
        });
    }

    /// Scripts a fault; its number.
    pub(crate) fn arm(&mut self, fault: Fault) -> u64 {
        self.scripts += 1;
        self.faults
            .push(Armed::new(self.scripts, fault.on, (fault.when, fault.how)));
        self.scripts
    }

    /// Scripts a change after a request; its number.
    pub(crate) fn hook(&mut self, on: crate::faults::Match, patch: Patch) -> u64 {
        self.scripts += 1;
        self.hooks.push(Armed::new(self.scripts, on, patch));
        self.scripts
    }

    /// Sizes, for the control API's summary.
    pub(crate) fn counts(&self) -> Value {
        json!({
            "products": self.products.len(), "variants": self.variants.len(), "categories": self.categories.len(),
            "customers": self.customers.len(), "orders": self.orders.len(), "carts": self.carts.len(),
        })
    }
}
