//! F27: the vendor adds, removes and retypes fields. What nobody maps is nobody's trouble: every record still comes.

use connector_kit::Kind;
use sandbox_store::{Fault, Match, When};
use serde_json::{Value, json};

use super::{
    Tally, all, ensure, is_chosen, is_told,
    malformed::{READS, chosen, largest},
    read, reads, status,
};
use crate::{fixtures::Read, world::World};

/// What a field may become; nothing is a field that went away.
fn others() -> [(&'static str, Option<Value>); 7] {
    [
        ("gone", None),
        ("null", Some(Value::Null)),
        ("a text", Some(json!("ein Text"))),
        ("a number", Some(json!(-1.5))),
        ("a list", Some(json!([{ "id": 9 }]))),
        ("an object", Some(json!({ "value": "x", "id": [] }))),
        ("true", Some(json!(true))),
    ]
}

/// What a record is known by: without it, it would be taken for another, so the page waits for the vendor.
const IDENTITY: &[&str] = &["id", "category_id", "identity"];

/// The first record of an answer.
fn first(answer: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let rows = if answer.get("data").is_some() {
        answer.get_mut("data")?
    } else {
        answer
    };
    match rows {
        Value::Array(rows) => rows.first_mut()?.as_object_mut(),
        row => row.as_object_mut(),
    }
}

/// Answers in which one field of the first record is another, by what was done.
fn changed(answer: &str) -> Vec<(String, String, String)> {
    let whole: Value = serde_json::from_str(answer).expect("the store's answer");
    let mut all = Vec::new();
    let names: Vec<String> = first(&mut whole.clone())
        .map(|row| row.keys().cloned().collect())
        .unwrap_or_default();
    for name in names {
        for (what, other) in others() {
            let mut whole = whole.clone();
            let row = first(&mut whole).expect("it was there");
            match other {
                Some(other) => row.insert(name.clone(), other),
                None => row.remove(&name),
            };
            all.push((name.clone(), format!("`{name}` {what}"), whole.to_string()));
        }
    }
    let mut more = whole.clone();
    if let Some(row) = first(&mut more) {
        row.insert("brand_new".to_owned(), json!({ "nested": [1, { "id": 5 }] }));
        all.push((String::new(), "a new field".to_owned(), more.to_string()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_changes_keeps_no_record_away() {
    all(chosen(reads(), READS), reading).await.ends_clean(500);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    let whole = read(&world, &name, &fixture).await.expect("nothing is disturbed");
    let (path, answer) = largest(&world).await;
    for (field, what, body) in changed(&answer) {
        let case = format!("{name}, {what}.");
        if !is_chosen(&case, 4) {
            continue;
        }
        let on = Match {
            path: Some(path.clone()),
            times: None,
            ..Match::default()
        };
        let how = status(200, "application/json", &body);
        world.sandbox.store().fault(Fault {
            on,
            when: When::Before,
            how,
        });
        let checked = match read(&world, &name, &fixture).await {
            Ok(count) => ensure(count == whole, || format!("{count} of {whole} records came")),
            Err(error) if IDENTITY.contains(&&*field) && error.kind != Kind::Bug => is_told(&world, &error),
            Err(error) => Err(format!("{error} {}", error.chain())),
        };
        tally.note(&case, checked);
        world.sandbox.store().clear_faults();
    }
    tally
}
