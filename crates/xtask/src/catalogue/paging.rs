//! What an answer looks like: a list or one thing, in an envelope or bare, and how a list goes on.

use super::parameter::Parameter;
use crate::conformance::{
    description::{Operation, Place},
    members::branches,
};

/// Facts of an answer.
pub(super) struct Answer {
    /// `cursor`, `pages` (v3, with numbers in `meta`), `v2` (numbered pages up to an empty one).
    pub(super) paging: Option<&'static str>,
    pub(super) envelope: &'static str,
    pub(super) list: bool,
    pub(super) no_id: bool,
    /// The media type, where it is not JSON.
    pub(super) other: Option<String>,
}

/// Facts of the answer to an operation that went well.
pub(super) fn answer(place: &Place<'_>, operation: &Operation, parameters: &[Parameter]) -> Answer {
    let ok = place.child("responses").and_then(|all| all.child("200"));
    let content = ok.and_then(|ok| ok.child("content"));
    let media = content.as_ref().and_then(|content| content.value.as_object());
    let other = media
        .filter(|medias| !medias.contains_key("application/json"))
        .and_then(|medias| medias.keys().next().cloned());
    let schema = content
        .and_then(|content| content.child("application/json"))
        .and_then(|json| json.child("schema"));
    let parts = schema.map(branches).unwrap_or_default();
    let data = member(&parts, "data");
    let v2 = operation.version == "v2";
    let envelope = if v2 { "bare" } else { "data" };
    let rows = data.unwrap_or(parts);
    let list = rows
        .iter()
        .any(|part| part.value.get("type").is_some_and(|kind| kind == "array"));
    let items: Vec<Place<'_>> = rows
        .iter()
        .filter_map(|part| part.child("items"))
        .flat_map(branches)
        .collect();
    let described = items.iter().any(|item| item.value.get("properties").is_some());
    let no_id = list && described && member(&items, "id").is_none();
    let has = |name: &str| {
        parameters
            .iter()
            .any(|parameter| parameter.name == name && !parameter.path)
    };
    let paging = match () {
        () if operation.method != "GET" => None,
        () if has("after") => Some("cursor"),
        () if has("page") && v2 => Some("v2"),
        () if has("page") => Some("pages"),
        () => None,
    };
    let read = operation.method == "GET";
    Answer {
        paging,
        envelope,
        list,
        no_id: read && no_id,
        other: other.filter(|_| read),
    }
}

/// What the parts of a schema say of a member.
fn member<'a>(parts: &[Place<'a>], name: &str) -> Option<Vec<Place<'a>>> {
    parts
        .iter()
        .filter_map(|part| part.child("properties"))
        .find_map(|properties| properties.child(name))
        .map(branches)
}
