//! What an order says that an ERP would take for something else: whose it is, what was bought, what it cost, in which
//! currency, and where.

use kit::{Order, World};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store};

fn shop() -> World {
    World::with_orders_to_database(empty_store())
}

/// The ready-made processflow with something else in place of `line`.
fn deploy_with(world: &World, line: &str, instead: &str) {
    let file = kit::ready_made(ORDERS).join("processflow.yaml");
    let text = std::fs::read_to_string(file).expect("it is ready-made");
    assert_eq!(text.matches(line).count(), 1, "it has this once: {line}");
    world.deploy_text(&text.replace(line, instead), &["store=shop", "erp=erp"]);
}

fn run_with_problems(world: &World) -> Value {
    world.processflow(&["--json", "run", ORDERS]).code(1).json()
}

/// What the set-aside records say.
fn said(world: &World) -> String {
    world.processflow(&["--json", "failed"]).ok().out
}

/// T19: merchants rename statuses, and public tables of them are wrong.
#[test]
fn t19_a_status_is_known_by_its_number_and_one_that_nobody_named_waits() {
    let world = shop();
    Order::new(1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    world.store().store().configure(|settings| {
        settings.status_labels.insert(11, "Bitte packen".to_owned());
    });
    Order::new(2).set("custom_status", "Bitte packen").put(&world);
    Order::new(3).set("status_id", 77).put(&world);
    let run = run_with_problems(&world);
    assert_eq!(
        (&run["written"], &run["failed"], &run["status"]),
        (&json!(1), &json!(1), &json!("Finished with problems")),
        "{run}"
    );
    assert_eq!(
        world.table("WEB_ORDER").column("STATUS"),
        ["awaiting fulfillment"; 2],
        "the new label changes nothing"
    );
    assert!(said(&world).contains("no entry for `77`"), "{}", said(&world));
    deploy_with(
        &world,
        "14: partially refunded",
        "14: partially refunded\n    77: on hold",
    );
    world.processflow(&["retry", "--all"]).ok();
    assert_eq!(
        world.table("WEB_ORDER").column("STATUS"),
        ["awaiting fulfillment", "awaiting fulfillment", "on hold"],
        "once it has a word it comes"
    );
}

/// T22: guests have customer number 0, and write their e-mail as they like.
#[test]
fn t22_guests_are_customers_by_their_email_and_never_number_0() {
    let world = shop();
    let guest = |id: u64, email: &str| {
        Order::new(id)
            .set("customer_id", 0)
            .set("billing_address", json!({ "email": email }))
            .put(&world);
    };
    guest(1, "Ada@Example.com");
    guest(2, "ada@example.COM");
    guest(3, "");
    Order::new(4).set("customer_id", 42).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        world.table("WEB_ORDER").column("CUSTOMER_KEY"),
        ["ada@example.com", "ada@example.com", "order 3", "42"],
        "one customer for one e-mail; who left none is nobody else"
    );
    deploy_with(
        &world,
        "billing_address.email | trim | lower | default('order ' ~ id, true)",
        "'WEB-GUEST'",
    );
    guest(5, "grace@example.com");
    world.processflow(&["run", ORDERS]).ok();
    let keys = world.table("WEB_ORDER");
    assert_eq!(
        keys.column("CUSTOMER_KEY")[4],
        "WEB-GUEST",
        "the rule is the user's to choose"
    );
}

/// An order over two lines, of which one is no product of the catalogue.
fn engraved(id: u64) -> Order {
    let line = |id: u64, product: u64, sku: &str, name: &str, ex: &str, tax: &str| {
        json!({ "id": id, "product_id": product, "sku": sku, "name": name, "quantity": 1, "total_ex_tax": ex,
                "total_tax": tax, "total_inc_tax": "0.0000" })
    };
    Order::new(id)
        .line_of(&line(id * 10 + 1, 77, "RING", "Ring", "54.1700", "10.8300"))
        .line_of(&line(id * 10 + 2, 0, "", "Engraving", "41.6700", "8.3300"))
        .set("total_inc_tax", "115.0000")
}

