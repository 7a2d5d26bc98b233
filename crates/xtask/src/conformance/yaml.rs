//! YAML as a tree, read leniently: the vendor's files repeat keys and are long.

use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, budget, options};

use crate::tool::Done;

/// Reads a text; `name` is for the sentence when it cannot be read.
pub(super) fn read<T: DeserializeOwned>(name: &str, text: &str) -> Done<T> {
    let options = options! {
        budget: budget! { max_nodes: 5_000_000, max_events: 10_000_000, max_depth: 200 },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| format!("{name} cannot be read: {error}"))
}
