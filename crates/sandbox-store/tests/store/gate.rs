//! Credentials, limits and addresses.

use reqwest::Method;
use sandbox_store::Config;
use serde_json::json;

use crate::kit::Shop;

#[tokio::test]
async fn each_way_of_not_being_let_in_has_the_vendors_answer() {
    let shop = Shop::small().await;
    let missing = shop.send(Method::GET, "/v2/time", None, None).await.unwrap();
    assert_eq!(
        (missing.status, missing.text.as_str()),
        (401, "X-Auth-Token header is required"),
        "no header"
    );
    let empty = shop.send(Method::GET, "/v2/time", Some(""), None).await.unwrap();
    let words = "X-Auth-Token header should have correct format";
    assert_eq!(
        (empty.status, empty.text.as_str()),
        (401, words),
        "an empty header is another sentence"
    );
    let unknown = shop
        .send(Method::GET, "/v2/time", Some("nobody"), None)
        .await
        .unwrap();
    assert_eq!(unknown.status, 401, "an unknown token is refused");
    assert_eq!(
        unknown.json()["title"],
        "Unauthorized",
        "and that refusal alone is JSON"
    );
    let nowhere = shop.send(Method::GET, "/v3/nowhere", None, None).await.unwrap();
    assert_eq!(
        nowhere.text, "The route is not found, check the URL",
        "routes are looked at before tokens"
    );
    assert_eq!(
        shop.get("/v3/customers/5").await.status,
        404,
        "customers have no addresses of their own"
    );
    assert_eq!(shop.get("/v3/carts").await.status, 404, "carts cannot be listed");
    assert_eq!(
        shop.get("/v3/catalog/products/").await.status,
        404,
        "a trailing slash is no address"
    );
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let shop = Shop::small().await;
    let lists = shop.get("/v3/promotions").await;
    assert_eq!(
        lists.status, 501,
        "BigCommerce has promotions, the sandbox has none"
    );
    let shipments = shop.delete("/v2/orders").await;
    assert_eq!(shipments.status, 501, "deleting every order is not offered");
    assert!(
        shipments.text.contains("GET, POST"),
        "it names what can be done there: {}",
        shipments.text
    );
}

#[tokio::test]
async fn scopes_are_enforced_for_reading_and_for_writing() {
    let scopes = vec!["store_v2_orders_read_only".to_owned()];
    let shop = Shop::open(Config {
        scopes,
        orders: 50,
        ..Config::default()
    })
    .await;
    assert_eq!(shop.get("/v2/time").await.status, 200, "the probe needs no scope");
    assert_eq!(
        shop.get("/v2/orders/1042").await.status,
        200,
        "reading is allowed"
    );
    assert_eq!(
        shop.put("/v2/orders/1042", json!({})).await.status,
        403,
        "writing needs the modifying scope"
    );
    let customers = shop.get("/v3/customers").await;
    assert_eq!(customers.status, 403, "another resource needs its own scope");
    assert_eq!(
        customers.json()["title"],
        "You don't have a required scope to access the endpoint",
        "in its words"
    );
}

#[tokio::test]
async fn another_stores_hash_is_forbidden_and_a_revoked_token_is_unauthorized() {
    let shop = Shop::small().await;
    let other = shop.get("/../other1/v2/time").await;
    assert_eq!(other.status, 403, "a good token at another store");
    shop.sandbox.store().configure(|settings| settings.revoked = true);
    assert_eq!(shop.get("/v2/time").await.status, 401, "the account was deleted");
}

#[tokio::test]
async fn the_quota_runs_out_and_the_clock_brings_it_back() {
    let shop = Shop::open(Config {
        quota: Some(3),
        orders: 50,
        ..Config::default()
    })
    .await;
    shop.sandbox
        .store()
        .configure(|settings| settings.used_by_others = 1);
    let first = shop.get("/v2/time").await;
    assert_eq!(
        first.header("x-rate-limit-requests-quota"),
        Some("3"),
        "the quota is told"
    );
    assert_eq!(
        first.header("x-rate-limit-requests-left"),
        Some("1"),
        "others used one, this call another"
    );
    assert_eq!(
        first.header("x-rate-limit-time-window-ms"),
        Some("30000"),
        "the window is told"
    );
    shop.get("/v2/time").await;
    let refused = shop.get("/v2/time").await;
    assert_eq!(refused.status, 429, "the window's requests are used up");
    assert!(
        refused.header("x-retry-after").is_some(),
        "and the wait is told in seconds"
    );
    shop.sandbox.store().advance(30);
    assert_eq!(shop.get("/v2/time").await.status, 200, "a new window has begun");
    shop.sandbox
        .store()
        .configure(|settings| (settings.quota, settings.bare_429) = (Some(0), true));
    let bare = shop.get("/v2/time").await;
    assert_eq!(
        (bare.status, bare.header("x-rate-limit-requests-left")),
        (429, None),
        "load has no headers"
    );
}

#[tokio::test]
async fn a_store_without_a_limit_has_no_limit_headers() {
    let shop = Shop::small().await;
    let time = shop.get("/v2/time").await;
    assert_eq!(
        time.header("x-rate-limit-requests-left"),
        None,
        "absent is unknown, not zero"
    );
    assert!(
        time.header("date").is_some_and(|date| date.ends_with("GMT")),
        "the time is in the header"
    );
}

#[tokio::test]
async fn a_web_page_cannot_reach_the_controls_by_name() {
    let shop = Shop::small().await;
    let address = shop.sandbox.address();
    let text = format!(
        "GET /sandbox HTTP/1.1\r\nHost: evil.example:{}\r\nConnection: close\r\n\r\n",
        address.port()
    );
    let answer = crate::faults::raw(address, &text).await;
    assert!(
        answer.starts_with("HTTP/1.1 403"),
        "only loopback names are answered: {answer}"
    );
}
