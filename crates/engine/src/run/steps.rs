//! A batch through the steps: each step over all records before the next one.

use std::collections::BTreeMap;

use connector_kit::{Error, Raw, Record, Result, http::taped};
use futures::{StreamExt, future::BoxFuture, stream};

use super::{
    batch::{Unit, Work, goes_on},
    trace::Trace,
};
use crate::processflow::{Fetch, ForEach, Mapping, Set, Step, StepKind, Way};

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
        goes_on(&self.fates, unit)
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
                return Err((*error).context(format!("record `{}`", record.id)));
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
