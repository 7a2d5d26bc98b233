//! A company's proxy, its own authority and the log's level: changed while the agent runs, they act at once.

use kit::World;
use serde_json::json;

use crate::store_with_orders;

#[test]
fn a_proxy_and_an_authority_act_without_a_restart() {
    let mut world = World::empty();
    world.start_store(store_with_orders(3));
    let company = world.company();
    let serving = serve(&world);
    let path = format!("api_path={}", company.api_path());
    let mut add = kit::saving("shop", &path).to_vec();
    add.extend(["--allow-host", company.host()]);
    let token = format!("{}\n", world.store().token());
    world.processflow_with(&add, &token).ok();
    let validate = ["connections", "validate", "shop"];
    world.processflow(&["settings", "set", "proxy=none"]).ok();
    world.processflow(&validate).code(4).says(company.host());
    assert!(company.asked().is_empty(), "nobody was asked on the way");

    let proxy = format!("proxy={}", company.proxy());
    world.processflow(&["settings", "set", &proxy]).ok();
    world.processflow(&validate).code(3).says(company.authority());
    assert_eq!(
        company.asked(),
        [format!("{}:443", company.host())],
        "through the proxy, to that host"
    );

    let pem = json!({ "pem": company.pem() }).to_string();
    let rows = world.processflow(&["call", "add_authority", &pem]).ok().json();
    assert_eq!(rows[0]["subject"], company.authority(), "{rows}");
    assert_eq!(rows[0]["problem"], json!(null), "{rows}");
    world
        .processflow(&validate)
        .ok()
        .says("Test Connection Successful");
    world.processflow(&["call", "add_authority", &pem]).ok();
    let rows = world.processflow(&["call", "certificates", "{}"]).ok().json();
    assert_eq!(
        rows.as_array().map(Vec::len),
        Some(1),
        "once, however often it is added: {rows}"
    );

    let file = rows[0]["file"].as_str().expect("it has a file");
    world
        .processflow(&["call", "remove_authority", &json!({ "file": file }).to_string()])
        .ok();
    assert!(!std::path::Path::new(file).exists(), "its file goes along");
    world.processflow(&validate).code(3).says(company.authority());
    serving.kill();
}

#[test]
fn what_is_no_authority_is_not_trusted() {
    let world = World::empty();
    for (pem, words) in [("", "no certificate"), ("-----BEGIN CERTIFICATE-----", "PEM")] {
        let input = json!({ "pem": pem }).to_string();
        world
            .processflow(&["call", "add_authority", &input])
            .code(3)
            .says(words);
    }
    let gone = format!("authorities={}", world.path("gone.pem").display());
    world.processflow(&["settings", "set", &gone]).ok();
    let rows = world.processflow(&["call", "certificates", "{}"]).ok().json();
    assert_eq!(rows[0]["problem"], "the file is gone", "{rows}");
}

#[test]
fn a_changed_log_level_acts_at_once() {
    let world = World::with_store(store_with_orders(1));
    let serving = serve(&world);
    let validate = || world.processflow(&["connections", "validate", "shop"]).ok();
    let requests = || {
        let lines = world.processflow(&["logs", "--level", "trace"]).ok().out;
        lines.matches("Request answered.").count()
    };
    validate();
    assert_eq!(requests(), 0, "requests are below what is written");
    world.processflow(&["settings", "set", "log_level=trace"]).ok();
    validate();
    kit::until("the requests are in the log", || requests() > 0);
    let before = requests();
    world.processflow(&["settings", "set", "log_level=info"]).ok();
    validate();
    assert_eq!(requests(), before, "and no more of them");
    serving.kill();
}

fn serve(world: &World) -> kit::Running {
    let serving = world.start(&["serve"]);
    kit::until("the agent serves", || {
        world.processflow(&["--json", "status"]).ok().json()["agent"].is_object()
    });
    serving
}
