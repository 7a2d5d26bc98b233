//! F18: an answer of success that does not come from the store: pages, texts, errors of gateways. It is never data, never
//! "done", and nothing changes.

use connector_kit::Outcome;
use sandbox_store::When;

use super::{
    Tally, UNAVAILABLE, Writing, all, ensure, everything, is_chosen, is_error, is_sent_again, read, reads,
    status, writes,
};
use crate::{
    fixtures::{Read, Write},
    world::{TOKEN, World},
};

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

/// Type and body of what stands between, or of a store in maintenance, where data belongs.
fn bodies() -> Vec<(&'static str, String)> {
    let large = format!(
        "<html><body>{TOKEN}{}</body></html>",
        "<p>Please log in.</p>".repeat(3_000)
    );
    let mut all = vec![(HTML, large)];
    let short: &[(&str, &str)] = &[
        (
            HTML,
            "<!DOCTYPE html><html><head><title>Login</title></head><body>Welcome to the guest network</body></html>",
        ),
        (
            HTML,
            "<html><head><meta http-equiv=\"refresh\" content=\"0; url=http://portal.example/login\"></head></html>",
        ),
        (HTML, "  \r\n\t<HTML><BODY>Down for Maintenance</BODY></HTML>"),
        (HTML, "<script>location='http://portal.example/'</script>"),
        (HTML, "{\"data\":[],\"meta\":{}}"),
        (HTML, "Blocked by policy"),
        (HTML, ""),
        ("TEXT/HTML", "<p>blocked</p>"),
        (
            "application/xhtml+xml",
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        ),
        ("", "<html>no type</html>"),
        (JSON, "<html>a page that says it is data</html>"),
        (JSON, "\u{feff}<html>with a mark in front</html>"),
        (
            "application/xml",
            "<?xml version=\"1.0\"?><error><code>500</code></error>",
        ),
        ("text/xml", "<soap:Envelope><soap:Fault/></soap:Envelope>"),
        (TEXT, "Service Unavailable"),
        (
            TEXT,
            "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
        ),
        (TEXT, "OK"),
        (TEXT, "The route is not found, check the URL"),
        ("", "no healthy upstream"),
        (JSON, "Internal Server Error"),
        (JSON, "{}{}"),
        (JSON, "{\"data\":[{\"id\":1}"),
        (JSON, "callback({\"data\":[]});"),
        (JSON, ")]}',\n{\"data\":[]}"),
        ("image/gif", "GIF89a\u{1}\u{0}"),
        ("application/octet-stream", "\u{0}\u{1}\u{2}"),
        (
            "application/x-www-form-urlencoded",
            "error=invalid_request&error_description=no",
        ),
        ("text/event-stream", "data: {}\n\n"),
        (JSON, "null"),
        (JSON, "true"),
        (JSON, "0"),
        (JSON, "\"Service Unavailable\""),
        (
            JSON,
            "{\"status\":500,\"title\":\"Internal error\",\"type\":\"x\",\"errors\":{}}",
        ),
        (
            JSON,
            "[{\"status\":503,\"message\":\"The store is not available.\"}]",
        ),
        (
            JSON,
            "{\"error\":\"invalid_request\",\"error_description\":\"no\"}",
        ),
        (
            JSON,
            "{\"errors\":[{\"status\":500,\"title\":\"Internal\",\"detail\":\"x\"}]}",
        ),
        (JSON, "{\"Message\":\"An error has occurred.\"}"),
        (
            JSON,
            "{\"message\":\"Forbidden\",\"requestId\":\"0af7651916cd43dd\"}",
        ),
        (
            JSON,
            "{\"fault\":{\"faultstring\":\"Policy rejected\",\"detail\":{\"errorcode\":\"x\"}}}",
        ),
        (JSON, "{\"success\":false,\"message\":\"blocked\",\"code\":1020}"),
        (JSON, "{\"data\":null,\"errors\":[{\"message\":\"x\"}]}"),
        (
            "application/problem+json",
            "{\"type\":\"about:blank\",\"title\":\"Bad Gateway\",\"status\":502}",
        ),
    ];
    all.extend(short.iter().map(|(kind, body)| (*kind, (*body).to_owned())));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_stores_is_never_data() {
    all(reads(), reading).await.ends_clean(500);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for (at, (kind, body)) in bodies().iter().enumerate() {
        let case = format!("{name}, page {at} ");
        if is_chosen(&case, 3) {
            world.sandbox.store().fault(everything(status(200, kind, body)));
            let checked = match read(&world, &name, &fixture).await {
                Ok(count) => Err(format!("it read {count} records of {body:.80}")),
                Err(error) => {
                    is_error(&world, &error, UNAVAILABLE).map_err(|wrong| format!("{wrong}: {body:.80}"))
                }
            };
            tally.note(&case, checked);
            world.sandbox.store().clear_faults();
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_stores_never_says_that_something_was_done() {
    all(writes(), writing).await.ends_clean(350);
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for (at, (kind, body)) in bodies().iter().enumerate() {
        let case = format!("{name}, page {at} ");
        // A deletion is answered without a body.
        if !is_chosen(&case, 3) || body.is_empty() {
            continue;
        }
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.disturb(
            None,
            When::Before,
            status(if at % 2 == 0 { 200 } else { 201 }, kind, body),
        );
        let checked = match to.write().await {
            Err(error) => Err(format!("it may have been applied: {error}")),
            Ok(outcomes) => outcomes.iter().try_for_each(|outcome| match outcome {
                Outcome::Unknown(error) => is_error(&world, error, UNAVAILABLE),
                other => Err(format!("{other:?}")),
            }),
        };
        let once = is_sent_again(&name, fixture.request.0) || to.sent() == 1;
        let checked = checked
            .and(ensure(once, || format!("sent {} times", to.sent())))
            .and(ensure(to.is_unchanged(), || "it changed the store".to_owned()));
        tally.note(&case, checked.map_err(|wrong| format!("{wrong}: {body:.80}")));
        to.undisturbed();
    }
    tally
}
