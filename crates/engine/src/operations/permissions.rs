//! Permissions: which ones the deployed processflows need, which ones a connection's token has, and the fewest to tick
//! for a new one. Their names are the other system's; a level stands behind them (`Orders: modify`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use connector_kit::{Access, Connector, Error, Permission, Result, Validation, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Acts, Reads, compiled,
    connections::{note_checked, tried_with},
};
use crate::{
    agent::{Agent, Desk},
    processflow::Plan,
    state::{Deployment, DeploymentState, SavedConnection, Version},
};

/// What the processflows that use a connection need of it.
pub(super) struct Needs(BTreeMap<String, BTreeSet<String>>);

impl Needs {
    /// All of them, without those that a higher level covers, in order.
    pub(super) fn all(&self) -> Vec<String> {
        least(self.0.values().flatten().map(String::as_str))
    }

    /// The processflows that use the connection.
    pub(super) fn processflows(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// The processflows that need more of a permission than was found.
    fn broken_by(&self, scope: &str, found: Access) -> Vec<String> {
        let breaks = |needs: &BTreeSet<String>| {
            let mut mine = needs.iter().filter(|need| title(need) == scope);
            mine.any(|need| standing(need, Some(found)) == PermissionStanding::Missing)
        };
        self.named(breaks)
    }

    fn users_of(&self, scope: &str) -> Vec<String> {
        self.named(|needs| needs.iter().any(|need| title(need) == scope))
    }

    fn named(&self, wanted: impl Fn(&BTreeSet<String>) -> bool) -> Vec<String> {
        let found = self.0.iter().filter(|(_, needs)| wanted(needs));
        found.map(|(name, _)| name.clone()).collect()
    }
}

fn title(scope: &str) -> &str {
    scope.rsplit_once(": ").map_or(scope, |(title, _)| title)
}

/// `read-only` is the one level that changes nothing; every other one writes.
fn writes(scope: &str) -> bool {
    !scope.ends_with(": read-only")
}

/// Each permission once, with the highest level that is asked for.
fn least<'s>(scopes: impl Iterator<Item = &'s str>) -> Vec<String> {
    let mut highest: BTreeMap<&str, &str> = BTreeMap::new();
    for scope in scopes {
        let held = highest.entry(title(scope)).or_insert(scope);
        if writes(scope) && !writes(held) {
            *held = scope;
        }
    }
    highest.into_values().map(str::to_owned).collect()
}

/// What the deployed processflows need of a connection. A version that no longer compiles needs nothing: it cannot run.
pub(super) fn needed_scopes(desk: &Desk, connection: &str) -> Result<Needs> {
    let mut needs = Needs(BTreeMap::new());
    let Some(view) = desk.view()? else {
        return Ok(needs);
    };
    let on = view.connection();
    let deployed = Deployment::all(on)?
        .into_iter()
        .filter(|one| one.state != DeploymentState::Undeployed);
    for deployment in deployed {
        let Some(version) = Version::find(on, &deployment.id, deployment.version)? else {
            continue;
        };
        let aliases = version.bindings.iter().filter(|(_, name)| *name == connection);
        let aliases: Vec<&str> = aliases.map(|(alias, _)| alias.as_str()).collect();
        if aliases.is_empty() {
            continue;
        }
        let Ok(plan) = compiled(&version.text, &deployment.name, desk) else {
            continue;
        };
        let scopes = actions(&plan)
            .filter(|(alias, _)| aliases.contains(alias))
            .filter_map(|(alias, action)| {
                let connector = desk.connector(plan.connections.get(alias)?).ok()?;
                connector.action(action)?.scope.map(str::to_owned)
            });
        needs.0.insert(deployment.name, scopes.collect());
    }
    Ok(needs)
}

/// Every action of a plan, with its connection's alias.
fn actions(plan: &Plan) -> impl Iterator<Item = (&str, &str)> {
    let read = (plan.read.alias.as_str(), plan.read.action.as_str());
    let fetches = plan
        .fetches()
        .map(|(_, fetch)| (fetch.alias.as_str(), fetch.action.as_str()));
    let writes = plan
        .writes()
        .map(|write| (write.alias.as_str(), write.step.action));
    std::iter::once(read).chain(fetches).chain(writes)
}

