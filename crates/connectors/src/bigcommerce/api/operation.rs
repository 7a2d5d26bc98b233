//! The embedded data: one [`Operation`] a line of `operations.json`.

use std::sync::LazyLock;

use connector_kit::{Error, Result, http::Method};
use serde::Deserialize;

use super::parameter::Parameter;
use crate::bigcommerce::errors::About;

/// All operations, in the order of their names. Read when the first of them is asked for.
pub(super) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let data: Data = serde_json::from_str(include_str!("operations.json"))
        .expect("the generator writes what this reads, and a test reads it");
    data.operations.into_iter().map(Operation::named).collect()
});

#[derive(Deserialize)]
struct Data {
    operations: Vec<Operation>,
}

/// Facts of an operation. What each means is said where they are made (`xtask/catalogue`).
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    method: Verb,
    /// `/v2/orders/{order_id}`
    pub(super) path: String,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) paging: Option<Paging>,
    pub(super) envelope: Envelope,
    #[serde(default)]
    pub(super) no_id: bool,
    answers: Option<String>,
    header: Option<String>,
    /// Of a deletion of many: the parameters that name what goes.
    pub(super) only: Option<Vec<String>>,
    pub(super) at_once: Option<usize>,
    scope: Option<String>,
    pub(super) repeat: Repeat,
    #[serde(default)]
    deprecated: bool,
    deprecated_by: Option<String>,
    /// `api.get_orders`
    #[serde(skip)]
    pub(super) name: String,
    #[serde(skip)]
    pub(super) about: String,
    /// `Orders: read-only`
    #[serde(skip)]
    pub(super) permission: Option<String>,
    /// `orders`, for sentences.
    #[serde(skip)]
    noun: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// How a list goes on behind a page.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Paging {
    /// Behind a record that the page before names.
    Cursor,
    /// By numbers, with the last one told.
    Pages,
    /// By numbers, up to a page that is short or empty.
    V2,
}

/// Where an answer's records are.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Envelope {
    /// In `data`, where there is one.
    Data,
    /// They are the answer.
    Bare,
}

/// What sending it twice does more than sending it once.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Repeat {
    /// Nothing, and neither does sending it once.
    Safe,
    /// Nothing.
    Idempotent,
    /// The same thing once more.
    Once,
}

/// What is sent.
#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) kind: BodyKind,
    #[serde(default)]
    pub(super) required: Vec<String>,
}

/// What the mapped fields become.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyKind {
    /// One object.
    Object,
    /// A list with one object.
    List,
    /// A list of plain values.
    Values,
    /// A file, which no step has.
    File,
}

impl Operation {
    fn named(mut self) -> Self {
        self.name = format!("api.{}", self.id);
        let level = if self.reads() { "read-only" } else { "modify" };
        self.permission = self.scope.as_ref().map(|scope| format!("{scope}: {level}"));
        let mut plain = self.path.rsplit('/').filter(|part| !part.starts_with('{'));
        self.noun = plain.next().unwrap_or_default().replace(['_', '-'], " ");
        self.about = self.sentence();
        self
    }

