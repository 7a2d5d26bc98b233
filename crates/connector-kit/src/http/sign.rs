//! The seal: one base address, and the secret header that belongs to it. Paths are joined below the base and
//! cannot leave it, so the header goes nowhere else, whatever an id, a template or a `next` link holds.

use std::net::Ipv4Addr;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use memchr::memmem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

use super::request::Request;
use crate::{Error, Result, Secret};

/// Left as they are in a query: unreserved characters, and the `:` and `,` of list filters (`id:in=1,2`).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b',');

/// A shorter text may stand in any answer and is no secret.
const SHORTEST: usize = 8;

/// A base address with its secret header.
#[derive(Clone)]
pub(super) struct Seal {
    base: Url,
    header: Option<(HeaderName, HeaderValue)>,
    /// Whether what is asked for there may be anything, not data alone.
    files: bool,
}

impl Seal {
    pub(super) fn new(base: &str, header: Option<(&'static str, Secret)>) -> Result<Self> {
        let header = header
            .map(|(name, secret)| sensitive(name, &secret))
            .transpose()?;
        Ok(Self {
            base: base_address(base, is_loopback)?,
            header,
            files: false,
        })
    }

    /// A base address where files lie and nothing secret goes: within one's own network it may be plain http.
    pub(super) fn of_files(base: &str) -> Result<Self> {
        Ok(Self {
            base: base_address(base, is_in_own_network)?,
            header: None,
            files: true,
        })
    }

    /// What kinds of answers are asked for.
    pub(super) fn accepts(&self) -> &'static str {
        if self.files { "*/*" } else { "application/json" }
    }

    /// Reached without a proxy: those stand at the border of one's own network.
    pub(super) fn is_near(&self) -> bool {
        self.is_loopback() || self.files && is_in_own_network(&self.base)
    }

    /// This machine itself: plain http is allowed, proxies and compression are not used.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Whether the base address is plain http (loopback, or files in one's own network).
    pub(super) fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }

    /// `api.bigcommerce.com`, with the port where it is not the usual one.
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The address of a request below the base.
    pub(super) fn address(&self, request: &Request) -> Result<Url> {
        let path = &request.path;
        let outside = || {
            Error::rejected(format!(
                "the address of {} would leave {}",
                request.what(),
                self.host()
            ))
            .hint(
                "An id or a name in it is `..`, starts with `/` or holds characters an address cannot have.",
            )
        };
        if !stays_below(path) {
            return Err(outside());
        }
        let mut url = self.base.join(&format!("./{path}")).map_err(|_| outside())?;
        if !url.as_str().starts_with(self.base.as_str()) {
            return Err(outside());
        }
        if !request.query.is_empty() {
            url.set_query(Some(&query(&request.query)));
        }
        Ok(url)
    }

    /// A body without the secret. Some gateways repeat what they were sent, and what a server says is shown, logged
    /// and kept.
    pub(super) fn scrubbed(&self, body: Bytes) -> Bytes {
        let Some((_, secret)) = &self.header else {
            return body;
        };
        let secret = secret.as_bytes();
        if secret.len() < SHORTEST || memmem::find(&body, secret).is_none() {
            return body;
        }
        let mut clean = Vec::with_capacity(body.len());
        let mut from = 0;
        for at in memmem::find_iter(&body, secret) {
            clean.extend_from_slice(&body[from..at]);
            clean.extend_from_slice(b"[redacted]");
            from = at + secret.len();
        }
        clean.extend_from_slice(&body[from..]);
        clean.into()
    }

    /// Name and value of the secret header, the value marked sensitive.
    pub(super) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        self.header.clone()
    }
}

