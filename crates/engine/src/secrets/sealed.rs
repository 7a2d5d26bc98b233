//! The secrets of one connection together with the place they may go to.

use std::collections::BTreeMap;

use connector_kit::{Error, Result, Secret, Secrets};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Kept, Redaction};

/// The version of what stores keep.
const VERSION: u32 = 1;

/// Secrets as a store keeps them. What is inside comes out through [`Sealed::open`] alone.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The connection they belong to.
    pub connection: String,
    /// The place they may be sent to, in the connector's words (`https://api.bigcommerce.com/stores/abc123`).
    pub seal: String,
    /// When they were entered.
    pub entered: Timestamp,
    /// The version of the form they are kept in.
    pub version: u32,
    pub(super) secrets: Secrets,
}

impl Sealed {
    /// Seals what a person entered. From here on no log line shows it.
    pub fn new(connection: &str, seal: &str, secrets: Secrets, entered: Timestamp) -> Self {
        for secret in secrets.0.values() {
            Redaction::global().register(secret);
        }
        Self {
            connection: connection.into(),
            seal: seal.into(),
            entered,
            version: VERSION,
            secrets,
        }
    }

    /// Gives the secrets out for the place they were entered for.
    ///
    /// # Errors
    /// Config when the connection's settings lead elsewhere now.
    pub fn open(self, connection: &str, seal: &str) -> Result<Secrets> {
        if self.connection != connection || self.seal != seal {
            return Err(Error::config(format!(
                "the secrets of `{connection}` were entered for {}; enter them again",
                self.seal
            ))
            .hint(format!(
                "The settings lead to {seal} now. If that is right: `processflow connections edit {connection} \
                 --secret NAME`."
            )));
        }
        if self.version > VERSION {
            return Err(Error::config(format!(
                "the secrets of `{connection}` were written by a newer version of this program"
            ))
            .hint("Use that version, or enter them again."));
        }
        for secret in self.secrets.0.values() {
            Redaction::global().register(secret);
        }
        Ok(self.secrets)
    }

    /// The names of the secret fields that are set.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.secrets.0.keys().map(String::as_str)
    }

    /// Without the secrets.
    pub fn kept(&self) -> Kept {
        Kept {
            connection: self.connection.clone(),
            entered: self.entered,
        }
    }

    /// As bytes for a store that encrypts them itself. Wiped when dropped.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let fields = self
            .secrets
            .0
            .iter()
            .map(|(name, secret)| (name.as_str(), secret.expose()))
            .collect();
        let written = Written {
            version: self.version,
            connection: &self.connection,
            seal: &self.seal,
            entered: self.entered,
            fields,
        };
        // Room enough from the start: a vector that grows leaves copies behind.
        let room = 512
            + 6 * self
                .secrets
                .0
                .values()
                .map(|secret| secret.expose().len())
                .sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *bytes, &written).expect("text and numbers are JSON");
        bytes
    }

    /// Back from [`Sealed::to_bytes`]; `None` when these bytes are something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let read: Read = serde_json::from_slice(bytes).ok()?;
        let secrets = read
            .fields
            .into_iter()
            .map(|(name, text)| (name, Secret::new(text)))
            .collect();
        Some(Self {
            connection: read.connection,
            seal: read.seal,
            entered: read.entered,
            version: read.version,
            secrets: Secrets(secrets),
        })
    }
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    connection: &'a str,
    seal: &'a str,
    entered: Timestamp,
    fields: BTreeMap<&'a str, &'a str>,
}

#[derive(Deserialize)]
struct Read {
    version: u32,
    connection: String,
    seal: String,
    entered: Timestamp,
    fields: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_comes_back_and_shows_nothing_on_the_way() {
        let text = "pass\"word\\with\nall ☂";
        let secrets = Secrets([("password".to_owned(), Secret::new(text.into()))].into());
        let sealed = Sealed::new("erp", "postgres://db.example", secrets, Timestamp::UNIX_EPOCH);
        assert!(
            !format!("{sealed:?}").contains("pass\\"),
            "debug output is redacted"
        );
        let back = Sealed::from_bytes(&sealed.to_bytes()).expect("reads its own bytes");
        assert_eq!(
            back.fields().collect::<Vec<_>>(),
            ["password"],
            "which fields are set may be shown"
        );
        let opened = back.open("erp", "postgres://db.example").expect("opens");
        assert_eq!(
            opened.require("password").expect("is there").expose(),
            text,
            "byte for byte"
        );
        assert!(
            Sealed::from_bytes(b"something else").is_none(),
            "a foreign entry is not taken for ours"
        );
    }

    #[test]
    fn a_newer_form_is_refused() {
        let mut sealed = Sealed::new("erp", "x", Secrets::default(), Timestamp::UNIX_EPOCH);
        sealed.version = VERSION + 1;
        sealed
            .open("erp", "x")
            .expect_err("half understood is not understood");
    }
}
