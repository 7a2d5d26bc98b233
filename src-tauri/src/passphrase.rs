//! The vault's passphrase, asked for in the window: whoever needs it first is told that it is locked, and the page is told
//! to ask. It is kept in memory for as long as this process lives, and nowhere else.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

use connector_kit::{Error, Result, Secret};
use engine::secrets::{Passphrase, Redaction, SHORTEST_PASSPHRASE, SecretStore, Vault, VaultKey};
use serde::Serialize;

/// What the page should ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wanted {
    /// The passphrase of the vault that is there.
    Locked,
    /// One for a vault that is being made.
    New,
}

/// Who is asked: the person at the window.
#[derive(Default)]
pub(crate) struct AskInWindow {
    kept: Mutex<Kept>,
    ask: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Kept {
    /// The vault of the data folder that is attached.
    vault: PathBuf,
    known: Option<Secret>,
    wanted: Option<Wanted>,
}

impl AskInWindow {
    /// For the vault in this file from now on. What opens another one is forgotten.
    pub(crate) fn of(&self, vault: PathBuf) {
        let mut kept = self.hold();
        if kept.vault != vault {
            *kept = Kept {
                vault,
                ..Kept::default()
            };
        }
    }

    /// How the page is told to ask; said once, when there is a window.
    pub(crate) fn by(&self, ask: impl Fn() + Send + Sync + 'static) {
        let _said_once = self.ask.set(Box::new(ask)).is_ok();
    }

    /// What somebody waited for and nobody has entered yet: a page that opens later asks for it, too.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        self.hold().wanted
    }

    /// What the person entered, once it is found to open the vault.
    ///
    /// # Errors
    /// Config when it does not, or is too short for a new vault.
    pub(crate) async fn entered(&self, passphrase: String) -> Result<()> {
        let secret = Secret::new(passphrase);
        Redaction::global().register(&secret);
        let vault = self.hold().vault.clone();
        if !vault.exists() && secret.expose().chars().count() < SHORTEST_PASSPHRASE {
            return Err(Error::config("this passphrase is too short").hint(format!(
                "Use at least {SHORTEST_PASSPHRASE} letters; a few words are best."
            )));
        }
        // Looking for what is not there opens the vault and changes nothing.
        let key = VaultKey::Passphrase(Arc::new(secret.clone()));
        Vault::new(vault.clone(), key).get("").await?;
        *self.hold() = Kept {
            vault,
            known: Some(secret),
            wanted: None,
        };
        Ok(())
    }

    fn hold(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("nothing panics while it holds this lock")
    }
}

impl Passphrase for AskInWindow {
    fn ask(&self, new: bool) -> Result<Secret> {
        let known = {
            let mut kept = self.hold();
            if kept.known.is_none() {
                kept.wanted = Some(if new { Wanted::New } else { Wanted::Locked });
            }
            kept.known.clone()
        };
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

    fn asked() -> (tempfile::TempDir, AskInWindow) {
        let folder = tempfile::tempdir().expect("a temp folder");
        let passphrase = AskInWindow::default();
        passphrase.of(folder.path().join("vault-passphrase.json"));
        (folder, passphrase)
    }

    #[tokio::test]
    async fn a_locked_vault_asks_and_an_entered_passphrase_opens_it() {
        let (_folder, passphrase) = asked();
        let (told, heard) = std::sync::mpsc::channel();
        passphrase.by(move || assert!(told.send(()).is_ok(), "this test listens"));
        let error = passphrase.ask(true).expect_err("nobody entered it");
        assert!(error.hint.is_some(), "the way out is said");
        assert!(heard.try_recv().is_ok(), "and the page is told to ask");
        assert_eq!(passphrase.wanted(), Some(Wanted::New), "or asks later by itself");
        passphrase.entered("short".into()).await.expect_err("too short");
        let entered = passphrase.entered("a few good words".into()).await;
        entered.expect("there is no vault yet that it could not open");
        assert_eq!(passphrase.wanted(), None, "nobody waits any more");
        let known = passphrase.ask(true).expect("entered");
        assert_eq!(known.expose(), "a few good words", "what was entered");
    }

    #[tokio::test]
    async fn a_wrong_passphrase_is_refused_at_once_and_not_kept() {
        let (_folder, passphrase) = asked();
        let right = VaultKey::Passphrase(Arc::new(Secret::new("the right words".into())));
        let vault = Vault::new(passphrase.hold().vault.clone(), right);
        vault.probe().await.expect("a vault is made");
        passphrase
            .entered("other words".into())
            .await
            .expect_err("it opens nothing");
        assert!(passphrase.ask(false).is_err(), "so it is still asked for");
        passphrase
            .entered("the right words".into())
            .await
            .expect("it opens");
    }
}
