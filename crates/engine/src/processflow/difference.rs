//! Two texts line by line.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use ts_rs::TS;

/// What differs between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Difference {
    /// Lines that only the second has.
    pub added: usize,
    /// Lines that only the first has.
    pub removed: usize,
    /// All lines, in order.
    pub lines: Vec<DifferentLine>,
}

/// A line of one text or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DifferentLine {
    /// Where it stands.
    pub stands: Stands,
    /// Its number in the first text.
    pub before: Option<usize>,
    /// Its number in the second text.
    pub after: Option<usize>,
    /// What it says.
    pub text: String,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// In both.
    Same,
    /// In the first only.
    Removed,
    /// In the second only.
    Added,
}

impl Difference {
    /// Compares. Never takes longer than a person notices: very different texts are told as replaced.
    pub fn between(before: &str, after: &str) -> Self {
        let diff = TextDiff::configure()
            .timeout(Duration::from_millis(200))
            .diff_lines(before, after);
        let mut difference = Self::default();
        for change in diff.iter_all_changes() {
            let stands = match change.tag() {
                ChangeTag::Equal => Stands::Same,
                ChangeTag::Delete => Stands::Removed,
                ChangeTag::Insert => Stands::Added,
            };
            difference.added += usize::from(stands == Stands::Added);
            difference.removed += usize::from(stands == Stands::Removed);
            difference.lines.push(DifferentLine {
                stands,
                before: change.old_index().map(|at| at + 1),
                after: change.new_index().map(|at| at + 1),
                text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
            });
        }
        difference
    }

    /// True when the texts say the same, letter by letter.
    pub fn is_none(&self) -> bool {
        self.added + self.removed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_can_be_read_from_their_difference() {
        let (before, after) = ("a\nb\nc\n", "a\nx\nc\nd\n");
        let difference = Difference::between(before, after);
        assert_eq!((difference.added, difference.removed), (2, 1), "{difference:?}");
        let text = |number: fn(&DifferentLine) -> Option<usize>| -> String {
            let mut lines: Vec<_> = difference
                .lines
                .iter()
                .filter(|line| number(line).is_some())
                .collect();
            lines.sort_by_key(|line| number(line));
            lines.iter().map(|line| format!("{}\n", line.text)).collect()
        };
        assert_eq!(
            (text(|line| line.before), text(|line| line.after)),
            (before.into(), after.into())
        );
        assert!(Difference::between(before, before).is_none());
    }
}
