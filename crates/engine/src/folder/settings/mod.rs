//! The agent's own settings: `settings.json` in the data folder, typed, with a default for each.
//!
//! Leaves out what belongs to a connection or a processflow. What a newer version wrote stays in the file.

mod level;
mod list;

use std::{fs, io, path::PathBuf};

use connector_kit::{
    Error, Result,
    http::{Network, Proxy},
};
use serde::{Deserialize, Serialize};

use super::{DataFolder, Diagnosis, trouble, write_atomically};
use crate::secrets::StoreKind;

pub use level::LogLevel;
pub use list::{Setting, SettingKind};

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
        let setting = Setting::named(key)?;
        setting.put(self, value.trim()).map_err(|why| {
            Error::config(format!("`{key}` cannot be `{value}`: {why}"))
                .hint(format!("`{key}` is: {}.", setting.about))
        })
    }

    /// One as text.
    pub fn get(&self, key: &str) -> Result<String> {
        Ok((Setting::named(key)?.get)(self))
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
