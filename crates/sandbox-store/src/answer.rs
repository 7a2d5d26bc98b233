//! What the store answers, and the vendor's many shapes of an error.
//! Nothing here knows a resource.

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// Where the vendor's errors point to.
pub(crate) const STATUS_CODES: &str =
    "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes";

/// The two generations of the vendor's REST API; they differ in envelopes, dates, amounts and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V3,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const PROBLEM: &str = "application/problem+json";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// A whole answer, before it is compressed or broken.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Headers that a test scripted, over all others.
    pub(crate) scripted: Vec<(String, String)>,
}

/// An answer, or the refusal that takes its place.
pub(crate) type Reply = Result<Answer, Answer>;

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
            headers: Vec::new(),
            scripted: Vec::new(),
        }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, JSON, value.to_string())
    }

    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, TEXT, text.into())
    }

    /// 204: deletions, and v2 lists without a row. BigCommerce sends no body at all then.
    pub(crate) fn empty() -> Self {
        Self::new(204, JSON, Bytes::new())
    }

    /// The v3 envelope around one or several records.
    pub(crate) fn data(status: u16, data: &Value) -> Self {
        Self::json(status, &json!({ "data": data, "meta": {} }))
    }

    pub(crate) fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }
}

/// v3: `{"status","title","type","errors"}`.
pub(crate) fn v3_error(status: u16, title: &str, errors: impl Into<Map<String, Value>>) -> Answer {
    let errors = Value::Object(errors.into());
    Answer::json(
        status,
        &json!({ "status": status, "title": title, "type": STATUS_CODES, "errors": errors }),
    )
}

/// v3 catalog: the same with an `instance` in place of errors.
pub(crate) fn v3_absent(title: &str) -> Answer {
    Answer::json(
        404,
        &json!({ "status": 404, "title": title, "type": STATUS_CODES, "instance": "" }),
    )
}

/// v2: a list of `{"status","message"}`.
pub(crate) fn v2_error(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!([{ "status": status, "message": message }]))
}

/// v2's words for a record that is not there.
pub(crate) fn v2_absent() -> Answer {
    v2_error(404, "The requested resource was not found.")
}

/// Inventory: v3's members as `application/problem+json`.
pub(crate) fn problem(status: u16, title: &str, errors: impl Into<Map<String, Value>>) -> Answer {
    Answer {
        content_type: PROBLEM,
        ..v3_error(status, title, errors)
    }
}

/// One member of an error object.
pub(crate) fn at(field: &str, message: impl Into<String>) -> Map<String, Value> {
    Map::from_iter([(field.to_owned(), Value::String(message.into()))])
}

/// A parameter or field that makes no sense: 400 and a list in v2, 422 and an object in v3.
pub(crate) fn invalid(version: Version, field: &str, message: &str) -> Answer {
    match version {
        Version::V2 => v2_error(400, &format!("The field '{field}' is invalid: {message}")),
        Version::V3 => v3_error(
            422,
            "The request contained one or more invalid values.",
            at(field, message),
        ),
    }
}

/// More records in one call than the endpoint takes.
pub(crate) fn too_many(most: usize) -> Answer {
    let title = format!("The maximum items allowed in the array is {most}.");
    v3_error(413, &title, Map::new())
}
