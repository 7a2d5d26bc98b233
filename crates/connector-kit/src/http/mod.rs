//! The one HTTP client. Layers, from outside in: log, retry, quota, sign, transport.
//!
//! A connector describes a [`Request`] (repeatable? sensitive?) and this client decides about waiting and trying
//! again. Redirects are never followed. A secret header is sealed with its host: the client is built for one
//! base address and sends nowhere else. Bodies are capped. Per connection there are two transports: a pooled
//! one for repeatable requests, and one without idle reuse for writes that must not be repeated, because a
//! pooled connection that the server closed under us looks the same as an answer that was lost.

mod client;
mod network;
mod quota;
mod request;

pub use client::Client;
pub use network::{Network, Proxy};
pub use quota::{Quota, QuotaReading};
pub use request::{Answer, Body, Method, Request, Sent};
