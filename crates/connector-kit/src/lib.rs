//! What a connector is.
//!
//! The engine moves records and knows no connector; a connector speaks to one system and knows neither the
//! engine's database nor the key store. This crate is all the two share: [`Record`]s that are read, [`Row`]s
//! that are written, [`Source`] and [`Destination`], the declaration of an [`Action`], one [`Error`] type, and
//! the one HTTP client ([`http`]).
//!
//! # Writing a connector
//! A connector is a folder in `crates/connectors` and one line in `connectors::all()`:
//! - a type that implements [`System`]: its settings, how a connection is validated, what a run holds open;
//! - one file per action: a parameter struct that implements [`ReadAction`] or [`WriteAction`]. The struct's
//!   fields are the action's `with:`; its schema is drawn as a form, completed in editors and checked at deploy.
//!
//! Connectors neither sleep nor retry. They describe a request (is it repeatable, is it sensitive) and the HTTP
//! client decides. The contract suite in `tests/contract` runs over every declared action.

pub mod action;
pub mod buffer;
pub mod connector;
pub mod destination;
pub mod error;
pub mod host;
pub mod http;
pub mod paging;
pub mod raw;
pub mod record;
pub mod row;
pub mod scan;
pub mod secret;
pub mod sign_in;
pub mod source;
pub mod suggest;
pub mod time;

pub use action::{Action, Does, ReadAction, WriteAction};
pub use buffer::Buffer;
pub use connector::{
    Access, Allowance, Connector, DateFilter, Fact, Live, OpenFor, Permission, SecretField, Session, System,
    Validation,
};
pub use destination::{Checkpoint, Destination, Found, Guarantee, Held, Outcome, WriteStep};
pub use error::{Error, Kind, Result};
pub use host::{Cache, Host, NoCache};
pub use raw::Raw;
pub use record::{Batch, Labels, Record, Watermark};
pub use row::{Decimal, Row, Value};
pub use secret::{Secret, Secrets};
pub use sign_in::{Grant, Redirect, SignIn, SignedIn, When};
pub use source::{Reading, Source, Span};
pub use time::{Clock, SystemClock};

// Connector authors need the same versions of these in their signatures.
pub use async_trait::async_trait;
pub use schemars::{self, JsonSchema};
pub use smol_str::{SmolStr, ToSmolStr};
