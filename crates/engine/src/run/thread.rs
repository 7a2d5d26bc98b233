//! A run's thread, and the tasks it starts. When the runtime ends in the middle they end with it, and the run is left as a
//! kill would leave it.

use std::convert::Infallible;

use connector_kit::Result;
use tokio::{
    runtime::Handle,
    sync::oneshot,
    task::{JoinError, JoinHandle},
};

/// Batches go one after the other and everything waits for them: on a thread of its own a run does not queue behind the
/// pages that are read and checked meanwhile. It is dropped, as a task would be, when the runtime ends.
pub(crate) fn on_a_thread(run: impl Future<Output = ()> + Send + 'static) {
    let (mut runtime_lives, runtime_ends) = oneshot::channel::<Infallible>();
    // This task is there for as long as both the run and the runtime are.
    tokio::spawn(async move { runtime_lives.closed().await });
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = runtime_ends => {}
                () = run => {}
            }
        });
    });
}

/// What a task of the run came to. Nobody gives one up but the runtime when it ends, and then the run ends with it:
/// nothing is to be written down of that.
pub(super) async fn joined<T>(task: &mut JoinHandle<T>) -> Result<T, JoinError> {
    match task.await {
        Err(error) if error.is_cancelled() => std::future::pending().await,
        done => done,
    }
}
