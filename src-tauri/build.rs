//! Declares the window's one command, and sees to it that there is a page to embed.

use std::{fs, path::Path};

/// Shown when the panels were not built: in one sentence, how to build them.
const PLACEHOLDER: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Processflow Agent</title>
    <link rel="icon" href="data:," />
  </head>
  <body data-placeholder>
    <main>
      <h1>Processflow Agent</h1>
      <p>The panels are not built yet: run <code>cargo xtask desktop</code>, which builds and opens them.</p>
    </main>
  </body>
</html>
"#;

fn main() {
    page();
    let manifest = tauri_build::AppManifest::new().commands(&["call"]);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capability fit each other");
}

/// Without any page the program does not compile.
fn page() {
    let page = Path::new("../ui/dist/index.html");
    println!("cargo:rerun-if-changed=../ui/dist");
    if !page.exists() {
        fs::create_dir_all("../ui/dist").expect("ui/dist can be made");
        fs::write(page, PLACEHOLDER).expect("ui/dist can be written");
    }
}
