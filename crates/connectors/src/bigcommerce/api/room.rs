//! Requests that an operation takes at a time. Runs have connections of their own, a store has one count.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::operation::Operation;
use crate::bigcommerce::Store;

type Rooms = HashMap<(String, &'static str), Arc<Semaphore>>;

/// Waits until one more request of this operation may be under way; without a cap, not at all.
pub(super) async fn room(store: &Store, operation: &'static Operation) -> Option<OwnedSemaphorePermit> {
    static ROOMS: LazyLock<Mutex<Rooms>> = LazyLock::new(Mutex::default);
    let most = operation.at_once?;
    let room = {
        let mut rooms = ROOMS.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (store.address.seal(), operation.id.as_str());
        rooms
            .entry(key)
            .or_insert_with(|| Arc::new(Semaphore::new(most)))
            .clone()
    };
    let permit = room.acquire_owned().await;
    Some(permit.expect("rooms are never closed"))
}
