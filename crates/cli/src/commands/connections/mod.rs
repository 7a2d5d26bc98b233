//! `connections`: listed, saved, tried, removed; what belongs to their sign-in and tokens has files of its own.

mod permissions;
mod sign_in;
mod token;

use std::fmt::Write as _;

use connector_kit::{Connector, Error, SecretField, Validation};
use engine::{
    agent::Door,
    operations::{ConnectionRow, ListConnections, RemoveConnection, SaveConnection, ValidateConnection},
};
use serde_json::{Map, Value, json};

use crate::{
    args::{AddArgs, ConnectionsArgs, ConnectionsCommand, EditArgs, Fields},
    output::{Console, Exit, Outcome, Table, moment, names, plain},
    paths,
    secrets::{self, Field},
    shell::{Here, leave},
};

/// Lists connections, or does what the subcommand says.
pub(super) async fn connections(here: &Here, args: ConnectionsArgs) -> Outcome<Exit> {
    match args.command {
        None => list(here),
        Some(ConnectionsCommand::Add(args)) => add(here, args).await,
        Some(ConnectionsCommand::Edit(args)) => edit(here, args).await,
        Some(ConnectionsCommand::Validate(args)) => validate(here, args.name).await,
        Some(ConnectionsCommand::Remove(args)) => remove(here, args.name).await,
        Some(ConnectionsCommand::ChangeToken(args)) => token::change_token(here, args).await,
        Some(ConnectionsCommand::Permissions(args)) => permissions::permissions(here, args).await,
        Some(ConnectionsCommand::SignIn(args)) => sign_in::sign_in(here, args).await,
    }
}

fn list(here: &Here) -> Outcome<Exit> {
    let rows = here.look(ListConnections {})?;
    here.console.show(&rows, |rows| {
        if rows.is_empty() {
            here.console.talk("There are no connections yet. Add one with `processflow connections add NAME --connector …`.");
            return Ok(());
        }
        here.console.table(&Table::new(["connection", "connector", "where", "secrets", "validated", "used by"]).rows(
            rows.iter().map(row),
        ))
    })?;
    Ok(Exit::Done)
}

fn row(row: &ConnectionRow) -> [String; 6] {
    let connection = &row.connection;
    let facts = row
        .understood
        .iter()
        .map(|fact| format!("{} {}", fact.name, fact.value));
    let secrets = connection
        .secrets
        .iter()
        .map(|(field, at)| format!("{field} set {}", moment(at)));
    let validated = connection
        .validated_at
        .as_deref()
        .map_or_else(|| "never".to_owned(), moment);
    [
        connection.name.clone(),
        connection.connector.clone(),
        names(facts),
        names(secrets),
        validated,
        names(&row.used_by),
    ]
}

async fn add(here: &Here, args: AddArgs) -> Outcome<Exit> {
    let desk = here.desk()?;
    let connector = desk.connector(&args.connector)?;
    let settings = settings(connector, &args.fields, &[])?;
    let name = args.name;
    if here
        .look(ListConnections {})?
        .iter()
        .any(|row| row.connection.name == name)
    {
        let hint = format!("Change it with `processflow connections edit {name}`, or choose another name.");
        return Err(Error::config(format!("there is a connection `{name}` already"))
            .hint(hint)
            .into());
    }
    let mut wanted = named(connector, &args.fields.secret);
    if Console::person_answers() && settings.get("sandbox") != Some(&Value::Bool(true)) {
        wanted.extend(unnamed(connector, &args.fields.secret, &settings));
    }
    save(
        here,
        name,
        Some(args.connector),
        settings,
        &wanted,
        args.fields.validate,
    )
    .await
}

async fn edit(here: &Here, args: EditArgs) -> Outcome<Exit> {
    let name = args.name;
    let old = there(here.look(ListConnections {})?, &name)?;
    let desk = here.desk()?;
    let connector = desk.connector(&old.connection.connector)?;
    let settings = settings(connector, &args.fields, &args.unset)?;
    let wanted = named(connector, &args.fields.secret);
    save(here, name, None, settings, &wanted, args.fields.validate).await
}

/// The saved connection of that name.
fn there(rows: Vec<ConnectionRow>, name: &str) -> Outcome<ConnectionRow> {
    let found = rows.into_iter().find(|row| row.connection.name == name);
    Ok(found.ok_or_else(|| {
        Error::config(format!("there is no connection `{name}`"))
            .hint("`processflow connections` lists them; `connections add` makes one.")
    })?)
}

async fn save(
    here: &Here,
    name: String,
    connector: Option<String>,
    settings: Map<String, Value>,
    wanted: &[Field],
    validate: bool,
) -> Outcome<Exit> {
    let secrets = secrets::enter(wanted)?;
    let door = here.door().await?;
    let wanted = SaveConnection {
        name: name.clone(),
        connector,
        settings,
        secrets,
    };
    let done = save_and_try(here, &door, wanted, validate).await;
    leave(door).await;
    done?;
    Ok(Exit::Done)
}

