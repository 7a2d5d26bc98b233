//! `connections permissions`: what a token may do against what is needed.

use connector_kit::Access;
use engine::operations::{
    CheckPermissions, Needed, NeededPermissions, PermissionRow, PermissionStanding, PermissionTable,
};

use crate::{
    args::PermissionsArgs,
    output::{Console, Exit, Outcome, Table, names},
    shell::Here,
};

/// Tries what can be tried, and says what is missing; or only lists what is needed.
pub(super) async fn permissions(here: &Here, args: PermissionsArgs) -> Outcome<Exit> {
    let PermissionsArgs { name, action, needed } = args;
    if needed {
        return list(here, name, action);
    }
    let table = here
        .act(CheckPermissions {
            name,
            actions: action,
        })
        .await?;
    here.console.show(&table, |table| {
        here.console.table(
            &Table::new(["permission", "needed", "found", "standing", "used by", "breaks"])
                .rows(table.rows.iter().map(row)),
        )?;
        tell(here.console, table);
        Ok(())
    })?;
    let missing = table.rows.iter().any(is_needed_and_missing);
    Ok(if missing { Exit::Problems } else { Exit::Done })
}

fn is_needed_and_missing(row: &PermissionRow) -> bool {
    row.standing == PermissionStanding::Missing && row.needed.is_some()
}

fn row(row: &PermissionRow) -> [String; 6] {
    let standing = match row.standing {
        PermissionStanding::Missing => "MISSING",
        PermissionStanding::Unproven => "not proven",
        PermissionStanding::Enough => "enough",
    };
    [
        row.scope.clone(),
        row.needed.clone().unwrap_or_else(|| "-".to_owned()),
        found(row).to_owned(),
        standing.to_owned(),
        names(&row.processflows),
        names(&row.breaks),
    ]
}

fn found(row: &PermissionRow) -> &'static str {
    let writes = row.needed.as_deref().is_some_and(|needed| needed != "read-only");
    match row.found {
        Access::Refused => "none",
        Access::ReadOnly => "read-only",
        Access::Reads if writes => "reads; modify cannot be tried without writing",
        Access::Reads => "reads",
        Access::Modify => "modify",
        Access::Untried => "cannot be tried without a record's id",
    }
}

fn tell(console: Console, table: &PermissionTable) {
    for row in table.rows.iter().filter(|row| is_needed_and_missing(row)) {
        console.talk(format!(
            "warning: {}: {} is needed; without it these break: {}",
            row.scope,
            row.needed.as_deref().unwrap_or_default(),
            names(if row.breaks.is_empty() {
                &row.processflows
            } else {
                &row.breaks
            })
        ));
    }
    if !table.least.is_empty() {
        console.talk("The least to tick in the control panel, Settings > Store-level API accounts:");
        table
            .least
            .iter()
            .for_each(|scope| console.talk(format!("  {scope}")));
    }
}

fn list(here: &Here, name: String, actions: Vec<String>) -> Outcome<Exit> {
    let needed = here.look(NeededPermissions {
        name: Some(name),
        connector: None,
        actions,
    })?;
    here.console.show(&needed, |needed| lines(here.console, needed))?;
    Ok(Exit::Done)
}

/// The list to copy on standard output, whose it is on standard error.
fn lines(console: Console, needed: &Needed) -> Outcome<()> {
    needed.least.iter().try_for_each(|scope| console.data(scope))?;
    for one in &needed.processflows {
        console.talk(format!("{}: {}", one.processflow, names(&one.scopes)));
    }
    if needed.least.is_empty() {
        console.talk("No deployed processflow uses this connection. Name actions with `--action` to see what they need.");
    }
    Ok(())
}