/// The permissions of actions by name, and nothing else but names.
fn scopes_of(connector: &Connector, actions: &[String]) -> Result<Vec<String>> {
    let scope = |name: &String| {
        let bare = name.rsplit_once('/').map_or(name.as_str(), |(_, bare)| bare);
        connector.action(bare).map(|action| action.scope).ok_or_else(|| {
            Error::config(format!("{} has no action `{name}`", connector.title)).hint(format!(
                "`processflow actions {} --search TEXT` finds them.",
                connector.name
            ))
        })
    };
    let found: Vec<Option<&str>> = actions.iter().map(scope).collect::<Result<_>>()?;
    Ok(least(found.into_iter().flatten()))
}

/// The fewest permissions that the deployed processflows of a connection need, or that some actions do: what to tick
/// in the control panel.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct NeededPermissions {
    /// The connection whose processflows are meant.
    pub name: Option<String>,
    /// The connector whose actions are meant; that of the connection when left out.
    pub connector: Option<String>,
    /// These actions, by name.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub actions: Vec<String>,
}

/// The fewest permissions that are needed.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Needed {
    /// Of everything together, each with its level.
    pub least: Vec<String>,
    /// Of each processflow.
    pub processflows: Vec<NeededBy>,
}

/// What one processflow needs.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct NeededBy {
    /// The processflow.
    pub processflow: String,
    /// Its permissions, each with its level.
    pub scopes: Vec<String>,
}

impl Reads for NeededPermissions {
    type Output = Needed;
    const NAME: &'static str = "needed_permissions";

    fn read(self, desk: &Desk) -> Result<Needed> {
        let mut scopes = Vec::new();
        let mut processflows = Vec::new();
        let mut kind = self.connector;
        if let Some(name) = &self.name {
            let needs = needed_scopes(desk, name)?;
            scopes = needs.all();
            processflows = by_processflow(&needs);
            if kind.is_none() {
                let found = desk
                    .view()?
                    .map(|view| SavedConnection::find(view.connection(), name));
                kind = found.transpose()?.flatten().map(|saved| saved.connector);
            }
        }
        if !self.actions.is_empty() {
            let kind = kind.ok_or_else(|| {
                Error::config("these actions are of no connector")
                    .hint("Name the connection or the connector.")
            })?;
            scopes.extend(scopes_of(desk.connector(&kind)?, &self.actions)?);
        }
        Ok(Needed {
            least: least(scopes.iter().map(String::as_str)),
            processflows,
        })
    }
}

fn by_processflow(needs: &Needs) -> Vec<NeededBy> {
    let row = |(processflow, scopes): (&String, &BTreeSet<String>)| NeededBy {
        processflow: processflow.clone(),
        scopes: least(scopes.iter().map(String::as_str)),
    };
    needs.0.iter().map(row).collect()
}

/// Holds what a connection's token may do against what the deployed processflows need, without changing anything.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CheckPermissions {
    /// The connection.
    pub name: String,
    /// Actions besides, by name.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub actions: Vec<String>,
}

/// What a token may do, and what is needed.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PermissionTable {
    /// A row for each permission; what is missing comes first.
    pub rows: Vec<PermissionRow>,
    /// The fewest permissions to tick for all of it, each with its level.
    pub least: Vec<String>,
    /// What each processflow needs.
    pub processflows: Vec<NeededBy>,
}

/// One permission.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PermissionRow {
    /// Its name in the other system.
    pub scope: String,
    /// The level that is needed ("modify"); `None` where nothing needs it.
    pub needed: Option<String>,
    /// What was found.
    pub found: Access,
    /// Whether that is enough.
    pub standing: PermissionStanding,
    /// Processflows that use it.
    pub processflows: Vec<String>,
    /// Processflows that break without it.
    pub breaks: Vec<String>,
}

/// Whether what was found is enough for what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PermissionStanding {
    /// It is not.
    Missing,
    /// It cannot be found out without writing, or without an id.
    Unproven,
    /// It is.
    Enough,
}

