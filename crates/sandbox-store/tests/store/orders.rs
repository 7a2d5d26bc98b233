//! Orders and what hangs below them.

use sandbox_store::Config;
use serde_json::{Value, json};

use crate::kit::Shop;

fn amount(value: &Value) -> f64 {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(f64::NAN)
}

#[tokio::test]
async fn an_order_of_many_lines_is_cut_by_whoever_does_not_page() {
    let shop = Shop::small().await;
    let first = shop.get("/v2/orders/1050/products").await.json();
    assert_eq!(
        first.as_array().map(Vec::len),
        Some(50),
        "50 lines without asking"
    );
    let all = shop.get("/v2/orders/1050/products?limit=250").await.json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 123, "123 when asked");
    let items: i64 = all.iter().filter_map(|line| line["quantity"].as_i64()).sum();
    assert_eq!(
        shop.get("/v2/orders/1050").await.json()["items_total"],
        items,
        "the total counts every line"
    );
    assert_eq!(
        shop.get("/v2/orders/1050/products?page=4").await.status,
        204,
        "past the end there is nothing"
    );
}

#[tokio::test]
async fn embedded_lines_are_cut_with_a_warning() {
    let shop = Shop::small().await;
    let path = "/v2/orders/1050?include=consignments.line_items";
    let object = shop
        .get(&format!("{path}&consignment_structure=object"))
        .await
        .json();
    let shipping = &object["consignments"]["shipping"][0];
    assert_eq!(
        shipping["line_items"].as_array().map(Vec::len),
        Some(50),
        "50 at most are embedded"
    );
    assert!(shipping["__warning__"]["message"].is_string(), "and it says so");
    let list = shop.get(path).await.json();
    assert!(
        list["consignments"][0]["shipping"].is_array(),
        "without the structure it is the older list"
    );
    let plain = shop
        .get("/v2/orders/1042?include=consignments&consignment_structure=object")
        .await
        .json();
    assert!(
        plain["consignments"]["shipping"][0]["line_items"][0]["resource"].is_string(),
        "or links to lines"
    );
}

#[tokio::test]
async fn the_seeds_hold_the_awkward_orders() {
    let shop = Shop::open(Config {
        orders: 500,
        ..Config::default()
    })
    .await;
    let mut orders = Vec::new();
    for page in 1..=2 {
        let rows = shop
            .get(&format!("/v2/orders?limit=250&page={page}"))
            .await
            .json();
        orders.extend(rows.as_array().cloned().unwrap());
    }
    let count = |holds: &dyn Fn(&Value) -> bool| orders.iter().filter(|order| holds(order)).count();
    assert_eq!(
        count(&|order| order["status_id"] == 0),
        12,
        "some are not paid yet"
    );
    assert!(count(&|order| order["customer_id"] == 0) > 50, "guests");
    assert!(
        count(&|order| order["currency_code"] != "EUR") > 30,
        "other currencies"
    );
    assert!(count(&|order| order["channel_id"] == 2) > 20, "another channel");
    assert!(
        count(&|order| order["order_is_digital"] == true) > 10,
        "digital ones"
    );
    let mails = |mail: &str| count(&|order| order["billing_address"]["email"] == mail);
    assert!(
        mails("Gast@Example.com") > 0 && mails("gast@example.com") > 0,
        "guests but for case alike"
    );
    let digital = orders
        .iter()
        .find(|order| order["order_is_digital"] == true)
        .unwrap();
    let addresses = shop
        .get(&format!("/v2/orders/{}/shipping_addresses", digital["id"]))
        .await;
    assert_eq!(addresses.status, 204, "a digital order is sent nowhere");
    let custom = shop.get("/v2/orders/1006/products").await.json();
    assert_eq!(custom[0]["product_id"], 0, "a line without a catalogue product");
}

