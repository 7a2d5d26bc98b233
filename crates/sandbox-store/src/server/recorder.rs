//! Keeps requests and answers as lines of JSON, for holding them against the vendor's own description.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// Writes to a file.
pub(crate) struct Recorder {
    file: Mutex<File>,
}

/// The request's half of a line.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Recorder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: Mutex::new(File::options().create(true).append(true).open(path)?),
        })
    }

    /// Keeps one exchange. The token is left out: a recording is a file that gets passed on.
    pub(crate) fn keep(&self, asked: &Asked<'_>, answer: &Answer) {
        // Nor is what goes to the login host: it is a secret in the body.
        let secret = crate::login::is_here(asked.path);
        let shown = |bytes: &[u8]| if secret { json!("[redacted]") } else { body(bytes) };
        let line = json!({
            "method": asked.method, "path": asked.path, "query": asked.query,
            "request_headers": headers(asked.headers), "request_body": shown(asked.body), "status": answer.status,
            "headers": answered(answer), "body": shown(&answer.body),
        });
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writeln!(file, "{line}") {
            tracing::warn!(%error, "An exchange could not be recorded.");
        }
    }
}

fn headers(headers: &HeaderMap) -> Value {
    let shown = headers.iter().map(|(name, value)| {
        let secret = name == "x-auth-token" || name == "authorization";
        let value = if secret {
            "[redacted]"
        } else {
            value.to_str().unwrap_or_default()
        };
        (name.as_str().to_owned(), json!(value))
    });
    Value::Object(shown.collect())
}

fn answered(answer: &Answer) -> Value {
    let mut shown = Map::new();
    if !answer.body.is_empty() {
        shown.insert("content-type".to_owned(), json!(answer.content_type));
    }
    shown.extend(
        answer
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value))),
    );
    Value::Object(shown)
}

/// JSON as itself, other text as a string, nothing as null.
fn body(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}
