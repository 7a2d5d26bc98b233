//! How a destination looks, without what every write changes (dates).

use sandbox_store::Kind;
use serde_json::{Value, json};

use crate::world::World;

fn records(world: &World, kind: Kind) -> Value {
    let store = world.sandbox.store();
    let records = store
        .ids(kind)
        .into_iter()
        .filter_map(|id| store.record(kind, id));
    let without_date = |mut record: Value| {
        record
            .as_object_mut()
            .map(|record| record.remove("date_modified"));
        record
    };
    records.map(without_date).collect()
}

pub(crate) fn products(world: &World) -> Value {
    records(world, Kind::Product)
}

pub(crate) fn variants(world: &World) -> Value {
    records(world, Kind::Variant)
}

/// Orders with their lines, which tell what was shipped of each.
pub(crate) fn orders(world: &World) -> Value {
    let store = world.sandbox.store();
    let lines: Vec<_> = store
        .ids(Kind::Order)
        .into_iter()
        .map(|id| store.order_lines(id))
        .collect();
    json!([records(world, Kind::Order), lines])
}

pub(crate) fn customers(world: &World) -> Value {
    records(world, Kind::Customer)
}

pub(crate) fn levels(world: &World) -> Value {
    let store = world.sandbox.store();
    store
        .ids(Kind::Variant)
        .into_iter()
        .map(|id| json!([id, store.level(id, 1)]))
        .collect()
}

/// The images of all products, without the names that the store gives them.
pub(crate) fn images(world: &World) -> Value {
    let store = world.sandbox.store();
    let count = |id: u64| json!([id, store.images(id).len()]);
    store.ids(Kind::Product).into_iter().map(count).collect()
}

/// The records of a plain kind, without their dates.
pub(crate) fn plain(world: &World, kind: &str) -> Value {
    let without_dates = |mut record: Value| {
        let members = record.as_object_mut().expect("records are objects");
        members.retain(|name, _| !matches!(name.as_str(), "date_modified" | "updated_at"));
        record
    };
    world
        .sandbox
        .store()
        .plain(kind)
        .into_iter()
        .map(without_dates)
        .collect()
}

pub(crate) fn categories(world: &World) -> Value {
    records(world, Kind::Category)
}

pub(crate) fn addresses(world: &World) -> Value {
    let store = world.sandbox.store();
    store
        .ids(Kind::Customer)
        .into_iter()
        .map(|id| json!(store.addresses(id)))
        .collect()
}

/// Carts and billing addresses.
pub(crate) fn carts(world: &World) -> Value {
    json!(world.sandbox.store().carts())
}

pub(crate) fn prices(world: &World) -> Value {
    let prices = world.sandbox.store().prices().into_iter();
    prices
        .map(|price| json!([price["variant_id"], price["currency"], price["price"]]))
        .collect()
}

pub(crate) fn table(world: &World) -> Value {
    let rows = kit::Table::query(&world.database(), "SELECT * FROM ITEM").rows;
    json!(rows)
}

/// Files a person sees: those whose names do not begin with a dot.
pub(crate) fn visible_files(world: &World) -> Value {
    let files = std::fs::read_dir(world.folder.path().join("files"))
        .expect("a folder")
        .flatten();
    let name = |file: &std::fs::DirEntry| file.file_name().to_string_lossy().into_owned();
    let seen = files.filter(|file| !name(file).starts_with('.') && file.path().is_file());
    let text = |file: std::fs::DirEntry| {
        (
            name(&file),
            json!(String::from_utf8_lossy(
                &std::fs::read(file.path()).expect("a file")
            )),
        )
    };
    Value::Object(seen.map(text).collect())
}
