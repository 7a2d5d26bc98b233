//! The whole REST Management API: each of its operations as an action, `api.get_orders`.
//!
//! What an operation is called and takes is data ([`operations.json`](operation), made by `cargo xtask catalogue`);
//! reading and writing are the same code for all. What only the named actions know (dates that are followed, batches,
//! look-ups by SKU) is not here. Operations that are no step have a sentence for it: files as bodies, streams of
//! events, and deletions of everything an address holds.

mod body;
mod lookup;
mod named;
mod operation;
mod page;
mod parameter;
mod read;
mod room;
mod with;
mod write;

use std::{collections::BTreeSet, sync::LazyLock};

use connector_kit::{Action, Does};

use self::{
    operation::{OPERATIONS, Operation},
    read::Reads,
    with::With,
    write::Writes,
};

pub(super) use named::{Named, single};
pub(super) use write::Writer;

use super::Store;

/// All operations as actions.
pub(super) fn actions() -> &'static [Action] {
    static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| OPERATIONS.iter().map(action).collect());
    &ACTIONS
}

/// The names of all parameters that reading operations take.
pub(super) fn parameters() -> &'static BTreeSet<&'static str> {
    static NAMES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        let reading = OPERATIONS.iter().filter(|operation| operation.reads());
        reading
            .flat_map(|operation| &operation.parameters)
            .filter(|parameter| !parameter.path)
            .map(|parameter| &*parameter.name)
            .collect()
    });
    &NAMES
}

fn action(operation: &'static Operation) -> Action {
    let does = if operation.reads() {
        Does::Read(Box::new(Reads(operation)))
    } else {
        Does::Write(Box::new(Writes(operation)))
    };
    Action {
        name: &operation.name,
        about: &operation.about,
        scope: operation.permission.as_deref(),
        schema: Box::new(|| With::schema(operation)),
        does,
    }
}

/// Waits until one more request of an operation may be under way: named actions and steps of the operation share its cap.
pub(super) async fn room(store: &Store, operation: &str) -> Option<tokio::sync::OwnedSemaphorePermit> {
    room::room(store, Operation::of(operation)).await
}
