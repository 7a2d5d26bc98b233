//! Connections as they stand in a form: what their settings say, and whether they work. Nothing is saved.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Fact, Result, Validation, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{
    Acts, Reads,
    connections::{Given, tried_with, wanted},
    tickets::Ticket,
};
use crate::{
    agent::{Agent, Desk},
    state::Problem,
};

/// Tries a connection as it stands in a form, with the code that runs use. Nothing is saved, not even that it was tried.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct TryConnection {
    /// The saved connection whose settings and secrets are the ground; left out for a new one.
    pub name: Option<String>,
    /// Its connector; may be left out when it is saved already.
    pub connector: Option<String>,
    /// Settings laid over the saved ones; `null` takes one away.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub settings: Map<String, Value>,
    /// Secrets as they were typed. For those left out the saved ones are used, if these settings lead to the place they
    /// were entered for.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub secrets: BTreeMap<String, Given>,
    /// A name of the caller's choice, to cancel it by.
    #[serde(default)]
    pub ticket: Option<String>,
}

#[async_trait]
impl Acts for TryConnection {
    type Output = Validation;
    const NAME: &'static str = "try_connection";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<Validation> {
        let ticket = Ticket::new(self.ticket);
        let name = self.name.unwrap_or_default();
        let tried = async {
            let tried = wanted(agent, &name, self.connector, self.settings).await?;
            let given = self.secrets.into_iter().map(|(field, given)| (field, given.0));
            tried_with(agent, &tried, given.collect(), &[]).await
        };
        ticket.unless_cancelled("the test of the connection", tried).await
    }
}

/// Ends a test of a connection that is under way.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CancelTry {
    /// The ticket it was asked for with.
    pub ticket: String,
}

#[async_trait]
impl Acts for CancelTry {
    type Output = ();
    const NAME: &'static str = "cancel_try";

    async fn act(self, _: &Arc<Agent>) -> Result<()> {
        Ticket::cancel(&self.ticket);
        Ok(())
    }
}

/// What a connector makes of settings while they are typed: nothing is saved, nothing is sent.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct UnderstandConnection {
    /// The connector.
    pub connector: String,
    /// The settings as they are so far.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub settings: Map<String, Value>,
}

/// What a connector made of settings.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Understood {
    /// What they say ("store hash abc123"); empty where something is wrong.
    pub facts: Vec<Fact>,
    /// The one place that the secrets would be sent to.
    pub seal: Option<String>,
    /// What is wrong, and the way out.
    pub problem: Option<Problem>,
}

impl Reads for UnderstandConnection {
    type Output = Understood;
    const NAME: &'static str = "understand_connection";

    fn read(self, desk: &Desk) -> Result<Understood> {
        let connector = desk.connector(&self.connector)?;
        let settings = Value::Object(self.settings);
        let understood = connector
            .understood(&settings)
            .and_then(|facts| Ok((facts, connector.seal(&settings)?)));
        Ok(match understood {
            Ok((facts, seal)) => Understood {
                facts,
                seal: Some(seal),
                problem: None,
            },
            Err(error) => Understood {
                facts: Vec::new(),
                seal: None,
                problem: Some(Problem::from(&error)),
            },
        })
    }
}
