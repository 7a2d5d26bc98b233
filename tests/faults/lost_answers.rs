//! Creates whose answer is lost, 200 requests one after the other: exactly one customer each.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};
use serde_json::json;

use crate::CUSTOMERS_TO_STORE;

/// Requests whose answer is lost; a create carries ten customers.
const LOST: usize = 200;
const CUSTOMERS: usize = LOST * 10;

/// Every answer to a create is destroyed once, some before the store did the work and most after it, by each way a
/// connection can end.
#[test]
fn a_create_whose_answer_is_lost_makes_one_customer() {
    let mut world = World::with_store(Config {
        customers: 0,
        orders: 0,
        products: 0,
        ..Config::default()
    });
    let files = world.add_files();
    let mut csv = String::from("EMAIL,FIRST,LAST\n");
    for at in 0..CUSTOMERS {
        csv.push_str(&format!("c{at}@example.com,Carla,Number {at}\n"));
    }
    std::fs::write(files.join("customers.csv"), csv).expect("a file");
    world.deploy_text(CUSTOMERS_TO_STORE, &["store=shop", "crm=files"]);
    let ways = [
        How::Close,
        How::Reset,
        How::HalfBody,
        How::HalfHead,
        How::Status {
            code: 502,
            body: String::new(),
            headers: Default::default(),
        },
    ];
    for (turn, how) in ways.into_iter().cycle().take(LOST).enumerate() {
        let when = if turn % 5 == 4 { When::Before } else { When::After };
        let on = Match {
            method: Some("POST".into()),
            path: Some("/v3/customers".into()),
            ..Match::default()
        };
        world.store().store().fault(Fault { on, when, how });
    }
    let run = world.run("customers-to-store");
    assert_eq!(
        run["status"], "Successful",
        "every answer that was lost was looked up: {run}"
    );
    assert_eq!(run["written"], json!(CUSTOMERS), "every customer is there");
    let store = world.store().store();
    let lost = store
        .requests()
        .into_iter()
        .filter(|seen| seen.method == "POST" && seen.fault.is_some())
        .count();
    assert_eq!(lost, LOST, "so many answers were lost");
    let emails: std::collections::BTreeSet<String> = store
        .ids(Kind::Customer)
        .into_iter()
        .filter_map(|id| {
            store.record(Kind::Customer, id)?["email"]
                .as_str()
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(emails.len(), CUSTOMERS, "none is missing");
    assert_eq!(
        store.ids(Kind::Customer).len(),
        CUSTOMERS,
        "and none is there twice"
    );
    world.start_store(Config::default());
}
