//! One list of operations, three faces.
//!
//! From the two lists below come the dispatcher of the running agent's socket, `processflow call NAME JSON`, and
//! the typed calls of the shells ([`Door::call`](crate::agent::Door::call)). An operation is a struct, its input; what it does is its one method.
//! Those that [`Reads`] need no lock and recover nothing; those that [`Acts`] run in the agent, wherever it is.
//! There is a `set_secret`, never a `get_secret`.

mod authorities;
mod bindings;
mod connections;
mod connectors;
mod deploy;
mod deployments;
mod drafts;
mod editing;
mod editor;
mod graph;
mod overview;
mod permissions;
mod processflows;
mod records;
mod runs;
mod sample;
mod series;
mod sign_in;
mod snapshots;
mod status;
mod target;
mod tickets;
mod token;
mod trying;
mod typescript;
mod upkeep;
mod variables;

use std::sync::Arc;

use connector_kit::{Error, Result, async_trait};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

use crate::agent::{self, Agent, Desk};

pub(crate) use connections::{tried, wanted};

pub use authorities::*;
pub use connections::*;
pub use connectors::*;
pub use deploy::*;
pub use deployments::*;
pub use drafts::*;
pub use editing::*;
pub use editor::*;
pub use graph::*;
pub use overview::*;
pub use permissions::*;
pub use processflows::*;
pub use records::*;
pub use runs::*;
pub use sample::*;
pub use series::*;
pub use sign_in::*;
pub use snapshots::*;
pub use status::*;
pub use target::*;
pub use token::*;
pub use trying::*;
pub use typescript::typescript;
pub use upkeep::*;
pub use variables::*;

/// An operation that only looks.
pub trait Reads: DeserializeOwned + Serialize + TS + Send + 'static {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + TS + 'static;
    /// Its name on the socket and in `processflow call`.
    const NAME: &'static str;
    /// Looks.
    fn read(self, desk: &Desk) -> Result<Self::Output>;
}

/// An operation that changes something; the agent that holds the folder's lock carries it out.
#[async_trait]
pub trait Acts: DeserializeOwned + Serialize + TS + Send + 'static {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + TS + Send + 'static;
    /// Its name on the socket and in `processflow call`.
    const NAME: &'static str;
    /// True for a call that only its caller waits for: it stops where the caller goes away.
    const ENDS_WITH_CALLER: bool = false;
    /// Acts.
    async fn act(self, agent: &Arc<Agent>) -> Result<Self::Output>;
}

macro_rules! operations {
    (reads { $($read:ident),* $(,)? } acts { $($act:ident),* $(,)? }) => {
        /// Names of the operations that only look.
        pub const READS: &[&str] = &[$(<$read as Reads>::NAME),*];
        /// Names of the operations that change something.
        pub const ACTS: &[&str] = &[$(<$act as Acts>::NAME),*];

        /// Whether an operation stops where its caller goes away.
        pub fn ends_with_caller(name: &str) -> bool {
            match name {
                $(<$act as Acts>::NAME => <$act as Acts>::ENDS_WITH_CALLER,)*
                _ => false,
            }
        }

        /// Carries out an operation that only looks, by name.
        pub fn read(desk: &Desk, name: &str, input: Value) -> Result<Value> {
            if desk.folder().is_closed() {
                return agent::ask(desk, name, input);
            }
            match name {
                $(<$read as Reads>::NAME => answer(input_of::<$read>(name, input)?.read(desk)?),)*
                _ => Err(unknown(name)),
            }
        }

        /// Carries out an operation that changes something, by name.
        pub async fn act(agent: &Arc<Agent>, name: &str, input: Value) -> Result<Value> {
            match name {
                $(<$act as Acts>::NAME => answer(input_of::<$act>(name, input)?.act(agent).await?),)*
                _ => Err(unknown(name)),
            }
        }

        /// Tells every operation's name, input and output to `types`.
        fn told(types: &mut typescript::Types) {
            $(types.operation::<$read, <$read as Reads>::Output>(<$read as Reads>::NAME);)*
            $(types.operation::<$act, <$act as Acts>::Output>(<$act as Acts>::NAME);)*
        }
    };
}

operations! {
    reads {
        Status, ListConnections, UnderstandConnection, ListConnectors, ListActions, CheckProcessflow,
        ListProcessflows, ListVersions, ListRuns, ShowRun, RunSeries, RunPlot, ListRecords, FindRecord,
        ListFailedGroups, ListFailed, ShowFailed, ShowSnapshot, ShowWatermark, ReadLogs, ExportLogs, ShowCache,
        ShowSettings, ShowSchema, ListDrafts, ReadDraft, ListReadyMade, OverviewProcessflows, PreviewSchedule,
        CheckText, Complete, Explain, ShowGraph, ShowSteps, PrepareDeployment, ListDeployments, DiffVersions,
        TryMapping, ReadForm, EditText, ListCertificates, ListVariables, NeededPermissions,
    }
    acts {
        SaveConnection, RemoveConnection, SetSecret, ValidateConnection, TryConnection, CancelTry, Deploy, Undeploy, Rollback, Pause, Resume,
        StartRun, RunProgress, CancelRun, RetryFailed, EditFailed, DismissFailed, MoveWatermark, ClearArea,
        ChangeSetting, SaveDraft, RemoveDraft, ImportProcessflow, InstallReadyMade, TakeSample, CancelSample, Diagnose,
        ShowTarget, AddAuthority, RemoveAuthority, SetVariable, ForgetVariable, CheckPermissions, ChangeToken, BeginSignIn, FinishSignIn, CancelSignIn,
    }
}

/// Looks: into the folder, or where only its agent may do that, through that one.
pub fn look<R: Reads>(desk: &Desk, input: R) -> Result<R::Output> {
    if !desk.folder().is_closed() {
        return input.read(desk);
    }
    let answer = agent::ask(desk, R::NAME, answer(input)?)?;
    serde_json::from_value(answer).map_err(|error| {
        Error::config(format!(
            "the service answered something else to `{}` ({error})",
            R::NAME
        ))
        .hint("It is another version of this program: start the service again.")
    })
}

fn input_of<T: DeserializeOwned>(name: &str, input: Value) -> Result<T> {
    let input = if input.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        input
    };
    serde_json::from_value(input).map_err(|error| {
        Error::config(format!("the input of `{name}`: {error}")).hint("See the list in the README, `call`.")
    })
}

fn answer(output: impl Serialize) -> Result<Value> {
    serde_json::to_value(output).map_err(|error| Error::bug(format!("an answer does not serialise: {error}")))
}

fn unknown(name: &str) -> Error {
    let names = READS.iter().chain(ACTS).copied().collect::<Vec<_>>().join(", ");
    Error::config(format!("there is no operation `{name}`")).hint(format!("There are: {names}."))
}
