//! Files in a folder: CSV and JSON lines, read and written.
//!
//! A connection is a folder; a processflow names files beneath it and cannot leave it ([`place`]). A file is
//! taken once, by its content ([`taking`]). What is written gathers in hidden part files and becomes visible
//! whole, with a ledger in the folder that makes it exactly-once over any crash ([`assembly`]). Nothing is
//! deleted, and no byte that others wrote is cut.

mod assembly;
mod csv;
mod decimal;
mod encoding;
mod folder;
mod jsonl;
mod ledger;
mod lines;
mod os;
mod part;
mod picture;
mod place;
mod session;
mod taking;
mod text;
mod trouble;
mod watermark;

#[cfg(test)]
mod tests;

use connector_kit::Connector;

pub use csv::{CsvRead, CsvWrite};
pub use encoding::Encoding;
pub use folder::{Folder, Settings};
pub use jsonl::{JsonlRead, JsonlWrite};
pub(crate) use picture::picture;
pub use session::{Mode, Open};
pub use taking::After;

/// The connector as the catalogue lists it.
pub fn connector() -> Connector {
    Connector::of::<Folder>()
        .reads::<CsvRead>()
        .reads::<JsonlRead>()
        .writes::<CsvWrite>()
        .writes::<JsonlWrite>()
        .build()
}
