//! Reads with retries, and writes that are sent once.

use super::{Answer, Request, Sent};
use crate::{Host, Result, Secret};

/// A client for one base address and one secret header. Cloning shares.
#[derive(Clone)]
pub struct Client {}

impl Client {
    /// A client that sends to `base` (`https://api.bigcommerce.com/stores/abc123/`) and nowhere else. `store`
    /// names the quota it shares. The header is sent with every request and marked sensitive.
    pub fn new(_base: &str, _store: &str, _header: Option<(&'static str, Secret)>, _host: &Host) -> Result<Self> {
        Ok(Self {})
    }

    /// Sends a repeatable request until an answer comes that is neither "slow down" nor "not now". Answers of
    /// any other status are returned. Err: Config (certificate, proxy login), Unavailable.
    pub async fn read(&self, _request: Request) -> Result<Answer> {
        Err(crate::Error::bug("not built"))
    }

    /// Sends a request that must not be repeated: once, unless it certainly was not applied (never sent, 429,
    /// 423, maintenance), which the client waits for as [`Client::read`] does.
    pub async fn write(&self, _request: Request) -> Sent {
        Sent::NotSent(crate::Error::bug("not built"))
    }
}
