//! The agent's own settings: `settings.json` in the data folder, typed, with a default for each.
//!
//! Leaves out what belongs to a connection or a processflow. What a newer version wrote stays in the file.

use std::{fs, io, path::PathBuf};

use connector_kit::{
    Error, Result,
    http::{Network, Proxy},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DataFolder, Diagnosis, trouble, write_atomically};
use crate::secrets::StoreKind;

/// The settings of one agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where secrets are kept.
    pub secrets: StoreKind,
    /// What is written to the log files: error, warn, info, debug or trace.
    pub log_level: LogLevel,
    /// Days a log file is kept.
    pub log_days: u32,
    /// Megabytes (10^6 bytes) all log files may take together.
    pub log_megabytes: u32,
    /// Days the history of runs is kept.
    pub history_days: u32,
    /// Records in that history at most.
    pub history_records: u32,
    /// Days a failed record that was settled keeps its payload.
    pub failed_days: u32,
    /// `system`, `none`, or the address of a proxy.
    pub proxy: String,
    /// PEM files of certificate authorities trusted besides the system's.
    pub authorities: Vec<PathBuf>,
    /// Requests under way at once while a list is read whole.
    pub pages_under_way: u32,
    /// Processflows that run at once.
    pub runs_at_once: u32,
    /// Time zone of schedules that name none, as in `Europe/Berlin`; empty is the machine's.
    pub zone: String,
    /// Processflows in diagnosis mode.
    pub diagnosis: Diagnosis,
    /// Days a run's snapshot is kept.
    pub diagnosis_days: u32,
    /// Keys of a newer version, kept as they are.
    #[serde(flatten)]
    other: serde_json::Map<String, serde_json::Value>,
}

