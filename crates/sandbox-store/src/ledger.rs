//! What the store did: every write it applied, and every request it saw. Tests count in these.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A write that the store applied, one entry a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// Counts from 1.
    pub n: u64,
    /// When, by the store's clock, in ISO 8601.
    pub time: String,
    /// The request's method.
    pub method: String,
    /// `product`, `variant`, `category`, `customer`, `address`, `order`, `shipment`, `cart`, `checkout` or `stock`.
    pub kind: String,
    /// What people know the record by: SKU, e-mail, or the id where there is neither.
    pub key: String,
    /// The record's id.
    pub id: String,
    /// What was sent for this record.
    pub sent: Value,
}

/// A request that the store saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Counts from 1.
    pub n: u64,
    /// When, by the store's clock, in ISO 8601.
    pub time: String,
    /// The same in Unix milliseconds.
    #[serde(default)]
    pub at_ms: i64,
    /// The request's method.
    pub method: String,
    /// The token as it was sent in `X-Auth-Token`; empty where there was none.
    #[serde(default)]
    pub token: String,
    /// Path below the store and query, as sent: `/v3/customers?email:in=a%40example.com`.
    pub path: String,
    /// The body as sent, its first 4 kB.
    pub body: String,
    /// Status of the answer, also where a fault kept the client from seeing it; 0 if there was none.
    pub status: u16,
    /// Requests that were left of the quota's window afterwards, and milliseconds until its end; none without a limit.
    #[serde(default)]
    pub quota: Option<(u32, u64)>,
    /// Whether the request changed something.
    pub applied: bool,
    /// The fault that struck, if one did.
    pub fault: Option<String>,
}

/// The newest requests; older ones fall out.
#[derive(Debug, Default)]
pub(crate) struct Log {
    seen: VecDeque<Seen>,
    count: u64,
}

impl Log {
    const ROOM: usize = 50_000;
    pub(crate) const BODY: usize = 4096;

    pub(crate) fn note(&mut self, mut seen: Seen) {
        self.count += 1;
        seen.n = self.count;
        if self.seen.len() == Self::ROOM {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.seen.clear();
    }
}
