//! The vault's passphrase, asked for in the window: whoever needs it first is told that it is locked, and the page is told
//! to ask. It is kept in memory for as long as this process lives, and nowhere else.

use std::sync::{Mutex, OnceLock};

use connector_kit::{Error, Result, Secret};
use engine::secrets::{Passphrase, Redaction};

/// Who is asked: the person at the window.
#[derive(Default)]
pub(crate) struct AskInWindow {
    known: Mutex<Option<Secret>>,
    ask: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl AskInWindow {
    /// How the page is told to ask; said once, when there is a window.
    pub(crate) fn by(&self, ask: impl Fn() + Send + Sync + 'static) {
        let _said_once = self.ask.set(Box::new(ask)).is_ok();
    }

    /// What the person entered.
    pub(crate) fn entered(&self, passphrase: String) {
        let secret = Secret::new(passphrase);
        Redaction::global().register(&secret);
        *self
            .known
            .lock()
            .expect("nothing panics while it holds this lock") = Some(secret);
    }
}

impl Passphrase for AskInWindow {
    fn ask(&self, _new: bool) -> Result<Secret> {
        let known = self
            .known
            .lock()
            .expect("nothing panics while it holds this lock")
            .clone();
        known.ok_or_else(|| {
            if let Some(ask) = self.ask.get() {
                ask();
            }
            Error::config("the vault is locked: its passphrase was not entered since the start")
                .hint("Enter it in the window; then try again.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_vault_asks_and_an_entered_passphrase_opens_it() {
        let passphrase = AskInWindow::default();
        let (told, asked) = std::sync::mpsc::channel();
        passphrase.by(move || assert!(told.send(()).is_ok(), "this test listens"));
        let error = passphrase.ask(false).expect_err("nobody entered it");
        assert!(error.hint.is_some(), "the way out is said");
        assert!(asked.try_recv().is_ok(), "and the page is told to ask");
        passphrase.entered("a few good words".into());
        assert_eq!(
            passphrase.ask(false).expect("entered").expose(),
            "a few good words",
            "what was entered"
        );
    }
}
