//! After an answer that was lost: was the row applied?
//!
//! What may be repeated is read back where it can be, and else sent again. What may not is left to a person.

use connector_kit::{Error, Found, Kind, Raw, Result, http::Request};

use super::{body::Call, operation::Repeat, page::Told, room::room, with::With};
use crate::bigcommerce::{Store, errors, writing};

/// The way out for what is sent once.
pub(super) const ASK_A_PERSON: &str = "Look in the store. If it is there, dismiss the record; if not, retry this record alone: then it is sent again.";

/// What the store says of a row's request.
pub(super) async fn found(store: &Store, with: &With, call: &Call) -> Result<Found> {
    let operation = with.operation;
    if operation.repeat == Repeat::Once {
        let error = Error::rejected(format!(
            "`{}` makes something new each time, and nothing says whether this one is there",
            operation.name
        ));
        return Ok(Found::Unclear(error.hint(ASK_A_PERSON)));
    }
    let Some(reading) = operation.reading().filter(|reading| reading.check().is_ok()) else {
        return Ok(Found::No);
    };
    // A list is the neighbours' too.
    if operation.only.is_some() || reading.paging.is_some() {
        return Ok(Found::No);
    }
    let _room = room(store, reading).await;
    let answer = store.ask(Request::get(&*call.path).sensitive()).await?;
    if answer.status == 404 {
        return Ok(if operation.deletes() {
            Found::Yes {
                id: None,
                answer: None,
            }
        } else {
            Found::No
        });
    }
    if !answer.is_success() {
        let error = errors::refusal(&answer, reading.about());
        // What this token may not read, or the store does not tell, is sent again.
        return if error.kind == Kind::Rejected || error.kind == Kind::Config {
            Ok(Found::No)
        } else {
            Err(error)
        };
    }
    let told = Told::read(reading, &answer, None)?;
    Ok(match told.rows.into_iter().next().filter(|_| told.single) {
        Some(record) if !operation.deletes() && has(&record, call) => Found::Yes {
            id: record.field("id").and_then(|id| id.plain()),
            answer: Some(record),
        },
        _ => Found::No,
    })
}

fn has(record: &Raw, call: &Call) -> bool {
    !call.fields.is_empty() && writing::has(record, &call.fields)
}
