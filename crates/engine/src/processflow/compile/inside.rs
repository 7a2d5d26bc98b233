//! Steps that have steps inside: the ways of a branch, the elements of a list.

use std::collections::BTreeMap;

use super::{At, steps::Compiler};
use crate::processflow::{
    file::{ForEachText, WayText},
    plan::{ForEach, Way},
};

impl Compiler<'_, '_> {
    /// A name that is given on one way is not seen on the others, may be given on each, and is seen behind the branch.
    pub(super) fn branch(&mut self, written: &At<Vec<WayText>>, id: &str) -> Option<Vec<Way>> {
        let ways = &written.value;
        if ways.is_empty() {
            let hint = "A way has a rule and steps: `- when: status_id == 11` and `steps:` below it.";
            self.findings
                .mistake(written.span, "the branch has no ways", Some(hint.to_owned()));
            return None;
        }
        let before = self.names.clone();
        self.elsewhere.push(BTreeMap::new());
        let mut compiled = Vec::new();
        for (at, way) in ways.iter().enumerate() {
            if way.when.is_none() && at + 1 < ways.len() {
                let message = "a way without `when` takes all others, so it is the last one";
                let hint = "Move it to the end, or give it a rule.";
                self.findings
                    .mistake(way.steps.span, message, Some(hint.to_owned()));
            }
            let when = way.when.as_ref().map(|when| self.expression(when));
            let steps = self.steps_inside(&way.steps, &format!("{id}.{}.", at + 1));
            self.hide_names_since(&before);
            // A rule that is wrong is noted; its way is left out.
            if !matches!(when, Some(None)) {
                compiled.push(Way {
                    when: when.flatten(),
                    steps,
                });
            }
        }
        let given = self.elsewhere.pop().unwrap_or_default();
        for (name, place) in given {
            self.names[place] = name;
        }
        Some(compiled)
    }

    fn hide_names_since(&mut self, before: &[String]) {
        for place in 0..self.names.len() {
            let known = before.get(place).is_some_and(|name| !name.is_empty());
            if known || self.names[place].is_empty() {
                continue;
            }
            let name = std::mem::take(&mut self.names[place]);
            if let Some(elsewhere) = self.elsewhere.last_mut() {
                elsewhere.insert(name, place);
            }
        }
    }

    /// What is named inside is seen inside alone: it has a value for each element.
    pub(super) fn for_each(&mut self, text: &ForEachText, id: &str) -> Option<ForEach> {
        let list = self.expression(&text.list);
        let before = self.names.clone();
        let variable = text.name.as_ref().map(|name| self.name(name));
        let steps = self.steps_inside(&text.steps, &format!("{id}."));
        for (place, name) in self.names.iter_mut().enumerate() {
            if before.get(place).is_none_or(String::is_empty) {
                name.clear();
            }
        }
        Some(ForEach {
            list: list?,
            variable: variable.map_or(Some(None), |place| place.map(Some))?,
            steps,
        })
    }
}