/// T23: custom products, lines without a product of the catalogue.
#[test]
fn t23_a_line_without_an_article_has_its_stand_in_or_its_order_waits() {
    let world = shop();
    engraved(1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(lines.column("SKU"), ["RING", "MISC"]);
    assert_eq!(
        lines.column("NAME"),
        ["Ring", "Engraving"],
        "what it was is not lost"
    );
    assert_eq!(
        sum(&lines.column("NET")) + sum(&lines.column("TAX")),
        11_500,
        "the lines add up to the order's total"
    );
    deploy_with(&world, "article: { misc: MISC }", "article: { other: OTHER }");
    engraved(2).put(&world);
    Order::new(3).line(31, "RING", 1).put(&world);
    let run = run_with_problems(&world);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(1), &json!(1)),
        "it waits as a whole, and keeps nobody else back: {run}"
    );
    assert!(said(&world).contains("no entry for `misc`"), "{}", said(&world));
    assert_eq!(
        world.table("WEB_ORDER").column("ORDER_ID"),
        ["1", "3"],
        "nothing of it is there"
    );
}

/// The sum of amounts, in cents.
fn sum(amounts: &[&str]) -> i64 {
    let cents = |amount: &&str| amount.replace('.', "").parse::<i64>().expect("two decimals");
    amounts.iter().map(cents).sum()
}

/// T27: the sum of rounded lines is not the order's total.
#[test]
fn t27_the_total_is_the_orders_own_and_what_its_lines_differ_by_is_shown() {
    let world = shop();
    engraved(1).put(&world);
    let line = json!({ "id": 21, "product_id": 77, "sku": "RING", "quantity": 3, "total_ex_tax": "54.1650",
                       "total_tax": "10.8350", "total_inc_tax": "65.0000" });
    Order::new(2)
        .line_of(&line)
        .set("total_inc_tax", "69.9900")
        .set("shipping_cost_inc_tax", "5.9900")
        .set("coupon_discount", "1.0000")
        .put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let orders = world.table("WEB_ORDER");
    assert_eq!(
        orders.column("TOTAL"),
        ["115.0000", "69.9900"],
        "as the store has them"
    );
    assert_eq!(
        orders.column("DIFFERENCE"),
        ["0.0000", "-0.0100"],
        "54.17 + 10.84 + 5.99 - 1.00 is a cent more than 69.99"
    );
    assert_eq!(
        (orders.column("SHIPPING")[1], orders.column("DISCOUNT")[1]),
        ("5.9900", "1.0000"),
        "and what is no line stands beside them"
    );
}

/// T28: `default_currency_code` is what was paid in, not the store's currency.
#[test]
fn t28_an_order_in_another_currency_keeps_it_with_the_stores_rate_or_waits() {
    let world = shop();
    let paid_in_euro = |id: u64, rate: &str| {
        Order::new(id)
            .set("store_default_currency_code", "USD")
            .set("default_currency_code", "EUR")
            .set("currency_code", "USD")
            .set("store_default_to_transactional_exchange_rate", rate)
    };
    paid_in_euro(1, "0.9200000000").put(&world);
    paid_in_euro(2, "").put(&world);
    Order::new(3).put(&world);
    let run = run_with_problems(&world);
    assert_eq!((&run["written"], &run["failed"]), (&json!(2), &json!(1)), "{run}");
    assert!(
        said(&world).contains("the order has no exchange rate yet"),
        "{}",
        said(&world)
    );
    let orders = world.table("WEB_ORDER");
    assert_eq!(
        [
            orders.column("TOTAL"),
            orders.column("CURRENCY"),
            orders.column("RATE")
        ],
        [["10.0000"; 2], ["EUR"; 2], ["0.9200000000", "1"]],
        "the amount as it was paid, never converted"
    );
    paid_in_euro(2, "0.9300000000").put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["failed"], 0, "once there is a rate it comes: {run}");
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1", "2", "3"]);
}

/// T30: orders of several storefronts in one list.
#[test]
fn t30_orders_of_other_channels_are_told_apart_and_left_out_by_a_rule() {
    let world = shop();
    Order::new(1).set("channel_id", 1).put(&world);
    Order::new(2).set("channel_id", 2).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        world.table("WEB_ORDER").column("CHANNEL"),
        ["1", "2"],
        "each says where it is from"
    );
    deploy_with(
        &world,
        "  # - skip: { when: channel_id != 1",
        "  - skip: { when: channel_id != 1",
    );
    Order::new(3).set("channel_id", 2).put(&world);
    Order::new(4).set("channel_id", 1).put(&world);
    let run = world.run(ORDERS);
    assert_eq!(
        (&run["written"], &run["skipped"]),
        (&json!(1), &json!({ "other channel": 1 })),
        "counted, with the reason: {run}"
    );
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1", "2", "4"]);
}
