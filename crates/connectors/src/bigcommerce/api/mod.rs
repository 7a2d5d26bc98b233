//! The whole REST Management API: each of its operations as an action, `api.get_orders`.
//!
//! What an operation is called and takes is data ([`operations.json`](operation), made by `cargo xtask catalogue`);
//! reading and writing are the same code for all. What only the named actions know (dates that are followed, batches,
//! look-ups by SKU) is not here. Operations that are no step have a sentence for it: files as bodies, streams of
//! events, and deletions of everything an address holds.

mod body;
mod lookup;
mod operation;
mod page;
mod parameter;
mod read;
mod room;
mod with;
mod write;

use std::sync::LazyLock;

use connector_kit::{Action, Does};

use self::{
    operation::{OPERATIONS, Operation},
    read::Reads,
    with::With,
    write::Writes,
};

pub(super) use write::Writer;

/// All operations as actions.
pub(super) fn actions() -> &'static [Action] {
    static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| OPERATIONS.iter().map(action).collect());
    &ACTIONS
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
