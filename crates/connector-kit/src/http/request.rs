//! What a connector says of a request, and what came of it.

use bytes::Bytes;
use jiff::Timestamp;

use crate::{Error, Raw, Result};

/// The verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "HTTP's own words")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// `GET`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A request as its connector describes it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// Below the client's base address, without a leading slash; its parts already percent-encoded
    /// ([`Request::segment`]).
    pub path: String,
    /// Query parameters; encoded by the client, once (`+` becomes `%2B`).
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Sending it twice does no more than sending it once: the client may retry it.
    pub repeatable: bool,
    /// Its path, query and body stay out of the log.
    pub sensitive: bool,
}

/// A request's body.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// JSON.
    Json(Raw),
    /// A form with a file in it.
    Form(Form),
}

/// A form that carries a file (`multipart/form-data`, RFC 7578).
#[derive(Clone, Debug)]
pub struct Form {
    boundary: String,
    bytes: Vec<u8>,
}

impl Form {
    /// Plain fields, and behind them the file `name` in the field `field`. Quotes and line ends in names are left out.
    pub fn new(fields: &[(&str, String)], field: &str, name: &str, content: &[u8]) -> Self {
        // Nothing holds its own hash.
        let boundary = blake3::hash(content).to_hex().to_string();
        let mut form = Self {
            boundary,
            bytes: Vec::with_capacity(content.len() + 1024),
        };
        for (name, value) in fields {
            form.head(name, None);
            form.bytes.extend_from_slice(value.as_bytes());
        }
        form.head(field, Some(name));
        form.bytes.extend_from_slice(content);
        form.bytes.extend_from_slice(b"\r\n--");
        form.bytes.extend_from_slice(form.boundary.as_bytes());
        form.bytes.extend_from_slice(b"--\r\n");
        form
    }

    /// Ends what stands before, and begins a field.
    fn head(&mut self, field: &str, file: Option<&str>) {
        let plain = |name: &str| name.replace(['"', '\r', '\n'], "").into_bytes();
        if !self.bytes.is_empty() {
            self.bytes.extend_from_slice(b"\r\n");
        }
        self.bytes.extend_from_slice(b"--");
        self.bytes.extend_from_slice(self.boundary.as_bytes());
        self.bytes
            .extend_from_slice(b"\r\nContent-Disposition: form-data; name=\"");
        self.bytes.extend(plain(field));
        self.bytes.push(b'"');
        if let Some(file) = file {
            self.bytes.extend_from_slice(b"; filename=\"");
            self.bytes.extend(plain(file));
            self.bytes
                .extend_from_slice(b"\"\r\nContent-Type: application/octet-stream");
        }
        self.bytes.extend_from_slice(b"\r\n\r\n");
    }

    /// Its content type, and what is sent.
    pub(super) fn wire(&self) -> (Vec<u8>, Bytes) {
        let kind = [b"multipart/form-data; boundary=", self.boundary.as_bytes()].concat();
        (kind, Bytes::copy_from_slice(&self.bytes))
    }
}

impl Request {
    /// A GET: repeatable.
    pub fn get(path: impl Into<String>) -> Self {
        Self::of(Method::Get, path, true)
    }

    /// A request that must not be repeated by the client; say [`Request::repeatable`] where it may.
    pub fn once(method: Method, path: impl Into<String>, body: &impl serde::Serialize) -> Self {
        let mut request = Self::of(method, path, false);
        request.body = Body::Json(Raw::of(body));
        request
    }

    /// A request that carries a file and must not be repeated by the client.
    pub fn form(method: Method, path: impl Into<String>, form: Form) -> Self {
        let mut request = Self::of(method, path, false);
        request.body = Body::Form(form);
        request
    }

    /// A request without a body that must not be repeated by the client; say [`Request::repeatable`] where it may.
    pub fn bare(method: Method, path: impl Into<String>) -> Self {
        Self::of(method, path, false)
    }

    fn of(method: Method, path: impl Into<String>, repeatable: bool) -> Self {
        let (path, query) = (path.into(), Vec::new());
        Self {
            method,
            path,
            query,
            body: Body::Empty,
            repeatable,
            sensitive: false,
        }
    }

    /// Adds a query parameter.
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts are passed alike")]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sending it twice does no more than sending it once.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Its path, query and body stay out of the log and out of messages.
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// `GET v2/orders`, for messages; the path is `…` when sensitive.
    pub(super) fn what(&self) -> String {
        format!("{} {}", self.method, self.shown_path())
    }

    pub(super) fn shown_path(&self) -> &str {
        if self.sensitive { "…" } else { &self.path }
    }

    /// One path segment from a value: everything but unreserved characters is percent-encoded, so that an id
    /// from outside cannot leave its place.
    pub fn segment(value: &str) -> String {
        const PLAIN: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'_')
            .remove(b'~');
        percent_encoding::utf8_percent_encode(value, PLAIN).to_string()
    }
}

/// An answer, of whatever status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Content type without parameters, in lower case; empty when not sent.
    pub content_type: String,
    /// The body, decoded, within the cap.
    pub body: Bytes,
    /// The server's own clock (`Date`), where it said.
    pub server_time: Option<Timestamp>,
    /// `X-Request-ID` or the like, for people who talk to the vendor.
    pub request_id: Option<String>,
    /// `METHOD path`, for messages; `…` when sensitive.
    pub what: String,
}

impl Answer {
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON text, or `None` when there is none (204, or an empty 200). A page of HTML or other
    /// text is Unavailable: a proxy's login page or a store in maintenance, never "no records".
    pub fn json(&self) -> Result<Option<Raw>> {
        if self.body.is_empty() {
            return Ok(None);
        }
        Raw::parse(self.body.clone())
            .map(Some)
            .map_err(|error| self.not_data().source(error))
    }

    pub(super) fn not_data(&self) -> Error {
        let kind = if self.content_type.is_empty() {
            "no content type"
        } else {
            &self.content_type
        };
        Error::unavailable(format!(
            "We received a page instead of data: {} answered {} ({kind}).",
            self.what, self.status
        ))
        .hint("Usually a proxy's login page or a store in maintenance. Open the address in a browser on this machine.")
    }
}

/// What came of a request that must not be repeated.
#[derive(Debug)]
pub enum Sent {
    /// An answer came.
    Answered(Answer),
    /// It certainly was not applied: it failed before its first byte left (name, connection, TLS, proxy), or the
    /// store only ever said "not now" (429, 423, maintenance). Sending it again later is safe.
    NotSent(Error),
    /// It may have been applied: the connection was cut, the answer never came or cannot be read.
    Unknown(Error),
}
