//! The token is in the vault and on the wire, and nowhere else.

use std::path::{Path, PathBuf};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use kit::{Order, Ran, World};
use sandbox_store::{Config, Fault, How, Match, When};

use crate::{ORDERS, store_with_orders};

const STOCK: &str = "stock-from-csv";
const CANARY: &str = "canary-4f1b9e7d2c-never-written";

/// The token as it would look on its way into a file or a message.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec(), secret.bytes().rev().collect()];
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    forms.extend([hex.to_uppercase().into_bytes(), hex.into_bytes()]);
    for before in 0..3 {
        // In base64 a text looks different by where it begins; its edges belong to its neighbours.
        let bytes: Vec<u8> = std::iter::repeat_n(b' ', before).chain(secret.bytes()).collect();
        let whole = bytes.len() / 3 * 4;
        let skip = before.div_ceil(3) * 4;
        forms.extend(
            [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)]
                .map(|text| text.as_bytes()[skip..whole].to_vec()),
        );
    }
    forms.push(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms
}

fn holds(bytes: &[u8], forms: &[Vec<u8>]) -> bool {
    forms
        .iter()
        .any(|form| bytes.windows(form.len()).any(|part| part == form))
}

/// The files below `folder` that hold the token in any form.
fn spilled(folder: &Path, forms: &[Vec<u8>]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(spilled(&path, forms));
        } else if std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, forms)) {
            found.push(path);
        }
    }
    found
}

/// Nothing that was said and no file of the data folder holds a secret, in any form it takes.
pub(crate) fn is_nowhere(world: &World, said: &[Ran], secret: &str) {
    let forms = forms(secret);
    for ran in said {
        assert!(!holds(ran.said().as_bytes(), &forms), "said by {}", ran.line);
    }
    let spilled = spilled(&world.data(), &forms);
    assert_eq!(
        spilled,
        Vec::<PathBuf>::new(),
        "no file of the data folder holds it"
    );
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                files_below(&entry.path())
            } else {
                1
            }
        })
        .sum()
}

/// The scan finds what it looks for.
#[test]
fn the_scan_for_the_token_can_find_it() {
    let world = World::empty();
    let forms = forms(CANARY);
    let standard = STANDARD.encode(format!("x{CANARY}xx"));
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let texts = [
        format!("{{\"token\":\"{CANARY}\"}}"),
        format!("Basic {standard}"),
        format!("0x{hex}00"),
    ];
    for (at, text) in texts.iter().enumerate() {
        let path = world.write(&format!("data/spilled-{at}"), text);
        assert_eq!(
            spilled(&world.data(), &forms),
            std::slice::from_ref(&path),
            "{text}"
        );
        std::fs::remove_file(path).expect("it is ours");
    }
    assert_eq!(
        spilled(&world.data(), &forms),
        Vec::<PathBuf>::new(),
        "and nothing else"
    );
}

#[test]
fn the_token_is_in_no_file_no_message_and_no_command_line() {
    let config = Config {
        token: CANARY.to_owned(),
        ..store_with_orders(60)
    };
    let world = World::with_orders_to_database(config);
    let forms = forms(CANARY);
    let mut said: Vec<Ran> = Vec::new();
    let mut run = |arguments: &[&str]| said.push(world.processflow(arguments));
    run(&["settings", "set", "log_level=trace"]);
    run(&["connections", "validate", "shop"]);
    run(&["--json", "connections"]);
    Order::new(7).set("total_inc_tax", "ten").put(&world);
    run(&["--json", "run", ORDERS]);
    for how in [
        How::Html { code: 200 },
        echo(401),
        echo(403),
        echo(422),
        How::Reset,
        How::HalfBody,
    ] {
        let on = Match {
            times: None,
            ..Match::default()
        };
        world.store().store().fault(Fault {
            on,
            when: When::Before,
            how,
        });
        run(&["--json", "connections", "validate", "shop"]);
        run(&["--json", "run", ORDERS]);
        world.store().store().clear_faults();
    }
    for arguments in [
        &["runs"][..],
        &["show", "last"],
        &["failed"],
        &["status"],
        &["logs", "--level", "trace"],
        &["cache"],
    ] {
        run(arguments);
    }
    run(&["connections", "edit", "shop", "--set", &format!("token={CANARY}")]);
    run(&[
        "connections",
        "edit",
        "shop",
        "--secret",
        &format!("token={CANARY}"),
    ]);
    run(&["connections", "edit", "shop", "--secret", CANARY]);
    for ran in &said {
        assert!(
            !holds(ran.said().as_bytes(), &forms),
            "said by {}",
            ran.line.replace(CANARY, "…")
        );
    }
    let refused = said.iter().rev().take(3).map(|ran| ran.code);
    assert_eq!(
        refused.collect::<Vec<_>>(),
        [Some(2); 3],
        "a secret as an argument is refused"
    );
    assert_eq!(
        spilled(&world.data(), &forms),
        Vec::<PathBuf>::new(),
        "no file of the data folder holds it"
    );
    assert!(
        files_below(&world.data()) >= 4,
        "there were files to look into: state, vault, key, log"
    );
    let logs = world.processflow(&["logs", "--level", "trace"]).ok().out;
    assert!(
        logs.contains("orders"),
        "and the log does say what was asked: {logs}"
    );
}

