//! What a step made of a record, and what was asked and answered: kept for each record that fails, and for every
//! record of a run in diagnosis mode. Bounded, and without secrets.

use connector_kit::{Row, http::Exchange};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{
    processflow::{Fetch, Write},
    secrets::Redaction,
};

/// Rows and requests of one record and step at most.
const MOST_ROWS: usize = 50;
const MOST_EXCHANGES: usize = 5;
/// Bytes of one body.
const LONGEST: usize = 16 * 1024;

/// The part of a step that writes or fetches in a record's way.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Trace {
    /// The step's number in the file.
    pub step: String,
    /// Its action, as in `store/products.update`.
    pub action: String,
    /// The rows that the record was mapped to, the first ones; of a `fetch`, the parameters it asked with.
    pub rows: Vec<Value>,
    /// How many rows there were.
    pub row_count: usize,
    /// What was asked and answered, where the step speaks HTTP. A request may carry other records too.
    pub exchanges: Vec<Asked>,
}

/// A request and its answer, as people look at it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Asked {
    /// `PUT v3/catalog/products/17`
    pub request: String,
    /// What was sent.
    pub body: Option<String>,
    /// The answer's status; nothing when no answer came.
    pub status: Option<u16>,
    /// The answer.
    pub answer: Option<String>,
}

impl Trace {
    pub(super) fn of(write: &Write, rows: &[&Row], exchanges: &[Exchange]) -> Self {
        let shown = rows.iter().take(MOST_ROWS);
        let rows_shown = shown.map(|row| masked(Value::Object(row.to_json()))).collect();
        Self {
            step: write.step.id.to_string(),
            action: format!("{}/{}", write.alias, write.step.action),
            rows: rows_shown,
            row_count: rows.len(),
            exchanges: told(exchanges),
        }
    }
}

impl Trace {
    /// What was asked for one record, and what came.
    pub(super) fn of_fetch(id: &str, fetch: &Fetch, with: &Value, exchanges: &[Exchange]) -> Self {
        Self {
            step: id.to_owned(),
            action: format!("{}/{}", fetch.alias, fetch.action),
            rows: vec![masked(with.clone())],
            row_count: 1,
            exchanges: told(exchanges),
        }
    }
}

/// Those that went wrong first: among many of one group they are what somebody looks for.
fn told(exchanges: &[Exchange]) -> Vec<Asked> {
    let went_well = |exchange: &&Exchange| {
        exchange
            .status
            .is_some_and(|status| status < 300 && status != 207)
    };
    let (well, wrong): (Vec<&Exchange>, Vec<&Exchange>) = exchanges.iter().partition(went_well);
    let chosen = wrong.into_iter().chain(well).take(MOST_EXCHANGES);
    chosen.map(asked).collect()
}

fn asked(exchange: &Exchange) -> Asked {
    Asked {
        request: Redaction::global().mask(&exchange.request).into_owned(),
        body: exchange.body.as_ref().map(|body| bounded(body.as_str())),
        status: exchange.status,
        answer: exchange
            .answer
            .as_ref()
            .map(|answer| bounded(&String::from_utf8_lossy(answer))),
    }
}

/// Masked before it is cut: half a secret would not be found.
pub(super) fn bounded(text: &str) -> String {
    let masked = Redaction::global().mask(text);
    if masked.len() <= LONGEST {
        return masked.into_owned();
    }
    format!("{} … (cut)", &masked[..masked.floor_char_boundary(LONGEST)])
}

/// The same value without secrets; a text where it is too long to be shown whole.
pub(super) fn masked(value: Value) -> Value {
    let text = value.to_string();
    let shown = bounded(&text);
    if shown == text {
        return value;
    }
    serde_json::from_str(&shown).unwrap_or(Value::String(shown))
}
