//! A processflow as a picture: its steps in order, and what leads from one to the next. Drawn from the text alone, so
//! that a file with mistakes has a picture too.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    editor::line_and_column,
    outline::{self, Placed},
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
    /// The step's number in the file: `1`; inside of others `2.1.1`.
    pub id: String,
    /// The kind of step, as it is written: `read`, `write`, `branch`.
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
    /// The list a `write` makes a row of each element of, or a `for_each` goes through.
    pub each: Option<String>,
    /// The names a `set` gives, the columns a `write` maps, what a `merge` goes by.
    pub names: Vec<String>,
    /// The name of the answer of a `fetch` or `write`, of the list of a `merge`; how long a `delay` is.
    pub gives: Option<String>,
    /// The number of the step it lies in.
    pub inside: Option<String>,
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
    /// The rule of the way that begins here, behind a `branch`.
    pub when: Option<String>,
    /// Records that went along it in the run that was asked for.
    pub records: Option<u64>,
}

impl Graph {
    /// The picture of a text; nothing while it is no YAML.
    pub fn of(text: &str) -> Option<Self> {
        let document = Document::read(text).ok()?;
        let connections = document.root.get("connections");
        let placed = outline::steps(&document.root);
        let ends = ends(text, &document.root, &placed);
        let nodes: Vec<_> = placed
            .iter()
            .zip(ends)
            .map(|(step, end)| node(text, connections, step, end))
            .collect();
        let mut edges = Vec::new();
        lead(&placed, None, &mut edges);
        edges.sort_by_key(|edge: &GraphEdge| {
            let at = |id: &str| nodes.iter().position(|node| node.id == id);
            (at(&edge.from), at(&edge.to))
        });
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
        let records: Vec<_> = self.edges.iter().map(|edge| self.along(edge)).collect();
        for (edge, records) in self.edges.iter_mut().zip(records) {
            edge.records = records;
        }
    }

    /// Records that went along an edge: what came to the first step of a way or list, what passed any other step, and
    /// of a branch past its ways what none of them took. Not known where a list is left: its steps count elements.
    fn along(&self, edge: &GraphEdge) -> Option<u64> {
        let (from, to) = (self.node(&edge.from)?, self.node(&edge.to)?);
        let counts = from.counts?;
        if self.leaves_a_list(edge) {
            return None;
        }
        if to.inside.as_ref() == Some(&from.id) {
            return Some(to.counts?.records);
        }
        let leaving = self.edges.iter().filter(|other| other.from == from.id);
        let inside = leaving
            .filter_map(|other| self.node(&other.to))
            .filter(|node| node.inside.as_ref() == Some(&from.id));
        let taken: u64 = inside.filter_map(|node| Some(node.counts?.records)).sum();
        Some(counts.passed().saturating_sub(taken))
    }

    fn leaves_a_list(&self, edge: &GraphEdge) -> bool {
        let mut around = self.node(&edge.from).and_then(|node| node.inside.as_deref());
        while let Some(id) = around {
            let Some(step) = self.node(id) else { return false };
            if step.kind == "for_each" && !edge.to.starts_with(&format!("{id}.")) {
                return true;
            }
            around = step.inside.as_deref();
        }
        false
    }

    fn node(&self, id: &str) -> Option<&GraphNode> {
        self.nodes.iter().find(|node| node.id == id)
    }
}

impl GraphNode {
    fn does_as(&self, other: &Self) -> bool {
        (
            &self.id,
            &self.kind,
            &self.connection,
            &self.action,
            &self.when,
            &self.each,
        ) == (
            &other.id,
            &other.kind,
            &other.connection,
            &other.action,
            &other.when,
            &other.each,
        )
    }
}

