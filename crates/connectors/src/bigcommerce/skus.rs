//! Which product or variant a SKU belongs to. SKUs are unique over both, whatever their case, so both are asked; what
//! was found is kept in the cache, which may forget it at any time.

use std::collections::{BTreeMap, BTreeSet};

use connector_kit::{Error, Result, http::Request};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Store, envelope::Rows, errors::About};

const PRODUCTS: About = About::reading("products", "Products");

/// Look-ups of one SKU each that are under way at a time.
const SINGLES: usize = 4;

/// Finds products by SKU. The answer has an entry per SKU, in order; a SKU that nothing has is its error.
pub(super) async fn products(store: &Store, skus: &[String]) -> Result<Vec<Result<u64>>> {
    let found = products_if_any(store, skus).await?;
    Ok(there(skus, found, no_product))
}

/// Finds products by SKU, `None` where nothing has it. One that belongs to a variant, or to several, is its error.
pub(super) async fn products_if_any(store: &Store, skus: &[String]) -> Result<Vec<Result<Option<u64>>>> {
    let mut found = cached(store, "product", skus);
    let unknown: BTreeSet<&str> = skus
        .iter()
        .map(String::as_str)
        .filter(|sku| !found.contains_key(&key(sku)))
        .collect();
    for (sku, ids) in asked(store, &unknown).await? {
        found.entry(sku).or_default().extend(ids);
    }
    let absent = unknown.into_iter().filter(|sku| !found.contains_key(&key(sku)));
    let variants = variants_of(store, absent.map(str::to_owned).collect()).await?;
    let answer = |sku: &String| match found.get(&key(sku)).map(Vec::as_slice) {
        Some([id]) => {
            store.cache("product", &key(sku), &id.to_string());
            Ok(Some(*id))
        }
        Some([]) | None => match variants.get(&key(sku)).and_then(|variants| variants.first()) {
            Some(variant) => Err(of_variant(sku, variant)),
            None => Ok(None),
        },
        Some(_) => Err(twice(sku)),
    };
    Ok(skus.iter().map(answer).collect())
}

/// Finds variants by SKU. The answer has an entry per SKU, in order; a SKU that nothing has is its error.
pub(super) async fn variants(store: &Store, skus: &[String]) -> Result<Vec<Result<u64>>> {
    let found = variants_if_any(store, skus).await?;
    Ok(there(skus, found, no_variant))
}

/// Finds variants by SKU, `None` where no variant has it. One that several have is its error.
pub(super) async fn variants_if_any(store: &Store, skus: &[String]) -> Result<Vec<Result<Option<u64>>>> {
    let mut found = cached(store, "variant", skus);
    let unknown = skus
        .iter()
        .filter(|sku| !found.contains_key(&key(sku)))
        .cloned()
        .collect();
    for (sku, variants) in variants_of(store, unknown).await? {
        found.insert(sku, variants.iter().map(|variant| variant.id).collect());
    }
    let answer = |sku: &String| match found.get(&key(sku)).map(Vec::as_slice) {
        Some([id]) => {
            store.cache("variant", &key(sku), &id.to_string());
            Ok(Some(*id))
        }
        Some([]) | None => Ok(None),
        Some(_) => Err(twice(sku)),
    };
    Ok(skus.iter().map(answer).collect())
}

/// The product that a variant belongs to, which never changes; `None` where there is no such variant.
pub(super) async fn product_of(store: &Store, variant: u64) -> Result<Option<u64>> {
    const KIND: &str = "variant_product";
    let key = variant.to_string();
    if let Some(product) = store.cached(KIND, &key).and_then(|known| known.parse().ok()) {
        return Ok(Some(product));
    }
    let request = Request::get("v3/catalog/variants").query("id", variant);
    let found: Vec<Variant> = records(store, request).await?;
    let found = found
        .into_iter()
        .find(|found| found.id == variant && found.product_id > 0);
    if let Some(Variant { product_id, .. }) = &found {
        store.cache(KIND, &key, &product_id.to_string());
    }
    Ok(found.map(|found| found.product_id))
}

