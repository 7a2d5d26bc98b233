//! Signing in, permissions and another token, in the window.

use kit::{
    World,
    desktop::{Screen, Window},
    free_port,
};

use crate::{START, answers::small_store};

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

/// A form of a new connection with this way to sign in.
fn form(window: &Window, name: &str, kind: &str) {
    window.go("#/connections");
    window.go("#/connections/new/bigcommerce");
    window.reads("Which store?");
    window.fill("Name", name);
    window.choose("Sign-in", kind);
}

/// Tried as typed, then saved.
fn validated(window: &Window) {
    window.press("Validate");
    window.reads("Test Connection Successful");
    window.press("Save");
    window.reads_no_more("Add a BigCommerce connection");
}

/// C3: each kind asks for its own fields alone, and works.
#[test]
fn all_five_sign_in_kinds_are_validated() {
    let (mut world, screen) = (World::empty(), Screen::default());
    world.start_store(small_store());
    let redirect = format!("http://127.0.0.1:{}/signed-in", free_port());
    let registered = redirect.clone();
    world
        .store()
        .store()
        .configure(|settings| settings.app.redirect = registered);
    let _vendor = world.behind_vendor_names();
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);

    let token = world.store().token();
    form(&window, "by-hash", "Access token");
    assert!(
        !window.text().contains("Client Secret"),
        "fields of the chosen kind alone"
    );
    window.fill("API Path", "sandbox1");
    window.fill("API Token", token);
    validated(&window);
    form(&window, "by-path", "Access token");
    window.fill("API Path", "https://api.bigcommerce.com/stores/sandbox1/v3/");
    window.fill("API Token", token);
    validated(&window);
    form(&window, "celigo", "Basic: client ID and access token");
    window.fill("API Path", "sandbox1");
    window.fill("Username", "a-client-id");
    window.fill("API Token", token);
    validated(&window);
    form(&window, "legacy", "Legacy account: user name and API token");
    window.fill("API Path", "https://store-sandbox1.mybigcommerce.com/api/v2/");
    window.fill("Username", "legacy-user");
    window.fill("API Token", "legacy-token");
    validated(&window);

    form(&window, "app", "OAuth 2.0: install an app");
    window.reads_no_more("Username");
    window.fill("Client ID", "sandbox-client");
    window.fill("Redirect", &redirect);
    window.fill("Client Secret", "sandbox-client-secret");
    window.press("Sign in with BigCommerce");
    window.reads("Waiting for your browser");
    window.reads("https://login.bigcommerce.com/app/sandbox-client/install");
    window.reads("minutes left");
    window.is_accessible();
    let shown = world.browse("https://login.bigcommerce.com/app/sandbox-client/install");
    assert!(shown.at().ends_with("/succeeded"), "{shown:?}");
    window.reads("Signed in");
    window.reads("owner@sandbox.example");
    window.press("Validate");
    window.reads("Test Connection Successful");
    window.is_accessible();
    for secret in ["sandbox-client-secret", "sandbox-app-token"] {
        assert!(!window.holds(secret), "{secret} stands nowhere");
    }
    window.was_quiet();
}

#[test]
fn a_sign_in_can_be_called_off_and_pasted_by_hand() {
    let (mut world, screen) = (World::empty(), Screen::default());
    world.start_store(small_store());
    let redirect = "https://apps.example.com/callback";
    world
        .store()
        .store()
        .configure(|settings| settings.app.redirect = redirect.to_owned());
    let _vendor = world.behind_vendor_names();
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    form(&window, "app", "OAuth 2.0: install an app");
    window.fill("Client ID", "sandbox-client");
    window.fill("Redirect", redirect);
    window.fill("Client Secret", "sandbox-client-secret");
    window.press("Sign in with BigCommerce");
    window.reads("Approve the app, then paste the address");
    window.press("Cancel");
    window.reads_no_more("Approve the app, then paste the address");
    window.press("Sign in with BigCommerce");
    window.reads("Approve the app, then paste the address");
    let at = world
        .browse("https://login.bigcommerce.com/app/sandbox-client/install")
        .at()
        .to_owned();
    window.fill("Or paste the address at which the browser ended", &at);
    window.press("Finish");
    window.reads("Signed in");
    window.is_accessible();
    window.was_quiet();
}

/// C6 and C7, on the connection.
#[test]
fn permissions_are_a_table_and_a_second_token_takes_the_first_ones_place() {
    const NEW: &str = "second-token-of-a-new-account";
    let (mut world, screen) = (World::empty(), Screen::default());
    world.start_store(small_store());
    world.add_shop();
    world.add_erp();
    world.deploy_text(CUSTOMERS, &["store=shop", "erp=erp"]);
    let store = world.store().store();
    store.configure(|settings| {
        let all = settings.scopes.clone();
        settings.scopes.retain(|scope| !scope.contains("customers"));
        let lacking = settings.scopes.clone();
        settings.accounts.insert(NEW.to_owned(), all);
        settings.accounts.insert("lacking-token".to_owned(), lacking);
    });
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.go("#/connections/shop");
    window.press("Check permissions");
    window.reads("Missing");
    let words = window.script("return document.querySelector('tr.missing').innerText", &[]);
    let words = words.as_str().unwrap_or_default().to_owned();
    assert!(
        words.contains("Customers") && words.contains("customers-to-database"),
        "{words}"
    );
    assert!(words.contains("read-only"), "the level that is needed: {words}");
    window.reads("Customers: read-only");
    window.is_accessible();

    window.click(".more details summary");
    window.fill("New API Token", "lacking-token");
    window.press("Test and change");
    window.reads("Nothing was changed");
    window.fill("New API Token", NEW);
    window.press("Test and change");
    window.reads("The new token is in use");
    window.is_accessible();
    window.press("Check permissions");
    window.reads_no_more("Missing");
    assert!(!window.holds(NEW), "the token stands nowhere");
    window.was_quiet();
}
