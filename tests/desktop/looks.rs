//! How the window looks for those who need it otherwise: in German, in the dark, at twice the size.

use std::{collections::BTreeMap, path::Path};

use kit::desktop::{Screen, Window};
use serde_json::{Value, json};

use crate::everywhere::{lived_in, places};

fn prefer(window: &Window, key: &str, value: &str) {
    window
        .call("window.set", &json!({ "key": key, "value": value }))
        .expect("it takes that");
}

#[test]
fn all_of_it_is_german() {
    let (world, screen) = (lived_in(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.look_at("#/settings/appearance");
    window.choose("Language", "Deutsch");
    window.until("it speaks German", || {
        window.script("return document.documentElement.lang", &[]) == json!("de")
    });
    let english = only_english();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for place in places(&window) {
        window.look_at(&place);
        look_for(&window, &english, &place, &mut found);
    }
    window.look_at("#/runs");
    for (name, open) in [("search", "k"), ("shortcuts", "?")] {
        match open {
            "?" => window.keys("?"),
            key => window.key_with(fantoccini::key::Key::Control, key.chars().next().unwrap_or(' ')),
        }
        window.find("[role=dialog]");
        look_for(&window, &english, name, &mut found);
        window.key(fantoccini::key::Key::Escape);
    }
    assert!(found.is_empty(), "English words: {found:#?}");
    window.was_quiet();
}

fn look_for(
    window: &Window,
    english: &[Vec<String>],
    place: &str,
    found: &mut BTreeMap<String, Vec<String>>,
) {
    let words = window.pieces().into_iter().filter(|piece| {
        // What carries no letters says the same everywhere.
        piece.chars().any(char::is_alphabetic) && english.iter().any(|one| reads_as(piece, one))
    });
    for piece in words {
        found.entry(piece).or_default().push(place.to_owned());
    }
}

/// Whether a text is these fixed parts with anything between them.
fn reads_as(text: &str, parts: &[String]) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let Some(mut left) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for part in middle {
        let Some(at) = left.find(part.as_str()) else {
            return false;
        };
        left = &left[at + part.len()..];
    }
    left.ends_with(last.as_str())
}

/// Texts that only English has, as their fixed parts.
fn only_english() -> Vec<Vec<String>> {
    let (english, german) = (texts("en"), texts("de"));
    let letters = |parts: &[String]| -> usize { parts.iter().map(|part| part.trim().len()).sum() };
    let mut found: Vec<Vec<String>> = english
        .iter()
        .map(|text| parts(text))
        // What is little more than what is put in could be anything.
        .filter(|parts| letters(parts) >= if parts.len() > 1 { 5 } else { 2 })
        .filter(|parts| !german.iter().any(|text| reads_as(text, parts)))
        .collect();
    found.sort();
    found.dedup();
    assert!(found.len() > 800, "the window has many words: {}", found.len());
    found
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut left = text;
    while let Some((before, rest)) = left.split_once("{{") {
        parts.last_mut().expect("one at least").push_str(before);
        parts.push(String::new());
        left = rest.split_once("}}").map_or("", |(_, after)| after);
    }
    parts.last_mut().expect("one at least").push_str(left);
    parts
}

/// All texts of a language.
fn texts(language: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ui/src/i18n")
        .join(language);
    let mut all = Vec::new();
    for file in std::fs::read_dir(&folder).expect("the texts are there") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("it is read");
        gather(&serde_json::from_str(&text).expect("it is JSON"), &mut all);
    }
    all
}

fn gather(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Object(members) => members.values().for_each(|member| gather(member, all)),
        _ => {}
    }
}

#[test]
fn in_the_dark_at_twice_the_size_nothing_is_cut() {
    let world = lived_in();
    let screen = Screen::at_twice_the_size("1024x768");
    let window = Window::open(&screen, &world.data(), &[]);
    window.until("it is drawn at twice the size", || {
        window.script("return devicePixelRatio", &[]) == json!(2)
    });
    window.until("it lies within the screen", || {
        window.figure("innerWidth") == 512 && window.figure("innerHeight") < 384
    });
    prefer(&window, "theme", "dark");
    window.until("it is dark", || {
        window.script("return document.documentElement.dataset.theme", &[]) == json!("dark")
    });
    let mut cut: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for place in places(&window) {
        window.look_at(&place);
        for one in window.cut().into_iter().chain(window.axe()) {
            cut.entry(one).or_default().push(place.clone());
        }
        if let Some(folder) = std::env::var_os("PROCESSFLOW_LOOKS") {
            let name = place.trim_start_matches("#/").replace(['/', '?', '='], "-");
            screen.picture(&Path::new(&folder).join(format!("{name}-dark-200.png")));
        }
    }
    assert!(cut.is_empty(), "{cut:#?}");
    window.was_quiet();
}
