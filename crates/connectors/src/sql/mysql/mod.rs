//! MariaDB and MySQL: they speak one protocol, and differ in little that matters here.

mod describe;
mod errors;
mod link;
mod statements;
mod values;

use std::sync::Arc;

use connector_kit::Clock;

pub(super) use self::link::Mysql;
use super::server::{Login, Servers};

impl Servers<Mysql> {
    /// A MariaDB or MySQL database.
    pub(super) fn mysql(login: Login, clock: Arc<dyn Clock>) -> Self {
        Self::new(login, clock)
    }
}
