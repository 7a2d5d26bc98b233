//! A batch through the steps: each step over all records before the next one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use connector_kit::{
    Error, Outcome, Raw, Record, Result, Row,
    http::{Exchange, taped},
};
use futures::{StreamExt, future::BoxFuture, stream};

use super::{
    Running,
    batch::{Unit, Work},
    delivery::{Delivered, Delivery},
    trace::Trace,
};
use crate::processflow::{Fetch, ForEach, Mapping, Set, Step, StepKind, Way, Write, key_twice};

/// Questions of one `fetch` step that are under way together.
const ASKED_TOGETHER: usize = 4;
/// Records that one question of a `fetch` may bring.
const MOST_FETCHED: usize = 10_000;
/// Why a record is left out that no way of a branch takes, and nothing else was made of.
const NO_WAY: &str = "no way of the branch takes it";

impl Work<'_> {
    pub(super) async fn through_all_steps(&mut self) -> Result<()> {
        let plan = self.running.plan.clone();
        let unit = |(at, record): (usize, &Record)| {
            let mut mapping = self.running.scope.record(record);
            for (variable, now) in plan.variables.iter().zip(&self.variables) {
                mapping.know(variable.place, now.clone());
            }
            Unit {
                record: at,
                mapping,
                is_element: false,
                left_out: false,
            }
        };
        let units = self.records.iter().enumerate().map(unit).collect();
        self.through(&plan.steps, units, false).await?;
        self.check_drift()
    }

    /// Takes units through steps; all come back, also those that ended.
    fn through<'s>(
        &'s mut self,
        steps: &'s [Step],
        mut units: Vec<Unit>,
        inside: bool,
    ) -> BoxFuture<'s, Result<Vec<Unit>>> {
        Box::pin(async move {
            for step in steps {
                if inside {
                    self.visit(step, &units);
                }
                match &step.kind {
                    StepKind::Skip(skip) => self.each(step, &mut units, |mapping| mapping.skip(skip)),
                    StepKind::Set(set) => self.set(step, set, &mut units),
                    StepKind::Branch(ways) => units = self.branch(step, ways, units).await?,
                    StepKind::ForEach(each) => self.for_each(step, each, &mut units).await?,
                    StepKind::Fetch(fetch) => self.fetch(step, fetch, &mut units).await?,
                    StepKind::Delay(length) if units.iter().any(|unit| self.goes_on(unit)) => {
                        self.running.progress.at_step(&step.id);
                        self.running.clock.sleep(*length).await;
                    }
                    StepKind::Delay(_) => {}
                    StepKind::Write(write) => {
                        self.running.progress.at_step(&step.id);
                        self.write(step, write, &mut units).await?;
                    }
                }
            }
            Ok(units)
        })
    }

    fn goes_on(&self, unit: &Unit) -> bool {
        !unit.left_out && self.fates[unit.record].end.is_none()
    }

    fn visit(&mut self, step: &Step, units: &[Unit]) {
        for unit in units {
            if self.goes_on(unit) {
                self.fates[unit.record].visited.push(step.at());
            }
        }
    }

    /// Takes every unit that is still under way through a step that only looks at it.
    fn each(
        &mut self,
        step: &Step,
        units: &mut [Unit],
        mut look: impl FnMut(&mut Mapping) -> Result<Option<String>>,
    ) {
        for unit in units {
            if !self.goes_on(unit) {
                continue;
            }
            match look(&mut unit.mapping) {
                Ok(None) => {}
                Ok(Some(reason)) => self.leave_out(step, unit, reason),
                Err(error) => self.fates[unit.record].reject(error, step.at()),
            }
        }
    }

    /// A rule leaves a record out, or one element of it.
    fn leave_out(&mut self, step: &Step, unit: &mut Unit, reason: String) {
        let fate = &mut self.fates[unit.record];
        if unit.is_element {
            unit.left_out = true;
            fate.left_out.get_or_insert(reason);
            self.steps[step.at()].skipped += 1;
        } else {
            fate.skip(reason, step.at());
        }
    }

    /// A kept variable has, for each record, the value that the record before gave it.
    fn set(&mut self, step: &Step, set: &Set, units: &mut [Unit]) {
        let plan = self.running.plan.clone();
        let kept = |(_, variable): &(usize, &crate::processflow::Variable)| set.gives(variable.place);
        let kept: Vec<_> = plan.variables.iter().enumerate().filter(kept).collect();
        for unit in units {
            if !self.goes_on(unit) {
                continue;
            }
            for (at, variable) in &kept {
                unit.mapping.know(variable.place, self.variables[*at].clone());
            }
            if let Err(error) = unit.mapping.set(set) {
                self.fates[unit.record].reject(error, step.at());
                continue;
            }
            for (at, variable) in &kept {
                if let Some(now) = unit.mapping.known(variable.place) {
                    self.variables[*at] = now.clone();
                }
            }
        }
    }

    /// Each way with all its records, one way after the other; afterwards all go on in their order.
    async fn branch(&mut self, step: &Step, ways: &[Way], units: Vec<Unit>) -> Result<Vec<Unit>> {
        let mut taken: Vec<Vec<(usize, Unit)>> = (0..=ways.len()).map(|_| Vec::new()).collect();
        for (order, mut unit) in units.into_iter().enumerate() {
            let mut way = None;
            if self.goes_on(&unit) {
                match unit.mapping.way(ways) {
                    Ok(found) => {
                        way = found;
                        if found.is_none() {
                            let reason = || NO_WAY.to_owned();
                            self.fates[unit.record].left_out.get_or_insert_with(reason);
                        }
                    }
                    Err(error) => self.fates[unit.record].reject(error, step.at()),
                }
            }
            taken[way.unwrap_or(ways.len())].push((order, unit));
        }
        let mut all = taken.pop().unwrap_or_default();
        for (way, taken) in ways.iter().zip(taken) {
            let (orders, units): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
            all.extend(
                orders
                    .into_iter()
                    .zip(self.through(&way.steps, units, true).await?),
            );
        }
        all.sort_by_key(|(order, _)| *order);
        Ok(all.into_iter().map(|(_, unit)| unit).collect())
    }

    /// The elements of all records together, so that a write inside has all its rows at once.
    async fn for_each(&mut self, step: &Step, each: &ForEach, units: &mut [Unit]) -> Result<()> {
        let mut elements = Vec::new();
        for unit in units {
            if !self.goes_on(unit) {
                continue;
            }
            match unit.mapping.elements(each) {
                Ok(own) => elements.extend(own.into_iter().map(|mapping| Unit {
                    record: unit.record,
                    mapping,
                    is_element: true,
                    left_out: false,
                })),
                Err(error) => self.fates[unit.record].reject(error, step.at()),
            }
        }
        self.through(&each.steps, elements, true).await.map(drop)
    }

    /// Asks for more about each record. What several records ask alike is asked once.
    async fn fetch(&mut self, step: &Step, fetch: &Fetch, units: &mut [Unit]) -> Result<()> {
        let mut questions: BTreeMap<String, Question> = BTreeMap::new();
        for (at, unit) in units.iter_mut().enumerate() {
            if !self.goes_on(unit) {
                continue;
            }
            match unit.mapping.parameters(fetch) {
                Ok(with) => {
                    let with = serde_json::Value::Object(with);
                    let question = questions.entry(with.to_string());
                    let question = question.or_insert_with(|| Question {
                        with,
                        units: Vec::new(),
                    });
                    question.units.push(at);
                }
                Err(error) => self.fates[unit.record].reject(error, step.at()),
            }
        }
        if questions.is_empty() {
            return Ok(());
        }
        self.running.progress.at_step(&step.id);
        let open = self.running.fetch.clone();
        let ask = |question: Question| {
            let asked = open(fetch, question.with.clone());
            async move { (taped(async { all_of(asked.await?).await }).await, question) }
        };
        let mut answers = stream::iter(questions.into_values())
            .map(ask)
            .buffered(ASKED_TOGETHER);
        while let Some(((answer, exchanges), question)) = answers.next().await {
            self.running.progress.at_step(&step.id);
            let answer = match answer {
                Err(error) if error.kind != connector_kit::Kind::Rejected => return Err(error),
                answer => answer.map_err(|error| error.context(format!("`fetch` of `{}`", fetch.name))),
            };
            for at in question.units {
                let unit = &mut units[at];
                let fetched = match &answer {
                    Ok(records) => unit.mapping.fetched(fetch, records),
                    Err(error) => Err(error.clone()),
                };
                let fate = &mut self.fates[unit.record];
                if fetched.is_err() || self.running.snapshot.is_some() {
                    fate.traces
                        .push(Trace::of_fetch(&step.id, fetch, &question.with, &exchanges));
                }
                if let Err(error) = fetched {
                    fate.reject(error, step.at());
                }
            }
        }
        Ok(())
    }

    async fn write(&mut self, step: &Step, write: &Write, units: &mut [Unit]) -> Result<()> {
        let (owners, rows) = self.rows(step, write, units);
        self.check_drift()?;
        let delivered = self.deliver(write, rows).await?;
        self.trace(write, &delivered);
        let mut answers: BTreeMap<usize, Vec<Option<Raw>>> = BTreeMap::new();
        for (owner, outcome) in owners.into_iter().zip(delivered.outcomes) {
            match &outcome {
                Outcome::Written { .. } => self.steps[step.at()].written += 1,
                Outcome::Unchanged => self.steps[step.at()].unchanged += 1,
                _ => {}
            }
            let answer = self.fates[units[owner].record].take(outcome, write.guarantee, step.at());
            if write.name.is_some() {
                answers.entry(owner).or_default().push(answer);
            }
        }
        for (owner, answers) in answers {
            units[owner].mapping.answer(write, answers);
        }
        self.fingerprints.extend(delivered.fingerprints);
        self.intents.extend(delivered.intents);
        Ok(())
    }

    /// The rows, and of each the unit it was made of.
    fn rows(&mut self, step: &Step, write: &Write, units: &mut [Unit]) -> (Vec<usize>, Vec<Row>) {
        let (mut owners, mut rows) = (Vec::with_capacity(units.len()), Vec::with_capacity(units.len()));
        for (at, unit) in units.iter_mut().enumerate() {
            if self.goes_on(unit) {
                match unit.mapping.rows(write, unit.record) {
                    Ok(own) => {
                        owners.extend(own.iter().map(|_| at));
                        rows.extend(own);
                    }
                    Err(error) => self.fates[unit.record].reject(error, step.at()),
                }
            }
        }
        if units.iter().any(|unit| unit.is_element) {
            self.refuse_twins(step, write, &rows);
            let goes_on: Vec<bool> = rows
                .iter()
                .map(|row| self.fates[row.record].end.is_none())
                .collect();
            let keeps = |(nth, _): &(usize, usize)| goes_on[*nth];
            owners = owners
                .into_iter()
                .enumerate()
                .filter(keeps)
                .map(|(_, owner)| owner)
                .collect();
            rows.retain(|row| self.fates[row.record].end.is_none());
        }
        (owners, rows)
    }

    /// Two elements of one record that are the same thing to the destination would overwrite each other unseen.
    fn refuse_twins(&mut self, step: &Step, write: &Write, rows: &[Row]) {
        let mut seen = HashSet::with_capacity(rows.len());
        for row in rows.iter().filter(|row| !row.key.is_empty()) {
            if !seen.insert((row.record, &*row.key)) {
                self.fates[row.record].reject(key_twice(write, row), step.at());
            }
        }
    }

    /// Keeps what the step made of records that failed in it; of all, in diagnosis mode.
    fn trace(&mut self, write: &Write, delivered: &Delivered) {
        let mut kept: BTreeMap<usize, (Vec<&Row>, &[Exchange])> = BTreeMap::new();
        let wanted: BTreeSet<usize> = match self.running.snapshot {
            Some(_) => delivered.rows.iter().map(|row| row.record).collect(),
            None => delivered.failed().map(|(row, _)| row.record).collect(),
        };
        if wanted.is_empty() {
            return;
        }
        for (row, exchanges) in delivered.rows.iter().zip(&delivered.exchanges) {
            if wanted.contains(&row.record) {
                let own = kept.entry(row.record).or_insert((Vec::new(), &[]));
                own.0.push(row);
                if let Some(exchanges) = exchanges {
                    own.1 = exchanges;
                }
            }
        }
        for (at, (rows, exchanges)) in kept {
            self.fates[at].traces.push(Trace::of(write, &rows, exchanges));
        }
    }

    async fn deliver(&mut self, write: &Write, rows: Vec<Row>) -> Result<Delivered> {
        let records = self.records;
        let Running {
            destinations,
            journal,
            plan,
            one_record,
            snapshot,
            ..
        } = &mut *self.running;
        let destination = destinations.get_mut(&write.alias).expect("opened at the start");
        let delivery = Delivery {
            write,
            destination: destination.as_mut(),
            journal,
            tries: plan.on_failure.tries,
            source: &|row: &Row| records[row.record].id.clone(),
            one_record: *one_record,
            keeps_all: snapshot.is_some(),
        };
        delivery.deliver(rows).await
    }
}

/// What is asked, and for which units.
struct Question {
    with: serde_json::Value,
    units: Vec<usize>,
}

/// All that a source has, as long as that is what belongs to one record.
async fn all_of(mut source: Box<dyn connector_kit::Source>) -> Result<Vec<Raw>> {
    let mut all = Vec::new();
    while let Some(batch) = source.next().await? {
        for record in batch.records {
            if let Some(error) = record.unreadable {
                return Err(error.context(format!("record `{}`", record.id)));
            }
            all.push(record.body);
        }
        if all.len() > MOST_FETCHED {
            return Err(
                Error::rejected(format!("more than {MOST_FETCHED} records came for one record"))
                    .hint("Ask for less with the action's parameters, or read them with a processflow of their own."),
            );
        }
    }
    Ok(all)
}
