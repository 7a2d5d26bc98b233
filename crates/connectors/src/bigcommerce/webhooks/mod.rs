//! Webhooks, v3: what the store calls when something happens. The agent itself needs none, as it sits behind a firewall;
//! they are kept for others. They belong to the API account whose token made them.

mod create;
mod list;

pub(super) use self::{create::WebhookCreate, list::WebhooksList};
