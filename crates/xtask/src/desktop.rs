//! The window: its panels built with Node, the program around them with Cargo.

use std::path::Path;

use crate::{
    licences, setup, test,
    tool::{Done, INSTALL, binary, cargo, command, npm, root, run},
};

/// Where the panels lie.
const PANELS: &str = "ui";

/// `cargo xtask desktop`: sets up, builds, opens.
pub(crate) fn desktop(data_dir: Option<&Path>) -> Done {
    setup::set_up_window()?;
    panels()?;
    run(
        "build",
        cargo().args(["build", "--locked", "--package", "desktop"]),
    )?;
    let mut window = command(binary("processflow-desktop", "debug"));
    if let Some(folder) = data_dir {
        window.arg("--data-dir").arg(folder);
    }
    run("the window, until it is quit", &mut window)
}

/// `cargo xtask pictures`: the journey that looks at every panel leaves its pictures in the tree.
pub(crate) fn pictures() -> Done {
    setup::set_up()?;
    panels()?;
    test::build()?;
    let mut journey = cargo();
    journey
        .args(["test", "--locked", "--workspace", "--test", "desktop", "pictures"])
        .env("PROCESSFLOW_PICTURES", root().join("ui/pictures"));
    run("pictures into ui/pictures", &mut journey)
}

/// Builds the panels: what the program embeds.
pub(crate) fn panels() -> Done {
    npm("the panels' libraries", PANELS, INSTALL)?;
    licences::embed()?;
    npm("the panels", PANELS, &["run", "build"])
}

/// Checks the panels: types, texts, tests.
pub(crate) fn check_panels() -> Done {
    npm("the panels' types", PANELS, &["run", "check"])?;
    npm("the panels' tests", PANELS, &["test"])
}
