//! The billing address of a checkout: what adding and changing it share.

use connector_kit::{
    Error, Found, Kind, Outcome, Raw, Result, Row,
    http::{Method, Request},
};

use super::absent;
use crate::bigcommerce::{
    Store,
    errors::{self, About},
    id::Id,
    writing::{self, Outcomes, Reply, Wanted},
};

const ABOUT: About = About::writing("billing addresses", "Checkouts");

/// BigCommerce reference, checkouts v3.
pub(super) const FIELDS: &[&str] = &[
    "checkout_id",
    "email",
    "country_code",
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "state_or_province",
    "state_or_province_code",
    "postal_code",
    "phone",
    "custom_fields",
    "version",
];

/// What says which checkout, and which state of it.
const BESIDE: &[&str] = &["checkout_id", "address_id", "version"];

pub(super) async fn write(store: &Store, rows: &[Row], wanted: Wanted) -> Result<Vec<Outcome>> {
    let mut outcomes = Outcomes::of(rows);
    for (place, row) in rows.iter().enumerate() {
        if let Err(error) = outcomes.set_alone(place, set(store, row, wanted).await) {
            return outcomes.ended_by(error);
        }
    }
    Ok(outcomes.all())
}

/// Reads the checkouts: one whose address has all mapped values was written, or needs no change.
pub(super) async fn find(store: &Store, rows: &[Row]) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let there = match there(store, row).await {
            Err(error) if error.kind == Kind::Rejected => None,
            there => there?,
        };
        let there = there.filter(|there| is_so(there, row));
        found.push(there.map_or(Found::No, |there| Found::Yes {
            id: id(&there),
            answer: Some(there),
        }));
    }
    Ok(found)
}

async fn set(store: &Store, row: &Row, wanted: Wanted) -> Result<Outcome> {
    let checkout = checkout(row)?;
    let there = there(store, row).await?;
    if there.as_ref().is_some_and(|there| is_so(there, row)) {
        return Ok(Outcome::Unchanged);
    }
    let path = format!("v3/checkouts/{}/billing-address", Request::segment(&checkout));
    let body = writing::fields(row, &["checkout_id", "address_id"]);
    let request = match (there.as_ref().and_then(id), wanted) {
        (None, Wanted::Change) => {
            return Err(
                Error::rejected(format!("Checkout `{checkout}` has no billing address yet."))
                    .hint("Add one with `billing_address.add`."),
            );
        }
        (Some(id), Wanted::Change) => {
            let id = row
                .text("address_id")
                .ok()
                .filter(|given| !given.trim().is_empty())
                .unwrap_or(id);
            Request::once(
                Method::Put,
                format!("{path}/{}", Request::segment(id.trim())),
                &body,
            )
            .repeatable()
        }
        (Some(_), _) => {
            return Err(Error::rejected(format!(
                "Checkout `{checkout}` has a billing address already, with other values."
            ))
            .hint("Change it with `billing_address.update`, or skip such records with a rule."));
        }
        (None, _) => Request::once(Method::Post, path, &body),
    };
    match writing::send_shown(store, request.sensitive(), ABOUT).await? {
        Reply::Done(answer) => {
            let address = writing::answered(&answer).and_then(|checkout| checkout.field("billing_address"));
            Ok(Outcome::Written {
                id: address.as_ref().and_then(id),
                answer: address,
            })
        }
        Reply::Refused(answer) if answer.status == 404 => Err(absent(&checkout)),
        // BigCommerce reference, checkouts v3: `version` is not the checkout's.
        Reply::Refused(answer) if answer.status == 409 => Err(Error::rejected(format!(
            "Checkout `{checkout}` was changed meanwhile, so nothing was sent over it."
        ))
        .hint("Retry: it is read again. Leave `version` out of the mapping where the last one may win.")),
        Reply::Refused(answer) => writing::refused(&answer, ABOUT, 1),
        Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
    }
}

fn checkout(row: &Row) -> Result<String> {
    Id::Text(row.text("checkout_id")?).text("checkout_id")
}

/// The checkout's billing address; `None` while it has none. Rejected: there is no such checkout.
async fn there(store: &Store, row: &Row) -> Result<Option<Raw>> {
    let checkout = checkout(row)?;
    let path = format!("v3/checkouts/{}", Request::segment(&checkout));
    let answer = store.ask(Request::get(path).sensitive()).await?;
    if answer.status == 404 {
        return Err(absent(&checkout));
    }
    if !answer.is_success() {
        return Err(errors::refusal(&answer, About::reading("checkouts", "Checkouts")));
    }
    let checkout = writing::answered(&answer);
    let address = checkout.and_then(|checkout| checkout.field("billing_address"));
    Ok(address.filter(|address| id(address).is_some()))
}

/// Letters and digits, whatever the vendor's file says.
fn id(address: &Raw) -> Option<String> {
    address.field("id")?.plain().filter(|id| !id.is_empty())
}

/// Exactly as the row has it, as far as that can be told: lists come back in another order.
fn is_so(address: &Raw, row: &Row) -> bool {
    let fields = writing::fields(row, BESIDE);
    writing::is_comparable(&fields) && writing::has(address, &fields)
}
