//! Products, variants and categories.

use serde_json::{Value, json};

use crate::kit::Shop;

fn new(name: &str, sku: &str) -> Value {
    json!({ "name": name, "sku": sku, "type": "physical", "weight": 1, "price": 9.99, "categories": [18, 19],
            "inventory_tracking": "product", "inventory_level": 5 })
}

#[tokio::test]
async fn skus_are_unique_over_products_and_variants_whatever_their_case() {
    let shop = Shop::small().await;
    assert_eq!(
        shop.post("/v3/catalog/products", new("Neu", "NEU-1"))
            .await
            .status,
        200,
        "a new one is taken"
    );
    let again = shop.post("/v3/catalog/products", new("Anders", "neu-1")).await;
    assert_eq!(again.status, 409, "case makes no other SKU");
    assert_eq!(
        again.json()["errors"]["sku"],
        "The product sku is a duplicate",
        "in the vendor's words"
    );
    let variant = shop
        .post("/v3/catalog/products", new("Anders", "pf-000003-s"))
        .await;
    assert_eq!(variant.status, 409, "a variant's SKU is taken too");
    assert_eq!(
        shop.post("/v3/catalog/products", new("NEU", "NEU-2"))
            .await
            .status,
        409,
        "and names are unique"
    );
    assert_eq!(
        shop.sandbox.store().applied("product", "NEU-1").len(),
        1,
        "one product was made"
    );
}

#[tokio::test]
async fn what_a_write_names_is_replaced_whole_and_the_rest_stays() {
    let shop = Shop::small().await;
    let id = shop
        .post("/v3/catalog/products", new("Neu", "NEU-1"))
        .await
        .json()["data"]["id"]
        .clone();
    let path = format!("/v3/catalog/products/{id}");
    let changed = shop.put(&path, json!({ "categories": [20] })).await.json();
    assert_eq!(
        changed["data"]["categories"],
        json!([20]),
        "categories are replaced, not added to"
    );
    assert_eq!(changed["data"]["price"], 9.99, "the price was not named");
    let shown = shop.get(&format!("{path}?include=variants")).await.json();
    assert_eq!(
        shown["data"]["base_variant_id"], shown["data"]["variants"][0]["id"],
        "it has a base variant"
    );
    assert_eq!(shown["data"]["variants"][0]["sku"], "NEU-1", "of the same SKU");
}

#[tokio::test]
async fn a_batch_is_all_or_nothing_and_has_its_limit() {
    let shop = Shop::small().await;
    let one_bad = json!([{ "id": 101, "price": 1 }, { "id": 102, "price": -1 }]);
    assert_eq!(
        shop.put("/v3/catalog/products", one_bad).await.status,
        422,
        "one bad item fails the batch"
    );
    assert_ne!(
        shop.get("/v3/catalog/products/101").await.json()["data"]["price"],
        1,
        "and nothing was applied"
    );
    let eleven: Vec<Value> = (101..112).map(|id| json!({ "id": id, "price": 1 })).collect();
    let many = shop.put("/v3/catalog/products", json!(eleven)).await;
    assert_eq!(many.status, 413, "eleven are too many");
    assert_eq!(
        many.json()["title"],
        "The maximum items allowed in the array is 10.",
        "and the limit is told"
    );
    let variants: Vec<Value> = (0..51).map(|_| json!({ "id": 5001 })).collect();
    assert_eq!(
        shop.put("/v3/catalog/variants", json!(variants)).await.status,
        413,
        "fifty variants at most"
    );
}

#[tokio::test]
async fn values_of_the_other_version_and_unknown_members_are_refused() {
    let shop = Shop::small().await;
    let simple = shop
        .put(
            "/v3/catalog/products/101",
            json!({ "inventory_tracking": "simple" }),
        )
        .await;
    assert_eq!(simple.status, 422, "`simple` is v2's word");
    assert_eq!(
        shop.put("/v3/catalog/products/101", json!({ "colour": "red" }))
            .await
            .status,
        422,
        "no such field"
    );
    let text = shop
        .put("/v3/catalog/products/101", json!({ "inventory_level": "many" }))
        .await;
    assert!(
        text.json()["errors"]["inventory_level"].is_string(),
        "the error names the field"
    );
    let long = shop
        .put("/v3/catalog/products/101", json!({ "name": "x".repeat(251) }))
        .await;
    assert_eq!(long.status, 422, "a name has 250 characters at most");
}

#[tokio::test]
async fn a_product_can_be_saved_without_its_stock() {
    let shop = Shop::small().await;
    shop.post("/sandbox/settings", json!({ "stock_fails_for": ["0017"] }))
        .await;
    let before = shop.get("/v3/catalog/products/101").await.json()["data"]["inventory_level"].clone();
    let partial = shop
        .put(
            "/v3/catalog/products/101",
            json!({ "price": 77, "inventory_level": 999 }),
        )
        .await;
    assert_eq!(partial.status, 207, "saved in part");
    let body = partial.json();
    assert_eq!(
        (&body["data"]["price"], &body["data"]["inventory_level"]),
        (&json!(77), &before),
        "price yes, stock no"
    );
    assert!(
        body["errors"]["errors"]["inventory_level"].is_string(),
        "and what failed is named"
    );
}

#[tokio::test]
async fn a_wrong_variant_is_named_by_its_place() {
    let shop = Shop::small().await;
    let batch = json!([{ "id": 5004, "price": 1 }, { "id": 1, "price": 1 }]);
    let refused = shop.put("/v3/catalog/variants", batch).await;
    assert_eq!(refused.status, 422, "the batch fails");
    let errors = refused.json()["batch_errors"].clone();
    assert!(
        errors[0]["title"].as_str().unwrap().starts_with("Item 1"),
        "the second item is to blame: {errors}"
    );
}

#[tokio::test]
async fn deleting_needs_a_filter() {
    let shop = Shop::small().await;
    assert_eq!(
        shop.delete("/v3/catalog/products").await.status,
        422,
        "not everything at once"
    );
    assert_eq!(
        shop.delete("/v3/catalog/products?id:in=101,102").await.status,
        204,
        "these two"
    );
    assert_eq!(shop.get("/v3/catalog/products/101").await.status, 404, "gone");
    assert_eq!(
        shop.get("/v3/catalog/variants?sku=0017").await.rows().len(),
        0,
        "with its variant"
    );
}

#[tokio::test]
async fn the_old_address_of_categories_sees_one_tree() {
    let shop = Shop::small().await;
    let old = shop.get("/v3/catalog/categories?limit=250").await.rows();
    let new = shop.get("/v3/catalog/trees/categories?limit=250").await.rows();
    assert!(
        old.len() < new.len(),
        "the second storefront's are missing: {} of {}",
        old.len(),
        new.len()
    );
    assert!(
        old[0]["id"].is_u64() && new[0]["category_id"].is_u64(),
        "and the id has another name"
    );
}

#[tokio::test]
async fn category_writes_may_succeed_in_part() {
    let shop = Shop::small().await;
    let body = json!([{ "name": "Neu", "tree_id": 2 }, { "tree_id": 2 }]);
    let partial = shop.post("/v3/catalog/trees/categories", body).await;
    assert_eq!(partial.status, 207, "one of two");
    assert_eq!(
        partial.json()["meta"],
        json!({ "total": 2, "success": 1, "failed": 1 }),
        "and it counts them"
    );
}
