//! A processflow as a picture, and what a run counted on it.

use connector_kit::{Error, Result};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reads;
use crate::{
    agent::Desk,
    processflow::{Graph, GraphNode},
    state::{Run, StepCounts, Version},
};

/// The picture of a processflow: of a text, or of the version a run ran. With both, the run's counts stand at those
/// steps of the text that it ran.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowGraph {
    /// The file's text.
    #[serde(default)]
    pub text: Option<String>,
    /// A run's id, the beginning of it, or `last:NAME` for the last one of a processflow.
    #[serde(default)]
    pub run: Option<String>,
}

impl Reads for ShowGraph {
    type Output = Option<Graph>;
    const NAME: &'static str = "processflow_graph";

    fn read(self, desk: &Desk) -> Result<Option<Graph>> {
        let ran = self
            .run
            .as_deref()
            .map(|run| ran(desk, run))
            .transpose()?
            .flatten();
        let (graph, ran) = match (self.text, ran) {
            (Some(text), ran) => (Graph::of(&text), ran),
            (None, Some((text, counts))) => (Graph::of(&text), Some((text, counts))),
            (None, None) => return Ok(None),
        };
        Ok(graph.map(|mut graph| {
            if let Some((text, counts)) = ran {
                graph.count(&Graph::of(&text).unwrap_or_default(), &counts);
            }
            graph
        }))
    }
}

/// The text a run ran, and what it counted. `None` when `last:NAME` has no run yet.
fn ran(desk: &Desk, run: &str) -> Result<Option<(String, Vec<StepCounts>)>> {
    let view = desk.view_or_empty(run)?;
    let on = view.connection();
    let run = match run.strip_prefix("last:") {
        Some(name) => match Run::newest(on, Some(name), 1)?.pop() {
            Some(run) => run,
            None => return Ok(None),
        },
        None if run == "last" => Run::newest(on, None, 1)?
            .pop()
            .ok_or_else(|| Error::config("nothing has run yet"))?,
        None => Run::find(on, run)?,
    };
    let version = Version::find(on, &run.deployment, run.version)?;
    let counts = StepCounts::of_run(on, run.number)?;
    Ok(version.map(|version| (version.text, counts)))
}

/// What passed through each step of a run.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowSteps {
    /// Its id, or the beginning of it; `last` for the newest.
    pub run: String,
}

impl Reads for ShowSteps {
    type Output = Vec<GraphNode>;
    const NAME: &'static str = "run_steps";

    fn read(self, desk: &Desk) -> Result<Vec<GraphNode>> {
        let run = Some(self.run);
        let graph = ShowGraph { text: None, run }.read(desk)?;
        let nodes = graph.map(|graph| graph.nodes).unwrap_or_default();
        Ok(nodes.into_iter().filter(|node| node.counts.is_some()).collect())
    }
}
