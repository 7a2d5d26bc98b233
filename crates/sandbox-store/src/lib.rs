//! A store on loopback that answers like BigCommerce: products, variants, categories, customers, orders, carts,
//! checkouts and stock, with the shapes, limits, errors and oddities of the real one, and faults on demand.
//!
//! It is for first steps without a store and for tests; it keeps nothing when it stops. What it does not know it
//! refuses: routes with 501, parameters with 400 or 422. Left out are GraphQL, promotions, channels, calling webhooks,
//! and rendering anything a shopper would see.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use sandbox_store::{Config, Fault, How, Sandbox, When};
//!
//! let sandbox = Sandbox::start(Config { products: 100_000, ..Config::default() }).await?;
//! let _api_path = sandbox.api_path(); // http://127.0.0.1:PORT/stores/sandbox1/v3/
//! sandbox.store().fault(Fault::once("POST", "/v3/customers", When::After, How::Reset));
//! # Ok(())
//! # }
//! ```

mod answer;
mod call;
mod clock;
mod config;
mod control;
mod cursor;
mod faults;
mod filter;
mod gate;
mod index;
mod ledger;
mod login;
mod page;
mod plain;
mod query;
mod quota;
mod routes;
mod sandbox;
mod seed;
mod server;
mod settings;
mod shape;
mod shelf;
mod stock;
mod store;
mod world;

pub use config::Config;
pub use control::records::{Kind, Patch};
pub use faults::{Fault, How, Match, When};
pub use ledger::{Applied, Seen};
pub use login::App;
pub use sandbox::Sandbox;
pub use settings::Settings;
pub use store::Store;
