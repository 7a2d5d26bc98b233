//! Sign-ins through a browser that are under way: a person agrees in the other system, and for some minutes this agent
//! waits for what the browser brings back. What is exchanged is kept, whoever went away meanwhile: a grant is good once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use connector_kit::{
    Clock, Error, Fact, Grant, Result, Secret, SignIn, Validation,
    sign_in::{Arrived, Listener},
};
use rand::Rng as _;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::Agent;
use crate::{operations, secrets::Redaction};

/// How long a browser is waited for.
pub(crate) const LASTS: Duration = Duration::from_mins(10);

/// Sign-ins under way, by ticket.
#[derive(Default)]
pub(crate) struct SignIns(Mutex<HashMap<String, UnderWay>>);

#[derive(Clone)]
struct UnderWay {
    connection: String,
    cancel: CancellationToken,
    pasted: mpsc::Sender<Secret>,
    ended: watch::Receiver<Option<Result<Done>>>,
}

/// A sign-in that began.
pub(crate) struct Begun {
    /// The name to go on with.
    pub(crate) ticket: String,
    /// Where the person goes, and comes back to.
    pub(crate) sign_in: SignIn,
    /// This agent listens where the browser comes back to.
    pub(crate) listens: bool,
    /// The fingerprint of the certificate that was made for it.
    pub(crate) fingerprint: Option<String>,
}

/// A sign-in that worked: its token is kept.
#[derive(Clone)]
pub(crate) struct Done {
    /// Store, permissions, owner.
    pub(crate) facts: Vec<Fact>,
    /// What came of trying the connection with it.
    pub(crate) tried: Result<Validation>,
}

impl SignIns {
    fn all(&self) -> MutexGuard<'_, HashMap<String, UnderWay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, ticket: &str) -> Option<UnderWay> {
        self.all().get(ticket).cloned()
    }
}

impl Agent {
    /// Begins a sign-in. One that is under way for the same connection ends: its port is needed.
    pub(crate) async fn begin_sign_in(self: &Arc<Self>, name: &str, by_hand: bool) -> Result<Begun> {
        let saved = self.saved(name).await?;
        let connector = self.desk.connector(&saved.connector)?;
        let sign_in = connector.sign_in(&saved.settings, &random())?.ok_or_else(|| {
            Error::config(format!("connection `{name}` does not sign in through a browser")).hint(format!(
                "Choose that kind first: `processflow connections edit {name} --set auth=oauth`."
            ))
        })?;
        // Whoever comes back from the browser must not find out then that something is missing.
        self.sign_in_secrets(&saved).await?;
        self.end_sign_ins_of(name).await;
        let listener = if by_hand || !sign_in.redirect.is_here() {
            None
        } else {
            Some(Listener::open(&sign_in.redirect).await?)
        };
        let ticket = random();
        let cancel = CancellationToken::new();
        let (pasted, pasting) = mpsc::channel(1);
        let (tell, ended) = watch::channel(None);
        let under_way = UnderWay {
            connection: name.to_owned(),
            cancel: cancel.clone(),
            pasted,
            ended,
        };
        let begun = Begun {
            ticket: ticket.clone(),
            sign_in: sign_in.clone(),
            listens: listener.is_some(),
            fingerprint: listener
                .as_ref()
                .and_then(Listener::fingerprint)
                .map(str::to_owned),
        };
        self.sign_ins.all().insert(ticket.clone(), under_way);
        let going = Going {
            agent: self.clone(),
            connection: saved.name,
            sign_in,
            listener,
            pasting,
            cancel,
        };
        tokio::spawn(going.until_its_end(ticket, tell));
        Ok(begun)
    }

    /// Waits for the end of a sign-in; `pasted` is what a person copied from the browser.
    pub(crate) async fn finish_sign_in(&self, ticket: &str, pasted: Option<Secret>) -> Result<Done> {
        let over = || {
            Error::config("this sign-in is over")
                .hint("Begin it again: nobody waits for what the browser brings now.")
        };
        let mut under_way = self.sign_ins.find(ticket).ok_or_else(over)?;
        if let Some(pasted) = pasted {
            under_way.pasted.send(pasted).await.map_err(|_| over())?;
        }
        let ended = under_way
            .ended
            .wait_for(Option::is_some)
            .await
            .map_err(|_| over())?;
        ended.clone().ok_or_else(over)?
    }

    /// Ends a sign-in that waits. One that is over is no mistake of anybody.
    pub(crate) fn cancel_sign_in(&self, ticket: &str) {
        if let Some(under_way) = self.sign_ins.find(ticket) {
            under_way.cancel.cancel();
        }
    }

    async fn end_sign_ins_of(&self, connection: &str) {
        let all = self.sign_ins.all().clone();
        for mut under_way in all.into_values().filter(|one| one.connection == connection) {
            under_way.cancel.cancel();
            // An end without a word is an end.
            drop(under_way.ended.wait_for(Option::is_some).await);
        }
    }

    /// Exchanges a grant, keeps the token, and tries the connection with it.
    async fn complete_sign_in(&self, name: &str, grant: Grant) -> Result<Done> {
        if let Some(code) = grant.code() {
            Redaction::global().register(code);
        }
        let saved = self.saved(name).await?;
        let secrets = self.sign_in_secrets(&saved).await?;
        let connector = self.desk.connector(&saved.connector)?;
        let signed = connector
            .signed_in(&saved.settings, grant, &secrets, &self.host())
            .await?;
        let mut saved = operations::wanted(self, name, None, signed.settings).await?;
        self.switch_secrets(&mut saved, signed.secrets).await?;
        Ok(Done {
            facts: signed.facts,
            tried: operations::tried(self, &saved).await,
        })
    }
}

