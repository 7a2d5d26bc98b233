//! Set-up and the commands of a developer: `cargo xtask demo | desktop | test | pictures | package | bench |
//! window-bench | conformance DIR | catalogue DIR`.
//!
//! `demo` and `test` are the README's two commands: they work on a fresh machine with git and a Rust toolchain.

mod bench;
mod catalogue;
mod conformance;
mod demo;
mod desktop;
mod licences;
mod package;
mod setup;
mod test;
mod tool;
mod window_bench;
mod world;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up and the commands of a developer")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the main job against the sandbox store: orders into SQLite, stock from a CSV file into the store.
    Demo {
        /// Where the data folder and the results go.
        #[arg(long, default_value = "processflow-demo")]
        keep: PathBuf,
    },
    /// Installs what is missing, builds the window and opens it.
    Desktop {
        /// The data folder, if not the default one.
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
    },
    /// Makes the pictures of all panels, light and dark, anew: into ui/pictures.
    Pictures,
    /// Installs what is missing and runs every check and test.
    Test {
        /// Only the suites whose name holds this text.
        #[arg(long)]
        only: Option<String>,
    },
    /// Makes the two Debian packages, into target/package.
    Package {
        /// Of the debug builds: quick, to try the packing.
        #[arg(long)]
        debug: bool,
        /// Also try them on a copy of this machine that is thrown away; needs root.
        #[arg(long)]
        check: bool,
    },
    /// Measures against a floor and a plain program in the same run; prints one table.
    Bench(bench::Options),
    /// Measures the window with a million records, half a gigabyte of log and half an hour's run; prints one table.
    WindowBench(window_bench::Options),
    /// Writes the connector's catalogue of the REST API anew, from the vendor's OpenAPI files in a folder.
    Catalogue {
        /// The folder with the OpenAPI files.
        folder: PathBuf,
    },
    /// Replays sandbox answers and our requests against the vendor's OpenAPI files in a folder.
    Conformance {
        /// The folder with the OpenAPI files.
        folder: PathBuf,
        /// Also send all requests to Prism, an independent mock of these files (installed with npm).
        #[arg(long)]
        mock: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo { keep } => demo::demo(&keep),
        Task::Desktop { data_dir } => desktop::desktop(data_dir.as_deref()),
        Task::Pictures => desktop::pictures(),
        Task::Test { only } => test::test(only.as_deref()),
        Task::Package { debug, check } => package::package(debug, check),
        Task::Bench(options) => bench::bench(&options),
        Task::WindowBench(options) => window_bench::window_bench(&options),
        Task::Catalogue { folder } => catalogue::catalogue(&folder),
        Task::Conformance { folder, mock } => conformance::conformance(&folder, mock),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tool::say(&format!("\n{message}"));
            ExitCode::FAILURE
        }
    }
}