/// What is nowhere is an error.
fn there(skus: &[String], found: Vec<Result<Option<u64>>>, nowhere: fn(&str) -> Error) -> Vec<Result<u64>> {
    let one = |(sku, found): (&String, Result<Option<u64>>)| found?.ok_or_else(|| nowhere(sku));
    skus.iter().zip(found).map(one).collect()
}

/// Forgets where these SKUs were found: the store said it is gone.
pub(super) fn forget(store: &Store, kind: &str, sku: &str) {
    store.cache(kind, &key(sku), "");
}

fn key(sku: &str) -> String {
    sku.trim().to_lowercase()
}

fn cached(store: &Store, kind: &str, skus: &[String]) -> BTreeMap<String, Vec<u64>> {
    let known = |sku: &String| Some((key(sku), vec![store.cached(kind, &key(sku))?.parse().ok()?]));
    skus.iter().filter_map(known).collect()
}

async fn asked(store: &Store, skus: &BTreeSet<&str>) -> Result<BTreeMap<String, Vec<u64>>> {
    #[derive(Deserialize)]
    struct Product {
        id: u64,
        #[serde(default)]
        sku: String,
    }
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    // A comma inside a SKU would end it in a list.
    let (alone, listed): (Vec<&str>, Vec<&str>) = skus.iter().partition(|sku| sku.contains(','));
    let lists = listed.chunks(50).map(|group| ("sku:in", group.join(",")));
    for (name, value) in lists.chain(alone.iter().map(|sku| ("sku", (*sku).to_owned()))) {
        let request = Request::get("v3/catalog/products")
            .query(name, value)
            .query("include_fields", "sku")
            .query("limit", 250);
        for Product { id, sku } in records(store, request).await? {
            found.entry(key(&sku)).or_default().push(id);
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Variant {
    id: u64,
    #[serde(default)]
    product_id: u64,
}

/// Variants are found by one SKU at a time. BigCommerce reference, product variants v3: `sku` alone.
async fn variants_of(store: &Store, skus: Vec<String>) -> Result<BTreeMap<String, Vec<Variant>>> {
    let one = |sku: String| async move {
        let request = Request::get("v3/catalog/variants")
            .query("sku", sku.trim())
            .query("limit", 50);
        let found: Vec<Variant> = records(store, request).await?;
        // A variant of product 0 is an orphan that nobody can buy.
        let found = found
            .into_iter()
            .filter(|variant| variant.product_id > 0)
            .collect();
        Ok::<_, Error>((key(&sku), found))
    };
    stream::iter(skus)
        .map(one)
        .buffer_unordered(SINGLES)
        .try_collect()
        .await
}

async fn records<T: DeserializeOwned>(store: &Store, request: Request) -> Result<Vec<T>> {
    let rows = Rows::v3(&store.get(request, PRODUCTS).await?)?.rows;
    rows.iter()
        .map(|row| serde_json::from_str(row.as_str()).map_err(unfamiliar))
        .collect()
}

fn unfamiliar(error: serde_json::Error) -> Error {
    Error::unavailable("the store's answer to a look-up by SKU has an unfamiliar shape").source(error)
}

fn no_product(sku: &str) -> Error {
    Error::rejected(format!("There is no product with SKU `{sku}` in the store."))
        .hint("Check the SKU, or create the product in the store.")
}

fn no_variant(sku: &str) -> Error {
    Error::rejected(format!("There is no variant with SKU `{sku}` in the store."))
        .hint("Check the SKU, or create the variant in the store.")
}

fn of_variant(sku: &str, Variant { product_id, .. }: &Variant) -> Error {
    Error::rejected(format!(
        "SKU `{sku}` belongs to a variant of product {product_id}, not to a product."
    ))
    .hint("Use `variants.update` for it.")
}

fn twice(sku: &str) -> Error {
    Error::rejected(format!(
        "SKU `{sku}` is in the store more than once, so nothing was written."
    ))
    .hint("Give one of them another SKU in the store.")
}
