//! What the write actions share: sending once, and saying what came of each row.

use std::collections::BTreeSet;

use connector_kit::{
    Decimal, Error, Outcome, Raw, Result, Row, Value,
    http::{Answer, Request, Sent},
};
use serde_json::{Map, Value as Json};

use super::{
    Store,
    errors::{self, About},
    fits::{self, Fields},
};

/// What came of a write request.
pub(super) enum Reply {
    /// It was applied; in part, where the status is 207.
    Done(Answer),
    /// It was refused and nothing was applied.
    Refused(Answer),
    /// It may have been applied.
    Unknown(Error),
}

/// Sends a write. Err: it certainly was not applied, and another time may help, or a person must act.
pub(super) async fn send(store: &Store, request: Request, about: About) -> Result<Reply> {
    store.still_accepted()?;
    let sent = store.client().write(request).await;
    if let Sent::Answered(answer) = &sent {
        store.note_refusal(answer);
    }
    match sent {
        Sent::NotSent(error) => Err(error),
        Sent::Unknown(error) => Ok(Reply::Unknown(error)),
        Sent::Answered(answer) if answer.is_success() => {
            Ok(errors::not_from_the_store(&answer).map_or(Reply::Done(answer), Reply::Unknown))
        }
        // A proxy's: the store has not seen the request.
        Sent::Answered(answer) if answer.status != 401 && answer.status < 500 && errors::is_page(&answer) => {
            Err(errors::refusal(&answer, about))
        }
        Sent::Answered(answer) if matches!(answer.status, 408 | 499 | 500 | 502..=506) => {
            Ok(Reply::Unknown(errors::refusal(&answer, about)))
        }
        Sent::Answered(answer) => Ok(Reply::Refused(answer)),
    }
}

/// Sends a write whose rows are done together. 207 says that some were not, and not always which: all are looked up. So
/// they are after an empty answer that does not say that it is one (204).
pub(super) async fn send_whole(store: &Store, request: Request, about: About) -> Result<Reply> {
    Ok(match send(store, request, about).await? {
        Reply::Done(answer) if answer.status == 207 => Reply::Unknown(in_part()),
        Reply::Done(answer) if answer.body.is_empty() && answer.status != 204 => Reply::Unknown(unshown()),
        reply => reply,
    })
}

/// The same, where the store answers with what it has now: v3's `data`, v2's record with its `id`.
pub(super) async fn send_shown(store: &Store, request: Request, about: About) -> Result<Reply> {
    let shows = if request.path.starts_with("v2/") {
        "id"
    } else {
        "data"
    };
    Ok(send_whole(store, request, about).await?.shown(shows))
}

impl Reply {
    /// An answer of success without this member says nothing of what was written.
    pub(super) fn shown(self, member: &str) -> Self {
        let has = |answer: &Answer| {
            let found = answer.json().ok().flatten().and_then(|whole| whole.field(member));
            found.is_some_and(|found| found.as_str() != "null")
        };
        match self {
            Self::Done(answer) if !has(&answer) => Self::Unknown(unshown()),
            reply => reply,
        }
    }
}

/// The store says that it went well, and does not show it.
pub(super) fn unshown() -> Error {
    Error::unavailable("the store says that it is done and does not show what it has now").hint(LOOKED_UP)
}

/// 207 without a word on which.
pub(super) fn in_part() -> Error {
    Error::unavailable("the store did this in part and does not say which").hint(LOOKED_UP)
}

const LOOKED_UP: &str = "It is looked up and tried again by itself.";

/// A refusal as an outcome of each of its `rows`. It may be because of one of them: the store refuses a batch as a
/// whole and does not always name the row (BigCommerce: "send each item in separate requests to identify"). Err: no
/// row is to blame, a person must act or time must pass.
pub(super) fn refused(answer: &Answer, about: About, rows: usize) -> Result<Outcome> {
    let error = errors::refusal(answer, about);
    match error.kind {
        connector_kit::Kind::Rejected if rows == 1 => Ok(Outcome::Failed(error)),
        connector_kit::Kind::Rejected => Ok(Outcome::Suspect(error)),
        _ => Err(error),
    }
}

