//! Every way to sign in, under the vendor's own names: what is sent where, and nothing of it anywhere else.

use kit::{Company, Ran, Running, World, free_port};
use sandbox_store::{Fault, How, Match, When};
use serde_json::{Value, json};

use crate::{requests, secrets, store_with_orders};

const CLIENT_SECRET: &str = "client-secret-8c41f0e7-never-written";
const APP_TOKEN: &str = "app-token-27d9b3aa51-never-written";
const API: &str = "api.bigcommerce.com:443";
const LOGIN: &str = "login.bigcommerce.com:443";
const OWN_HOST: &str = "store-sandbox1.mybigcommerce.com:443";

/// A store that can be reached under the vendor's names, and a free address for a browser to come back to.
fn world() -> (World, Company, String) {
    let mut world = World::empty();
    world.start_store(store_with_orders(3));
    let redirect = format!("http://127.0.0.1:{}/signed-in", free_port());
    let registered = redirect.clone();
    world.store().store().configure(|settings| {
        settings.app.redirect = registered;
        CLIENT_SECRET.clone_into(&mut settings.app.client_secret);
        APP_TOKEN.clone_into(&mut settings.app.token);
    });
    let vendor = world.behind_vendor_names();
    (world, vendor, redirect)
}

fn add(world: &World, name: &str, settings: &[&str], secret: (&str, &str)) -> Ran {
    let mut line = vec!["connections", "add", name, "--connector", "bigcommerce"];
    for setting in settings {
        line.extend(["--set", setting]);
    }
    line.extend(["--secret", secret.0]);
    world.processflow_with(&line, &format!("{}\n", secret.1))
}

/// An app that no store has approved yet.
fn add_app(world: &World, redirect: &str, further: &[&str]) {
    let redirect = format!("redirect={redirect}");
    let mut settings = vec!["auth=oauth", "client_id=sandbox-client", &redirect];
    settings.extend(further);
    add(world, "app", &settings, ("client_secret", CLIENT_SECRET)).ok();
}

fn validate(world: &World, name: &str) -> Ran {
    world.processflow(&["connections", "validate", name])
}

/// An agent that waits for calls.
fn serve(world: &World) -> Running {
    let serving = world.start(&["serve"]);
    kit::until("the agent serves", || {
        world.processflow(&["--json", "status"]).ok().json()["agent"].is_object()
    });
    serving
}

fn call(world: &World, operation: &str, input: &Value) -> Ran {
    world.processflow(&["call", operation, &input.to_string()])
}

fn begin(world: &World, by_hand: bool) -> Value {
    call(
        world,
        "begin_sign_in",
        &json!({ "name": "app", "by_hand": by_hand }),
    )
    .ok()
    .json()
}

