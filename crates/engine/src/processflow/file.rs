//! The format of a processflow file, as types: what a file may say, and what each part means.
//!
//! The JSON Schema that editors complete and check by is drawn from these structs, and a file is read into them. What
//! a file means together with the connectors is the business of `compile`.

use connector_kit::http::Priority;
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
    /// Whose requests go first when a store's request budget is short. Left out: what the steps are about says it; orders
    /// go before catalogues.
    pub(crate) priority: Option<Priority>,
    /// Names used in this file, and the connector of each. Bound to saved connections when it is deployed.
    pub(crate) connections: Entries<At<String>>,
    /// Look-up tables: `status: { 11: NEW, 2: SHIPPED, default: OTHER }`. Keys are compared as text.
    #[serde(default)]
    pub(crate) lookups: Entries<Table>,
    /// Values that are kept from one run to the next. A `set` step gives them new ones.
    #[serde(default)]
    pub(crate) variables: Entries<At<VariableText>>,
    /// What happens, in order. The first step reads.
    pub(crate) steps: StepsText,
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
    Read(Box<ReadText>),
    /// Makes one record of several that belong together. Directly behind `read`.
    Merge(MergeText),
    /// Asks for more about each record: another read, its answer under a name.
    Fetch(Box<FetchText>),
    /// Leaves out records by a rule. They are counted under its reason.
    Skip(SkipText),
    /// Names values for later steps. A name of the file's `variables` is given a new value that is kept.
    Set(Entries<At<Written>>),
    /// Takes each record one of several ways: the first whose `when` is true.
    Branch(At<Vec<WayText>>),
    /// Takes each element of a list through steps of its own.
    ForEach(Box<ForEachText>),
    /// Waits before the next step, once for all records that come together: `delay: 2 s`.
    Delay(At<String>),
    /// Writes rows made from the record.
    Write(Box<WriteText>),
}

/// The steps of a way or a list: like those of the file, but for `read` and `merge`.
pub(crate) type StepsText = At<Vec<At<StepText>>>;

/// Reads records.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadText {
    /// `connection/action`, as in `store/orders.changed`.
    pub(crate) action: At<String>,
    /// The action's parameters. Texts in them may hold placeholders, as in `min_date_created: "~{CreatedDate}~"`.
    pub(crate) with: Option<At<Value>>,
    /// Parameters in place of those under `with` when chosen records are read again (`run --ids`). `{$}` stands for
    /// their ids: all of them where it is an element of a list, else one after the other.
    pub(crate) retry: Option<At<Value>>,
    /// Looks for records that were delivered and are not there any more. Each comes once more, with the fields that are
    /// kept of it and `gone: true`; a `branch` with `when: gone is defined` says what becomes of it.
    pub(crate) gone: Option<At<GoneText>>,
}

/// Looks for records that were delivered and are not there any more, by comparing ids with the whole list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoneText {
    /// Fields that are kept of each record that was delivered, to be told by when it is gone: `[id, sku]`.
    pub(crate) keep: At<Vec<At<String>>>,
    /// How often the whole list is asked for: `1 day` unless said otherwise.
    pub(crate) every: Option<At<String>>,
    /// So many of a hundred may be gone at once; more, and the run stops and asks. 20 unless said otherwise.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) at_most: Option<At<u64>>,
}

/// Makes one record of several that belong together. The run reads everything it is going to read first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeText {
    /// What records that belong together have in common: a name, and an expression over the record. The new record has
    /// these fields.
    pub(crate) by: At<Entries<At<Written>>>,
    /// The field of the new record that lists the records it was made of, in the order they were read.
    #[serde(rename = "as")]
    pub(crate) name: At<String>,
}

/// Asks for more about each record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchText {
    /// `connection/action`, as in `store/orders.get`.
    pub(crate) action: At<String>,
    /// Parameters that are the same for all records.
    pub(crate) with: Option<At<Value>>,
    /// Parameters taken from the record: parameter: expression.
    pub(crate) map: Option<At<Entries<At<Written>>>>,
    /// What is expected to come.
    #[serde(default)]
    pub(crate) expect: Expect,
    /// The name under which later steps see it.
    #[serde(rename = "as")]
    pub(crate) name: At<String>,
}

/// How many records a `fetch` expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Expect {
    /// Any number: the name means a list, which may be empty.
    #[default]
    List,
    /// Exactly one: the name means that record. None or several, and the record is set aside.
    One,
    /// One or none: the name means that record, or `none`.
    OneOrNone,
}

/// One way of a branch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WayText {
    /// True for records that go this way. The last way may be without: it takes all others.
    pub(crate) when: Option<At<Written>>,
    /// What happens on this way, in order. The steps behind the branch follow.
    pub(crate) steps: StepsText,
}

/// Takes each element of a list through steps of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForEachText {
    /// The list. In the steps below, plain names are fields of the element, and the whole record is `record`.
    #[serde(rename = "in")]
    pub(crate) list: At<Written>,
    /// A name for the element, where a list inside it needs one for what is around it.
    #[serde(rename = "as")]
    pub(crate) name: Option<At<String>>,
    /// What happens to each element, in order.
    pub(crate) steps: StepsText,
}

/// A value that is kept from one run to the next.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableText {
    /// Its value before the first run; `none` without it.
    pub(crate) start: Option<At<Value>>,
    /// Kept encrypted and never shown: a session's key, a password that an answer brought.
    #[serde(default)]
    pub(crate) encrypted: bool,
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
    /// What happens when 20 records or more, and more than a fifth of those that came together, fail for the same field, which
    /// they lack or have with another type: the source, or the file, is no longer what it was.
    #[serde(default)]
    pub drift: Drift,
}

/// What happens when the records of a source no longer look as they did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// The run stops, and nothing of these records counts.
    #[default]
    Stop,
    /// Each is set aside.
    SetAside,
}

fn five() -> u32 {
    5
}

impl Default for OnFailure {
    fn default() -> Self {
        Self {
            tries: five(),
            drift: Drift::default(),
        }
    }
}
