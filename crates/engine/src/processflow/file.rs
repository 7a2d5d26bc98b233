//! The format of a processflow file, as types: what a file may say, and what each part means.
//!
//! The JSON Schema that editors complete and check by is drawn from these structs, and a file is read into them. What
//! a file means together with the connectors is the business of `compile`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::yaml::{At, Entries, Written};
use crate::schedule::ScheduleText;

/// A processflow: read from one system, map, write to another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Processflow")]
pub(crate) struct File {
    /// The processflow's name: small letters, digits and hyphens.
    pub(crate) processflow: At<String>,
    /// What it does, in a sentence.
    pub(crate) description: Option<String>,
    /// When it runs by itself. Without it, it runs when a person says so.
    pub(crate) schedule: Option<At<ScheduleText>>,
    /// Names used in this file, and the connector of each. Bound to saved connections when it is deployed.
    pub(crate) connections: Entries<At<String>>,
    /// Look-up tables: `status: { 11: NEW, 2: SHIPPED, default: OTHER }`. Keys are compared as text.
    #[serde(default)]
    pub(crate) lookups: Entries<Table>,
    /// What happens, in order. The first step reads.
    pub(crate) steps: At<Vec<At<StepText>>>,
    /// What happens to records that could not be written.
    #[serde(default)]
    pub(crate) on_failure: OnFailure,
}

/// A look-up table: value by key. The key `default` stands for all others.
pub(crate) type Table = Entries<At<Value>>;

/// One step. Each has exactly one kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepText {
    /// Reads records. The first step, and only the first.
    Read(ReadText),
    /// Leaves out records by a rule. They are counted under its reason.
    Skip(SkipText),
    /// Names values for later steps.
    Set(Entries<At<Written>>),
    /// Writes rows made from the record.
    Write(Box<WriteText>),
}

/// Reads records.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadText {
    /// `connection/action`, as in `store/orders.changed`.
    pub(crate) action: At<String>,
    /// The action's parameters.
    pub(crate) with: Option<At<Value>>,
}

/// Leaves out records by a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkipText {
    /// True for records that are left out.
    pub(crate) when: At<Written>,
    /// Why, in words people read in the run's balance.
    pub(crate) reason: At<String>,
}

/// Writes rows made from the record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteText {
    /// `connection/action`, as in `erp/table.upsert`.
    pub(crate) action: At<String>,
    /// The action's parameters.
    pub(crate) with: Option<At<Value>>,
    /// Target field: expression over the record. Without it the record is written as it is.
    pub(crate) map: Option<At<Entries<At<Written>>>>,
    /// A list: one row for each of its elements. In `map`, plain names are then fields of the element, and the
    /// whole record is `record`.
    pub(crate) each: Option<At<Written>>,
    /// Writes only rows that differ from what was written before.
    #[serde(default)]
    pub(crate) changes_only: Option<At<bool>>,
    /// A name under which later steps see the answer.
    #[serde(rename = "as")]
    pub(crate) name: Option<At<String>>,
}

/// What happens to records that could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnFailure {
    /// How often it is tried while the other side cannot answer, before the record is set aside. What the other side
    /// refuses is set aside at once.
    #[serde(default = "five")]
    #[schemars(range(min = 1, max = 100))]
    pub tries: u32,
}

fn five() -> u32 {
    5
}

impl Default for OnFailure {
    fn default() -> Self {
        Self { tries: five() }
    }
}
