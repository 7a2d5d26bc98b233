//! The encrypted vault: one file, for machines without a key store, chosen explicitly.
//!
//! It protects against whoever gets the file without its key: a copied disk, a backup. A key file that lies
//! beside it protects against nobody who has both; a passphrase or a service credential does.

mod cipher;
mod file;
mod key;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use connector_kit::{Error, Result};
use tokio::sync::Mutex;

pub use key::{SHORTEST_PASSPHRASE, VaultKey};

pub(super) use self::cipher::{Entry, Key, place};
use self::file::Body;
use super::{Kept, Sealed, SecretStore};
use crate::folder::{trouble, write_atomically};

/// The vault of one data folder. Cloning shares.
#[derive(Clone)]
pub struct Vault {
    inside: Arc<Inside>,
}

struct Inside {
    path: PathBuf,
    source: VaultKey,
    /// Worked out once: Argon2id takes its time on purpose. The lock also keeps changes one after another.
    key: Mutex<Option<Arc<Key>>>,
}

impl Vault {
    /// The vault in this file, opened with that key when it is first needed.
    pub fn new(path: PathBuf, source: VaultKey) -> Self {
        Self {
            inside: Arc::new(Inside {
                path,
                source,
                key: Mutex::new(None),
            }),
        }
    }

    /// Does something with the vault's contents; what it changed is written when it returns true.
    async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Body, &Key) -> Result<(T, bool)> + Send + 'static,
    ) -> Result<T> {
        let mut held = self.inside.key.lock().await;
        let (inside, key) = (self.inside.clone(), held.clone());
        // Files and Argon2id have no place on a worker thread.
        let work = tokio::task::spawn_blocking(move || inside.work(key, job));
        let (value, key) = work
            .await
            .map_err(|_| Error::bug("the vault's worker ended early"))??;
        *held = Some(key);
        Ok(value)
    }
}

impl Inside {
    fn work<T>(
        &self,
        known: Option<Arc<Key>>,
        job: impl FnOnce(&mut Body, &Key) -> Result<(T, bool)>,
    ) -> Result<(T, Arc<Key>)> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(trouble("the vault", &self.path, error)),
        };
        let (mut body, key) = if let Some(text) = text {
            self.unlock(&text, known)?
        } else {
            let (header, key) = self.source.make()?;
            (Body::new(header), Arc::new(key))
        };
        let (value, changed) = job(&mut body, &key)?;
        if changed {
            let text = file::write(&body, &key);
            write_atomically(&self.path, &text).map_err(|error| trouble("the vault", &self.path, error))?;
        }
        Ok((value, key))
    }

    fn unlock(&self, text: &[u8], known: Option<Arc<Key>>) -> Result<(Body, Arc<Key>)> {
        let locked = file::read(text)?;
        // The file may have been made anew with another key since.
        if let Some(key) = known
            && let Ok(body) = locked.check(&key)
        {
            return Ok((body, key));
        }
        let key = Arc::new(self.source.derive(&locked.header()?)?);
        Ok((locked.check(&key)?, key))
    }
}

#[async_trait]
impl SecretStore for Vault {
    fn name(&self) -> &'static str {
        "the encrypted vault"
    }

    async fn get(&self, connection: &str) -> Result<Option<Sealed>> {
        if !self.inside.path.exists() {
            return Ok(None);
        }
        let connection = connection.to_owned();
        self.with(move |body, key| Ok((body.get(&connection, key)?, false)))
            .await
    }

    async fn set(&self, sealed: &Sealed) -> Result<()> {
        let sealed = sealed.clone();
        self.with(move |body, key| {
            body.set(&sealed, key);
            Ok(((), true))
        })
        .await
    }

    async fn delete(&self, connection: &str) -> Result<()> {
        if !self.inside.path.exists() {
            return Ok(());
        }
        let connection = connection.to_owned();
        self.with(move |body, _| Ok(((), body.connections.remove(&connection).is_some())))
            .await
    }

    async fn list(&self) -> Result<Vec<Kept>> {
        match std::fs::read(&self.inside.path) {
            Ok(text) => file::read(&text)?.list(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(trouble("the vault", &self.inside.path, error)),
        }
    }

    async fn probe(&self) -> Result<()> {
        // Writing an unchanged vault proves key, file and folder.
        self.with(|_, _| Ok(((), true))).await
    }
}

