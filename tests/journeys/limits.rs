//! How much the store takes in one request.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};
use serde_json::{Value, json};

use crate::{
    catalogue::{into_store, run, shop},
    empty_store, requests,
};

/// Sizes of the bodies of requests that were taken.
fn batches(world: &World, method: &str, path: &str) -> Vec<usize> {
    let taken = requests(world, method, &[path])
        .into_iter()
        .filter(|seen| (200..300).contains(&seen.status));
    // A single product goes to its own address, as an object.
    let size =
        |body: &str| serde_json::from_str::<Value>(body).map(|body| body.as_array().map_or(1, Vec::len));
    taken
        .map(|seen| size(&seen.body).expect("a body is JSON"))
        .collect()
}

/// A price for the first `count` records of a kind, ready to be run through this action.
fn prices(world: &World, action: &str, kind: Kind, count: usize) {
    let ids = world.store().store().ids(kind).into_iter().take(count);
    let rows: String = ids.map(|id| format!("{id},7.50\n")).collect();
    into_store(world, action, "key: [id]", "id: ID, price: PRICE | decimal");
    world.put("rows.csv", format!("ID,PRICE\n{rows}"));
}

/// T38: ten products, fifty variants, ten customers in a request.
#[test]
fn t38_no_request_is_larger_than_the_store_takes() {
    let world = shop(Config {
        products: 60,
        customers: 0,
        ..empty_store()
    });
    prices(&world, "product.update", Kind::Product, 11);
    assert_eq!(run(&world, 0)["written"], 11, "eleven products");
    assert_eq!(
        batches(&world, "PUT", "/v3/catalog/products"),
        [10, 1],
        "in two requests"
    );

    prices(&world, "variants.update", Kind::Variant, 51);
    assert_eq!(run(&world, 0)["written"], 51, "51 variants");
    assert_eq!(
        batches(&world, "PUT", "/v3/catalog/variants"),
        [50, 1],
        "in two requests"
    );

    let customers: String = (0..11)
        .map(|at| format!("c{at}@example.com,Ada,Byron\n"))
        .collect();
    into_store(
        &world,
        "customer.create",
        "",
        "email: EMAIL, first_name: FIRST, last_name: LAST",
    );
    world.put("rows.csv", format!("EMAIL,FIRST,LAST\n{customers}"));
    assert_eq!(run(&world, 0)["written"], 11, "eleven customers");
    assert_eq!(
        batches(&world, "POST", "/v3/customers"),
        [10, 1],
        "in two requests"
    );
}

/// T38: 413 teaches a smaller size.
#[test]
fn t38_a_batch_that_is_too_large_is_sent_smaller() {
    let world = shop(Config {
        products: 40,
        ..empty_store()
    });
    prices(&world, "variants.update", Kind::Variant, 40);
    let on = Match {
        method: Some("PUT".into()),
        path: Some("/v3/catalog/variants".into()),
        times: Some(1),
        ..Match::default()
    };
    let body = r#"{"status":413,"title":"The maximum items allowed in the array is 20"}"#.to_owned();
    world.store().store().fault(Fault {
        on,
        when: When::Before,
        how: How::Status {
            code: 413,
            body,
            headers: Default::default(),
        },
    });
    let run = run(&world, 0);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(40), &json!(0)),
        "no record is to blame: {run}"
    );
    let sizes = batches(&world, "PUT", "/v3/catalog/variants");
    assert_eq!(sizes, [20, 20], "in halves");
}
