//! The list of further requests: what our program does not ask for, and what the store is to refuse.
//!
//! Lists are YAML, one a resource. `keep` gives a value of an answer a name, `{name}` puts it into later requests.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    exchange::{LIST, WRONG},
    yaml,
};
use crate::{
    tool::Done,
    world::{Asked, JSON, Store},
};

const LISTS: &[(&str, &str)] = &[
    ("store.yaml", include_str!("requests/store.yaml")),
    ("orders.yaml", include_str!("requests/orders.yaml")),
    ("products.yaml", include_str!("requests/products.yaml")),
    ("variants.yaml", include_str!("requests/variants.yaml")),
    ("categories.yaml", include_str!("requests/categories.yaml")),
    ("customers.yaml", include_str!("requests/customers.yaml")),
    ("inventory.yaml", include_str!("requests/inventory.yaml")),
    ("carts.yaml", include_str!("requests/carts.yaml")),
    ("kinds.yaml", include_str!("requests/kinds.yaml")),
    ("refused.yaml", include_str!("requests/refused.yaml")),
];

/// One request, and what is to come back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// `GET v3/customers?limit=2`; below `/sandbox/` the store's controls, which are not recorded.
    ask: String,
    body: Option<Value>,
    /// So many of the body in a list, or of its only member's elements.
    many: Option<usize>,
    #[serde(default = "ok")]
    status: u16,
    /// Names for values of the answer, by JSON pointer.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// Another token; an empty one is none at all.
    token: Option<String>,
    /// Right as a request, although the store refuses it.
    #[serde(default)]
    rightly: bool,
}

fn ok() -> u16 {
    200
}

/// Sends all lists; an answer with another status than expected ends it.
pub(super) fn send(store: &Store) -> Done {
    let mut kept = BTreeMap::from([("base".to_owned(), Value::String(store.base()))]);
    for (name, text) in LISTS {
        let requests: Vec<Request> = yaml::read(name, text)?;
        for request in &requests {
            request
                .send(store, &mut kept)
                .map_err(|error| format!("{name}: {error}"))?;
        }
    }
    Ok(())
}

impl Request {
    fn send(&self, store: &Store, kept: &mut BTreeMap<String, Value>) -> Done {
        let (method, place) = self
            .ask
            .split_once(' ')
            .ok_or_else(|| format!("`{}` has no method", self.ask))?;
        let place = filled(place, kept);
        let target = if place.starts_with('/') {
            place
        } else {
            format!("{}/{place}", store.base())
        };
        let body = self.body().map(|body| filled(&body.to_string(), kept));
        let token = self.token.as_deref().unwrap_or(&store.token);
        let wrong = self.status >= 400 && !self.rightly;
        let asked = Asked {
            method,
            target: &target,
            token: Some(token).filter(|token| !token.is_empty()),
            agent: Some(if wrong { WRONG } else { LIST }),
            media: JSON,
            body: body.as_deref(),
        };
        let (status, answer) = store.ask(&asked)?;
        if status != self.status {
            return Err(format!(
                "{method} {target} → {status}, {} was to come: {answer}",
                self.status
            ));
        }
        for (name, pointer) in &self.keep {
            let value = answer
                .pointer(pointer)
                .ok_or_else(|| format!("{method} {target}: no {pointer} in {answer}"))?;
            kept.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    fn body(&self) -> Option<Value> {
        let body = self.body.clone()?;
        let Some(many) = self.many else { return Some(body) };
        let Some(items) = body.get("items").and_then(|items| items.get(0)).cloned() else {
            return Some(Value::Array(vec![body; many]));
        };
        let mut body = body;
        body["items"] = Value::Array(vec![items; many]);
        Some(body)
    }
}

/// `"{name}"` alone becomes the value as JSON, `{name}` inside other text its plain form.
fn filled(text: &str, kept: &BTreeMap<String, Value>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| {
        let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace(&format!("\"{{{name}}}\""), &value.to_string())
            .replace(&format!("{{{name}}}"), &plain)
    })
}
