//! `actions`: the catalogue.

use engine::operations::{ActionRow, ListActions};
use serde_json::Value;

use crate::{
    args::ActionsArgs,
    output::{Exit, Outcome, Table},
    shell::Here,
};

/// Lists what can be done; of one connector, also the settings and secrets its connections take.
pub(super) fn actions(here: &Here, args: ActionsArgs) -> Outcome<Exit> {
    let one = args.connector.clone();
    let searched = args.search.clone().unwrap_or_default();
    let rows = here.look(ListActions {
        connector: args.connector,
        search: args.search,
        everything: here.console.json,
        does: None,
        limit: None,
    })?;
    here.console.show(&rows, |rows| {
        if let Some(name) = one.as_deref() {
            connector(here, name)?;
        }
        here.console.table(&catalogue(rows))?;
        // Few enough to read, or the one that was named: their parameters too.
        let named = |row: &ActionRow| {
            let ends = row.action == searched || searched.ends_with(&format!("/{}", row.action));
            ends && !searched.is_empty()
        };
        rows.iter()
            .filter(|row| rows.len() <= 3 || named(row))
            .try_for_each(|row| parameters(here, row))
    })?;
    Ok(Exit::Done)
}

fn connector(here: &Here, name: &str) -> Outcome<()> {
    let Some(connector) = here.connectors().iter().find(|connector| connector.name == name) else {
        return Ok(());
    };
    here.console
        .data(format!("{}: {}\n", connector.title, connector.about))?;
    let mut table =
        Table::new(["setting", "takes", "about"]).rows(fields(&(connector.settings)().to_value()));
    for secret in connector.secrets {
        table.row([
            format!("--secret {}", secret.name),
            "secret".to_owned(),
            secret.title.to_owned(),
        ]);
    }
    here.console.table(&table)?;
    here.console.data("")
}

fn catalogue(rows: &[ActionRow]) -> Table {
    let row = |row: &ActionRow| {
        let scope = row.scope.clone().unwrap_or_else(|| "-".to_owned());
        let guarantee = row
            .guarantee
            .map_or_else(|| "-".to_owned(), |guarantee| format!("{guarantee:?}"));
        [
            format!("{}/{}", row.connector, row.action),
            row.does.clone(),
            guarantee,
            scope,
            row.about.clone(),
        ]
    };
    Table::new(["action", "does", "guarantee", "permission", "about"]).rows(rows.iter().map(row))
}

fn parameters(here: &Here, row: &ActionRow) -> Outcome<()> {
    let table = Table::new(["with", "takes", "about"]).rows(fields(&row.with));
    if table.is_empty() {
        return Ok(());
    }
    here.console.data(format!("\n{}/{}", row.connector, row.action))?;
    here.console.table(&table)
}

/// Name, kind and sentence of the fields of a JSON Schema; required ones are marked.
fn fields(schema: &Value) -> Vec<[String; 3]> {
    let required = |name: &str| {
        let listed = schema["required"].as_array();
        listed.is_some_and(|listed| listed.iter().any(|field| field == name))
    };
    let field = |(name, field): (&String, &Value)| {
        let name = if required(name) {
            format!("{name} *")
        } else {
            name.clone()
        };
        let about = field["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        [name, kind(schema, field), about]
    };
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(field)
        .collect()
}

fn kind(schema: &Value, field: &Value) -> String {
    if let Some(path) = field["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        return schema
            .pointer(path)
            .map_or_else(|| "object".to_owned(), |inner| kind(schema, inner));
    }
    if let Some(words) = field["enum"].as_array() {
        return words
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" | ");
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(kinds) = field[several].as_array() {
            let kinds = kinds
                .iter()
                .map(|inner| kind(schema, inner))
                .filter(|kind| kind != "null");
            return kinds.collect::<Vec<_>>().join(" | ");
        }
    }
    match (&field["const"], &field["type"]) {
        (Value::String(word), _) => format!("\"{word}\""),
        (_, Value::String(kind)) if kind == "array" => {
            format!("list of {}", self::kind(schema, &field["items"]))
        }
        (_, Value::String(kind)) => kind.clone(),
        (_, Value::Array(kinds)) => {
            let kinds = kinds
                .iter()
                .filter_map(Value::as_str)
                .filter(|kind| *kind != "null");
            kinds.collect::<Vec<_>>().join(" | ")
        }
        _ => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_reads_as_a_list_of_fields() {
        let schema = json!({
            "required": ["table"],
            "properties": {
                "table": { "type": "string", "description": "The table." },
                "key": { "type": "array", "items": { "type": "string" } },
                "mode": { "$ref": "#/$defs/Mode" },
                "limit": { "type": ["integer", "null"] },
            },
            "$defs": { "Mode": { "enum": ["append", "replace"] } },
        });
        let kinds: Vec<_> = fields(&schema)
            .into_iter()
            .map(|[name, kind, _]| format!("{name}: {kind}"))
            .collect();
        let want = [
            "table *: string",
            "key: list of string",
            "mode: \"append\" | \"replace\"",
            "limit: integer",
        ];
        assert_eq!(kinds, want, "names and kinds, as people say them");
    }
}