/// What leads from each step to the next, in the list of steps inside of `inside`; where the way leaves the list.
fn lead(
    steps: &[Placed<'_>],
    inside: Option<(&str, Option<usize>)>,
    edges: &mut Vec<GraphEdge>,
) -> Vec<String> {
    let own = |step: &&Placed<'_>| (step.inside.as_deref().map(|id| (id, step.way))) == inside;
    let mut leaves: Vec<String> = Vec::new();
    for step in steps.iter().filter(own) {
        for from in &leaves {
            edges.push(edge(from, &step.number, None));
        }
        leaves = through(steps, step, edges);
    }
    leaves
}

/// Where the way leaves a step: the step itself, or the last ones inside of it.
fn through(steps: &[Placed<'_>], step: &Placed<'_>, edges: &mut Vec<GraphEdge>) -> Vec<String> {
    let id = &step.number;
    let ways = step.node.get("branch").map_or(&[][..], Node::elements);
    let mut lists: Vec<(Option<usize>, Option<String>)> = ways
        .iter()
        .enumerate()
        .map(|(at, way)| (Some(at + 1), way.get("when").and_then(plain)))
        .collect();
    if step.node.get("for_each").is_some() {
        lists.push((None, None));
    }
    let mut leaves = Vec::new();
    let takes_all = lists.last().is_some_and(|(_, when)| when.is_none());
    for (way, when) in lists {
        let first = steps
            .iter()
            .find(|other| other.inside.as_deref() == Some(id) && other.way == way);
        if let Some(first) = first {
            edges.push(edge(id, &first.number, when));
        }
        leaves.extend(lead(steps, Some((id, way)), edges));
    }
    if leaves.is_empty() || !takes_all {
        leaves.push(id.clone());
    }
    leaves
}

fn edge(from: &str, to: &str, when: Option<String>) -> GraphEdge {
    GraphEdge {
        id: format!("{from}-{to}"),
        from: from.to_owned(),
        to: to.to_owned(),
        when,
        records: None,
    }
}

/// Where each step ends: before the next one, or before what follows the steps; without empty lines and comments.
fn ends(text: &str, root: &Node, steps: &[Placed<'_>]) -> Vec<usize> {
    let begin = steps.first().map_or(0, |step| step.node.span.start);
    let after = root
        .entries()
        .iter()
        .map(|entry| entry.at.start)
        .filter(|at| *at > begin)
        .min()
        .unwrap_or(text.len());
    let end = |(at, step): (usize, &Placed<'_>)| {
        let next = steps[at + 1..]
            .iter()
            .find(|next| !next.number.starts_with(&format!("{}.", step.number)));
        next.map_or(after, |next| dash(text, next.node.span.start).min(after))
    };
    steps.iter().enumerate().map(end).collect()
}

/// A step's place is its first field's; the dash stands before it.
fn dash(text: &str, at: usize) -> usize {
    text[..at].rfind('-').unwrap_or(at)
}

fn node(text: &str, connections: Option<&Node>, placed: &Placed<'_>, end: usize) -> GraphNode {
    let step = placed.node;
    let entry = step.entries().first();
    let (kind, inner) = entry.map_or(("", step), |entry| (entry.name.as_str(), &entry.value));
    let words = |name: &str| inner.get(name).and_then(plain);
    let action = words("action");
    let (connection, action) = match action.as_deref().and_then(|action| action.split_once('/')) {
        Some((alias, action)) => (Some(alias.to_owned()), Some(action.to_owned())),
        None => (None, action),
    };
    let connector = connection
        .as_ref()
        .and_then(|alias| connections?.get(alias)?.words());
    let named = match kind {
        "set" => Some(inner),
        "merge" => inner.get("by"),
        _ => inner.get("map"),
    };
    let start = dash(text, step.span.start);
    GraphNode {
        id: placed.number.clone(),
        kind: kind.to_owned(),
        connection,
        connector,
        action,
        target: inner.get("with").and_then(target),
        when: words("when"),
        reason: words("reason"),
        each: words("each").or(words("in")),
        gives: if kind == "delay" {
            plain(inner)
        } else {
            words("as")
        },
        inside: placed.inside.clone(),
        names: named
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|entry| entry.name.clone())
            .collect(),
        path: placed.path.clone(),
        first_line: line_and_column(text, start).0,
        last_line: last_line(text, start, end),
        counts: None,
    }
}

/// A value as words: what is no list and no mapping.
fn plain(node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(words) => Some(words.clone()),
        Content::Number(digits) => Some(digits.clone()),
        Content::Bool(value) => Some(value.to_string()),
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
    fn ways_part_and_meet_again() {
        let text = "connections: { erp: sql }
steps:
  - read: { action: erp/query }
  - branch:
      - when: id == 1
        steps:
          - delay: 1 s
          - skip: { when: id == 2, reason: no }
      - when: id == 3
        steps:
          - for_each: { in: lines, steps: [{ set: { a: 1 } }] }
  - write: { action: erp/table.insert }
";
        let mut graph = Graph::of(text).expect("a picture");
        let edges: Vec<_> = graph
            .edges
            .iter()
            .map(|edge| (edge.id.as_str(), edge.when.as_deref()))
            .collect();
        let expected = [
            ("1-2", None),
            ("2-2.1.1", Some("id == 1")),
            ("2-2.2.1", Some("id == 3")),
            ("2-3", None),
            ("2.1.1-2.1.2", None),
            ("2.1.2-3", None),
            ("2.2.1-2.2.1.1", None),
            ("2.2.1.1-3", None),
        ];
        assert_eq!(
            edges, expected,
            "none of the ways takes all, so some go past them"
        );
        assert_eq!((graph.nodes[1].first_line, graph.nodes[1].last_line), (4, 11));
        let ran = graph.clone();
        let counts = [(10, 0), (10, 0), (4, 0), (4, 1), (5, 0), (9, 0), (9, 0)];
        let counts = counts.map(|(records, skipped)| StepCounts {
            records,
            skipped,
            ..StepCounts::default()
        });
        graph.count(&ran, &counts);
        let along: Vec<_> = graph
            .edges
            .iter()
            .map(|edge| edge.records.unwrap_or(99))
            .collect();
        assert_eq!(
            along,
            [10, 4, 5, 1, 4, 3, 9, 99],
            "one went past both ways; a list counts elements"
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
