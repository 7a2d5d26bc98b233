//! The ready-made processflows beside PostgreSQL and MariaDB, as beside SQLite: by the built binary.

use kit::{
    Ran, World,
    database::{Database, Engine, PASSWORD, USER},
};
use sandbox_store::Config;
use serde_json::json;

use crate::empty_store;

/// Saves the database as connection `erp`, the password on standard input.
fn save(world: &World, database: &Database, password: &str) -> Ran {
    let (url, user) = (format!("url={}", database.url()), format!("username={USER}"));
    let arguments = [
        "connections",
        "add",
        "erp",
        "--connector",
        "sql",
        "--set",
        &url,
        "--set",
        &user,
        "--secret",
        "password",
    ];
    world.processflow_with(&arguments, &format!("{password}\n"))
}

/// The same with the right password, and tried.
fn add(world: &World, database: &Database) {
    save(world, database, PASSWORD).ok();
    let tried = world.processflow(&["connections", "validate", "erp"]).ok();
    assert!(
        tried.said().contains("Test Connection Successful"),
        "{}",
        tried.said()
    );
}

fn quoted(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Postgres => format!("\"{name}\""),
        Engine::Mariadb => format!("`{name}`"),
    }
}

#[test]
fn orders_and_their_lines_arrive_in_any_database() {
    for engine in Engine::ALL {
        let world = World::with_store(Config {
            orders: 40,
            ..Config::default()
        });
        let database = Database::new(engine);
        add(&world, &database);
        world.deploy("orders-to-database", &["store=shop", "erp=erp"]);
        let first = world
            .processflow(&["--json", "run", "orders-to-database"])
            .ok()
            .json();
        assert_eq!(first["failed"], 0, "{engine:?}: {first}");
        let (orders, lines) = (quoted(engine, "WEB_ORDER"), quoted(engine, "WEB_ORDER_LINE"));
        let count = |table: &str| {
            database.rows(&format!("SELECT count(*) FROM {table}"))[0]
                .parse::<u64>()
                .expect("a number")
        };
        let (were, had) = (count(&orders), count(&lines));
        assert!(were > 20 && had >= were, "{engine:?}: {were} orders, {had} lines");
        // Everything again: nothing is doubled, and what is as it was stays untouched.
        let again = world
            .processflow(&["--json", "run", "orders-to-database", "--full"])
            .ok()
            .json();
        assert_eq!((count(&orders), count(&lines)), (were, had), "{engine:?}");
        assert_eq!(again["written"], 0, "{engine:?}: {again}");
        let held = world.processflow(&["logs"]).ok();
        assert!(
            !held.said().contains(PASSWORD),
            "{engine:?}: a password is in no log"
        );
    }
}

#[test]
fn stock_goes_from_any_database_into_the_store() {
    for engine in Engine::ALL {
        let world = World::with_store(Config {
            products: 20,
            ..empty_store()
        });
        let database = Database::new(engine);
        add(&world, &database);
        let skus = world.stock_skus();
        database.execute(
            "CREATE TABLE stock (sku varchar(50) PRIMARY KEY, qty decimal(12,4), changed_at timestamp)",
        );
        let put = |sku: &str, qty: i64, at: &str| {
            database.execute(&format!(
                "INSERT INTO stock VALUES ('{sku}', {qty}, '2026-11-21 {at}')"
            ));
        };
        put(&skus[0], 7, "10:00:00");
        put(&skus[1], -3, "10:00:00");
        world.deploy("stock-from-database", &["store=shop", "erp=erp"]);
        let first = world
            .processflow(&["--json", "run", "stock-from-database"])
            .ok()
            .json();
        assert_eq!(
            (&first["read"], &first["written"]),
            (&json!(2), &json!(2)),
            "{engine:?}: {first}"
        );
        put(&skus[2], 9, "10:00:00");
        let second = world
            .processflow(&["--json", "run", "stock-from-database"])
            .ok()
            .json();
        assert_eq!(
            (&second["read"], &second["written"]),
            (&json!(1), &json!(1)),
            "{engine:?}: {second}"
        );
        let ledger = world.store().store().ledger();
        let mut applied: Vec<i64> = ledger
            .iter()
            .filter(|entry| entry.kind == "stock")
            .filter_map(|entry| entry.sent["quantity"].as_i64())
            .collect();
        applied.sort_unstable();
        assert_eq!(applied, [0, 7, 9], "{engine:?}");
    }
}

#[test]
fn a_wrong_password_is_said_and_a_password_in_the_address_refused() {
    for engine in Engine::ALL {
        let world = World::empty();
        let database = Database::new(engine);
        save(&world, &database, "wr0ng-secret");
        let tried = world.processflow(&["connections", "validate", "erp"]);
        assert!(
            tried.said().contains("does not let `erp` in"),
            "{engine:?}: {}",
            tried.said()
        );
        assert!(!tried.said().contains("wr0ng"), "{engine:?}: {}", tried.said());
        let url = format!("url={}", database.url().replace("://", "://erp:s3cret@"));
        let refused =
            world.processflow(&["connections", "add", "other", "--connector", "sql", "--set", &url]);
        assert!(
            refused.said().contains("holds a password"),
            "{engine:?}: {}",
            refused.said()
        );
        assert!(
            !refused.said().contains("s3cret"),
            "{engine:?}: {}",
            refused.said()
        );
    }
}
