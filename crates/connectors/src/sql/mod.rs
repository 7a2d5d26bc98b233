//! Databases: SQLite.
//!
//! Data and checkpoint commit in one transaction, so a run that is killed at any instant goes on without a
//! row lost or doubled. What SQLite says in its own way (quoting, types, statements, error codes) is in
//! [`dialect`]; the rest of the folder would read the same for another engine. Deletes nothing but what
//! `table.replace` is told to replace, and never alters a table that is there.

mod column;
mod create;
mod database;
mod dialect;
mod held;
mod insert;
mod names;
mod open;
mod plan;
mod query;
mod replace;
mod session;
mod spool;
mod table;
mod upsert;

#[cfg(test)]
mod tests;

use connector_kit::Connector;

pub use column::Kind;
pub use create::Create;
pub use database::{Database, Settings};
pub use insert::TableInsert;
pub use query::Query;
pub use replace::TableReplace;
pub use session::Open;
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