/// The one sentence for every vault that does not open: which part failed is nobody's business.
fn closed() -> Error {
    Error::config("the vault does not open: the key or passphrase is wrong, or the file was changed").hint(
        "Give the right one. If it is lost, move `vault.json` or `vault-passphrase.json` away and enter the secrets of each \
         connection again.",
    )
}

#[cfg(test)]
mod tests {
    use connector_kit::{Kind, Secret, Secrets};
    use jiff::Timestamp;

    use super::*;

    fn sealed(connection: &str, token: &str) -> Sealed {
        let secrets = Secrets([("token".to_owned(), Secret::new(token.into()))].into());
        Sealed::new(
            connection,
            "https://api.bigcommerce.com/stores/abc123",
            secrets,
            Timestamp::UNIX_EPOCH,
        )
    }

    fn keyed(at: &tempfile::TempDir) -> Vault {
        let key = VaultKey::Stored {
            key_file: at.path().join("vault.key"),
            credential: None,
        };
        Vault::new(at.path().join("vault.json"), key)
    }

    fn phrase(at: &tempfile::TempDir, words: &str) -> Vault {
        let words = Arc::new(Secret::new(words.into()));
        Vault::new(at.path().join("vault.json"), VaultKey::Passphrase(words))
    }

    async fn token(vault: &Vault, connection: &str) -> Option<String> {
        let sealed = vault.get(connection).await.expect("opens")?;
        Some(
            sealed
                .secrets
                .require("token")
                .expect("is there")
                .expose()
                .to_owned(),
        )
    }

