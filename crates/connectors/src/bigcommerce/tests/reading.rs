//! Reading orders, products, customers and categories.

use std::collections::BTreeSet;

use connector_kit::{Kind, Raw, Record, Span};
use sandbox_store::{Config, Kind as Thing, Patch};
use serde_json::json;

use super::shop::Shop;

fn ids(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.id.parse().unwrap()).collect()
}

fn lines(order: &Record) -> Vec<Raw> {
    order.body.field("products").unwrap().read().unwrap()
}

#[tokio::test]
async fn a_first_run_reads_every_order_once_and_the_next_only_what_changed() {
    let shop = Shop::open().await;
    let (records, last) = shop.read("orders.changed", json!({}), Span::Whole).await.unwrap();
    let mut all = shop.sandbox.store().ids(Thing::Order);
    all.sort_unstable();
    let mut read = ids(&records);
    read.sort_unstable();
    assert_eq!(read, all, "each once");
    assert!(
        records[0].labels.iter().any(|label| label.contains('@')),
        "found by e-mail: {:?}",
        records[0].labels
    );
    let watermark = last.unwrap().watermark;
    let (quiet, none) = shop
        .read("orders.changed", json!({}), Span::From(watermark.clone()))
        .await
        .unwrap();
    assert!(
        quiet.is_empty() && none.is_none(),
        "nothing changed, the position stays"
    );
    shop.sandbox
        .store()
        .patch(&Patch::set(
            Thing::Order,
            all[3],
            json!({ "staff_notes": "call" }),
        ))
        .unwrap();
    let (changed, _) = shop
        .read("orders.changed", json!({}), Span::From(watermark))
        .await
        .unwrap();
    assert_eq!(ids(&changed), [all[3]]);
}

#[tokio::test]
async fn lines_come_with_the_page_and_none_is_cut() {
    let shop = Shop::open().await;
    let (records, _) = shop
        .read(
            "orders.list",
            json!({ "include": ["products", "shipping_addresses"] }),
            Span::Whole,
        )
        .await
        .unwrap();
    assert_eq!(records.len(), shop.sandbox.store().ids(Thing::Order).len());
    let asked = shop.asked();
    let singly = asked.iter().filter(|path| path.contains("/products")).count();
    assert!(
        singly <= 4,
        "an order with few lines costs no request of its own: {asked:?}"
    );
    let long = records.iter().find(|record| record.id == "1050").unwrap();
    assert_eq!(lines(long).len(), 123, "the store embeds 50 lines and no more");
    for record in &records {
        let wanted = shop.sandbox.store().order_lines(record.id.parse().unwrap());
        let field = |line: &Raw, name: &str| line.field(name).unwrap().as_str().to_owned();
        let read: Vec<String> = lines(record).iter().map(|line| field(line, "id")).collect();
        let wanted: Vec<String> = wanted.iter().map(|line| line["id"].to_string()).collect();
        assert_eq!(read, wanted, "order {}", record.id);
        let addresses: Vec<Raw> = record.body.field("shipping_addresses").unwrap().read().unwrap();
        assert!(
            addresses
                .iter()
                .all(|address| field(address, "order_id") == record.id),
            "as the order's own list has them"
        );
    }
}

#[tokio::test]
async fn named_orders_are_read_whole_and_a_missing_one_is_told() {
    let shop = Shop::open().await;
    let wanted = Span::Ids(vec!["1001".into(), "1050".into(), "9".into()]);
    let (records, _) = shop
        .read("orders.changed", json!({ "include": ["products"] }), wanted)
        .await
        .unwrap();
    assert_eq!(lines(&records[1]).len(), 123);
    assert!(
        records[2].unreadable.is_some(),
        "9 is not there, and that is said"
    );
}

