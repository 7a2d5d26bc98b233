//! A real key store of an operating system: GNOME's, on a bus of its own. Where it is not installed these tests fail.

use kit::{Ran, World, saving};

use crate::{ORDERS, store_with_orders};

const TOKEN: &str = "a-token-for-the-real-key-store";

/// A command in a session that has a bus and an unlocked keyring. Each has a session of its own: what it saves has to
/// lie where it outlives it.
fn in_session(world: &World, arguments: &[&str], input: &str) -> Ran {
    let home = world.path("home");
    std::fs::create_dir_all(&home).expect("a folder");
    let home = format!("HOME={}", home.display());
    // On a busy machine the daemon takes its name on the bus a moment after it was started.
    let script = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        for turn in $(seq 100); do
            dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
                org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && break
            sleep 0.1
        done
        exec \"$@\"";
    let wrapper = [
        "env",
        "-u",
        "XDG_RUNTIME_DIR",
        &home,
        "dbus-run-session",
        "--",
        "sh",
        "-c",
        script,
        "sh",
    ];
    let ran = world.processflow_through(&wrapper, arguments, input);
    let missing = ["No such file", "not found"]
        .iter()
        .any(|words| ran.err.contains(words));
    assert!(!missing, "install dbus and gnome-keyring: {}", ran.err);
    ran
}

fn world() -> World {
    let mut world = World::empty();
    world.start_store(sandbox_store::Config {
        token: TOKEN.to_owned(),
        ..store_with_orders(20)
    });
    world.add_erp();
    world
}

#[test]
fn the_systems_key_store_keeps_the_token() {
    let world = world();
    let path = format!("api_path={}", world.store().api_path());
    let vault = || std::fs::read(world.data().join("vault.json")).ok();
    let before = vault();
    in_session(&world, &["settings", "set", "secrets=os"], "").ok();
    in_session(&world, &saving("shop", &path), &format!("{TOKEN}\n")).ok();
    in_session(&world, &["connections", "validate", "shop"], "")
        .ok()
        .says("Test Connection Successful");
    let folder = kit::ready_made(ORDERS).display().to_string();
    in_session(
        &world,
        &[
            "deploy",
            &folder,
            "--connection",
            "store=shop",
            "--connection",
            "erp=erp",
        ],
        "",
    )
    .ok();
    let run = in_session(&world, &["--json", "run", ORDERS], "").ok().json();
    assert_eq!(run["read"], 20, "a run gets it from there: {run}");
    let kept = std::fs::read_dir(world.path("home/.local/share/keyrings")).map(Iterator::count);
    assert!(kept.is_ok_and(|files| files > 0), "it is the keyring that has it");
    assert_eq!(vault(), before, "and not the vault");
}

/// E39
#[test]
fn a_machine_without_a_key_store_is_told_what_to_do() {
    let world = world();
    let path = format!("api_path={}", world.store().api_path());
    let home = format!("HOME={}", world.path("nobody").display());
    let bare = [
        "env",
        "-u",
        "DBUS_SESSION_BUS_ADDRESS",
        "-u",
        "XDG_RUNTIME_DIR",
        "-u",
        "DISPLAY",
        &home,
    ];
    let choose = ["settings", "set", "secrets=os"];
    world
        .processflow_through(&bare, &choose, "")
        .code(3)
        .says("no password store running")
        .says("secrets=vault");
    // It was chosen while somebody was signed in; now nobody is.
    in_session(&world, &choose, "").ok();
    let ran = world
        .processflow_through(&bare, &saving("shop", &path), &format!("{TOKEN}\n"))
        .code(3);
    let ran = ran
        .says("This system has no password store running")
        .says("settings set secrets=vault");
    assert!(!ran.said().contains(TOKEN), "the token is in no message");
    world.processflow(&["settings", "set", "secrets=vault"]).ok();
    world
        .processflow_with(&saving("shop", &path), &format!("{TOKEN}\n"))
        .ok();
    world.processflow(&["connections", "validate", "shop"]).ok();
}