    #[tokio::test]
    async fn what_one_process_keeps_the_next_one_reads() {
        let at = tempfile::tempdir().expect("temp folder");
        let vault = keyed(&at);
        assert_eq!(token(&vault, "shop").await, None, "nothing is kept yet");
        vault.set(&sealed("shop", "t0ken-one")).await.expect("keeps");
        vault.set(&sealed("other", "t0ken-two")).await.expect("keeps");
        vault.set(&sealed("shop", "t0ken-three")).await.expect("keeps");

        let next = keyed(&at);
        assert_eq!(
            token(&next, "shop").await.as_deref(),
            Some("t0ken-three"),
            "the last one counts"
        );
        let names: Vec<_> = next
            .list()
            .await
            .expect("lists")
            .into_iter()
            .map(|kept| kept.connection)
            .collect();
        assert_eq!(names, ["other", "shop"], "which there are is no secret");
        next.delete("shop").await.expect("forgets");
        assert_eq!(token(&keyed(&at), "shop").await, None, "forgotten is forgotten");
        let text = std::fs::read_to_string(at.path().join("vault.json")).expect("reads");
        assert!(
            !text.contains("shop") && !text.contains("t0ken"),
            "and gone from the file: {text}"
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn vault_and_key_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let at = tempfile::tempdir().expect("temp folder");
        keyed(&at).set(&sealed("shop", "t0ken-one")).await.expect("keeps");
        for name in ["vault.json", "vault.key"] {
            let mode = std::fs::metadata(at.path().join(name))
                .expect("is there")
                .permissions()
                .mode()
                & 0o777;
            assert_eq!(mode, 0o600, "{name}");
        }
        let key = at.path().join("vault.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).expect("is set");
        let error = keyed(&at)
            .get("shop")
            .await
            .expect_err("others could have read the key");
        assert!(
            error.message.contains("read by other users"),
            "says why: {}",
            error.message
        );
    }

    #[tokio::test]
    async fn every_flipped_bit_is_noticed() {
        let at = tempfile::tempdir().expect("temp folder");
        keyed(&at).set(&sealed("shop", "t0ken-one")).await.expect("keeps");
        let path = at.path().join("vault.json");
        let whole = std::fs::read(&path).expect("reads");
        let key = VaultKey::Stored {
            key_file: at.path().join("vault.key"),
            credential: None,
        };
        let inside = Inside {
            path,
            source: key,
            key: Mutex::new(None),
        };
        let (_, known) = inside.unlock(&whole, None).expect("opens as it is");
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let opened = file::read(&flipped).and_then(|locked| locked.check(&known));
            assert!(
                opened.is_err(),
                "bit {bit} of {}",
                String::from_utf8_lossy(&flipped)
            );
        }
        for end in 0..whole.len() {
            let opened = file::read(&whole[..end]).and_then(|locked| locked.check(&known));
            assert!(opened.is_err(), "cut after {end} bytes");
        }
    }

    #[tokio::test]
    async fn a_passphrase_opens_it_and_another_does_not() {
        let at = tempfile::tempdir().expect("temp folder");
        phrase(&at, "correct horse battery")
            .set(&sealed("shop", "t0ken-one"))
            .await
            .expect("keeps");
        let right = phrase(&at, "correct horse battery");
        assert_eq!(
            token(&right, "shop").await.as_deref(),
            Some("t0ken-one"),
            "the right one opens"
        );

        let wrong = phrase(&at, "wrong horse battery")
            .get("shop")
            .await
            .expect_err("the wrong one does not");
        let mut text = std::fs::read(at.path().join("vault.json")).expect("reads");
        let end = text.len() - 6;
        text[end] ^= 1;
        std::fs::write(at.path().join("vault.json"), text).expect("is written");
        let damaged = phrase(&at, "correct horse battery")
            .get("shop")
            .await
            .expect_err("damaged");
        assert_eq!(
            wrong.message, damaged.message,
            "one sentence for both tells an attacker nothing"
        );
        assert_eq!(wrong.kind, Kind::Config, "a person must act");
    }

    #[tokio::test]
    async fn a_vault_without_its_key_is_not_begun_anew() {
        let at = tempfile::tempdir().expect("temp folder");
        keyed(&at).set(&sealed("shop", "t0ken-one")).await.expect("keeps");
        std::fs::remove_file(at.path().join("vault.key")).expect("a backup without the key");
        let error = keyed(&at)
            .set(&sealed("other", "t0ken-two"))
            .await
            .expect_err("must not overwrite");
        assert!(
            error.message.contains("belong to the old computer"),
            "E38: {}",
            error.message
        );
        assert!(
            !at.path().join("vault.key").exists(),
            "no new key for an old vault"
        );
    }

    #[tokio::test]
    async fn a_service_credential_comes_before_a_key_file() {
        let at = tempfile::tempdir().expect("temp folder");
        let credential = at.path().join("processflow-vault-key");
        std::fs::write(&credential, "a credential of thirty-two bytes or more").expect("is written");
        let key = |credential| VaultKey::Stored {
            key_file: at.path().join("vault.key"),
            credential,
        };
        let vault = Vault::new(at.path().join("vault.json"), key(Some(credential.clone())));
        vault.set(&sealed("shop", "t0ken-one")).await.expect("keeps");
        assert!(
            !at.path().join("vault.key").exists(),
            "no key lies beside the vault"
        );
        let again = Vault::new(at.path().join("vault.json"), key(Some(credential)));
        assert_eq!(
            token(&again, "shop").await.as_deref(),
            Some("t0ken-one"),
            "the credential opens it"
        );
        let without = Vault::new(at.path().join("vault.json"), key(None));
        let error = without
            .get("shop")
            .await
            .expect_err("outside the service there is no credential");
        assert!(
            error.message.contains("service's credential"),
            "says what is missing: {}",
            error.message
        );
    }

    #[tokio::test]
    async fn changes_at_the_same_time_are_all_kept() {
        let at = tempfile::tempdir().expect("temp folder");
        let vault = keyed(&at);
        let names: Vec<_> = (0..20).map(|n| format!("shop-{n}")).collect();
        futures::future::join_all(names.iter().map(|name| async {
            vault.set(&sealed(name, "t0ken-one")).await.expect("keeps");
        }))
        .await;
        assert_eq!(
            vault.list().await.expect("lists").len(),
            20,
            "none was overwritten by another"
        );
    }
}