/// A level of the log, by consequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Data is lost or a person must act.
    Error,
    /// Odd, but recovered.
    Warn,
    /// A run began, ended, paused.
    #[default]
    Info,
    /// Per batch.
    Debug,
    /// Per request.
    Trace,
}

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
    get: fn(&Settings) -> String,
    set: fn(&mut Settings, &str) -> Result<(), String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            secrets: StoreKind::default(),
            log_level: LogLevel::default(),
            log_days: 30,
            log_megabytes: 200,
            history_days: 90,
            history_records: 5_000_000,
            failed_days: 30,
            proxy: "system".into(),
            authorities: Vec::new(),
            pages_under_way: 12,
            runs_at_once: 4,
            zone: String::new(),
            diagnosis: Diagnosis::default(),
            diagnosis_days: 7,
            other: serde_json::Map::new(),
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
            set: |settings, text| set(&mut settings.secrets, word(text)),
        },
        Setting {
            key: "log_level",
            about: "what the log files hold: error, warn, info, debug, trace",
            kind: SettingKind::Choice(LEVELS),
            group: "logs",
            get: |settings| settings.log_level.as_str().into(),
            set: |settings, text| set(&mut settings.log_level, word(text)),
        },
        Setting {
            key: "log_days",
            about: "days a log file is kept",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "logs",
            get: |settings| settings.log_days.to_string(),
            set: |settings, text| set(&mut settings.log_days, number(text, 1, 3650)),
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
            set: |settings, text| set(&mut settings.log_megabytes, number(text, 10, 100_000)),
        },
        Setting {
            key: "history_days",
            about: "days the history of runs is kept",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "history",
            get: |settings| settings.history_days.to_string(),
            set: |settings, text| set(&mut settings.history_days, number(text, 1, 3650)),
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
            set: |settings, text| set(&mut settings.history_records, number(text, 1_000, 100_000_000)),
        },
        Setting {
            key: "failed_days",
            about: "days a settled failed record keeps its payload",
            kind: SettingKind::Number { least: 1, most: 3650 },
            group: "history",
            get: |settings| settings.failed_days.to_string(),
            set: |settings, text| set(&mut settings.failed_days, number(text, 1, 3650)),
        },
        Setting {
            key: "proxy",
            about: "system, none, or an address such as http://proxy.example:3128",
            kind: SettingKind::Proxy,
            group: "network",
            get: |settings| settings.proxy.clone(),
            set: |settings, text| set(&mut settings.proxy, proxy(text)),
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
            set: |settings, text| set(&mut settings.authorities, Ok(paths(text))),
        },
        Setting {
            key: "pages_under_way",
            about: "requests under way at once while a list is read whole",
            kind: SettingKind::Number { least: 1, most: 64 },
            group: "network",
            get: |settings| settings.pages_under_way.to_string(),
            set: |settings, text| set(&mut settings.pages_under_way, number(text, 1, 64)),
        },
        Setting {
            key: "runs_at_once",
            about: "processflows that run at once",
            kind: SettingKind::Number { least: 1, most: 64 },
            group: "agent",
            get: |settings| settings.runs_at_once.to_string(),
            set: |settings, text| set(&mut settings.runs_at_once, number(text, 1, 64)),
        },
        Setting {
            key: "zone",
            about: "time zone of schedules that name none, as in Europe/Berlin; empty is the machine's",
            kind: SettingKind::Zone,
            group: "agent",
            get: |settings| settings.zone.clone(),
            set: |settings, text| set(&mut settings.zone, zone(text)),
        },
        Setting {
            key: "diagnosis",
            about: "processflows whose runs are written down record by record, as in NAME until 2026-11-21T12:00:00Z",
            kind: SettingKind::Diagnosis,
            group: "logs",
            get: |settings| settings.diagnosis.to_string(),
            set: |settings, text| set(&mut settings.diagnosis, text.parse()),
        },
        Setting {
            key: "diagnosis_days",
            about: "days that what was written down in diagnosis mode is kept",
            kind: SettingKind::Number { least: 1, most: 365 },
            group: "logs",
            get: |settings| settings.diagnosis_days.to_string(),
            set: |settings, text| set(&mut settings.diagnosis_days, number(text, 1, 365)),
        },
    ];

    /// The settings of this folder; the defaults when there is no file.
    ///
    /// # Errors
    /// Config when the file is no valid JSON or a value is not of its kind.
    pub fn load(folder: &DataFolder) -> Result<Self> {
        let path = folder.settings_file();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(trouble("the settings", &path, error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            Error::config(format!(
                "the settings in {} cannot be read: {error}",
                path.display()
            ))
            .hint("Correct the file at that place, or delete it to begin with the defaults.")
        })
    }

    /// Writes the settings, whole or not at all.
    pub fn save(&self, folder: &DataFolder) -> Result<()> {
        let path = folder.settings_file();
        let text = serde_json::to_vec_pretty(self).expect("settings are plain JSON values");
        write_atomically(&path, &text).map_err(|error| trouble("the settings", &path, error))
    }

    /// Sets one from its text.
    ///
    /// # Errors
    /// Config for a key there is none of, with the nearest one, and for a value it does not take.
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let setting = Self::setting(key)?;
        (setting.set)(self, value.trim()).map_err(|why| {
            Error::config(format!("`{key}` cannot be `{value}`: {why}"))
                .hint(format!("`{key}` is: {}.", setting.about))
        })
    }

    /// One as text.
    pub fn get(&self, key: &str) -> Result<String> {
        Ok((Self::setting(key)?.get)(self))
    }

    /// The network as these settings want it.
    pub fn network(&self) -> Network {
        let proxy = match self.proxy.as_str() {
            "system" => Proxy::System,
            "none" => Proxy::Direct,
            address => Proxy::Address(address.to_owned()),
        };
        Network::new(proxy, self.authorities.clone())
    }

    /// The zone of schedules that name none.
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        // Checked when it was set; a zone that vanished from the machine's list is no reason not to start.
        jiff::tz::TimeZone::get(&self.zone).unwrap_or_else(|_| jiff::tz::TimeZone::system())
    }

    fn setting(key: &str) -> Result<&'static Setting> {
        Self::ALL
            .iter()
            .find(|setting| setting.key == key)
            .ok_or_else(|| {
                let near = Self::ALL.iter().map(|setting| setting.key).max_by(|one, other| {
                    strsim::jaro_winkler(one, key).total_cmp(&strsim::jaro_winkler(other, key))
                });
                let near = near.filter(|near| strsim::jaro_winkler(near, key) > 0.7);
                let hint = match near {
                    Some(near) => format!("Did you mean `{near}`? `processflow settings` lists them all."),
                    None => "`processflow settings` lists them all.".to_owned(),
                };
                Error::config(format!("there is no setting `{key}`")).hint(hint)
            })
    }
}

