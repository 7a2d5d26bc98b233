//! Requests that must not be repeated: sent once, and what is not known is said to be not known.

use connector_kit::{
    Kind,
    http::{Answer, Method, Request, Sent},
};

use crate::{
    client, create,
    server::{Act, Server, gzipped, half, html, json},
};

async fn write(script: Vec<Act>) -> (Sent, usize) {
    let server = Server::start(script).await;
    let (client, _) = client(&server.base());
    let sent = client.write(create()).await;
    (sent, server.requests().len())
}

fn answered(sent: Sent) -> Answer {
    match sent {
        Sent::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_of_any_kind_settles_a_write() {
    for status in [
        200, 201, 204, 207, 301, 302, 307, 400, 401, 403, 404, 409, 413, 415, 422,
    ] {
        let body = if status == 204 { "" } else { "{\"x\":1}" };
        let (sent, requests) = write(vec![Act::Answer(json(&format!("{status} X"), "", body))]).await;
        assert_eq!(answered(sent).status, status);
        assert_eq!(requests, 1, "{status} is final");
    }
}

#[tokio::test]
async fn whatever_may_have_been_applied_is_unknown_and_sent_once() {
    let whole = json("200 OK", "", "{\"data\":{\"id\":17}}");
    for (name, act) in [
        ("reset after reading", Act::Reset(vec![])),
        ("closed without an answer", Act::Last(vec![])),
        ("half a head", Act::Last(b"HTTP/1.1 201 Crea".to_vec())),
        ("half a body", Act::Last(half(&whole))),
        ("half a body, reset", Act::Reset(half(&whole))),
        ("half a body, stalled", Act::Stall(half(&whole))),
        ("no answer", Act::Stall(vec![])),
        ("not HTTP", Act::Last(b"+OK POP3 ready\r\n\r\n".to_vec())),
        (
            "2xx with a page",
            Act::Answer(html("200 OK", "<html>welcome</html>")),
        ),
        (
            "2xx that is not JSON",
            Act::Answer(json("200 OK", "", "{\"data\":")),
        ),
        ("too large", Act::Answer(gzipped(&vec![b' '; 4 << 20]))),
        ("500", Act::Answer(json("500 x", "", "{}"))),
        ("502", Act::Answer(html("502 x", "<h1>bad gateway</h1>"))),
        ("503", Act::Answer(json("503 x", "", "{}"))),
        ("504", Act::Answer(html("504 x", ""))),
        ("507", Act::Answer(json("507 x", "", "{}"))),
        ("509", Act::Answer(json("509 x", "", "{}"))),
        ("408", Act::Last(json("408 x", "", "{}"))),
        ("499", Act::Answer(json("499 x", "", "{}"))),
    ] {
        let (sent, requests) = write(vec![act]).await;
        let Sent::Unknown(error) = sent else {
            panic!("{name}: {sent:?}")
        };
        assert_eq!(requests, 1, "{name}: a second POST might make a second customer");
        if name == "507" {
            assert_eq!(
                error.kind,
                Kind::Config,
                "once it was looked up, a person must act"
            );
            continue;
        }
        assert!(error.is_unavailable(), "{name}: {error:?}");
        assert!(
            error.hint.as_deref().unwrap_or_default().contains("checking") || name.starts_with("2xx"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_was_certainly_not_applied_is_sent_again() {
    let notice = html("503 Service Unavailable", "<h1>Down for Maintenance</h1>");
    for (name, act) in [
        (
            "429",
            Act::Answer(json("429 x", "X-Rate-Limit-Time-Reset-Ms: 4000\r\n", "{}")),
        ),
        (
            "429 whose body is cut",
            Act::Last(half(&json("429 x", "X-Retry-After: 3\r\n", "{\"status\":429}"))),
        ),
        ("423", Act::Answer(json("423 Locked", "", "{}"))),
        ("maintenance", Act::Answer(notice)),
    ] {
        let (sent, requests) = write(vec![act, Act::Answer(json("201 Created", "", "{}"))]).await;
        assert_eq!(answered(sent).status, 201, "{name}");
        assert_eq!(requests, 2, "{name}");
    }
}

#[tokio::test]
async fn a_store_that_stays_closed_has_not_applied_it() {
    let (sent, requests) = write(vec![Act::Answer(json("423 Locked", "", "{}")); 20]).await;
    assert!(
        matches!(sent, Sent::NotSent(_)),
        "sending it later is safe: {sent:?}"
    );
    assert_eq!(requests, 5);
    let script = vec![Act::Answer(json("423 Locked", "", "{}")), Act::Reset(vec![])];
    let (sent, requests) = write(script).await;
    assert!(
        matches!(sent, Sent::Unknown(_)),
        "the second try may have been applied: {sent:?}"
    );
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn a_server_that_is_not_there_got_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let (client, clock) = client(&base);
    let Sent::NotSent(error) = client.write(create()).await else {
        panic!("nothing can have been applied")
    };
    assert!(error.message.contains("connection refused"), "{error}");
    assert!(!clock.total().is_zero(), "it was tried more than once");
}

#[tokio::test]
async fn no_connection_carries_two_writes() {
    let server = Server::start([]).await;
    let (client, _) = client(&server.base());
    client.read(Request::get("x")).await.unwrap();
    for _ in 0..10 {
        answered(client.write(create()).await);
    }
    assert_eq!(
        server.connections(),
        11,
        "a reused connection may be closed under us, which looks like a lost answer"
    );
}

#[tokio::test]
async fn a_server_that_closes_idle_connections_loses_no_write() {
    let server = Server::start(vec![Act::Last(json("201 Created", "", "{}")); 300]).await;
    let (client, _) = client(&server.base());
    for _ in 0..300 {
        assert_eq!(answered(client.write(create()).await).status, 201);
    }
    assert_eq!(server.requests().len(), 300, "each exactly once");
}

#[tokio::test]
async fn a_repeatable_write_that_never_ends_well_stays_unknown() {
    let server = Server::start(vec![Act::Last(vec![]); 9]).await;
    let (client, _) = client(&server.base());
    let put = Request::once(Method::Put, "v3/x", &1).repeatable();
    let Sent::Unknown(error) = client.write(put).await else {
        panic!("it may have been applied")
    };
    assert!(matches!(error.kind, Kind::Unavailable { .. }));
    assert_eq!(server.requests().len(), 5, "repeated, since it may be");
}

#[tokio::test]
async fn an_address_that_leaves_the_base_is_never_sent() {
    let server = Server::start([]).await;
    let (client, _) = client(&server.base());
    let sent = client.write(Request::once(Method::Post, "v3/../../x", &1)).await;
    let Sent::NotSent(error) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(error.kind, Kind::Rejected);
    assert_eq!(server.connections(), 0);
}
