//! The one HTTP client. Layers, from outside in, a file each:
//!
//! | layer | what it does |
//! |---|---|
//! | `log` | one trace line per request, one warning per wait; no header, body or secret |
//! | `retry` | decides whether a request is sent again and when; `verdict` is its table of outcomes |
//! | `quota` | one gate per store, fed by the answers' headers (`said`); `gate` is its arithmetic, `endpoints` are those with limits of their own |
//! | `sign` | joins paths below the sealed base address and adds its secret header |
//! | `transport` | sends once, takes the answer within the limits; `tls` says who is trusted, `failure` what went wrong |
//!
//! A connector describes a [`Request`] (repeatable? sensitive?) and this client decides about waiting and trying
//! again. Redirects are never followed. A secret header is sealed with its host: the client is built for one
//! base address and sends nowhere else. Bodies are capped. Per connection there are two transports: a pooled
//! one for repeatable requests, and one without idle reuse for writes that must not be repeated, because a
//! pooled connection that the server closed under us looks the same as an answer that was lost.
//!
//! Left out on purpose: what a status means to a system (401, 404, 409, 422 are answers), paging, and any switch
//! that accepts an invalid certificate.

mod authority;
mod client;
mod endpoints;
mod failure;
mod gate;
mod log;
mod network;
mod pace;
mod quota;
mod request;
mod retry;
mod said;
mod sign;
mod tape;
mod tls;
mod transport;
mod verdict;

pub use authority::Authority;
pub use client::Client;
pub use network::{Limits, Network, Proxy, RequestRecord, Reserve};
pub use pace::{Pace, Priority, Quiet};
pub use quota::{Quota, QuotaReading};
pub use request::{Answer, Body, Form, Method, Request, Sent};
pub use sign::is_in_own_network;
pub use tape::{Exchange, taped};
