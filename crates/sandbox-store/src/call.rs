//! A request as handlers see it: routed, decoded, not yet checked against a resource.

use serde_json::Value;

use crate::answer::{Answer, Version, invalid, too_many, v2_absent, v2_error, v3_absent, v3_error};
use crate::query::Query;
use crate::shape::Document;

/// A routed request.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) version: Version,
    /// The path's parts after the version.
    pub(crate) parts: Vec<&'a str>,
    pub(crate) query: Query,
    pub(crate) body: &'a [u8],
}

impl Call<'_> {
    /// The number in the path's part `at`; what is no number names nothing.
    pub(crate) fn id(&self, at: usize) -> Result<u64, Answer> {
        self.parts
            .get(at)
            .and_then(|part| part.parse().ok())
            .ok_or_else(|| self.absent())
    }

    /// The 404 of a record that is not there.
    pub(crate) fn absent(&self) -> Answer {
        match self.version {
            Version::V2 => v2_absent(),
            Version::V3 => v3_absent("The requested resource was not found."),
        }
    }

    pub(crate) fn invalid(&self, field: &str, message: &str) -> Answer {
        invalid(self.version, field, message)
    }

    fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(self.body).map_err(|error| {
            let message = format!("The body is not JSON: {error}");
            match self.version {
                Version::V2 => v2_error(400, &message),
                Version::V3 => v3_error(400, &message, Document::new()),
            }
        })
    }

    /// The body as one record.
    pub(crate) fn object(&self) -> Result<Document, Answer> {
        match self.json()? {
            Value::Object(members) => Ok(members),
            _ => Err(self.invalid("body", "An object is required.")),
        }
    }

    /// The body as a list of records, `most` of them at most.
    pub(crate) fn objects(&self, most: usize) -> Result<Vec<Document>, Answer> {
        let Value::Array(items) = self.json()? else {
            return Err(self.invalid("body", "An array is required."));
        };
        if items.len() > most {
            return Err(too_many(most));
        }
        if items.is_empty() {
            return Err(self.invalid("body", "At least one item is required."));
        }
        items
            .into_iter()
            .map(|item| match item {
                Value::Object(members) => Ok(members),
                _ => Err(self.invalid("body", "Every item must be an object.")),
            })
            .collect()
    }
}

/// A member as a whole number.
pub(crate) fn id_of(document: &Document, member: &str) -> Option<u64> {
    document.get(member).and_then(Value::as_u64)
}

/// A member as text, empty where it is missing.
pub(crate) fn text_of<'a>(document: &'a Document, member: &str) -> &'a str {
    document.get(member).and_then(Value::as_str).unwrap_or_default()
}
