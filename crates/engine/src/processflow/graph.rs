//! A processflow as a picture: its steps in order, and what leads from one to the next. Drawn from the text alone, so
//! that a file with mistakes has a picture too.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    editor::line_and_column,
    yaml::{Content, Document, Node},
};
use crate::state::StepCounts;

/// The picture of a processflow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Graph {
    /// The steps, in the order of the file.
    pub nodes: Vec<GraphNode>,
    /// What leads from one to another.
    pub edges: Vec<GraphEdge>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GraphNode {
    /// The step's number in the file: `1`.
    pub id: String,
    /// `read`, `set`, `skip`, `write`; as it is written where it is none of these.
    pub kind: String,
    /// The connection's name in the file.
    pub connection: Option<String>,
    /// The connection's connector.
    pub connector: Option<String>,
    /// The action: `orders.changed`.
    pub action: Option<String>,
    /// The table, file or list the action is about, where its parameters name one.
    pub target: Option<String>,
    /// The rule of a `skip`.
    pub when: Option<String>,
    /// The reason of a `skip`.
    pub reason: Option<String>,
    /// The list a `write` makes a row of each element of.
    pub each: Option<String>,
    /// The names a `set` gives, or the columns a `write` maps.
    pub names: Vec<String>,
    /// Where it stands in the file: `steps/0`.
    pub path: String,
    /// Its first line.
    pub first_line: usize,
    /// Its last line.
    pub last_line: usize,
    /// What passed through it in the run that was asked for.
    pub counts: Option<StepCounts>,
}

/// What leads from a step to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GraphEdge {
    /// `1-2`
    pub id: String,
    /// The step it leaves.
    pub from: String,
    /// The step it leads to.
    pub to: String,
    /// Records that went along it in the run that was asked for.
    pub records: Option<u64>,
}

impl Graph {
    /// The picture of a text; nothing while it is no YAML.
    pub fn of(text: &str) -> Option<Self> {
        let document = Document::read(text).ok()?;
        let connections = document.root.get("connections");
        let steps = document.root.get("steps").map_or(&[][..], Node::elements);
        let ends = ends(text, &document.root, steps);
        let nodes: Vec<_> = steps
            .iter()
            .zip(ends)
            .enumerate()
            .map(|(at, (step, end))| node(text, connections, at, step, end))
            .collect();
        let edges = nodes
            .windows(2)
            .map(|pair| GraphEdge {
                id: format!("{}-{}", pair[0].id, pair[1].id),
                from: pair[0].id.clone(),
                to: pair[1].id.clone(),
                records: None,
            })
            .collect();
        Some(Self { nodes, edges })
    }

    /// Adds what a run counted, where it ran these very steps: `ran` is the picture of the version that ran.
    pub fn count(&mut self, ran: &Self, counts: &[StepCounts]) {
        for ((node, known), counts) in self.nodes.iter_mut().zip(&ran.nodes).zip(counts) {
            if !node.does_as(known) {
                break;
            }
            node.counts = Some(*counts);
        }
        for edge in &mut self.edges {
            let from = self.nodes.iter().find(|node| node.id == edge.from);
            edge.records = from.and_then(|node| Some(node.counts?.passed()));
        }
    }
}

impl GraphNode {
    fn does_as(&self, other: &Self) -> bool {
        (&self.kind, &self.connection, &self.action, &self.when, &self.each)
            == (
                &other.kind,
                &other.connection,
                &other.action,
                &other.when,
                &other.each,
            )
    }
}

/// Where each step ends: before the next one, or before what follows the steps; without empty lines and comments.
fn ends(text: &str, root: &Node, steps: &[Node]) -> Vec<usize> {
    let begin = steps.first().map_or(0, |step| step.span.start);
    let after = root
        .entries()
        .iter()
        .map(|entry| entry.at.start)
        .filter(|at| *at > begin)
        .min()
        .unwrap_or(text.len());
    let starts = steps.iter().skip(1).map(|step| dash(text, step.span.start));
    starts.chain([after]).collect()
}

/// A step's place is its first field's; the dash stands before it.
fn dash(text: &str, at: usize) -> usize {
    text[..at].rfind('-').unwrap_or(at)
}

