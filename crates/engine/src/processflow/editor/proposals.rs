//! What could stand at the cursor.

use connector_kit::{Action, Connector, Does};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    Question,
    around::Around,
    fields, line_and_column, offset,
    place::{Part, Place, place},
    placeholders,
    shape::{Kind, Shape},
};
use crate::processflow::expression::functions;

/// What could stand at the cursor, and what it would replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Completion {
    /// The line of what is being written.
    pub line: usize,
    /// The column where it begins; it ends at the cursor.
    pub column: usize,
    /// In the order they are most likely wanted.
    pub proposals: Vec<Proposal>,
}

/// One thing that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Proposal {
    /// What is shown, and what typing is compared with.
    pub label: String,
    /// What is put there.
    pub insert: String,
    /// What it is.
    pub kind: ProposalKind,
    /// A few words beside it: what a field holds in the sample, what a function takes.
    pub detail: Option<String>,
    /// A sentence or two.
    pub about: Option<String>,
}

/// What a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// The name of a field of the file.
    Key,
    /// A listed value.
    Value,
    /// A connection of this file.
    Connection,
    /// An action of a connection.
    Action,
    /// A column of the destination.
    Column,
    /// A field of the record.
    Field,
    /// A value an earlier step has named.
    Variable,
    /// A function of the expression language.
    Function,
    /// A look-up table of this file.
    Table,
}

/// What could stand at the cursor.
pub fn complete(question: &Question<'_>) -> Completion {
    let cursor = offset(question.text, question.line, question.column);
    let place = place(question.text, cursor);
    let around = Around::of(question.text, &place, cursor);
    let (from, proposals) = proposals(question, &place, &around, cursor);
    let (line, column) = line_and_column(question.text, from);
    Completion {
        line,
        column,
        proposals,
    }
}

fn proposals(
    question: &Question<'_>,
    place: &Place,
    around: &Around,
    cursor: usize,
) -> (usize, Vec<Proposal>) {
    if is_expression(place) {
        return in_expression(question, place, around, cursor);
    }
    let keys: Vec<&str> = place.in_steps().iter().filter_map(key).collect();
    if let Some(part) = placeholders::part(place) {
        let written = &question.text[place.from..cursor];
        let (from, proposals) = placeholders::complete(question.connectors, around, part, place, written);
        if !proposals.is_empty() {
            return (place.from + from, proposals);
        }
    }
    let proposals = match (place.is_key, &keys[..]) {
        (false, ["connections", _]) => connectors(question.connectors),
        (false, ["steps", step @ ("read" | "fetch" | "write"), "action"]) => {
            let written = &question.text[place.from..cursor];
            actions(around, question.connectors, *step != "write", written)
        }
        (true, ["steps", "write", "map"]) => columns(around),
        (true, ["steps", "fetch", "map"]) => parameters(place, around, question.connectors),
        (false, ["schedule", "zone"]) => zones(),
        (true, _) => names(place, around, question.connectors),
        (false, _) => values(place, around, question.connectors),
    };
    (place.from, proposals)
}

pub(super) fn key(part: &Part) -> Option<&str> {
    match part {
        Part::Key(key) => Some(key),
        Part::Item(_) => None,
    }
}

/// True where an expression stands.
pub(super) fn is_expression(place: &Place) -> bool {
    let keys: Vec<&str> = place.in_steps().iter().filter_map(key).collect();
    !place.is_key
        && matches!(
            &keys[..],
            ["steps", "skip" | "branch", "when"]
                | ["steps", "set", _]
                | ["steps", "merge", "by", _]
                | ["steps", "for_each", "in"]
                | ["steps", "fetch" | "write", "map", _]
                | ["steps", "write", "each"]
        )
}

pub(super) fn proposal(label: &str, kind: ProposalKind) -> Proposal {
    Proposal {
        label: label.to_owned(),
        insert: label.to_owned(),
        kind,
        detail: None,
        about: None,
    }
}

fn names(place: &Place, around: &Around, connectors: &[Connector]) -> Vec<Proposal> {
    of_shape(Shape::at(&place.path, around, connectors), place, around)
}

/// What a `fetch` may take from the record: the parameters of its action.
fn parameters(place: &Place, around: &Around, connectors: &[Connector]) -> Vec<Proposal> {
    of_shape(Shape::of_action(around, connectors), place, around)
}

fn of_shape(shape: Option<Shape>, place: &Place, around: &Around) -> Vec<Proposal> {
    let Some(shape) = shape else {
        return Vec::new();
    };
    let mut fields = shape.fields();
    fields.retain(|field| !around.present.contains(&field.name));
    fields.sort_by_key(|field| !field.must);
    let key = |field: super::shape::Field| {
        let behind = match field.kind {
            Kind::Mapping | Kind::List => ":",
            Kind::Other => ": ",
        };
        Proposal {
            insert: format!("{}{behind}", field.name),
            detail: field.must.then(|| "needed".to_owned()),
            about: field.about,
            ..proposal(&field.name, ProposalKind::Key)
        }
    };
    let listed = shape.values().into_iter().map(|(value, about)| Proposal {
        about,
        ..proposal(&value, ProposalKind::Value)
    });
    let in_list = matches!(place.path.last(), Some(Part::Item(_)));
    fields
        .into_iter()
        .map(key)
        .chain(listed.filter(|_| in_list))
        .collect()
}

fn values(place: &Place, around: &Around, connectors: &[Connector]) -> Vec<Proposal> {
    let shape = Shape::at(&place.path, around, connectors);
    let listed = shape.map(|shape| shape.values()).unwrap_or_default();
    listed
        .into_iter()
        .map(|(value, about)| Proposal {
            about,
            ..proposal(&value, ProposalKind::Value)
        })
        .collect()
}