#[tokio::test]
async fn a_filter_reaches_the_store_and_an_unknown_one_is_refused() {
    let shop = Shop::open().await;
    let with = json!({ "filter": { "status_id": 11, "min_date_created": "2020-01-01" } });
    let (records, _) = shop.read("orders.list", with, Span::Whole).await.unwrap();
    assert!(!records.is_empty() && records.len() < 120);
    assert!(
        records
            .iter()
            .all(|order| order.body.field("status_id").unwrap().as_str() == "11")
    );
    let unknown = shop
        .read(
            "orders.list",
            json!({ "filter": { "colour": "red" } }),
            Span::Whole,
        )
        .await
        .unwrap_err();
    assert_eq!(unknown.kind, Kind::Config, "{unknown}");
    assert!(
        unknown.message.contains("colour"),
        "the store's word is passed on: {unknown}"
    );
    let reserved = shop
        .read("orders.list", json!({ "filter": { "page": 3 } }), Span::Whole)
        .await
        .unwrap_err();
    assert_eq!(reserved.kind, Kind::Config, "{reserved}");
}

#[tokio::test]
async fn an_empty_store_is_no_orders_and_no_error() {
    let shop = Shop::with(Config {
        products: 0,
        customers: 0,
        orders: 0,
        ..Config::default()
    })
    .await;
    for action in ["orders.changed", "products.changed", "customers.changed"] {
        let (records, last) = shop.read(action, json!({}), Span::Whole).await.unwrap();
        assert!(
            records.is_empty() && last.is_none(),
            "{action}: 204 and [] are nothing, and no position"
        );
    }
}

#[tokio::test]
async fn a_catalogue_costs_a_request_a_page() {
    let shop = Shop::with(Config {
        products: 2_000,
        customers: 0,
        orders: 0,
        ..Config::default()
    })
    .await;
    let (records, last) = shop.read("products.list", json!({}), Span::Whole).await.unwrap();
    assert_eq!(records.len(), 2_000);
    assert!(ids(&records).is_sorted(), "in the order of ids");
    assert_eq!(
        shop.asked().len(),
        9,
        "eight full pages and one question for how far the list reaches"
    );
    assert!(
        last.unwrap().records.is_empty(),
        "the last batch only says that the read is over"
    );
}

#[tokio::test]
async fn short_pages_are_not_taken_for_the_end() {
    let shop = Shop::open().await;
    let (records, _) = shop
        .read("products.changed", json!({ "include": ["options"] }), Span::Whole)
        .await
        .unwrap();
    assert_eq!(
        records.len(),
        60,
        "with options a page holds ten products whatever was asked for"
    );
    let (few, _) = shop
        .read(
            "products.list",
            json!({ "include_fields": ["price"] }),
            Span::Whole,
        )
        .await
        .unwrap();
    assert!(
        few[0].labels.iter().count() == 2 && few[0].body.field("weight").is_none(),
        "only what was asked for, and the labels"
    );
}

#[tokio::test]
async fn a_store_that_passes_over_the_date_is_stopped() {
    let shop = Shop::open().await;
    shop.sandbox.store().configure(|settings| {
        settings.ignore_filters = vec!["date_modified:min".into(), "min_date_modified".into()];
    });
    let since = Span::Since(
        shop.sandbox
            .store()
            .time()
            .parse()
            .unwrap_or(jiff::Timestamp::MAX),
    );
    for action in ["orders.changed", "products.changed", "customers.changed"] {
        let error = shop.read(action, json!({}), since.clone()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Config, "{action}: {error}");
        assert!(
            error.message.contains("date filter was not applied"),
            "{action}: {error}"
        );
    }
}

#[tokio::test]
async fn customers_and_categories_are_read_whole() {
    let shop = Shop::open().await;
    let (customers, _) = shop
        .read(
            "customers.changed",
            json!({ "include": ["addresses"] }),
            Span::Whole,
        )
        .await
        .unwrap();
    let distinct: BTreeSet<u64> = ids(&customers).into_iter().collect();
    assert_eq!((customers.len(), distinct.len()), (40, 40), "each once");
    let (categories, _) = shop
        .read("categories.list", json!({}), Span::Whole)
        .await
        .unwrap();
    assert_eq!(categories.len(), shop.sandbox.store().ids(Thing::Category).len());
    let dated = shop
        .read(
            "categories.list",
            json!({}),
            Span::Since(jiff::Timestamp::UNIX_EPOCH),
        )
        .await
        .unwrap_err();
    assert_eq!(dated.kind, Kind::Config, "categories carry no date: {dated}");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let shop = Shop::open().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.scopes.retain(|scope| !scope.contains("customers")));
    let error = shop
        .read("customers.list", json!({}), Span::Whole)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Config);
    assert!(error.message.contains("may not read Customers"), "{error}");
}
