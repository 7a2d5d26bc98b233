//! `failed`: what was set aside, grouped by cause. Four hundred records with one cause are one group.

use std::fmt::Write as _;

use engine::{
    operations::{FailedDetail, ListFailed, ShowFailed},
    state::SetAside,
};

use crate::{
    args::FailedArgs,
    output::{Exit, Outcome, moment, plain, plural},
    shell::Here,
};

/// How many records of a group are named.
const NAMED: usize = 10;

/// Lists set-aside records, or prints the payload of one.
pub(super) fn failed(here: &Here, args: FailedArgs) -> Outcome<Exit> {
    if let Some(number) = args.payload {
        let detail = here.look(ShowFailed { number })?;
        here.console.show(&detail, |detail| payload(here, detail))?;
        return Ok(Exit::Done);
    }
    let records = here.look(ListFailed {
        processflow: args.name,
        group: None,
        after: None,
        limit: args.limit,
    })?;
    here.console.show(&records, |records| {
        if records.is_empty() {
            here.console.talk("No record is set aside.");
            return Ok(());
        }
        for group in by_cause(records) {
            here.console.data(plain(&in_words(&group)))?;
        }
        here.console.talk("`processflow failed --payload NUMBER` shows a record, `retry`, `edit` and `dismiss` take numbers.");
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// The payload alone is data, so that it can be changed and given back.
fn payload(here: &Here, detail: &FailedDetail) -> Outcome<()> {
    let record = &detail.record;
    here.console.talk(plain(&format!(
        "{} of {}: {}",
        record.source, record.processflow, record.message
    )));
    if let Some(hint) = &record.hint {
        here.console.talk(plain(hint));
    }
    here.console.data(format!("{:#}", detail.payload))
}

/// Records that failed for one cause, the first of them as its sample.
fn by_cause(records: &[SetAside]) -> Vec<Vec<&SetAside>> {
    let mut groups: Vec<Vec<&SetAside>> = Vec::new();
    for record in records {
        match groups.iter_mut().find(|group| group[0].group == record.group) {
            Some(group) => group.push(record),
            None => groups.push(vec![record]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

fn in_words(group: &[&SetAside]) -> String {
    let sample = group[0];
    let count = plural(group.len() as u64, "record");
    let first = group
        .iter()
        .map(|record| record.first_at.as_str())
        .min()
        .unwrap_or_default();
    let last = group
        .iter()
        .map(|record| record.last_at.as_str())
        .max()
        .unwrap_or_default();
    let mut text = format!(
        "{}: {count} {}\n  {}",
        sample.processflow, sample.class, sample.message
    );
    if let Some(hint) = &sample.hint {
        write!(text, "\n  {hint}").expect("text takes everything");
    }
    write!(text, "\n  first {}, last {}", moment(first), moment(last)).expect("text takes everything");
    for record in group.iter().take(NAMED) {
        let also = record.labels.join(", ");
        let also = if also.is_empty() {
            also
        } else {
            format!(" ({also})")
        };
        write!(text, "\n  {:>6}  {}{also}", record.number, record.source).expect("text takes everything");
    }
    if group.len() > NAMED {
        write!(text, "\n          and {} more", group.len() - NAMED).expect("text takes everything");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use engine::state::{SetAsideState, shape};

    use super::*;

    fn record(number: i64, message: &str) -> SetAside {
        SetAside {
            number,
            processflow: "stock-from-csv".into(),
            source: number.to_string(),
            labels: Vec::new(),
            class: "rejected".into(),
            message: message.into(),
            hint: None,
            tries: 1,
            run: "r-1".into(),
            first_at: "2026-11-21T10:00:00Z".into(),
            last_at: "2026-11-21T10:00:00Z".into(),
            state: SetAsideState::Open,
            note: None,
            step: None,
            group: shape(message),
        }
    }

    #[test]
    fn four_hundred_records_with_one_cause_are_one_group() {
        let mut records: Vec<_> = (1..=400)
            .map(|n| record(n, &format!("row {n}: SKU `PF-{n}` is not in the store")))
            .collect();
        records.push(record(401, "row 7: QTY is no number"));
        let groups = by_cause(&records);
        let sizes: Vec<_> = groups.iter().map(Vec::len).collect();
        assert_eq!(
            sizes,
            [400, 1],
            "names and numbers do not make a cause of their own"
        );
        let text = in_words(&groups[0]);
        assert!(
            text.contains("400 records rejected") && text.contains("and 390 more"),
            "{text}"
        );
    }
}
