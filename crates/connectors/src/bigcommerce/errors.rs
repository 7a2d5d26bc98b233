//! What an answer that is no success means, in sentences: status first, then the store's many shapes of an error.
//! Waiting and repeating are the HTTP client's business and happened before.

use connector_kit::{Error, http::Answer};
use serde_json::Value;

/// What was asked of the store, for the sentences.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    /// In the plural: "orders".
    pub(super) noun: &'static str,
    /// The permission in the control panel's words: "Orders".
    pub(super) scope: &'static str,
    /// True when it was to be changed.
    pub(super) writes: bool,
}

impl About {
    /// Reading `noun`.
    pub(super) const fn reading(noun: &'static str, scope: &'static str) -> Self {
        Self {
            noun,
            scope,
            writes: false,
        }
    }

    /// Writing `noun`.
    pub(super) const fn writing(noun: &'static str, scope: &'static str) -> Self {
        Self {
            noun,
            scope,
            writes: true,
        }
    }

    fn level(self) -> &'static str {
        if self.writes { "modify" } else { "read-only" }
    }
}

/// The error that an answer of status 300 and above is.
pub(super) fn refusal(answer: &Answer, about: About) -> Error {
    let told = Told::read(answer);
    by_status(answer, about, &told).source(raw(answer))
}

fn by_status(answer: &Answer, about: About, told: &Told) -> Error {
    let About { noun, scope, .. } = about;
    let said = told.sentence();
    match answer.status {
        _ if is_page(answer) && answer.status != 401 && answer.status < 500 => {
            Error::unavailable("We received a web page instead of data.")
                .hint("Usually a proxy's login page or a store in maintenance. Open the address in a browser on this machine.")
        }
        300..=399 => Error::config(format!("{} answered with a redirect, which is not followed: the token stays with its host.", answer.what))
            .hint("Check the API Path of the connection."),
        401 => not_accepted(&said),
        403 if said.contains("your scope does not include this resource") => {
            Error::bug("The app asked for something this API version does not offer. This is our mistake, not your token.")
                .hint("Send a report, with the lines that `processflow logs` shows.")
        }
        403 if !said.contains("required scope") => {
            let verb = if about.writes { "change" } else { "read" };
            Error::config(format!("The store does not let us {verb} {noun} and names no permission: {said}."))
                .hint(format!("Check the store hash in the API Path first; then whether the token has {scope}: {}. It also happens when the store's owner has changed.", about.level()))
        }
        403 => {
            let verb = if about.writes { "change" } else { "read" };
            Error::config(format!("This token may not {verb} {scope}."))
                .hint(format!("Create a new API account with {scope}: {}; existing tokens cannot be changed.", about.level()))
        }
        404 if about.writes => Error::rejected(format!("It no longer exists in the store (deleted or replaced); {said}."))
            .hint("Search for it by SKU or e-mail in the store, or remove the link."),
        404 => Error::config(format!("The store hash does not lead to a store that has {noun}."))
            .hint("Paste the store's admin address as API Path; the hash is found in it."),
        409 => Error::rejected(format!("It is already in the store: {said}."))
            .hint("Update it instead, or skip such records with a rule."),
        413 => Error::rejected(format!("We sent too many {noun} at once: {said}."))
            .hint("Smaller groups are sent by themselves."),
        507 => Error::config(format!("Your BigCommerce plan's limit for {noun} is reached."))
            .hint("See the limits of the store's plan."),
        503 => Error::unavailable("The store is closed for maintenance, being upgraded, or suspended for billing.")
            .hint("It is tried again by itself; see status.bigcommerce.com."),
        504 => Error::unavailable("The store took too long.").hint("It is tried again by itself."),
        429 => Error::unavailable("The store asked us to slow down. Nothing is lost.").hint("It is tried again by itself."),
        423 | 408 | 499 | 500.. => Error::unavailable(format!("The store could not answer just now ({}).", answer.status))
            .hint("It is tried again by itself; see status.bigcommerce.com."),
        _ if about.writes => told.rejection(noun),
        _ => Error::rejected(format!("The store refused the question for {noun}: {said}."))
            .hint("Check the filter of the step: names and values as in the store's API reference."),
    }
}

