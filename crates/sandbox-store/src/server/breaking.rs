//! Breaks an answer on its way out, as scripted.

use std::sync::Arc;

use tokio::net::TcpStream;

use crate::answer::{Answer, HTML, JSON};
use crate::clock::pause;
use crate::faults::How;
use crate::quota::{Standing, too_many_requests};

use super::wire::write_all;

/// A page like the edge's: large, and with no JSON in it.
fn html(code: u16) -> Answer {
    let filler = "<p>We will be back shortly.</p>\n".repeat(200);
    let page = format!(
        "<!DOCTYPE html><html><head><title>{code}</title></head><body><h1>{code}</h1>{filler}</body></html>"
    );
    Answer::new(code, HTML, page)
}

/// What comes of an answer.
pub(crate) enum Broken {
    /// This one is sent.
    Sent(Answer),
    /// Nothing more is sent; the connection ends.
    Ended,
}

/// Breaks `answer`; none if the request was not processed.
pub(crate) async fn break_answer(how: &How, answer: Option<Answer>, stream: &Arc<TcpStream>) -> Broken {
    let answer = answer.unwrap_or_else(|| Answer::new(200, JSON, r#"{"data":[],"meta":{}}"#));
    match how {
        How::Close => Broken::Ended,
        How::Reset => {
            if let Err(error) = stream.set_zero_linger() {
                tracing::trace!(%error, "A connection was gone before it could be reset.");
            }
            Broken::Ended
        }
        How::Stall { ms } => {
            pause(*ms).await;
            Broken::Ended
        }
        How::Slow { ms } => {
            pause(*ms).await;
            Broken::Sent(answer)
        }
        How::HalfHead => {
            half(
                stream,
                format!("HTTP/1.1 {} OK\r\nContent-Type: applica", answer.status).into(),
            )
            .await
        }
        How::HalfBody => {
            let head = format!(
                "HTTP/1.1 {} OK\r\ncontent-type: {}\r\ncontent-length: {}\r\n\r\n",
                answer.status,
                answer.content_type,
                answer.body.len()
            );
            let body = &answer.body[..answer.body.len() / 2];
            half(stream, [head.as_bytes(), body].concat()).await
        }
        How::Status { code, body, headers } => Broken::Sent(scripted(*code, body, headers)),
        How::Html { code } => Broken::Sent(html(*code)),
        How::Bytes {
            bytes,
            again,
            every_ms,
        } => {
            let ended = half(stream, bytes.clone()).await;
            while !again.is_empty() && write_all(stream, again).await.is_ok() {
                pause(*every_ms).await;
            }
            ended
        }
        How::Throttle { reset_ms } => Broken::Sent(throttled(*reset_ms)),
    }
}

async fn half(stream: &TcpStream, bytes: Vec<u8>) -> Broken {
    if let Err(error) = write_all(stream, &bytes).await {
        tracing::trace!(%error, "A connection was gone before half of the answer.");
    }
    Broken::Ended
}

fn scripted(code: u16, body: &str, headers: &std::collections::BTreeMap<String, String>) -> Answer {
    let mut answer = Answer::new(code, JSON, body.to_owned());
    for (name, value) in headers {
        answer.scripted.push((name.clone(), value.clone()));
    }
    answer
}

fn throttled(reset_ms: Option<u64>) -> Answer {
    let answer = too_many_requests();
    match reset_ms {
        None => answer,
        Some(reset_ms) => Standing {
            quota: 150,
            left: 0,
            reset_ms,
            window_ms: 30_000,
            allowed: false,
        }
        .onto(answer),
    }
}

/// The 503 of a store in maintenance.
pub(crate) fn maintenance() -> Answer {
    html(503)
}
