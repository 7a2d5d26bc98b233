//! The systems the agent speaks to, a folder each.
//!
//! A connector knows its system and nothing of the engine. A new one is a folder here and a line in [`all`].

pub mod bigcommerce;
pub mod files;
pub mod sql;

use connector_kit::Connector;

/// Every connector the agent has.
pub fn all() -> Vec<Connector> {
    vec![bigcommerce::connector(), files::connector(), sql::connector()]
}
