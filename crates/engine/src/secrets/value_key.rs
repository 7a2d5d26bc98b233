//! The key of values that processflows keep encrypted: one for a data folder, in its store of secrets.
//!
//! The values themselves change with every batch and belong into the transaction that settles it, so they lie in the
//! state database; without the key they are of no use to whoever copies that.

use base64::{Engine, engine::general_purpose::STANDARD};
use connector_kit::{Error, Result, Secret, Secrets};
use jiff::Timestamp;
use rand::TryRngCore;
use zeroize::Zeroizing;

use super::{
    Redaction, Sealed, SecretStore,
    vault::{Entry, Key, place},
};

/// What the key is kept under. No connection has a name with spaces.
const OWNER: &str = "kept variables";
const SEAL: &str = "this data folder";
const FIELD: &str = "key";
/// The version of how values are encrypted.
const FORMAT: u32 = 1;

/// Encrypts and opens what is kept between runs.
pub struct ValueKey(Key);

impl ValueKey {
    /// The key of this data folder, made when it is first wanted.
    ///
    /// # Errors
    /// Config when the store of secrets cannot be used or holds something else under that name.
    pub async fn of(store: &dyn SecretStore, now: Timestamp) -> Result<Self> {
        if let Some(sealed) = store.get(OWNER).await? {
            let secrets = sealed.open(OWNER, SEAL)?;
            return Self::read(secrets.require(FIELD)?);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        rand::rngs::OsRng
            .try_fill_bytes(&mut *bytes)
            .map_err(|error| Error::config(format!("this machine gives no random numbers ({error})")))?;
        let text = Secret::new(STANDARD.encode(*bytes));
        let secrets = Secrets([(FIELD.to_owned(), text)].into());
        store.set(&Sealed::new(OWNER, SEAL, secrets, now)).await?;
        Ok(Self(Key(bytes)))
    }

    fn read(text: &Secret) -> Result<Self> {
        let bytes = STANDARD.decode(text.expose()).ok().map(Zeroizing::new);
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        key.map(|key| Self(Key(Zeroizing::new(key)))).ok_or_else(|| {
            Error::config("the key of kept variables in the store of secrets is not one")
                .hint("Forget these variables with `processflow variables NAME --forget VARIABLE`, and set them anew.")
        })
    }

    /// Encrypts a value of one deployment's variable. From here on no log line shows it.
    pub fn seal(&self, value: &str, deployment: &str, variable: &str) -> String {
        hide(value);
        let entry = self.0.seal(value.as_bytes(), &bound(deployment, variable));
        serde_json::to_string(&entry).expect("texts serialise")
    }

    /// Opens it; `None` when it is another's, or was touched.
    pub fn open(&self, sealed: &str, deployment: &str, variable: &str) -> Option<String> {
        let entry: Entry = serde_json::from_str(sealed).ok()?;
        let value = self.0.open(&entry, &bound(deployment, variable))?;
        let value = String::from_utf8(value.to_vec()).ok()?;
        hide(&value);
        Some(value)
    }
}

fn bound(deployment: &str, variable: &str) -> Vec<u8> {
    place(FORMAT, OWNER, deployment, variable)
}

/// The value is JSON: what is hidden is the text, without its quotes.
fn hide(value: &str) {
    let text = serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned());
    Redaction::global().register(&Secret::new(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_under_its_own_name_alone() {
        let key = ValueKey(Key(Zeroizing::new([7; 32])));
        let sealed = key.seal("\"s3ssion-of-the-erp\"", "d-1", "session");
        assert!(!sealed.contains("s3ssion"), "{sealed}");
        let opened = |deployment, variable| key.open(&sealed, deployment, variable);
        assert_eq!(
            opened("d-1", "session").as_deref(),
            Some("\"s3ssion-of-the-erp\"")
        );
        assert_eq!(opened("d-2", "session"), None, "not under another deployment's");
        assert_eq!(opened("d-1", "other"), None, "not as another variable");
        let told = Redaction::global().mask("it is s3ssion-of-the-erp!").into_owned();
        assert!(!told.contains("s3ssion"), "{told}");
    }
}
