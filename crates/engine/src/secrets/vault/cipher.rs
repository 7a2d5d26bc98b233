//! AES-256-GCM with a random 96-bit nonce per entry. Associated data ties a ciphertext to its place.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, AeadCore, OsRng, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The vault's key. Wiped when dropped.
pub(in crate::secrets) struct Key(pub(in crate::secrets) Zeroizing<[u8; 32]>);

/// An encrypted value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::secrets) struct Entry {
    /// 12 bytes, base64.
    nonce: String,
    /// Ciphertext and 16 bytes of tag, base64.
    sealed: String,
}

impl Key {
    /// Encrypts a text for the place that `bound` names.
    pub(in crate::secrets) fn seal(&self, text: &[u8], bound: &[u8]) -> Entry {
        let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
        let payload = Payload {
            msg: text,
            aad: bound,
        };
        let sealed = self
            .cipher()
            .encrypt(&nonce, payload)
            .expect("far below the cipher's limit of 64 GiB");
        Entry {
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        }
    }

    /// Decrypts; `None` when key, place or a single bit is another.
    pub(in crate::secrets) fn open(&self, entry: &Entry, bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = STANDARD
            .decode(&entry.nonce)
            .ok()
            .filter(|nonce| nonce.len() == 12)?;
        let sealed = STANDARD.decode(&entry.sealed).ok()?;
        let payload = Payload {
            msg: &sealed,
            aad: bound,
        };
        self.cipher()
            .decrypt(Nonce::from_slice(&nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }
}

/// The place of a value as associated data. Each part has its length in front, so no two places look alike.
pub(in crate::secrets) fn place(format: u32, connection: &str, host: &str, field: &str) -> Vec<u8> {
    let mut bound = b"processflow-vault".to_vec();
    bound.extend(format.to_be_bytes());
    for part in [connection, host, field] {
        bound.extend((part.len() as u64).to_be_bytes());
        bound.extend(part.as_bytes());
    }
    bound
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn key() -> Key {
        Key(Zeroizing::new([7; 32]))
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
            .collect()
    }

    #[test]
    fn it_is_the_cipher_it_says() {
        // Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", for AES-256.
        let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let text = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let sealed = bytes(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        );
        let entry = Entry {
            nonce: STANDARD.encode(bytes("cafebabefacedbaddecaf888")),
            sealed: STANDARD.encode(sealed),
        };
        let key = Key(Zeroizing::new(key.try_into().expect("32 bytes")));
        assert_eq!(
            *key.open(&entry, &bound).expect("opens"),
            text,
            "another program could open our vault"
        );
    }

    #[test]
    fn a_value_moved_to_another_place_does_not_open() {
        let here = place(1, "shop", "https://a.example", "token");
        let entry = key().seal(b"t0ken", &here);
        assert_eq!(
            *key().open(&entry, &here).expect("opens"),
            b"t0ken",
            "in its place it opens"
        );
        for elsewhere in [
            place(2, "shop", "https://a.example", "token"),
            place(1, "other", "https://a.example", "token"),
            place(1, "shop", "https://b.example", "token"),
            place(1, "shop", "https://a.example", "password"),
            place(1, "shophttps://a.example", "", "token"),
        ] {
            assert!(
                key().open(&entry, &elsewhere).is_none(),
                "the token would go to another host"
            );
        }
    }

    #[test]
    fn no_nonce_comes_twice() {
        let key = key();
        let nonces: HashSet<_> = (0..1000).map(|_| key.seal(b"", b"").nonce).collect();
        assert_eq!(nonces.len(), 1000, "a nonce used twice gives both texts away");
    }
}
