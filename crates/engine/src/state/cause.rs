//! Why records wait: those that failed alike make one group, whatever their ids and amounts are.

use connector_kit::Result;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{SetAside, broken};

/// Set-aside records that wait for one cause.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Group {
    /// What names it: for listing, retrying or dismissing all of it.
    pub group: String,
    /// Its processflow.
    pub processflow: String,
    /// `rejected`, `exhausted` or `unknown`.
    pub class: String,
    /// The step its records failed in, where it is known.
    pub step: Option<String>,
    /// The message without what differs from record to record.
    pub message: String,
    /// How many wait.
    pub count: u64,
    /// When the first of them failed first.
    pub first_at: String,
    /// When the last of them failed last.
    pub last_at: String,
    /// The one that failed last.
    pub example: SetAside,
}

impl Group {
    /// The groups of one processflow or of all, the largest first.
    pub fn all(on: &Connection, processflow: Option<&str>) -> Result<Vec<Self>> {
        let sql = "SELECT cause, count(*), min(first_at), max(last_at), max(number) FROM set_aside
            WHERE state = 'open' AND (?1 IS NULL OR processflow = ?1)
            GROUP BY processflow, cause ORDER BY 2 DESC, 5";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map([processflow], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        });
        let found: Vec<(String, u64, String, String, i64)> =
            rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)?;
        let group = |(group, count, first_at, last_at, example)| {
            let example = SetAside::any(on, example)?;
            Ok(Self {
                group,
                processflow: example.processflow.clone(),
                class: example.class.clone(),
                step: example.step.clone(),
                message: shape(&example.message),
                count,
                first_at,
                last_at,
                example,
            })
        };
        found.into_iter().map(group).collect()
    }
}

/// What names the group of a failure.
pub(super) fn name(processflow: &str, class: &str, step: Option<&str>, message: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [processflow, class, step.unwrap_or_default(), &shape(message)] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Names the groups of records that an older program set aside.
pub(super) fn name_all(on: &Connection) -> rusqlite::Result<()> {
    let mut query = on.prepare("SELECT number, processflow, class, message FROM set_aside")?;
    let mut rows = query.query([])?;
    let mut named = Vec::new();
    while let Some(row) = rows.next()? {
        let (flow, class, message): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        named.push((row.get::<_, i64>(0)?, name(&flow, &class, None, &message)));
    }
    for (number, cause) in named {
        on.execute(
            "UPDATE set_aside SET cause = ?2 WHERE number = ?1",
            params![number, cause],
        )?;
    }
    Ok(())
}

/// A message without names and numbers: "order 1042: SKU `A-1` is unknown" and "order 7: SKU `B` is unknown" are one
/// cause, "order …: SKU `…` is unknown".
pub fn shape(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let (mut quoted, mut in_number) = (false, false);
    for letter in message.chars() {
        match letter {
            '`' => {
                if quoted {
                    text.push('…');
                }
                quoted = !quoted;
                text.push(letter);
            }
            _ if quoted => {}
            '0'..='9' if in_number => {}
            '0'..='9' => text.push('…'),
            _ => text.push(letter),
        }
        in_number = !quoted && letter.is_ascii_digit();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_record_to_record_makes_no_cause_of_its_own() {
        let one = "row 12: SKU `PF-1` is not in the store";
        assert_eq!(
            shape(one),
            "row …: SKU `…` is not in the store",
            "as people read it"
        );
        let of = |step, message| name("flow", "rejected", step, message);
        let other = of(None, "row 7: SKU `PF-999` is not in the store");
        assert_eq!(of(None, one), other, "one group");
        assert_ne!(
            of(None, one),
            of(None, "row 7: QTY is no number"),
            "another cause"
        );
        assert_ne!(of(None, one), of(Some("write 2"), one), "another step");
    }
}
