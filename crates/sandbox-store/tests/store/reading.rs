//! Lists: pages, cursors, filters, dates.

use sandbox_store::Config;
use serde_json::{Value, json};

use crate::kit::Shop;

fn ids(rows: &[Value]) -> Vec<u64> {
    rows.iter().filter_map(|row| row["id"].as_u64()).collect()
}

#[tokio::test]
async fn two_stores_of_one_seed_are_equal_and_of_another_are_not() {
    let (one, two) = (Shop::small().await, Shop::small().await);
    let path = "/v2/orders?limit=250";
    assert_eq!(
        one.get(path).await.text,
        two.get(path).await.text,
        "records follow from the seed alone"
    );
    let other = Shop::open(Config {
        seed: 2,
        products: 60,
        customers: 60,
        orders: 60,
        ..Config::default()
    })
    .await;
    assert_ne!(
        one.get(path).await.text,
        other.get(path).await.text,
        "another seed is another store"
    );
}

#[tokio::test]
async fn v3_pages_have_totals_and_links_and_v2_pages_have_neither() {
    let shop = Shop::open(Config {
        products: 251,
        orders: 251,
        customers: 5,
        ..Config::default()
    })
    .await;
    let first = shop.get("/v3/catalog/products?limit=1000").await.json();
    assert_eq!(
        first["data"].as_array().map(Vec::len),
        Some(250),
        "250 is the most"
    );
    let pagination = &first["meta"]["pagination"];
    assert_eq!(
        pagination["per_page"], 250,
        "the page size that was given is told"
    );
    assert_eq!(pagination["total_pages"], 2, "one product is left");
    assert_eq!(
        pagination["links"]["next"], "?page=2&limit=250",
        "links are query strings"
    );
    assert_eq!(
        shop.get("/v3/catalog/products").await.rows().len(),
        50,
        "50 is the default"
    );
    assert_eq!(
        shop.get("/v2/orders?limit=250&page=2")
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(1),
        "the 251st"
    );
    let beyond = shop.get("/v2/orders?limit=250&page=3").await;
    assert_eq!(
        (beyond.status, beyond.text.as_str()),
        (204, ""),
        "past the end v2 has no body at all"
    );
}

#[tokio::test]
async fn asking_for_options_cuts_pages_to_ten() {
    let shop = Shop::open(Config {
        products: 35,
        ..Config::default()
    })
    .await;
    let page = shop
        .get("/v3/catalog/products?limit=250&include=options")
        .await
        .json();
    assert_eq!(
        page["data"].as_array().map(Vec::len),
        Some(10),
        "whatever limit was sent"
    );
    assert_eq!(
        page["meta"]["pagination"]["total_pages"], 4,
        "and the short page is not the last"
    );
}

#[tokio::test]
async fn cursors_walk_all_customers_and_change_the_meta() {
    let shop = Shop::small().await;
    let mut seen = Vec::new();
    let mut path = "/v3/customers?limit=25".to_owned();
    loop {
        let page = shop.get(&path).await;
        let meta = page.json()["meta"].clone();
        assert_eq!(
            meta["pagination"].is_object(),
            !path.contains("after"),
            "only page 1 has both blocks"
        );
        seen.extend(ids(&page.rows()));
        let cursor = &meta["cursor_pagination"];
        if cursor["links"]["next"].is_null() {
            break;
        }
        path = format!(
            "/v3/customers?limit=25&after={}",
            cursor["end_cursor"].as_str().unwrap()
        );
    }
    assert_eq!(
        seen,
        (1..=60).collect::<Vec<_>>(),
        "every customer once, in order"
    );
}

