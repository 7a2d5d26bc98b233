//! Filters of a read step and their placeholders: what is asked of the store, and what comes of it.

use kit::{Order, World};
use sandbox_store::{Fault, How, Kind, Match, Patch, When};
use serde_json::{Value, json};

use crate::{empty_store, requests};

const NAME: &str = "filtered";

/// A processflow that reads like this and writes ids.
fn reading(read: &str) -> String {
    format!(
        "processflow: {NAME}\nconnections: {{ store: bigcommerce, erp: sql }}\nsteps:\n  - read: {read}\n  - write:\n      \
         action: erp/table.insert\n      with: {{ table: SEEN, create: {{ ID: integer }} }}\n      map: {{ ID: id }}\n"
    )
}

fn deployed(read: &str) -> World {
    let world = World::with_store(empty_store());
    world.add_erp();
    world.deploy_text(&reading(read), &["store=shop", "erp=erp"]);
    world
}

/// An order that was created and changed so many seconds before the store's present time.
fn order(world: &World, id: u64, seconds_ago: i64) {
    let store = world.store().store();
    let at = jiff::Timestamp::from_second(store.now() - seconds_ago).expect("a date");
    Order::new(id)
        .set(
            "date_created",
            jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).expect("a date"),
        )
        .modified(at.to_string())
        .put(world);
}

fn seen(world: &World) -> Vec<String> {
    world
        .table("SEEN")
        .column("ID")
        .into_iter()
        .map(std::string::ToString::to_string)
        .collect()
}

/// The values of a parameter in the requests for a list, decoded, the oldest first.
fn asked(world: &World, parameter: &str) -> Vec<String> {
    let mut values: Vec<String> = requests(world, "GET", &[&format!("{parameter}=")])
        .iter()
        .filter(|seen| !seen.path.contains("/count"))
        .filter_map(|seen| seen.path.split(&format!("{parameter}=")).nth(1))
        .map(|rest| rest.split('&').next().unwrap_or_default().to_owned())
        .collect();
    values.dedup();
    values
}

fn problem(run: &Value) -> &str {
    run["problem"]["message"].as_str().unwrap_or_default()
}

/// T02, T53: how far the last run came is the store's time, and an order comes once.
fn goes_on(read: &str, parameter: &str) {
    let world = deployed(read);
    let store = world.store().store();
    store.advance(-2 * 3_600); // this machine's clock is two hours ahead of the store's
    order(&world, 1, 3_600);
    order(&world, 2, 60);
    let first = world.run(NAME);
    assert_eq!(
        (&first["status"], &first["read"]),
        (&json!("Successful"), &json!(2)),
        "{first}"
    );
    assert_eq!(
        asked(&world, parameter).first().map(String::as_str),
        Some("1970-01-01T00:00:00Z"),
        "the first run reads everything"
    );
    store.clear_log();
    let began = store.now();
    let again = world.run(NAME);
    assert_eq!(
        again["read"], 0,
        "what was read within the overlap is left out: {again}"
    );
    let told = asked(&world, parameter);
    let from: jiff::Timestamp = told[0].parse().expect("a full date");
    let before = began - from.as_second();
    assert!(
        (300..330).contains(&before),
        "five minutes before the first run's beginning: {told:?}"
    );
    store.advance(1_800);
    order(&world, 3, 1_795); // created while the second run went on, seen only now
    order(&world, 4, 10);
    let third = world.run(NAME);
    assert_eq!(third["read"], 2, "both, and no other: {third}");
    assert_eq!(world.run(NAME)["read"], 0, "and each of them once");
    let mut ids = seen(&world);
    ids.sort();
    assert_eq!(
        ids,
        ["1", "2", "3", "4"],
        "inserted without a key: a doubled order would be there twice"
    );
}

#[test]
fn created_date_goes_on_where_the_last_run_came_to() {
    goes_on(
        "{ action: store/orders.list, with: { filter: { min_date_created: \"~{CreatedDate}~\" } } }",
        "min_date_created",
    );
}

#[test]
fn created_date_goes_on_in_any_list_of_the_whole_api() {
    goes_on(
        "{ action: store/api.get_orders, with: { min_date_created: \"~{CreatedDate}~\", max_date_created: \"~{MaxDateLimit}~\" } }",
        "min_date_created",
    );
}

