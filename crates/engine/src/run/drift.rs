//! Schema drift: the source no longer looks as the processflow expects it, and record after record fails for the same field.
//!
//! One record without a field is that record's matter. When more than a fifth of a page lacks the same one, or has it with
//! another type, a person has to look at the processflow, and ten thousand records that were set aside one by one would only
//! hide that. So the run stops before the next write step sends anything that stays: nothing of the page counts, and the next
//! run reads it again. `on_failure: { drift: set_aside }` says otherwise.

use std::collections::BTreeMap;

use connector_kit::{Error, Result};

use super::batch::{End, Work};
use crate::{
    processflow::{Drift, expression::Unlike},
    state::shape,
};

/// Records that fail for the same field before it is more than theirs.
const FEWEST: usize = 20;
/// And one in so many of a page has to.
const ONE_IN: usize = 5;

impl Work<'_> {
    /// Err: Config, when it is the source that changed.
    pub(super) fn check_drift(&self) -> Result<()> {
        let stops = self.running.moves_watermark && self.running.plan.on_failure.drift == Drift::Stop;
        let failed = self.fates.iter().filter_map(|fate| match fate.end.as_deref() {
            Some(End::Failed { error, .. }) if stops => Some(((fate.ended_in, fault(error)?), error)),
            _ => None,
        });
        let mut alike: BTreeMap<(usize, String), (usize, &Error)> = BTreeMap::new();
        for (fault, error) in failed {
            alike.entry(fault).or_insert((0, error)).0 += 1;
        }
        let all = self.fates.len();
        let most = alike.into_values().max_by_key(|(count, _)| *count);
        match most {
            Some((count, error)) if count >= FEWEST && count * ONE_IN > all => {
                Err(drifted(count, all, error))
            }
            _ => Ok(()),
        }
    }
}

/// What a failure has in common with those of other records, where it is about a field: which one, and what is wrong without
/// this record's values.
fn fault(error: &Error) -> Option<String> {
    let message = &error.message;
    Some(match Unlike::of(error)? {
        Unlike::Missing => message.clone(),
        Unlike::Type => {
            let field = message.split(": ").next().unwrap_or_default();
            format!("{field}: {}", shape(message))
        }
    })
}

fn drifted(count: usize, all: usize, error: &Error) -> Error {
    Error::config(format!(
        "schema drift: {count} of {all} records that came together fail for the same field ({})",
        error.message
    ))
    .hint(
        "Correct the name or the type in the file and deploy it; nothing of these records counts yet, and the next run \
         reads them again. If such records are to be set aside instead, write `on_failure: { drift: set_aside }`.",
    )
}