/// The id in a field of a row.
pub(super) fn id(row: &Row, field: &str) -> Result<u64> {
    let id = row.integer(field)?;
    u64::try_from(id)
        .map_err(|_| Error::rejected(format!("field `{field}` is {id}, which nothing has as its id")))
}

/// What becomes of a thing that is there, and of one that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Only create.
    Create,
    /// Only change.
    Change,
    /// Create or change.
    Either,
}

/// Outcomes of the rows of one write, filled in as they become known.
pub(super) struct Outcomes(Vec<Option<Outcome>>);

impl Outcomes {
    pub(super) fn of(rows: &[Row]) -> Self {
        Self(rows.iter().map(|_| None).collect())
    }

    pub(super) fn set(&mut self, row: usize, outcome: Outcome) {
        self.0[row] = Some(outcome);
    }

    pub(super) fn set_all(&mut self, rows: impl IntoIterator<Item = usize>, outcome: &Outcome) {
        rows.into_iter().for_each(|row| self.set(row, outcome.clone()));
    }

    /// What is known of a row.
    pub(super) fn get(&self, row: usize) -> Option<&Outcome> {
        self.0[row].as_ref()
    }

    /// The outcome of `row` is that of `other`.
    pub(super) fn like(&mut self, row: usize, other: usize) {
        self.0[row] = self.0[other].clone();
    }

    /// Keeps what could be prepared of a row; a row that could not has failed.
    pub(super) fn keep<T>(&mut self, row: usize, prepared: Result<T>) -> Option<T> {
        prepared
            .map_err(|error| self.set(row, Outcome::Failed(error)))
            .ok()
    }

    /// Notes what came of a row that is a request of its own: what is wrong with it alone is its outcome.
    pub(super) fn set_alone(&mut self, row: usize, written: Result<Outcome>) -> Result<()> {
        match written {
            Err(error) if error.kind == connector_kit::Kind::Rejected => {
                self.set(row, Outcome::Failed(error));
            }
            written => self.set(row, written?),
        }
        Ok(())
    }

    /// An error ended the sending: it says nothing about rows of requests before it, and is the outcome of the rows that
    /// are left over. Err: nothing got through.
    pub(super) fn ended_by(mut self, error: Error) -> Result<Vec<Outcome>> {
        if self.nothing_written() {
            return Err(error);
        }
        self.fill(&Outcome::Failed(error));
        Ok(self.all())
    }

    /// Whether no request got through so far.
    fn nothing_written(&self) -> bool {
        let got_through =
            |outcome: &Outcome| matches!(outcome, Outcome::Written { .. } | Outcome::Unknown(_));
        !self.0.iter().flatten().any(got_through)
    }

    /// Gives this outcome to the rows that have none.
    fn fill(&mut self, outcome: &Outcome) {
        for row in self.0.iter_mut().filter(|row| row.is_none()) {
            *row = Some(outcome.clone());
        }
    }

    /// One outcome per row.
    pub(super) fn all(self) -> Vec<Outcome> {
        self.0
            .into_iter()
            .map(|outcome| outcome.expect("each row failed while preparing or was sent"))
            .collect()
    }
}

/// What a row changes about a record that is there.
pub(super) struct Change {
    /// The row's place.
    pub(super) row: usize,
    /// The record's id in the store.
    pub(super) id: u64,
    /// The fields that are sent.
    pub(super) fields: Map<String, Json>,
}

/// The places of rows that can be sent, with what each is found by; the others have failed: they have what `fields` do
/// not take, a price of nothing, or no key.
pub(super) fn places(
    rows: &[Row],
    key: &str,
    allow_zero_price: bool,
    fields: Fields,
    outcomes: &mut Outcomes,
) -> Vec<(usize, String)> {
    let checked = |row: &Row| {
        check_prices(row, allow_zero_price)
            .and_then(|()| fits::check(row, fields))
            .and_then(|()| row.text(key))
    };
    let kept = rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| Some((place, outcomes.keep(place, checked(row))?)));
    kept.collect()
}

