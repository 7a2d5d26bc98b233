//! F21 end to end: a store that is edited between two pages, through the built binary into a database. The same reading code
//! goes through ten thousand schedules in `connector-kit/src/paging/tests`; here what is around it takes part.

use std::collections::BTreeMap;

use kit::World;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sandbox_store::{Config, Kind, Match, Patch};
use serde_json::{Value, json};

use crate::{empty_store, store_with_orders};

/// Schedules of each kind.
const SEEDS: u64 = 12;

/// Three pages, so that something can slip over an edge.
const RECORDS: u32 = 520;

/// Edits of one run.
const EDITS: u64 = 10;

/// Orders into SQLite while orders are changed, deleted and added.
#[test]
fn orders_that_move_while_their_pages_are_read_all_arrive() {
    let world = World::with_store(store_with_orders(RECORDS));
    follow(
        &world,
        &Followed {
            kind: Kind::Order,
            action: "orders.changed",
            path: "/v2/orders?*",
            field: "status_id",
            value: |edit| json!([2, 9, 10, 11, 12][edit as usize % 5]),
        },
    );
}

/// Products likewise.
#[test]
fn products_that_move_while_their_pages_are_read_all_arrive() {
    let world = World::with_store(Config {
        products: RECORDS,
        ..empty_store()
    });
    follow(
        &world,
        &Followed {
            kind: Kind::Product,
            action: "products.changed",
            path: "/v3/catalog/products?*",
            field: "sort_order",
            value: |edit| json!(edit % 1_000),
        },
    );
}

/// What is followed, and by which field its versions are told.
struct Followed {
    kind: Kind,
    action: &'static str,
    path: &'static str,
    field: &'static str,
    value: fn(u64) -> Value,
}

/// For each seed: a first run and one after a bulk edit, both while the store moves, and one in peace.
fn follow(world: &World, followed: &Followed) {
    world.add_erp();
    let store = world.store().store();
    for seed in 0..SEEDS {
        let mut random = StdRng::seed_from_u64(seed);
        let name = format!("shift-{seed}");
        world.deploy_text(&followed.processflow(&name, seed), &["store=shop", "erp=erp"]);
        for bulk in [false, true] {
            if bulk {
                for id in store.ids(followed.kind) {
                    followed.edit(id, &mut random, |patch| {
                        store.patch(patch).map(drop).expect("it is there");
                    });
                }
            }
            for _ in 0..EDITS {
                let on = Match {
                    method: Some("GET".into()),
                    path: Some(followed.path.into()),
                    skip: random.random_range(0..5),
                    ..Match::default()
                };
                let patch = followed.any_edit(&store.ids(followed.kind), &mut random);
                store.hook(on, patch);
            }
            world.processflow(&["run", &name]).ok();
            store.clear_faults();
        }
        world.processflow(&["run", &name]).ok();
        let wrong = followed.differing(world, seed);
        assert!(
            wrong.is_empty(),
            "seed {seed}: {wrong:?} are not as the store has them"
        );
    }
}

impl Followed {
    fn processflow(&self, name: &str, seed: u64) -> String {
        format!(
            "
processflow: {name}
connections: {{ store: bigcommerce, erp: sql }}
steps:
  - read: {{ action: store/{} }}
  - write:
      action: erp/table.upsert
      with: {{ table: SEED_{seed}, key: [ID], create: {{ ID: integer, VERSION: integer }} }}
      map: {{ ID: id, VERSION: {} }}
",
            self.action, self.field
        )
    }

    fn edit(&self, id: u64, random: &mut StdRng, put: impl FnOnce(&Patch)) {
        put(&Patch::set(
            self.kind,
            id,
            json!({ self.field: (self.value)(random.random_range(0..1_000)) }),
        ));
    }

    /// Mostly an edit; now and then a record is deleted or added.
    fn any_edit(&self, ids: &[u64], random: &mut StdRng) -> Patch {
        let id = ids[random.random_range(0..ids.len())];
        let set = json!({ self.field: (self.value)(random.random_range(0..1_000)) });
        match random.random_range(0..5) {
            0 => Patch::delete(self.kind, id),
            1 => Patch {
                id: None,
                ..Patch::set(self.kind, id, set)
            },
            _ => Patch::set(self.kind, id, set),
        }
    }

    /// Records whose last version did not arrive.
    fn differing(&self, world: &World, seed: u64) -> Vec<u64> {
        let table = world.table(&format!("SEED_{seed}"));
        let rows = table.column("ID").into_iter().zip(table.column("VERSION"));
        let there: BTreeMap<String, String> = rows.map(|(id, version)| (id.into(), version.into())).collect();
        let store = world.store().store();
        let as_it_is = |id: &u64| {
            let record = store.record(self.kind, *id).expect("it is there");
            there.get(&id.to_string()) == Some(&record[self.field].to_string())
        };
        store
            .ids(self.kind)
            .into_iter()
            .filter(|id| !as_it_is(id))
            .collect()
    }
}