/// The bodies of 401 that BigCommerce's gateway is known to send, each with its own way out.
fn not_accepted(said: &str) -> Error {
    if said.contains("not a valid combination") {
        return Error::config("The store says that client ID and token do not belong together.")
            .hint("Copy token and store hash of the same API account: enter them anew on the connection.");
    }
    if said.contains("should have correct format") {
        return Error::config("The store received a token that cannot be one: it is empty or cut off.")
            .hint("Copy the whole access token again and enter it: `processflow connections edit NAME --secret token`.");
    }
    if said.contains("header is required") {
        return Error::config("The token did not reach the store: something on the way took it out.")
            .hint("Usually a proxy that strips headers: ask IT to let `X-Auth-Token` through, or to leave api.bigcommerce.com alone.");
    }
    token_refused()
}

/// 401: says nothing about the hash, which is looked at later. BigCommerce checks the token first.
pub(super) fn token_refused() -> Error {
    Error::config("The store no longer accepts our access token. It was deleted or copied wrongly, or hash and token do not belong together. Nothing is lost; records wait.")
        .hint("Enter a new token: `processflow connections edit NAME --secret token`.")
}

/// A page of the web: a proxy's, or that of a store in maintenance.
pub(super) fn is_page(answer: &Answer) -> bool {
    answer.content_type.contains("html") || answer.body.trim_ascii_start().starts_with(b"<")
}

/// What a 2xx with something in it that does not come from the store is: a page, text, or an error of whoever stands
/// between. `None` for what may be the store's own.
pub(super) fn not_from_the_store(answer: &Answer) -> Option<Error> {
    let body = match answer.json() {
        Err(error) => return Some(error),
        Ok(None) => return None,
        Ok(Some(body)) => body,
    };
    let Answer { what, status, .. } = answer;
    // What calls itself a page is one, whatever stands in it.
    if is_page(answer) {
        let page = About::reading("anything", "Information & Settings");
        return Some(refusal(answer, page));
    }
    let error = match body.as_str().as_bytes().first() {
        Some(b'{' | b'[') if !is_error(answer, body.as_str()) => return None,
        Some(b'{' | b'[') => Error::unavailable(format!(
            "{what} answered {status} with an error in it: that is not the store's word."
        )),
        _ => Error::unavailable(format!(
            "{what} answered {status} with a single value: that is not the store's word."
        )),
    };
    let hint = "Usually a proxy or a gateway on the way. It is tried again by itself.";
    Some(error.hint(hint).source(raw(answer)))
}

/// Bodies of errors are no longer than this; pages of records are not looked through for them.
const LONGEST_ERROR: usize = 64 << 10;

/// Whether it is longer than any error.
pub(super) fn is_long(answer: &Answer) -> bool {
    answer.body.len() > LONGEST_ERROR
}

/// Names that errors are made of, in the shapes of gateways; no record has these alone.
const OF_ERRORS: &[&str] = &[
    "cause",
    "code",
    "detail",
    "details",
    "error",
    "error_code",
    "error_description",
    "errorcode",
    "errors",
    "fault",
    "instance",
    "message",
    "meta",
    "path",
    "reason",
    "requestid",
    "request_id",
    "status",
    "statuscode",
    "success",
    "timestamp",
    "title",
    "trace_id",
    "type",
];

fn is_error(answer: &Answer, body: &str) -> bool {
    if answer.status == 207 || is_long(answer) {
        return false;
    }
    match serde_json::from_str(body) {
        Ok(Value::Object(members)) => says_error(&members),
        // v2's list of errors.
        Ok(Value::Array(items)) => items.first().is_some_and(|item| {
            let members = item.as_object();
            members.is_some_and(|members| says_error(members) && members.contains_key("status"))
        }),
        _ => false,
    }
}

fn says_error(members: &serde_json::Map<String, Value>) -> bool {
    const WORDS: &[&str] = &[
        "error",
        "errors",
        "fault",
        "message",
        "title",
        "detail",
        "error_description",
    ];
    let there = members.iter().filter(|(_, value)| !value.is_null());
    let there: Vec<(String, &Value)> = there.map(|(name, value)| (name.to_lowercase(), value)).collect();
    let says = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Object(inner) => !inner.is_empty(),
        Value::Array(inner) => !inner.is_empty(),
        _ => false,
    };
    there.iter().all(|(name, _)| OF_ERRORS.contains(&name.as_str()))
        && there
            .iter()
            .any(|(name, value)| WORDS.contains(&name.as_str()) && says(value))
}

