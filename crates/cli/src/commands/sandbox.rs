//! `sandbox`: a store on this machine that answers like BigCommerce, until Ctrl-C.

use engine::os;
use sandbox_store::{Config, Sandbox};
use serde_json::json;
use shell::start_sandbox;

use crate::{
    args::SandboxArgs,
    output::{Exit, Outcome, Table},
    shell::Here,
};

/// Starts the store and says where it is: at once, so that a script can go on.
pub(super) async fn sandbox(here: &Here, args: SandboxArgs) -> Outcome<Exit> {
    let config = Config {
        port: args.port,
        products: args.products,
        customers: args.customers,
        orders: args.orders,
        seed: args.seed,
        quota: args.quota,
        latency_ms: args.latency_ms,
        record_to: args.record,
        ..Config::default()
    };
    let sandbox = start_sandbox(config).await?;
    tell(here, &sandbox)?;
    here.console.talk("Ctrl-C ends the store; it keeps nothing.");
    // A system that cannot tell us ends us without a word.
    tokio::select! {
        _ = os::told_to_end() => {}
        () = sandbox.run() => {}
    }
    Ok(Exit::Done)
}

fn tell(here: &Here, sandbox: &Sandbox) -> Outcome<()> {
    let (path, token, control) = (sandbox.api_path(), sandbox.token(), sandbox.control_path());
    if here.console.json {
        return here
            .console
            .json(&json!({ "api_path": path, "token": token, "control_path": control }));
    }
    here.console.table(&Table::new(["sandbox store", ""]).rows([
        ["API path".to_owned(), path.clone()],
        ["token".to_owned(), token.to_owned()],
        ["control".to_owned(), control],
    ]))?;
    here.console.talk(format!(
        "\nIn another terminal:\n  echo {token} | processflow connections add shop --connector bigcommerce \\\n    \
         --set api_path={path} --secret token --validate\n"
    ));
    Ok(())
}
