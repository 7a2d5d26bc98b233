//! Diagnosis mode: the processflows that a person looks into, each until an instant, so that it ends by itself.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Processflows in diagnosis mode, and until when. As text: `orders until 2026-11-21T12:00:00Z, stock until …`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Diagnosis(pub BTreeMap<String, Timestamp>);

impl Diagnosis {
    /// Whether this processflow's runs are written down now.
    pub fn covers(&self, processflow: &str, now: Timestamp) -> bool {
        self.0.get(processflow).is_some_and(|until| now < *until)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |(name, until): (&String, &Timestamp)| format!("{name} until {until}");
        out.write_str(&self.0.iter().map(one).collect::<Vec<_>>().join(", "))
    }
}

impl FromStr for Diagnosis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut of = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, until) = part
                .split_once(" until ")
                .ok_or_else(|| format!("`{part}` does not say until when"))?;
            let until = until
                .trim()
                .parse()
                .map_err(|_| format!("`{}` is no instant such as 2026-11-21T12:00:00Z", until.trim()))?;
            of.insert(name.trim().to_owned(), until);
        }
        Ok(Self(of))
    }
}
