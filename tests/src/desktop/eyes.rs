//! How the window looks: whether anybody can use it, and nothing of it is hidden.

use std::path::Path;

use serde_json::{Value, json};

use super::Window;

impl Window {
    /// Violations that axe-core finds on the page as it is now.
    #[track_caller]
    pub fn axe(&self) -> Vec<String> {
        const RUN: &str = "const done = arguments[0];
            const told = ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`;
            axe.run().then(({ violations }) => done(violations.map(told)), (error) => done([String(error)]));";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| {
            panic!(
                "{}: {error}. Install it: npm ci --ignore-scripts, in ui/",
                file.display()
            )
        });
        if self.script("return typeof axe", &[]) == json!("undefined") {
            self.script(&source, &[]);
        }
        let found = self.script_async(RUN, &[]);
        serde_json::from_value(found).expect("a list of sentences")
    }

    /// Anybody can use the page as it is now.
    #[track_caller]
    pub fn is_accessible(&self) {
        assert_eq!(self.axe(), Vec::<String>::new(), "at {}", self.place());
    }

    /// Where the page is.
    pub fn place(&self) -> String {
        let place = self.script("return location.hash", &[]);
        place.as_str().unwrap_or_default().to_owned()
    }

    /// Goes there and waits until nothing loads any more and what was decided is drawn.
    #[track_caller]
    pub fn look_at(&self, place: &str) {
        // What another panel shows stays there until this one has come.
        const LEAVE: &str = "const panel = (hash) => (hash || '#/connections').split(/[/?]/)[1];
            window.leftBehind = panel(location.hash) === panel(arguments[0]) ? undefined : document.querySelector('main h1');
            location.hash = arguments[0];";
        self.script(LEAVE, &[json!(place)]);
        self.settles(place);
    }

    /// Waits until the page is there and nothing loads any more.
    #[track_caller]
    pub fn settles(&self, place: &str) {
        const SETTLED: &str =
            "return location.hash === arguments[0] && !document.querySelector('[aria-busy=true]')
            && !window.leftBehind?.isConnected && Boolean(document.querySelector('main h1'));";
        const DRAWN: &str =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.until(&format!("{place} is there"), || {
            self.script(SETTLED, &[json!(place)]) == json!(true)
        });
        self.script_async(DRAWN, &[]);
        // What was drawn may ask for more: only then is it all there.
        self.until(&format!("{place} is there"), || {
            self.script(SETTLED, &[json!(place)]) == json!(true)
        });
    }

    /// What is cut off without a way to see it: pieces whose text ends at an edge without a sign and a title, or which
    /// lie outside the window where nothing scrolls. Rows of tables and lines that open are left out: a click
    /// shows all; and drawings that are moved about.
    pub fn cut(&self) -> Vec<String> {
        const SCRIPT: &str = "const found = [];
            const page = document.documentElement;
            if (page.scrollWidth > page.clientWidth + 1) found.push(`the page is ${page.scrollWidth} wide, the window ${page.clientWidth}`);
            const scrolls = (style) => /auto|scroll/.test(style.overflowX);
            const hides = (style) => /hidden|clip/.test(style.overflowX);
            const unseen = (one) => { const { clipPath, position } = getComputedStyle(one); return clipPath !== 'none' && position === 'absolute'; };
            const held = (one) => { for (let up = one; up; up = up.parentElement) if (unseen(up) || up.matches('svg, [contenteditable], [aria-hidden=true], [aria-expanded], [role=row], [role=application]')) return true; return false; };
            for (const one of document.body.querySelectorAll('*')) {
                if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || held(one)) continue;
                const style = getComputedStyle(one);
                const words = one.innerText?.trim().replace(/\\s+/g, ' ').slice(0, 60);
                if (!words || one.matches('select, input, textarea')) continue;
                const told = one.closest('[title]') || one.querySelector('[title]');
                const signed = style.textOverflow === 'ellipsis' && told;
                if (hides(style) && one.scrollWidth > one.clientWidth + 1 && !signed) found.push(`cut: ${one.tagName} ${words}`);
                if (/hidden|clip/.test(style.overflowY) && one !== document.body && one.scrollHeight > one.clientHeight + 3 && one.clientHeight > 0 && !signed)
                    found.push(`cut below: ${one.tagName} ${words}`);
                const { left, right, width } = one.getBoundingClientRect();
                if (width === 0 || (right <= innerWidth + 1 && left >= -1)) continue;
                let way = false;
                for (let up = one.parentElement; up; up = up.parentElement) way ||= scrolls(getComputedStyle(up)) && up.scrollWidth > up.clientWidth;
                if (!way) found.push(`outside: ${one.tagName} ${words}`);
            }
            return [...new Set(found)].slice(0, 20);";
        serde_json::from_value(self.script(SCRIPT, &[])).expect("a list of sentences")
    }

    /// What stands on the page, piece by piece: texts, labels, titles and hints.
    pub fn pieces(&self) -> Vec<String> {
        const SCRIPT: &str = "const found = new Set();
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const { parentElement: around, data } = walker.currentNode;
                if (around.closest('script, style, code, pre, [contenteditable]')) continue;
                if (data.trim() && (around.checkVisibility() || around.closest('select'))) found.add(data.replace(/\\s+/g, ' ').trim());
            }
            for (const name of ['aria-label', 'title', 'placeholder', 'aria-description'])
                for (const one of document.body.querySelectorAll(`[${name}]`)) found.add(one.getAttribute(name).trim());
            found.add(document.title);
            return [...found];";
        serde_json::from_value(self.script(SCRIPT, &[])).expect("a list of texts")
    }

    /// A figure on the page: what an expression of a script says.
    pub fn figure(&self, expression: &str) -> u64 {
        let figure = self.script(&format!("return {expression}"), &[]);
        figure.as_f64().map_or(0, |figure| figure.max(0.0).round() as u64)
    }

    /// The number in front of these words on the page, as in `1,234 records done`.
    pub fn count_before(&self, words: &str) -> Option<u64> {
        let text = self.text();
        let number = |(at, _): (usize, &str)| -> Option<u64> {
            let before = text[..at].rsplit(char::is_whitespace).next()?;
            let digits: String = before.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        text.match_indices(words).find_map(number)
    }

    /// What the page's storage and the page hold now of these words; for secrets.
    pub fn holds(&self, secret: &str) -> bool {
        const SCRIPT: &str = "const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
            return [document.documentElement.outerHTML, ...fields, JSON.stringify(localStorage)].some((text) => text.includes(arguments[0]));";
        self.script(SCRIPT, &[json!(secret)]) == Value::Bool(true)
    }
}