/// Refunds call the day they were made `created`, and the store wants an instant of it.
#[test]
fn refunds_go_on_by_the_date_that_they_call_created() {
    let world = deployed(
        "{ action: store/refunds.list, with: { filter: { \"created:min\": \"~{CreatedDate}~\" } } }",
    );
    refund(&world, 1, 3_600);
    refund(&world, 2, 60);
    assert_eq!(world.run(NAME)["read"], 2, "the first run reads everything");
    assert_eq!(world.run(NAME)["read"], 0, "none of them comes again");
    world.store().store().advance(1_800);
    refund(&world, 3, 10);
    assert_eq!(world.run(NAME)["read"], 1, "the new one, once");
    let told = asked(&world, "created:min");
    assert_eq!(told.first().map(String::as_str), Some("1970-01-01T00:00:00Z"));
    assert!(
        told.iter().all(|value| value.ends_with('Z')),
        "instants: {told:?}"
    );

    world.store().store().clear_log();
    world
        .processflow(&["run", NAME, "--filter", "created:min=2026-01-15"])
        .ok();
    assert_eq!(
        asked(&world, "created:min"),
        ["2026-01-15T00:00:00Z"],
        "a day alone is its first instant"
    );
}

/// A refund that was made so many seconds before the store's present time.
fn refund(world: &World, id: u64, seconds_ago: i64) {
    let store = world.store().store();
    let at = jiff::Timestamp::from_second(store.now() - seconds_ago).expect("a date");
    store.add(
        "refund",
        json!({ "id": id, "order_id": 7, "created": at.to_string(), "total_amount": 5 }),
    );
}

/// An edit moves the date that this filter is about: the order comes again.
#[test]
fn a_filter_by_change_date_sees_edits() {
    let world = deployed(
        "{ action: store/orders.list, with: { filter: { min_date_modified: \"~{ReadDateTime('yyyy-MM-ddTHH:mm:sszzz', '-1')}~\" } } }",
    );
    order(&world, 1, 60);
    world.processflow(&["run", NAME]).ok();
    assert_eq!(
        world.run(NAME)["read"],
        0,
        "the offset reaches back, and nothing comes twice by it"
    );
    order(&world, 1, 0);
    assert_eq!(world.run(NAME)["read"], 1, "another version of it");
    // T11
    for value in asked(&world, "min_date_modified") {
        assert!(value.ends_with("%2B00:00"), "the offset is encoded: {value}");
    }
}

/// T12: a format without a time means midnight, not the time of day that the store would add.
#[test]
fn t12_a_format_without_a_time_is_sent_with_one() {
    let world = deployed(
        "{ action: store/products.list, with: { filter: { \"date_modified:min\": \"~{CreatedDate('yyyy-MM-dd')}~\" } } }",
    );
    world.processflow(&["run", NAME]).ok();
    world.processflow(&["run", NAME]).ok();
    let told = asked(&world, "date_modified:min");
    assert!(told.len() == 2, "before the first run, and behind it: {told:?}");
    assert!(told.iter().all(|value| value.ends_with("T00:00:00Z")), "{told:?}");
}

/// T53: a filter by creation date never sees edits, which is said; a change feed does.
#[test]
fn t53_an_address_that_is_changed_on_friday_arrives_on_friday() {
    let world = World::with_store(empty_store());
    world.add_erp();
    let customer = |at: &str, city: &str| {
        let set =
            json!({ "email": "ada@example.com", "first_name": "Ada", "last_name": "L", "company": city });
        let patch = Patch::set(Kind::Customer, 7, set).modified(at);
        world
            .store()
            .store()
            .patch(&patch)
            .expect("the control panel takes it");
    };
    customer("2026-11-16T09:00:00Z", "London");
    let changed = reading("{ action: store/customers.changed }")
        .replace("map: { ID: id }", "map: { ID: id, CITY: company }");
    let changed = changed.replace("create: { ID: integer }", "create: { ID: integer, CITY: text }");
    world.deploy_text(&changed, &["store=shop", "erp=erp"]);
    world.processflow(&["run", NAME]).ok();
    customer("2026-11-20T09:00:00Z", "Turin");
    assert_eq!(world.run(NAME)["read"], 1, "the edit arrives");
    assert_eq!(world.table("SEEN").column("CITY"), ["London", "Turin"]);
    let created = reading(
        "{ action: store/customers.list, with: { filter: { \"date_created:min\": \"~{CreatedDate}~\" } } }",
    );
    let file = world.write("created.yaml", created);
    let checked = world.processflow(&["check", &file.display().to_string()]);
    let told = checked.said();
    assert!(
        told.contains("lets only new records through"),
        "a filter by creation date is warned of: {told}"
    );
}

