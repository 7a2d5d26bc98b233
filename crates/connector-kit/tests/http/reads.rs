//! Repeatable requests: what is tried again, what is given back, what is never followed.

use std::time::Duration;

use connector_kit::{
    Kind,
    http::{Answer, Method, Request},
};

use crate::{
    TOKEN, client,
    server::{Act, Server, gzipped, half, html, json, typed},
};

async fn read(script: Vec<Act>) -> (connector_kit::Result<Answer>, Server, Duration) {
    let server = Server::start(script).await;
    let (client, clock) = client(&server.base());
    let answer = client
        .read(Request::get("v3/catalog/products").query("limit", 250))
        .await;
    (answer, server, clock.total())
}

#[tokio::test]
async fn an_answer_comes_whole_and_once() {
    let body = format!("{{\"data\":[{}0]}}", "1,".repeat(200_000));
    let headers = "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\nX-Request-ID: r-17\r\n";
    let (answer, server, _) = read(vec![Act::Answer(json("200 OK", headers, &body))]).await;
    let answer = answer.unwrap();
    assert_eq!(answer.body, body, "not a byte is missing");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.content_type, "application/json");
    assert_eq!(
        answer.server_time.unwrap().to_string(),
        "2026-11-21T10:00:00Z",
        "the server's own clock"
    );
    assert_eq!(answer.request_id.as_deref(), Some("r-17"));
    assert_eq!(answer.what, "GET v3/catalog/products");
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("GET /stores/abc/v3/catalog/products?limit=250 HTTP/1.1\r\n"),
        "{request}"
    );
    let request = request.to_ascii_lowercase();
    assert!(
        request.contains("user-agent: processflowagent/"),
        "the vendor asks for a user agent: {request}"
    );
    assert!(request.contains("accept: application/json"), "{request}");
    assert!(request.contains(&format!("x-auth-token: {TOKEN}")), "{request}");
    assert!(!request.contains("content-type"), "there is no body: {request}");
    assert!(!request.contains("referer"), "{request}");
}

#[tokio::test]
async fn every_trouble_on_the_line_is_tried_again() {
    let whole = json("200 OK", "", "{\"data\":[]}");
    let half_head = b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec();
    let broken_gzip = half(&gzipped("{\"a\":\"".repeat(1_000).as_bytes()));
    let gzip_too_short = {
        let text = String::from_utf8_lossy(&broken_gzip).into_owned();
        let length = broken_gzip.len() - text.find("\r\n\r\n").unwrap() - 4;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
        [
            head.into_bytes(),
            broken_gzip[broken_gzip.len() - length..].to_vec(),
        ]
        .concat()
    };
    let unending =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"data\":[".to_vec();
    for (name, act) in [
        ("reset before reading", Act::ResetUnread),
        ("reset after reading", Act::Reset(vec![])),
        ("closed without an answer", Act::Last(vec![])),
        ("half a head", Act::Last(half_head.clone())),
        ("half a head, reset", Act::Reset(half_head)),
        ("half a body", Act::Last(half(&whole))),
        ("half a body, reset", Act::Reset(half(&whole))),
        ("half a body, stalled", Act::Stall(half(&whole))),
        ("no answer", Act::Stall(vec![])),
        ("not HTTP", Act::Last(b"SSH-2.0-OpenSSH_9\r\n\r\n".to_vec())),
        ("half a gzip", Act::Last(gzip_too_short)),
        ("no length, cut", Act::Last(unending)),
        (
            "500",
            Act::Answer(html("500 Internal Server Error", "<h1>oops</h1>")),
        ),
        ("502", Act::Answer(html("502 Bad Gateway", ""))),
        (
            "503",
            Act::Answer(typed("503 Service Unavailable", "text/plain", "", "busy")),
        ),
        ("504", Act::Answer(html("504 Gateway Timeout", ""))),
        ("408", Act::Last(json("408 Request Timeout", "", ""))),
        ("499", Act::Answer(json("499 Client Closed Request", "", "{}"))),
        ("423", Act::Answer(json("423 Locked", "", "{}"))),
    ] {
        let (answer, _, _) = read(vec![act, Act::Answer(whole.clone())]).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, &b"{\"data\":[]}"[..]),
            "{name}"
        );
    }
}

#[tokio::test]
async fn tries_are_bounded_and_their_waits_grow() {
    let (answer, server, waited) = read(vec![Act::Answer(json("500 oops", "", "{}")); 20]).await;
    let error = answer.unwrap_err();
    assert!(error.is_unavailable(), "the engine waits and goes on: {error:?}");
    assert!(error.message.contains("500"), "{error}");
    assert_eq!(server.requests().len(), 5, "no more than five tries");
    assert!(
        waited > Duration::from_secs(40) && waited < Duration::from_mins(1),
        "{waited:?}"
    );
}

