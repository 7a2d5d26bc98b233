//! The names of placeholders, and those that other agents have and this one has no need of.

use connector_kit::suggest;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// How far the last run came.
    Reached,
    /// The system's present time.
    Now,
}

/// A placeholder's name.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) stands: Stands,
    pub(crate) about: &'static str,
}

/// All names, the usual one first.
pub(crate) const KNOWN: &[Known] = &[
    Known {
        name: "CreatedDate",
        stands: Stands::Reached,
        about: "The store's time when the last run began to read; the beginning of 1970 before the first run. What was read \
                already is left out.",
    },
    Known {
        name: "MaxDateLimit",
        stands: Stands::Now,
        about: "The store's time when this run begins to read.",
    },
    Known {
        name: "ReadDateTime",
        stands: Stands::Reached,
        about: "When the source was last read; the same as `CreatedDate`.",
    },
    Known {
        name: "ReadDate",
        stands: Stands::Reached,
        about: "When the source was last read; the same as `CreatedDate`.",
    },
    Known {
        name: "GetLastCreatedDate",
        stands: Stands::Reached,
        about: "The same as `CreatedDate`; a number is an offset in days.",
    },
    Known {
        name: "CreatedDateWithParams",
        stands: Stands::Reached,
        about: "The same as `CreatedDate`; a number is an offset in days.",
    },
];

/// Another agent's name for a kept variable: `~{gen:GetContextualData(Name)}~`.
pub(super) const CONTEXTUAL: &str = "gen:GetContextualData";

/// What another agent has and this one does not, and what to do instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "gen:LastOf",
        "Leave it out: the reading goes on from page to page by itself, and `~{CreatedDate}~` stands for how far the last run came.",
    ),
    (
        "gen:FirstOf",
        "Leave it out: the reading goes on from page to page by itself, and `~{CreatedDate}~` stands for how far the last run came.",
    ),
];

/// The placeholder of that name.
pub(super) fn named(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The way out where there is none of that name.
pub(super) fn instead(name: &str) -> String {
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == name);
    if let Some((_, instead)) = elsewhere {
        return (*instead).to_owned();
    }
    let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
    suggest::known("There are", &names, name)
}
