//! Customers, carts and checkouts.

use serde_json::{Value, json};

use crate::kit::Shop;

fn person(email: &str) -> Value {
    json!({ "email": email, "first_name": "Zoë", "last_name": "O'Brien" })
}

#[tokio::test]
async fn an_address_of_mail_can_be_used_once() {
    let shop = Shop::small().await;
    assert_eq!(
        shop.post("/v3/customers", json!([person("neu@example.com")]))
            .await
            .status,
        200,
        "it is free"
    );
    let used = shop
        .post("/v3/customers", json!([person("NEU@example.com")]))
        .await;
    assert_eq!(used.status, 422, "now it is not, in any case");
    assert_eq!(
        used.json()["title"],
        "Create customers failed.",
        "in the vendor's words"
    );
    assert!(
        used.json()["errors"][".customer_create"].is_string(),
        "keyed by a path, not by a field"
    );
    assert_eq!(
        shop.sandbox.store().applied("customer", "neu@example.com").len(),
        1,
        "exactly one customer"
    );
}

#[tokio::test]
async fn customers_come_in_lists_of_ten() {
    let shop = Shop::small().await;
    assert_eq!(
        shop.post("/v3/customers", person("a@example.com")).await.status,
        422,
        "a bare object is refused"
    );
    let eleven: Vec<Value> = (0..11).map(|n| person(&format!("n{n}@example.com"))).collect();
    assert_eq!(
        shop.post("/v3/customers", json!(eleven)).await.status,
        413,
        "eleven are too many"
    );
    assert_eq!(
        shop.delete("/v3/customers").await.status,
        204,
        "a deletion without ids does nothing, and says 204"
    );
    assert_eq!(
        shop.get("/v3/customers").await.json()["meta"]["pagination"]["total"],
        60,
        "all are still there"
    );
}

#[tokio::test]
async fn an_identical_address_is_answered_and_left_out() {
    let shop = Shop::small().await;
    let address = json!({ "customer_id": 1, "first_name": "Z", "last_name": "O", "address1": "x", "city": "Köln",
                          "country_code": "DE", "state_or_province": "", "postal_code": "1" });
    let first = shop.post("/v3/customers/addresses", json!([address])).await;
    assert_eq!(first.rows().len(), 1, "it is new");
    let again = shop.post("/v3/customers/addresses", json!([address])).await;
    assert_eq!(
        (again.status, again.rows().len()),
        (200, 0),
        "the second time it is known"
    );
}

#[tokio::test]
async fn channel_ids_are_replaced() {
    let shop = Shop::small().await;
    shop.put("/v3/customers", json!([{ "id": 1, "channel_ids": [1, 2] }]))
        .await;
    shop.put("/v3/customers", json!([{ "id": 1, "channel_ids": [3] }]))
        .await;
    let shown = shop.get("/v3/customers?id:in=1").await.rows();
    assert_eq!(
        shown[0]["channel_ids"],
        json!([3]),
        "the list that was sent is the list"
    );
}

#[tokio::test]
async fn a_checkouts_version_is_a_lock() {
    let shop = Shop::small().await;
    let made = shop
        .post(
            "/v3/carts",
            json!({ "line_items": [{ "product_id": 101, "quantity": 2 }] }),
        )
        .await;
    assert_eq!(made.status, 201, "carts are created");
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let address = json!({ "email": "a@example.com", "country_code": "DE", "version": 1 });
    let path = format!("/v3/checkouts/{id}/billing-address");
    let first = shop.post(&path, address.clone()).await;
    assert_eq!(first.status, 200, "version 1 is current");
    assert_eq!(shop.post(&path, address).await.status, 409, "and then it is not");
    let billing = first.json()["data"]["billing_address"]["id"].clone();
    let billing = billing
        .as_str()
        .expect("ids of billing addresses are text")
        .to_owned();
    let last = json!({ "email": "b@example.com", "country_code": "DE" });
    assert_eq!(
        shop.put(&format!("{path}/{billing}"), last).await.status,
        200,
        "without it the last writer wins"
    );
    let no_country = json!({ "email": "b@example.com" });
    assert_eq!(
        shop.put(&format!("{path}/{billing}"), no_country).await.status,
        422,
        "the country is required"
    );
    assert_eq!(
        shop.delete(&format!("/v3/carts/{id}")).await.status,
        204,
        "the cart is deleted"
    );
    assert_eq!(shop.get(&format!("/v3/carts/{id}")).await.status, 404, "and gone");
    assert_eq!(
        shop.delete(&format!("/v3/carts/{id}")).await.status,
        404,
        "so it cannot be deleted again"
    );
}

#[tokio::test]
async fn what_comes_with_a_customer_is_shown_when_included() {
    let shop = Shop::small().await;
    let mut sent = person("neu@example.com");
    sent["attributes"] = json!([{ "attribute_id": 3, "attribute_value": "K-1" }]);
    sent["form_fields"] = json!([{ "name": "VAT", "value": "DE1" }]);
    let id = shop.post("/v3/customers", json!([sent])).await.rows()[0]["id"].clone();
    let shown = shop
        .get(&format!("/v3/customers?id:in={id}&include=attributes,formfields"))
        .await
        .rows();
    assert_eq!(
        shown[0]["attributes"][0]["attribute_value"], "K-1",
        "attributes are kept"
    );
    assert_eq!(shown[0]["form_fields"][0]["value"], "DE1", "form fields too");
    assert_eq!(shown[0]["attribute_count"], 1, "and counted");
}