/// T53: categories have no change date; they are compared by what they hold.
#[test]
fn t53_what_has_no_change_date_is_compared_by_content() {
    let world = World::with_store(empty_store());
    world.add_erp();
    let names = |id: u64, name: &str| {
        let patch = Patch::set(Kind::Category, id, json!({ "name": name }));
        world
            .store()
            .store()
            .patch(&patch)
            .expect("the control panel takes it");
    };
    names(1, "Cups");
    names(2, "Pots");
    let flow = reading("{ action: store/categories.list }")
        .replace("erp/table.insert", "erp/table.upsert")
        .replace(
            "{ table: SEEN, create: { ID: integer } }",
            "{ table: SEEN, key: [ID], create: { ID: integer, NAME: text } }\n      changes_only: true",
        )
        .replace("map: { ID: id }", "map: { ID: category_id, NAME: name }");
    world.deploy_text(&flow, &["store=shop", "erp=erp"]);
    let first = world.run(NAME);
    let all = first["written"].as_u64().expect("a number");
    assert!(all >= 2, "{first}");
    names(2, "Kettles");
    let run = world.run(NAME);
    assert_eq!(
        (&run["written"], &run["unchanged"]),
        (&json!(1), &json!(all - 1)),
        "{run}"
    );
}

/// T10, in every list that is asked for by a date.
#[test]
fn t10_a_filter_that_the_store_passes_over_stops_the_run() {
    for (read, parameter) in [
        (
            "{ action: store/orders.list, with: { filter: { min_date_created: \"2026-11-10\" } } }",
            "min_date_created",
        ),
        (
            "{ action: store/api.get_orders, with: { min_date_created: \"2026-11-10\" } }",
            "min_date_created",
        ),
        (
            "{ action: store/orders.list, with: { filter: { max_date_created: \"2020-01-01\" } } }",
            "max_date_created",
        ),
        (
            "{ action: store/orders.changed, with: { filter: { min_date_created: \"2026-11-10\" } } }",
            "min_date_created",
        ),
    ] {
        let world = deployed(read);
        Order::new(1).put(&world); // created on 2 November
        world
            .store()
            .store()
            .configure(|settings| settings.ignore_filters = vec![parameter.into()]);
        let run = world.processflow(&["--json", "run", NAME]).code(3).json();
        assert!(
            problem(&run).contains("the date filter was not applied"),
            "{read}: {run}"
        );
        assert_eq!(run["read"], 0, "{read}: nothing of it was taken over");
        world
            .store()
            .store()
            .configure(|settings| settings.ignore_filters.clear());
        let run = world.run(NAME);
        assert_eq!(
            (&run["status"], &run["read"]),
            (&json!("Successful"), &json!(0)),
            "{read}: {run}"
        );
    }
}

#[test]
fn a_wrong_placeholder_is_told_with_its_place_and_the_nearest_name() {
    let world = World::with_store(empty_store());
    for (value, place, told) in [
        ("~{CreateDate}~", "5:79", "Did you mean `CreatedDate`?"),
        ("~{CreatedDate('YYYY-MM-dd')}~", "5:92", "Did you mean `yyyy`?"),
        ("~{CreatedDate('', 'soon')}~", "5:95", "is no offset"),
        ("{$}", "5:76", "under `retry`"),
    ] {
        let read = format!(
            "{{ action: store/orders.list, with: {{ filter: {{ min_date_created: \"{value}\" }} }} }}"
        );
        let text = reading(&read).replacen("steps:", "steps:\n  # the filter", 1);
        let file = world.write("wrong.yaml", text);
        let checked = world.processflow(&["check", &file.display().to_string()]).code(3);
        let said = checked.said();
        assert!(said.contains(told), "{value}: {said}");
        assert!(said.contains(place), "{value} stands at {place}: {said}");
        world
            .processflow(&["deploy", &file.display().to_string()])
            .code(3)
            .says(told);
    }
}