fn connectors(connectors: &[Connector]) -> Vec<Proposal> {
    let one = |connector: &Connector| Proposal {
        detail: Some(connector.title.to_owned()),
        about: Some(connector.about.to_owned()),
        ..proposal(connector.name, ProposalKind::Value)
    };
    connectors.iter().map(one).collect()
}

/// Actions by name; those of a catalogue when what is `written` already leads to them, because they are hundreds.
fn actions(around: &Around, connectors: &[Connector], reads: bool, written: &str) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for (alias, connector) in &around.connections {
        let known = connectors.iter().find(|known| known.name == connector);
        let (start, rest) = written.split_once('/').unwrap_or_default();
        let catalogue = |connector: &Connector| -> &'static [Action] {
            let all = connector.catalogue();
            let (kind, _) = all
                .first()
                .and_then(|action| action.name.split_once('.'))
                .unwrap_or_default();
            if start == alias && rest.starts_with(kind) {
                all
            } else {
                &[]
            }
        };
        let all = known.map(|connector| connector.actions.iter().chain(catalogue(connector)));
        for action in all.into_iter().flatten() {
            if matches!(action.does, Does::Read(_)) == reads {
                proposals.push(Proposal {
                    detail: action.scope.map(str::to_owned),
                    about: Some(action.about.to_owned()),
                    ..proposal(&format!("{alias}/{}", action.name), ProposalKind::Action)
                });
            }
        }
    }
    proposals
}

fn columns(around: &Around) -> Vec<Proposal> {
    let open = around
        .columns
        .iter()
        .filter(|column| !around.present.contains(column));
    open.map(|column| Proposal {
        insert: format!("{column}: "),
        ..proposal(column, ProposalKind::Column)
    })
    .collect()
}

fn zones() -> Vec<Proposal> {
    let zones = jiff::tz::db().available();
    zones
        .map(|zone| proposal(zone.as_str(), ProposalKind::Value))
        .collect()
}

/// Inside an expression: functions behind `|`; fields of what a path leads to behind `.`; else everything that can
/// begin a value.
fn in_expression(
    question: &Question<'_>,
    place: &Place,
    around: &Around,
    cursor: usize,
) -> (usize, Vec<Proposal>) {
    let written = &question.text[place.from..cursor];
    let word = written
        .rfind(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '.'))
        .map_or(0, |at| {
            at + written[at..].chars().next().map_or(1, char::len_utf8)
        });
    let (before, word) = (written[..word].trim_end(), &written[word..]);
    if before.ends_with('|') {
        return (cursor - word.len(), filters());
    }
    if let Some((path, last)) = word.rsplit_once('.') {
        return (cursor - last.len(), below(question, around, path));
    }
    if before.ends_with("lookup(") {
        let tables = around
            .tables
            .iter()
            .map(|table| proposal(table, ProposalKind::Table));
        return (cursor - word.len(), tables.collect());
    }
    (cursor - word.len(), beginnings(question, around))
}

fn beginnings(question: &Question<'_>, around: &Around) -> Vec<Proposal> {
    let record = question.record.unwrap_or(&Value::Null);
    let here = fields::scope(record, around.each.as_deref());
    let field = |(name, sample): (String, String)| Proposal {
        insert: fields::written("", &name),
        detail: Some(sample),
        ..proposal(&name, ProposalKind::Field)
    };
    let variables = around
        .variables
        .iter()
        .map(|name| proposal(name, ProposalKind::Variable));
    let roots = ["record", "connections", "run"].map(|root| proposal(root, ProposalKind::Variable));
    fields::of(here)
        .into_iter()
        .map(field)
        .chain(variables)
        .chain(roots)
        .chain(functions::all().map(|function| function_proposal(function, true)))
        .collect()
}

fn filters() -> Vec<Proposal> {
    functions::all()
        .map(|function| function_proposal(function, false))
        .collect()
}

fn function_proposal(function: &functions::Function, call: bool) -> Proposal {
    let arguments: Vec<&str> = function.arguments.iter().map(|argument| argument.name).collect();
    let more = function.arguments.len() > 1;
    let insert = match (call, more) {
        (true, _) | (false, true) => format!("{}(", function.name),
        (false, false) => function.name.to_owned(),
    };
    Proposal {
        insert,
        detail: Some(format!("({})", arguments.join(", "))),
        about: Some(function.about.to_owned()),
        ..proposal(function.name, ProposalKind::Function)
    }
}

/// What may follow `path.`.
fn below(question: &Question<'_>, around: &Around, path: &str) -> Vec<Proposal> {
    let parts: Vec<&str> = path.split('.').collect();
    match &parts[..] {
        ["connections"] => {
            let names = around.connections.iter();
            return names
                .map(|(alias, connector)| Proposal {
                    detail: Some(connector.clone()),
                    ..proposal(alias, ProposalKind::Connection)
                })
                .collect();
        }
        ["connections", _] => return vec![proposal("name", ProposalKind::Field)],
        ["run"] => {
            return ["id", "started"]
                .map(|fact| proposal(fact, ProposalKind::Field))
                .into();
        }
        _ => {}
    }
    let record = question.record.unwrap_or(&Value::Null);
    let here = fields::scope(record, around.each.as_deref());
    let found = fields::walk(record, here, path)
        .map(fields::of)
        .unwrap_or_default();
    found
        .into_iter()
        .map(|(name, sample)| Proposal {
            detail: Some(sample),
            ..proposal(&name, ProposalKind::Field)
        })
        .collect()
}