fn sensitive(name: &'static str, secret: &Secret) -> Result<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::bug("not a header's name"))?;
    let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| {
        Error::config(format!(
            "the secret for `{name}` holds characters that cannot be sent"
        ))
        .hint("Copy it again: a line break or a character outside ASCII came along.")
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn base_address(base: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Url> {
    let wrong = |fact: &str| {
        Error::config(format!("the address of the connection {fact}")).hint(
            "It looks like `https://host/path/`. Plain http is only for this machine itself (127.0.0.1).",
        )
    };
    let mut url = Url::parse(base).map_err(|error| wrong("cannot be read").source(error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds a query (`?`) or fragment (`#`)"));
    }
    match url.scheme() {
        "https" if url.has_host() => {}
        "http" if may_be_plain(&url) => {}
        _ => return Err(wrong("does not start with https://")),
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether an address leads to one's own network: a private or local number, a name without dots or of an ending that no
/// registry gives away (RFC 1918, RFC 4193, RFC 6762; ICANN reserved `.internal`).
pub fn is_in_own_network(url: &Url) -> bool {
    const ENDINGS: [&str; 7] = [
        ".local",
        ".localhost",
        ".internal",
        ".lan",
        ".intranet",
        ".home",
        ".corp",
    ];
    match url.host() {
        Some(Host::Ipv4(address)) => is_private(address),
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some_and(is_private)
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || ENDINGS.iter().any(|ending| name.ends_with(ending))
        }
        None => false,
    }
}

fn is_private(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()
}

/// Relative, no empty, `.` or `..` segments however they are encoded, nothing that ends a path. A single slash
/// at the end is a path of its own (`products/`), so only inner empty segments are refused.
fn stays_below(path: &str) -> bool {
    let ends_early = |c: char| matches!(c, '?' | '#' | '\\') || c.is_control() || c.is_whitespace();
    if path.starts_with('/') || path.contains("//") || path.contains(ends_early) {
        return false;
    }
    path.split('/').all(|segment| {
        let plain = percent_decode_str(segment).collect::<Vec<u8>>();
        !matches!(&*plain, b"." | b"..")
    })
}

fn query(parameters: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, QUERY));
        text.push('=');
        text.extend(utf8_percent_encode(value, QUERY));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Method, Request};

    fn seal(base: &str) -> Result<Seal> {
        Seal::new(base, Some(("x-auth-token", Secret::new("t0ken".into()))))
    }

    #[test]
    fn what_a_server_repeats_of_the_secret_is_taken_out() {
        let header = Some(("x-auth-token", Secret::new("abc-123-secret".into())));
        let seal = Seal::new("https://api.example.com/", header).expect("it is an address");
        let body =
            Bytes::from_static(b"{\"title\":\"abc-123-secret or Abc-123-secret, not abc-123-secret\"}");
        let clean = seal.scrubbed(body);
        assert_eq!(
            clean, "{\"title\":\"[redacted] or Abc-123-secret, not [redacted]\"}",
            "an error is shown and kept"
        );
        let page = Bytes::from_static(b"[{\"id\":1}]");
        assert_eq!(
            seal.scrubbed(page.clone()).as_ptr(),
            page.as_ptr(),
            "other answers are not copied"
        );
    }

    #[test]
    fn only_https_or_this_machine() {
        for base in [
            "https://api.bigcommerce.com/stores/abc/",
            "http://127.0.0.1:8080",
            "http://[::1]/x",
            "http://localhost:1/",
        ] {
            assert!(seal(base).is_ok(), "{base} is a place a token may go to");
        }
        for base in [
            "http://api.bigcommerce.com/",
            "ftp://127.0.0.1/",
            "https://user@api.bigcommerce.com/",
            "https://api.bigcommerce.com@evil.example/",
            "https://api.bigcommerce.com/?a=b",
            "https://api.bigcommerce.com/#x",
            "http://127.0.0.1.evil.example/",
            "api.bigcommerce.com",
            "",
        ] {
            assert!(seal(base).is_err(), "{base} must be refused");
        }
    }

    #[test]
    fn files_may_come_in_plain_http_from_ones_own_network_alone() {
        for base in [
            "http://192.168.1.20/",
            "http://10.0.0.5:8080/",
            "http://erp/",
            "https://nas.local/",
            "http://[::1]/",
            "http://[fd00::7]/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            assert!(Seal::of_files(base).is_ok_and(|seal| seal.is_near()), "{base}");
            assert!(
                seal(base).is_err() || base.starts_with("https") || base.contains("::1]"),
                "no secret goes to {base}"
            );
        }
        assert!(
            Seal::of_files("http://cdn.example.com/").is_err(),
            "nor pictures over the open line"
        );
        let outside = Seal::of_files("https://cdn.example.com/").unwrap();
        assert!(!outside.is_near() && outside.header().is_none());
    }

    #[test]
    fn no_path_leaves_the_base() {
        let seal = seal("https://api.bigcommerce.com/stores/abc").unwrap();
        for path in [
            "https://evil.example/x",
            "//evil.example/x",
            "/stores/other",
            "../other/v2/orders",
            "v2/../../other",
            "v2/%2e%2E/x",
            "v2/.%2e",
            "v2/./orders",
            "v2//orders",
            "v2\\..\\x",
            "v2/orders?x=1",
            "v2/orders#x",
            "v2/orders\r\nHost: evil",
        ] {
            match seal.address(&Request::get(path)) {
                Err(error) => assert_eq!(error.kind, crate::Kind::Rejected, "{path} is one record's fault"),
                Ok(url) => assert!(
                    url.as_str()
                        .starts_with("https://api.bigcommerce.com/stores/abc/"),
                    "{path} led to {url}"
                ),
            }
        }
        assert!(
            seal.address(&Request::get("../x")).is_err(),
            "`..` must be refused, not normalised away"
        );
        let id = Request::segment("../../x");
        let url = seal.address(&Request::get(format!("v2/orders/{id}"))).unwrap();
        assert_eq!(
            url.path(),
            "/stores/abc/v2/orders/%2E%2E%2F%2E%2E%2Fx",
            "an id stays in its place"
        );
        assert!(
            seal.address(&Request::get(format!("v2/{}", Request::segment(".."))))
                .is_err(),
            "a dot-dot id"
        );
    }

    #[test]
    fn a_query_is_encoded_once() {
        let seal = seal("https://h/").unwrap();
        let request = Request::get("v3/customers")
            .query("email:in", "a+b@x.de")
            .query("date", "2026-01-01T00:00:00+01:00")
            .query("name", "50% & more é");
        assert_eq!(
            seal.address(&request).unwrap().as_str(),
            "https://h/v3/customers?email:in=a%2Bb%40x.de&date=2026-01-01T00:00:00%2B01:00\
             &name=50%25%20%26%20more%20%C3%A9",
            "a plus must arrive as a plus"
        );
    }

    #[test]
    fn a_secret_never_prints() {
        let (_, value) = seal("https://h/").unwrap().header().unwrap();
        assert!(value.is_sensitive(), "no layer below may print or index it");
        assert!(!format!("{value:?}").contains("t0ken"));
        let broken = Seal::new(
            "https://h/",
            Some(("x-auth-token", Secret::new("se\ncret".into()))),
        );
        let error = broken.err().expect("a line break cannot be sent");
        assert!(
            !format!("{error:?}").contains("cret\""),
            "the message names no secret: {error:?}"
        );
        let put = Request::once(Method::Put, "x", &1);
        assert!(!format!("{put:?}").contains("t0ken"));
    }
}
