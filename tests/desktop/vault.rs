//! A vault with a passphrase: the window asks for it.

use kit::{
    World,
    desktop::{Screen, Window},
};

use crate::{START, answers::small_store};

const PASSPHRASE: &str = "correct horse battery staple";

#[test]
fn a_locked_vault_is_opened_in_the_window() {
    let (world, screen) = (World::with_store(small_store()), Screen::default());
    world
        .processflow_with(
            &["settings", "set", "secrets=vault-passphrase"],
            &format!("{PASSPHRASE}\n"),
        )
        .ok();
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.go("#/connections/shop");
    window.press("Validate");
    window.reads("The vault is locked");
    assert_eq!(window.axe(), Vec::<String>::new(), "anybody can open it");
    window.fill("Passphrase", "another passphrase");
    window.press("Open the vault");
    window.reads("the key or passphrase is wrong");
    window.fill("Passphrase", PASSPHRASE);
    window.press("Open the vault");
    window.reads_no_more("The vault is locked");
    window.press("Try again");
    window.reads("Test Connection Successful");
    let everything = world.processflow(&["--json", "logs"]).said();
    assert!(!everything.contains(PASSPHRASE), "it stands in no log");
    window.was_quiet();
}
