//! Every setting there is: its name, what it takes, and the place it has.

use std::path::PathBuf;

use connector_kit::{Error, Result};

use super::Settings;

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number from the least to the most.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// `system`, `none`, or an address.
    Proxy,
    /// Paths of files with commas between.
    Files,
    /// A time zone's name; empty is the machine's.
    Zone,
    /// See [`Diagnosis`]; `diagnose` sets one processflow.
    Diagnosis,
}

/// One setting as it is shown and set.
pub struct Setting {
    /// Its name, as in `processflow settings set KEY=VALUE`.
    pub key: &'static str,
    /// What it does, and what it takes.
    pub about: &'static str,
    /// What it takes, as a form draws it.
    pub kind: SettingKind,
    /// What it belongs to: agent, network, logs or history.
    pub group: &'static str,
    pub(super) get: fn(&Settings) -> String,
    set: fn(&mut Settings, &str, SettingKind) -> Result<(), String>,
}

impl Setting {
    /// The one of this name.
    ///
    /// # Errors
    /// Config when there is none, with the nearest one.
    pub(super) fn named(key: &str) -> Result<&'static Self> {
        let there = Settings::ALL.iter().find(|setting| setting.key == key);
        there.ok_or_else(|| {
            let likeness = |setting: &Self| strsim::jaro_winkler(setting.key, key);
            let near = Settings::ALL
                .iter()
                .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
            let hint = match near.filter(|near| likeness(near) > 0.7) {
                Some(near) => format!(
                    "Did you mean `{}`? `processflow settings` lists them all.",
                    near.key
                ),
                None => "`processflow settings` lists them all.".to_owned(),
            };
            Error::config(format!("there is no setting `{key}`")).hint(hint)
        })
    }

    /// Sets it from its text.
    pub(super) fn put(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        (self.set)(settings, text, self.kind)
    }
}

impl SettingKind {
    fn number(self, text: &str) -> Result<u32, String> {
        let Self::Number { least, most } = self else {
            return Err("it takes no number".into());
        };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(format!("it takes a whole number from {least} to {most}")),
        }
    }
}

impl Settings {
    /// Every setting there is.
    pub const ALL: &'static [Setting] = &[
        Setting {
            key: "secrets",
            about: "where secrets are kept: os, vault, vault-passphrase",
            kind: SettingKind::Choice(&["os", "vault", "vault-passphrase"]),
            group: "agent",
            get: |settings| settings.secrets.to_string(),
            set: |settings, text, _| set(&mut settings.secrets, word(text)),
        },
        Setting {
            key: "log_level",
            about: "what the log files hold: error, warn, info, debug, trace",
            kind: SettingKind::Choice(LEVELS),
            group: "logs",
            get: |settings| settings.log_level.as_str().into(),
            set: |settings, text, _| set(&mut settings.log_level, word(text)),
        },
        Setting {
            key: "log_days",
            about: "days a log file is kept",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "logs",
            get: |settings| settings.log_days.to_string(),
            set: |settings, text, kind| set(&mut settings.log_days, kind.number(text)),
        },
        Setting {
            key: "log_megabytes",
            about: "megabytes all log files may take together",
            kind: SettingKind::Number {
                least: 10,
                most: 100_000,
            },
            group: "logs",
            get: |settings| settings.log_megabytes.to_string(),
            set: |settings, text, kind| set(&mut settings.log_megabytes, kind.number(text)),
        },
        Setting {
            key: "history_days",
            about: "days the history of runs is kept",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "history",
            get: |settings| settings.history_days.to_string(),
            set: |settings, text, kind| set(&mut settings.history_days, kind.number(text)),
        },
        Setting {
            key: "history_records",
            about: "records in that history at most",
            kind: SettingKind::Number {
                least: 1_000,
                most: 100_000_000,
            },
            group: "history",
            get: |settings| settings.history_records.to_string(),
            set: |settings, text, kind| set(&mut settings.history_records, kind.number(text)),
        },
        Setting {
            key: "failed_days",
            about: "days a settled failed record keeps its payload",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "history",
            get: |settings| settings.failed_days.to_string(),
            set: |settings, text, kind| set(&mut settings.failed_days, kind.number(text)),
        },
        Setting {
            key: "proxy",
            about: "system, none, or an address such as http://proxy.example:3128",
            kind: SettingKind::Proxy,
            group: "network",
            get: |settings| settings.proxy.clone(),
            set: |settings, text, _| set(&mut settings.proxy, proxy(text)),
        },
        Setting {
            key: "authorities",
            about: "PEM files of certificate authorities to trust besides the system's, with commas between",
            kind: SettingKind::Files,
            group: "network",
            get: |settings| {
                let paths: Vec<_> = settings
                    .authorities
                    .iter()
                    .map(|path| path.to_string_lossy())
                    .collect();
                paths.join(",")
            },
            set: |settings, text, _| set(&mut settings.authorities, Ok(paths(text))),
        },
        Setting {
            key: "pages_under_way",
            about: "requests under way at once while a list is read whole",
            kind: SettingKind::Number { least: 1, most: 64 },
            group: "network",
            get: |settings| settings.pages_under_way.to_string(),
            set: |settings, text, kind| set(&mut settings.pages_under_way, kind.number(text)),
        },
        Setting {
            key: "runs_at_once",
            about: "processflows that run at once",
            kind: SettingKind::Number { least: 1, most: 64 },
            group: "agent",
            get: |settings| settings.runs_at_once.to_string(),
            set: |settings, text, kind| set(&mut settings.runs_at_once, kind.number(text)),
        },
        Setting {
            key: "zone",
            about: "time zone of schedules that name none, as in Europe/Berlin; empty is the machine's",
            kind: SettingKind::Zone,
            group: "agent",
            get: |settings| settings.zone.clone(),
            set: |settings, text, _| set(&mut settings.zone, zone(text)),
        },
        Setting {
            key: "diagnosis",
            about: "processflows whose runs are written down record by record, as in NAME until 2026-11-21T12:00:00Z",
            kind: SettingKind::Diagnosis,
            group: "logs",
            get: |settings| settings.diagnosis.to_string(),
            set: |settings, text, _| set(&mut settings.diagnosis, text.parse()),
        },
        Setting {
            key: "diagnosis_days",
            about: "days that what was written down in diagnosis mode is kept",
            kind: SettingKind::Number { least: 1, most: 365 },
            group: "logs",
            get: |settings| settings.diagnosis_days.to_string(),
            set: |settings, text, kind| set(&mut settings.diagnosis_days, kind.number(text)),
        },
    ];
}

fn set<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|error| error.to_string())
}

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

fn proxy(text: &str) -> Result<String, String> {
    if matches!(text, "system" | "none") {
        return Ok(text.to_owned());
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("an address starts with http://, https:// or socks5://".into());
    };
    if !matches!(scheme, "http" | "https" | "socks5" | "socks5h") || rest.is_empty() {
        return Err("an address starts with http://, https:// or socks5://".into());
    }
    if rest.contains('@') {
        return Err("a login has no place in this file".into());
    }
    Ok(text.to_owned())
}

fn paths(text: &str) -> Vec<PathBuf> {
    text.split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .collect()
}

fn zone(text: &str) -> Result<String, String> {
    match jiff::tz::TimeZone::get(text) {
        Err(_) if !text.is_empty() => Err("no time zone has that name".into()),
        _ => Ok(text.to_owned()),
    }
}
