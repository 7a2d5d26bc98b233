//! Every panel, looked at: light and dark, without a complaint and without a violation of what makes it usable for
//! everybody. Leaves its pictures in `PROCESSFLOW_PICTURES`, where that is set.

use std::path::{Path, PathBuf};

use kit::{
    Order, World,
    desktop::{Screen, Window},
    history, ready_made,
};
use rusqlite::Connection;
use sandbox_store::Config;
use serde_json::json;

use crate::{
    ORDERS, START,
    everywhere::{BY_WAY, SETTINGS},
};

/// The window's title.
const TITLE: &str = "Processflow Agent";

/// Whether every canvas shows its steps: they are measured first, unseen.
const DRAWN: &str = "return [...document.querySelectorAll('.svelte-flow')].every((canvas) => {
    const step = canvas.querySelector('.svelte-flow__node');
    return step && getComputedStyle(step).visibility === 'visible';
});";

#[test]
fn pictures_of_all_panels() {
    let (empty, world) = (World::empty(), a_shop_with_a_past());
    // Higher than the window, which leaves room for a title bar that nobody draws here.
    let screen = Screen::new("1280x872");
    let folder = folder(&world);
    let start = [("welcome".to_owned(), "#/welcome".to_owned())];
    look_at(&screen, &empty.data(), &start, &folder);
    look_at(&screen, &world.data(), &panels(&world), &folder);
}

/// Opens the window, and every one of these pages in light and in dark.
fn look_at(screen: &Screen, data: &Path, pages: &[(String, String)], folder: &Path) {
    let window = Window::open(screen, data, &[]);
    window.reads(START);
    for theme in ["light", "dark"] {
        window
            .call("window.set", &json!({ "key": "theme", "value": theme }))
            .expect("it takes that");
        let drawn = "return document.documentElement.dataset.theme";
        kit::until("it is drawn so", || window.script(drawn, &[]) == json!(theme));
        for (name, address) in pages {
            window.look_at(address);
            let violations = window.axe();
            assert_eq!(violations, Vec::<String>::new(), "{address}, {theme}");
            kit::until("its drawings are there", || {
                window.script(DRAWN, &[]) == json!(true)
            });
            screen.picture_of(TITLE, &folder.join(format!("{name}-{theme}.png")));
        }
    }
    window.was_quiet();
}

fn folder(world: &World) -> PathBuf {
    let folder =
        std::env::var_os("PROCESSFLOW_PICTURES").map_or_else(|| world.path("pictures"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    folder
}

/// Every panel, and the pages below it that look different.
fn panels(world: &World) -> Vec<(String, String)> {
    let newest = world.processflow(&["--json", "runs"]).ok().json();
    let of_orders = newest
        .as_array()
        .into_iter()
        .flatten()
        .find(|run| run["processflow"] == ORDERS)
        .and_then(|run| run["run"].as_str())
        .expect("orders ran");
    let below = |place: &str| format!("#/processflows/{ORDERS}{place}");
    let mut pages: Vec<(String, String)> = [
        ("connections", "#/connections".to_owned()),
        ("connection", "#/connections/shop".to_owned()),
        ("processflows", "#/processflows".to_owned()),
        ("processflow", below("")),
        ("editor", below("/edit")),
        ("editor-ways", "#/processflows/orders-by-way/edit".to_owned()),
        ("versions", below("/versions")),
        ("deployments", below("/log")),
        ("deploy", below("/deploy")),
        ("runs", "#/runs".to_owned()),
        ("run", format!("#/runs/{of_orders}")),
        ("record", "#/runs/record/1042".to_owned()),
        ("failed", "#/runs/failed".to_owned()),
        ("logs", "#/logs".to_owned()),
    ]
    .map(|(name, address)| (name.to_owned(), address))
    .into();
    for section in SETTINGS {
        pages.push((format!("settings-{section}"), format!("#/settings/{section}")));
    }
    pages
}

/// A shop whose orders came in for two days, and whose stock file has lines that the store refuses.
fn a_shop_with_a_past() -> World {
    let world = World::with_orders_to_database(Config {
        products: 120,
        customers: 40,
        orders: 160,
        ..Config::default()
    });
    world.add_files();
    world.deploy("stock-from-csv", &["store=shop", "erp=files"]);
    world.deploy("products-to-csv", &["store=shop", "out=files"]);
    for connection in ["shop", "erp", "files"] {
        world.processflow(&["connections", "validate", connection]).ok();
    }
    world.run(ORDERS);
    world.run("products-to-csv");
    for round in 0..6 {
        world.put("stock.csv", stock(&world.stock_skus(), round));
        world.processflow(&["run", "stock-from-csv"]);
        for more in 0..=round * 3 {
            let id = 2000 + round * 50 + more;
            let order = Order::new(id as u64).line(id as u64, "SKU-1", 1 + more as u64 % 4);
            if more % 5 == 4 {
                order.status_unpaid()
            } else {
                order
            }
            .put(&world);
        }
        if round == 3 {
            Order::new(1042).line(1, "SKU-1", 2).put(&world);
        }
        world.run(ORDERS);
    }
    let file = ready_made(ORDERS).join("processflow.yaml");
    let file = std::fs::read_to_string(file).expect("it comes with the program");
    let sooner = file.replace("15 min", "10 min");
    world.deploy_text(&sooner, &["store=shop", "erp=erp"]);
    let draft = json!({ "name": "orders-by-way", "text": BY_WAY, "base": null }).to_string();
    world.processflow(&["call", "save_draft", &draft]).ok();
    spread(&world.data().join("state.db"));
    world
}

/// Two lines of it name nothing the store has, and one says no number.
fn stock(skus: &[String], round: usize) -> String {
    let lines = skus.iter().take(60 + round * 9).enumerate();
    let lines = lines.map(|(at, sku)| format!("{sku},{}\n", (at * 7 + round * 3) % 90));
    let wrong = ["OLD-4711,3\n", "OLD-4712,8\n", "TYPO-1,many\n"].map(str::to_owned);
    std::iter::once("SKU,QTY\n".to_owned())
        .chain(lines)
        .chain(wrong)
        .collect()
}

/// Three hours between one run and the next, as if somebody had waited.
fn spread(state: &Path) {
    let on = Connection::open(state).expect("the state database");
    on.execute_batch(
        "CREATE TEMP TABLE past AS SELECT number, id,
            format('-%d minutes', 185 * ((SELECT max(number) FROM run) - number) + 4) AS ago FROM run;
         UPDATE settled SET at = strftime('%Y-%m-%dT%H:%M:%fZ', at, ago) FROM past WHERE past.number = settled.run;
         UPDATE run SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, ago),
            ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', ended_at, ago) FROM past WHERE past.number = run.number;
         UPDATE set_aside SET first_at = strftime('%Y-%m-%dT%H:%M:%fZ', first_at, '-2 days'),
            last_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_at, ago) FROM past WHERE past.id = set_aside.run;",
    )
    .and_then(|()| on.execute_batch(history::COUNT_ACTIVITY))
    .expect("times are text");
}
