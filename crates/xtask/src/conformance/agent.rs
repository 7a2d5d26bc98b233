//! Our program at work on the sandbox store: a connection, and a processflow for every action of the connector.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{PROFILE, yaml};
use crate::{
    tool::Done,
    world::{Agent, Store},
};

/// The exit code of a run with records that failed: some are to.
const FINISHED_WITH_PROBLEMS: i32 = 1;

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
    /// There may be nothing to read: no seeded order has any.
    #[serde(default)]
    may_be_empty: bool,
}

/// Connects, validates, deploys and runs; then no action of the connector may be left.
pub(super) fn work(store: &Store) -> Done {
    let agent = Agent::new(PROFILE, FINISHED_WITH_PROBLEMS, store)?;
    agent.add_files("out")?;
    agent.call(&["connections", "validate", "shop"], "")?;
    let flows: Vec<Flow> = yaml::read("flows.yaml", include_str!("flows.yaml"))?;
    for flow in &flows {
        flow.run(&agent)?;
    }
    nothing_left_out(&agent, &flows)
}

impl Flow {
    fn run(&self, agent: &Agent) -> Done {
        agent.deploy(&self.text())?;
        let once = [Vec::new()];
        let runs: &[_] = if self.runs.is_empty() { &once } else { &self.runs };
        for more in runs {
            let mut arguments = vec!["--json", "run", &self.name];
            arguments.extend(more.iter().map(String::as_str));
            let run = agent.call(&arguments, "")?;
            let run: Value =
                serde_json::from_str(&run).map_err(|error| format!("{}: {error}: {run}", self.name))?;
            if run["read"] == 0 && !self.may_be_empty {
                return Err(format!("{}: there was nothing to read: {run}", self.name));
            }
            if run["failed"] != self.failed {
                return Err(format!(
                    "{}: {} records were to fail: {run}",
                    self.name, self.failed
                ));
            }
        }
        Ok(())
    }

    /// JSON is YAML, so a processflow can be written as its tree.
    fn text(&self) -> String {
        let file = format!("{}.jsonl", self.name);
        let write = self.write.clone();
        let write = write.unwrap_or_else(|| json!({ "action": "out/jsonl.write", "with": { "file": file } }));
        let text = json!({
            "processflow": self.name,
            "connections": { "shop": "bigcommerce", "out": "files" },
            "steps": [{ "read": self.read }, { "write": write }],
        });
        text.to_string()
    }
}

fn nothing_left_out(agent: &Agent, flows: &[Flow]) -> Done {
    let listed = agent.call(&["--json", "actions", "bigcommerce"], "")?;
    let listed: Vec<Value> = serde_json::from_str(&listed).map_err(|error| format!("actions: {error}"))?;
    let used = |name: &str| {
        let steps = flows
            .iter()
            .flat_map(|flow| std::iter::once(&flow.read).chain(&flow.write));
        steps
            .into_iter()
            .any(|step| step["action"] == format!("shop/{name}"))
    };
    // Operations of the catalogue have their calls.
    let names = listed
        .iter()
        .filter_map(|action| action["action"].as_str())
        .filter(|name| !name.starts_with("api."));
    let left: Vec<&str> = names.filter(|name| !used(name)).collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("flows.yaml has no processflow for {}", left.join(", ")))
}
