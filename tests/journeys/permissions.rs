//! What a token may do against what the deployed processflows need.

use kit::World;
use sandbox_store::Seen;
use serde_json::{Value, json};

use crate::{ORDERS, store_with_orders};

const CUSTOMERS: &str = "
processflow: customers-to-database
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/customers.changed }
  - write:
      action: erp/table.upsert
      with: { table: NAMES, key: [ID], create: { ID: integer } }
      map: { ID: id }
";
const BACK: &str = "
processflow: names-to-store
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: erp/query, with: { sql: SELECT ID FROM NAMES, key: [ID] } }
  - write:
      action: store/customer.update
      map: { id: ID, first_name: \"'x'\" }
";

fn world() -> World {
    let world = World::with_orders_to_database(store_with_orders(3));
    world.deploy_text(CUSTOMERS, &["store=shop", "erp=erp"]);
    world
}

fn without(world: &World, word: &str) {
    world
        .store()
        .store()
        .configure(|settings| settings.scopes.retain(|scope| !scope.contains(word)));
}

fn row<'t>(table: &'t Value, scope: &str) -> &'t Value {
    let rows = table["rows"].as_array().expect("rows");
    rows.iter()
        .find(|row| row["scope"] == scope)
        .unwrap_or_else(|| panic!("{scope}: {table}"))
}

/// C6: the row names the permission and who breaks without it.
#[test]
fn a_token_without_customers_has_a_row_that_names_the_processflows() {
    let world = world();
    let permissions = ["--json", "connections", "permissions", "shop"];
    let table = world.processflow(&permissions).ok().json();
    assert_eq!(row(&table, "Customers")["standing"], "enough", "{table}");
    without(&world, "customers");
    let table = world.processflow(&permissions).code(1).json();
    assert_eq!(
        table["rows"][0],
        json!({
            "scope": "Customers", "needed": "read-only", "found": "refused", "standing": "missing",
            "processflows": ["customers-to-database"], "breaks": ["customers-to-database"],
        }),
        "what is missing comes first"
    );
    assert_eq!(row(&table, "Orders")["standing"], "enough", "{table}");
    assert_eq!(
        table["least"],
        json!(["Customers: read-only", "Orders: read-only"])
    );
    let told = world.processflow(&["connections", "permissions", "shop"]).code(1);
    told.says("Customers")
        .says("MISSING")
        .says("customers-to-database")
        .says("  Orders: read-only");
    let validated = world.processflow(&["connections", "validate", "shop"]).ok();
    validated.says("`Customers: read-only` is missing");
    world.processflow(&["undeploy", "customers-to-database"]).ok();
    world.processflow(&permissions).ok();
}

/// C4: the vendor's own probe first, then a question for each permission that somebody needs, and no other.
#[test]
fn only_what_is_needed_is_asked_and_the_time_comes_first() {
    let world = world();
    world.store().store().clear_log();
    world.processflow(&["connections", "validate", "shop"]).ok();
    let asked: Vec<String> = world
        .store()
        .store()
        .requests()
        .iter()
        .map(|Seen { path, .. }| path.clone())
        .collect();
    assert_eq!(asked.first().map(String::as_str), Some("/v2/time"), "{asked:?}");
    let mut rest = asked[1..].to_vec();
    rest.sort();
    assert_eq!(
        rest,
        ["/v2/orders?limit=1", "/v2/store", "/v3/customers?limit=1"],
        "the profile tells the store's name"
    );
}

/// Writing cannot be tried without writing, and that is what is said; a sign-in tells.
#[test]
fn a_permission_to_change_is_not_proven_by_reading() {
    let world = world();
    world.processflow(&["run", "customers-to-database"]).ok();
    world.deploy_text(BACK, &["store=shop", "erp=erp"]);
    let check = |code| {
        world
            .processflow(&["--json", "connections", "permissions", "shop"])
            .code(code)
            .json()
    };
    let table = check(0);
    let customers = row(&table, "Customers");
    assert_eq!(
        (&customers["needed"], &customers["found"], &customers["standing"]),
        (&json!("modify"), &json!("reads"), &json!("unproven")),
        "{table}"
    );
    world
        .processflow(&["connections", "permissions", "shop"])
        .ok()
        .says("cannot be tried without writing");
    without(&world, "customers");
    let broken = check(1);
    assert_eq!(
        row(&broken, "Customers")["breaks"],
        json!(["customers-to-database", "names-to-store"]),
        "both need it"
    );
}

#[test]
fn the_least_that_is_needed_is_a_list_to_copy() {
    let world = world();
    let needed = |further: &[&str]| {
        let mut line = vec!["connections", "permissions", "shop", "--needed"];
        line.extend(further);
        world.processflow(&line)
    };
    world.store().store().clear_log();
    assert_eq!(needed(&[]).ok().out, "Customers: read-only\nOrders: read-only\n");
    let told = needed(&["--action", "customer.create", "--action", "store/product.update"]).ok();
    assert_eq!(
        told.out, "Customers: modify\nOrders: read-only\nProducts: modify\n",
        "the higher level stands for both"
    );
    assert!(
        told.err.contains(&format!("{ORDERS}: Orders: read-only")),
        "{}",
        told.err
    );
    needed(&["--action", "customers.destroy"])
        .code(3)
        .says("no action `customers.destroy`");
    assert!(
        world.store().store().requests().is_empty(),
        "nothing is tried for it"
    );
    let tried = [
        "--json",
        "connections",
        "permissions",
        "shop",
        "--action",
        "api.get_carts_settings",
    ];
    let ran = world.processflow(&tried);
    assert!(
        ran.code == Some(0) || ran.said().contains("no action"),
        "{}",
        ran.said()
    );
}
