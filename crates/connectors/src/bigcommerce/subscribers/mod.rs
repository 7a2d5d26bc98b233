//! Subscribers of the newsletter, v3: an e-mail is there once.

mod list;
mod upsert;

pub(super) use self::{list::SubscribersList, upsert::SubscriberUpsert};

use super::{errors::About, keyed::Keyed};

static SUBSCRIBERS: Keyed = Keyed {
    path: "v3/customers/subscribers",
    by: "email",
    about: About::writing("subscribers", "Customers"),
    noun: "subscriber",
    upsert: Some("subscriber.upsert"),
    listed: None,
};

/// BigCommerce reference, subscribers v3.
const FIELDS: &[&str] = &[
    "email",
    "first_name",
    "last_name",
    "source",
    "order_id",
    "channel_id",
    "consents",
];
