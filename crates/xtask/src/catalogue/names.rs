//! What an operation is called: the vendor's operationId in small letters with `_`, and behind it the version where
//! both versions have one of that name (`get_customers_v2`, `get_customers_v3`).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    conformance::description::{Description, Operation},
    tool::Done,
};

/// The ids, in the order of the operations. Two that stay the same are an error: a person has to name them.
pub(crate) fn ids(description: &Description) -> Done<Vec<String>> {
    let plain: Vec<String> = description
        .operations
        .iter()
        .map(|operation| plain(description, operation))
        .collect::<Done<_>>()?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    plain.iter().for_each(|id| *times.entry(id).or_default() += 1);
    let whole = |(id, operation): (&String, &Operation)| {
        if times[id.as_str()] > 1 {
            format!("{id}_{}", operation.version)
        } else {
            id.clone()
        }
    };
    let ids: Vec<String> = plain.iter().zip(&description.operations).map(whole).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two operations are called {}", pair[0])),
        None => Ok(ids),
    }
}

fn plain(description: &Description, operation: &Operation) -> Done<String> {
    let place = description.file(operation).at(&operation.pointer);
    place
        .as_ref()
        .and_then(|place| place.value.get("operationId"))
        .and_then(Value::as_str)
        .map(snake_case)
        .ok_or_else(|| format!("{} has no operationId", operation.name()))
}

/// `getOrderCoupons` and `get-order-coupons` are `get_order_coupons`.
fn snake_case(id: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    for sign in id.chars() {
        if sign.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            name.push('_');
        }
        name.push(if sign.is_ascii_alphanumeric() {
            sign.to_ascii_lowercase()
        } else {
            '_'
        });
        before = sign;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_small_letters_with_underscores() {
        for (id, name) in [
            ("getOrderCoupons", "get_order_coupons"),
            ("put-absolute-adjustment", "put_absolute_adjustment"),
            ("createCustomerV2", "create_customer_v2"),
        ] {
            assert_eq!(snake_case(id), name);
        }
    }
}
