//! What nobody may see: the secrets of connections, each sealed with the one place it may be sent to, kept by
//! the operating system's key store or in an encrypted vault that was chosen explicitly.
//!
//! Never falls back from one to the other silently. Leaves out who is asked for a secret (the shells) and where
//! it is sent (the HTTP client).

mod os_store;
mod redaction;
mod sealed;
mod value_key;
mod vault;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use connector_kit::{Clock, Error, Result, Secret, Secrets};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use os_store::OsStore;
pub use redaction::{MASK, Redaction};
pub use sealed::Sealed;
pub use value_key::ValueKey;
pub use vault::{SHORTEST_PASSPHRASE, Vault, VaultKey};

use crate::folder::DataFolder;

/// Which store keeps the secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// The operating system's key store.
    #[default]
    Os,
    /// An encrypted file, opened with a key file or a service credential.
    Vault,
    /// An encrypted file, opened with a passphrase.
    VaultPassphrase,
}

/// A store of secrets, one entry per connection.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Its name for people: "the system's password store".
    fn name(&self) -> &'static str;

    /// What is kept for a connection. `None` when nothing ever was.
    async fn get(&self, connection: &str) -> Result<Option<Sealed>>;

    /// Keeps it in place of what was there.
    async fn set(&self, sealed: &Sealed) -> Result<()>;

    /// Forgets it. Nothing to forget is no error.
    async fn delete(&self, connection: &str) -> Result<()>;

    /// The connections with secrets, and since when. Works while the store is locked.
    async fn list(&self) -> Result<Vec<Kept>>;

    /// Tries the store by keeping, reading and forgetting something of no worth: reading alone says "nothing
    /// there" where writing fails.
    async fn probe(&self) -> Result<()>;
}

/// A connection whose secrets are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The connection.
    pub connection: String,
    /// When they were entered.
    pub entered: Timestamp,
}

/// Who is asked for the vault's passphrase: a prompt of the shell, standard input, a test.
pub trait Passphrase: Send + Sync {
    /// The passphrase; `new` when the vault is being made and it should be asked for twice. May block.
    fn ask(&self, new: bool) -> Result<Secret>;
}

/// Nobody can be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyToAsk;

impl Passphrase for NobodyToAsk {
    fn ask(&self, _new: bool) -> Result<Secret> {
        Err(Error::config("the vault wants its passphrase, and there is nobody to ask for it")
            .hint("Start the program on a terminal, or use a key file: `processflow settings set secrets=vault`."))
    }
}

impl Passphrase for Secret {
    fn ask(&self, _new: bool) -> Result<Secret> {
        Ok(self.clone())
    }
}

/// The store the settings chose. Nothing is opened, asked for or made yet.
pub fn store(
    kind: StoreKind,
    folder: &DataFolder,
    clock: Arc<dyn Clock>,
    passphrase: Arc<dyn Passphrase>,
) -> Result<Arc<dyn SecretStore>> {
    Ok(match kind {
        StoreKind::Os => Arc::new(OsStore::system(
            &folder.install_id()?,
            folder.secrets_index(),
            clock,
        )),
        StoreKind::Vault => {
            let key = VaultKey::Stored {
                key_file: folder.vault_key(),
                credential: VaultKey::credential(),
            };
            Arc::new(Vault::new(folder.vault(), key))
        }
        StoreKind::VaultPassphrase => Arc::new(Vault::new(
            folder.passphrase_vault(),
            VaultKey::Passphrase(passphrase),
        )),
    })
}

/// The secrets of a connection for the place its settings lead to; `seal` is what the connector says that is.
///
/// # Errors
/// Config when there are none, or when they were entered for another place.
pub async fn open(store: &dyn SecretStore, connection: &str, seal: &str) -> Result<Secrets> {
    let sealed = store.get(connection).await?.ok_or_else(|| {
        Error::config(format!("the secrets of `{connection}` are not set")).hint(format!(
            "Enter them with `processflow connections edit {connection} --secret NAME`."
        ))
    })?;
    sealed.open(connection, seal)
}

/// Copies all secrets of one store into another, when the settings change; the connections they belong to. The old store
/// keeps them until [`forget`]: whatever happens in between, one of the two has them.
pub async fn copy(from: &dyn SecretStore, to: &dyn SecretStore) -> Result<Vec<String>> {
    let mut copied = Vec::new();
    for Kept { connection, .. } in from.list().await? {
        if let Some(sealed) = from.get(&connection).await? {
            to.set(&sealed).await?;
        }
        copied.push(connection);
    }
    Ok(copied)
}

