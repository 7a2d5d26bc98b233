//! Which saved connection stands behind which alias of a file.

use std::collections::BTreeMap;

use connector_kit::{Error, Result};

use crate::{
    agent::Agent,
    processflow::Plan,
    state::{Deployment, SavedConnection},
};

/// The connections of a plan: those that are named, else those of the version before, else the only ones that fit.
pub(super) async fn bindings(
    agent: &Agent,
    plan: &Plan,
    named: &BTreeMap<String, String>,
    before: Option<&Deployment>,
) -> Result<BTreeMap<String, String>> {
    let saved = agent.state().read(SavedConnection::all).await?;
    let old = match before {
        Some(deployment) => agent.version(deployment).await?.bindings,
        None => BTreeMap::new(),
    };
    let unknown = named.keys().find(|alias| !plan.connections.contains_key(*alias));
    if let Some(alias) = unknown {
        return Err(
            Error::config(format!("processflow `{}` has no connection `{alias}`", plan.name))
                .hint(format!("It has: {}.", words(plan.connections.keys()))),
        );
    }
    let mut bindings = BTreeMap::new();
    for (alias, connector) in &plan.connections {
        let named = named.get(alias).or_else(|| old.get(alias));
        let bound = bind(alias, connector, named.map(String::as_str), &saved)?;
        bindings.insert(alias.clone(), bound);
    }
    Ok(bindings)
}

/// The saved connection behind an alias.
pub(super) fn bind(
    alias: &str,
    connector: &str,
    named: Option<&str>,
    saved: &[SavedConnection],
) -> Result<String> {
    let fitting: Vec<&SavedConnection> = saved
        .iter()
        .filter(|connection| connection.connector == connector)
        .collect();
    let found = match named {
        Some(name) => saved.iter().find(|connection| connection.name == name),
        None => match fitting.iter().find(|connection| connection.name == alias) {
            Some(connection) => Some(*connection),
            None if fitting.len() == 1 => Some(fitting[0]),
            None => None,
        },
    };
    match found {
        Some(connection) if connection.connector == connector => Ok(connection.name.clone()),
        Some(connection) => Err(Error::config(format!(
            "`{alias}` wants a {connector} connection, and `{}` is a {} connection",
            connection.name, connection.connector
        ))
        .hint(format!("Choose another with `--connection {alias}=NAME`."))),
        None => Err(missing(alias, connector, named, &fitting)),
    }
}

/// `Source Application Not Found`, with what the vendor's message left out: which one, and what to do.
fn missing(alias: &str, connector: &str, named: Option<&str>, fitting: &[&SavedConnection]) -> Error {
    let which = named.map_or_else(
        || format!("`{alias}` ({connector})"),
        |name| format!("`{name}` for `{alias}`"),
    );
    let error = Error::config(format!(
        "Source Application Not Found: there is no connection {which}"
    ));
    if fitting.is_empty() {
        return error.hint(format!(
            "Add one with `processflow connections add {alias} --connector {connector} …`."
        ));
    }
    let names = words(fitting.iter().map(|connection| &connection.name));
    error.hint(format!(
        "Choose one with `--connection {alias}=NAME`; there are: {names}."
    ))
}

pub(crate) fn words<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
