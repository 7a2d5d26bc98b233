//! A batch on its way into a table: fitted, cut into units that stand or fall together, staged, and tried in halves
//! where one of them is refused.

use std::{borrow::Cow, collections::HashSet, ops::Range};

use connector_kit::{Error, Outcome, Result, Row, Value};

use super::{Because, Link, Numbered, Refusal, plan::Plan, statements::among};
use crate::sql::{
    fitting::{Columns, same_key},
    wish::How,
};

/// Rows that are tried at once at most: the lists of a statement stay short.
const AT_ONCE: usize = 2_000;

const SAVE: &str = "SAVEPOINT together";
const DONE: &str = "RELEASE SAVEPOINT together";
const UNDO: &str = "ROLLBACK TO SAVEPOINT together";

type Texts = Vec<Option<String>>;

/// Rows that stand or fall together: one, or those of a record in a scope.
struct Unit {
    /// Their places in the batch.
    places: Range<usize>,
    /// Their values; none where nothing of the scope shall remain.
    rows: Vec<Texts>,
    /// The scope they are in; empty for a step without one.
    scope: Texts,
    /// What must not be twice in one try: the row's key, or the scope.
    identity: String,
}

/// Writes rows inside the transaction; an outcome each.
pub(super) async fn write<L: Link>(link: &mut L, plan: &Plan, rows: &[Row]) -> Result<Vec<Outcome>, Refusal> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; rows.len()];
    let units = units::<L>(plan, rows, &mut outcomes);
    let mut left = cut(&units);
    while let Some(range) = left.pop() {
        let tried = &units[range.clone()];
        link.execute(SAVE).await?;
        match attempt(link, plan, tried).await {
            Ok(same) => {
                link.execute(DONE).await?;
                settle(tried, &same, &mut outcomes);
            }
            Err(refusal) if refusal.because == Because::Row => {
                link.execute(UNDO).await?;
                link.execute(DONE).await?;
                if let [unit] = tried {
                    for place in unit.places.clone() {
                        outcomes[place] = Some(Outcome::Failed(refusal.error.clone()));
                    }
                } else {
                    let middle = range.start + tried.len() / 2;
                    left.push(middle..range.end);
                    left.push(range.start..middle);
                }
            }
            Err(refusal) => return Err(refusal),
        }
    }
    let outcomes = outcomes.into_iter();
    Ok(outcomes
        .map(|outcome| outcome.expect("each row was refused before, or is part of a unit"))
        .collect())
}

