//! What a person does in the window. Everything is found by the words that are read there, or read aloud.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde_json::{Value, json};

use super::Window;

/// What a control is called: its label, or its words without those that are only drawn.
pub(super) const NAME: &str = "const nameOf = (one) => {
    // Below a label may stand what helps to fill it in.
    const label = one.tagName === 'LABEL' ? one : one.labels?.[0];
    const told = one.getAttribute('aria-label') ?? label?.innerText.trim().split('\\n')[0];
    if (told) return told.replace(/\\s+/g, ' ').trim();
    const copy = one.cloneNode(true);
    copy.querySelectorAll('[aria-hidden=true]').forEach((drawn) => drawn.remove());
    return copy.textContent.replace(/\\s+/g, ' ').trim();
};";

/// The dialog on top, or all of the page.
const TOP: &str =
    "const top = [...document.querySelectorAll('[role=dialog], [role=alertdialog]')].at(-1) ?? document;";

impl Window {
    /// Types into the field of that label, instead of what is in it.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        const SCRIPT: &str =
            "const all = [...top.querySelectorAll('input, textarea, [contenteditable=true]')];
            const field = all.find((one) => nameOf(one).startsWith(arguments[0]) && !one.disabled);
            if (!field) return false;
            field.focus();
            field.select?.();
            return document.activeElement === field;";
        let script = format!("{NAME}{TOP}{SCRIPT}");
        self.until(&format!("there is a field `{label}`"), || {
            self.script(&script, &[json!(label)]) == json!(true)
        });
        self.keys(text);
    }

    /// Chooses from the list of that label.
    #[track_caller]
    pub fn choose(&self, label: &str, words: &str) {
        const SCRIPT: &str =
            "const list = [...top.querySelectorAll('select')].find((one) => nameOf(one).startsWith(arguments[0]));
            const option = list && [...list.options].find((one) => one.text.trim() === arguments[1]);
            if (!option) return false;
            list.value = option.value;
            list.dispatchEvent(new Event('input', { bubbles: true }));
            list.dispatchEvent(new Event('change', { bubbles: true }));
            return true;";
        let script = format!("{NAME}{TOP}{SCRIPT}");
        self.until(&format!("`{label}` has a choice `{words}`"), || {
            self.script(&script, &[json!(label), json!(words)]) == json!(true)
        });
    }

    /// Presses the button, tab, link, row or choice of those words; in the dialog on top where there is one.
    #[track_caller]
    pub fn press(&self, words: &str) {
        const KINDS: &str =
            "button, a[href], [role=menuitem], [role=tab], [role=radio], [role=option], label";
        self.press_one_of(KINDS, words, "nameOf(one) === arguments[0]");
    }

    /// Presses the first row of a table that reads so.
    #[track_caller]
    pub fn press_row(&self, words: &str) {
        self.press_one_of("[role=row]", words, "one.innerText.includes(arguments[0])");
    }

    /// Presses the first button that has these words among others.
    #[track_caller]
    pub fn press_part(&self, words: &str) {
        self.press_one_of("button", words, "one.innerText.includes(arguments[0])");
    }

    /// Presses the button of those words in the part of the page that also reads `near`.
    #[track_caller]
    pub fn press_beside(&self, near: &str, words: &str) {
        let near = json!(near);
        let says = format!(
            "nameOf(one) === arguments[0] && one.closest('section, article, li')?.innerText.includes({near})"
        );
        self.press_one_of("button, a[href]", words, &says);
    }

    #[track_caller]
    fn press_one_of(&self, kinds: &str, words: &str, says: &str) {
        let script = format!(
            "{NAME}{TOP}
            const free = (one) => !one.disabled && one.getAttribute('aria-disabled') !== 'true' && one.getAttribute('aria-busy') !== 'true';
            const found = [...top.querySelectorAll('{kinds}')].find((one) => {says} && one.checkVisibility() && free(one));
            if (found) found.click();
            return Boolean(found);"
        );
        self.until(&format!("`{words}` can be pressed"), || {
            self.script(&script, &[json!(words)]) == json!(true)
        });
    }

    /// Drops a file of that name and text on what the page shows, as a file manager does.
    pub fn drop_file(&self, name: &str, text: &str) {
        const SCRIPT: &str = "const carried = new DataTransfer();
            carried.items.add(new File([arguments[1]], arguments[0]));
            const onto = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
            for (const kind of ['dragenter', 'dragover', 'drop'])
                onto.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));";
        self.script(SCRIPT, &[json!(name), json!(text)]);
    }

    /// Types where the focus is.
    #[track_caller]
    pub fn keys(&self, text: &str) {
        let keys = text
            .chars()
            .flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.perform(keys.collect());
    }

    /// Presses a key that is no letter.
    #[track_caller]
    pub fn key(&self, key: Key) {
        self.keys(&char::from(key).to_string());
    }

    /// Presses a key while another one is held.
    #[track_caller]
    pub fn key_with(&self, held: Key, key: impl Into<char>) {
        let (held, value) = (char::from(held), key.into());
        self.perform(vec![
            KeyAction::Down { value: held },
            KeyAction::Down { value },
            KeyAction::Up { value },
            KeyAction::Up { value: held },
        ]);
    }

    #[track_caller]
    fn perform(&self, keys: Vec<KeyAction>) {
        let actions = keys
            .into_iter()
            .fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        let done = self.runtime.block_on(self.client().perform_actions(actions));
        if let Err(error) = done {
            panic!("keys cannot be pressed: {error}");
        }
    }

    /// Goes on with Tab until the control of that name has the focus.
    #[track_caller]
    pub fn tab_to(&self, name: &str) {
        self.go_to(name, |window| window.key(Key::Tab));
    }

    /// Goes back with Shift and Tab until the control of that name has the focus.
    #[track_caller]
    pub fn tab_back_to(&self, name: &str) {
        self.go_to(name, |window| window.key_with(Key::Shift, Key::Tab));
    }

    #[track_caller]
    fn go_to(&self, name: &str, step: impl Fn(&Self)) {
        /// More stops than any page has.
        const MOST: usize = 120;
        let mut stops = Vec::new();
        for _ in 0..MOST {
            step(self);
            let stop = self.stop();
            if stop == name {
                return;
            }
            stops.push(stop);
        }
        panic!("`{name}` is not reached by keys; there are: {stops:#?}");
    }

    /// What the control that has the focus is called. Each stop is compared with how it looks once the focus has left.
    fn stop(&self) -> String {
        const SCRIPT: &str = "const now = document.activeElement;
            const look = (one) => [one, one?.parentElement, one?.closest('label'), one?.nextElementSibling].map((near) => {
                if (!near) return '';
                const { outline, outlineStyle, boxShadow, borderColor, backgroundColor } = getComputedStyle(near);
                return [outlineStyle === 'none' ? '' : outline, boxShadow, borderColor, backgroundColor].join();
            }).join(';');
            const before = window.stopBefore;
            window.stopsUnseen ??= [];
            if (before && before.one !== now && before.one.isConnected && before.look === look(before.one))
                window.stopsUnseen.push(`${before.name}: ${before.look}`);
            if (!now || now === document.body || now.tabIndex < 0) { window.stopBefore = undefined; return ''; }
            window.stopBefore = { one: now, name: nameOf(now), look: look(now) };
            return nameOf(now);";
        let script = format!("{NAME}{SCRIPT}");
        let name = self.script(&script, &[]);
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Stops of the keyboard that looked the same with the focus as without it.
    pub fn unseen_stops(&self) -> Value {
        self.script("return window.stopsUnseen ?? []", &[])
    }
}
