//! Setting stock.

use connector_kit::{Found, Kind, Value};
use serde_json::json;

use super::shop::{Shop, text, words};

const COLUMNS: [&str; 2] = ["sku", "quantity"];

fn stock(rows: &[(&str, i64)]) -> Vec<Vec<Value>> {
    rows.iter()
        .map(|(sku, quantity)| vec![text(sku), Value::Integer(*quantity)])
        .collect()
}

#[tokio::test]
async fn stock_is_set_in_one_request_whatever_its_sku_looks_like() {
    let shop = Shop::open().await;
    let rows = stock(&[("0017", 5), ("90.750", 6), ("Größe/42 #ä", 7), ("PF-000003-S", 8)]);
    let outcomes = shop
        .write("inventory.set", json!({}), &COLUMNS, rows.clone())
        .await
        .unwrap();
    assert_eq!(words(&outcomes), ["written"; 4]);
    assert_eq!(shop.asked().len(), 1, "no look-up before a refusal");
    let found = shop
        .find("inventory.set", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    assert!(
        found.iter().all(|found| matches!(found, Found::Yes { .. })),
        "it reads back: {found:?}"
    );
    let other = shop
        .find(
            "inventory.set",
            json!({}),
            &COLUMNS,
            stock(&[("0017", 4), ("none", 1)]),
        )
        .await
        .unwrap();
    assert!(other.iter().all(|found| matches!(found, Found::No)), "{other:?}");
}

#[tokio::test]
async fn an_unknown_sku_fails_alone() {
    let shop = Shop::open().await;
    let rows = stock(&[
        ("0017", 5),
        ("NOPE-1", 1),
        ("90.750", 6),
        ("NOPE-2", 2),
        ("PF-000004", 3),
    ]);
    let outcomes = shop
        .write("inventory.set", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    let words = words(&outcomes);
    assert_eq!([&words[0], &words[2]], ["written"; 2], "{words:?}");
    assert!(words[1].contains("no stock item with sku `NOPE-1`"), "{words:?}");
    assert!(words[3].contains("NOPE-2"), "{words:?}");
    assert!(
        words[4].contains("does not count the stock"),
        "its stock is not tracked: {words:?}"
    );
    let sent = shop.asked().iter().filter(|path| path.starts_with("PUT")).count();
    assert_eq!(sent, 2, "one refusal taught it all");
}

#[tokio::test]
async fn an_item_counted_per_product_is_sent_by_product_and_that_is_remembered() {
    let shop = Shop::open().await;
    let rows = stock(&[("PF-000007-S", 9), ("0017", 1)]);
    let outcomes = shop
        .write("inventory.set", json!({}), &COLUMNS, rows.clone())
        .await
        .unwrap();
    assert_eq!(words(&outcomes), ["written"; 2]);
    shop.asked();
    let again = shop
        .write("inventory.set", json!({}), &COLUMNS, rows)
        .await
        .unwrap();
    assert_eq!(words(&again), ["written"; 2]);
    assert_eq!(
        shop.asked().len(),
        1,
        "the second time it goes by product at once"
    );
}

#[tokio::test]
async fn two_numbers_for_one_item_are_not_a_lottery() {
    let shop = Shop::open().await;
    let rows = stock(&[
        ("0017", 5),
        ("0017", 6),
        ("90.750", 7),
        ("90.750", 7),
        ("AB-1", -1),
    ]);
    let words = words(
        &shop
            .write("inventory.set", json!({}), &COLUMNS, rows)
            .await
            .unwrap(),
    );
    assert!(
        words[0].starts_with("failed") && words[1].starts_with("failed"),
        "{words:?}"
    );
    assert_eq!(
        [&words[2], &words[3]],
        ["written"; 2],
        "the same number twice is one number"
    );
    assert!(
        words[4].starts_with("failed"),
        "the store takes no negative stock: {words:?}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_step_is_said_before_anything_runs() {
    let shop = Shop::open().await;
    for (with, columns) in [
        (json!({ "key": ["name"] }), vec!["name", "quantity"]),
        (json!({}), vec!["sku", "quantity", "location_id"]),
        (json!({}), vec!["sku"]),
        (json!({}), vec!["sku", "quantity", "price"]),
    ] {
        let error = shop.check("inventory.set", &with, &columns).unwrap_err();
        assert_eq!(error.kind, Kind::Config, "{with} {columns:?}");
    }
    let with = json!({ "key": ["sku", "location_id"] });
    shop.check("inventory.set", &with, &["sku", "location_id", "quantity"])
        .unwrap();
}

#[tokio::test]
async fn a_missing_scope_stops_the_run_and_fails_no_row() {
    let shop = Shop::open().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.scopes.retain(|scope| scope != "store_inventory"));
    let error = shop
        .write("inventory.set", json!({}), &COLUMNS, stock(&[("0017", 5)]))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Config, "{error}");
    assert!(
        error.message.contains("may not change Store Inventory"),
        "{error}"
    );
    let revoked = {
        shop.sandbox.store().configure(|settings| settings.revoked = true);
        shop.write("inventory.set", json!({}), &COLUMNS, stock(&[("0017", 5)]))
            .await
    };
    assert!(matches!(revoked, Err(error) if error.kind == Kind::Config));
}
