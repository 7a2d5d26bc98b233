//! Placeholders in the parameters of the read step: `~{CreatedDate}~` and its kin, `${Name}`, `{$}`.

use connector_kit::Connector;

use super::{
    Explanation,
    around::Around,
    explain,
    place::{Part, Place},
    proposals::{Proposal, ProposalKind, key, proposal},
};
use crate::placeholder::{CLOSE, IDS, KNOWN, Known, OPEN, VARIABLE};

/// Which parameters of the read step a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    With,
    Retry,
}

/// The parameters whose value stands here, if any.
pub(super) fn part(place: &Place) -> Option<Of> {
    let keys: Vec<&str> = place.path.iter().filter_map(key).collect();
    let is_element = matches!(place.path.last(), Some(Part::Item(_)));
    match &keys[..] {
        ["steps", "read", "with", _, ..] if !place.is_key => Some(Of::With),
        ["steps", "read", "retry", _, ..] if !place.is_key || is_element => Some(Of::Retry),
        _ => None,
    }
}

/// What could stand in a value of which `written` is there, and how far behind its beginning. Dates are offered where a
/// filter bounds one, or where a placeholder has begun.
pub(super) fn complete(
    connectors: &[Connector],
    around: &Around,
    part: Of,
    place: &Place,
    written: &str,
) -> (usize, Vec<Proposal>) {
    let connector = around
        .action()
        .and_then(|(name, _)| connectors.iter().find(|known| known.name == name));
    let Some(connector) = connector.filter(|connector| connector.tells_time) else {
        return (0, Vec::new());
    };
    let begun = written.rfind(OPEN);
    let bare = written.is_empty();
    let quoted = |text: &str| {
        if bare {
            format!("\"{text}\"")
        } else {
            text.to_owned()
        }
    };
    let name = place.path.iter().rev().find_map(key).unwrap_or_default();
    let is_date = (connector.date_filter)(name).is_some();
    let dates = KNOWN.iter().filter(|_| is_date || begun.is_some()).map(|known| {
        let text = format!("{OPEN}{}{CLOSE}", known.name);
        Proposal {
            insert: quoted(&text),
            about: Some(known.about.to_owned()),
            ..proposal(&text, ProposalKind::Value)
        }
    });
    let ids = (part == Of::Retry && !is_date && begun.is_none()).then(|| Proposal {
        insert: quoted(IDS),
        about: Some(
            "The ids of the chosen records: all of them in a list, else one after the other.".to_owned(),
        ),
        ..proposal(IDS, ProposalKind::Value)
    });
    let opened = usize::from(written.starts_with(['"', '\'']));
    let kept = around.kept.iter().filter(|_| begun.is_none()).map(|name| {
        let text = format!("{VARIABLE}{name}}}");
        Proposal {
            insert: quoted(&text),
            about: Some("What is kept of this variable, as it is when the reading begins.".to_owned()),
            ..proposal(&text, ProposalKind::Value)
        }
    });
    (begun.unwrap_or(opened), dates.chain(ids).chain(kept).collect())
}

/// What a placeholder means, and how it is written.
pub(super) fn explanation(known: &Known) -> Explanation {
    let name = known.name;
    let example =
        |written: &str, meaning: &str| (format!("{OPEN}{name}{written}{CLOSE}"), meaning.to_owned());
    Explanation {
        examples: vec![
            example("", "2026-01-15T09:00:00Z"),
            example("('yyyy-MM-dd')", "2026-01-15"),
            example("('','-6')", "2026-01-15T03:00:00Z"),
            example("(-10)", "2026-01-05T09:00:00Z"),
        ],
        ..explain::explanation(&format!("{OPEN}{name}{CLOSE}"), known.about)
    }
}