/// A server that repeats the token in what it says.
fn echo(code: u16) -> How {
    let body = format!("{{\"status\":{code},\"title\":\"X-Auth-Token {CANARY} is not welcome\"}}");
    How::Status {
        code,
        body,
        headers: Default::default(),
    }
}

/// Diagnosis mode writes down what was asked and answered, also of a write that the store refused while it repeated the
/// token; the record that failed keeps both.
#[test]
fn the_token_is_in_no_snapshot_and_no_kept_answer() {
    let config = Config {
        token: CANARY.to_owned(),
        ..store_with_orders(5)
    };
    let world = World::with_store(config);
    world.add_files();
    let sku = world.stock_skus().remove(0);
    world.put("stock.csv", format!("SKU,QTY\n{sku},7\n"));
    world.deploy(STOCK, &["erp=files", "store=shop"]);
    let diagnose = serde_json::json!({ "processflow": STOCK, "minutes": 60 });
    world
        .processflow(&["call", "diagnose", &diagnose.to_string()])
        .ok();
    world.processflow(&["settings", "set", "log_level=trace"]).ok();
    world.store().store().fault(Fault {
        on: Match {
            method: Some("PUT".to_owned()),
            times: None,
            ..Match::default()
        },
        when: When::Before,
        how: echo(422),
    });
    let mut said = vec![world.processflow(&["--json", "run", STOCK])];
    let failed = world.processflow(&["--json", "failed"]).ok();
    let first = failed.json()[0].clone();
    let number = first["number"].as_i64().expect("it failed");
    let detail = world
        .processflow(&["call", "show_failed", &format!("{{\"number\":{number}}}")])
        .ok();
    let text = detail.json().to_string();
    assert!(
        text.contains("is not welcome") && text.contains("[redacted]"),
        "the answer is kept, the token in it is not: {text}"
    );
    let snapshot = serde_json::json!({ "run": said[0].json()["run"], "record": first["source"] });
    said.push(
        world
            .processflow(&["call", "show_snapshot", &snapshot.to_string()])
            .ok(),
    );
    assert!(
        said[1].out.contains("is not welcome"),
        "the snapshot tells as much: {}",
        said[1].out
    );
    let export = world.path("export.log");
    let file = serde_json::json!({ "file": export });
    said.push(
        world
            .processflow(&["call", "export_logs", &file.to_string()])
            .ok(),
    );
    said.extend([failed, detail]);
    let forms = forms(CANARY);
    for ran in &said {
        assert!(!holds(ran.said().as_bytes(), &forms), "said by {}", ran.line);
    }
    let exported = std::fs::read(&export).expect("it was exported");
    assert!(
        !exported.is_empty() && !holds(&exported, &forms),
        "the export holds none"
    );
    assert!(
        files_below(&world.data().join("diagnosis")) > 0,
        "diagnosis mode was on"
    );
    assert_eq!(
        spilled(&world.data(), &forms),
        Vec::<PathBuf>::new(),
        "no file holds it"
    );
}

/// What every user of the machine can read of a running process.
#[test]
fn the_token_is_in_no_argument_and_no_environment_of_a_running_agent() {
    let config = Config {
        token: CANARY.to_owned(),
        latency_ms: 30,
        ..store_with_orders(600)
    };
    let world = World::with_orders_to_database(config);
    let running = world.start(&["run", ORDERS]);
    kit::until("it asks the store", || {
        !crate::requests(&world, "GET", &["/v2/orders"]).is_empty()
    });
    let forms = forms(CANARY);
    for part in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{}/{part}", running.id())).expect("it runs");
        assert!(!bytes.is_empty() && !holds(&bytes, &forms), "{part}");
    }
    running.wait().ok();
}

/// The vault and its key are for their owner alone.
#[cfg(unix)]
#[test]
fn the_data_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::with_store(store_with_orders(1));
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&world.data()), 0o700, "nobody else looks into it");
    for entry in std::fs::read_dir(world.data()).expect("a folder").flatten() {
        let open = mode(&entry.path()) & 0o077;
        assert!(
            entry.path().is_dir() || open == 0,
            "{} is open to others",
            entry.path().display()
        );
    }
}

#[test]
fn a_change_of_the_vault_takes_the_secrets_along() {
    const PASSPHRASE: &str = "correct horse battery staple\n";
    let world = World::with_store(store_with_orders(5));
    let validated = "Test Connection Successful";
    let validate = ["connections", "validate", "shop"];
    world
        .processflow_with(&["settings", "set", "secrets=vault-passphrase"], PASSPHRASE)
        .ok();
    world.processflow_with(&validate, PASSPHRASE).ok().says(validated);
    world
        .processflow_with(&validate, "another passphrase\n")
        .code(3)
        .says("the key or passphrase is wrong");
    world
        .processflow_with(&["settings", "set", "secrets=vault"], PASSPHRASE)
        .ok();
    world.processflow_with(&validate, "").ok().says(validated);
}
