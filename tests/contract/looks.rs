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
