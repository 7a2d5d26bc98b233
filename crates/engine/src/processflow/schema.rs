//! The JSON Schema of a processflow file, with the parameters of every action, the functions of the expression language
//! and the placeholders of filters: what `processflow schema` prints, and editors complete and check by.

use std::collections::BTreeMap;

use connector_kit::{Connector, Does};
use serde_json::{Map, Value, json};

use super::{expression::functions, file::File};
use crate::placeholder::{CLOSE, KNOWN, Known, OPEN};

/// The schema. The same connectors give the same text.
pub fn schema(connectors: &[Connector]) -> Value {
    let mut schema = schemars::schema_for!(File).to_value();
    let mut actions = Actions {
        definitions: Map::new(),
        reads: BTreeMap::new(),
        writes: BTreeMap::new(),
    };
    for connector in connectors {
        actions.add(connector);
    }
    let Actions {
        definitions,
        reads,
        writes,
    } = actions;
    if let Some(own) = schema.pointer_mut("/$defs").and_then(Value::as_object_mut) {
        own.extend(definitions);
        by_action(own, "ReadText", &reads);
        by_action(own, "WriteText", &writes);
    }
    let names: Vec<_> = connectors.iter().map(|connector| connector.name).collect();
    if let Some(connector) = schema.pointer_mut("/properties/connections/additionalProperties") {
        *connector = json!({ "enum": names });
    }
    schema["x-expressions"] = json!(functions::all().collect::<Vec<_>>());
    let placeholder =
        |known: &Known| json!({ "name": format!("{OPEN}{}{CLOSE}", known.name), "about": known.about });
    schema["x-placeholders"] = KNOWN.iter().map(placeholder).collect();
    schema
}

/// What the actions take, by their names.
struct Actions {
    definitions: Map<String, Value>,
    reads: BTreeMap<&'static str, Vec<String>>,
    writes: BTreeMap<&'static str, Vec<String>>,
}

impl Actions {
    fn add(&mut self, connector: &Connector) {
        for action in &connector.actions {
            let name = format!("{}.{}", connector.name, action.name);
            let mut schema = (action.schema)().to_value();
            if let Some(fields) = schema.as_object_mut() {
                fields.remove("$schema");
                fields.insert("description".to_owned(), action.about.into());
            }
            let nested = schema.as_object_mut().and_then(|schema| schema.remove("$defs"));
            under(&name, &mut schema);
            for (own, mut definition) in nested
                .and_then(|nested| nested.as_object().cloned())
                .unwrap_or_default()
            {
                under(&name, &mut definition);
                self.definitions.insert(format!("{name}.{own}"), definition);
            }
            self.definitions.insert(name.clone(), schema);
            let list = match action.does {
                Does::Read(_) => &mut self.reads,
                Does::Write(_) => &mut self.writes,
            };
            list.entry(action.name).or_default().push(name);
        }
    }
}

/// Gives an action's own definitions its name, since all stand in one schema.
fn under(name: &str, schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (field, value) in fields {
                match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
                    Some(own) if field == "$ref" => *value = format!("#/$defs/{name}.{own}").into(),
                    _ => under(name, value),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| under(name, element)),
        _ => {}
    }
}

/// `with` depends on the action named beside it.
fn by_action(
    definitions: &mut Map<String, Value>,
    step: &str,
    actions: &BTreeMap<&'static str, Vec<String>>,
) {
    let one = |(name, owners): (&&str, &Vec<String>)| {
        let owners: Vec<_> = owners
            .iter()
            .map(|owner| json!({ "$ref": format!("#/$defs/{owner}") }))
            .collect();
        let with = if let [one] = &*owners {
            one.clone()
        } else {
            json!({ "anyOf": owners })
        };
        let named =
            json!({ "properties": { "action": { "pattern": format!("/{}$", name.replace('.', "\\.")) } } });
        json!({ "if": named, "then": { "properties": { "with": with } } })
    };
    if let Some(step) = definitions.get_mut(step).filter(|_| !actions.is_empty()) {
        step["allOf"] = actions.iter().map(one).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processflow::fake::connectors;

    #[test]
    fn the_schema_knows_the_file_the_actions_and_the_functions() {
        let schema = schema(&connectors());
        let at = |pointer: &str| {
            schema
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{pointer} in {schema:#}"))
        };
        assert_eq!(
            at("/additionalProperties"),
            &json!(false),
            "a misspelt part is marked while it is typed"
        );
        assert_eq!(
            at("/properties/connections/additionalProperties/enum/1"),
            "sql",
            "connectors are offered"
        );
        let include = at("/$defs/bigcommerce.orders.changed/properties/include/items/$ref");
        assert_eq!(
            include, "#/$defs/bigcommerce.orders.changed.Include",
            "an action's own definitions are reached"
        );
        assert!(
            schema
                .pointer("/$defs/bigcommerce.orders.changed.Include")
                .is_some(),
            "where the reference leads"
        );
        assert_eq!(
            at("/$defs/ReadText/allOf/0/if/properties/action/pattern"),
            "/csv\\.read$",
            "`with` by its action"
        );
        assert!(
            at("/x-expressions")
                .as_array()
                .is_some_and(|functions| functions.len() > 30),
            "the reference"
        );
    }

    #[test]
    fn the_same_connectors_give_the_same_schema() {
        assert_eq!(
            schema(&connectors()).to_string(),
            schema(&connectors()).to_string(),
            "it is kept in repositories"
        );
    }
}
