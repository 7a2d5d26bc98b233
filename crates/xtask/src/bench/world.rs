//! A sandbox store as a process of its own, and fresh data folders against it.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::measure::{Took, took};
use crate::tool::{Done, processflow};

/// A store under way; it ends with the value.
pub(crate) struct Store {
    child: Child,
    pub(crate) api_path: String,
    pub(crate) token: String,
}

impl Store {
    /// Starts it with these arguments of `processflow sandbox`.
    pub(crate) fn start(arguments: &[String]) -> Done<Self> {
        let mut command = Command::new(processflow("release"));
        command
            .args(["--json", "sandbox"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("the sandbox store: {error}"))?;
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).map_err(|error| error.to_string())?;
        let said: Value = serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            child,
            api_path: text("api_path"),
            token: text("token"),
        })
    }

    /// `HOST:PORT`
    pub(crate) fn address(&self) -> &str {
        self.api_path
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default()
    }

    /// GET below `/sandbox/`.
    pub(crate) fn control(&self, path: &str) -> Done<Value> {
        self.send("GET", path)
    }

    /// Forgets the requests it saw.
    pub(crate) fn forget_requests(&self) -> Done {
        self.send("DELETE", "requests").map(drop)
    }

    /// SKUs whose stock is counted, as many as are wanted: of products that are tracked as a whole, and of the
    /// variants of those that are not.
    pub(crate) fn skus(&self, wanted: usize) -> Done<Vec<String>> {
        let mut by_variant = HashSet::new();
        let mut skus = self.listed(
            "products",
            wanted,
            |product| match product["inventory_tracking"].as_str() {
                Some("product") => product["sku"].as_str().map(str::to_owned),
                Some("variant") => {
                    by_variant.insert(product["id"].as_u64());
                    None
                }
                _ => None,
            },
        )?;
        let of_variants = self.listed("variants", wanted - skus.len(), |variant| {
            let sku = variant["sku"].as_str().map(str::to_owned);
            sku.filter(|_| by_variant.contains(&variant["product_id"].as_u64()))
        })?;
        skus.extend(of_variants);
        Ok(skus)
    }

    /// What `pick` takes of a list of the catalogue, page by page, until there are as many as are wanted.
    fn listed(
        &self,
        list: &str,
        wanted: usize,
        mut pick: impl FnMut(&Value) -> Option<String>,
    ) -> Done<Vec<String>> {
        let base = self
            .api_path
            .split_once(self.address())
            .map_or("", |(_, path)| path.trim_end_matches('/'));
        let mut picked = Vec::new();
        for page in 1.. {
            let found = self.ask("GET", &format!("{base}/catalog/{list}?limit=250&page={page}"))?;
            let rows = found["data"].as_array().map_or(&[][..], Vec::as_slice);
            if rows.is_empty() || picked.len() >= wanted {
                break;
            }
            picked.extend(rows.iter().filter_map(&mut pick));
        }
        picked.truncate(wanted);
        Ok(picked)
    }

    fn send(&self, method: &str, path: &str) -> Done<Value> {
        self.ask(method, &format!("/sandbox/{path}"))
    }

    fn ask(&self, method: &str, path: &str) -> Done<Value> {
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(self.address())?;
            let request = format!(
                "{method} {path} HTTP/1.0\r\nHost: {}\r\nX-Auth-Token: {}\r\nAccept: application/json\r\n\r\n",
                self.address(),
                self.token
            );
            stream.write_all(request.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = asked().map_err(|error| format!("the sandbox store's control: {error}"))?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        Ok(serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A fresh data folder with the connections `shop`, `erp` and `files`.
pub(crate) struct Agent {
    folder: TempDir,
}

impl Agent {
    pub(crate) fn new(store: &Store) -> Done<Self> {
        let agent = Self {
            folder: tempfile::tempdir().map_err(|error| error.to_string())?,
        };
        std::fs::create_dir(agent.path("files")).map_err(|error| error.to_string())?;
        agent.say(&["settings", "set", "secrets=vault"], "")?;
        let path = format!("api_path={}", store.api_path);
        let shop = [
            "connections",
            "add",
            "shop",
            "--connector",
            "bigcommerce",
            "--set",
            &path,
            "--secret",
            "token",
        ];
        agent.say(&shop, &format!("{}\n", store.token))?;
        let url = format!("url=sqlite:{}", agent.path("erp.db").display());
        agent.say(
            &["connections", "add", "erp", "--connector", "sql", "--set", &url],
            "",
        )?;
        let folder = format!("folder={}", agent.path("files").display());
        agent.say(
            &[
                "connections",
                "add",
                "files",
                "--connector",
                "files",
                "--set",
                &folder,
            ],
            "",
        )?;
        Ok(agent)
    }

    /// Deploys a processflow's text.
    pub(crate) fn deploy(&self, text: &str) -> Done {
        let file = self.path("processflow.yaml");
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        self.say(&["deploy", &file.display().to_string()], "")
    }

    /// A run, measured; its balance comes with it.
    pub(crate) fn run(&self, name: &str) -> Done<(Took, Value)> {
        let (took, out) = took(&mut self.command(&["--json", "run", name]))?;
        let run = serde_json::from_str(&out).map_err(|error| format!("{out}: {error}"))?;
        Ok((took, run))
    }

    /// Repeats what the ledger holds until it has so many rows.
    pub(crate) fn fill_ledger(&self, rows: u32) -> Done {
        let sql = "WITH RECURSIVE turn (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM turn LIMIT ?1)
            INSERT INTO record (run, source, labels, outcome, detail, target)
            SELECT run, source || '-' || turn.number, labels, outcome, detail, target FROM record, turn LIMIT ?1";
        let state = rusqlite::Connection::open(self.path("data/state.db"));
        state
            .and_then(|state| state.execute(sql, [rows]))
            .map(drop)
            .map_err(|error| format!("the ledger: {error}"))
    }

    /// A command on this data folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(processflow("release"));
        command
            .arg("--data-dir")
            .arg(self.path("data"))
            .args(arguments)
            .current_dir(self.folder.path());
        command
    }

    /// A path beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn say(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let mut stdin = child.stdin.take().expect("piped");
        stdin
            .write_all(input.as_bytes())
            .map_err(|error| error.to_string())?;
        drop(stdin);
        let ended = child.wait_with_output().map_err(|error| error.to_string())?;
        if ended.status.success() {
            return Ok(());
        }
        Err(format!(
            "{arguments:?}: {}",
            String::from_utf8_lossy(&ended.stderr)
        ))
    }
}

/// How many rows a table has, or lines a file.
pub(crate) fn count(path: &Path) -> Done<u64> {
    if path.extension().is_some_and(|ending| ending == "db") {
        let database = rusqlite::Connection::open(path).map_err(|error| error.to_string())?;
        let sql = "SELECT count(*) FROM record";
        return database
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| error.to_string());
    }
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    Ok(BufReader::new(file).lines().count() as u64)
}