#[tokio::test]
async fn other_statuses_are_answers() {
    for status in [
        201, 204, 207, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 413, 422, 501, 507,
    ] {
        let act = Act::Answer(json(&format!("{status} X"), "", "{\"title\":\"x\"}"));
        let (answer, server, waited) = read(vec![act]).await;
        assert_eq!(
            answer.unwrap().status,
            status,
            "{status} is the connector's matter"
        );
        assert_eq!(
            (server.requests().len(), waited),
            (1, Duration::ZERO),
            "{status} is not asked again"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_token_along() {
    for code in [301, 302, 303, 307, 308] {
        let other = Server::start([]).await;
        let headers = format!("Location: http://{}/stores/abc/x\r\n", other.address);
        let (answer, _, _) = read(vec![Act::Answer(json(&format!("{code} Moved"), &headers, ""))]).await;
        assert_eq!(answer.unwrap().status, code);
        assert_eq!(
            other.connections(),
            0,
            "nobody goes where an answer points to ({code})"
        );
    }
}

#[tokio::test]
async fn a_page_instead_of_data_is_asked_for_again_and_then_shown_as_such() {
    let page = Act::Answer(html("200 OK", "<html><title>Hotel login</title></html>"));
    let (answer, _, _) = read(vec![page.clone()]).await;
    assert_eq!(&answer.unwrap().body[..], b"{}", "a passing page is not a result");
    let (answer, server, _) = read(vec![page; 10]).await;
    let answer = answer.unwrap();
    assert_eq!(server.requests().len(), 3, "a few times, not forever");
    let error = answer.json().unwrap_err();
    assert!(
        error.is_unavailable(),
        "a login page is never \"no records\": {error:?}"
    );
    assert!(error.message.contains("page instead of data"), "{error}");
}

#[tokio::test]
async fn an_empty_answer_is_no_data_and_no_error() {
    let empty = b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
    let (answer, _, _) = read(vec![Act::Answer(empty)]).await;
    assert!(
        answer.unwrap().json().unwrap().is_none(),
        "v2 lists answer 204 when they are empty"
    );
}

#[tokio::test]
async fn a_compressed_bomb_is_stopped_at_the_cap() {
    let fine = "[1]".to_owned() + &" ".repeat(900_000);
    let (answer, _, _) = read(vec![Act::Answer(gzipped(fine.as_bytes()))]).await;
    assert_eq!(
        answer.unwrap().body.len(),
        fine.len(),
        "below the cap it is decoded"
    );
    let bomb = gzipped(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "small on the line");
    let (answer, _, _) = read(vec![Act::Answer(bomb); 9]).await;
    let error = answer.unwrap_err();
    assert!(error.message.contains("larger than 1 MiB"), "{error}");
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_total() {
    use connector_kit::http::{Limits, Network, Proxy};
    let server = Server::start(vec![Act::Stall(half(&json("200 OK", "", "{\"a\":1}"))); 9]).await;
    let limits = Limits {
        total: Duration::from_millis(200),
        ..Limits::default()
    };
    let network = Network::new(Proxy::Direct, vec![]).limited(limits);
    let (client, _) = crate::client_with(&server.base(), network);
    let error = client.read(Request::get("x")).await.unwrap_err();
    assert!(error.message.contains("took too long"), "{error}");
}

#[tokio::test]
async fn connections_of_reads_are_used_again() {
    let server = Server::start([]).await;
    let (client, _) = client(&server.base());
    for _ in 0..20 {
        client.read(Request::get("x")).await.unwrap();
    }
    assert_eq!(
        server.connections(),
        1,
        "a connection per request would cost a handshake each"
    );
}

#[tokio::test]
async fn a_connection_closed_while_idle_never_shows_in_a_read() {
    let server = Server::start(vec![Act::Last(json("200 OK", "", "{}")); 200]).await;
    let (client, _) = client(&server.base());
    for _ in 0..200 {
        client.read(Request::get("x")).await.unwrap();
    }
}

#[tokio::test]
async fn a_write_is_not_read_and_no_path_leaves_the_base() {
    let server = Server::start([]).await;
    let (client, _) = client(&server.base());
    let error = client.read(crate::create()).await.unwrap_err();
    assert_eq!(
        error.kind,
        Kind::Bug,
        "reading repeats, and this must not be repeated"
    );
    for path in ["../other/v3/x", "http://127.0.0.1:1/x", "//127.0.0.1:1/x"] {
        let error = client.read(Request::get(path)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Rejected, "{path}");
    }
    assert_eq!(server.connections(), 0, "nothing was sent");
}

#[tokio::test]
async fn an_idempotent_write_is_repeated() {
    let server = Server::start([Act::Reset(vec![]), Act::Answer(json("502 x", "", "{}"))]).await;
    let (client, _) = client(&server.base());
    let put = Request::once(Method::Put, "v3/catalog/products", &[1]).repeatable();
    assert_eq!(client.read(put).await.unwrap().status, 200);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests.iter().all(|request| request.ends_with("\r\n\r\n[1]")),
        "the body is sent each time"
    );
    let head = requests[0].to_ascii_lowercase();
    assert!(
        head.contains("content-type: application/json"),
        "400 and 415 come from leaving it out: {head}"
    );
}