fn node(text: &str, connections: Option<&Node>, at: usize, step: &Node, end: usize) -> GraphNode {
    let entry = step.entries().first();
    let (kind, inner) = entry.map_or(("", step), |entry| (entry.name.as_str(), &entry.value));
    let words = |name: &str| inner.get(name).and_then(|node| written(text, node));
    let action = words("action");
    let (connection, action) = match action.as_deref().and_then(|action| action.split_once('/')) {
        Some((alias, action)) => (Some(alias.to_owned()), Some(action.to_owned())),
        None => (None, action),
    };
    let connector = connection
        .as_ref()
        .and_then(|alias| connections?.get(alias)?.words());
    let named = if kind == "set" {
        Some(inner)
    } else {
        inner.get("map")
    };
    let start = dash(text, step.span.start);
    GraphNode {
        id: (at + 1).to_string(),
        kind: kind.to_owned(),
        connection,
        connector,
        action,
        target: inner.get("with").and_then(target),
        when: words("when"),
        reason: words("reason"),
        each: words("each"),
        names: named
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|entry| entry.name.clone())
            .collect(),
        path: format!("steps/{at}"),
        first_line: line_and_column(text, start).0,
        last_line: last_line(text, start, end),
        counts: None,
    }
}

fn written(text: &str, node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(words) => Some(words.clone()),
        Content::Number(_) | Content::Bool(_) => Some(node.span.of(text).to_owned()),
        _ => None,
    }
}

/// What an action is about: the first of its parameters that is one plain text.
fn target(with: &Node) -> Option<String> {
    let known = ["table", "file", "resource", "list"];
    let named = known.iter().find_map(|name| with.get(name)?.words());
    named.or_else(|| with.entries().iter().find_map(|entry| entry.value.words()))
}

fn last_line(text: &str, start: usize, end: usize) -> usize {
    let first = line_and_column(text, start).0;
    let lines = text[start..end.max(start)].lines().enumerate();
    let full = lines.filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    first + full.last().map_or(0, |(nth, _)| nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "processflow: a
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  # why
  - skip: { when: status_id == 0, reason: not paid }

  - write:
      action: erp/table.upsert
      with: { key: [ID], table: ORDERS }
      map:
        ID: id

on_failure: { tries: 5 }
";

    #[test]
    fn steps_have_their_lines_and_what_people_look_for() {
        let graph = Graph::of(FILE).expect("a picture");
        let lines: Vec<_> = graph
            .nodes
            .iter()
            .map(|node| (node.first_line, node.last_line))
            .collect();
        assert_eq!(
            lines,
            [(4, 4), (6, 6), (8, 12)],
            "without comments and empty lines"
        );
        let write = &graph.nodes[2];
        let told = (
            write.connector.as_deref(),
            write.action.as_deref(),
            write.target.as_deref(),
        );
        assert_eq!(told, (Some("sql"), Some("table.upsert"), Some("ORDERS")));
        assert_eq!(write.names, ["ID"], "its columns");
        let edges: Vec<_> = graph.edges.iter().map(|edge| edge.id.as_str()).collect();
        assert_eq!(edges, ["1-2", "2-3"], "names that stay while nothing is moved");
        assert_eq!(
            Graph::of(&FILE.replace("action: erp", "acton: erp"))
                .expect("a picture")
                .nodes
                .len(),
            3,
            "a mistake does not take the picture away"
        );
    }

    #[test]
    fn counts_stay_with_the_steps_that_ran() {
        let counts = [(12, 0, 1), (11, 4, 0), (7, 0, 0)].map(|(records, skipped, failed)| StepCounts {
            records,
            skipped,
            failed,
            ..StepCounts::default()
        });
        let ran = Graph::of(FILE).expect("a picture");
        let mut same = ran.clone();
        same.count(&ran, &counts);
        let along: Vec<_> = same.edges.iter().map(|edge| edge.records).collect();
        assert_eq!(
            along,
            [Some(11), Some(7)],
            "what was not left out and did not fail"
        );
        let mut other = Graph::of(&FILE.replace("status_id == 0", "status_id == 1")).expect("a picture");
        other.count(&ran, &counts);
        assert_eq!(other.edges[0].records, Some(11), "up to what was changed since");
        assert_eq!(
            (other.nodes[1].counts, other.nodes[2].counts),
            (None, None),
            "a changed rule never ran"
        );
    }
}
