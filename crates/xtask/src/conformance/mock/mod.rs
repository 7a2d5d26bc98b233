//! The same requests through an independent mock: Prism reads the vendor's files in its own way, and has to take each
//! request that is not wrong on purpose.
//!
//! What it answers is made up, the same for every store, so only its refusals are looked at.

mod document;
mod prism;
mod refusal;

use serde_json::Value;

use super::{
    description::Description,
    exchange::{Asker, Exchange},
    judge::Judge,
};
use crate::{
    tool::{Done, say},
    world::{Answer, Asked, JSON},
};
use prism::Prism;

/// Sends requests to Prism; what it says against them goes to the judge.
pub(super) fn hear(judge: &mut Judge<'_>, description: &Description, exchanges: &[&Exchange]) -> Done {
    let prism = Prism::start(&document::merged(description))?;
    say("── requests to Prism");
    let right = exchanges
        .iter()
        .filter(|exchange| exchange.asker() != Asker::WrongOnPurpose);
    for exchange in right {
        let answer = asked(exchange, &prism.address)?;
        judge.hear_mock(exchange, refusal::causes(&answer));
    }
    Ok(())
}

/// Asks as the exchange did, but for the token, which recordings do not have.
fn asked(exchange: &Exchange, address: &str) -> Done<Answer> {
    let target = match exchange.query.as_str() {
        "" => exchange.path.clone(),
        query => format!("{}?{query}", exchange.path),
    };
    let body = match &exchange.request_body {
        Value::Null => None,
        // A form stands in the recording as its text.
        Value::String(text) => Some(text.clone()),
        json => Some(json.to_string()),
    };
    let asked = Asked {
        method: &exchange.method,
        target: &target,
        token: Some("any"),
        agent: exchange.sent_header("user-agent"),
        media: exchange.sent_header("content-type").unwrap_or(JSON),
        body: body.as_deref(),
    };
    asked.of(address)
}