#[tokio::test]
async fn totals_are_sums_of_the_lines() {
    let shop = Shop::small().await;
    for id in 1001..=1060 {
        let order = shop.get(&format!("/v2/orders/{id}?include=fees")).await.json();
        let lines = shop
            .get(&format!("/v2/orders/{id}/products?limit=250"))
            .await
            .json();
        let sum: f64 = lines
            .as_array()
            .unwrap()
            .iter()
            .map(|line| amount(&line["total_inc_tax"]))
            .sum();
        let fees: f64 = order["fees"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fee| amount(&fee["cost_inc_tax"]))
            .sum();
        let total = sum + fees + amount(&order["shipping_cost_inc_tax"]) - amount(&order["discount_amount"]);
        assert!(
            (total - amount(&order["total_inc_tax"])).abs() < 0.0001,
            "order {id} adds up: {total}"
        );
    }
}

#[tokio::test]
async fn a_change_of_status_touches_nothing_else() {
    let shop = Shop::small().await;
    let before = shop.get("/v2/orders/1005?include=fees").await.json();
    let lines = shop.get("/v2/orders/1005/products").await.text;
    let after = shop
        .put("/v2/orders/1005?include=fees", json!({ "status_id": 10 }))
        .await
        .json();
    assert_eq!(after["fees"], before["fees"], "two fees as before");
    assert_eq!(after["total_inc_tax"], before["total_inc_tax"], "the total too");
    assert_eq!(after["status"], "Completed", "the label follows the id");
    assert_ne!(
        after["date_modified"], before["date_modified"],
        "and the change date moves"
    );
    assert_eq!(
        shop.get("/v2/orders/1005/products").await.text,
        lines,
        "lines keep their discounts"
    );
}

#[tokio::test]
async fn changed_lines_lose_discounts_and_sent_fees_replace_all() {
    let shop = Shop::small().await;
    let lines = shop.get("/v2/orders/1003/products").await.json();
    assert_eq!(
        lines[0]["applied_discounts"][0]["code"], "HERBST5",
        "the seeded line has a discount"
    );
    let change = json!({ "products": [{ "id": lines[0]["id"], "quantity": 9 }], "fees": [] });
    let after = shop.put("/v2/orders/1003?include=fees", change).await.json();
    assert_eq!(after["fees"], json!([]), "fees are replaced");
    let now = shop.get("/v2/orders/1003/products").await.json();
    assert_eq!(now[0]["applied_discounts"], json!([]), "the discount is gone");
    assert_eq!(now[0]["quantity"], 9, "the quantity is new");
    let removed = json!({ "products": [{ "id": lines[0]["id"], "quantity": 0 }] });
    shop.put("/v2/orders/1003", removed).await;
    let left = shop.get("/v2/orders/1003/products").await;
    let left = if left.status == 204 {
        0
    } else {
        left.json().as_array().map_or(0, Vec::len)
    };
    assert_eq!(
        left + 1,
        lines.as_array().map_or(0, Vec::len),
        "a quantity of 0 removes the line"
    );
}

#[tokio::test]
async fn an_order_sent_twice_is_two_orders_and_can_be_found_by_its_external_id() {
    let shop = Shop::small().await;
    let order = json!({
        "billing_address": { "first_name": "A", "last_name": "B", "zip": "1", "email": "a@example.com" },
        "products": [{ "name": "Gravur", "quantity": 2, "price_ex_tax": 10, "price_inc_tax": "11.90" }],
        "external_order_id": "ERP-7",
    });
    let made = shop.post("/v2/orders", order.clone()).await;
    assert_eq!(
        made.json()["total_inc_tax"],
        "23.8000",
        "amounts are text with four decimals"
    );
    shop.post("/v2/orders", order).await;
    let found = shop.get("/v2/orders?external_order_id=ERP-7").await.json();
    assert_eq!(
        found.as_array().map(Vec::len),
        Some(2),
        "nothing makes an order unique"
    );
    assert_eq!(
        shop.sandbox.store().applied("order", "ERP-7").len(),
        2,
        "and the ledger counts both"
    );
}

