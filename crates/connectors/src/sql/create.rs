//! `create`: the columns of a table that may be made when it is missing.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use connector_kit::{
    JsonSchema,
    schemars::{Schema, SchemaGenerator},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};

use super::{Kind, names};

/// Columns with their types, in the order of the file:
/// `{ STORE: text, ORDER_ID: integer, TOTAL: "decimal(12,2)" }`.
#[derive(Clone, Debug)]
pub struct Create(Vec<(String, Kind)>);

impl Create {
    /// Names and types in the order of the file.
    pub fn columns(&self) -> &[(String, Kind)] {
        &self.0
    }

    /// The type of a column.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.0
            .iter()
            .find(|(column, _)| names::same(column, name))
            .map(|(_, kind)| kind)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }
}

impl<'de> Deserialize<'de> for Create {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Columns)
    }
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Create;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("columns with their types, like { STORE: text, ORDER_ID: integer }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Create, A::Error> {
        let mut columns: Vec<(String, Kind)> = Vec::new();
        while let Some((name, kind)) = map.next_entry::<String, String>()? {
            if columns.iter().any(|(other, _)| names::same(other, &name)) {
                return Err(A::Error::custom(format!(
                    "column `{name}` stands twice in `create`"
                )));
            }
            let kind = kind
                .parse()
                .map_err(|why| A::Error::custom(format!("column `{name}`: {why}")))?;
            columns.push((name, kind));
        }
        if columns.is_empty() {
            return Err(A::Error::custom("`create` names no column"));
        }
        Ok(Create(columns))
    }
}

impl JsonSchema for Create {
    fn schema_name() -> Cow<'static, str> {
        "Create".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<BTreeMap<String, String>>()
    }
}
