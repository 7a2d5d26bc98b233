//! Connectors for tests: shaped like the real ones, and going nowhere.

use std::sync::Arc;

use connector_kit::{
    Connector, DateFilter, Error, Guarantee, Host, JsonSchema, OpenFor, Outcome, ReadAction, Reading, Result,
    Row, Secrets, Session, Source, System, Validation, WriteAction, WriteStep, action::OpenOf, async_trait,
    http::Priority, schemars,
};
use serde::Deserialize;

/// `bigcommerce`, `sql` and `files`, as far as processflow files see them.
pub(super) fn connectors() -> Vec<Connector> {
    vec![
        Connector::of::<Store>()
            .reads::<OrdersChanged>()
            .reads::<OrderRefunds>()
            .reads::<ProductsList>()
            .reads::<CustomersChanged>()
            .writes::<InventorySet>()
            .build(),
        Connector::of::<Database>()
            .reads::<Query>()
            .writes::<Upsert>()
            .writes::<Replace>()
            .build(),
        Connector::of::<Folder>()
            .reads::<CsvRead>()
            .writes::<CsvWrite>()
            .writes::<JsonLines>()
            .build(),
    ]
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Nothing {}

pub(super) struct Closed;

#[async_trait]
impl Session for Closed {}

macro_rules! system {
    ($system:ident, $name:literal, tells_time: $tells_time:literal) => {
        pub(super) struct $system;

        #[async_trait]
        impl System for $system {
            type Settings = Nothing;
            type Open = Closed;
            const NAME: &'static str = $name;
            const TITLE: &'static str = $name;
            const ABOUT: &'static str = "For tests.";
            const TELLS_TIME: bool = $tells_time;

            fn seal(_: &Nothing) -> Result<String> {
                Ok(String::new())
            }
            fn priority(action: &str) -> Priority {
                if action.starts_with("orders") {
                    Priority::High
                } else {
                    Priority::Low
                }
            }
            fn date_filter(name: &str) -> Option<DateFilter> {
                let field = name.strip_prefix("min_date_")?;
                Some(DateFilter {
                    field: format!("date_{field}"),
                    is_fixed: field == "created",
                })
            }
            fn connect(_: Nothing, _: &Secrets, _: &Host) -> Result<Self> {
                Ok(Self)
            }
            async fn validate(&self) -> Result<Validation> {
                Ok(Validation::default())
            }
            async fn open(self: Arc<Self>, _: OpenFor) -> Result<Closed> {
                Ok(Closed)
            }
        }
    };
}

system!(Store, "bigcommerce", tells_time: true);
system!(Database, "sql", tells_time: false);
system!(Folder, "files", tells_time: false);

macro_rules! reads {
    ($action:ident of $system:ty, $name:literal) => {
        reads!($action of $system, $name, brings_all: false);
    };
    ($action:ident of $system:ty, $name:literal, brings_all: $brings_all:literal) => {
        #[async_trait]
        impl ReadAction for $action {
            type System = $system;
            const NAME: &'static str = $name;
            const ABOUT: &'static str = "For tests.";
            const BRINGS_ALL: bool = $brings_all;

            async fn open(self, _: Arc<$system>, _: Reading) -> Result<Box<dyn Source>> {
                Err(Error::bug("a fake cannot be opened"))
            }
        }
    };
}

/// What comes along with an order.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    Products,
    ShippingAddresses,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersChanged {
    #[serde(default)]
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    include: Vec<Include>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderRefunds {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    order_id: u64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductsList {
    #[serde(default)]
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    filter: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomersChanged {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CsvRead {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    file: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Query {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    sql: String,
    #[serde(default)]
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    key: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    after: Option<String>,
}

reads!(OrdersChanged of Store, "orders.changed", brings_all: true);
reads!(OrderRefunds of Store, "order.refunds");
reads!(ProductsList of Store, "products.list", brings_all: true);
reads!(CustomersChanged of Store, "customers.changed");
reads!(CsvRead of Folder, "csv.read");
reads!(Query of Database, "query");

macro_rules! writes {
    ($action:ident of $system:ty, $name:literal, key: $key:expr, scope: $scope:expr) => {
        #[async_trait]
        impl WriteAction for $action {
            type System = $system;
            const NAME: &'static str = $name;
            const ABOUT: &'static str = "For tests.";
            const GUARANTEE: Guarantee = Guarantee::Transactional;
            const LARGEST_BATCH: usize = 100;

            fn check(&self, columns: &[String]) -> Result<()> {
                self.complain(columns)
            }
            fn key(&self) -> Vec<String> {
                let key: fn(&Self) -> Vec<String> = $key;
                key(self)
            }
            fn scope(&self) -> Option<Vec<String>> {
                let scope: fn(&Self) -> Option<Vec<String>> = $scope;
                scope(self)
            }
            async fn write(&self, _: &mut OpenOf<Self>, _: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
                Ok(rows.iter().map(|_| Outcome::written()).collect())
            }
        }
    };
}

/// A table's columns by their types, as `create` has them.
pub(super) type Columns = std::collections::BTreeMap<String, String>;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Upsert {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    table: String,
    key: Vec<String>,
    #[serde(default)]
    create: Columns,
}

impl Upsert {
    fn complain(&self, columns: &[String]) -> Result<()> {
        complain(&self.create, columns)
    }
}

fn complain(create: &Columns, columns: &[String]) -> Result<()> {
    match columns
        .iter()
        .find(|column| !create.is_empty() && !create.contains_key(*column))
    {
        Some(column) => Err(Error::config(format!(
            "`{column}` is mapped and is not a column of `create`"
        ))),
        None => Ok(()),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Replace {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    table: String,
    within: Vec<String>,
    key: Vec<String>,
    #[serde(default)]
    create: Columns,
}

impl Replace {
    fn complain(&self, columns: &[String]) -> Result<()> {
        complain(&self.create, columns)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InventorySet {
    key: Vec<String>,
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    location_id: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JsonLines {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    file: String,
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    mode: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CsvWrite {
    #[expect(dead_code, reason = "only its schema and its mistakes matter here")]
    file: String,
}

/// Columns are of no concern.
macro_rules! content {
    ($($action:ident)*) => {$(
        impl $action {
            fn complain(&self, _: &[String]) -> Result<()> {
                Ok(())
            }
        }
    )*};
}

content!(InventorySet CsvWrite JsonLines);

writes!(Upsert of Database, "table.upsert", key: |own| own.key.clone(), scope: |_| None);
writes!(Replace of Database, "table.replace",
    key: |own| own.within.iter().chain(&own.key).cloned().collect(),
    scope: |own| Some(own.within.clone()));
writes!(InventorySet of Store, "inventory.set", key: |own| own.key.clone(), scope: |_| None);
writes!(CsvWrite of Folder, "csv.write", key: |_| Vec::new(), scope: |_| None);
writes!(JsonLines of Folder, "jsonl.write", key: |_| Vec::new(), scope: |_| None);