async fn save_and_try(here: &Here, door: &Door, wanted: SaveConnection, validate: bool) -> Outcome<()> {
    let name = wanted.name.clone();
    let saved = door.call(wanted).await?;
    let mut value = json!(saved);
    if !here.console.json {
        // At once: it is saved, whatever trying it will show.
        here.console.data("Connection Data Saved")?;
        for fact in &saved.understood {
            here.console
                .data(format!("  {}: {}", fact.name, plain(&fact.value)))?;
        }
    }
    if validate {
        let found = door.call(ValidateConnection { name }).await?;
        value["validation"] = json!(found);
        if !here.console.json {
            tell(here, &found)?;
        }
    }
    if here.console.json {
        here.console.json(&value)
    } else {
        Ok(())
    }
}

async fn validate(here: &Here, name: String) -> Outcome<Exit> {
    let found = here.act(ValidateConnection { name }).await?;
    here.console.show(&found, |found| tell(here, found))?;
    Ok(Exit::Done)
}

/// The vendor's sentence, then what the connection told of itself.
pub(super) fn in_words(found: &Validation) -> String {
    let sandbox = if found.sandbox {
        " (sandbox: a store that only pretends)"
    } else {
        ""
    };
    let mut text = format!("Test Connection Successful{sandbox}");
    for fact in &found.facts {
        write!(text, "\n  {}: {}", fact.name, plain(&fact.value)).expect("text takes everything");
    }
    text
}

fn tell(here: &Here, found: &Validation) -> Outcome<()> {
    here.console.data(in_words(found))?;
    for scope in &found.missing {
        here.console.talk(format!(
            "warning: the permission `{scope}` is missing; what needs it will be refused"
        ));
    }
    Ok(())
}

async fn remove(here: &Here, name: String) -> Outcome<Exit> {
    let used_by = here
        .look(ListConnections {})?
        .into_iter()
        .find(|row| row.connection.name == name);
    here.act(RemoveConnection { name: name.clone() }).await?;
    here.console
        .talk(format!("Connection `{name}` and its secrets are forgotten."));
    for processflow in used_by.map(|row| row.used_by).unwrap_or_default() {
        here.console.talk(format!(
            "warning: processflow `{processflow}` used it and cannot run without it"
        ));
    }
    if here.console.json {
        here.console.json(&json!({ "removed": name }))?;
    }
    Ok(Exit::Done)
}

/// Settings as they are saved: text, unless it is true or false; paths absolute.
fn settings(connector: &Connector, fields: &Fields, unset: &[String]) -> Outcome<Map<String, Value>> {
    let keys = fields.set.iter().map(|pair| pair.key.as_str());
    secrets::refuse_on_argv(connector.secrets, keys, &fields.secret)?;
    let there = paths::here()?;
    let mut settings = Map::new();
    for pair in &fields.set {
        let value = match pair.value.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => paths::of_setting(&there, &pair.key, text)?.into(),
        };
        settings.insert(pair.key.clone(), value);
    }
    if let Some(host) = &fields.allow_host {
        settings.insert("allow_host".to_owned(), host.as_str().into());
    }
    settings.extend(unset.iter().map(|key| (key.clone(), Value::Null)));
    Ok(settings)
}

/// The secrets that were named, in that order.
fn named(connector: &Connector, names: &[String]) -> Vec<Field> {
    let title = |name: &str| {
        let known = connector.secrets.iter().find(|known| known.name == name);
        known.map_or_else(|| name.to_owned(), |known| known.title.to_owned())
    };
    names
        .iter()
        .map(|name| Field {
            name: name.clone(),
            title: title(name),
            optional: false,
        })
        .collect()
}

/// The other secrets a connection of this kind may have: a person is asked for them too.
fn unnamed(connector: &Connector, names: &[String], settings: &Map<String, Value>) -> Vec<Field> {
    let is_of_this_kind = |known: &&SecretField| {
        let Some((field, values)) = known.when else {
            return true;
        };
        // What is left out is the first of a kind.
        let chosen = settings
            .get(field)
            .and_then(Value::as_str)
            .or(values.first().copied());
        chosen.is_some_and(|chosen| values.contains(&chosen))
            && (settings.contains_key(field) || !known.for_sign_in)
    };
    let left = connector
        .secrets
        .iter()
        .filter(|known| names.iter().all(|name| name != known.name))
        .filter(is_of_this_kind);
    left.map(|known| Field {
        name: known.name.to_owned(),
        title: known.title.to_owned(),
        optional: true,
    })
    .collect()
}