/// A sign-in while it waits.
struct Going {
    agent: Arc<Agent>,
    connection: String,
    sign_in: SignIn,
    listener: Option<Listener>,
    pasting: mpsc::Receiver<Secret>,
    cancel: CancellationToken,
}

impl Going {
    async fn until_its_end(mut self, ticket: String, tell: watch::Sender<Option<Result<Done>>>) {
        let ended = match self.grant().await {
            Ok((grant, arrived)) => {
                let waits = grant.clone();
                let done = self.agent.complete_sign_in(&self.connection, grant).await;
                if let Some(arrived) = arrived {
                    answer(arrived, &self.sign_in, &waits, &done);
                }
                done
            }
            Err(error) => Err(error),
        };
        if let Some(listener) = self.listener.take() {
            listener.close().await;
        }
        self.agent.sign_ins.all().remove(&ticket);
        tell.send_replace(Some(ended));
    }

    /// What the browser brings or a person pastes, whichever comes first.
    async fn grant(&mut self) -> Result<(Grant, Option<Arrived>)> {
        let clock = self.agent.clock().clone();
        tokio::select! {
            found = came(self.listener.as_mut(), &self.sign_in) => Ok(found),
            pasted = self.pasting.recv() => {
                let grant = Grant::of_pasted(&pasted.unwrap_or_else(|| Secret::new(String::new())));
                if grant.answers(&self.sign_in, true) {
                    return Ok((grant, None));
                }
                Err(Error::config("what was pasted belongs to another sign-in").hint("Begin again, and paste the address at which the browser ends then."))
            }
            over = over(&self.cancel, clock.as_ref()) => Err(over),
        }
    }
}

/// Why nobody is waited for any longer.
async fn over(cancel: &CancellationToken, clock: &dyn Clock) -> Error {
    tokio::select! {
        () = cancel.cancelled() => Error::config("the sign-in was cancelled"),
        () = clock.sleep(LASTS) => Error::config(format!("nobody came back from the browser within {} minutes", LASTS.as_secs() / 60))
            .hint("Begin again; the address is good for one sign-in."),
    }
}

/// The first browser that belongs to this sign-in; others are sent away and change nothing.
async fn came(listener: Option<&mut Listener>, sign_in: &SignIn) -> (Grant, Option<Arrived>) {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    loop {
        let arrived = listener.next().await;
        if arrived.grant.answers(sign_in, false) {
            return (arrived.grant.clone(), Some(arrived));
        }
        arrived.shows(false, "This answer belongs to another sign-in and was not used.");
    }
}

fn answer(arrived: Arrived, sign_in: &SignIn, grant: &Grant, done: &Result<Done>) {
    match &sign_in.ends {
        Some(ends) if grant.get(ends.when).is_some() => {
            let address = if done.is_ok() {
                &ends.succeeded
            } else {
                &ends.failed
            };
            arrived.goes_on(address.clone());
        }
        _ => match done {
            Ok(_) => arrived.shows(
                true,
                "You are signed in. You can close this page and go back to Processflow Agent.",
            ),
            Err(error) => arrived.shows(
                false,
                &format!(
                    "The sign-in did not work: {}",
                    Redaction::global().mask(&error.message)
                ),
            ),
        },
    }
}

/// Nobody can guess it.
fn random() -> String {
    let bytes: [u8; 24] = rand::rng().random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use connector_kit::async_trait;
    use jiff::Timestamp;

    use super::*;

    /// A clock that is placed by hand.
    struct Placed(watch::Sender<Duration>);

    #[async_trait]
    impl Clock for Placed {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + *self.0.borrow()
        }

        async fn sleep(&self, duration: Duration) {
            let until = *self.0.borrow() + duration;
            let placed = self.0.subscribe().wait_for(|now| *now >= until).await.map(drop);
            placed.expect("the clock itself places it");
        }
    }

    #[tokio::test]
    async fn a_browser_is_waited_for_ten_minutes_and_no_longer() {
        let clock = Placed(watch::channel(Duration::from_hours(1)).0);
        let cancel = CancellationToken::new();
        let waiting = over(&cancel, &clock);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending(), "it has just begun");
        clock
            .0
            .send_modify(|now| *now += Duration::from_mins(10) - Duration::from_secs(1));
        assert!(
            futures::poll!(&mut waiting).is_pending(),
            "a second is left for who takes long"
        );
        clock.0.send_modify(|now| *now += Duration::from_secs(1));
        let std::task::Poll::Ready(error) = futures::poll!(&mut waiting) else {
            panic!("a port that listens for ever, and a state that is good for ever");
        };
        assert_eq!(
            error.message,
            "nobody came back from the browser within 10 minutes"
        );
        assert!(error.hint.is_some(), "what to do then");
    }

    #[tokio::test]
    async fn one_that_is_cancelled_is_over_at_once() {
        let clock = Placed(watch::channel(Duration::ZERO).0);
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert_eq!(over(&cancel, &clock).await.message, "the sign-in was cancelled");
    }
}
