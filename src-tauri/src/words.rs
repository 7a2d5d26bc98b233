//! The words of tray, notifications and native questions, in the languages and the form of the panels' words. Not among
//! those: a test there asks that the page itself says each of its words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// The language of this desktop, English where it is none of ours.
    pub(crate) fn of_system() -> Self {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        Self::of_locale(&named.unwrap_or_default())
    }

    fn of_locale(locale: &str) -> Self {
        if locale.starts_with("de") {
            Self::De
        } else {
            Self::En
        }
    }
}

/// The words of one language.
pub(crate) struct Words {
    language: Language,
    words: BTreeMap<String, String>,
}

impl Words {
    /// Of this language.
    pub(crate) fn of(language: Language) -> Self {
        let text = match language {
            Language::En => include_str!("../words/en.json"),
            Language::De => include_str!("../words/de.json"),
        };
        Self {
            language,
            words: serde_json::from_str(text).expect("a test reads both files"),
        }
    }

    /// The words behind a key.
    pub(crate) fn say(&self, key: &str) -> &str {
        self.words.get(key).map_or("", String::as_str)
    }

    /// What the agent says of a problem, and in other languages than its own the words behind a key, which say where
    /// it can be read: the panels translate it.
    pub(crate) fn of_the_agent<'a>(&'a self, sentence: &'a str, key: &str) -> &'a str {
        match self.language {
            Language::En => sentence,
            Language::De => self.say(key),
        }
    }

    /// With `{{name}}` replaced by a value.
    pub(crate) fn fill(&self, key: &str, name: &str, value: &str) -> String {
        self.say(key).replace(&format!("{{{{{name}}}}}"), value)
    }

    /// One or several of something: `KEY_one` or `KEY_other`.
    pub(crate) fn count(&self, key: &str, count: u64) -> String {
        let form = if count == 1 { "one" } else { "other" };
        self.fill(&format!("{key}_{form}"), "count", &count.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let (english, german) = (Words::of(Language::En), Words::of(Language::De));
        let keys = |words: &Words| words.words.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&english), keys(&german), "no key is missing in either");
        assert_eq!(english.count("waits", 1), "1 thing waits for you");
        assert_eq!(german.count("waits", 3), "3 Sachen warten auf Sie");
        let sentence = "the store does not answer";
        for key in ["failed_run", "not_done_text"] {
            assert_eq!(english.of_the_agent(sentence, key), sentence);
            let said = german.of_the_agent(sentence, key);
            assert!(!said.is_empty() && said != sentence, "in German: {said}");
        }
    }

    #[test]
    fn every_key_that_is_said_has_words() {
        let sources = [
            include_str!("tray.rs"),
            include_str!("closing.rs"),
            include_str!("notices.rs"),
            include_str!("program.rs"),
        ];
        let words = Words::of(Language::En);
        for source in sources {
            for said in source.split(".say(\"").skip(1) {
                let key = said.split('"').next().unwrap_or_default();
                assert!(!words.say(key).is_empty(), "`{key}` has words");
            }
        }
    }

    #[test]
    fn the_desktops_language_is_taken_where_it_is_ours() {
        let cases = [
            ("de_DE.UTF-8", Language::De),
            ("en_GB.UTF-8", Language::En),
            ("fr_FR", Language::En),
            ("", Language::En),
        ];
        for (locale, want) in cases {
            assert_eq!(Language::of_locale(locale), want, "{locale}");
        }
    }
}
