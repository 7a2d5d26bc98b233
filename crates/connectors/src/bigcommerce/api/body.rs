//! What a row becomes: the values of the path and the query, and the body.

use std::collections::BTreeMap;

use connector_kit::{
    Error, Raw, Result, Row,
    http::{Body as Sent, Request},
};
use serde_json::{Map, Value as Json};

use super::{
    operation::{BodyKind, Repeat},
    with::With,
};
use crate::bigcommerce::writing;

/// One row's request.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) path: String,
    query: Vec<(String, String)>,
    /// The fields of the body.
    pub(super) fields: Map<String, Json>,
    body: Option<Json>,
}

impl Call {
    /// Err of kind Rejected: this row cannot be sent.
    pub(super) fn of(with: &With, row: &Row) -> Result<Self> {
        let operation = with.operation;
        let mut values: BTreeMap<String, String> = with.values.clone();
        let mut fields = writing::fields(row, &[]);
        for parameter in &operation.parameters {
            let name = &parameter.name;
            if with.values.contains_key(name) {
                continue;
            }
            let body_too = operation
                .body
                .as_ref()
                .is_some_and(|body| body.required.contains(name));
            let mapped = if body_too {
                fields.get(name).cloned()
            } else {
                fields.remove(name)
            };
            match mapped {
                Some(value) => {
                    let text = parameter.text(&value).map_err(|wrong| empty(name, &wrong))?;
                    values.insert(name.clone(), text);
                }
                None if parameter.required => return Err(empty(name, "is empty")),
                None => {}
            }
        }
        let only = operation.only.as_deref().unwrap_or_default();
        if !only.is_empty() && !only.iter().any(|name| values.contains_key(name)) {
            return Err(everything());
        }
        let path = With::path(operation, |name| values.get(name).cloned())
            .map_err(|error| Error::rejected(error.message))?;
        let query = values
            .into_iter()
            .filter(|(name, _)| operation.parameter(name).is_some_and(|known| !known.path))
            .collect();
        let body = body(with, &fields)?;
        Ok(Self {
            path,
            query,
            fields,
            body,
        })
    }

    /// As it is sent: its path and its body are nobody's but the store's.
    pub(super) fn request(self, with: &With) -> Request {
        let mut request = Request::bare(with.operation.method(), self.path).sensitive();
        request.query = self.query;
        if let Some(body) = &self.body {
            request.body = Sent::Json(Raw::of(body));
        }
        if with.operation.repeat == Repeat::Once {
            request
        } else {
            request.repeatable()
        }
    }
}

fn body(with: &With, fields: &Map<String, Json>) -> Result<Option<Json>> {
    let operation = with.operation;
    let Some(body) = &operation.body else {
        return Ok(None);
    };
    if operation.only.is_some() && fields.is_empty() {
        return Err(everything());
    }
    Ok(match body.kind {
        BodyKind::Object | BodyKind::File if fields.is_empty() && operation.deletes() => None,
        BodyKind::Object | BodyKind::File => Some(Json::Object(fields.clone())),
        BodyKind::List => Some(Json::Array(vec![Json::Object(fields.clone())])),
        BodyKind::Values => {
            let mut values = fields.values();
            let (Some(value), None) = (values.next(), values.next()) else {
                return Err(Error::rejected(format!(
                    "`{}` sends the one field that is mapped, and this row has {}",
                    operation.name,
                    fields.len()
                ))
                .hint("Map one field with a value, or a list of them."));
            };
            let list = match value {
                Json::Array(list) => list.clone(),
                value => vec![value.clone()],
            };
            let nothing =
                |value: &Json| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            if list.is_empty() || list.iter().any(nothing) {
                return Err(everything());
            }
            Some(Json::Array(list))
        }
    })
}

fn empty(name: &str, wrong: &str) -> Error {
    Error::rejected(format!("`{name}` {wrong}; nothing was sent")).hint(format!(
        "Map a value to `{name}`, or skip such records with a rule."
    ))
}

/// What would have deleted all there is.
fn everything() -> Error {
    Error::rejected("nothing in this row says which are meant, so all would have been; nothing was sent")
        .hint("Map their ids, or skip such records with a rule.")
}