fn listens(redirect: &str) -> bool {
    let place = redirect.split('/').nth(2).expect("an address has a host");
    std::net::TcpStream::connect(place.replace("localhost", "127.0.0.1")).is_ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// C3: hash or path, Celigo's Basic, a legacy account, an app.
#[test]
fn every_sign_in_kind_validates_and_speaks_to_its_own_host_alone() {
    let (world, vendor, redirect) = world();
    let token = ("token", "sandbox-token");
    let ours = [
        ("by-hash", vec!["api_path=sandbox1"], token, API),
        (
            "by-path",
            vec![
                "api_path=https://api.bigcommerce.com/stores/sandbox1/v3/",
                "username=ops",
            ],
            token,
            API,
        ),
        (
            "celigo",
            vec!["api_path=sandbox1", "auth=basic", "username=a-client-id"],
            token,
            API,
        ),
        (
            "legacy",
            vec![
                "api_path=https://store-sandbox1.mybigcommerce.com/api/v2/",
                "auth=legacy",
                "username=legacy-user",
            ],
            ("legacy-token-x", "legacy-token"),
            OWN_HOST,
        ),
    ];
    for (name, settings, secret, host) in ours {
        let before = vendor.asked().len();
        add(&world, name, &settings, ("token", secret.1)).ok();
        validate(&world, name)
            .ok()
            .says("Test Connection Successful")
            .says("sandbox1");
        let asked = vendor.asked().split_off(before);
        assert!(
            !asked.is_empty() && asked.iter().all(|asked| asked == host),
            "{name}: {asked:?}"
        );
    }
    add_app(&world, &redirect, &[]);
    validate(&world, "app")
        .code(3)
        .says("no store has approved the app yet")
        .says("sign-in");
    let before = vendor.asked().len();
    let signing = world.start(&["connections", "sign-in", "app"]);
    kit::until("it waits for the browser", || listens(&redirect));
    let shown = world.browse("https://login.bigcommerce.com/app/sandbox-client/install");
    assert!(
        shown.at().ends_with("/app/sandbox-client/install/succeeded"),
        "{shown:?}"
    );
    let ran = signing.wait().ok();
    let ran = ran
        .says("Signed in; the token is kept.")
        .says("owner@sandbox.example")
        .says("Orders: modify");
    ran.says("Test Connection Successful")
        .says("/app/sandbox-client/install");
    let asked = vendor.asked().split_off(before);
    assert_eq!(
        asked.iter().filter(|host| *host == LOGIN).count(),
        1,
        "one exchange: {asked:?}"
    );
    assert!(asked.iter().all(|host| host == LOGIN || host == API), "{asked:?}");
    assert!(!listens(&redirect), "nobody listens once it is over");
    validate(&world, "app").ok();
    let exchange = &requests(&world, "POST", &["/oauth2/token"])[0];
    let body: Value = serde_json::from_str(&exchange.body).expect("JSON");
    assert_eq!(
        (
            &body["context"],
            &body["grant_type"],
            &body["redirect_uri"],
            &body["client_secret"]
        ),
        (
            &json!("stores/sandbox1"),
            &json!("authorization_code"),
            &json!(redirect),
            &json!(CLIENT_SECRET)
        ),
        "credentials are in the body"
    );
    assert_eq!(exchange.token, "", "and no token goes to the login host");
}

#[test]
fn a_legacy_account_has_v2_alone_and_a_quota_of_its_own() {
    let (world, _vendor, _) = world();
    let path = ["api_path=sandbox1", "auth=legacy", "username=legacy-user"];
    add(&world, "shop", &path, ("token", "legacy-token")).ok();
    validate(&world, "shop").ok().says("requests left in this hour");
    world.add_erp();
    world.deploy_text(
        "processflow: names\nconnections: { store: bigcommerce, erp: sql }\nsteps:\n  \
         - read: { action: store/customers.list }\n  \
         - write: { action: erp/table.upsert, with: { table: NAMES, key: [ID], create: { ID: integer } }, map: { ID: id } }\n",
        &["store=shop", "erp=erp"],
    );
    let before = requests(&world, "GET", &[]).len();
    let run = world.processflow(&["--json", "run", "names"]).code(3).json();
    assert!(
        text(&run["problem"]["message"]).contains("a legacy account has no v3"),
        "{run}"
    );
    assert_eq!(requests(&world, "GET", &[]).len(), before, "nothing was sent");
    add(&world, "wrong", &path, ("token", "not-the-token")).ok();
    validate(&world, "wrong")
        .code(3)
        .says("no longer accepts our access token");
    add(&world, "nameless", &path[..2], ("token", "legacy-token")).ok();
    validate(&world, "nameless").code(3).says("user name");
}

/// With a store, consent carries a state; an answer without it, or with another, is somebody else's.
#[test]
fn an_answer_of_another_sign_in_is_not_used() {
    let (world, _vendor, redirect) = world();
    add_app(&world, &redirect, &["api_path=sandbox1"]);
    let serving = serve(&world);
    let begun = begin(&world, false);
    assert!(
        text(&begun["open"]).contains("context=stores%2Fsandbox1"),
        "{begun}"
    );
    for wrong in ["?code=c0de&state=other", "?code=c0de", "?error=access_denied"] {
        let shown = world.browse(&format!("{redirect}{wrong}"));
        assert_eq!(shown.status, 400, "{wrong}: {shown:?}");
    }
    for nowhere in ["", "?x=1"] {
        assert_eq!(
            world.browse(&format!("{redirect}{nowhere}")).status,
            404,
            "{nowhere}"
        );
    }
    assert_eq!(
        world.browse(&format!("{redirect}x?code=c0de")).status,
        404,
        "one path alone"
    );
    assert!(
        requests(&world, "POST", &["/oauth2/token"]).is_empty(),
        "nothing was exchanged"
    );
    let shown = world.browse(text(&begun["open"]));
    assert!(shown.page.contains("You are signed in"), "{shown:?}");
    let done = call(&world, "finish_sign_in", &json!({ "ticket": begun["ticket"] }));
    // It may have ended before anybody asked how: then it is over, and the connection works.
    assert!(
        done.code == Some(0) || done.said().contains("this sign-in is over"),
        "{}",
        done.said()
    );
    validate(&world, "app").ok();
    serving.kill();
}

#[test]
fn a_sign_in_that_is_cancelled_frees_its_port_and_a_second_one_takes_the_first_ones_place() {
    let (world, _vendor, redirect) = world();
    add_app(&world, &redirect, &[]);
    let serving = serve(&world);
    begin(&world, false);
    let begun = begin(&world, false);
    assert!(listens(&redirect));
    let waiting = world.start(&[
        "call",
        "finish_sign_in",
        &json!({ "ticket": begun["ticket"] }).to_string(),
    ]);
    call(&world, "cancel_sign_in", &json!({ "ticket": begun["ticket"] })).ok();
    let said = waiting.wait().code(3).said();
    assert!(
        said.contains("was cancelled") || said.contains("this sign-in is over"),
        "{said}"
    );
    kit::until("nobody listens any more", || !listens(&redirect));
    serving.kill();
}

#[test]
fn the_browser_may_come_back_over_https_with_a_certificate_of_its_own() {
    let (world, _vendor, _) = world();
    let redirect = format!("https://localhost:{}/signed-in", free_port());
    let registered = redirect.clone();
    world
        .store()
        .store()
        .configure(|settings| settings.app.redirect = registered);
    add_app(&world, &redirect, &[]);
    let signing = world.start(&["connections", "sign-in", "app"]);
    kit::until("it waits for the browser", || listens(&redirect));
    let shown = world.browse("https://login.bigcommerce.com/app/sandbox-client/install");
    assert!(shown.at().ends_with("/succeeded"), "{shown:?}");
    signing.wait().ok().says("SHA-256 fingerprint").says("Signed in");
}

/// Where a public callback cannot be avoided.
#[test]
fn what_the_browser_brought_can_be_pasted_by_hand() {
    let (world, _vendor, _) = world();
    let redirect = "https://apps.example.com/callback";
    world
        .store()
        .store()
        .configure(|settings| settings.app.redirect = redirect.to_owned());
    add_app(&world, redirect, &[]);
    let sign_in =
        |pasted: &str| world.processflow_with(&["connections", "sign-in", "app"], &format!("{pasted}\n"));
    let at = || {
        world
            .browse("https://login.bigcommerce.com/app/sandbox-client/install")
            .at()
            .to_owned()
    };
    let address = at();
    assert!(address.starts_with(redirect), "{address}");
    sign_in(&address).ok().says("Test Connection Successful");
    // The store is known from here on: its consent carries a state, and the code alone is what else can be trusted.
    sign_in(&at()).code(3).says("belongs to another sign-in");
    let code = |address: &str| {
        let code = address
            .split("code=")
            .nth(1)
            .and_then(|rest| rest.split('&').next());
        code.expect("there is one").to_owned()
    };
    sign_in(&code(&address))
        .code(3)
        .says("the code is no longer good");
    sign_in(&code(&at())).ok();
    sign_in("").code(3).says("was not given");
    let serving = serve(&world);
    for (store, exit, words) in [
        ("another", 3, "this connection is for store `sandbox1`"),
        ("sandbox1", 0, "validation"),
    ] {
        let begun = begin(&world, true);
        assert_eq!(begun["listens"], false, "{begun}");
        let pasted = world
            .browse(text(&begun["open"]))
            .at()
            .replace("stores%2Fsandbox1", &format!("stores%2F{store}"));
        let finish = json!({ "ticket": begun["ticket"], "pasted": pasted });
        call(&world, "finish_sign_in", &finish).code(exit).says(words);
    }
    serving.kill();
}

#[test]
fn each_way_a_sign_in_fails_has_its_own_message_and_leaves_the_connection_as_it_was() {
    let (world, _vendor, _) = world();
    let redirect = "https://apps.example.com/callback";
    let store = world.store().store();
    store.configure(|settings| settings.app.redirect = redirect.to_owned());
    add_app(&world, redirect, &[]);
    let at = || {
        world
            .browse("https://login.bigcommerce.com/app/sandbox-client/install")
            .at()
            .to_owned()
    };
    let sign_in =
        |pasted: &str| world.processflow_with(&["connections", "sign-in", "app"], &format!("{pasted}\n"));
    let without_store = at().replace("stores%2Fsandbox1", "stores%2Fanother");
    sign_in(&without_store).code(3).says("without any scope");
    sign_in(&at().replace("stores%2Fsandbox1", "accounts%2F1"))
        .code(3)
        .says("named no store");
    sign_in("not-a-code").code(3).says("set the API Path first");
    store.configure(|settings| settings.app.refused = true);
    sign_in(&at()).code(3).says("was not approved in the store");
    store.configure(|settings| settings.app.refused = false);
    let fault = |how: How| {
        store.fault(Fault {
            on: Match {
                path: Some("/oauth2/token".to_owned()),
                times: None,
                ..Match::default()
            },
            when: When::After,
            how,
        });
    };
    let address = at();
    fault(How::Reset);
    sign_in(&address)
        .code(4)
        .says("whether the code was exchanged is not known");
    store.clear_faults();
    fault(How::Html { code: 200 });
    sign_in(&at()).code(4);
    store.clear_faults();
    let echo = format!("{{\"error\":\"odd\",\"error_description\":\"{CLIENT_SECRET}\"}}");
    fault(How::Status {
        code: 400,
        body: echo,
        headers: std::collections::BTreeMap::new(),
    });
    let said = sign_in(&at()).code(3).says("refused the code (400 odd)").said();
    assert!(
        !said.contains(CLIENT_SECRET),
        "what was sent is not repeated: {said}"
    );
    store.clear_faults();
    store.configure(|settings| settings.app.client_secret = "another".to_owned());
    sign_in(&at())
        .code(3)
        .says("does not accept client ID and client secret");
    store.configure(|settings| settings.app.client_secret = CLIENT_SECRET.to_owned());
    world
        .processflow(&[
            "connections",
            "edit",
            "app",
            "--set",
            "redirect=https://apps.example.com/other",
        ])
        .ok();
    sign_in(&at()).code(3).says("not the one that is registered");
    validate(&world, "app")
        .code(3)
        .says("no store has approved the app yet");
}

#[test]
fn the_client_secret_goes_to_no_other_login_host() {
    let (world, vendor, redirect) = world();
    let redirect = format!("redirect={redirect}");
    for host in [
        "https://login.bigcommerce.com.evil.example",
        "https://10.0.0.1",
        "http://localhost.evil.example/",
    ] {
        let host = format!("login_host={host}");
        let settings = ["auth=oauth", "client_id=sandbox-client", &redirect, &host];
        add(&world, "app", &settings, ("client_secret", CLIENT_SECRET))
            .code(3)
            .says("not BigCommerce's login host");
    }
    // Entered for one login host, it is not carried to another.
    let settings = ["auth=oauth", "client_id=sandbox-client", &redirect];
    add(&world, "app", &settings, ("client_secret", CLIENT_SECRET)).ok();
    let here = format!("login_host=http://{}", world.store().address());
    world
        .processflow(&["connections", "edit", "app", "--set", &here])
        .ok();
    world
        .processflow(&["connections", "sign-in", "app"])
        .code(3)
        .says("`client_secret`")
        .says("is not set for this sign-in");
    assert!(
        vendor.asked().is_empty() && requests(&world, "POST", &[]).is_empty(),
        "nothing was sent"
    );
    for plain in ["redirect=http://apps.example.com/callback", "redirect=nowhere"] {
        world
            .processflow(&["connections", "edit", "app", "--set", plain])
            .ok();
        world
            .processflow_with(
                &["connections", "edit", "app", "--secret", "client_secret"],
                &format!("{CLIENT_SECRET}\n"),
            )
            .ok();
        world
            .processflow(&["connections", "sign-in", "app"])
            .code(3)
            .says("redirect address");
    }
}

/// Client secret, code and token: in the vault and on the wire, nowhere else.
#[test]
fn what_a_sign_in_exchanges_is_in_no_file_and_no_message() {
    let (world, _vendor, _) = world();
    let redirect = "https://apps.example.com/callback";
    world
        .store()
        .store()
        .configure(|settings| settings.app.redirect = redirect.to_owned());
    let mut said = vec![world.processflow(&["settings", "set", "log_level=trace"])];
    add_app(&world, redirect, &[]);
    let at = world
        .browse("https://login.bigcommerce.com/app/sandbox-client/install")
        .at()
        .to_owned();
    said.push(world.processflow_with(&["--json", "connections", "sign-in", "app"], &format!("{at}\n")));
    said.push(world.processflow_with(&["connections", "sign-in", "app"], &format!("{at}\n")));
    said.push(validate(&world, "app"));
    for line in [
        &["--json", "connections"][..],
        &["logs", "--level", "trace"],
        &["status"],
    ] {
        said.push(world.processflow(line));
    }
    let code = at
        .split("code=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a code");
    for secret in [CLIENT_SECRET, APP_TOKEN, code] {
        secrets::is_nowhere(&world, &said, secret);
    }
    world.processflow(&["connections", "remove", "app"]).ok();
    let left = call(&world, "begin_sign_in", &json!({ "name": "app" }))
        .code(3)
        .said();
    assert!(left.contains("there is no connection"), "{left}");
}