/// The rows that can be written, as units. The others have failed.
fn units<L: Link>(plan: &Plan, rows: &[Row], outcomes: &mut [Option<Outcome>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut start = 0;
    let groups: Vec<&[Row]> = match plan.how {
        How::Replace => rows
            .chunk_by(|one, next| plan.columns.together(one, next))
            .collect(),
        How::Insert | How::Upsert => rows.chunks(1).collect(),
    };
    for group in groups {
        let places = start..start + group.len();
        start = places.end;
        match unit::<L>(plan, group, places.clone()) {
            Ok(unit) => units.push(unit),
            Err(refusal) => {
                for place in places {
                    outcomes[place] = Some(Outcome::Failed(refusal.clone()));
                }
            }
        }
    }
    units
}

fn unit<L: Link>(plan: &Plan, group: &[Row], places: Range<usize>) -> Result<Unit> {
    let columns = &plan.columns;
    if group.iter().any(|row| row.nothing) {
        let scope = columns.fit_scope_alone(group)?;
        let scope: Texts = scope.iter().map(text::<L>).collect::<Result<_>>()?;
        return Ok(Unit {
            places,
            rows: Vec::new(),
            identity: identity(&scope),
            scope,
        });
    }
    let fitted: Vec<Vec<Cow<'_, Value>>> = group.iter().map(|row| columns.fit(row)).collect::<Result<_>>()?;
    let texts = |values: &Vec<Cow<'_, Value>>| values.iter().map(|value| text::<L>(value)).collect();
    let rows: Vec<Texts> = fitted.iter().map(texts).collect::<Result<_>>()?;
    if plan.how != How::Replace {
        return Ok(Unit {
            places,
            scope: Vec::new(),
            identity: Columns::text_of(&fitted[0], &columns.key),
            rows,
        });
    }
    let mut keys = HashSet::new();
    if !fitted
        .iter()
        .all(|values| keys.insert(Columns::text_of(values, &columns.key)))
    {
        return Err(same_key(&plan.table));
    }
    let scope: Texts = columns
        .within
        .iter()
        .map(|place| rows[0][*place].clone())
        .collect();
    Ok(Unit {
        places,
        identity: identity(&scope),
        scope,
        rows,
    })
}

fn identity(scope: &Texts) -> String {
    let parts: Vec<&str> = scope
        .iter()
        .map(|part| part.as_deref().unwrap_or_default())
        .collect();
    parts.join("\u{1f}")
}

fn text<L: Link>(value: &Value) -> Result<Option<String>> {
    Ok(match value {
        Value::Null => None,
        Value::Bool(yes) => Some(L::TRUTH[usize::from(*yes)].to_owned()),
        Value::Text(text) if !L::HOLDS_NUL && text.contains('\0') => {
            return Err(
                Error::rejected("a text holds the character NUL, which the database does not keep")
                    .hint("Take it out in the `map` with the filter `replace`."),
            );
        }
        other => Some(other.to_string()),
    })
}

/// What is tried at once: never one identity twice, because the second shall find what the first left. The last
/// comes first, as it is taken from the end.
fn cut(units: &[Unit]) -> Vec<Range<usize>> {
    let (mut ranges, mut start, mut rows, mut seen) = (Vec::new(), 0, 0, HashSet::new());
    for (at, unit) in units.iter().enumerate() {
        let again = !unit.identity.is_empty() && !seen.insert(unit.identity.to_lowercase());
        if at > start && (again || rows + unit.rows.len() > AT_ONCE) {
            ranges.push(start..at);
            (start, rows) = (at, 0);
            seen = HashSet::from([unit.identity.to_lowercase()]);
        }
        rows += unit.rows.len();
    }
    if start < units.len() {
        ranges.push(start..units.len());
    }
    ranges.reverse();
    ranges
}

/// Brings units to the table; the places of rows that were there exactly so.
async fn attempt<L: Link>(link: &mut L, plan: &Plan, units: &[Unit]) -> Result<HashSet<usize>, Refusal> {
    let on = &plan.statements;
    let numbered = |unit: &Unit| unit.places.clone().zip(0..unit.rows.len()).collect::<Vec<_>>();
    let rows: Vec<Numbered<'_>> = units
        .iter()
        .flat_map(|unit| {
            numbered(unit)
                .into_iter()
                .map(|(place, at)| (place, unit.rows[at].as_slice()))
        })
        .collect();
    fill(link, &on.rows, &rows).await?;
    let mut same = HashSet::new();
    if let Some(stage) = &on.scopes {
        let scopes: Vec<Numbered<'_>> = units
            .iter()
            .map(|unit| (unit.places.start, unit.scope.as_slice()))
            .collect();
        fill(link, stage, &scopes).await?;
        same = emptied_already(link, plan, units).await?;
        link.execute(&on.surplus).await?;
        // A key that is there twice (the table does not hold it unique) goes, and is inserted once.
        let doubles = numbers(link, &on.doubles).await?;
        if !doubles.is_empty() {
            link.execute(&format!("{}{}", on.delete, among::<L>(&doubles, true)))
                .await?;
        }
    }
    if rows.is_empty() {
        return Ok(same);
    }
    if plan.how == How::Insert {
        link.execute(&on.insert).await?;
        return Ok(same);
    }
    let unchanged = numbers(link, &on.same).await?;
    if unchanged.len() < rows.len() {
        if let Some(update) = &on.update {
            link.execute(&format!("{update}{}", among::<L>(&unchanged, false)))
                .await?;
        }
        link.execute(&on.insert).await?;
    }
    same.extend(unchanged);
    Ok(same)
}

/// The places of units whose scope shall be empty, and is.
async fn emptied_already<L: Link>(
    link: &mut L,
    plan: &Plan,
    units: &[Unit],
) -> Result<HashSet<usize>, Refusal> {
    let mut empty: HashSet<usize> = units
        .iter()
        .filter(|unit| unit.rows.is_empty())
        .map(|unit| unit.places.start)
        .collect();
    if !empty.is_empty() {
        for held in numbers(link, &plan.statements.held).await? {
            empty.remove(&held);
        }
    }
    Ok(empty)
}

async fn fill<L: Link>(link: &mut L, stage: &super::Stage, rows: &[Numbered<'_>]) -> Result<(), Refusal> {
    link.execute(&format!("DELETE FROM {}", stage.name)).await?;
    if rows.is_empty() {
        return Ok(());
    }
    link.fill(stage, rows).await?;
    match L::counted(&stage.name) {
        Some(counted) => link.execute(&counted).await,
        None => Ok(()),
    }
}

async fn numbers<L: Link>(link: &mut L, sql: &str) -> Result<Vec<usize>, Refusal> {
    let rows = link.rows(sql, &[]).await?;
    let first = |row: Vec<Option<String>>| row.into_iter().next().flatten()?.parse().ok();
    Ok(rows.into_iter().filter_map(first).collect())
}

fn settle(units: &[Unit], same: &HashSet<usize>, outcomes: &mut [Option<Outcome>]) {
    for place in units.iter().flat_map(|unit| unit.places.clone()) {
        outcomes[place] = Some(if same.contains(&place) {
            Outcome::Unchanged
        } else {
            Outcome::written()
        });
    }
}
