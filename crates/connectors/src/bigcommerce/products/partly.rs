//! 207: the product was saved, but its stock or its address was not. The row has failed with the part named, and when
//! it comes again, unchanged, only that part is sent. What was got through is kept in the cache; forgotten, the whole
//! row is sent again, which changes nothing.

use connector_kit::{Error, http::Answer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::bigcommerce::{Store, errors::Told};

/// The part of a write that failed.
pub(super) struct Failed {
    told: Told,
    part: Part,
    /// Whatever it names, it happened to all.
    of_all: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Stock,
    Address,
    Other,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Address => "web address",
            Self::Other => "last part",
        }
    }

    fn has(self, field: &str) -> bool {
        match self {
            Self::Stock => field.starts_with("inventory_"),
            Self::Address => field == "custom_url",
            Self::Other => true,
        }
    }
}

impl Failed {
    /// What a 207 says.
    pub(super) fn read(answer: &Answer) -> Self {
        let told = Told::read(answer);
        let said = told.sentence().to_lowercase();
        let part = match () {
            () if said.contains("inventory") || said.contains("stock") => Part::Stock,
            () if said.contains("url") => Part::Address,
            () => Part::Other,
        };
        Self {
            told,
            part,
            of_all: false,
        }
    }

    /// The same, of everybody where it names none of these products.
    pub(super) fn of_any(mut self, mut ids: impl Iterator<Item = u64>) -> Self {
        self.of_all = !ids.any(|id| self.concerns(id));
        self
    }

    /// Whether it happened to this product: its details name products by id, or nobody.
    pub(super) fn concerns(&self, id: u64) -> bool {
        let mut named = self
            .told
            .details
            .iter()
            .filter(|(name, _)| name.parse::<u64>().is_ok())
            .peekable();
        self.of_all || named.peek().is_none() || named.any(|(name, _)| name.parse() == Ok(id))
    }

    pub(super) fn error(&self) -> Error {
        let part = self.part.name();
        Error::rejected(format!(
            "Product saved, but its {part} was not: {}.",
            self.told.sentence()
        ))
        .hint(format!("Retry: only the {part} is sent again."))
    }

    /// Keeps what was got through.
    pub(super) fn remember(&self, store: &Store, id: u64, fields: &Map<String, Json>) {
        let left: Vec<String> = fields
            .keys()
            .filter(|name| self.part.has(name))
            .cloned()
            .collect();
        if left.is_empty() || left.len() == fields.len() {
            return;
        }
        let done = digest(fields, &left);
        let kept = serde_json::to_string(&Kept { left, done }).expect("names and a digest always serialise");
        store.cache("partly", &id.to_string(), &kept);
    }
}

/// What is left of an earlier write, and a digest of what was got through.
#[derive(Serialize, Deserialize)]
struct Kept {
    left: Vec<String>,
    done: String,
}

/// The fields that are still to be sent of a row.
pub(super) fn left(store: &Store, id: u64, fields: &Map<String, Json>) -> Map<String, Json> {
    let kept: Option<Kept> = store
        .cached("partly", &id.to_string())
        .and_then(|kept| serde_json::from_str(&kept).ok());
    match kept {
        Some(Kept { left, done }) if done == digest(fields, &left) => fields
            .iter()
            .filter(|(name, _)| left.contains(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        _ => fields.clone(),
    }
}

/// Whether an earlier write of this row got through but for a part.
pub(super) fn is_unfinished(store: &Store, id: u64, fields: &Map<String, Json>) -> bool {
    left(store, id, fields).len() < fields.len()
}

/// Nothing is left of any earlier write.
pub(super) fn settled(store: &Store, id: u64) {
    if store.cached("partly", &id.to_string()).is_some() {
        store.cache("partly", &id.to_string(), "");
    }
}

fn digest(fields: &Map<String, Json>, without: &[String]) -> String {
    let mut rest: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !without.contains(name))
        .collect();
    rest.sort_by_key(|(name, _)| *name);
    blake3::hash(&serde_json::to_vec(&rest).expect("JSON always serialises"))
        .to_hex()
        .to_string()
}
