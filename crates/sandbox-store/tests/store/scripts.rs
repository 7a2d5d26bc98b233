//! Scripted behaviour: changes placed between requests, lag, ignored pages, the records of what happened.

use sandbox_store::{Config, Kind, Patch};
use serde_json::{Value, json};

use crate::kit::Shop;

#[tokio::test]
async fn a_change_can_be_placed_between_two_pages() {
    let shop = Shop::small().await;
    let list = "/v2/orders?limit=20&sort=date_modified:asc";
    let first = shop.get(&format!("{list}&page=1")).await.json();
    let victim = first[3]["id"].as_u64().unwrap();
    let hook = json!({
        "on": { "method": "GET", "path": "/v2/orders?*page=1*" },
        "apply": { "kind": "order", "id": victim, "set": { "staff_notes": "geändert" } },
    });
    assert_eq!(
        shop.post("/sandbox/hooks", hook).await.status,
        201,
        "placed after page 1"
    );
    let page_one = shop.get(&format!("{list}&page=1")).await.json();
    assert_eq!(page_one, first, "the page itself is the old one");
    let mut seen: Vec<Value> = page_one
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    for page in 2..=3 {
        let rows = shop.get(&format!("{list}&page={page}")).await.json();
        seen.extend(rows.as_array().unwrap().iter().map(|row| row["id"].clone()));
    }
    assert_eq!(
        seen.iter().filter(|id| **id == victim).count(),
        2,
        "the changed order moved to the end"
    );
    seen.sort_by_key(Value::as_u64);
    seen.dedup();
    assert_eq!(seen.len(), 59, "and another fell off the front of the next page");
}

#[tokio::test]
async fn created_records_hide_from_look_ups_while_uniqueness_holds() {
    let shop = Shop::small().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.lag_seconds = 30);
    let person = json!([{ "email": "neu@example.com", "first_name": "A", "last_name": "B" }]);
    assert_eq!(
        shop.post("/v3/customers", person.clone()).await.status,
        200,
        "created"
    );
    let look = "/v3/customers?email:in=neu%40example.com";
    assert_eq!(shop.get(look).await.rows().len(), 0, "not seen yet");
    assert_eq!(shop.post("/v3/customers", person).await.status, 422, "but known");
    shop.sandbox.store().advance(30);
    assert_eq!(shop.get(look).await.rows().len(), 1, "seen later");
}

#[tokio::test]
async fn a_store_can_ignore_the_page() {
    let shop = Shop::small().await;
    shop.post("/sandbox/settings", json!({ "ignore_page": true }))
        .await;
    let (one, two) = (
        shop.get("/v2/orders?limit=5").await.text,
        shop.get("/v2/orders?limit=5&page=2").await.text,
    );
    assert_eq!(one, two, "every page is the first");
}

#[tokio::test]
async fn somebody_in_the_control_panel_changes_an_orders_lines() {
    let shop = Shop::small().await;
    let patch = json!({
        "kind": "order", "id": 1042, "date_modified": "2026-11-02T10:00:00Z",
        "set": { "status_id": 14, "total_inc_tax": "115.0000" },
        "lines": [
            { "name": "A", "quantity": 1, "price_ex_tax": "54.1700", "price_inc_tax": "65.0000" },
            { "name": "B", "quantity": 1, "price_ex_tax": "41.6700", "price_inc_tax": "50.0000" },
        ],
    });
    assert_eq!(
        shop.post("/sandbox/records", patch).await.json()["ids"],
        json!([1042]),
        "patched"
    );
    let order = shop.get("/v2/orders/1042").await.json();
    assert_eq!(
        order["date_modified"], "Mon, 02 Nov 2026 10:00:00 +0000",
        "with the date that was given"
    );
    assert_eq!(
        (&order["status"], &order["total_inc_tax"]),
        (&json!("Partially Refunded"), &json!("115.0000")),
        "set"
    );
    assert_eq!(
        shop.get("/v2/orders/1042/products").await.json()[1]["total_inc_tax"],
        "50.0000",
        "lines are new"
    );
    assert!(
        shop.sandbox.store().ledger().is_empty(),
        "the panel is not the API: no write was counted"
    );
    let keep = Patch::set(Kind::Order, 1042, json!({ "staff_notes": "x" })).modified("keep");
    shop.sandbox.store().patch(&keep).unwrap();
    let kept = shop.get("/v2/orders/1042").await.json();
    assert_eq!(
        kept["date_modified"], order["date_modified"],
        "a change may leave the date alone"
    );
}