/// What the rows at these places change, each about the record with its id. A record that is meant twice is left
/// to requests of their own: which of two would win inside one is nobody's promise.
pub(super) fn changes(
    rows: &[Row],
    key: &str,
    places: Vec<(usize, String)>,
    ids: Vec<Result<u64>>,
    outcomes: &mut Outcomes,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for ((row, name), id) in places.into_iter().zip(ids) {
        let Some(id) = outcomes.keep(row, id) else {
            continue;
        };
        changes.push((row, name, id));
    }
    let one = |(row, _, id)| Change {
        row,
        id,
        fields: fields(&rows[row], &["id", key]),
    };
    once_each(changes, |(row, name, _)| (*row, name), outcomes)
        .into_iter()
        .map(one)
        .collect()
}

/// Without those that mean the same thing: they go by themselves, one after the other.
pub(super) fn once_each<T>(
    mut all: Vec<T>,
    named: impl Fn(&T) -> (usize, &String),
    outcomes: &mut Outcomes,
) -> Vec<T> {
    let twice = repeated(all.iter().map(|one| named(one).1.trim()));
    let alone = |one: &T| {
        let (row, name) = named(one);
        let alone = !twice.contains(&name.trim().to_lowercase());
        if !alone {
            let error = Error::rejected(format!("`{name}` is in this batch twice"));
            outcomes.set(row, Outcome::Suspect(error));
        }
        alone
    };
    all.retain(alone);
    all
}

/// The fields of a row as a JSON object: without `leave_out`, and without empty values, which leave the store's own
/// as they are.
pub(super) fn fields(row: &Row, leave_out: &[&str]) -> Map<String, Json> {
    let mut fields = row.to_json();
    fields.retain(|name, value| !leave_out.contains(&name.as_str()) && !value.is_null());
    fields
}

/// A price of nothing means "free" to the store, and mostly a hole in the source. (An empty one is left out and
/// changes nothing.)
fn check_prices(row: &Row, allow_zero: bool) -> Result<()> {
    for name in ["price", "sale_price", "retail_price", "map_price"] {
        let zero = match row.get(name) {
            Some(Value::Integer(0)) => true,
            Some(Value::Decimal(amount)) => is_zero(amount),
            Some(Value::Text(text)) => is_nothing(text),
            _ => false,
        };
        if zero && name == "price" && !allow_zero {
            return Err(Error::rejected(
                "the price is 0, which would make it free in the store; it was not sent",
            )
            .hint("Correct the price, or say `allow_zero_price: true` in the step."));
        }
    }
    Ok(())
}

/// Whether a text is an amount of nothing.
pub(super) fn is_nothing(text: &str) -> bool {
    text.trim().parse().is_ok_and(|amount| is_zero(&amount))
}

fn is_zero(amount: &Decimal) -> bool {
    "0".parse::<Decimal>().is_ok_and(|zero| zero.same_as(amount))
}

/// Checks the `key` of an action against what it can find records by, and that something else is mapped.
pub(super) fn check_key(key: &[String], possible: &[&str], columns: &[String]) -> Result<()> {
    let [name] = key else {
        return Err(
            Error::config(format!("`key` names one field of {}", listed(possible)))
                .hint("For instance `key: [id]`."),
        );
    };
    if !possible.contains(&name.as_str()) {
        return Err(Error::config(format!(
            "`key: [{name}]`: records are found by {}",
            listed(possible)
        ))
        .hint("For instance `key: [id]`."));
    }
    if !columns.is_empty() && columns.iter().all(|column| column == name) {
        return Err(Error::config("nothing is mapped but the key").hint("Map the fields that shall change."));
    }
    Ok(())
}

/// Refuses mapped fields that the store does not let anybody write.
pub(super) fn check_writable(columns: &[String], read_only: &[&str], key: &[String]) -> Result<()> {
    let wrong = columns
        .iter()
        .find(|column| read_only.contains(&column.as_str()) && !key.contains(column));
    wrong.map_or(Ok(()), |name| {
        Err(
            Error::config(format!("Field `{name}` is read-only in the store."))
                .hint("Remove it from the mapping."),
        )
    })
}

