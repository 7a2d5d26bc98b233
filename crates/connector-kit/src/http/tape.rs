//! What was asked and answered while something was done, for those who look into a failure. Nothing is kept unless
//! somebody asks for it around a call ([`taped`]); keeping it costs a copy of the path, bodies are shared.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::{Body, Request, transport::Reply};
use crate::Raw;

/// Requests that one tape holds at most; the first ones stay.
const MOST: usize = 200;

/// One request and its answer. Holds no header; what is sensitive left its path and body out.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `PUT v3/catalog/products/17`
    pub request: String,
    /// The body, where one was sent.
    pub body: Option<Raw>,
    /// The answer's status; `None` when no answer came.
    pub status: Option<u16>,
    /// The answer's body, as far as it came.
    pub answer: Option<Bytes>,
}

tokio::task_local! {
    static TAPE: Arc<Mutex<Vec<Exchange>>>;
}

/// Does something, and tells what was asked and answered meanwhile by this task.
pub async fn taped<F: Future>(doing: F) -> (F::Output, Vec<Exchange>) {
    let tape = Arc::<Mutex<Vec<Exchange>>>::default();
    let done = TAPE.scope(tape.clone(), doing).await;
    let held = std::mem::take(&mut *tape.lock().expect("nothing panics while it holds this lock"));
    (done, held)
}

pub(super) fn note(request: &Request, reply: Option<&Reply>) {
    // Nobody asked: the usual case.
    let Ok(tape) = TAPE.try_with(Arc::clone) else {
        return;
    };
    let mut tape = tape.lock().expect("nothing panics while it holds this lock");
    if tape.len() < MOST {
        tape.push(exchange(request, reply));
    }
}

fn exchange(request: &Request, reply: Option<&Reply>) -> Exchange {
    let body = match &request.body {
        Body::Json(body) if !request.sensitive => Some(body.clone()),
        _ => None,
    };
    Exchange {
        request: request.what(),
        body,
        status: reply.map(|reply| reply.status),
        answer: reply
            .filter(|_| !request.sensitive)
            .map(|reply| reply.body.clone()),
    }
}
