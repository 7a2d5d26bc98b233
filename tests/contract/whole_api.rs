//! The catalogue: every operation of the store's API as an action. Too many for a fixture each, so each is declared, and
//! makes one call with a value for all its parameters; what the calls lead to is the journeys' matter.
//!
//! `cargo xtask conformance` runs this with bodies made from the vendor's files, and holds the calls against them.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Does, Kind, Outcome, Span, SystemClock};
use sandbox_store::{Config, Fault, How, Match, Seen, When};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::world::{World, drain};

/// The data that the connector embeds.
const DATA: &str = include_str!("../../crates/connectors/src/bigcommerce/api/operations.json");

/// Where the calls are to be recorded, where what no step can be, and bodies by operation.
const RECORDING: &str = "PROCESSFLOW_CALLS_RECORDING";
const REFUSALS: &str = "PROCESSFLOW_CALLS_REFUSED";
const BODIES: &str = "PROCESSFLOW_CALLS_BODIES";

#[derive(Deserialize)]
struct Data {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    method: String,
    path: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    body: Option<Value>,
    #[serde(default)]
    no_id: bool,
    repeat: String,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(default)]
    path: bool,
}

impl Operation {
    fn action(&self) -> String {
        format!("bigcommerce/api.{}", self.id)
    }

    fn reads(&self) -> bool {
        self.method == "GET"
    }
}

fn operations() -> Vec<Operation> {
    let data: Data = serde_json::from_str(DATA).expect("the generator wrote it");
    data.operations
}

/// Some of each kind of what no step can be, with the words of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("create_brand_image", "uploads a file"),
    ("delete_orders", "it is never sent"),
    ("delete_order_shipments", "it is never sent"),
    ("revoke_token", "a secret of its own"),
];

#[test]
fn every_operation_is_declared_and_described() {
    let store = store();
    let known: BTreeMap<&str, _> = store
        .catalogue()
        .iter()
        .map(|action| (action.name, action))
        .collect();
    let operations = operations();
    assert_eq!(known.len(), operations.len(), "each operation, once");
    for operation in operations {
        let name = format!("api.{}", operation.id);
        let action = known.get(&*name).unwrap_or_else(|| panic!("{name} is an action"));
        assert!(
            action.about.ends_with('.') && action.about.contains(&operation.path),
            "{name}: {}",
            action.about
        );
        assert_eq!(matches!(action.does, Does::Read(_)), operation.reads(), "{name}");
        let schema = (action.schema)().to_value();
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&json!("object"), &json!(false)),
            "{name}"
        );
        parameters_are_described(&name, &schema);
        let misspelt = json!({ "misspelt": 1 });
        let refused = match &action.does {
            Does::Read(read) => read.check(&misspelt).err(),
            Does::Write(write) => write.prepare(&misspelt, &[]).err(),
        };
        let error = refused.unwrap_or_else(|| panic!("{name}: `misspelt` was taken"));
        assert_eq!(error.kind, Kind::Config, "{name}: {error}");
        assert!(error.hint.is_some(), "{name}: a way out: {error}");
    }
}

/// Every parameter says what it is and takes.
fn parameters_are_described(name: &str, schema: &Value) {
    for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
        assert!(
            inner["description"].as_str().is_some_and(|words| words.len() > 8),
            "{name}: `{field}`: {inner}"
        );
        assert!(
            inner.get("type").is_some() || inner.get("anyOf").is_some(),
            "{name}: `{field}` takes something"
        );
    }
}