    /// The operation of that id, for code of ours that names one.
    pub(super) fn of(id: &str) -> &'static Self {
        let found = OPERATIONS.binary_search_by(|operation| operation.id.as_str().cmp(id));
        &OPERATIONS
            [found.expect("the contract suite runs every named action, so each names one that is there")]
    }

    fn sentence(&self) -> String {
        let mut sentence = match (self.reads(), self.paging) {
            (true, Some(_)) => format!("Reads `{}`, page by page.", self.call()),
            (true, None) => format!("Reads `{}`.", self.call()),
            (false, _) => format!("Sends `{}`, one row a request.", self.call()),
        };
        match &self.deprecated_by {
            Some(other) => {
                sentence.push_str(&format!(" BigCommerce calls it deprecated: use `api.{other}`."));
            }
            None if self.deprecated => sentence.push_str(" BigCommerce calls it deprecated."),
            None => {}
        }
        if self.check().is_err() {
            sentence.push_str(" It cannot be a step of a processflow.");
        }
        sentence
    }

    pub(super) fn reads(&self) -> bool {
        self.method == Verb::Get
    }

    pub(super) fn deletes(&self) -> bool {
        self.method == Verb::Delete
    }

    pub(super) fn method(&self) -> Method {
        match self.method {
            Verb::Get => Method::Get,
            Verb::Post => Method::Post,
            Verb::Put => Method::Put,
            Verb::Patch => Method::Patch,
            Verb::Delete => Method::Delete,
        }
    }

    /// `GET /v2/orders`
    pub(super) fn call(&self) -> String {
        format!("{} {}", self.method(), self.path)
    }

    pub(super) fn about(&'static self) -> About {
        let scope = self.scope.as_deref().unwrap_or("this");
        if self.reads() {
            About::reading(&self.noun, scope)
        } else {
            About::writing(&self.noun, scope)
        }
    }

    pub(super) fn noun(&self) -> &str {
        &self.noun
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The operation that reads what this one changes.
    pub(super) fn reading(&self) -> Option<&'static Operation> {
        OPERATIONS
            .iter()
            .find(|other| other.reads() && other.path == self.path)
    }

    /// Refuses what no step can be, with the reason.
    pub(super) fn check(&self) -> Result<()> {
        let name = &self.name;
        if let Some(media) = &self.answers {
            return Err(
                Error::config(format!("`{name}` answers with {media}, not with records"))
                    .hint("It cannot be read by a processflow."),
            );
        }
        if let Some(header) = &self.header {
            return Err(Error::config(format!(
                "`{name}` needs the header {header}, which is a secret of its own"
            ))
            .hint("It cannot be a step of a processflow."));
        }
        if self.body.as_ref().is_some_and(|body| body.kind == BodyKind::File) {
            return Err(
                Error::config(format!("`{name}` uploads a file, and a step sends fields"))
                    .hint("Where the store takes an image by its address, map `image_url` in the operation that creates or updates the record."),
            );
        }
        if self.only.as_ref().is_some_and(Vec::is_empty) && self.body.is_none() {
            return Err(Error::config(format!(
                "`{name}` deletes all {} at once, and nothing says which: it is never sent",
                self.noun
            ))
            .hint("Use the operation that deletes one by its id: `processflow actions --search DELETE` lists them."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_whole() {
        assert_eq!(OPERATIONS.len(), 655, "every REST Management operation");
        for operation in OPERATIONS.iter() {
            let named = operation
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            for name in named {
                assert!(
                    operation
                        .parameter(name)
                        .is_some_and(|known| known.path && known.required),
                    "{}: {name} can be filled in",
                    operation.id
                );
            }
            let names: std::collections::BTreeSet<&str> = operation
                .parameters
                .iter()
                .map(|known| known.name.as_str())
                .collect();
            assert_eq!(
                names.len(),
                operation.parameters.len(),
                "{}: each name once",
                operation.id
            );
        }
        let sorted = OPERATIONS.windows(2).all(|pair| pair[0].id < pair[1].id);
        assert!(sorted, "each name once, in their order");
    }

    #[test]
    fn whole_collections_are_never_deleted_without_ids() {
        let of = |id: &str| OPERATIONS.iter().find(|operation| operation.id == id).unwrap();
        for id in [
            "delete_orders",
            "delete_banners",
            "delete_customers_v2",
            "delete_order_shipments",
        ] {
            assert!(of(id).check().is_err(), "{id}");
        }
        for operation in OPERATIONS.iter().filter(|operation| operation.deletes()) {
            let by_id = operation.path.ends_with('}');
            let single = operation.reading().is_none_or(|read| read.paging.is_none());
            assert!(
                by_id || operation.only.is_some() || single,
                "{}: a list is deleted by ids alone",
                operation.id
            );
        }
    }
}
