//! What is logged while the contract is checked, at every level, is searched for secrets as it comes: what holds the token
//! is kept, all else would be many megabytes.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::world::TOKEN;

/// Every line of the log of this process that holds the token; each event is written at once.
#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

/// Begins to keep what is logged, once.
pub(crate) fn keep() -> Logged {
    static KEPT: OnceLock<Logged> = OnceLock::new();
    let kept = KEPT.get_or_init(|| {
        let logged = Logged::default();
        // Our own crates at every level; of libraries what a user would switch on.
        let filter = EnvFilter::new("trace,hyper=debug,hyper_util=debug,h2=debug,mio=info");
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
        subscriber.with_writer(logged.clone()).init();
        logged
    });
    kept.clone()
}

impl Logged {
    /// As text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if String::from_utf8_lossy(bytes).contains(TOKEN) {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Logged {
    type Writer = Self;
    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
