//! The vault's file: `{"body": {…}, "check": {…}}`. The check is an empty text sealed with the whole body as
//! associated data, so a changed, moved or missing part anywhere is noticed before anything is used.

use std::collections::BTreeMap;

use connector_kit::{Error, Result, Secret, Secrets};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    cipher::{Entry, Key, place},
    closed,
    key::Header,
};
use crate::secrets::{Kept, Sealed};

const FORMAT: u32 = 1;

/// What the vault holds, still encrypted field by field.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    format: u32,
    key: Header,
    pub(super) connections: BTreeMap<String, Connection>,
}

/// The fields of one connection.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connection {
    host: String,
    entered: Timestamp,
    version: u32,
    fields: BTreeMap<String, Entry>,
}

/// A file that was read and not yet checked against its key.
pub(super) struct Locked<'t> {
    body: &'t RawValue,
    check: Entry,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'t> {
    #[serde(borrow)]
    body: &'t RawValue,
    check: Entry,
}

/// Takes the file apart.
pub(super) fn read(text: &[u8]) -> Result<Locked<'_>> {
    let whole: Whole<'_> = serde_json::from_slice(text).map_err(|_| closed())?;
    Ok(Locked {
        body: whole.body,
        check: whole.check,
    })
}

/// The file's text.
pub(super) fn write(body: &Body, key: &Key) -> Vec<u8> {
    let body = serde_json::value::to_raw_value(body).expect("text and numbers are JSON");
    let check = key.seal(b"", body.get().as_bytes());
    serde_json::to_vec(&Whole { body: &body, check }).expect("text is JSON")
}

impl Locked<'_> {
    /// How the key is found. Not to be trusted beyond that before [`Locked::check`].
    pub(super) fn header(&self) -> Result<Header> {
        Ok(self.body()?.key)
    }

    /// The connections' names, as the file has them.
    pub(super) fn list(&self) -> Result<Vec<Kept>> {
        let connections = self.body()?.connections.into_iter();
        Ok(connections
            .map(|(connection, inside)| Kept {
                connection,
                entered: inside.entered,
            })
            .collect())
    }

    /// The contents, if this is the key and nothing was changed.
    pub(super) fn check(&self, key: &Key) -> Result<Body> {
        key.open(&self.check, self.body.get().as_bytes())
            .ok_or_else(closed)?;
        self.body()
    }

    fn body(&self) -> Result<Body> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(self.body.get()).map_err(|_| closed())?;
        if format > FORMAT {
            return Err(
                Error::config("the vault was written by a newer version of this program")
                    .hint("Use that version to open it."),
            );
        }
        serde_json::from_str(self.body.get()).map_err(|_| closed())
    }
}

impl Body {
    pub(super) fn new(key: Header) -> Self {
        Self {
            format: FORMAT,
            key,
            connections: BTreeMap::new(),
        }
    }

    pub(super) fn get(&self, connection: &str, key: &Key) -> Result<Option<Sealed>> {
        let Some(inside) = self.connections.get(connection) else {
            return Ok(None);
        };
        let mut secrets = BTreeMap::new();
        for (field, entry) in &inside.fields {
            let bound = place(self.format, connection, &inside.host, field);
            let text = key.open(entry, &bound).ok_or_else(closed)?;
            let text = std::str::from_utf8(&text).map_err(|_| closed())?;
            secrets.insert(field.clone(), Secret::new(text.to_owned()));
        }
        let mut sealed = Sealed::new(connection, &inside.host, Secrets(secrets), inside.entered);
        sealed.version = inside.version;
        Ok(Some(sealed))
    }

    pub(super) fn set(&mut self, sealed: &Sealed, key: &Key) {
        let fields = sealed.secrets.0.iter().map(|(field, secret)| {
            let bound = place(self.format, &sealed.connection, &sealed.seal, field);
            (field.clone(), key.seal(secret.expose().as_bytes(), &bound))
        });
        let connection = Connection {
            host: sealed.seal.clone(),
            entered: sealed.entered,
            version: sealed.version,
            fields: fields.collect(),
        };
        self.connections.insert(sealed.connection.clone(), connection);
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_token_moved_to_another_connection_does_not_open() {
        let key = Key(Zeroizing::new([7; 32]));
        let mut body = Body::new(Header::KeyFile {});
        for name in ["shop", "evil"] {
            let secrets = Secrets([("token".to_owned(), Secret::new(format!("t0ken of {name}")))].into());
            let host = format!("https://{name}.example");
            body.set(&Sealed::new(name, &host, secrets, Timestamp::UNIX_EPOCH), &key);
        }
        let stolen = body.connections["shop"].fields["token"].clone();
        body.connections
            .get_mut("evil")
            .expect("is there")
            .fields
            .insert("token".into(), stolen);
        body.get("evil", &key)
            .expect_err("even with the key at hand the token stays with its host");
        body.connections.get_mut("shop").expect("is there").host = "https://evil.example".into();
        body.get("shop", &key).expect_err("nor can its host be changed");
    }

    #[test]
    fn a_newer_format_is_named() {
        let key = Key(Zeroizing::new([7; 32]));
        let mut body = Body::new(Header::KeyFile {});
        body.format = FORMAT + 1;
        let text = write(&body, &key);
        let Err(error) = read(&text).expect("reads").header() else {
            panic!("half understood")
        };
        assert!(error.message.contains("newer version"), "{}", error.message);
    }
}