/// The store passes over what it does not know, and everything would come.
#[test]
fn a_filter_that_the_list_has_not_is_a_mistake_before_anything_runs() {
    let world = World::with_store(empty_store());
    let cases = [
        ("brands.list", "nam: Kettle", "Did you mean `name`?"),
        (
            "brands.list",
            "min_date_created: 2026-01-01",
            "not a filter of this list",
        ),
        (
            "coupons.list",
            "min_id: first",
            "`min_id` is `first`, not a whole number",
        ),
        ("subscribers.list", "emial: a@b.de", "Did you mean `email`?"),
        (
            "price_lists.list",
            "'id:in': [1, two]",
            "`id:in` is `two`, not a whole number",
        ),
        ("categories.list", "'id:in': 7", "not a filter of this list"),
        (
            "refunds.list",
            "'created:min': soon",
            "is `soon`, which is no date",
        ),
        ("webhooks.list", "is_active: maybe", "neither true nor false"),
        ("variants.list", "sku: [A, B]", "takes one value, not a list"),
        ("locations.list", "page: 2", "is set by the reading itself"),
        ("inventory.list", "'sku:inn': A", "Did you mean `sku:in`?"),
        (
            "variant_metafields.list",
            "namespase: erp",
            "Did you mean `namespace`?",
        ),
        (
            "customer_addresses.list",
            "'customer_id:in': all",
            "not a whole number",
        ),
        ("customers.list", "min_id: 7", "which v2 had"),
    ];
    for (action, filter, told) in cases {
        let place = format!("4:{}", 47 + action.len());
        let read = format!("{{ action: store/{action}, with: {{ filter: {{ {filter} }} }} }}");
        let file = world.write("wrong.yaml", reading(&read));
        let checked = world.processflow(&["check", &file.display().to_string()]).code(3);
        let said = checked.said();
        assert!(said.contains(told), "{action} {filter}: {said}");
        assert!(
            said.contains(&place),
            "{action} {filter} stands at {place}: {said}"
        );
        world
            .processflow(&["deploy", &file.display().to_string()])
            .code(3)
            .says(told);
    }
    let prices =
        "{ action: store/price_list_records.list, with: { price_list_id: 1, filter: { price_list_id: 2 } } }";
    let file = world.write("wrong.yaml", reading(prices));
    world
        .processflow(&["check", &file.display().to_string()])
        .code(3)
        .says("not a filter of this list");
}

/// A list, a date alone and what a run adds are all spelt as the store reads them.
#[test]
fn filters_of_any_list_are_sent_as_the_store_reads_them() {
    let world = deployed(
        "{ action: store/price_lists.list, with: { filter: { 'id:in': [1, 2], 'date_modified:min': 2026-01-15, name: Trade } } }",
    );
    world.processflow(&["run", NAME, "--filter", "name=Retail"]).ok();
    assert_eq!(asked(&world, "id:in"), ["1,2"]);
    assert_eq!(asked(&world, "date_modified:min"), ["2026-01-15T00:00:00Z"]);
    assert_eq!(
        asked(&world, "name"),
        ["Retail"],
        "the run's goes over the file's"
    );
}

#[test]
fn a_filter_of_one_run_goes_over_the_files_and_is_never_empty() {
    let world = deployed(
        "{ action: store/orders.list, with: { filter: { status_id: 11, min_date_created: \"~{CreatedDate}~\" } } }",
    );
    Order::new(1).put(&world);
    Order::new(2).set("status_id", 2).put(&world);
    world.processflow(&["run", NAME]).ok();
    let position = || world.processflow(&["--json", "watermark", NAME]).ok().json()["watermark"].clone();
    let watermark = position();
    let run = |filter: &str| {
        world.processflow(&[
            "--json",
            "run",
            NAME,
            "--filter",
            filter,
            "--filter",
            "min_date_created=~{CreatedDate(-60)}~",
        ])
    };
    assert_eq!(
        run("status_id=2").ok().json()["read"],
        1,
        "the run's filter counts, placeholders in it too"
    );
    assert_eq!(seen(&world), ["1", "2"]);
    assert_eq!(position(), watermark, "the position stays");
    run("status_id=")
        .code(3)
        .says("the filter `status_id` of this run is empty");
    let mistyped = run("statsu_id=2").code(3).json();
    assert!(
        problem(&mistyped).contains("`statsu_id` is not a filter"),
        "{mistyped}"
    );
    assert_eq!(mistyped["problem"]["hint"], "Did you mean `status_id`?");
    let empty = json!({ "processflow": NAME, "filter": {} }).to_string();
    world.processflow(&["call", "start_run", &empty]).code(3);
    assert_eq!(seen(&world), ["1", "2"], "nothing was read by any of them");
}

/// `retry`: what is asked when chosen records are read again; `{$}` is their ids.
#[test]
fn chosen_records_are_asked_for_as_the_file_says() {
    for (retry, expected) in [
        ("\"id:in\": [\"{$}\"]", vec!["2,5"]),
        ("\"id:in\": \"{$}\"", vec!["2", "5"]),
    ] {
        let read = format!(
            "{{ action: store/api.get_customers_v3, with: {{ \"date_created:min\": \"~{{CreatedDate}}~\" }}, retry: {{ \"date_created:min\": null, {retry} }} }}"
        );
        let world = deployed(&read);
        for id in 1..=6 {
            let set = json!({ "email": format!("c{id}@example.com"), "first_name": "A", "last_name": "B" });
            world
                .store()
                .store()
                .patch(&Patch::set(Kind::Customer, id, set))
                .expect("the control panel takes it");
        }
        let run = world
            .processflow(&["--json", "run", NAME, "--ids", "2,5"])
            .ok()
            .json();
        assert_eq!(run["read"], 2, "{retry}: {run}");
        assert_eq!(asked(&world, "id:in"), expected, "{retry}");
        assert_eq!(seen(&world), ["2", "5"]);
    }
}