#[tokio::test]
async fn records_can_be_created_and_deleted_behind_the_api() {
    let shop = Shop::small().await;
    let set = json!({ "name": "Hinterrücks", "sku": "H-1", "price": 3 });
    let id = shop
        .sandbox
        .store()
        .patch(&Patch {
            id: None,
            ..Patch::set(Kind::Product, 0, set)
        })
        .unwrap();
    assert_eq!(
        shop.get("/v3/catalog/products?sku=h-1").await.rows()[0]["id"],
        id,
        "it is there"
    );
    shop.sandbox
        .store()
        .patch(&Patch::delete(Kind::Product, id))
        .unwrap();
    assert_eq!(
        shop.get(&format!("/v3/catalog/products/{id}")).await.status,
        404,
        "and gone"
    );
    let again = shop.sandbox.store().patch(&Patch::delete(Kind::Product, id));
    assert!(again.is_err(), "it cannot go twice");
}

#[tokio::test]
async fn ledger_and_log_can_be_asked_over_http() {
    let shop = Shop::small().await;
    shop.put("/v3/catalog/products/101", json!({ "price": 5 })).await;
    shop.get("/v3/customers?email:in=a%2Bb%40example.com").await;
    let ledger = shop.get("/sandbox/ledger?kind=product&key=0017").await.json();
    assert_eq!(ledger[0]["sent"], json!({ "price": 5 }), "what was sent is kept");
    let requests = shop.get("/sandbox/requests?path=/v3/customers").await.json();
    assert_eq!(
        requests[0]["path"], "/v3/customers?email:in=a%2Bb%40example.com",
        "as it was sent"
    );
    assert_eq!(
        shop.get("/sandbox/requests?method=PUT").await.json()[0]["applied"],
        true,
        "writes are marked"
    );
    assert_eq!(
        shop.get("/sandbox").await.json()["records"]["orders"],
        60,
        "the summary counts"
    );
}

#[tokio::test]
async fn maintenance_is_a_page_of_html() {
    let shop = Shop::small().await;
    shop.post("/sandbox/settings", json!({ "maintenance": true }))
        .await;
    let page = shop.get("/v3/catalog/products").await;
    assert_eq!(page.status, 503, "closed");
    assert!(page.text.starts_with("<!DOCTYPE html>"), "and no JSON in sight");
    let wrong = shop
        .post("/sandbox/settings", json!({ "maintainance": true }))
        .await;
    assert_eq!(wrong.status, 422, "a misspelt setting is refused");
}

#[tokio::test]
async fn concurrent_calls_on_one_endpoint_are_limited_when_asked() {
    let shop = Shop::open(Config {
        latency_ms: 60,
        customers: 10,
        ..Config::default()
    })
    .await;
    shop.sandbox
        .store()
        .configure(|settings| settings.concurrency_limits = true);
    let change = || shop.put("/v3/customers", json!([{ "id": 1, "notes": "x" }]));
    let (a, b, c, d) = tokio::join!(change(), change(), change(), change());
    let mut statuses = [a.status, b.status, c.status, d.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 429], "three at a time");
}

#[tokio::test]
async fn exchanges_are_recorded_without_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.jsonl");
    let shop = Shop::open(Config {
        record_to: Some(path.clone()),
        orders: 50,
        ..Config::default()
    })
    .await;
    shop.get("/v2/orders?limit=1").await;
    let text = std::fs::read_to_string(path).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["method"], &line["status"]),
        (&json!("GET"), &json!(200)),
        "one line an exchange"
    );
    assert!(line["body"][0]["id"].is_u64(), "with the answer as JSON");
    assert!(
        !text.contains("sandbox-token"),
        "a recording is passed on; the token is not in it"
    );
}

#[tokio::test]
async fn a_recording_holds_the_body_of_pages_that_are_kept_compressed_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded.jsonl");
    let shop = Shop::open(Config {
        record_to: Some(path.clone()),
        ..Config::default()
    })
    .await;
    for _ in 0..2 {
        shop.get("/v3/catalog/products?limit=100").await;
    }
    let text = std::fs::read_to_string(path).unwrap();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            line["body"]["data"].as_array().map(Vec::len),
            Some(100),
            "each line is whole"
        );
    }
}

#[tokio::test]
async fn a_stopped_store_answers_no_more() {
    let shop = Shop::small().await;
    let address = shop.sandbox.address();
    shop.sandbox.stop().await;
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "nobody listens"
    );
}
