//! Secrets in memory: a type that neither serialises nor prints, wiped when dropped.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

use crate::{Error, Result};

/// A token, password or key. It has no `Serialize`, and prints `[redacted]`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself: for the transport that sends it and the store that keeps it, nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

/// The secrets of one connection by the name of the settings field they fill.
#[derive(Clone, Default, Debug)]
pub struct Secrets(pub BTreeMap<String, Secret>);

impl Secrets {
    /// A secret that must be there.
    pub fn require(&self, field: &str) -> Result<&Secret> {
        self.get(field).ok_or_else(|| {
            Error::config(format!("the secret `{field}` is not set")).hint(format!(
                "Enter it with `processflow connections edit NAME --secret {field}`."
            ))
        })
    }

    /// A secret that may be there.
    pub fn get(&self, field: &str) -> Option<&Secret> {
        self.0.get(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secrets = Secrets([("token".to_owned(), Secret::new("t0ken".into()))].into());
        let printed = format!("{secrets:?} {secrets:#?} {:?}", secrets.get("token"));
        assert!(!printed.contains("t0ken"), "{printed}");
        assert!(
            printed.contains("token") && printed.contains("[redacted]"),
            "its name may be known: {printed}"
        );
        assert_eq!(
            secrets.require("token").unwrap().expose(),
            "t0ken",
            "the transport gets it"
        );
    }

    #[test]
    fn a_missing_secret_is_a_persons_matter() {
        let error = Secrets::default().require("token").unwrap_err();
        assert_eq!(error.kind, crate::Kind::Config);
        assert!(
            error.hint.unwrap().contains("--secret token"),
            "the way out is a command"
        );
    }
}