#[tokio::test]
async fn an_archived_order_is_in_no_list_but_still_there() {
    let shop = Shop::small().await;
    assert_eq!(
        shop.delete("/v2/orders/1042").await.status,
        204,
        "deleting archives"
    );
    assert_eq!(
        shop.get("/v2/orders?min_id=1042&max_id=1042").await.status,
        204,
        "no list has it"
    );
    assert_eq!(
        shop.get("/v2/orders/1042").await.json()["is_deleted"],
        true,
        "by its id it is there, flagged"
    );
}

#[tokio::test]
async fn shipments_name_lines_and_ship_no_more_than_is_left() {
    let shop = Shop::small().await;
    let lines = shop.get("/v2/orders/1042/products").await.json();
    let address = shop.get("/v2/orders/1042/shipping_addresses").await.json()[0]["id"].clone();
    let of = |id: &Value, quantity: i64| {
        json!({ "order_address_id": address, "tracking_number": "T",
                "items": [{ "order_product_id": id, "quantity": quantity }] })
    };
    let product = shop
        .post("/v2/orders/1042/shipments", of(&lines[0]["product_id"], 1))
        .await;
    assert_eq!(product.status, 400, "a product's id is no line's");
    assert_eq!(
        shop.post("/v2/orders/1042/shipments", of(&lines[0]["id"], 99))
            .await
            .status,
        400,
        "too many"
    );
    let quantity = lines[0]["quantity"].as_i64().unwrap();
    assert_eq!(
        shop.post("/v2/orders/1042/shipments", of(&lines[0]["id"], quantity))
            .await
            .status,
        201,
        "all of it"
    );
    assert_eq!(
        shop.post("/v2/orders/1042/shipments", of(&lines[0]["id"], 1))
            .await
            .status,
        400,
        "nothing is left"
    );
    assert_eq!(
        shop.get("/v2/orders/1042").await.json()["status_id"],
        3,
        "the order is partially shipped"
    );
}

#[tokio::test]
async fn renamed_labels_leave_ids_alone() {
    let shop = Shop::small().await;
    shop.post(
        "/sandbox/settings",
        json!({ "status_labels": { "11": "Bitte packen" } }),
    )
    .await;
    let status = shop.get("/v2/order_statuses/11").await.json();
    assert_eq!(
        (&status["custom_label"], &status["system_label"]),
        (&json!("Bitte packen"), &json!("Awaiting Fulfillment")),
        "both labels are shown"
    );
    let orders = shop.get("/v2/orders?status_id=11&limit=1").await.json();
    assert_eq!(
        orders[0]["custom_status"], "Bitte packen",
        "orders carry the merchant's label"
    );
    assert_eq!(orders[0]["status_id"], 11, "and the same id");
}

#[tokio::test]
async fn statuses_are_listed_as_in_the_control_panel_when_orders_are_counted() {
    let shop = Shop::small().await;
    let counted = shop.get("/v2/orders/count").await.json();
    let third = &counted["statuses"][3];
    assert_eq!(
        (&third["id"], &third["sort_order"]),
        (&json!(11), &json!(3)),
        "Awaiting Fulfillment has id 11 and the fourth place"
    );
    assert!(
        third.get("order").is_none(),
        "that is the name at /v2/order_statuses"
    );
    let status = shop.get("/v2/order_statuses/11").await.json();
    assert_eq!(status["order"], 3, "the same place under its other name");
}

#[tokio::test]
async fn every_address_of_an_order_has_a_line() {
    let shop = Shop::small().await;
    let path = "/v2/orders?include=consignments.line_items&consignment_structure=object&limit=250";
    let orders = shop.get(path).await.json();
    let shipping = orders.as_array().into_iter().flatten();
    let mut shipping =
        shipping.flat_map(|order| order["consignments"]["shipping"].as_array().into_iter().flatten());
    assert!(
        shipping.all(|address| address["line_items"][0]["id"].is_u64()),
        "nothing is sent to an address without goods"
    );
}

#[tokio::test]
async fn what_an_order_cannot_take_here_is_refused_and_not_dropped() {
    let shop = Shop::small().await;
    let refused = shop
        .put("/v2/orders/1042", json!({ "consignments": { "pickups": [] } }))
        .await;
    assert_eq!(refused.status, 501, "consignments are read, not written");
}
