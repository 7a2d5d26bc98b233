//! Writing: one row, one request. Fields with the name of a parameter are that parameter, the others are the body.

use std::{any::Any, sync::Arc};

use connector_kit::{
    Error, Found, Guarantee, Held, Kind, Outcome, Raw, Result, Row, WriteStep,
    action::{AnyWrite, Prepared, WriteOn, own},
    async_trait,
    http::Answer,
};
use serde_json::Value;

use super::{
    body::Call,
    lookup,
    operation::{BodyKind, Envelope, Operation, Repeat},
    room::room,
    with::{With, missing},
};
use crate::bigcommerce::{
    Store,
    errors::Told,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

/// An operation as a write action.
pub(super) struct Writes(pub(super) &'static Operation);

#[async_trait]
impl AnyWrite for Writes {
    /// What makes something new each time is sent once: an answer that is lost waits for a person. The others change
    /// nothing when they are repeated.
    fn guarantee(&self) -> Guarantee {
        match self.0.repeat {
            Repeat::Once => Guarantee::AtMostOnce,
            Repeat::Safe | Repeat::Idempotent => Guarantee::Idempotent,
        }
    }

    fn largest_batch(&self) -> usize {
        1
    }

    fn prepare(&self, with: &Value, columns: &[String]) -> Result<Prepared> {
        let with = With::read(self.0, with)?;
        check(&with, columns)?;
        Ok(Prepared {
            key: key(&with, columns)?,
            with: Arc::new(with),
            scope: None,
            needs_everything: false,
        })
    }

    async fn look(
        &self,
        _system: Arc<dyn Any + Send + Sync>,
        _step: &WriteStep,
        _limit: usize,
    ) -> Result<Option<Held>> {
        Ok(None)
    }
}

/// What can be said before there is a row. A step without a `map` writes records as they are.
fn check(with: &With, columns: &[String]) -> Result<()> {
    let operation = with.operation;
    let is_there = |name: &str| with.values.contains_key(name) || columns.iter().any(|column| column == name);
    let body: Vec<&String> = columns
        .iter()
        .filter(|column| with.values.contains_key(*column) || operation.parameter(column).is_none())
        .collect();
    if let (None, Some(column)) = (&operation.body, body.first()) {
        let names: Vec<&str> = operation
            .parameters
            .iter()
            .map(|known| known.name.as_str())
            .collect();
        return Err(Error::config(format!(
            "`{column}` is mapped, and `{}` sends no body",
            operation.name
        ))
        .hint(connector_kit::suggest::known(
            "Its parameters are",
            &names,
            column,
        )));
    }
    if let (Some(BodyKind::Values), true) = (operation.body.as_ref().map(|body| body.kind), body.len() > 1) {
        return Err(Error::config(format!(
            "`{}` sends a list of plain values, and `{}` is mapped too",
            operation.name, body[1]
        ))
        .hint("Map one field."));
    }
    if columns.is_empty() && with.values.is_empty() && operation.only.is_none() {
        return Ok(());
    }
    if let Some(only) = &operation.only {
        let named = only.iter().any(|name| is_there(name)) || (only.is_empty() && !body.is_empty());
        if !named {
            return Err(everything(operation, only));
        }
    }
    let mut needed = operation.parameters.iter().filter(|parameter| parameter.required);
    match needed.find(|parameter| !columns.is_empty() && !is_there(&parameter.name)) {
        Some(parameter) => Err(missing(operation, &parameter.name).hint(format!(
            "Map it (`map: {{ {0}: … }}`), or set it for all rows (`with: {{ {0}: … }}`).",
            parameter.name
        ))),
        None => Ok(()),
    }
}

fn everything(operation: &Operation, only: &[String]) -> Error {
    let error = Error::config(format!(
        "without ids `{}` would delete all {}: it is never sent so",
        operation.name,
        operation.noun()
    ));
    match only.first() {
        Some(name) => error.hint(format!("Map which: `map: {{ \"{name}\": … }}`.")),
        None => error.hint("Map the field with the ids to delete."),
    }
}

/// What a row is: what the file says, else the ids of its path, else its `id`.
fn key(with: &With, columns: &[String]) -> Result<Vec<String>> {
    let operation = with.operation;
    if !with.known_by.is_empty() {
        return Ok(with.known_by.clone());
    }
    let only = operation.only.as_deref().unwrap_or_default();
    let names = operation
        .parameters
        .iter()
        .filter(|known| known.path || only.contains(&known.name));
    let mapped: Vec<String> = names
        .map(|known| known.name.clone())
        .filter(|name| columns.contains(name) && !with.values.contains_key(name))
        .collect();
    let id = "id".to_owned();
    match operation.repeat {
        // Below one order several things are made: the order does not tell them apart.
        Repeat::Once if columns.contains(&id) => Ok(vec![id]),
        Repeat::Once => Err(Error::config(format!(
            "`{}` makes something new with each row, and nothing says which row is which",
            operation.name
        ))
        .hint(
            "Name the mapped fields that tell one from another, for instance `with: { known_by: [sku] }`.",
        )),
        _ if columns.contains(&id) && !mapped.contains(&id) => Ok(mapped.into_iter().chain([id]).collect()),
        _ => Ok(mapped),
    }
}

/// Writes the rows of all operations.
pub(in crate::bigcommerce) struct Writer;

#[async_trait]
impl WriteOn<OpenStore> for Writer {
    async fn ready(&self, _open: &mut OpenStore, _step: &WriteStep) -> Result<()> {
        Ok(())
    }

    async fn write(&self, open: &mut OpenStore, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, send(&open.store, own(step), row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    async fn find(&self, open: &mut OpenStore, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let with: &With = own(step);
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(match Call::of(with, row) {
                Ok(call) => lookup::found(&open.store, with, &call).await?,
                // What cannot be sent was not.
                Err(_) => Found::No,
            });
        }
        Ok(found)
    }
}

async fn send(store: &Store, with: &With, row: &Row) -> Result<Outcome> {
    let operation = with.operation;
    let call = Call::of(with, row)?;
    let _room = room(store, operation).await;
    match writing::send(store, call.request(with), operation.about()).await? {
        Reply::Done(answer) => Ok(done(operation, &answer)),
        // What is to be gone is gone.
        Reply::Refused(answer) if answer.status == 404 && operation.deletes() => Ok(Outcome::Unchanged),
        Reply::Refused(answer) => writing::refused(&answer, operation.about(), 1),
        Reply::Unknown(error) if operation.repeat == Repeat::Once => {
            Ok(Outcome::Unknown(error.hint(lookup::ASK_A_PERSON)))
        }
        Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
    }
}

/// What an answer of success says: it may have a part that failed, and it need not be JSON.
fn done(operation: &Operation, answer: &Answer) -> Outcome {
    let whole = answer.json().ok().flatten();
    let failed = whole
        .as_ref()
        .and_then(|whole| whole.field("meta")?.field("failed")?.read::<u64>().ok())
        .is_some_and(|failed| failed > 0);
    if answer.status == 207 || failed {
        return Outcome::Failed(in_part(operation, answer));
    }
    let data = whole.and_then(|whole| match operation.envelope {
        Envelope::Data => whole.field("data").or(Some(whole)),
        Envelope::Bare => Some(whole),
    });
    let answer = data.and_then(|data| match data.as_str().as_bytes().first() {
        Some(b'[') => Raw::split(&data.bytes()).ok()?.into_iter().next(),
        Some(b'n') => None,
        _ => Some(data),
    });
    Outcome::Written {
        id: answer.as_ref().and_then(|answer| answer.field("id")?.plain()),
        answer,
    }
}

fn in_part(operation: &Operation, answer: &Answer) -> Error {
    let said = Told::read(answer).sentence();
    let error = Error::new(
        Kind::Rejected,
        format!("The store did it in part or not at all: {said}."),
    );
    match operation.repeat {
        Repeat::Once => error.hint("Look in the store before you retry: it may be there already."),
        Repeat::Safe | Repeat::Idempotent => error.hint("Correct the mapped values and retry."),
    }
}
