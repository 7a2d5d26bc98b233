//! `variables`: what a processflow keeps from one run to the next, shown, set and forgotten.

use engine::{
    agent::Door,
    operations::{ForgetVariable, Given, ListVariables, SetVariable, VariableRow},
};
use serde_json::Value;

use crate::{
    args::{KeyValue, VariablesArgs},
    output::{Exit, Outcome, Table, moment},
    secrets::{self, Field},
    shell::{Here, leave},
};

/// Shows what is kept, or changes it.
pub(super) async fn variables(here: &Here, args: VariablesArgs) -> Outcome<Exit> {
    let changes = !(args.set.is_empty() && args.secret.is_empty() && args.forget.is_empty());
    if changes {
        change(here, &args).await?;
        if !here.console.json {
            return Ok(Exit::Done);
        }
    }
    let rows = here.look(ListVariables {
        processflow: args.name.clone(),
    })?;
    here.console.show(&rows, |rows| {
        if rows.is_empty() {
            here.console.data(format!("`{}` keeps nothing.", args.name))
        } else {
            let table = Table::new(["variable", "value", "since"]);
            here.console.table(&table.rows(rows.iter().map(cells)))
        }
    })?;
    Ok(Exit::Done)
}

fn cells(row: &VariableRow) -> [String; 3] {
    let value = match (&row.value, row.encrypted, &row.at) {
        (Some(value), _, _) => value.to_string(),
        (None, true, Some(_)) => "encrypted".to_owned(),
        (None, _, _) => "-".to_owned(),
    };
    let since = row
        .at
        .as_deref()
        .map_or_else(|| "as in the file".to_owned(), moment);
    [row.name.clone(), value, since]
}

async fn change(here: &Here, args: &VariablesArgs) -> Outcome<()> {
    let field = |name: &String| Field {
        name: name.clone(),
        title: name.clone(),
        optional: false,
    };
    let fields: Vec<Field> = args.secret.iter().map(field).collect();
    let secrets = secrets::enter(&fields)?;
    let door = here.door().await?;
    let changed = async {
        for KeyValue { key, value } in &args.set {
            give(here, &door, args, key, Some(read(value)), None).await?;
        }
        for (key, secret) in secrets {
            give(here, &door, args, &key, None, Some(secret)).await?;
        }
        for name in &args.forget {
            let (processflow, name) = (args.name.clone(), name.clone());
            let said = format!("`{name}` begins with what the file says.");
            door.call(ForgetVariable { processflow, name }).await?;
            here.console.talk(said);
        }
        Ok::<_, connector_kit::Error>(())
    };
    let changed = changed.await;
    leave(door).await;
    Ok(changed?)
}

async fn give(
    here: &Here,
    door: &Door,
    args: &VariablesArgs,
    name: &str,
    value: Option<Value>,
    secret: Option<Given>,
) -> connector_kit::Result<()> {
    door.call(SetVariable {
        processflow: args.name.clone(),
        name: name.to_owned(),
        value,
        secret,
    })
    .await?;
    here.console.talk(format!(
        "The next run of `{}` begins with the new `{name}`.",
        args.name
    ));
    Ok(())
}

/// A value as JSON has it, else a text: `17`, `true`, `null`, `"17"`, Berlin.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
