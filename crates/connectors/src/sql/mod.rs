//! Databases: SQLite, PostgreSQL, MariaDB and MySQL.
//!
//! Data and checkpoint commit in one transaction, so a run that is killed at any instant goes on without a
//! row lost or doubled. What all engines share (addresses, names, column types, what a step wishes, how a query's
//! rows become records) lies here; what one says in its own way (quoting, types, statements, error codes) lies in its
//! folder, and [`server`] holds what servers share. Deletes nothing but what `table.replace` is told to replace, and
//! never alters a table that is there.

mod address;
mod column;
mod connection;
mod create;
mod engine;
mod fitting;
mod insert;
mod mysql;
mod names;
mod postgres;
mod query;
mod replace;
mod server;
mod spool;
mod sqlite;
mod table;
mod upsert;
mod wish;

use connector_kit::Connector;

pub use column::Kind;
pub use connection::{Database, Settings};
pub use create::Create;
pub use engine::Open;
pub use insert::TableInsert;
pub use query::Query;
pub use replace::TableReplace;
pub use server::Tls;
pub use upsert::TableUpsert;

/// The connector as the catalogue lists it.
pub fn connector() -> Connector {
    Connector::of::<Database>()
        .reads::<Query>()
        .writes::<TableUpsert>()
        .writes::<TableReplace>()
        .writes::<TableInsert>()
        .build()
}
