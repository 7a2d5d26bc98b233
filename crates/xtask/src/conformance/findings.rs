//! What does not fit, grouped so that it can be mended: one line a cause, with one example.

use std::collections::{BTreeMap, BTreeSet};

use super::{exchange::Asker, known::Known};

/// A cause.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) file: String,
    pub(super) operation: String,
    /// `request`, `answer 200`
    pub(super) part: String,
    /// Pointer into the body, indices as `*`; or a parameter's name.
    pub(super) at: String,
    pub(super) says: String,
}

/// How often, and where first.
struct Seen {
    times: usize,
    example: String,
}

/// Everything found.
#[derive(Default)]
pub(super) struct Findings {
    all: BTreeMap<Finding, Seen>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding, example: impl FnOnce() -> String) {
        let seen = self.all.entry(finding).or_insert_with(|| Seen {
            times: 0,
            example: example(),
        });
        seen.times += 1;
    }
}

/// What was looked at.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) files: usize,
    pub(super) operations: usize,
    /// Operations met, by name, and who asked for them.
    pub(super) covered: BTreeMap<String, BTreeSet<&'static str>>,
    pub(super) exchanges: BTreeMap<&'static str, usize>,
    pub(super) checks: usize,
}

impl Counts {
    pub(super) fn met(&mut self, asker: Asker) {
        *self.exchanges.entry(word(asker)).or_default() += 1;
    }

    pub(super) fn covers(&mut self, operation: String, asker: Asker) {
        self.covered.entry(operation).or_default().insert(word(asker));
    }
}

fn word(asker: Asker) -> &'static str {
    match asker {
        Asker::OurProgram => "by processflow",
        Asker::List => "by the list",
        Asker::WrongOnPurpose => "wrong on purpose",
    }
}

/// What is printed, and how many violations are left.
pub(super) struct Verdict {
    lines: Vec<String>,
    violations: usize,
}

impl Verdict {
    /// Sets the vendor's own errors apart.
    pub(super) fn new(counts: &Counts, findings: &Findings, known: &Known, mended: &BTreeSet<usize>) -> Self {
        let mut ours = Vec::new();
        let mut theirs: BTreeMap<usize, usize> = BTreeMap::new();
        for (finding, seen) in &findings.all {
            match known.names(finding) {
                Some(entry) => *theirs.entry(entry).or_default() += seen.times,
                None => ours.push((finding, seen)),
            }
        }
        let mut lines = violation_lines(&ours);
        lines.extend(vendor_lines(known, &theirs, mended));
        lines.extend(count_lines(counts));
        let named: usize = theirs.values().sum();
        lines.push(format!(
            "the vendor's own errors: {} named, met {named} times",
            theirs.len() + mended.len()
        ));
        lines.push(format!("violations: {}", ours.len()));
        Self {
            lines,
            violations: ours.len(),
        }
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    pub(super) fn violations(&self) -> usize {
        self.violations
    }
}

fn violation_lines(ours: &[(&Finding, &Seen)]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut head = String::new();
    for (finding, seen) in ours {
        let own = format!("{} · {} · {}", finding.file, finding.operation, finding.part);
        if own != head {
            lines.push(format!("\n✗ {own}"));
            head = own;
        }
        lines.push(format!(
            "    {} {} (×{}; {})",
            finding.at, finding.says, seen.times, seen.example
        ));
    }
    lines
}

fn vendor_lines(known: &Known, theirs: &BTreeMap<usize, usize>, mended: &BTreeSet<usize>) -> Vec<String> {
    let mut lines = vec!["\nThe vendor's own errors:".to_owned()];
    for at in mended {
        let mend = &known.mends[*at];
        lines.push(format!("  {}, {}: {}", mend.file, mend.text, mend.why));
    }
    for (at, error) in known.errors.iter().enumerate() {
        match theirs.get(&at) {
            Some(times) => lines.push(format!("  {} (×{times}): {}", error.place(), error.why)),
            None => lines.push(format!("  {} was not met; it may leave the list", error.place())),
        }
    }
    lines
}

fn count_lines(counts: &Counts) -> Vec<String> {
    let by = |who: &str| {
        counts
            .covered
            .values()
            .filter(|askers| askers.contains(who))
            .count()
    };
    let exchanges: Vec<String> = counts
        .exchanges
        .iter()
        .map(|(who, count)| format!("{count} {who}"))
        .collect();
    let askers = [Asker::OurProgram, Asker::List, Asker::WrongOnPurpose].map(word);
    let covered = askers.map(|who| format!("{} {who}", by(who))).join(", ");
    vec![
        format!("\nfiles: {}, with {} operations", counts.files, counts.operations),
        format!("operations covered: {} ({covered})", counts.covered.len()),
        format!(
            "requests and answers: {} ({})",
            counts.exchanges.values().sum::<usize>(),
            exchanges.join(", ")
        ),
        format!("checks made: {}", counts.checks),
    ]
}
