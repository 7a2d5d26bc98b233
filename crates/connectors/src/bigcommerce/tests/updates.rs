//! Changing products and variants.

use connector_kit::{Found, Kind, Value};
use sandbox_store::Kind as Thing;
use serde_json::json;

use super::shop::{Shop, decimal, text, words};

fn by_sku() -> serde_json::Value {
    json!({ "key": ["sku"] })
}

#[tokio::test]
async fn products_are_found_by_sku_and_only_mapped_fields_change() {
    let shop = Shop::open().await;
    let id = shop.sandbox.store().ids(Thing::Product)[0];
    let before = shop.sandbox.store().record(Thing::Product, id).unwrap();
    let rows = vec![
        vec![text("0017"), decimal("12.50")],
        vec![text("ab-1"), decimal("7")],
    ];
    let outcomes = shop
        .write("product.update", by_sku(), &["sku", "price"], rows.clone())
        .await
        .unwrap();
    assert_eq!(words(&outcomes), ["written"; 2], "whatever the case of the SKU");
    let after = shop.sandbox.store().record(Thing::Product, id).unwrap();
    assert_eq!(after["price"], json!(12.5), "an amount goes out as a number");
    assert_eq!(
        (&after["categories"], &after["name"]),
        (&before["categories"], &before["name"]),
        "the rest stays"
    );
    shop.asked();
    let found = shop
        .find("product.update", by_sku(), &["sku", "price"], rows)
        .await
        .unwrap();
    assert!(
        found.iter().all(|found| matches!(found, Found::Yes { .. })),
        "{found:?}"
    );
    assert_eq!(shop.asked().len(), 1, "where a SKU is was kept");
}

#[tokio::test]
async fn rows_that_cannot_be_sent_fail_alone() {
    let shop = Shop::open().await;
    let rows = vec![
        vec![text("0017"), decimal("1")],
        vec![text("NOPE"), decimal("1")],
        vec![text("PF-000003-S"), decimal("1")],
        vec![text("90.750"), decimal("0.00")],
        vec![text("1E5"), Value::Null],
    ];
    let words = words(
        &shop
            .write("product.update", by_sku(), &["sku", "price"], rows)
            .await
            .unwrap(),
    );
    assert_eq!(
        [&words[0], &words[4]],
        ["written"; 2],
        "an empty price is left out: {words:?}"
    );
    assert!(words[1].contains("no product with SKU `NOPE`"), "{words:?}");
    assert!(words[2].contains("belongs to a variant"), "{words:?}");
    assert!(words[3].contains("price is 0"), "{words:?}");
}

#[tokio::test]
async fn a_batch_refused_without_a_name_is_split() {
    let shop = Shop::open().await;
    let rows = vec![
        vec![text("0017"), decimal("1")],
        vec![text("90.750"), decimal("-1")],
    ];
    let batch = words(
        &shop
            .write("product.update", by_sku(), &["sku", "weight"], rows.clone())
            .await
            .unwrap(),
    );
    assert!(batch.iter().all(|word| word.starts_with("suspect")), "{batch:?}");
    let alone = words(
        &shop
            .write("product.update", by_sku(), &["sku", "weight"], rows[1..].to_vec())
            .await
            .unwrap(),
    );
    assert!(alone[0].starts_with("failed"), "{alone:?}");
}

#[tokio::test]
async fn a_product_saved_without_its_stock_is_partly_done_and_only_the_stock_goes_again() {
    let shop = Shop::open().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.stock_fails_for = vec!["0017".into()]);
    let columns = ["sku", "price", "inventory_level"];
    let rows = vec![
        vec![text("0017"), decimal("3"), Value::Integer(4)],
        vec![text("90.750"), decimal("3"), Value::Integer(4)],
    ];
    let outcomes = words(
        &shop
            .write("product.update", by_sku(), &columns, rows.clone())
            .await
            .unwrap(),
    );
    assert!(
        outcomes[0].contains("saved, but its stock was not"),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[1], "written", "the other product is whole");
    shop.sandbox
        .store()
        .configure(|settings| settings.stock_fails_for.clear());
    shop.asked();
    let again = words(
        &shop
            .write("product.update", by_sku(), &columns, rows[..1].to_vec())
            .await
            .unwrap(),
    );
    assert_eq!(again, ["written"]);
    let sent = shop.sandbox.store().requests();
    let put = sent.iter().find(|seen| seen.method == "PUT").unwrap();
    assert_eq!(put.body, r#"{"inventory_level":4}"#, "only what was left");
}

#[tokio::test]
async fn a_used_sku_and_a_product_that_is_gone_say_what_to_do() {
    let shop = Shop::open().await;
    let store = shop.sandbox.store();
    let id = store.ids(Thing::Product)[0] as i64;
    let used = shop
        .write(
            "product.update",
            json!({}),
            &["id", "sku"],
            vec![vec![Value::Integer(id), text("AB-1")]],
        )
        .await;
    let used = words(&used.unwrap());
    assert!(used[0].contains("already in the store"), "{used:?}");
    let gone = shop
        .write(
            "product.update",
            json!({}),
            &["id", "name"],
            vec![vec![Value::Integer(999_999), text("x")]],
        )
        .await;
    let gone = words(&gone.unwrap());
    assert!(gone[0].contains("no longer exists"), "{gone:?}");
}

#[tokio::test]
async fn lists_are_replaced_only_on_purpose() {
    let shop = Shop::open().await;
    let refused = shop
        .check("product.update", &json!({}), &["id", "categories"])
        .unwrap_err();
    assert_eq!(
        refused.kind,
        Kind::Config,
        "mapping one category would take the other three away"
    );
    shop.check(
        "product.update",
        &json!({ "replace": ["categories"] }),
        &["id", "categories"],
    )
    .unwrap();
    let read_only = shop
        .check("product.update", &json!({}), &["id", "date_created"])
        .unwrap_err();
    assert!(read_only.message.contains("read-only"), "{read_only}");
}

#[tokio::test]
async fn variants_are_found_by_sku() {
    let shop = Shop::open().await;
    let rows = vec![
        vec![text("PF-000003-S"), decimal("4.20")],
        vec![text("pf-000003-m"), decimal("4.30")],
        vec![text("NOPE"), decimal("1")],
    ];
    let outcomes = shop
        .write("variants.update", json!({}), &["sku", "price"], rows.clone())
        .await
        .unwrap();
    let words = words(&outcomes);
    assert_eq!([&words[0], &words[1]], ["written"; 2], "{words:?}");
    assert!(words[2].contains("no variant with SKU `NOPE`"), "{words:?}");
    let found = shop
        .find(
            "variants.update",
            json!({}),
            &["sku", "price"],
            rows[..2].to_vec(),
        )
        .await
        .unwrap();
    assert!(
        found.iter().all(|found| matches!(found, Found::Yes { .. })),
        "{found:?}"
    );
}
