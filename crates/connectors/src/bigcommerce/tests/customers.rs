//! Creating and changing customers.

use connector_kit::{Found, Value};
use sandbox_store::{Fault, How, Kind as Thing, When};
use serde_json::json;

use super::shop::{Shop, text, words};

const COLUMNS: [&str; 4] = ["email", "first_name", "last_name", "company"];

fn person(email: &str, company: &str) -> Vec<Value> {
    vec![text(email), text("Ada"), text("Byron"), text(company)]
}

#[tokio::test]
async fn an_upsert_creates_once_and_changes_afterwards() {
    let shop = Shop::open().await;
    let before = shop.sandbox.store().ids(Thing::Customer).len();
    let rows = vec![person("ada@example.com", "One"), person("bea@example.com", "One")];
    let first = shop
        .write("customer.upsert", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    assert_eq!(words(&first), ["written"; 2]);
    let rows = vec![
        person("ADA@example.com", "Two"),
        person("cleo@example.com", "One"),
    ];
    let second = shop
        .write("customer.upsert", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    assert_eq!(words(&second), ["written"; 2], "one changed, one created");
    assert_eq!(
        shop.sandbox.store().ids(Thing::Customer).len(),
        before + 3,
        "whatever the case of the e-mail"
    );
}

#[tokio::test]
async fn a_used_e_mail_is_never_taken_over_in_silence() {
    let shop = Shop::open().await;
    let rows = vec![person("ada@example.com", "One")];
    shop.write("customer.create", json!({}), &COLUMNS, rows.clone())
        .await
        .unwrap();
    let again = words(
        &shop
            .write("customer.create", json!({}), &COLUMNS, rows)
            .await
            .unwrap(),
    );
    assert_eq!(again, ["unchanged"], "exactly so: it is ours");
    let other = words(
        &shop
            .write(
                "customer.create",
                json!({}),
                &COLUMNS,
                vec![person("ada@example.com", "Two")],
            )
            .await
            .unwrap(),
    );
    assert!(other[0].contains("already in the store"), "{other:?}");
    let absent = shop.write(
        "customer.update",
        json!({ "key": ["email"] }),
        &["email", "company"],
        vec![vec![text("no@example.com"), text("x")]],
    );
    assert!(words(&absent.await.unwrap())[0].contains("not in the store"));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_look_up_finds_the_customer() {
    let shop = Shop::open().await;
    shop.sandbox
        .store()
        .fault(Fault::once("POST", "/v3/customers", When::After, How::Reset));
    let rows = vec![person("ada@example.com", "One")];
    let outcomes = shop
        .write("customer.create", json!({}), &COLUMNS, rows.clone())
        .await
        .unwrap();
    assert!(words(&outcomes)[0].starts_with("unknown"), "{outcomes:?}");
    let found = shop
        .find("customer.create", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    assert!(matches!(&found[0], Found::Yes { id: Some(_), .. }), "{found:?}");
    let never = shop
        .find(
            "customer.create",
            json!({}),
            &COLUMNS,
            vec![person("no@example.com", "x")],
        )
        .await
        .unwrap();
    assert!(matches!(never[0], Found::No), "it may be sent");
    let created = shop.sandbox.store().applied("customer", "ada@example.com");
    assert_eq!(created.len(), 1, "one request, one customer");
}

#[tokio::test]
async fn one_bad_customer_makes_the_batch_suspect_and_fails_alone() {
    let shop = Shop::open().await;
    let rows = vec![person("good@example.com", "x"), person("no address", "x")];
    let batch = words(
        &shop
            .write("customer.create", json!({}), &COLUMNS, rows.clone())
            .await
            .unwrap(),
    );
    assert!(batch.iter().all(|word| word.starts_with("suspect")), "{batch:?}");
    let alone = words(
        &shop
            .write("customer.create", json!({}), &COLUMNS, rows[1..].to_vec())
            .await
            .unwrap(),
    );
    assert!(alone[0].starts_with("failed"), "{alone:?}");
    let incomplete = shop.check("customer.create", &json!({}), &["email"]).unwrap_err();
    assert!(incomplete.message.contains("first_name"), "{incomplete}");
}
