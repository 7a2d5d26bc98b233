//! What does not fit, grouped so that it can be mended: one line a cause, with one example.

use std::collections::{BTreeMap, BTreeSet};

use super::{exchange::Asker, known::Known};
use crate::tool::Done;

/// The part of an exchange that an independent mock says something against: the request, as it reads the files.
pub(super) const MOCK: &str = "mock";

/// A cause.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) file: String,
    pub(super) operation: String,
    /// `request`, `answer 200`, `mock`
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
    /// Operations of which the catalogue's call was judged.
    pub(super) called: BTreeSet<String>,
    /// Operations that no call can be made of, and why.
    pub(super) refused: BTreeMap<String, String>,
    pub(super) exchanges: BTreeMap<&'static str, usize>,
    /// Requests to the mock, and how many it took; none without it.
    pub(super) mock: Option<(usize, usize)>,
    pub(super) checks: usize,
}

impl Counts {
    pub(super) fn met(&mut self, asker: Asker) {
        *self.exchanges.entry(word(asker)).or_default() += 1;
    }

    pub(super) fn mocked(&mut self, taken: bool) {
        let (sent, took) = self.mock.get_or_insert_default();
        *sent += 1;
        *took += usize::from(taken);
    }

    pub(super) fn called(&mut self, operation: String) {
        self.called.insert(operation);
    }

    /// Whether an operation was met, or there is a reason why not.
    pub(super) fn accounts_for(&self, operation: &str) -> bool {
        self.covered.contains_key(operation)
            || self.called.contains(operation)
            || self.refused.contains_key(operation)
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

/// What is printed, and what is left to mend.
pub(super) struct Verdict {
    lines: Vec<String>,
    violations: usize,
    idle: usize,
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
        let idle = idle_lines(known, &theirs, mended);
        let mut lines = violation_lines(&ours);
        lines.extend(vendor_lines(known, &theirs, mended));
        lines.extend(idle.iter().cloned());
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
            idle: idle.len(),
        }
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Nothing when all is well; else what is left to mend.
    pub(super) fn end(&self) -> Done {
        match (self.violations, self.idle) {
            (0, 0) => Ok(()),
            (0, idle) => Err(format!(
                "{idle} entries of crates/xtask/src/conformance/vendor.yaml meet nothing. Take them off the list."
            )),
            (found, _) => Err(format!(
                "{found} violations. Mend the sandbox store or the connector; what only the vendor's file has wrong \
                 goes into crates/xtask/src/conformance/vendor.yaml with its reason."
            )),
        }
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
        lines.push(format!("  {}: {}", mend.place(), mend.why));
    }
    for (at, times) in theirs {
        let error = &known.errors[*at];
        lines.push(format!("  {} (×{times}): {}", error.place(), error.why));
    }
    lines
}

/// Entries without effect. They would excuse a mistake of ours later on, so they have to go.
fn idle_lines(known: &Known, theirs: &BTreeMap<usize, usize>, mended: &BTreeSet<usize>) -> Vec<String> {
    let mends = known.mends.iter().enumerate();
    let mends = mends
        .filter(|(at, _)| !mended.contains(at))
        .map(|(_, mend)| mend.place());
    let errors = known.errors.iter().enumerate();
    let errors = errors
        .filter(|(at, _)| !theirs.contains_key(at))
        .map(|(_, error)| error.place());
    mends
        .chain(errors)
        .map(|place| format!("✗ vendor.yaml: {place}: meets nothing"))
        .collect()
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
    let covered_or_called: BTreeSet<&String> = counts.covered.keys().chain(&counts.called).collect();
    let refused = counts
        .refused
        .iter()
        .filter(|(operation, _)| !covered_or_called.contains(operation));
    let mut lines = vec!["\nNot covered, because no step can be one:".to_owned()];
    lines.extend(refused.map(|(operation, why)| format!("  {operation}: {why}")));
    lines.extend([
        format!("\nfiles: {}, with {} operations", counts.files, counts.operations),
        format!(
            "operations covered: {} of {} ({covered}, {} by a call of the catalogue)",
            covered_or_called.len(),
            counts.operations,
            counts.called.len()
        ),
        format!(
            "requests and answers: {} ({})",
            counts.exchanges.values().sum::<usize>(),
            exchanges.join(", ")
        ),
        format!("checks made: {}", counts.checks),
    ]);
    lines.extend(
        counts
            .mock
            .map(|(sent, took)| format!("requests to the independent mock: {sent}, of which it took {took}")),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::yaml;

    fn found(at: &str) -> Findings {
        let mut findings = Findings::default();
        let finding = Finding {
            file: "orders.v2.oas2.yml".to_owned(),
            operation: "GET /v2/orders".to_owned(),
            part: "answer 200".to_owned(),
            at: at.to_owned(),
            says: "is not in the schema".to_owned(),
        };
        findings.add(finding, String::new);
        findings
    }

    fn end(findings: &Findings) -> Done {
        let list = "mends: []\nerrors: [{ at: /custom_status, why: The example has it. }]";
        let known: Known = yaml::read("a list", list).expect("the list is YAML");
        Verdict::new(&Counts::default(), findings, &known, &BTreeSet::new()).end()
    }

    #[test]
    fn only_a_finding_that_the_list_names_lets_the_command_end_well() {
        assert_eq!(
            end(&found("/custom_status")),
            Ok(()),
            "the entry names the finding"
        );
        let other = end(&found("/costum_status")).expect_err("a misspelt field is ours");
        assert!(other.starts_with("1 violations"), "{other}");
    }

    #[test]
    fn an_entry_that_meets_nothing_is_an_error() {
        let idle = end(&Findings::default()).expect_err("it would excuse a mistake of ours later on");
        assert!(idle.starts_with("1 entries"), "{idle}");
    }
}