fn store() -> connector_kit::Connector {
    let all = connectors::all();
    all.into_iter()
        .find(|known| known.name == "bigcommerce")
        .expect("it is declared")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_makes_its_call() {
    let world = world().await;
    let bodies: BTreeMap<String, Map<String, Value>> = std::env::var_os(BODIES)
        .map(|path| {
            serde_json::from_slice(&std::fs::read(path).expect("bodies")).expect("bodies by operation")
        })
        .unwrap_or_default();
    let mut refused = Vec::new();
    let mut reasons = BTreeMap::new();
    let mut recording = String::new();
    for operation in operations() {
        world.sandbox.store().clear_log();
        let call = Call::of(&world, &operation, bodies.get(&operation.id));
        if let Err(error) = call.make(&world, &operation).await {
            assert!(error.hint.is_some(), "{}: {error}", operation.id);
            let (_, action) = world.action(&operation.action());
            assert!(
                action.about.ends_with("It cannot be a step of a processflow."),
                "{}: {error}",
                operation.id
            );
            reasons.insert(
                format!("{} {}", operation.method, operation.path),
                error.message.clone(),
            );
            refused.push((operation.id, error.to_string()));
            continue;
        }
        let seen = world.sandbox.store().requests();
        assert_eq!(seen.len(), 1, "{}: one request: {seen:?}", operation.id);
        recording.push_str(&format!("{}\n", recorded(&seen[0])));
        assert_eq!(seen[0].method, operation.method, "{}", operation.id);
        let path = seen[0].path.split('?').next().unwrap_or_default();
        assert!(
            fits(&operation.path, path),
            "{}: {path} is {}",
            operation.id,
            operation.path
        );
        assert_eq!(
            seen[0].body.is_empty(),
            operation.body.is_none(),
            "{}: {}",
            operation.id,
            seen[0].body
        );
    }
    if let Some(path) = std::env::var_os(RECORDING) {
        std::fs::write(path, recording).expect("the recording is written");
    }
    if let Some(path) = std::env::var_os(REFUSALS) {
        let reasons = serde_json::to_vec(&reasons).expect("texts always serialise");
        std::fs::write(path, reasons).expect("the reasons are written");
    }
    for (id, words) in REFUSED {
        let error = refused.iter().find(|(refused, _)| refused == id);
        assert!(
            error.is_some_and(|(_, error)| error.contains(words)),
            "{id}: {refused:?}"
        );
    }
    assert_eq!(refused.len(), 23, "what no step can be: {refused:#?}");
    world.assert_no_secret("the whole API", None);
}

/// A store that answers everything with nothing.
async fn world() -> World {
    let config = Config {
        products: 0,
        customers: 0,
        orders: 0,
        ..Config::default()
    };
    let world = World::new(config, Arc::new(SystemClock)).await;
    for (path, code, body) in [("/v2/*", 204, ""), ("/v3/*", 200, r#"{"data":[],"meta":{}}"#)] {
        let on = Match {
            path: Some(path.to_owned()),
            times: None,
            ..Match::default()
        };
        let how = How::Status {
            code,
            body: body.to_owned(),
            headers: BTreeMap::new(),
        };
        world.sandbox.store().fault(Fault {
            on,
            when: When::Before,
            how,
        });
    }
    world
}

/// A request as a line of the sandbox store's recordings.
fn recorded(seen: &Seen) -> Value {
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    // The client's own headers, which the store does not keep.
    let mut media = json!({ "user-agent": "ProcessflowAgent" });
    if !seen.body.is_empty() {
        media["content-type"] = "application/json".into();
    }
    json!({
        "method": seen.method, "path": format!("/stores/all{path}"), "query": query, "request_headers": media,
        "request_body": serde_json::from_str::<Value>(&seen.body).unwrap_or_default(),
        "status": 204, "headers": {}, "body": null,
    })
}

/// Whether an address is that of a template, each place filled with one value.
fn fits(template: &str, path: &str) -> bool {
    let (want, parts): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(want, part): (&&str, &&str)| {
        want == part || (want.starts_with('{') && !part.is_empty() && !part.contains('{'))
    };
    want.len() == parts.len() && want.iter().zip(&parts).all(same)
}

/// `with`, and the row of a write.
struct Call {
    with: Value,
    row: Map<String, Value>,
}

impl Call {
    /// With a value for each parameter, and the body's fields as mapped ones.
    fn of(world: &World, operation: &Operation, body: Option<&Map<String, Value>>) -> Self {
        let (_, action) = world.action(&operation.action());
        let schema = (action.schema)().to_value();
        let sample = |name: &String| {
            let known = schema["properties"].get(name)?;
            // v2 sorts by fields, and no fact says which.
            let value = if name == "sort" && known["enum"].is_null() {
                "id".into()
            } else {
                sample(known)
            };
            Some((name.clone(), value))
        };
        let mut with: Map<String, Value> = operation
            .parameters
            .iter()
            .filter_map(|parameter| sample(&parameter.name))
            .collect();
        let mut row = Map::new();
        if operation.reads() {
            if operation.no_id {
                with.insert("known_by".to_owned(), json!("id"));
            }
        } else if let Some(kind) = &operation.body {
            let names = kind["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            row.extend(names.map(|name| (name.to_owned(), json!("x"))));
            if let Some(body) = body.filter(|body| !body.is_empty()) {
                row.clone_from(body);
            }
            if row.is_empty() {
                row.insert("id".to_owned(), json!(1));
            }
        } else if let Some(mapped) = operation.parameters.iter().find(|parameter| parameter.path) {
            // Without a body, an id is mapped: there has to be something that is.
            row.extend(with.remove_entry(&mapped.name));
        }
        if operation.repeat == "once" {
            with.insert("known_by".to_owned(), row.keys().take(1).cloned().collect());
        }
        Self {
            with: Value::Object(with),
            row,
        }
    }

    async fn make(&self, world: &World, operation: &Operation) -> connector_kit::Result<()> {
        let name = operation.action();
        if operation.reads() {
            let mut source = world.open(&name, &self.with, Span::Whole).await?;
            return drain(source.as_mut()).await.map(drop);
        }
        let (_, action) = world.action(&name);
        let columns: Vec<String> = self.row.keys().cloned().collect();
        if let Does::Write(write) = &action.does {
            write.prepare(&self.with, &columns)?;
        }
        let (step, rows) = world.step(&name, &self.with, &[Value::Object(self.row.clone())]);
        let outcomes = world.destination(&name).await.write(&step, &rows).await?;
        assert!(
            matches!(outcomes[..], [Outcome::Written { .. }]),
            "{name}: {outcomes:?}"
        );
        Ok(())
    }
}

/// A value that a parameter takes, by its schema.
fn sample(schema: &Value) -> Value {
    if let Some(list) = schema["anyOf"].get(1) {
        return json!([sample(&list["items"])]);
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    let least = schema["minimum"].as_i64().unwrap_or(1).max(1);
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer" | "number"), _) => least.into(),
        (Some("boolean"), _) => true.into(),
        (_, Some("uuid")) => "5f0e4a9c-1b8e-4c5e-9a52-6f1d2f0f7a11".into(),
        (_, Some("date" | "date-time")) => "2026-01-15T10:00:00Z".into(),
        (_, Some("iso-4217")) => "EUR".into(),
        _ => "x1".into(),
    }
}
