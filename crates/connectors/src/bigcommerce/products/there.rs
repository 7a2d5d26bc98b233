//! Products that are in the store already, found by what rows know them by.

use connector_kit::{Raw, Result, http::Request};
use futures::{StreamExt, TryStreamExt, stream};

use super::update::PATH;
use crate::bigcommerce::{Store, envelope::Rows, errors::About, look, skus, writing};

const ABOUT: About = About::reading("products", "Products");

/// Look-ups by name that are under way at a time.
const SINGLES: usize = 4;

/// A product in the store.
#[derive(Clone, Debug)]
pub(super) struct There {
    pub(super) id: u64,
    pub(super) record: Raw,
}

/// The products that have these SKUs or names. An entry per key, in order; a key that cannot be one product's is its
/// error.
pub(super) async fn there(store: &Store, by: &str, keys: &[String]) -> Result<Vec<Result<Option<There>>>> {
    if by == "name" {
        let one = |name: String| async move { by_name(store, &name).await };
        let found = stream::iter(keys.to_vec()).map(one).buffered(SINGLES);
        return Ok(found.try_collect::<Vec<_>>().await?.into_iter().map(Ok).collect());
    }
    let mut found = by_sku(store, keys).await?;
    // What was kept of a SKU may be gone by now.
    let gone: Vec<usize> = (0..keys.len())
        .filter(|&at| matches!(&found[at], Ok(Known::Gone)))
        .collect();
    if !gone.is_empty() {
        let skus: Vec<String> = gone.iter().map(|&at| keys[at].clone()).collect();
        skus.iter().for_each(|sku| skus::forget(store, "product", sku));
        for (at, again) in gone.into_iter().zip(by_sku(store, &skus).await?) {
            found[at] = again;
        }
    }
    let there = |found: Known| match found {
        Known::Here(there) => Some(there),
        Known::Nowhere | Known::Gone => None,
    };
    Ok(found.into_iter().map(|found| found.map(there)).collect())
}

enum Known {
    Here(There),
    Nowhere,
    /// An id was known, and nothing has it.
    Gone,
}

async fn by_sku(store: &Store, skus: &[String]) -> Result<Vec<Result<Known>>> {
    let ids = skus::products_if_any(store, skus).await?;
    let known: Vec<u64> = ids
        .iter()
        .filter_map(|id| id.as_ref().ok().copied().flatten())
        .collect();
    let records = records(store, &known).await?;
    let one = |id: Option<u64>| match id {
        None => Known::Nowhere,
        Some(id) => records
            .iter()
            .find(|there| there.id == id)
            .map_or(Known::Gone, |there| Known::Here(there.clone())),
    };
    Ok(ids.into_iter().map(|id| id.map(one)).collect())
}

/// The product of this name: names are unique, whatever their case.
pub(super) async fn by_name(store: &Store, name: &str) -> Result<Option<There>> {
    let name = name.trim();
    let request = Request::get(PATH).query("name", name).query("limit", 250);
    let rows = Rows::v3(&store.get(request, ABOUT).await?)?.rows;
    let named = |record: &Raw| {
        let [there] = look::pick(record.as_str(), ["name"]);
        look::text(there).is_some_and(|there| there.trim().to_lowercase() == name.to_lowercase())
    };
    Ok(rows.into_iter().find(named).and_then(of))
}

/// The products with these ids, as far as they are there.
pub(super) async fn records(store: &Store, ids: &[u64]) -> Result<Vec<There>> {
    let mut found = Vec::new();
    for group in ids.chunks(250) {
        let ids: Vec<String> = group.iter().map(u64::to_string).collect();
        let request = Request::get(PATH)
            .query("id:in", ids.join(","))
            .query("limit", 250);
        let rows = Rows::v3(&store.get(request, ABOUT).await?)?.rows;
        found.extend(rows.into_iter().filter_map(of));
    }
    Ok(found)
}

fn of(record: Raw) -> Option<There> {
    writing::id_of(&record, "id").map(|id| There { id, record })
}
