//! Broken answers, before and after the request was applied.

use std::net::SocketAddr;

use sandbox_store::{Fault, How, Match, When};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::Shop;

/// Sends text and reads until the end, whatever kind of end it is.
pub(crate) async fn raw(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the store listens");
    stream
        .write_all(text.as_bytes())
        .await
        .expect("the store listens");
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    match ended {
        Ok(_) => text,
        Err(error) => format!("{text}<{:?}>", error.kind()),
    }
}

fn time_request() -> &'static str {
    "GET /stores/sandbox1/v2/time HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: sandbox-token\r\n\r\n"
}

#[tokio::test]
async fn each_way_of_breaking_looks_as_it_should_on_the_wire() {
    let shop = Shop::small().await;
    let address = shop.sandbox.address();
    let mut seen = Vec::new();
    for how in [
        How::Close,
        How::Reset,
        How::HalfHead,
        How::HalfBody,
        How::Stall { ms: 30 },
    ] {
        shop.sandbox
            .store()
            .fault(Fault::once("GET", "/v2/time", When::After, how));
        seen.push(raw(address, time_request()).await);
    }
    assert_eq!(seen[0], "", "closed without a byte");
    assert_eq!(seen[1], "<ConnectionReset>", "reset");
    assert!(
        seen[2].starts_with("HTTP/1.1 200") && !seen[2].contains("\r\n\r\n"),
        "half a head: {}",
        seen[2]
    );
    let (head, body) = seen[3].split_once("\r\n\r\n").expect("the head is whole");
    let length: usize = head.rsplit_once(' ').unwrap().1.parse().unwrap();
    assert_eq!(body.len(), length / 2, "half a body");
    assert_eq!(seen[4], "", "silence, then the end");
    assert_eq!(
        shop.get("/v2/time").await.status,
        200,
        "a fault that struck is over"
    );
}

#[tokio::test]
async fn before_is_not_applied_and_after_is() {
    let shop = Shop::small().await;
    let person = |email: &str| json!([{ "email": email, "first_name": "A", "last_name": "B" }]);
    for (when, email, count) in [
        (When::Before, "before@example.com", 0),
        (When::After, "after@example.com", 1),
    ] {
        shop.sandbox
            .store()
            .fault(Fault::once("POST", "/v3/customers", when, How::Close));
        let token = Some("sandbox-token");
        let sent = shop
            .send(reqwest::Method::POST, "/v3/customers", token, Some(person(email)))
            .await;
        assert!(sent.is_err(), "{when:?}: the client has no answer");
        let applied = shop.sandbox.store().applied("customer", email).len();
        assert_eq!(applied, count, "{when:?}: the ledger knows what was done");
    }
    let seen = shop.sandbox.store().requests();
    let marks: Vec<_> = seen
        .iter()
        .map(|seen| (seen.applied, seen.fault.is_some()))
        .collect();
    assert_eq!(
        marks,
        [(false, true), (true, true)],
        "the log tells the two apart"
    );
}

#[tokio::test]
async fn a_fault_may_be_an_answer() {
    let shop = Shop::small().await;
    let fault = |how: How| {
        shop.sandbox
            .store()
            .fault(Fault::once("GET", "/v2/*", When::Before, how))
    };
    fault(How::Html { code: 200 });
    let html = shop.get("/v2/time").await;
    assert_eq!(
        (html.status, html.header("content-type")),
        (200, Some("text/html; charset=utf-8")),
        "a portal"
    );
    fault(How::Throttle { reset_ms: Some(5000) });
    let limited = shop.get("/v2/time").await;
    assert_eq!(
        (limited.status, limited.header("x-rate-limit-time-reset-ms")),
        (429, Some("5000")),
        "with its wait"
    );
    fault(How::Status {
        code: 302,
        body: String::new(),
        headers: [("Location".to_owned(), "/x".to_owned())].into(),
    });
    assert_eq!(
        shop.get("/v2/time").await.status,
        404,
        "a redirect was followed to nowhere"
    );
}

#[tokio::test]
async fn faults_are_scripted_over_http_by_query_and_body_too() {
    let shop = Shop::small().await;
    let faults = json!([
        { "on": { "path": "/v3/customers?*id:in=7*", "times": null }, "how": { "status": { "code": 500 } } },
        { "on": { "method": "PUT", "body": "poison" }, "when": "before", "how": { "html": { "code": 503 } } },
    ]);
    assert_eq!(
        shop.post("/sandbox/faults", faults).await.json()["ids"],
        json!([1, 2]),
        "two are armed"
    );
    assert_eq!(
        shop.get("/v3/customers?id:in=7").await.status,
        500,
        "the query matches"
    );
    assert_eq!(
        shop.get("/v3/customers?id:in=8").await.status,
        200,
        "this one does not"
    );
    assert_eq!(
        shop.put("/v3/customers", json!([{ "id": 1, "notes": "poison" }]))
            .await
            .status,
        503,
        "by body"
    );
    assert_eq!(
        shop.get("/sandbox/faults").await.json()[0]["struck"],
        1,
        "strikes are counted"
    );
    assert_eq!(
        shop.delete("/sandbox/faults").await.status,
        204,
        "all are forgotten"
    );
    assert_eq!(
        shop.get("/v3/customers?id:in=7").await.status,
        200,
        "and strike no more"
    );
    assert_eq!(
        shop.post("/sandbox/faults", json!({ "how": "explode" }))
            .await
            .status,
        422,
        "nonsense is refused"
    );
}

#[tokio::test]
async fn a_share_of_requests_breaks_the_same_way_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let shop = Shop::small().await;
        let on = Match {
            chance: 0.3,
            times: None,
            seed: 7,
            ..Match::default()
        };
        shop.sandbox.store().fault(Fault {
            on,
            when: When::Before,
            how: How::Html { code: 502 },
        });
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(shop.get("/v2/time").await.status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1], "a failing run can be repeated");
    let broken = runs[0].iter().filter(|status| **status == 502).count();
    assert!((5..20).contains(&broken), "about a third broke: {broken} of 40");
}
