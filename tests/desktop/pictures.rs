//! Every panel, looked at: light and dark, without a complaint and without a violation of what makes it usable for
//! everybody. Leaves its pictures in `PROCESSFLOW_PICTURES`, where that is set.

use std::path::PathBuf;

use kit::{
    World,
    desktop::{Screen, Window},
};
use serde_json::json;

use crate::{START, answers::small_store};

#[test]
fn pictures_of_all_panels() {
    let world = World::with_orders_to_database(small_store());
    let screen = Screen::default();
    world.run("orders-to-database");
    let folder = folder(&world);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let pages = pages(&window);
    for theme in ["light", "dark"] {
        window
            .call("window.set", &json!({ "key": "theme", "value": theme }))
            .expect("it takes that");
        let drawn = "return document.documentElement.dataset.theme";
        kit::until("it is drawn so", || window.script(drawn, &[]) == json!(theme));
        for page in &pages {
            window.look_at(page);
            let violations = window.axe();
            assert_eq!(violations, Vec::<String>::new(), "{page}, {theme}");
            screen.picture(&folder.join(format!("{}-{theme}.png", page.trim_start_matches("#/"))));
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

/// Whatever the navigation leads to.
fn pages(window: &Window) -> Vec<String> {
    let links = "return [...document.querySelector('nav').querySelectorAll('a[href^=\"#/\"]')].map((link) => link.getAttribute('href'))";
    serde_json::from_value(window.script(links, &[])).expect("a list of links")
}
