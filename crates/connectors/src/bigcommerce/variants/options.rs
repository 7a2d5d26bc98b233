//! Option values of variants: what rows call them, and what the store does.
//!
//! A row says `{ option_display_name: Size, label: XL }`; the store wants ids. The values of a variant that is there cannot
//! be changed: the store answers such a change with 200 and leaves them as they are, so they are compared instead.

use std::collections::BTreeMap;

use connector_kit::{Error, Raw, Result, http::Request};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::bigcommerce::{Store, envelope::Rows, errors::About};

const ABOUT: About = About::reading("options", "Products");

/// Options of products, by product.
#[derive(Default)]
pub(super) struct Options(BTreeMap<u64, Vec<Choice>>);

#[derive(Clone, Deserialize)]
struct Choice {
    id: u64,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    option_values: Vec<Label>,
}

#[derive(Clone, Deserialize)]
struct Label {
    id: u64,
    #[serde(default)]
    label: String,
}

/// An option value as a row or a record has it.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(default)]
    option_display_name: String,
    #[serde(default)]
    label: String,
    id: Option<u64>,
    option_id: Option<u64>,
}

impl Options {
    /// The options of these products. Requests take ten products each: the store caps such pages.
    pub(super) async fn of(store: &Store, products: impl Iterator<Item = u64>) -> Result<Self> {
        let mut products: Vec<u64> = products.collect();
        products.sort_unstable();
        products.dedup();
        let mut options = Self::default();
        for group in products.chunks(10) {
            let ids: Vec<String> = group.iter().map(u64::to_string).collect();
            let request = Request::get("v3/catalog/products")
                .query("id:in", ids.join(","))
                .query("include", "options")
                .query("include_fields", "sku")
                .query("limit", 10);
            #[derive(Deserialize)]
            struct Product {
                id: u64,
                #[serde(default)]
                options: Vec<Choice>,
            }
            for row in Rows::v3(&store.get(request, ABOUT).await?)?.rows {
                let product: Product = serde_json::from_str(row.as_str()).map_err(unfamiliar)?;
                options.0.insert(product.id, product.options);
            }
        }
        Ok(options)
    }

    /// Values with their ids, as a new variant of `product` is made with. Rejected: the product has no such value.
    pub(super) fn ids(&self, product: u64, values: &Json) -> Result<Json> {
        let Some(choices) = self.0.get(&product) else {
            return Err(Error::rejected(format!(
                "Product {product} is not in the store, so it gets no variant."
            ))
            .hint("Create the product first, or correct its id."));
        };
        let values = named(values)?;
        let one = |value: &Named| {
            if let (Some(id), Some(option)) = (value.id, value.option_id) {
                return Ok(json!({ "id": id, "option_id": option }));
            }
            let choice = choices
                .iter()
                .find(|choice| same(&choice.display_name, &value.option_display_name));
            let label = choice.and_then(|choice| {
                choice
                    .option_values
                    .iter()
                    .find(|label| same(&label.label, &value.label))
            });
            match (choice, label) {
                (Some(choice), Some(label)) => Ok(json!({ "id": label.id, "option_id": choice.id })),
                _ => Err(Error::rejected(format!(
                    "Product {product} has no option value `{}: {}`.",
                    value.option_display_name, value.label
                ))
                .hint("Add the value to the product's options in the store, or correct its name.")),
            }
        };
        Ok(Json::Array(values.iter().map(one).collect::<Result<_>>()?))
    }
}

/// Rejected: the variant has other values than the row.
pub(super) fn compare(sku: &str, record: &Raw, values: &Json) -> Result<()> {
    let there: Vec<Named> = record
        .field("option_values")
        .and_then(|values| values.read().ok())
        .unwrap_or_default();
    let is_there = |value: &Named| {
        there.iter().any(|there| match value.id {
            Some(id) => there.id == Some(id),
            None => {
                same(&there.label, &value.label)
                    && (value.option_display_name.is_empty()
                        || same(&there.option_display_name, &value.option_display_name))
            }
        })
    };
    match named(values)?.iter().find(|value| !is_there(value)) {
        None => Ok(()),
        Some(value) => Err(Error::rejected(format!(
            "Variant `{sku}` has other option values than `{}: {}`, and the store never changes those of a variant; nothing was sent.",
            value.option_display_name, value.label
        ))
        .hint("Delete the variant in the store and retry: it is made anew. Or correct the option values.")),
    }
}

fn named(values: &Json) -> Result<Vec<Named>> {
    serde_json::from_value(values.clone()).map_err(|_| {
        Error::rejected("`option_values` is no list of option values")
            .hint("Map a list such as `[{ option_display_name: \"Size\", label: \"XL\" }]`.")
    })
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn unfamiliar(error: serde_json::Error) -> Error {
    Error::unavailable("the store's answer about a product's options has an unfamiliar shape").source(error)
}
