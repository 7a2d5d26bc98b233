//! Stock and where it is counted.

use serde_json::{Value, json};

use crate::kit::Shop;

const ABSOLUTE: &str = "/v3/inventory/adjustments/absolute";

fn items(items: &Value) -> Value {
    json!({ "reason": "test", "items": items })
}

#[tokio::test]
async fn an_adjustment_by_sku_shows_in_the_catalog_and_at_its_location_alone() {
    let shop = Shop::small().await;
    let sent = items(&json!([
        { "location_id": 1, "sku": "0017", "quantity": 42 }, { "location_id": 2, "sku": "0017", "quantity": 7 },
    ]));
    let answer = shop.put(ABSOLUTE, sent).await;
    assert!(
        answer.json()["transaction_id"].is_string(),
        "accepted: {}",
        answer.text
    );
    let product = shop.get("/v3/catalog/products/101").await.json();
    assert_eq!(
        product["data"]["inventory_level"], 42,
        "the catalog sees the default location"
    );
    let levels = shop.get("/v3/inventory/items?sku:in=0017").await.rows()[0]["locations"].clone();
    assert_eq!(levels[1]["available_to_sell"], 7, "the other one has its own");
    assert_eq!(
        shop.sandbox.store().applied("stock", "0017").len(),
        2,
        "each value was sent once"
    );
}

#[tokio::test]
async fn stock_is_refused_where_it_is_not_counted() {
    let shop = Shop::small().await;
    let by_variant = shop
        .put(
            ABSOLUTE,
            items(&json!([{ "location_id": 1, "variant_id": 5001, "quantity": 1 }])),
        )
        .await;
    assert_eq!(by_variant.status, 422, "the product is what is tracked");
    let title = "Item with variant_id 5001 is tracked by product, please update stock by product id";
    assert_eq!(
        by_variant.json()["title"],
        title,
        "and it says what to do instead"
    );
    assert_eq!(
        by_variant.header("content-type"),
        Some("application/problem+json"),
        "in inventory's own type"
    );
    let by_product = shop
        .put(
            ABSOLUTE,
            items(&json!([{ "location_id": 1, "product_id": 104, "quantity": 1 }])),
        )
        .await;
    assert_eq!(by_product.status, 422, "the other way round too");
    let one_wrong = items(&json!([
        { "location_id": 1, "sku": "0017", "quantity": 1 }, { "location_id": 1, "sku": "none", "quantity": 1 },
    ]));
    assert_eq!(
        shop.put(ABSOLUTE, one_wrong).await.status,
        422,
        "one wrong item fails the call"
    );
    assert!(
        shop.sandbox.store().ledger().is_empty(),
        "and nothing was applied"
    );
}

#[tokio::test]
async fn a_call_takes_two_thousand_items() {
    let shop = Shop::small().await;
    let many = |count: usize| vec![json!({ "location_id": 1, "sku": "0017", "quantity": 1 }); count];
    assert_eq!(
        shop.put(ABSOLUTE, items(&json!(many(2001)))).await.status,
        413,
        "one too many"
    );
    assert_eq!(
        shop.put(ABSOLUTE, items(&json!(many(2000)))).await.status,
        200,
        "as many as it takes"
    );
}

#[tokio::test]
async fn relative_adjustments_add_up_and_stop_at_nothing() {
    let shop = Shop::small().await;
    shop.put(
        ABSOLUTE,
        items(&json!([{ "location_id": 1, "sku": "0017", "quantity": 10 }])),
    )
    .await;
    let relative = "/v3/inventory/adjustments/relative";
    let by = |quantity: i64| items(&json!([{ "location_id": 1, "product_id": 101, "quantity": quantity }]));
    shop.post(relative, by(-3)).await;
    shop.post(relative, by(-3)).await;
    assert_eq!(
        shop.sandbox.store().level(5001, 1),
        4,
        "sent twice it is applied twice"
    );
    assert_eq!(
        shop.post(relative, by(-5)).await.status,
        422,
        "stock cannot fall below nothing"
    );
}

#[tokio::test]
async fn accepted_is_not_applied_when_stock_lags() {
    let shop = Shop::small().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.stock_lag_seconds = 20);
    let before = shop.sandbox.store().level(5001, 1);
    let sent = items(&json!([{ "location_id": 1, "sku": "0017", "quantity": before + 1 }]));
    assert_eq!(shop.put(ABSOLUTE, sent).await.status, 200, "accepted");
    assert_eq!(
        shop.sandbox.store().level(5001, 1),
        before,
        "a read right after shows the old value"
    );
    shop.sandbox.store().advance(20);
    assert_eq!(
        shop.sandbox.store().level(5001, 1),
        before + 1,
        "later the new one"
    );
}

#[tokio::test]
async fn a_products_level_is_the_sum_of_its_variants_where_those_are_counted() {
    let shop = Shop::small().await;
    let variants = shop.get("/v3/catalog/products/104/variants").await.rows();
    let batch: Vec<Value> = variants
        .iter()
        .map(|variant| json!({ "id": variant["id"], "inventory_level": 5 }))
        .collect();
    assert_eq!(
        shop.put("/v3/catalog/variants", json!(batch)).await.status,
        200,
        "three at five"
    );
    let product = shop.get("/v3/catalog/products/104").await.json();
    assert_eq!(product["data"]["inventory_level"], 15, "make fifteen");
    let direct = shop
        .put("/v3/catalog/products/104", json!({ "inventory_level": 1 }))
        .await;
    assert_eq!(direct.status, 422, "the product itself cannot be set");
}