impl LogLevel {
    /// The level's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
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

fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("it takes a whole number from {least} to {most}")),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_takes_back_what_it_shows() {
        let mut settings = Settings::default();
        for setting in Settings::ALL {
            let shown = settings.get(setting.key).expect("shows");
            settings.set(setting.key, &shown).expect("takes its own text");
        }
        assert_eq!(
            settings,
            Settings::default(),
            "setting what is already set changes nothing"
        );
    }

    #[test]
    fn a_wrong_key_names_the_near_one() {
        let error = Settings::default()
            .set("log-level", "info")
            .expect_err("the key has an underscore");
        assert!(
            error.hint.expect("a hint").contains("`log_level`"),
            "the way out is named"
        );
        let error = Settings::default()
            .set("colour", "red")
            .expect_err("no such setting");
        assert!(
            !error.hint.expect("a hint").contains("Did you mean"),
            "nothing is near"
        );
    }

    #[test]
    fn a_wrong_value_says_what_is_taken_and_changes_nothing() {
        let mut settings = Settings::default();
        for (key, value) in [
            ("secrets", "file"),
            ("log_level", "loud"),
            ("log_days", "0"),
            ("proxy", "proxy:3128"),
            ("proxy", "http://me:secret@proxy:3128"),
            ("pages_under_way", "many"),
            ("zone", "Europe/Bremen"),
        ] {
            let error = settings.set(key, value).expect_err("is refused");
            assert!(error.hint.is_some(), "{key}: the way out");
        }
        assert_eq!(
            settings,
            Settings::default(),
            "a refused value leaves the old one"
        );
    }

    #[test]
    fn what_a_setting_says_it_takes_it_takes() {
        let mut settings = Settings::default();
        for setting in Settings::ALL {
            let mut takes = |text: &str| settings.set(setting.key, text).is_ok();
            match setting.kind {
                SettingKind::Choice(words) => {
                    assert!(words.iter().all(|word| takes(word)), "{}", setting.key);
                    assert!(!takes("something else"), "{}", setting.key);
                }
                SettingKind::Number { least, most } => {
                    assert!(
                        takes(&least.to_string()) && takes(&most.to_string()),
                        "{}",
                        setting.key
                    );
                    assert!(
                        !takes(&(least - 1).to_string()) && !takes(&(most + 1).to_string()),
                        "{}",
                        setting.key
                    );
                }
                SettingKind::Proxy => assert!(takes("none") && takes("http://proxy.example:3128")),
                SettingKind::Files => assert!(takes("/etc/ca.pem,/etc/other.pem") && takes("")),
                SettingKind::Zone => assert!(takes("Europe/Berlin") && takes("")),
                SettingKind::Diagnosis => {
                    assert!(takes("orders until 2026-11-21T12:00:00Z") && takes("") && !takes("orders"));
                }
            }
        }
    }

    #[test]
    fn what_a_newer_version_wrote_stays() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = DataFolder::open(at.path().join("data")).expect("opens");
        fs::write(folder.settings_file(), r#"{"log_days":7,"moon":{"phase":3}}"#).expect("is written");
        let mut settings = Settings::load(&folder).expect("loads");
        settings.set("secrets", "vault").expect("is set");
        settings.save(&folder).expect("is saved");
        let text = fs::read_to_string(folder.settings_file()).expect("reads");
        assert!(
            text.contains("\"phase\": 3"),
            "an older program must not lose it: {text}"
        );
        let again = Settings::load(&folder).expect("loads");
        assert_eq!(
            (again.log_days, again.secrets),
            (7, StoreKind::Vault),
            "both values hold"
        );
    }

    #[test]
    fn a_broken_file_is_refused_with_its_place() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = DataFolder::open(at.path().join("data")).expect("opens");
        let whole = serde_json::to_vec_pretty(&Settings::default()).expect("is JSON");
        for end in 0..whole.len() {
            fs::write(folder.settings_file(), &whole[..end]).expect("is written");
            let error = Settings::load(&folder).expect_err("half a file is no file");
            assert!(error.message.contains("line"), "says where: {}", error.message);
        }
    }
}