#[tokio::test]
async fn walks_by_id_find_everything() {
    let shop = Shop::small().await;
    let found = ids(&shop
        .get("/v3/catalog/products?id:greater=150&limit=5")
        .await
        .rows());
    assert_eq!(found, [151, 152, 153, 154, 155], "greater leaves the bound out");
    let orders = shop.get("/v2/orders?min_id=1058").await.json();
    assert_eq!(
        ids(orders.as_array().unwrap()),
        [1058, 1059, 1060],
        "a minimum includes the bound"
    );
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_and_never_passed_over() {
    let shop = Shop::small().await;
    let v2 = shop.get("/v2/orders?is_deleted=false").await;
    assert_eq!(v2.status, 400, "v2 refuses with a list");
    let words = "The field 'is_deleted' is not supported by this resource.";
    assert_eq!(v2.json()[0]["message"], words, "in the vendor's words");
    let v3 = shop.get("/v3/customers?min_date_created=2026-01-01").await;
    assert_eq!(
        (v3.status, &v3.json()["errors"]["min_date_created"]).0,
        422,
        "v3 refuses with an object"
    );
    assert_eq!(
        shop.get("/v3/customers?sort=email:asc").await.status,
        422,
        "an unknown sort too"
    );
    shop.sandbox
        .store()
        .configure(|settings| settings.ignore_filters = vec!["min_date_created".to_owned()]);
    let ignored = shop.get("/v3/customers?min_date_created=2026-01-01").await;
    assert_eq!(
        ignored.json()["meta"]["pagination"]["total"],
        60,
        "unless it is scripted to be: whole history"
    );
}

#[tokio::test]
async fn dates_are_read_in_both_spellings_and_a_bare_plus_is_refused() {
    let shop = Shop::small().await;
    let order = shop.get("/v2/orders/1042").await.json();
    let stamp = order["date_modified"].as_str().unwrap().to_owned();
    assert!(stamp.ends_with("+0000"), "v2 writes RFC 2822: {stamp}");
    let encoded = stamp.replace(' ', "%20").replace(',', "%2C").replace('+', "%2B");
    let by_rfc = shop
        .get(&format!(
            "/v2/orders?min_date_modified={encoded}&sort=date_modified:asc&limit=250"
        ))
        .await;
    assert_eq!(
        by_rfc.json()[0]["date_modified"],
        json!(stamp),
        "the order at the bound is included"
    );
    let plus = shop
        .get("/v2/orders?min_date_modified=2026-10-01T00:00:00+02:00")
        .await;
    assert_eq!(
        plus.status, 400,
        "an unencoded plus is a space, and that is no date"
    );
    let good = shop
        .get("/v2/orders?min_date_modified=2026-10-01T00:00:00%2B02:00&limit=1")
        .await;
    assert_eq!(good.status, 200, "encoded it is one");
}

#[tokio::test]
async fn a_v3_date_without_a_time_gets_the_current_time_added() {
    let shop = Shop::small().await;
    let patch = json!({
        "kind": "product", "id": 101, "set": { "price": 1 }, "date_modified": "2027-01-15T09:00:00Z",
    });
    assert_eq!(
        shop.post("/sandbox/records", patch).await.status,
        200,
        "somebody edits a product at nine"
    );
    shop.post("/sandbox/clock", json!({ "at": "2027-01-15T14:00:00Z" }))
        .await;
    let bare = shop
        .get("/v3/catalog/products?date_modified:min=2027-01-15")
        .await;
    assert_eq!(bare.rows().len(), 0, "asked at two, the date means two o'clock");
    let full = shop
        .get("/v3/catalog/products?date_modified:min=2027-01-15T00:00:00Z")
        .await;
    assert_eq!(ids(&full.rows()), [101], "a full time finds it");
}

#[tokio::test]
async fn many_records_share_one_second() {
    let shop = Shop::small().await;
    let orders = shop.get("/v2/orders?limit=250").await.json();
    let mut counts = std::collections::HashMap::new();
    for order in orders.as_array().unwrap() {
        *counts.entry(order["date_modified"].to_string()).or_insert(0) += 1;
    }
    assert!(
        counts.values().any(|count| *count >= 10),
        "a bulk edit gave many orders one stamp: {counts:?}"
    );
}

#[tokio::test]
async fn gzip_is_sent_when_it_is_accepted_and_forgotten_when_something_changes() {
    let shop = Shop::small().await;
    let path = "/v3/catalog/products?limit=250";
    let before = shop.get(path).await;
    assert_eq!(
        shop.get(path).await.text,
        before.text,
        "the kept page is the page"
    );
    shop.put("/v3/catalog/products/101", json!({ "price": 123.5 }))
        .await;
    let after = shop.get(path).await;
    assert_eq!(after.rows()[0]["price"], 123.5, "a write is seen at once");
    let raw = format!(
        "GET /stores/sandbox1{path} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: sandbox-token\r\n\
         Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    );
    let answer = crate::faults::raw(shop.sandbox.address(), &raw).await;
    assert!(
        answer.contains("content-encoding: gzip"),
        "asked for, it is compressed"
    );
}

#[tokio::test]
async fn fields_can_be_chosen() {
    let shop = Shop::small().await;
    let rows = shop
        .get("/v3/catalog/products?include_fields=sku&limit=1")
        .await
        .rows();
    assert_eq!(
        rows[0],
        json!({ "id": 101, "sku": "0017" }),
        "the id is always there"
    );
    assert_eq!(
        shop.get("/v3/catalog/products?include_fields=nonsense")
            .await
            .status,
        422,
        "unknown ones are refused"
    );
}

#[tokio::test]
async fn trees_refuse_one_level_deeper_than_the_rest_of_v3() {
    let shop = Shop::small().await;
    for path in [
        "/v3/catalog/trees?colour=red",
        "/v3/catalog/trees/categories?tree_id:in=x",
    ] {
        let refused = shop.get(path).await;
        assert_eq!(refused.status, 422, "{path} makes no sense");
        assert_eq!(
            refused.json()["errors"]["status"],
            422,
            "the error of {path} is in `errors`"
        );
    }
}

#[tokio::test]
async fn orphan_variants_are_behind_an_option() {
    let shop = Shop::open(Config {
        products: 10,
        orphan_variants: 2,
        ..Config::default()
    })
    .await;
    let rows = shop.get("/v3/catalog/variants?limit=250").await.rows();
    assert_eq!(
        rows.iter().filter(|row| row["product_id"] == 0).count(),
        2,
        "as many as were asked for"
    );
}
