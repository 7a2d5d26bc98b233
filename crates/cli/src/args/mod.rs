//! What can be asked on the command line. Parsing only: what a command does is in [`crate::commands`].

mod connections;
mod processflows;
mod records;
mod runs;
mod service;
mod upkeep;
mod values;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use connections::{
    ActionsArgs, AddArgs, ChangeTokenArgs, ConnectionsArgs, ConnectionsCommand, EditArgs, Fields,
    PermissionsArgs, SignInArgs,
};
pub(crate) use processflows::{CheckArgs, DeployArgs, PauseArgs, RollbackArgs, VersionsArgs};
pub(crate) use records::{
    DismissArgs, EditRecordArgs, FailedArgs, FindArgs, RetryArgs, VariablesArgs, WatermarkArgs,
};
pub(crate) use runs::{OutcomeWord, RunArgs, RunsArgs, ShowArgs};
pub(crate) use service::{ScopeArgs, ServeArgs, ServiceArgs, ServiceCommand};
pub(crate) use upkeep::{
    CacheArgs, CacheCommand, CallArgs, ClearWord, CompletionsArgs, DemoArgs, LevelWord, LogsArgs, ManualArgs,
    SandboxArgs, SchemaArgs, SettingsArgs, SettingsCommand,
};
pub(crate) use values::{KeyValue, Length, When};

/// Runs processflows between a BigCommerce store and the systems next to it.
///
/// Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 finished with problems, 2 wrong
/// usage, 3 a person must act, 4 not reachable now, 5 a mistake of this program.
#[derive(Debug, Parser)]
#[command(
    name = "processflow",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// The data folder; the installed service's, or this user's own, when left out
    #[arg(long, value_name = "DIR", global = true, env = "PROCESSFLOW_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Print data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the main job: a sandbox store, two processflows deployed and run, a folder to look at
    Demo(DemoArgs),
    /// Start a store on this machine that answers like BigCommerce, until Ctrl-C
    Sandbox(SandboxArgs),
    /// List, add, edit, remove and validate connections
    Connections(ConnectionsArgs),
    /// List what can be done with each connector
    Actions(ActionsArgs),
    /// Check a processflow file and run its cases, without deploying it
    Check(CheckArgs),
    /// Deploy a processflow: it becomes the next version on this agent
    Deploy(DeployArgs),
    /// Take a processflow off this agent; its history stays
    Undeploy(NameArgs),
    /// List the deployed processflows
    Processflows,
    /// List the versions of a processflow
    Versions(VersionsArgs),
    /// Go back to a version of a processflow
    Rollback(RollbackArgs),
    /// Stop a processflow's schedule
    Pause(PauseArgs),
    /// Let a processflow's schedule go on
    Resume(NameArgs),
    /// Run a processflow and follow it to its end
    Run(RunArgs),
    /// End a run at a safe point
    Cancel(CancelArgs),
    /// List the newest runs
    Runs(RunsArgs),
    /// Show a run, its balance and its records
    Show(ShowArgs),
    /// Find everything known of a record: by id, number, SKU, e-mail
    Find(FindArgs),
    /// Show or move the place where a processflow's next run goes on
    Watermark(WatermarkArgs),
    /// Show or set what a processflow keeps from one run to the next
    Variables(VariablesArgs),
    /// List the records that were set aside, by cause
    Failed(FailedArgs),
    /// Send set-aside records again, as they are kept
    Retry(RetryArgs),
    /// Change the payload of a set-aside record
    Edit(EditRecordArgs),
    /// Let set-aside records go, with a note
    Dismiss(DismissArgs),
    /// Show how the agent stands
    Status,
    /// Read the log
    Logs(LogsArgs),
    /// Show or clear what may be cleared: cache and temp
    Cache(CacheArgs),
    /// Show or change settings
    Settings(SettingsArgs),
    /// Be the agent: run what is due, until told to end
    Serve(ServeArgs),
    /// Let the system keep the agent running: install, uninstall, start, stop, status
    Service(ServiceArgs),
    /// Print the JSON Schema of processflow files
    Schema(SchemaArgs),
    /// Call an operation by name, with JSON
    Call(CallArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the manual's pages into a folder
    #[command(hide = true)]
    Manual(ManualArgs),
}

/// A processflow by name.
#[derive(Debug, clap::Args)]
pub(crate) struct NameArgs {
    /// The processflow
    pub(crate) name: String,
}

/// A run, or a processflow that runs.
#[derive(Debug, clap::Args)]
pub(crate) struct CancelArgs {
    /// The run's id (its beginning is enough), or its processflow
    pub(crate) run: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scripts_rely_on_these_forms() {
        let lines = [
            "connections add shop --connector bigcommerce --set api_path=abc123 --set username=ops --secret token",
            "connections add erp --connector sql --set url=sqlite:erp.db",
            "connections add out --connector files --set folder=./out",
            "connections validate shop",
            "connections edit shop --secret token --allow-host api.example.com",
            "connections",
            "service install",
            "service install --system --from /home/ops/.local/share/processflow",
            "service status",
            "serve",
            "deploy processflows/orders-to-database --connection store=shop --connection erp=erp",
            "--json run orders-to-database",
            "run orders --json --full",
            "run orders --ids 1,2,3",
            "run orders --since 2026-11-01 --filter status_id=11",
            "runs",
            "runs orders",
            "show last",
            "watermark orders --move 2026-11-01T08:00:00Z",
            "failed orders",
            "retry 1 2",
            "retry --all",
            "retry --processflow orders",
            "edit 4 --payload -",
            "dismiss 1 2 --note done-by-hand",
            "pause orders --for 2h",
            "logs --follow --level warn --processflow orders",
            "cache clear",
            "cache clear temp",
            "settings set secrets=vault",
            "call status",
            "call start_run {}",
            "schema",
            "sandbox --port 0 --products 10 --quota 150 --latency-ms 100",
            "completions bash",
        ];
        for line in lines {
            let parsed = Cli::try_parse_from(std::iter::once("processflow").chain(line.split(' ')));
            assert!(
                parsed.is_ok(),
                "`{line}` must stay valid: {}",
                parsed.expect_err("failed")
            );
        }
    }

    #[test]
    fn wrong_usage_is_refused() {
        let lines = [
            "",
            "run",
            "run a --full --ids 1",
            "run a --since yesterday-ish",
            "retry",
            "retry 1 --all",
            "dismiss 1",
            "connections add shop",
            "connections add shop --connector sql --set url",
            "pause a --for long",
        ];
        for line in lines {
            let words = line.split(' ').filter(|word| !word.is_empty());
            let parsed = Cli::try_parse_from(std::iter::once("processflow").chain(words));
            assert_eq!(
                parsed.map_err(|error| error.exit_code()).err(),
                Some(2),
                "`{line}` is wrong usage"
            );
        }
    }
}
