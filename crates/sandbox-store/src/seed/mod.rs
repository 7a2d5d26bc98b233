//! The records a store begins with, each a function of the seed and its number, so that a store of any size
//! needs no time to build and two stores of one seed are equal.

pub(crate) mod categories;
pub(crate) mod customers;
pub(crate) mod lines;
pub(crate) mod orders;
pub(crate) mod people;
pub(crate) mod products;
pub(crate) mod variants;

/// What all seeded records follow from.
#[derive(Debug)]
pub(crate) struct Seeds {
    pub(crate) seed: u64,
    pub(crate) hash: String,
    pub(crate) products: u64,
    pub(crate) customers: u64,
    pub(crate) orders: u64,
    pub(crate) orphans: u64,
    /// No seeded record is younger.
    pub(crate) until: i64,
}

/// What a number is drawn for: two draws for one record must not be the same.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Draw {
    Price = 1,
    Name,
    Level,
    Sold,
    Person,
    City,
    Group,
    Modified,
    Customer,
    Status,
    Lines,
    Product,
    Quantity,
    Cart,
    Category,
    Weight,
}

impl Seeds {
    /// A number below `bound` that depends on the seed, the purpose and the record alone (SplitMix64).
    pub(crate) fn draw(&self, purpose: Draw, number: u64, bound: u64) -> u64 {
        let mut z = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ (purpose as u64).wrapping_mul(0xD1B5_4A32_D192_ED03)
            ^ number.wrapping_add(1).wrapping_mul(0x8CB9_2BA7_2F3D_8DD7);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

/// An amount in ten-thousandths, as v2 writes it: `"25.0000"` without the quotes.
pub(crate) fn amount(ten_thousandths: i64) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let whole = ten_thousandths.unsigned_abs();
    format!("{sign}{}.{:04}", whole / 10_000, whole % 10_000)
}

/// Cents as v3 writes a price: `25`, `25.5`.
pub(crate) fn price(cents: i64) -> String {
    match (cents / 100, cents % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

/// Reads an amount that came as text or as a number, to ten-thousandths.
pub(crate) fn read_amount(value: &serde_json::Value) -> Option<i64> {
    let number = match value {
        serde_json::Value::String(text) => text.trim().parse::<f64>().ok()?,
        other => other.as_f64()?,
    };
    number.is_finite().then(|| (number * 10_000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_text_with_four_decimals_and_prices_have_no_needless_zero() {
        assert_eq!(amount(250_000), "25.0000", "v2 writes four decimals");
        assert_eq!(amount(-5), "-0.0005", "the sign is kept below one");
        assert_eq!(price(2550), "25.5", "v3 writes numbers");
        assert_eq!(price(2500), "25", "whole prices have no point");
        assert_eq!(
            read_amount(&serde_json::json!("54.17")),
            Some(541_700),
            "text is read as an amount"
        );
    }
}
