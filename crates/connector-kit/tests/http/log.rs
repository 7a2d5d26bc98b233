//! What was logged, test by test.
//!
//! One subscriber for the whole process, there before the first line of any test: a line that is first reached by a
//! thread without a subscriber is switched off for all others too, so a subscriber of one test alone misses lines.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    /// A test and all that it waits for run on one thread, and no two tests share one.
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ToThisThread;

impl io::Write for ToThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From here on every line of every level is kept, whichever crate says it.
pub(crate) fn follow() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| ToThisThread)
            .init();
    });
}

/// The lines of the calling test so far.
pub(crate) fn of_this_test() -> String {
    LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap())
}