/// Takes the secrets of these connections out of a store.
pub async fn forget(store: &dyn SecretStore, connections: &[String]) -> Result<()> {
    for connection in connections {
        store.delete(connection).await?;
    }
    Ok(())
}

/// A store that ends with the process: for tests.
#[derive(Default)]
pub struct MemoryStore {
    kept: Mutex<BTreeMap<String, Sealed>>,
}

#[async_trait]
impl SecretStore for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn get(&self, connection: &str) -> Result<Option<Sealed>> {
        Ok(self.kept().get(connection).cloned())
    }

    async fn set(&self, sealed: &Sealed) -> Result<()> {
        self.kept().insert(sealed.connection.clone(), sealed.clone());
        Ok(())
    }

    async fn delete(&self, connection: &str) -> Result<()> {
        self.kept().remove(connection);
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Kept>> {
        Ok(self.kept().values().map(Sealed::kept).collect())
    }

    async fn probe(&self) -> Result<()> {
        Ok(())
    }
}

impl MemoryStore {
    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Sealed>> {
        self.kept.lock().expect("nothing panics while it holds this lock")
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Os => "os",
            Self::Vault => "vault",
            Self::VaultPassphrase => "vault-passphrase",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn shop(token: &str) -> Sealed {
        let secrets = Secrets([("token".to_owned(), Secret::new(token.to_owned()))].into());
        Sealed::new(
            "shop",
            "https://api.bigcommerce.com/stores/abc123",
            secrets,
            Timestamp::UNIX_EPOCH,
        )
    }

    #[tokio::test]
    async fn secrets_open_for_the_place_they_were_entered_for() {
        let store = MemoryStore::default();
        store.set(&shop("t0ken-of-the-shop")).await.expect("keeps");
        let secrets = open(&store, "shop", "https://api.bigcommerce.com/stores/abc123")
            .await
            .expect("opens");
        assert_eq!(
            secrets.require("token").expect("is there").expose(),
            "t0ken-of-the-shop",
            "the same text"
        );
    }

    #[tokio::test]
    async fn look_alike_places_get_nothing() {
        let store = MemoryStore::default();
        store.set(&shop("t0ken-of-the-shop")).await.expect("keeps");
        for elsewhere in [
            "https://api.bigcommerce.com.evil/stores/abc123",
            "https://api.bigcommerce.com@evil/stores/abc123",
            "https://api.bigcommerce.com:8443/stores/abc123",
            "https://api.bigcommerce.com./stores/abc123",
            "https://API.bigcommerce.com/stores/abc123",
            "https://api.bigcommerce.com/stores/abc124",
            "http://api.bigcommerce.com/stores/abc123",
            "https://аpi.bigcommerce.com/stores/abc123",
            "https://10.0.0.1/stores/abc123",
            "",
        ] {
            let error = open(&store, "shop", elsewhere).await.expect_err("another place");
            assert_eq!(error.kind, connector_kit::Kind::Config, "a person must act");
            assert!(
                error
                    .message
                    .contains("entered for https://api.bigcommerce.com/stores/abc123"),
                "says for which: {}",
                error.message
            );
            assert!(
                !format!("{error:?}{:?}", error.hint).contains("t0ken"),
                "and never what"
            );
        }
    }

    #[tokio::test]
    async fn a_connection_without_secrets_names_the_way_to_enter_them() {
        let error = open(&MemoryStore::default(), "shop", "x")
            .await
            .expect_err("nothing is kept");
        assert!(
            error.hint.expect("a hint").contains("connections edit shop"),
            "the next step"
        );
    }

    #[tokio::test]
    async fn changing_the_store_carries_everything_over() {
        let (from, to) = (MemoryStore::default(), MemoryStore::default());
        from.set(&shop("t0ken-of-the-shop")).await.expect("keeps");
        let copied = copy(&from, &to).await.expect("copies");
        assert_eq!(copied, ["shop"], "one connection");
        assert!(
            from.get("shop").await.expect("reads").is_some(),
            "it is in both until the new store is chosen for good"
        );
        forget(&from, &copied).await.expect("forgets");
        assert!(
            from.list().await.expect("lists").is_empty(),
            "nothing stays behind"
        );
        assert!(to.get("shop").await.expect("reads").is_some(), "and it arrived");
    }
}
