//! One request budget per store, read from the response headers and shared by all its runs.

/// The budget of one store.
#[derive(Debug, Default)]
pub struct Quota {}

/// What the store last said of its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaReading {
    /// Requests per window.
    pub quota: u32,
    /// Requests left in this window.
    pub left: u32,
    /// Milliseconds until the window starts anew.
    pub reset_ms: u64,
    /// The window's length in milliseconds.
    pub window_ms: u64,
}

impl Quota {
    /// What the store last said; `None` before the first answer and for stores without a limit.
    pub fn reading(&self) -> Option<QuotaReading> {
        None
    }
}
