//! Who logs in where, and whether the way there is encrypted.

use std::{sync::Arc, time::Duration};

use connector_kit::{Error, Host, JsonSchema, Result, Secret, http::Network};
use serde::Deserialize;

use super::Refusal;
use crate::sql::address::Server;

/// Until a connection stands.
pub(in crate::sql) const CONNECT: Duration = Duration::from_secs(10);

/// A statement may take so long at the server before it stops it: a lock that nobody gives back must not hold a run.
pub(in crate::sql) const STATEMENT: Duration = Duration::from_mins(5);

/// A query may take longer; the run stops it after 15 minutes.
pub(in crate::sql) const QUERY: Duration = Duration::from_mins(16);

/// How long a lock is waited for.
pub(in crate::sql) const LOCK: Duration = Duration::from_secs(30);

/// Whether the way to the server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// To other machines.
    #[default]
    Auto,
    /// Always, with a certificate that this machine trusts.
    Required,
    /// Never.
    Off,
}

/// Who logs in where.
pub(in crate::sql) struct Login {
    pub(in crate::sql) server: Server,
    pub(in crate::sql) user: String,
    pub(in crate::sql) password: Option<Secret>,
    pub(in crate::sql) encrypted: bool,
    pub(in crate::sql) network: Arc<Network>,
}

impl Login {
    /// The account and the way to a server.
    ///
    /// # Errors
    /// Config without an account, or with two.
    pub(in crate::sql) fn new(
        server: Server,
        user: Option<String>,
        password: Option<Secret>,
        tls: Tls,
        host: &Host,
    ) -> Result<Self> {
        let user = match (user.filter(|user| !user.trim().is_empty()), &server.user) {
            (Some(user), Some(other)) if user != *other => {
                return Err(Error::config(format!(
                    "`url` names the user `{other}`, and `username` is `{user}`"
                ))
                .hint("Leave one of them out."));
            }
            (Some(user), _) => user,
            (None, Some(user)) => user.clone(),
            (None, None) => {
                return Err(Error::config("the connection names no user name")
                    .hint("Give the account that may write the tables: `--set username=NAME`."));
            }
        };
        Ok(Self {
            user,
            password,
            encrypted: match tls {
                Tls::Required => true,
                Tls::Off => false,
                Tls::Auto => !server.is_here,
            },
            network: host.network.clone(),
            server,
        })
    }

    /// The database as people know it, for messages.
    pub(in crate::sql) fn place(&self) -> String {
        self.server.place()
    }

    /// What a server that speaks no TLS leads to.
    pub(in crate::sql) fn unencrypted(&self) -> Error {
        Error::config(format!("{} does not encrypt connections", self.place())).hint(
            "Switch TLS on at the server. In a network that nobody else listens to, `--set tls=off` goes without.",
        )
    }

    /// What a server that nobody answers at leads to.
    pub(in crate::sql) fn unreachable(&self, why: &str) -> Error {
        Error::unavailable(format!("{} cannot be reached ({why})", self.place()))
            .hint("Check that the server runs, and that host and port of `url` are right and not closed by a firewall.")
    }

    /// What a certificate of nobody known leads to.
    pub(in crate::sql) fn untrusted(&self, why: &str) -> Error {
        Error::config(format!(
            "the certificate of {} is not trusted ({why})",
            self.place()
        ))
        .hint("Add the authority that signed it under Settings, Own certificate authorities.")
    }

    /// What a wrong name or password leads to.
    pub(in crate::sql) fn turned_away(&self) -> Error {
        Error::config(format!("{} does not let `{}` in", self.place(), self.user)).hint(
            "Check the user, enter the password anew, and see to it that the server lets this account in from this machine.",
        )
    }

    /// What a database that is not there leads to.
    pub(in crate::sql) fn no_database(&self) -> Error {
        Error::config(format!(
            "the server {}:{} has no database `{}`",
            self.server.host, self.server.port, self.server.database
        ))
        .hint("Correct the last part of `url`, or have the database made.")
    }
}

/// Waits for an answer of a server, and not for ever: a connection may have died without a word.
pub(in crate::sql) async fn in_time<T, E: Into<Refusal>>(
    database: &str,
    longest: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Refusal> {
    // A little longer than the server's own limit, which says more.
    match tokio::time::timeout(longest + CONNECT, answer).await {
        Ok(answered) => answered.map_err(Into::into),
        Err(_) => Err(Refusal::late(database)),
    }
}
