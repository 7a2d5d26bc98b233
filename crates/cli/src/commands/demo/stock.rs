//! The stock file of the demo: some of the sandbox store's SKUs, as an ERP would write them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::File,
    path::Path,
    time::{Duration, SystemTime},
};

use connector_kit::{Error, Result};
use jiff::Timestamp;
use sandbox_store::{Kind, Store};

/// Lines with a quantity.
const LINES: usize = 120;

/// Writes the file, as of a minute before `now`: a file that has just changed would be waited for. Its last line has
/// words where the quantity belongs.
pub(super) fn write(file: &Path, store: &Store, now: Timestamp) -> Result<()> {
    let before = SystemTime::from(now) - Duration::from_mins(1);
    let write = || {
        std::fs::write(file, text(&skus(store)))?;
        File::options().write(true).open(file)?.set_modified(before)
    };
    write().map_err(|error| {
        Error::config(format!(
            "the stock file {} cannot be written: {error}",
            file.display()
        ))
        .hint("Name another folder: `processflow demo --keep DIR`.")
    })
}

fn text(skus: &[String]) -> String {
    let mut text = String::from("SKU,QTY\n");
    for (at, sku) in skus.iter().take(LINES).enumerate() {
        // A few negative ones, as ERPs have them: they become 0.
        let quantity = if at % 40 == 7 { -3 } else { (at as i64 * 7) % 90 };
        writeln!(text, "{sku},{quantity}").expect("text takes everything");
    }
    if let Some(sku) = skus.get(LINES) {
        writeln!(text, "{sku},a dozen").expect("text takes everything");
    }
    text
}

/// SKUs of things whose stock the store counts, one for each count: where a store counts per product, its variants
/// share one number.
fn skus(store: &Store) -> Vec<String> {
    let tracking = |id| {
        let product = store.record(Kind::Product, id)?;
        Some((
            product["id"].as_u64()?,
            product["inventory_tracking"].as_str()?.to_owned(),
        ))
    };
    let products = store.ids(Kind::Product).into_iter().take(2 * LINES);
    let tracking: BTreeMap<u64, String> = products.filter_map(tracking).collect();
    let mut named = BTreeSet::new();
    let sku = |id| {
        let variant = store.record(Kind::Variant, id)?;
        let product = variant["product_id"].as_u64()?;
        let counts = match tracking.get(&product)?.as_str() {
            "variant" => true,
            "product" => named.insert(product),
            _ => false,
        };
        counts.then(|| variant["sku"].as_str().map(str::to_owned))?
    };
    store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(sku)
        .take(LINES + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_wrong_by_design() {
        let skus: Vec<String> = (0..=LINES).map(|number| format!("PF-{number}")).collect();
        let text = text(&skus);
        assert_eq!(
            text.lines().count(),
            LINES + 2,
            "a heading, the lines, and the wrong one"
        );
        assert!(text.ends_with("PF-120,a dozen\n"), "the wrong one is the last");
        assert!(
            text.contains(",-3\n"),
            "a negative stock is part of an ERP's life"
        );
    }
}