/// A run that is killed goes on with the dates it began with; a position moved by hand is where the filter begins.
#[test]
fn a_position_moved_by_hand_is_where_the_filter_begins() {
    let world = deployed("{ action: store/api.get_orders, with: { min_date_created: \"~{CreatedDate}~\" } }");
    order(&world, 1, 7_200);
    order(&world, 2, 600);
    world.processflow(&["run", NAME]).ok();
    let to = jiff::Timestamp::from_second(world.store().store().now() - 3_600).expect("a date");
    world
        .processflow(&["watermark", NAME, "--move", &to.to_string()])
        .ok();
    world.store().store().clear_log();
    assert_eq!(world.run(NAME)["read"], 1, "the younger one again");
    let told = asked(&world, "min_date_created");
    assert_eq!(told[0], to.to_string(), "exactly from there");
    assert_eq!(world.run(NAME)["read"], 0, "and on from where that run came to");
}

/// `${Name}` in a filter is the kept variable of that name. A reading that was stopped goes on with the value it began with: its
/// pages are those of one list.
#[test]
fn a_filter_may_hold_a_kept_variable() {
    let world = World::with_store(empty_store());
    world.add_erp();
    let read = "{ action: store/orders.list, with: { filter: { status_id: \"${Status}\" } } }";
    let text = format!("variables: {{ Status: {{ start: 11 }} }}\n{}", reading(read));
    world.deploy_text(&text, &["store=shop", "erp=erp"]);
    for id in 1..=900 {
        Order::new(id)
            .set("status_id", if id <= 800 { 11 } else { 2 })
            .put(&world);
    }
    let store = world.store().store();
    store.fault(Fault {
        on: Match {
            method: Some("GET".into()),
            path: Some("/v2/orders?*status_id=*".into()),
            skip: 2,
            ..Match::default()
        },
        when: When::Before,
        how: How::Status {
            code: 403,
            body: String::new(),
            headers: [].into(),
        },
    });
    let stopped = world.processflow(&["--json", "run", NAME]).code(3).json();
    let before = stopped["written"].as_u64().expect("a number");
    assert!((1..800).contains(&before), "in its middle: {stopped}");
    world.processflow(&["variables", NAME, "--set", "Status=2"]).ok();
    let rest = world.run(NAME);
    assert_eq!(rest["written"], 800 - before, "what was begun: {rest}");
    assert_eq!(
        asked(&world, "status_id"),
        ["11"],
        "one list from its beginning to its end"
    );
    store.clear_log();
    assert_eq!(world.run(NAME)["written"], 100);
    assert_eq!(
        asked(&world, "status_id"),
        ["2"],
        "the new value, with the next reading"
    );
    let ids: std::collections::BTreeSet<String> = seen(&world).into_iter().collect();
    assert_eq!(
        (ids.len(), seen(&world).len()),
        (900, 900),
        "all of both, and each once"
    );

    // A filter of one run may hold it too, and the name other agents have for it.
    store.clear_log();
    world
        .processflow(&[
            "run",
            NAME,
            "--filter",
            "status_id=~{gen:GetContextualData(Status)}~",
        ])
        .ok();
    assert_eq!(asked(&world, "status_id"), ["2"]);

    // Nothing would let everything through, and a secret would be logged.
    world
        .processflow(&["variables", NAME, "--set", "Status=null"])
        .ok();
    let empty = world.processflow(&["--json", "run", NAME]).code(3).json();
    assert_eq!(problem(&empty), "`${Status}` stands for nothing", "{empty}");
    for (variables, told) in [
        ("Status: {}", "stands for nothing before the first run"),
        ("Status: { encrypted: true }", "is kept encrypted"),
        ("Statis: { start: 1 }", "Did you mean `Statis`?"),
    ] {
        let file = world.write(
            "wrong.yaml",
            format!("variables: {{ {variables} }}\n{}", reading(read)),
        );
        let said = world
            .processflow(&["check", &file.display().to_string()])
            .code(3)
            .said();
        assert!(said.contains(told), "{variables}: {said}");
    }
}
