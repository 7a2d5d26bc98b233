//! `gone` of the read step: which action can tell, and how often it is asked.

use std::time::Duration;

use connector_kit::action::AnyRead;
use serde_json::Value;

use super::{Findings, Span};
use crate::{
    processflow::{
        file::{GoneText, ReadText, StepText, StepsText},
        plan::Gone,
    },
    schedule::duration,
};

const DAILY: Duration = Duration::from_hours(24);
const AT_MOST: u64 = 20;

/// What the step says of it, where it says anything. What is wrong is among the findings.
pub(super) fn gone(findings: &mut Findings<'_>, read: &ReadText, action: &dyn AnyRead) -> Option<Gone> {
    let text = read.gone.as_ref()?;
    if !action.brings_all() {
        let message = format!(
            "`{}` does not bring everything there is, so nobody can tell by it what is gone",
            read.action.value
        );
        let hint = "Actions that list all things of a kind or follow their changes can, `orders.changed` for instance.";
        findings.mistake(text.span, message, Some(hint.to_owned()));
    }
    if is_filtered(read) {
        let hint = "Leave `filter` out here, and leave records out with a `skip` step.";
        findings.mistake(
            text.span,
            "with a `filter`, what it leaves out would look gone",
            Some(hint.to_owned()),
        );
    }
    let GoneText { keep, every, at_most } = &text.value;
    if keep.value.is_empty() {
        let hint = "For instance `keep: [id]`.";
        findings.mistake(
            keep.span,
            "nothing would be known of a record that is gone",
            Some(hint.to_owned()),
        );
    }
    let every = every
        .as_ref()
        .map(|every| (every.span, duration::parse(&every.value)));
    let every = match every {
        Some((span, Err(error))) => wrong_length(findings, span, &error),
        Some((_, Ok(every))) => every,
        None => DAILY,
    };
    let most = at_most.as_ref().map_or(AT_MOST, |most| most.value);
    if let Some(at_most) = at_most
        && !(1..=100).contains(&most)
    {
        findings.mistake(
            at_most.span,
            "`at_most` is a whole number from 1 to 100: so many of a hundred",
            None,
        );
    }
    Some(Gone {
        keep: keep.value.iter().map(|field| field.value.clone()).collect(),
        every,
        at_most: most,
    })
}

/// Where the file says it.
pub(super) fn written(steps: &StepsText) -> Option<Span> {
    steps.value.iter().find_map(|step| match &step.value {
        StepText::Read(read) => read.gone.as_ref().map(|gone| gone.span),
        _ => None,
    })
}

fn wrong_length(findings: &mut Findings<'_>, span: Span, error: &connector_kit::Error) -> Duration {
    findings.mistake(span, &*error.message, error.hint.clone());
    DAILY
}

fn is_filtered(read: &ReadText) -> bool {
    let filter = read.with.as_ref().and_then(|with| with.value.get("filter"));
    filter
        .and_then(Value::as_object)
        .is_some_and(|filter| !filter.is_empty())
}
