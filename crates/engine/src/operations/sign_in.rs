//! Signing in through a browser: begun here, agreed to in the other system, finished when the browser comes back or a
//! person pastes what it brought.

use std::sync::Arc;

use connector_kit::{Fact, Result, Validation, async_trait};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, connections::Given};
use crate::{
    agent::{Agent, SIGN_IN_LASTS},
    state::Problem,
};

/// Begins a sign-in of a saved connection: from now on, for some minutes, what the browser brings back is waited for.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct BeginSignIn {
    /// The connection.
    pub name: String,
    /// Nobody listens: a person will paste what the browser brings back.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub by_hand: bool,
}

/// A sign-in that waits.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SignInBegun {
    /// The name to finish or cancel it by.
    pub ticket: String,
    /// The address to open in a browser.
    pub open: String,
    /// Where the browser comes back to.
    pub redirect: String,
    /// The agent waits there; otherwise the address that the browser ends at is pasted.
    pub listens: bool,
    /// SHA-256 of the certificate that was made for it, as browsers show it; `None` without https.
    pub fingerprint: Option<String>,
    /// When nobody waits any more.
    pub until: String,
}

#[async_trait]
impl Acts for BeginSignIn {
    type Output = SignInBegun;
    const NAME: &'static str = "begin_sign_in";

    async fn act(self, agent: &Arc<Agent>) -> Result<SignInBegun> {
        let begun = agent.begin_sign_in(&self.name, self.by_hand).await?;
        let lasts = SignedDuration::try_from(SIGN_IN_LASTS).unwrap_or(SignedDuration::ZERO);
        Ok(SignInBegun {
            ticket: begun.ticket,
            open: begun.sign_in.start,
            redirect: begun.sign_in.redirect.text().to_owned(),
            listens: begun.listens,
            fingerprint: begun.fingerprint,
            until: (agent.clock().now() + lasts).to_string(),
        })
    }
}

/// Waits until a sign-in ended.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FinishSignIn {
    /// The sign-in.
    pub ticket: String,
    /// What a person pasted: the whole address that the browser ended at, or the code alone.
    #[serde(default)]
    pub pasted: Option<Given>,
}

/// A sign-in that worked; the token is kept like any other.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SignInDone {
    /// Store, permissions and owner, as the other system told them.
    pub facts: Vec<Fact>,
    /// What trying the connection told.
    pub validation: Option<Validation>,
    /// Why the connection does not work in spite of it.
    pub problem: Option<Problem>,
}

#[async_trait]
impl Acts for FinishSignIn {
    type Output = SignInDone;
    const NAME: &'static str = "finish_sign_in";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<SignInDone> {
        let done = agent
            .finish_sign_in(&self.ticket, self.pasted.map(|given| given.0))
            .await?;
        Ok(SignInDone {
            facts: done.facts,
            validation: done.tried.as_ref().ok().cloned(),
            problem: done.tried.as_ref().err().map(Problem::from),
        })
    }
}

/// Ends a sign-in that waits.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CancelSignIn {
    /// The sign-in.
    pub ticket: String,
}

#[async_trait]
impl Acts for CancelSignIn {
    type Output = ();
    const NAME: &'static str = "cancel_sign_in";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent.cancel_sign_in(&self.ticket);
        Ok(())
    }
}
