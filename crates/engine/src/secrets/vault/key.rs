//! Where the vault's key comes from: a key file, a service credential, or a passphrase.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use aes_gcm::aead::{OsRng, rand_core::RngCore};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use connector_kit::{Error, Result, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{cipher::Key, closed};
use crate::{
    folder::trouble,
    os,
    secrets::{Passphrase, Redaction},
};

/// OWASP ASVS 5.0, 11.4.4, and RFC 9106: at least 64 MiB and 3 passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Letters that a new vault's passphrase has at least.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// What opens the vault.
#[derive(Clone)]
pub enum VaultKey {
    /// A service credential where there is one, else a key file, which is made with a new vault.
    Stored {
        /// 32 random bytes, 0600.
        key_file: PathBuf,
        /// A file of at least 32 bytes, see [`VaultKey::credential`].
        credential: Option<PathBuf>,
    },
    /// A passphrase, stretched with Argon2id.
    Passphrase(Arc<dyn Passphrase>),
}

/// How the key of an existing vault is found; stands in its file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Header {
    /// In the key file.
    KeyFile {},
    /// In the service's credential.
    Credential {},
    /// From a passphrase.
    Argon2id {
        /// 16 random bytes, base64.
        salt: String,
        memory_kib: u32,
        passes: u32,
    },
}

impl VaultKey {
    /// The credential systemd hands to a service (`LoadCredentialEncrypted=processflow-vault-key:…`).
    pub fn credential() -> Option<PathBuf> {
        credential("processflow-vault-key")
    }

    /// A key for a new vault.
    pub(super) fn make(&self) -> Result<(Header, Key)> {
        match self {
            Self::Stored {
                credential: Some(path),
                ..
            } => Ok((Header::Credential {}, from_credential(path)?)),
            Self::Stored {
                key_file,
                credential: None,
            } => Ok((Header::KeyFile {}, make_key_file(key_file)?)),
            Self::Passphrase(source) => {
                let words = words(source.as_ref(), true)?;
                if words.expose().chars().count() < SHORTEST_PASSPHRASE {
                    return Err(Error::config("this passphrase is too short").hint(format!(
                        "Use at least {SHORTEST_PASSPHRASE} letters; a few words are best."
                    )));
                }
                let mut salt = [0; 16];
                OsRng.fill_bytes(&mut salt);
                let key = stretch(&words, &salt, MEMORY_KIB, PASSES)?;
                let salt = STANDARD.encode(salt);
                Ok((
                    Header::Argon2id {
                        salt,
                        memory_kib: MEMORY_KIB,
                        passes: PASSES,
                    },
                    key,
                ))
            }
        }
    }

    /// The key of a vault that exists.
    pub(super) fn derive(&self, header: &Header) -> Result<Key> {
        match (self, header) {
            (Self::Stored { key_file, .. }, Header::KeyFile {}) => read_key_file(key_file),
            (
                Self::Stored {
                    credential: Some(path),
                    ..
                },
                Header::Credential {},
            ) => from_credential(path),
            (Self::Stored { credential: None, .. }, Header::Credential {}) => Err(Error::config(
                "the vault opens with the service's credential `processflow-vault-key`, which is not here",
            )
            .hint("Let the service do it, or start it with LoadCredentialEncrypted= as it was set up.")),
            (
                Self::Passphrase(source),
                Header::Argon2id {
                    salt,
                    memory_kib,
                    passes,
                },
            ) => {
                // A changed file may neither weaken the key nor eat the machine's memory.
                let sane = (MEMORY_KIB..=1024 * 1024).contains(memory_kib) && (PASSES..=20).contains(passes);
                let salt = STANDARD.decode(salt).ok().filter(|salt| sane && salt.len() == 16);
                stretch(
                    &words(source.as_ref(), false)?,
                    &salt.ok_or_else(closed)?,
                    *memory_kib,
                    *passes,
                )
            }
            (Self::Stored { .. }, Header::Argon2id { .. }) => {
                Err(Error::config("the vault opens with a passphrase")
                    .hint("`processflow settings set secrets=vault-passphrase`"))
            }
            (Self::Passphrase(_), _) => {
                Err(Error::config("the vault opens with a key, not with a passphrase")
                    .hint("`processflow settings set secrets=vault`"))
            }
        }
    }
}

fn credential(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some(PathBuf::from(folder).join(name)).filter(|path| path.is_file())
}

