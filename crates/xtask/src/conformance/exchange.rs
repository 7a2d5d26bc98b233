//! A request and its answer, as the sandbox store records them: a line of JSON each.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::tool::Done;

/// What the list of further requests calls itself.
pub(super) const LIST: &str = "conformance";
/// The same, for requests that are wrong on purpose: their answer alone is judged.
pub(super) const WRONG: &str = "conformance-wrong-on-purpose";

/// One line of a recording.
#[derive(Deserialize)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    request_headers: Map<String, Value>,
    pub(super) request_body: Value,
    pub(super) status: u16,
    headers: Map<String, Value>,
    pub(super) body: Value,
}

/// Who asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    OurProgram,
    List,
    WrongOnPurpose,
}

impl Exchange {
    pub(super) fn asker(&self) -> Asker {
        match self.sent_header("user-agent") {
            Some(LIST) => Asker::List,
            Some(WRONG) => Asker::WrongOnPurpose,
            _ => Asker::OurProgram,
        }
    }

    /// `v2` or `v3` and the parts behind it.
    pub(super) fn address(&self) -> Option<(&str, Vec<&str>)> {
        let rest = self.path.strip_prefix("/stores/")?.split_once('/')?.1;
        let (version, rest) = rest.split_once('/')?;
        Some((version, rest.split('/').collect()))
    }

    /// Query parameters, decoded.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    pub(super) fn has_header(&self, name: &str) -> bool {
        self.request_headers.contains_key(&name.to_lowercase())
    }

    /// A header of the request, by its name in small letters.
    pub(super) fn sent_header(&self, name: &str) -> Option<&str> {
        text(&self.request_headers, name)
    }

    /// Media type of the request's body, without its parameters.
    pub(super) fn sent_type(&self) -> Option<&str> {
        self.sent_header("content-type").map(plain)
    }

    /// Media type of the answer's body.
    pub(super) fn answered_type(&self) -> Option<&str> {
        text(&self.headers, "content-type").map(plain)
    }

    /// For a person: `GET /v3/customers?limit=2 → 200`.
    pub(super) fn line(&self) -> String {
        let place = self.path.splitn(4, '/').nth(3).unwrap_or(&self.path);
        let query = if self.query.is_empty() {
            String::new()
        } else {
            format!("?{}", self.query)
        };
        format!("{} /{place}{query} → {}", self.method, self.status)
    }
}

fn text<'a>(headers: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(Value::as_str)
}

fn plain(media: &str) -> &str {
    media.split(';').next().unwrap_or(media).trim()
}

/// Reads a recording.
pub(super) fn read(recording: &Path) -> Done<Vec<Exchange>> {
    let text = std::fs::read_to_string(recording).map_err(|error| format!("the recording: {error}"))?;
    let line =
        |line: &str| serde_json::from_str(line).map_err(|error| format!("the recording: {error}: {line}"));
    text.lines().map(line).collect()
}
