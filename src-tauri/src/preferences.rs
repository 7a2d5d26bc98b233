//! What this user prefers of the window, not of the agent: kept in the user's own configuration, because an installed
//! service's data folder belongs to the service.

use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, MutexGuard},
};

use connector_kit::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::words::{Language, Words};

/// What the window does when it is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnClose {
    /// Asks.
    #[default]
    Ask,
    /// Keeps running: in the tray, or minimised where there is none.
    Keep,
    /// Quits.
    Quit,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// As the desktop.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What a user prefers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preferred {
    /// When the window is closed.
    pub(crate) close: OnClose,
    /// Whether failures and recoveries are told as notifications.
    pub(crate) notifications: bool,
    /// Light or dark.
    pub(crate) theme: Theme,
    /// The language; the desktop's when left out.
    pub(crate) language: Option<Language>,
}

impl Default for Preferred {
    fn default() -> Self {
        Self {
            close: OnClose::Ask,
            notifications: true,
            theme: Theme::System,
            language: None,
        }
    }
}

impl Preferred {
    /// The words to say things in.
    pub(crate) fn words(self) -> Words {
        Words::of(self.language.unwrap_or_else(Language::of_system))
    }
}

/// Preferences and the file they are kept in.
pub(crate) struct Preferences {
    file: PathBuf,
    now: Mutex<Preferred>,
}

impl Preferences {
    /// As they were kept. A file that cannot be read is as good as none: nothing in it is worth not starting for.
    pub(crate) fn load(file: PathBuf) -> Self {
        let kept = fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        Self {
            file,
            now: Mutex::new(kept.unwrap_or_default()),
        }
    }

    /// As they are now.
    pub(crate) fn now(&self) -> Preferred {
        *self.hold()
    }

    /// Changes one of them by name, and keeps it.
    ///
    /// # Errors
    /// Config when there is none of that name, it does not take that value, or it cannot be kept.
    pub(crate) fn set(&self, key: &str, value: serde_json::Value) -> Result<Preferred> {
        let mut now = self.hold();
        let mut all = serde_json::to_value(*now).map_err(|_| Error::bug("preferences do not serialise"))?;
        let place = all
            .get_mut(key)
            .ok_or_else(|| Error::config(format!("the window has no preference `{key}`")))?;
        *place = value;
        let changed: Preferred = serde_json::from_value(all)
            .map_err(|error| Error::config(format!("`{key}` does not take that value: {error}")))?;
        self.keep(changed)?;
        *now = changed;
        Ok(changed)
    }

    fn keep(&self, preferred: Preferred) -> Result<()> {
        let cannot = |error: std::io::Error| {
            Error::config(format!(
                "the preference cannot be kept in {}: {error}",
                self.file.display()
            ))
            .hint("Check that this user may write there.")
        };
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        let text = serde_json::to_vec_pretty(&preferred).map_err(|error| cannot(error.into()))?;
        engine::folder::write_atomically(&self.file, &text).map_err(cannot)
    }

    fn hold(&self) -> MutexGuard<'_, Preferred> {
        self.now.lock().expect("nothing panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn preferences_are_kept_and_nonsense_is_refused() {
        let folder = tempfile::tempdir().expect("a temp folder");
        let file = folder.path().join("conf/window.json");
        let preferences = Preferences::load(file.clone());
        assert!(
            preferences.now().notifications,
            "a person is told unless they say no"
        );
        preferences.set("close", json!("keep")).expect("it takes that");
        preferences.set("language", json!("de")).expect("and that");
        assert!(
            preferences.set("close", json!("maybe")).is_err(),
            "not a value of it"
        );
        assert!(
            preferences.set("colour", json!("red")).is_err(),
            "no such preference"
        );
        let again = Preferences::load(file.clone()).now();
        assert_eq!(
            (again.close, again.language),
            (OnClose::Keep, Some(Language::De)),
            "they are there at the next start"
        );
        fs::write(&file, "{ broken").expect("ours");
        assert_eq!(
            Preferences::load(file).now().close,
            OnClose::Ask,
            "broken is as good as none"
        );
    }
}
