//! The test kit: a world of its own for each test, with the built binary, a sandbox store on a real socket and a
//! real SQLite file, all in one temporary folder.
//!
//! A test says what a user would do. A failing one prints the command that failed and what it said.

mod browser;
mod company;
pub mod database;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod history;
mod http;
pub mod kill;
mod order;
mod process;
mod store;
mod table;

use std::path::{Path, PathBuf};

use sandbox_store::{Config, Sandbox};
use serde_json::Value;

pub use browser::{Shown, free_port};
pub use company::Company;
pub use http::Control;
pub use order::Order;
pub use process::{Ran, Running, binary as process_binary, rest as pause, until, within};
pub use store::{product_skus, saving, stock_skus};
pub use table::Table;

/// One test's world.
pub struct World {
    folder: tempfile::TempDir,
    sandbox: Option<Sandbox>,
    runtime: tokio::runtime::Runtime,
}

impl World {
    /// A world without a store: a data folder whose secrets lie in a vault with a key file.
    pub fn empty() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let folder = tempfile::Builder::new()
            .prefix("pf")
            .tempdir()
            .expect("a temp folder");
        let world = Self {
            folder,
            sandbox: None,
            runtime: runtime.expect("a runtime for the sandbox store"),
        };
        world.processflow(&["settings", "set", "secrets=vault"]).ok();
        world
    }

    /// A world with a store of that configuration, saved as connection `shop`.
    pub fn with_store(config: Config) -> Self {
        let mut world = Self::empty();
        world.start_store(config);
        world.add_shop();
        world
    }

    /// Starts (or replaces) the store.
    #[expect(clippy::needless_pass_by_value, reason = "tests make it in place")]
    pub fn start_store(&mut self, config: Config) {
        if let Some(before) = self.sandbox.take() {
            self.runtime.block_on(before.stop());
        }
        // A port of its own may be lent to somebody's outgoing connection for a moment.
        process::until("the store starts on loopback", || {
            self.sandbox = self.runtime.block_on(Sandbox::start(config.clone())).ok();
            self.sandbox.is_some()
        });
    }

    /// Saves the store as connection `shop`.
    pub fn add_shop(&self) {
        let path = format!("api_path={}", self.store().api_path());
        let token = format!("{}\n", self.store().token());
        self.processflow_with(&saving("shop", &path), &token).ok();
    }

    /// Saves a SQLite file in this world as connection `erp`.
    pub fn add_erp(&self) {
        let url = format!("url=sqlite:{}", self.path("erp.db").display());
        self.processflow(&["connections", "add", "erp", "--connector", "sql", "--set", &url])
            .ok();
    }

    /// Saves a folder of this world as connection `files`.
    pub fn add_files(&self) -> PathBuf {
        let folder = self.path("files");
        std::fs::create_dir_all(&folder).expect("a folder");
        let setting = format!("folder={}", folder.display());
        self.processflow(&[
            "connections",
            "add",
            "files",
            "--connector",
            "files",
            "--set",
            &setting,
        ])
        .ok();
        folder
    }

    /// Deploys a ready-made processflow by name, or a file by path.
    pub fn deploy(&self, what: &str, connections: &[&str]) {
        let ready_made = ready_made(what);
        let path = if ready_made.exists() {
            ready_made
        } else {
            PathBuf::from(what)
        };
        let mut arguments = vec!["deploy".to_owned(), path.display().to_string()];
        for connection in connections {
            arguments.extend(["--connection".to_owned(), (*connection).to_owned()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.processflow(&arguments).ok();
    }

    /// Deploys a processflow from its text.
    pub fn deploy_text(&self, text: &str, connections: &[&str]) {
        let file = self.write("processflow.yaml", text);
        self.deploy(&file.display().to_string(), connections);
    }

    /// Runs a processflow to its end; the JSON it prints.
    pub fn run(&self, name: &str) -> Value {
        self.processflow(&["--json", "run", name]).json()
    }

    /// The binary with these arguments, to its end.
    pub fn processflow(&self, arguments: &[&str]) -> Ran {
        self.processflow_with(arguments, "")
    }

    /// The same with text on standard input.
    pub fn processflow_with(&self, arguments: &[&str], input: &str) -> Ran {
        Running::start(&self.data(), self.folder.path(), &[], arguments, &[], input).wait()
    }

    /// The binary, left running.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_in(arguments, &[])
    }

    /// The binary, left running in an environment with these variables.
    pub fn start_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        Running::start(&self.data(), self.folder.path(), &[], arguments, environment, "")
    }

    /// The binary in an environment with these variables, with text on standard input, to its end.
    pub fn processflow_in(&self, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Ran {
        Running::start(
            &self.data(),
            self.folder.path(),
            &[],
            arguments,
            environment,
            input,
        )
        .wait()
    }

    /// The binary on another data folder, to its end.
    pub fn processflow_on(&self, data: &Path, arguments: &[&str]) -> Ran {
        Running::start(data, self.folder.path(), &[], arguments, &[], "").wait()
    }

    /// The binary behind another command (`unshare`, `dbus-run-session --`), to its end.
    pub fn processflow_through(&self, wrapper: &[&str], arguments: &[&str], input: &str) -> Ran {
        Running::start(&self.data(), self.folder.path(), wrapper, arguments, &[], input).wait()
    }

    /// The same, left running.
    pub fn start_through(&self, wrapper: &[&str], arguments: &[&str]) -> Running {
        Running::start(&self.data(), self.folder.path(), wrapper, arguments, &[], "")
    }

    /// A world with a store and an ERP, and the ready-made orders-to-database deployed on them.
    pub fn with_orders_to_database(config: Config) -> Self {
        let world = Self::with_store(config);
        world.add_erp();
        world.deploy("orders-to-database", &["store=shop", "erp=erp"]);
        world
    }

    /// Puts a file into the folder of the connection `files`, as one that was written long ago: a fresh one might
    /// still grow, and the agent would wait.
    pub fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("files").join(name);
        std::fs::write(&path, text).expect("a file in the folder of `files`");
        let file = std::fs::File::options()
            .write(true)
            .open(&path)
            .expect("it was written a moment ago");
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_790_000_000);
        file.set_modified(long_ago).expect("it is ours");
        path
    }

    /// Remembers how data folder and ERP database are now.
    pub fn keep_as_template(&self) {
        copy(&self.data(), &self.path("template"));
    }

    /// Data folder as it was remembered; no ERP database.
    pub fn back_to_template(&self) {
        std::fs::remove_dir_all(self.data()).expect("the data folder is there");
        copy(&self.path("template"), &self.data());
        for file in ["erp.db", "erp.db-wal", "erp.db-shm", "erp.db-journal"] {
            drop(std::fs::remove_file(self.path(file)));
        }
    }

    /// The SKUs of the store's variants that belong to a product.
    pub fn skus(&self) -> Vec<String> {
        store::skus(self.store().store())
    }

    /// SKUs of things whose stock the store counts one by one.
    pub fn stock_skus(&self) -> Vec<String> {
        stock_skus(self.store().store())
    }

    /// Writes a file of this world.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file in the temp folder");
        path
    }

    /// A path in this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The store.
    pub fn store(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("this world has a store")
    }

    /// A company's network around the store: it is reached through a proxy alone, behind TLS of the company's own
    /// authority.
    pub fn company(&self) -> Company {
        self.runtime.block_on(Company::around(&self.store().api_path()))
    }

    /// The store under BigCommerce's own names: from here on the agent reaches them through a proxy, and trusts who vouches
    /// for them.
    pub fn behind_vendor_names(&self) -> Company {
        let vendor = self
            .runtime
            .block_on(Company::of_vendor(&self.store().api_path()));
        self.processflow(&["settings", "set", &format!("proxy={}", vendor.proxy())])
            .ok();
        let pem = serde_json::json!({ "pem": vendor.pem() }).to_string();
        self.processflow(&["call", "add_authority", &pem]).ok();
        vendor
    }

    /// A person's browser, which opens this address and follows where it is sent; what it shows in the end. The login host's
    /// own name leads to this store.
    pub fn browse(&self, address: &str) -> browser::Shown {
        browser::browse(&self.runtime, self.store().address(), address)
    }

    /// The store's control, over its socket.
    pub fn control(&self) -> Control {
        Control::of(&self.store().api_path())
    }

    /// A table of the ERP database, rows in order of all columns.
    pub fn table(&self, name: &str) -> Table {
        Table::read(&self.path("erp.db"), name)
    }
}

/// Copies a folder with the modes of its files: the data folder refuses one that others could change.
fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .status();
    assert!(
        copied.is_ok_and(|copied| copied.success()),
        "{} is copied",
        from.display()
    );
}

/// A ready-made processflow's folder.
pub fn ready_made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../processflows")
        .join(name)
}
