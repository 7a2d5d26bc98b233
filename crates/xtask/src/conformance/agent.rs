//! Our program at work on the sandbox store: a connection, and a processflow for every action of the connector.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{store::Store, yaml};
use crate::tool::{Done, command, processflow};

/// One processflow: which action, with what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flow {
    /// The processflow's name.
    name: String,
    read: Value,
    /// Into a file when left out.
    write: Option<Value>,
    /// Further arguments of `run`, a list each; one run without any when left out.
    #[serde(default)]
    runs: Vec<Vec<String>>,
    /// Records that the store is to refuse.
    #[serde(default)]
    failed: u64,
}

/// Connects, validates, deploys and runs; then no action of the connector may be left.
pub(super) fn work(store: &Store, folder: &Path) -> Done {
    let agent = Agent {
        folder: folder.to_owned(),
    };
    agent.connect(store)?;
    let flows: Vec<Flow> = yaml::read("flows.yaml", include_str!("flows.yaml"))?;
    for flow in &flows {
        agent.run(flow)?;
    }
    agent.nothing_left_out(&flows)
}

struct Agent {
    folder: PathBuf,
}

impl Agent {
    fn connect(&self, store: &Store) -> Done {
        let out = self.folder.join("out");
        std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        self.call(&["settings", "set", "secrets=vault"], "")?;
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
        self.call(&shop, &format!("{}\n", store.token))?;
        let folder = format!("folder={}", out.display());
        self.call(
            &[
                "connections",
                "add",
                "out",
                "--connector",
                "files",
                "--set",
                &folder,
            ],
            "",
        )?;
        self.call(&["connections", "validate", "shop"], "").map(drop)
    }

    /// JSON is YAML, so a processflow can be written as its tree.
    fn run(&self, flow: &Flow) -> Done {
        let file = format!("{}.jsonl", flow.name);
        let write = flow.write.clone();
        let write = write.unwrap_or_else(|| json!({ "action": "out/jsonl.write", "with": { "file": file } }));
        let text = json!({
            "processflow": flow.name,
            "connections": { "shop": "bigcommerce", "out": "files" },
            "steps": [{ "read": flow.read }, { "write": write }],
        });
        let path = self.folder.join("processflow.yaml");
        std::fs::write(&path, text.to_string()).map_err(|error| format!("{}: {error}", path.display()))?;
        self.call(&["deploy", &path.display().to_string()], "")?;
        let once = [Vec::new()];
        let runs: &[_] = if flow.runs.is_empty() { &once } else { &flow.runs };
        for more in runs {
            let mut arguments = vec!["--json", "run", &flow.name];
            arguments.extend(more.iter().map(String::as_str));
            let run = self.call(&arguments, "")?;
            let run: Value =
                serde_json::from_str(&run).map_err(|error| format!("{}: {error}: {run}", flow.name))?;
            if run["read"] == 0 {
                return Err(format!("{}: there was nothing to read: {run}", flow.name));
            }
            if run["failed"] != flow.failed {
                return Err(format!(
                    "{}: {} records were to fail: {run}",
                    flow.name, flow.failed
                ));
            }
        }
        Ok(())
    }

    fn nothing_left_out(&self, flows: &[Flow]) -> Done {
        let listed = self.call(&["--json", "actions", "bigcommerce"], "")?;
        let listed: Vec<Value> =
            serde_json::from_str(&listed).map_err(|error| format!("actions: {error}"))?;
        let used = |name: &str| {
            let steps = flows
                .iter()
                .flat_map(|flow| std::iter::once(&flow.read).chain(&flow.write));
            steps
                .into_iter()
                .any(|step| step["action"] == format!("shop/{name}"))
        };
        let names = listed.iter().filter_map(|action| action["action"].as_str());
        let left: Vec<&str> = names.filter(|name| !used(name)).collect();
        if left.is_empty() {
            return Ok(());
        }
        Err(format!("flows.yaml has no processflow for {}", left.join(", ")))
    }

    /// Standard output of a command; an exit code above 1 is an error, 1 is a run with records that failed.
    fn call(&self, arguments: &[&str], input: &str) -> Done<String> {
        let mut command = command(processflow("debug"));
        command
            .arg("--data-dir")
            .arg(self.folder.join("data"))
            .args(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let say = |error: std::io::Error| format!("processflow {}: {error}", arguments.join(" "));
        let mut child = command.spawn().map_err(say)?;
        let mut stdin = child.stdin.take().expect("its input is piped");
        stdin.write_all(input.as_bytes()).map_err(say)?;
        drop(stdin);
        let ended = child.wait_with_output().map_err(say)?;
        let out = String::from_utf8_lossy(&ended.stdout).into_owned();
        if matches!(ended.status.code(), Some(0 | 1)) {
            return Ok(out);
        }
        let talk = String::from_utf8_lossy(&ended.stderr).into_owned();
        Err(format!(
            "processflow {}: {}\n{out}{talk}",
            arguments.join(" "),
            ended.status
        ))
    }
}
