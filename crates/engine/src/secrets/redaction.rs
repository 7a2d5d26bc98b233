//! Every secret the process has in hand, so that no log line shows one: as it is, and in the forms it takes on
//! its way (JSON, URL, base64, hex).

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt::Write as _,
    sync::{LazyLock, RwLock},
};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use connector_kit::Secret;
use zeroize::Zeroize;

/// What stands where a secret stood.
pub const MASK: &str = "[redacted]";

/// A shorter one would blacken half of every line and is no secret.
const SHORTEST: usize = 4;
/// Encoded forms of a short secret are ordinary letters.
const SHORTEST_ENCODED: usize = 6;

/// The secrets to mask.
#[derive(Default)]
pub struct Redaction {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    forms: BTreeSet<String>,
    search: Option<AhoCorasick>,
}

impl Redaction {
    /// The one of this process. Global, because a secret may meet a log line anywhere.
    pub fn global() -> &'static Self {
        static GLOBAL: LazyLock<Redaction> = LazyLock::new(Redaction::default);
        &GLOBAL
    }

    /// From now on this secret is masked, until the process ends.
    pub fn register(&self, secret: &Secret) {
        let text = secret.expose();
        if text.len() < SHORTEST || self.read().forms.contains(text) {
            return;
        }
        let mut state = self
            .state
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state.forms.extend(forms(text));
        state.search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&state.forms)
            .ok();
    }

    /// The text without secrets.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let state = self.read();
        let Some(search) = &state.search else {
            return Cow::Borrowed(text);
        };
        if !search.is_match(text) {
            return Cow::Borrowed(text);
        }
        let masks = vec![MASK; search.patterns_len()];
        Cow::Owned(search.replace_all(text, &masks))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        for mut form in std::mem::take(&mut self.forms) {
            form.zeroize();
        }
    }
}

fn forms(text: &str) -> Vec<String> {
    let json = serde_json::to_string(text).expect("text is JSON");
    let mut forms = vec![
        text.to_owned(),
        json[1..json.len() - 1].to_owned(),
        text.escape_debug().to_string(),
    ];
    // A secret of several lines (a private key) shows line by line.
    forms.extend(
        text.lines()
            .map(str::trim)
            .filter(|line| line.len() >= 16)
            .map(str::to_owned),
    );
    if text.len() >= SHORTEST_ENCODED {
        forms.push(percent(text, false));
        forms.push(percent(text, true));
        let hex = hex(text);
        forms.push(hex.to_uppercase());
        forms.push(hex);
        forms.extend((0..3).flat_map(|shift| base64_inside(text.as_bytes(), shift)));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

fn hex(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        write!(out, "{byte:02x}").expect("text takes everything");
    }
    out
}

/// As in a URL (`%20`) or a form (`+`).
fn percent(text: &str, form: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' if form => out.push('+'),
            _ => write!(out, "%{byte:02X}").expect("text takes everything"),
        }
    }
    out
}

/// The letters of the secret's base64 when `shift` bytes of something else stand before it (`user:`): those that
/// depend on the secret alone.
fn base64_inside(secret: &[u8], shift: usize) -> [String; 2] {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(secret);
    // A letter carries 6 bits; letters that share bits with a neighbour are left out at both ends.
    let first = (shift * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    let both = [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)];
    padded.zeroize();
    both.map(|text| text[first..last].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "t0k/en+with \"odd\" letters";

    fn registry() -> Redaction {
        let registry = Redaction::default();
        registry.register(&Secret::new(TOKEN.into()));
        registry
    }

    #[test]
    fn a_secret_is_masked_in_every_form_it_takes() {
        let registry = registry();
        let basic = |user: &str| STANDARD_NO_PAD.encode(format!("{user}:{TOKEN}, and more"));
        let hex = hex(TOKEN);
        for line in [
            format!("token {TOKEN} refused"),
            serde_json::json!({ "token": TOKEN }).to_string(),
            format!("{:?}", Some(TOKEN)),
            format!("?token={}", percent(TOKEN, false)),
            format!("token={}&x", percent(TOKEN, true)),
            hex.clone(),
            hex.to_uppercase(),
            basic("a"),
            basic("ab"),
            basic("abc"),
            URL_SAFE_NO_PAD.encode(TOKEN),
        ] {
            let masked = registry.mask(&line);
            assert!(masked.contains(MASK), "something was masked in {line}: {masked}");
            assert!(
                !masked.contains("t0k") && !masked.contains("letters"),
                "nothing readable stays: {masked}"
            );
        }
    }

    #[test]
    fn every_secret_is_masked_wherever_it_stands() {
        let registry = registry();
        registry.register(&Secret::new("second-secret".into()));
        assert_eq!(
            registry.mask(&format!("{TOKEN}second-secret{TOKEN}")),
            format!("{MASK}{MASK}{MASK}"),
            "side by side too"
        );
    }

    #[test]
    fn a_line_without_secrets_stays_as_it_is() {
        assert!(
            matches!(registry().mask("500 orders read"), Cow::Borrowed(_)),
            "no copy, no change"
        );
        let short = Redaction::default();
        short.register(&Secret::new("abc".into()));
        assert_eq!(short.mask("abc"), "abc", "three letters are everywhere");
    }
}
