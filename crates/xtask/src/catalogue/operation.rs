//! One operation as the data has it.

use serde::Serialize;
use serde_json::Value;

use super::{
    body::{Body, body},
    paging::{Answer, answer},
    parameter::{Parameter, parameters},
    told,
};
use crate::conformance::description::{self, Description};

/// Facts of an operation; what does not apply is left out.
#[derive(Serialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    /// Below the store's address: `/v2/orders/{order_id}`.
    pub(super) path: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    /// Of a read: how its list is paged.
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<&'static str>,
    /// `data` (v3's envelope) or `bare`.
    envelope: &'static str,
    /// Of a read: its list's records have no `id`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_id: bool,
    /// The answer is none of JSON, but this.
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<String>,
    /// A header of its own that it cannot do without.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// Of a deletion of what a whole address holds: parameters that name what is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<Vec<String>>,
    /// So many requests at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_once: Option<u32>,
    /// The permission, in the control panel's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    /// What repeating does: `safe`, `idempotent`, `once`.
    repeat: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) deprecated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deprecated_by: Option<String>,
}

impl Operation {
    pub(super) fn read(all: &Description, operation: &description::Operation, id: String) -> Self {
        let file = all.file(operation);
        let place = file
            .at(&operation.pointer)
            .expect("the operation was found there");
        let path = format!("/{}{}", operation.version, operation.path.trim_end_matches('/'));
        let method = operation.method.clone();
        let all_parameters = operation.parameters(file);
        let parameters = parameters(&all_parameters);
        let Answer {
            paging,
            envelope,
            no_id,
            other,
            ..
        } = answer(&place, operation, &parameters);
        let body = body(&place, &method, &path);
        let header = all_parameters.iter().find(|parameter| {
            parameter.kind == "header" && parameter.required && !told::OWN_HEADERS.contains(&&*parameter.name)
        });
        let named = body.is_some() || parameters.iter().any(|parameter| parameter.name.ends_with(":in"));
        let many = !path.ends_with('}') && (named || empties(all, operation));
        let only = (method == "DELETE" && many).then(|| told::only(&path, &parameters, body.is_some()));
        Self {
            at_once: told::at_once(&method, &path),
            scope: told::scope(&path),
            repeat: told::repeat(&method, &path),
            deprecated: place.value.get("deprecated") == Some(&Value::Bool(true)),
            deprecated_by: None,
            header: header.map(|header| header.name.clone()),
            answers: other,
            id,
            method,
            path,
            parameters,
            body,
            paging,
            envelope,
            no_id,
            only,
        }
    }
}

/// Whether an address stands for many things: something lies below it by an id, or it is read as a list. One whose
/// reading is a single thing, or which cannot be read and has nothing below it, is a single thing.
fn empties(all: &Description, deletion: &description::Operation) -> bool {
    all.operations.iter().any(|other| {
        if other.version != deletion.version {
            return false;
        }
        let below = other
            .path
            .strip_prefix(&deletion.path)
            .is_some_and(|rest| rest.starts_with("/{") && rest.matches('/').count() == 1);
        let read = other.method == "GET" && other.path == deletion.path;
        below || (read && is_list(all, other))
    })
}

fn is_list(all: &Description, read: &description::Operation) -> bool {
    let file = all.file(read);
    let place = file.at(&read.pointer).expect("the operation was found there");
    answer(&place, read, &parameters(&read.parameters(file))).list
}
