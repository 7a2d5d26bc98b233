//! PostgreSQL.

mod describe;
mod errors;
mod link;
mod statements;

use std::sync::Arc;

use connector_kit::Clock;

pub(super) use self::link::Postgres;
use super::server::{Login, Servers};

impl Servers<Postgres> {
    /// A PostgreSQL database.
    pub(super) fn postgres(login: Login, clock: Arc<dyn Clock>) -> Self {
        Self::new(login, clock)
    }
}