/// Refuses mapped fields that `what` has not.
pub(super) fn check_known(columns: &[String], known: &[&str], what: &str) -> Result<()> {
    let unknown = columns.iter().find(|column| !known.contains(&column.as_str()));
    unknown.map_or(Ok(()), |name| {
        Err(Error::config(format!("{what} has no field `{name}`"))
            .hint(format!("It has: {}.", known.join(", "))))
    })
}

/// Refuses a mapping without these fields.
pub(super) fn check_mapped(columns: &[String], needed: &[&str]) -> Result<()> {
    let missing = needed
        .iter()
        .find(|name| !columns.iter().any(|column| column == *name));
    match missing {
        Some(name) if !columns.is_empty() => {
            Err(Error::config(format!("`{name}` is not mapped")).hint(format!("Map `{name}`.")))
        }
        _ => Ok(()),
    }
}

/// Mapping a list replaces all of it, so the file has to say that this is meant.
pub(super) fn check_lists(columns: &[String], lists: &[&str], replace: &[String]) -> Result<()> {
    let unmeant = columns
        .iter()
        .find(|column| lists.contains(&column.as_str()) && !replace.contains(column));
    unmeant.map_or(Ok(()), |name| {
        Err(Error::config(format!(
            "mapping `{name}` replaces all {name} the record has in the store"
        ))
        .hint(format!(
            "Remove it from the mapping, or say `replace: [{name}]` in the step."
        )))
    })
}

/// Names as a step has them.
pub(super) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(" or ")
}

/// Whether the store's record has what a row would write.
pub(super) fn has(record: &Raw, fields: &Map<String, Json>) -> bool {
    differing(record, fields).is_empty()
}

/// The fields in which the store's record is not what a row would write.
pub(super) fn differing<'a>(record: &Raw, fields: &'a Map<String, Json>) -> Vec<&'a str> {
    let found = record.fields();
    let differs =
        |(name, wanted): &(&String, &Json)| !found.get(name).is_some_and(|there| same(wanted, &there));
    fields
        .iter()
        .filter(differs)
        .map(|(name, _)| name.as_str())
        .collect()
}

/// What of a row can be compared with a record: plain values. Lists come back in another order and with more in them.
pub(super) fn comparable(fields: &Map<String, Json>, leave_out: &[&str]) -> Map<String, Json> {
    let plain = |(name, value): &(&String, &Json)| {
        !value.is_array() && !value.is_object() && !leave_out.contains(&name.as_str())
    };
    fields
        .iter()
        .filter(plain)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether all of a row can be compared with a record. Where not, only sending it makes sure.
pub(super) fn is_comparable(fields: &Map<String, Json>) -> bool {
    fields
        .values()
        .all(|value| !value.is_array() && !value.is_object())
}

/// The record in a v3 answer, which is one or a list of one.
pub(super) fn answered(answer: &Answer) -> Option<Raw> {
    let data = answer.json().ok()??.field("data")?;
    match data.as_str().as_bytes().first() {
        Some(b'{') => Some(data),
        Some(b'[') => Raw::split(&data.bytes()).ok()?.into_iter().next(),
        _ => None,
    }
}

/// The id that a record has under this name.
pub(super) fn id_of(record: &Raw, name: &str) -> Option<u64> {
    record.field(name)?.plain()?.parse().ok()
}

fn same(wanted: &Json, there: &Raw) -> bool {
    let Ok(there) = there.read::<Json>() else {
        return false;
    };
    if *wanted == there {
        return true;
    }
    let decimal = |value: &Json| match value {
        Json::Number(number) => number.to_string().parse::<Decimal>().ok(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    matches!((decimal(wanted), decimal(&there)), (Some(one), Some(other)) if one.same_as(&other))
}

/// Values that stand more than once.
fn repeated<'a>(values: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    values
        .map(str::to_lowercase)
        .filter(|value| !seen.insert(value.clone()))
        .collect()
}
