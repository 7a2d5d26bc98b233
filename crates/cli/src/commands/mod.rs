//! What the commands do, a file for each group. A command looks or acts through the engine's operations and says
//! what came of it; it decides nothing about data.

mod actions;
mod cache;
mod call;
mod check;
mod connections;
mod demo;
mod deploy;
mod failed;
mod logs;
mod processflows;
mod records;
mod run;
mod runs;
mod sandbox;
mod schema;
mod serve;
mod service;
mod settings;
mod status;
mod variables;
mod watermark;

use clap::CommandFactory;
use connector_kit::Error;

use crate::{
    args::{Cli, Command, CompletionsArgs, ManualArgs},
    output::{Console, Exit, Outcome},
    shell::Here,
};

/// Carries out what was asked.
pub(crate) async fn carry_out(cli: Cli, console: Console) -> Outcome<Exit> {
    let here = Here::new(console, cli.data_dir);
    match cli.command {
        Command::Demo(args) => demo::demo(&here, &args).await,
        Command::Sandbox(args) => sandbox::sandbox(&here, args).await,
        Command::Connections(args) => connections::connections(&here, args).await,
        Command::Actions(args) => actions::actions(&here, args),
        Command::Check(args) => check::check(&here, &args),
        Command::Deploy(args) => deploy::deploy(&here, &args).await,
        Command::Undeploy(args) => processflows::undeploy(&here, args.name).await,
        Command::Processflows => processflows::list(&here),
        Command::Versions(args) => processflows::versions(&here, &args),
        Command::Rollback(args) => processflows::rollback(&here, args).await,
        Command::Pause(args) => processflows::pause(&here, args).await,
        Command::Resume(args) => processflows::resume(&here, args.name).await,
        Command::Run(args) => run::run(&here, args).await,
        Command::Cancel(args) => run::cancel(&here, args.run).await,
        Command::Runs(args) => runs::runs(&here, args),
        Command::Show(args) => runs::show(&here, args),
        Command::Find(args) => records::find(&here, args),
        Command::Variables(args) => variables::variables(&here, args).await,
        Command::Watermark(args) => watermark::watermark(&here, args).await,
        Command::Failed(args) => failed::failed(&here, args),
        Command::Retry(args) => run::retry(&here, args).await,
        Command::Edit(args) => records::edit(&here, &args).await,
        Command::Dismiss(args) => records::dismiss(&here, args).await,
        Command::Status => status::status(&here),
        Command::Logs(args) => logs::logs(&here, args).await,
        Command::Cache(args) => cache::cache(&here, args).await,
        Command::Settings(args) => settings::settings(&here, args).await,
        Command::Serve(_) => serve::serve(&here).await,
        Command::Service(args) => service::service(&here, args.command),
        Command::Schema(args) => schema::schema(&here, &args),
        Command::Call(args) => call::call(&here, args).await,
        Command::Completions(args) => completions(&here, &args),
        Command::Manual(args) => manual(&args),
    }
}

fn completions(here: &Here, args: &CompletionsArgs) -> Outcome<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "processflow", &mut script);
    here.console.data(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Done)
}

fn manual(args: &ManualArgs) -> Outcome<Exit> {
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(|error| {
        Error::config(format!(
            "the manual cannot be written into {}: {error}",
            args.folder.display()
        ))
    })?;
    Ok(Exit::Done)
}