/// What the store said, from whichever shape it came in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The main sentence.
    pub(super) title: String,
    /// Field, index or path, and what is wrong with it.
    pub(super) details: Vec<(String, String)>,
}

impl Told {
    pub(super) fn read(answer: &Answer) -> Self {
        let mut told = Self::default();
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(body) => told.take(&body),
            Err(_) if is_page(answer) => {}
            Err(_) => told.title = clipped(&String::from_utf8_lossy(&answer.body), 300),
        }
        told
    }

    fn take(&mut self, body: &Value) {
        match body {
            Value::Array(items) => items.iter().for_each(|item| self.take(item)),
            Value::String(text) => self.say(text),
            Value::Object(members) => {
                for name in ["title", "message", "detail"] {
                    if let Some(text) = members.get(name).and_then(Value::as_str) {
                        self.say(text);
                    }
                }
                for name in ["errors", "batch_errors", "error"] {
                    match members.get(name) {
                        Some(Value::Object(inner))
                            if !inner.contains_key("title") && !inner.contains_key("message") =>
                        {
                            self.details(inner);
                        }
                        Some(inner) => self.take(inner),
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let text = clipped(text.trim().trim_matches(['[', ']']), 300);
        if self.title.is_empty() {
            self.title = text;
        } else if self.title != text && !text.is_empty() {
            self.details.push((String::new(), text));
        }
    }

    fn details(&mut self, members: &serde_json::Map<String, Value>) {
        for (name, value) in members {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.details.push((name.clone(), clipped(&text, 300)));
        }
    }

    /// All of it in one line, without a full stop.
    pub(super) fn sentence(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        // Where the title repeats what is wrong with a field, the field's name is the news.
        let repeats = |(name, text): &(String, String)| !name.is_empty() && *text == self.title;
        if !self.title.is_empty() && !self.details.iter().any(repeats) {
            parts.push(self.title.clone());
        }
        let news = |(name, text): &&(String, String)| !name.is_empty() || *text != self.title;
        for (name, text) in self.details.iter().filter(news) {
            parts.push(if name.is_empty() {
                text.clone()
            } else {
                format!("{name}: {text}")
            });
        }
        let line = if parts.is_empty() {
            "it did not say why".to_owned()
        } else {
            parts.join("; ")
        };
        clipped(line.trim_end_matches('.'), 600)
    }

    fn rejection(&self, noun: &str) -> Error {
        let said = self.sentence();
        let lower = said.to_lowercase();
        if lower.contains("cannot be written to") || lower.contains("read-only") || lower.contains("readonly")
        {
            return Error::rejected(format!("A mapped field is read-only in the store: {said}."))
                .hint("Remove it from the mapping.");
        }
        if lower.contains("inventory_tracking") {
            return Error::rejected(format!(
                "This product uses another way of counting stock than the processflow expects: {said}."
            ))
            .hint("Use the store's way: map the stock where the store counts it, or use `inventory.set`.");
        }
        if lower.contains("safety stock") {
            return Error::rejected(format!(
                "The change would go below the safety stock; the stock was not changed: {said}."
            ))
            .hint("Open the item in the store.");
        }
        if lower.contains("required") {
            return Error::rejected(format!("A field that the store requires is missing: {said}."))
                .hint("Map it, or set a default for it.");
        }
        Error::rejected(format!("The store refused these {noun}: {said}."))
            .hint("Correct the mapped values and retry.")
    }
}

/// The first kilobyte of an answer, for the "raw text" view.
#[derive(Debug)]
struct RawText(String);

impl std::fmt::Display for RawText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for RawText {}

fn raw(answer: &Answer) -> RawText {
    let start = &answer.body[..answer.body.len().min(1024)];
    let id = answer
        .request_id
        .as_deref()
        .map(|id| format!(" (request {id})"))
        .unwrap_or_default();
    RawText(format!(
        "{} answered {}{id}: {}",
        answer.what,
        answer.status,
        String::from_utf8_lossy(start)
    ))
}

fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use connector_kit::Kind;

    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer {
            status,
            content_type: content_type.into(),
            body: body.to_owned().into(),
            server_time: None,
            request_id: None,
            what: "GET v3/x".into(),
        }
    }

    #[test]
    fn every_shape_of_an_error_is_understood() {
        for (body, expected) in [
            (
                r#"[{"status":404,"message":"The requested resource was not found."}]"#,
                "The requested resource was not found",
            ),
            (
                r#"{"status":422,"title":"Invalid","errors":{"price":"must be a number"}}"#,
                "Invalid; price: must be a number",
            ),
            (
                r#"{"errors":[{"status":404,"title":"Gone","detail":"No cart"}]}"#,
                "Gone; No cart",
            ),
            (
                r#"{"errors":{"status":422,"title":"Bad tree","errors":{"0":"x"}},"meta":{}}"#,
                "Bad tree; 0: x",
            ),
            (
                r#"{"batch_errors":[{"status":404,"title":"Item 0: gone","errors":{"id":"gone"}}]}"#,
                "Item 0: gone; id: gone",
            ),
            (
                r#"{"error":{"code":"SERVICE_DEGRADED","message":"later"}}"#,
                "later",
            ),
            (
                r#"{"status":422,"title":"[Item with variant_id 106 is tracked by product]","errors":{}}"#,
                "Item with variant_id 106 is tracked by product",
            ),
            (
                "X-Auth-Token header is required",
                "X-Auth-Token header is required",
            ),
            ("", "it did not say why"),
        ] {
            assert_eq!(
                Told::read(&answer(422, "application/json", body)).sentence(),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn a_status_says_who_has_to_act() {
        let reading = About::reading("orders", "Orders");
        let writing = About::writing("products", "Products");
        let json = "application/json";
        for (status, about, expected) in [
            (401, reading, Kind::Config),
            (403, reading, Kind::Config),
            (404, writing, Kind::Rejected),
            (409, writing, Kind::Rejected),
            (422, writing, Kind::Rejected),
            (422, reading, Kind::Rejected),
            (400, reading, Kind::Rejected),
            (500, writing, Kind::Unavailable { retry_after: None }),
            (503, reading, Kind::Unavailable { retry_after: None }),
        ] {
            let error = refusal(&answer(status, json, "{}"), about);
            assert_eq!(error.kind, expected, "{status}: {error}");
            assert!(error.hint.is_some(), "{status} names the way out");
        }
    }

    #[test]
    fn each_body_of_a_refused_token_has_its_own_way_out() {
        let plain = "text/plain";
        let json = "application/json";
        for (status, kind, body, expected) in [
            (
                401,
                plain,
                "X-Auth-Token header is required",
                "something on the way",
            ),
            (
                401,
                plain,
                "X-Auth-Token header should have correct format",
                "cannot be one",
            ),
            (
                401,
                json,
                r#"{"status":401,"title":"Unauthorized"}"#,
                "no longer accepts",
            ),
            (
                401,
                json,
                r#"{"status":401,"title":"Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store."}"#,
                "do not belong together",
            ),
            (
                403,
                json,
                r#"{"status":403,"title":"You don't have a required scope to access the endpoint","errors":{}}"#,
                "may not read Orders",
            ),
            (
                403,
                json,
                r#"{"status":403,"title":"Forbidden","errors":{}}"#,
                "names no permission: Forbidden",
            ),
            (
                403,
                json,
                r#"{"error":"You are authorized but your scope does not include this resource."}"#,
                "our mistake",
            ),
        ] {
            let error = refusal(&answer(status, kind, body), About::reading("orders", "Orders"));
            assert!(error.message.contains(expected), "{body}: {error}");
            assert!(error.hint.is_some(), "{body} names the way out");
        }
    }

    #[test]
    fn a_web_page_is_never_taken_for_the_stores_word() {
        let error = refusal(
            &answer(403, "text/html", "<html>Please log in"),
            About::reading("orders", "Orders"),
        );
        assert!(
            error.is_unavailable(),
            "a proxy's page says nothing about the token: {error}"
        );
    }
}
