//! The store's request budget: what a person says of it, and what is told of it.

use kit::World;
use sandbox_store::Config;
use serde_json::{Value, json};

use crate::{ORDERS, requests};

fn world(settings: &[&str]) -> World {
    let world = World::with_orders_to_database(Config {
        products: 5,
        customers: 2,
        orders: 30,
        ..Config::default()
    });
    let mut arguments = vec!["connections", "edit", "shop"];
    arguments.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    world.processflow(&arguments).ok();
    world
}

fn quota(world: &World) -> Value {
    world.processflow(&["--json", "status"]).json()["quotas"][0].clone()
}

#[test]
fn who_uses_a_budget_and_how_long_it_lasts_is_told() {
    let world = world(&["quota_reserve=40"]);
    world.store().store().configure(|settings| {
        settings.quota = Some(200);
        settings.used_by_others = 50;
    });
    world.processflow(&["run", ORDERS]).ok();
    let told = quota(&world);
    let number = |name: &str| told[name].as_u64().unwrap_or_else(|| panic!("{name}: {told}"));
    assert_eq!(
        (number("quota"), number("reserve")),
        (200, 80),
        "two fifths are left to others: {told}"
    );
    assert!(
        number("ours") > 0 && number("quota") - number("left") - number("ours") >= 50,
        "{told}"
    );
    world
        .processflow(&["status"])
        .says("used here")
        .says("by other apps")
        .says("kept for them 80");
}

#[test]
fn quiet_hours_hold_up_what_can_wait_and_not_the_orders() {
    let world = world(&["quota_reserve=0"]);
    let quiet = format!("quiet_hours={}", hours_around(world.store().store().now()));
    world
        .processflow(&["connections", "edit", "shop", "--set", &quiet])
        .ok();
    world.processflow(&["run", ORDERS]).ok();
    let text = "processflow: goods\nconnections: { store: bigcommerce, erp: sql }\nsteps:\n  - read: { action: store/products.list }\n  \
        - write: { action: erp/table.upsert, with: { table: P, key: [ID], create: { ID: integer } }, map: { ID: id } }\n";
    world.deploy_text(text, &["store=shop", "erp=erp"]);
    world.store().store().clear_log();
    let run = world.processflow(&["--json", "run", "goods"]).code(4).json();
    assert_eq!(run["status"], "Waiting", "{run}");
    let said = run["problem"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("quiet hours of the store"), "{run}");
    assert_eq!(
        requests(&world, "GET", &["/v3/catalog/products"]).len(),
        0,
        "nothing was asked"
    );
    world.deploy_text(
        &text.replace("steps:", "priority: high\nsteps:"),
        &["store=shop", "erp=erp"],
    );
    world.processflow(&["run", "goods"]).ok();
}

/// An hour before these seconds, which are now, to three hours behind them.
fn hours_around(now: i64) -> String {
    let at = |seconds: i64| {
        let at = jiff::Timestamp::from_second(now + seconds).expect("a date");
        at.strftime("%H:%M").to_string()
    };
    format!("{}-{} UTC", at(-3_600), at(3 * 3_600))
}

#[test]
fn a_speed_limit_is_kept_and_wrong_settings_are_told() {
    let world = world(&["speed_limit=20"]);
    let run = world.run(ORDERS);
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(30)),
        "{run}"
    );
    for (setting, told) in [
        ("quota_reserve=95", "`quota_reserve` is a number from 0 to 90"),
        ("speed_limit=fast", "`speed_limit` is a number from 0.01 to 1000"),
        ("quiet_hours=late", "`late` are no hours of the day"),
    ] {
        world
            .processflow(&["connections", "edit", "shop", "--set", setting])
            .code(3)
            .says(told);
    }
}