/// The passphrase: a service's credential (`LoadCredentialEncrypted=processflow-vault-passphrase`), else a person's.
fn words(source: &dyn Passphrase, new: bool) -> Result<Secret> {
    let Some(path) = credential("processflow-vault-passphrase") else {
        return source.ask(new);
    };
    let text = read(&path).map_err(|error| trouble("the vault's credential", &path, error))?;
    let words = std::str::from_utf8(&text).map_err(|_| {
        Error::config("the service's credential `processflow-vault-passphrase` is no text")
            .hint("Make it anew: `systemd-ask-password | systemd-creds encrypt …`.")
    })?;
    Ok(Secret::new(words.trim_end_matches(['\r', '\n']).to_owned()))
}

fn stretch(words: &Secret, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Key> {
    Redaction::global().register(words);
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| closed())?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(words.expose().as_bytes(), salt, &mut *key)
        .map_err(|_| closed())?;
    Ok(Key(key))
}

fn from_credential(path: &Path) -> Result<Key> {
    let text = read(path).map_err(|error| trouble("the vault's credential", path, error))?;
    if text.len() < 32 {
        return Err(
            Error::config("the service's credential `processflow-vault-key` is too short").hint(
                "Make one of at least 32 random bytes: `head -c 32 /dev/urandom | systemd-creds encrypt …`.",
            ),
        );
    }
    let key = blake3::derive_key(
        "processflow 2026-11-21 key of the vault from a service credential",
        &text,
    );
    Ok(Key(Zeroizing::new(key)))
}

fn read_key_file(path: &Path) -> Result<Key> {
    if !path.exists() {
        return Err(Error::config(format!(
            "the vault's key file {} is missing, so the saved secrets belong to the old computer",
            path.display()
        ))
        .hint("Copy the key file here too, or move `vault.json` away and enter the secrets again."));
    }
    let about = |error| trouble("the vault's key file", path, error);
    if os::open_to_others(path).map_err(about)? {
        return Err(Error::config(format!(
            "the vault's key file {} may be read by other users",
            path.display()
        ))
        .hint(format!(
            "Close it with `chmod 600 {}`; if someone may have seen it, change the tokens.",
            path.display()
        )));
    }
    let text = read(path).map_err(about)?;
    let key: [u8; 32] = text.as_slice().try_into().map_err(|_| closed())?;
    Ok(Key(Zeroizing::new(key)))
}

fn make_key_file(path: &Path) -> Result<Key> {
    if path.exists() {
        // From a vault that was moved away: as good as a new one.
        return read_key_file(path);
    }
    let about = |error| trouble("the vault's key file", path, error);
    let mut key = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(&mut *key);
    let options = OpenOptions::new().write(true).create_new(true).clone();
    let mut file = os::open_private(path, &options).map_err(about)?;
    file.write_all(&*key)
        .and_then(|()| file.sync_all())
        .map_err(about)?;
    path.parent().map_or(Ok(()), os::sync_folder).map_err(about)?;
    Ok(Key(key))
}

fn read(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let length = fs::metadata(path)?.len().min(64 * 1024);
    // Room from the start: a vector that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(length as usize + 1));
    File::open(path)?.take(64 * 1024).read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_argon2id_it_says() {
        // Worked out with OpenSSL (Python cryptography 48):
        // Argon2id(salt=b"saltsaltsaltsalt", length=32, iterations=3, lanes=1, memory_cost=65536)
        let key = stretch(
            &Secret::new("correct horse".into()),
            b"saltsaltsaltsalt",
            MEMORY_KIB,
            PASSES,
        )
        .expect("stretches");
        let hex = blake3::Hash::from_bytes(*key.0).to_hex();
        assert_eq!(
            hex.as_str(),
            "332541e4192860aa42935c10c48d64793839c579a782b7c5baeff2d7c197d1f4",
            "a vault must open in every later version"
        );
    }

    #[test]
    fn a_short_passphrase_is_refused_for_a_new_vault() {
        let source = VaultKey::Passphrase(Arc::new(Secret::new("short".into())));
        let Err(error) = source.make() else {
            panic!("five letters are guessed in no time")
        };
        assert!(error.message.contains("too short"), "{}", error.message);
    }

    #[test]
    fn a_changed_header_cannot_weaken_the_key() {
        let source = VaultKey::Passphrase(Arc::new(Secret::new("correct horse".into())));
        for (memory_kib, passes) in [(8, 3), (MEMORY_KIB, 1), (u32::MAX, 3), (MEMORY_KIB, 1000)] {
            let salt = STANDARD.encode([1; 16]);
            let header = Header::Argon2id {
                salt,
                memory_kib,
                passes,
            };
            assert!(
                source.derive(&header).is_err(),
                "{memory_kib} KiB, {passes} passes"
            );
        }
    }
}
