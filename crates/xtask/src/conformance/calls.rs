//! One call of every operation in the catalogue, made by the connector itself and held against the files.
//!
//! The contract suite makes the calls on a store that answers everything with nothing, so only the requests are judged.
//! Bodies come from the files, as the catalogue knows no more of them than what they may not lack.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    description::{Description, Operation},
    exchange::{self, Exchange},
    sample::sample,
};
use crate::{
    catalogue,
    tool::{Done, at, cargo, run, say},
};

/// The test that makes the calls, and how it is told where bodies are, where to record, and where to say what no step
/// can be.
const TEST: &str = "whole_api::every_operation_makes_its_call";
const BODIES: &str = "PROCESSFLOW_CALLS_BODIES";
const RECORDING: &str = "PROCESSFLOW_CALLS_RECORDING";
const REFUSED: &str = "PROCESSFLOW_CALLS_REFUSED";

/// What came of all operations.
pub(super) struct Calls {
    /// The calls as they arrived.
    pub(super) made: Vec<Exchange>,
    /// Operations that no step can be, with the connector's reason.
    pub(super) refused: BTreeMap<String, String>,
}

impl Calls {
    /// Makes the calls.
    pub(super) fn record(description: &Description) -> Done<Self> {
        say("── a call of every operation");
        let folder = tempfile::tempdir().map_err(|error| format!("a folder for the calls: {error}"))?;
        let file = |name: &str| folder.path().join(name);
        let (bodies, recording, refused) = (file("bodies.json"), file("calls.jsonl"), file("refused.json"));
        let made = serde_json::to_vec(&bodies_of(description)?).expect("JSON always serialises");
        std::fs::write(&bodies, made).map_err(at(&bodies))?;
        let mut test = cargo();
        test.args([
            "test",
            "--quiet",
            "--locked",
            "--package",
            "tests",
            "--test",
            "contract",
        ])
        .args(["--", TEST])
        .env(BODIES, &bodies)
        .env(RECORDING, &recording)
        .env(REFUSED, &refused);
        run("the calls", &mut test)?;
        let text = std::fs::read_to_string(&refused).map_err(at(&refused))?;
        Ok(Self {
            made: exchange::read(&recording)?,
            refused: serde_json::from_str(&text).map_err(at(&refused))?,
        })
    }
}

/// Fields of a body by operation.
fn bodies_of(description: &Description) -> Done<BTreeMap<String, Map<String, Value>>> {
    let ids = catalogue::ids(description)?;
    let fields = |operation: &Operation| {
        let place = description.file(operation).at(&operation.pointer)?;
        let content = place.child("requestBody")?.child("content")?;
        let schema = content.child("application/json")?.child("schema")?;
        Some(match sample(&schema) {
            Value::Object(fields) => fields,
            Value::Array(list) => match list.into_iter().next()? {
                Value::Object(fields) => fields,
                value => Map::from_iter([("value".to_owned(), value)]),
            },
            _ => return None,
        })
    };
    let all = description.operations.iter().zip(ids);
    Ok(all
        .filter_map(|(operation, id)| Some((id, fields(operation)?)))
        .collect())
}
