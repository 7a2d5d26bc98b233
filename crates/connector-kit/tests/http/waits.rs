//! "Slow down": obeyed to the millisecond, told once, shared by all who speak to the store.

use std::time::Duration;

use connector_kit::{Kind, http::Request};

use crate::{
    TOKEN, client, create, log,
    server::{Act, Server, json},
};

fn refusal(headers: &str) -> Act {
    Act::Answer(json("429 Too Many Requests", headers, "{\"status\":429}"))
}

async fn waited(script: Vec<Act>) -> (Duration, usize) {
    let server = Server::start(script).await;
    let (client, clock) = client(&server.base());
    assert_eq!(client.read(Request::get("x")).await.unwrap().status, 200);
    (clock.total(), server.requests().len())
}

#[tokio::test]
async fn the_store_says_how_long() {
    for (headers, ms) in [
        ("X-Rate-Limit-Time-Reset-Ms: 15000\r\n", 15_000),
        ("x-rate-limit-time-reset-ms: 1500\r\n", 1_500),
        ("X-Retry-After: 8\r\nX-Rate-Limit-Time-Reset-Ms: 1500\r\n", 8_000),
        ("X-Retry-After: 1\r\nX-Rate-Limit-Time-Reset-Ms: 2500\r\n", 2_500),
        ("Retry-After: 3\r\n", 3_000),
        ("X-Rate-Limit-Time-Reset-Ms: 0\r\n", 1_000),
        ("X-Retry-After: -4\r\n", 5_000),
        ("X-Retry-After: soon\r\n", 5_000),
        ("", 5_000),
    ] {
        let (total, requests) = waited(vec![refusal(headers)]).await;
        let over = total.as_millis() as i64 - ms;
        assert!((0..200).contains(&over), "{headers:?}: {total:?}, wanted {ms} ms");
        assert_eq!(requests, 2, "one refusal, one answer");
    }
}

#[tokio::test]
async fn slow_down_alone_fails_nothing_for_a_quarter_of_an_hour() {
    let (total, requests) = waited(vec![refusal("X-Rate-Limit-Time-Reset-Ms: 29000\r\n"); 29]).await;
    assert_eq!(requests, 30, "as often as the store says so");
    assert!(total > Duration::from_mins(14), "{total:?}");
    let server = Server::start(vec![refusal("X-Rate-Limit-Time-Reset-Ms: 29000\r\n"); 99]).await;
    let (client, clock) = client(&server.base());
    let error = client.read(Request::get("x")).await.unwrap_err();
    assert!(
        matches!(error.kind, Kind::Unavailable { retry_after: Some(_) }),
        "{error:?}"
    );
    assert!(
        clock.total() <= Duration::from_mins(15),
        "and then the engine decides: {:?}",
        clock.total()
    );
}

#[tokio::test]
async fn connections_to_one_store_wait_together() {
    let server = Server::start([refusal("X-Retry-After: 9\r\n")]).await;
    let (client, clock) = client(&server.base());
    let other = client.clone();
    let (read, written) = tokio::join!(client.read(Request::get("x")), other.write(create()));
    assert_eq!(read.unwrap().status, 200);
    assert!(matches!(written, connector_kit::http::Sent::Answered(_)));
    assert_eq!(server.requests().len(), 3, "one refusal for both");
    assert!(clock.total() >= Duration::from_secs(9));
}

#[tokio::test]
async fn a_wait_is_told_once_and_no_secret_ever() {
    let server = Server::start([refusal("X-Retry-After: 14\r\n"), Act::Reset(vec![])]).await;
    let (client, _) = client(&server.base());
    let all = [client.clone(), client.clone(), client.clone(), client.clone()];
    let reads = all
        .iter()
        .map(|client| client.read(Request::get("v2/orders").query("email", "jane@x.example")));
    assert!(futures::future::join_all(reads).await.iter().all(Result::is_ok));
    client
        .read(Request::get("v2/customers/secret-id").sensitive())
        .await
        .unwrap();
    let text = log::of_this_test();
    let ours: String = text
        .lines()
        .filter(|line| line.contains("connector_kit"))
        .collect::<Vec<_>>()
        .join("\n");
    let sentence = "The store asked us to slow down. Nothing is lost; continuing in 14 s.";
    assert_eq!(ours.matches(sentence).count(), 1, "once per wait: {ours}");
    let warned = ours
        .lines()
        .any(|line| line.contains("WARN") && line.contains(sentence));
    assert!(warned, "people see warnings: {ours}");
    assert!(
        ours.contains("v2/orders") && ours.contains("status=200"),
        "a line per request: {ours}"
    );
    assert!(
        ours.contains('…') && !ours.contains("secret-id"),
        "sensitive paths stay out: {ours}"
    );
    for secret in [TOKEN, "jane"] {
        assert!(
            !text.contains(secret),
            "`{secret}` in the log, ours or a library's:\n{text}"
        );
    }
}