/// Whether this is enough; `None` is a permission that nobody was asked about.
fn standing(needed: &str, found: Option<Access>) -> PermissionStanding {
    match found {
        Some(Access::Refused) => PermissionStanding::Missing,
        Some(Access::ReadOnly) if writes(needed) => PermissionStanding::Missing,
        Some(Access::Modify) => PermissionStanding::Enough,
        Some(Access::ReadOnly | Access::Reads) if !writes(needed) => PermissionStanding::Enough,
        Some(Access::ReadOnly | Access::Reads | Access::Untried) | None => PermissionStanding::Unproven,
    }
}

#[async_trait]
impl Acts for CheckPermissions {
    type Output = PermissionTable;
    const NAME: &'static str = "check_permissions";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<PermissionTable> {
        let saved = agent.saved(&self.name).await?;
        let further = scopes_of(agent.desk().connector(&saved.connector)?, &self.actions)?;
        let tried = tried_with(agent, &saved, BTreeMap::new(), &further).await;
        note_checked(agent, &saved.name, &tried).await?;
        let needs = needed_scopes(agent.desk(), &self.name)?;
        let mut all = needs.all();
        all.extend(further);
        Ok(table(&needs, &least(all.iter().map(String::as_str)), &tried?))
    }
}

fn table(needs: &Needs, all: &[String], tried: &Validation) -> PermissionTable {
    let needed_of = |scope: &str| all.iter().find(|need| title(need) == scope);
    let row = |Permission { scope, found }: &Permission| {
        let needed = needed_of(scope);
        let standing = match (needed, found) {
            (Some(needed), _) => standing(needed, Some(*found)),
            (None, Access::Refused) => PermissionStanding::Missing,
            (None, Access::Untried) => PermissionStanding::Unproven,
            (None, _) => PermissionStanding::Enough,
        };
        PermissionRow {
            scope: scope.clone(),
            needed: needed.map(|needed| needed[title(needed).len()..].trim_start_matches(": ").to_owned()),
            found: *found,
            standing,
            processflows: needs.users_of(scope),
            breaks: needs.broken_by(scope, *found),
        }
    };
    let mut rows: Vec<PermissionRow> = tried.permissions.iter().map(row).collect();
    rows.sort_by(|one, other| (one.standing, &one.scope).cmp(&(other.standing, &other.scope)));
    PermissionTable {
        rows,
        least: all.to_vec(),
        processflows: by_processflow(needs),
    }
}

/// What a new token lacks of what the processflows need, in one sentence; nothing where it lacks nothing.
pub(super) fn lacks(needs: &Needs, tried: &Validation) -> Option<String> {
    let lacking = tried
        .permissions
        .iter()
        .filter_map(|Permission { scope, found }| {
            let breaks = needs.broken_by(scope, *found);
            let needed = needs.all().into_iter().find(|need| title(need) == scope)?;
            (!breaks.is_empty()).then(|| format!("{needed} ({})", breaks.join(", ")))
        });
    let lacking: Vec<String> = lacking.collect();
    (!lacking.is_empty()).then(|| lacking.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_named_once_with_the_level_it_is_needed_at() {
        let scopes = [
            "Orders: read-only",
            "Products: modify",
            "Orders: modify",
            "Products: read-only",
        ];
        assert_eq!(least(scopes.into_iter()), ["Orders: modify", "Products: modify"]);
    }

    #[test]
    fn reading_is_no_proof_of_writing() {
        for (needed, found, expected) in [
            ("Orders: read-only", Access::Reads, PermissionStanding::Enough),
            ("Orders: modify", Access::Reads, PermissionStanding::Unproven),
            ("Orders: modify", Access::ReadOnly, PermissionStanding::Missing),
            ("Orders: modify", Access::Modify, PermissionStanding::Enough),
            ("Orders: read-only", Access::Refused, PermissionStanding::Missing),
            ("Orders: read-only", Access::Untried, PermissionStanding::Unproven),
        ] {
            assert_eq!(standing(needed, Some(found)), expected, "{needed}, {found:?}");
        }
    }
}
