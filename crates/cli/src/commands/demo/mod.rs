//! `demo`: the main job on one machine, in seconds. A sandbox store, three connections, two ready-made processflows
//! deployed and run, and a folder to look at afterwards. Needs nothing but this program.

mod folder;
mod stock;

use std::path::Path;

use connector_kit::{Result, Secret};
use engine::{
    agent::Door,
    operations::{ChangeSetting, Deploy, Given, SaveConnection, StartRun, ValidateConnection},
    state::Run,
};
use sandbox_store::{Config, Sandbox};
use serde_json::{Value, json};
use shell::start_sandbox;

use super::{
    connections, deploy,
    run::carry,
    runs::{balance, exit_of, result_as_json},
};
use crate::{
    args::DemoArgs,
    output::{Console, Exit, Outcome},
    paths,
    shell::{Here, leave},
};

const ORDERS: &str = include_str!("../../../../../processflows/orders-to-database/processflow.yaml");
const STOCK: &str = include_str!("../../../../../processflows/stock-from-csv/processflow.yaml");

/// Shows the main job. One line of the stock file is wrong by design, so that there is something to repair.
pub(super) async fn demo(here: &Here, args: &DemoArgs) -> Outcome<Exit> {
    let keep = paths::from(&paths::here()?, &args.keep)?;
    let there = Here::new(here.console, Some(keep.join("data")));
    folder::make(&keep, there.clock().now())?;
    there
        .console
        .talk("Starting a store that only pretends to be one.");
    let store = start_sandbox(Config::default()).await?;
    stock::write(
        &keep.join("files").join("stock.csv"),
        store.store(),
        there.clock().now(),
    )?;
    let door = there.door().await?;
    let prepared = prepare(&there, &door, &keep, &store).await;
    if let Err(failure) = prepared {
        leave(door).await;
        return Err(failure);
    }
    let Some((door, orders)) = go(&there, door, "orders-to-database").await? else {
        return Ok(Exit::Problems);
    };
    let Some((door, stock)) = go(&there, door, "stock-from-csv").await? else {
        return Ok(Exit::Problems);
    };
    leave(door).await;
    tell(there.console, &keep, &store, &[orders, stock])
}

/// Settings, connections, deployments: what a person would enter.
async fn prepare(there: &Here, door: &Door, keep: &Path, store: &Sandbox) -> Outcome<()> {
    door.call(ChangeSetting {
        key: "secrets".into(),
        value: "vault".into(),
    })
    .await?;
    let token = Secret::new(store.token().to_owned());
    let shop = json!({ "api_path": store.api_path(), "username": "demo" });
    save(door, "shop", "bigcommerce", shop, Some(token)).await?;
    save(
        door,
        "erp",
        "sql",
        json!({ "url": format!("sqlite:{}", keep.join("erp.db").display()) }),
        None,
    )
    .await?;
    save(
        door,
        "files",
        "files",
        json!({ "folder": keep.join("files").display().to_string() }),
        None,
    )
    .await?;
    for name in ["shop", "erp", "files"] {
        let found = door
            .call(ValidateConnection {
                name: name.to_owned(),
            })
            .await?;
        there
            .console
            .talk(format!("\n{name}: {}", connections::in_words(&found)));
    }
    put(
        there,
        door,
        "orders-to-database",
        ORDERS,
        [("store", "shop"), ("erp", "erp")],
    )
    .await?;
    put(
        there,
        door,
        "stock-from-csv",
        STOCK,
        [("store", "shop"), ("erp", "files")],
    )
    .await
}

async fn save(
    door: &Door,
    name: &str,
    connector: &str,
    settings: Value,
    token: Option<Secret>,
) -> Result<()> {
    let Value::Object(settings) = settings else {
        unreachable!("the settings above are objects")
    };
    let secrets = token
        .map(|token| ("token".to_owned(), Given(token)))
        .into_iter()
        .collect();
    let connection = SaveConnection {
        name: name.to_owned(),
        connector: Some(connector.to_owned()),
        settings,
        secrets,
    };
    door.call(connection).await.map(drop)
}

async fn put(
    there: &Here,
    door: &Door,
    name: &str,
    text: &str,
    connections: [(&str, &str); 2],
) -> Outcome<()> {
    let connections = connections
        .map(|(alias, name)| (alias.to_owned(), name.to_owned()))
        .into();
    let file = format!("{name}/processflow.yaml");
    let wanted = Deploy {
        text: text.to_owned(),
        file,
        connections,
        author: shell::account(),
        ..Deploy::default()
    };
    let deployed = door.call(wanted).await?;
    there.console.talk(format!("\n{}", deploy::in_words(&deployed)));
    Ok(())
}

async fn go(there: &Here, door: Door, name: &str) -> Outcome<Option<(Door, Run)>> {
    let wanted = StartRun {
        processflow: name.to_owned(),
        ..StartRun::default()
    };
    carry(there, door, wanted).await
}

/// Exit 0 for the end that was meant: what is set aside is the wrong line of the file.
fn tell(console: Console, keep: &Path, store: &Sandbox, runs: &[Run]) -> Outcome<Exit> {
    if console.json {
        let runs: Vec<Value> = runs.iter().map(result_as_json).collect();
        console.json(&json!({ "folder": keep, "data_dir": keep.join("data"), "runs": runs }))?;
    } else {
        for run in runs {
            console.data("")?;
            balance(console, run)?;
        }
        console.data(format!("\n{}", folder::what_to_look_at(keep, store)))?;
    }
    let meant = |run: &Run| {
        run.problem.is_none() && run.counts.failed == u64::from(run.processflow == "stock-from-csv")
    };
    let worst = runs.iter().map(exit_of).max().unwrap_or(Exit::Done);
    Ok(if runs.iter().all(meant) { Exit::Done } else { worst })
}
