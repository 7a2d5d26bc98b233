//! The names a file gives: its own, its connections', its tables'.

use connector_kit::suggest::known;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use connector_kit::{Connector, Value};

use super::{Findings, Table};
use crate::processflow::{
    file, is_name,
    report::Span,
    yaml::{At, Document, Entries},
};

/// The place of a part of the file: its name, since a mapping's own place is a point.
pub(super) fn place(document: &Document, part: &str, otherwise: Span) -> Span {
    document.root.entry(part).map_or(otherwise, |entry| entry.at)
}

pub(super) fn processflow(findings: &mut Findings<'_>, name: &At<String>) {
    if !is_name(&name.value) {
        let message = format!("`{}` is not a name for a processflow", name.value);
        let hint = "Use small letters, digits and hyphens, 64 at most: `orders-to-database`.";
        findings.mistake(name.span, message, Some(hint.to_owned()));
    }
}

/// Names that expressions read in their own way.
const RESERVED: [&str; 12] = [
    "record",
    "connections",
    "run",
    "true",
    "false",
    "none",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
];

/// True for what an expression can use as a name; else a mistake.
pub(super) fn usable(findings: &mut Findings<'_>, name: &At<String>, what: &str) -> bool {
    let mut signs = name.value.chars();
    let plain = signs
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && signs.all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let message = if !plain {
        format!("`{}` is not a name for {what}", name.value)
    } else if RESERVED.contains(&&*name.value) {
        format!("`{}` already means something in expressions", name.value)
    } else {
        return true;
    };
    findings.mistake(
        name.span,
        message,
        Some("Use letters, digits and `_`, beginning with a letter.".to_owned()),
    );
    false
}

pub(super) fn connections<'c>(
    findings: &mut Findings<'_>,
    written: &Entries<At<String>>,
    connectors: &'c [Connector],
) -> BTreeMap<String, &'c Connector> {
    let mut connections = BTreeMap::new();
    if written.0.is_empty() {
        let hint = "Name them with their connectors: `connections: { store: bigcommerce, erp: sql }`.";
        findings.mistake(
            Span::default(),
            "the file names no connections",
            Some(hint.to_owned()),
        );
    }
    for (alias, connector) in &written.0 {
        if !usable(findings, alias, "a connection") {
            continue;
        }
        if let Some(connector) = connectors.iter().find(|known| known.name == connector.value) {
            connections.insert(alias.value.clone(), connector);
            continue;
        }
        let names: Vec<_> = connectors.iter().map(|connector| connector.name).collect();
        let message = format!("there is no connector `{}`", connector.value);
        let hint = known("Connectors are", &names, &connector.value);
        findings.mistake(connector.span, message, Some(hint));
    }
    connections
}

pub(super) fn unused(findings: &mut Findings<'_>, written: &Entries<At<String>>, used: &BTreeSet<String>) {
    for (alias, _) in written.0.iter().filter(|(alias, _)| !used.contains(&alias.value)) {
        let message = format!("connection `{}` is not used by any step", alias.value);
        findings.warning(
            alias.span,
            message,
            Some("Take it out, or it must be bound at deploy all the same.".to_owned()),
        );
    }
}

pub(super) fn tables(findings: &mut Findings<'_>, written: &Entries<file::Table>) -> Vec<Table> {
    written
        .0
        .iter()
        .map(|(name, entries)| table(findings, name, entries))
        .collect()
}

fn table(findings: &mut Findings<'_>, name: &At<String>, written: &file::Table) -> Table {
    let mut table = Table {
        name: name.value.clone(),
        entries: HashMap::new(),
        default: None,
    };
    for (key, value) in &written.0 {
        if value.value.is_array() || value.value.is_object() {
            let message = format!("the entry for `{}` is a list or a mapping", key.value);
            findings.mistake(
                key.span,
                message,
                Some("An entry is one value: a text, a number, true, false or null.".to_owned()),
            );
            continue;
        }
        // A number keeps the digits it has in the file (`19.90`).
        let digits = value
            .value
            .is_f64()
            .then(|| value.span.of(findings.text).parse().ok())
            .flatten();
        let entry = digits.map_or_else(|| Value::from(value.value.clone()), Value::Decimal);
        if key.value == "default" {
            table.default = Some(entry);
        } else {
            table.entries.insert(key.value.clone(), entry);
        }
    }
    table
}
