//! The statements that bring a batch from its stage to its table, the same on every server but for what a [`Link`]
//! says in its own way. `t` is the table, `s` the stage.

use super::{Link, Stage};
use crate::sql::{
    Kind,
    wish::{How, Wish},
};

/// The column of a stage that numbers its rows.
pub(in crate::sql) const COUNTER: &str = "_processflow_n";

/// What a step needs to write.
pub(super) struct Statements {
    /// The table, as statements say it.
    pub(super) target: String,
    /// Its rows on their way.
    pub(super) rows: Stage,
    /// The scopes they are in, for a step that replaces one.
    pub(super) scopes: Option<Stage>,
    /// Numbers of staged rows that are there exactly so.
    pub(super) same: String,
    /// Sets what differs; `None` where the identity is all there is. A condition may follow.
    pub(super) update: Option<String>,
    /// Inserts what is not there.
    pub(super) insert: String,
    /// Deletes what is in the scopes and was not staged.
    pub(super) surplus: String,
    /// Numbers of staged rows that are there more than once.
    pub(super) doubles: String,
    /// Deletes what was staged; a condition may follow.
    pub(super) delete: String,
    /// Numbers of the scopes that hold rows.
    pub(super) held: String,
}

impl Statements {
    /// `names` are the columns in the table's own spelling, `number` tells the stages of a run apart.
    pub(super) fn of<L: Link>(
        wish: &Wish,
        target: &str,
        names: &[&str],
        kinds: &[&Kind],
        number: usize,
    ) -> Self {
        let quoted = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            let names = names.iter().filter(|name| wanted(name));
            names.map(|name| L::quoted(name)).collect()
        };
        let stage = |suffix: &str, wanted: &dyn Fn(&str) -> bool| Stage {
            name: L::quoted(&format!("_processflow_{number}{suffix}")),
            columns: quoted(wanted),
            kinds: names
                .iter()
                .zip(kinds)
                .filter(|(name, _)| wanted(name))
                .map(|(_, kind)| (*kind).clone())
                .collect(),
        };
        let is_scope = |name: &str| wish.within.iter().any(|part| part.eq_ignore_ascii_case(name));
        let rows = stage("", &|_| true);
        let scopes = (wish.how == How::Replace).then(|| stage("_scopes", &is_scope));
        let equal = |columns: &[String], other: &str| {
            let parts = columns.iter().map(|name| format!("t.{name} = {other}.{name}"));
            parts.collect::<Vec<_>>().join(" AND ")
        };
        let identity = quoted(&|name| wish.identifies(name));
        let joined = equal(&identity, "s");
        let set = quoted(&|name| !wish.identifies(name));
        let same: Vec<String> = names
            .iter()
            .zip(kinds)
            .filter(|(name, _)| !wish.identifies(name) && !wish.ignores(name))
            .map(|(name, kind)| L::same(&L::quoted(name), kind))
            .collect();
        let counter = L::quoted(COUNTER);
        let (all, from) = (rows.columns.join(", "), &rows.name);
        let staged: Vec<String> = rows.columns.iter().map(|name| format!("s.{name}")).collect();
        let staged = staged.join(", ");
        let same = if same.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", same.join(" AND "))
        };
        let insert = match identity.first() {
            None => {
                format!("INSERT INTO {target} ({all}) SELECT {staged} FROM {from} AS s ORDER BY s.{counter}")
            }
            Some(first) => format!(
                "INSERT INTO {target} ({all}) SELECT {staged} FROM {from} AS s LEFT JOIN {target} AS t ON {joined} \
                 WHERE t.{first} IS NULL ORDER BY s.{counter}{}",
                if wish.how == How::Upsert {
                    L::on_conflict(&identity, &set)
                } else {
                    String::new()
                }
            ),
        };
        let (surplus, held) = scopes.as_ref().map_or_else(Default::default, |scopes| {
            let inside = equal(&scopes.columns, "s");
            let left = format!(
                "{} AND NOT EXISTS (SELECT 1 FROM {from} AS k WHERE {})",
                L::delete(target, &scopes.name, &inside),
                equal(&identity, "k")
            );
            let held = format!(
                "SELECT s.{counter} FROM {} AS s WHERE EXISTS (SELECT 1 FROM {target} AS t WHERE {inside})",
                scopes.name
            );
            (left, held)
        });
        Self {
            same: format!("SELECT s.{counter} FROM {from} AS s JOIN {target} AS t ON {joined}{same}"),
            update: (!set.is_empty()).then(|| L::update(target, from, &joined, &set)),
            insert,
            surplus,
            doubles: format!(
                "SELECT s.{counter} FROM {from} AS s JOIN {target} AS t ON {joined} \
                 GROUP BY s.{counter} HAVING count(*) > 1"
            ),
            delete: L::delete(target, from, &joined),
            held,
            target: target.to_owned(),
            rows,
            scopes,
        }
    }
}

/// ` AND s.N IN (1, 2)`, or that it is none of them.
pub(super) fn among<L: Link>(numbers: &[usize], is: bool) -> String {
    if numbers.is_empty() {
        return if is { " AND FALSE" } else { "" }.to_owned();
    }
    let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let word = if is { "IN" } else { "NOT IN" };
    format!(" AND s.{} {word} ({})", L::quoted(COUNTER), list.join(", "))
}
