//! The agent that stays (the service, the desktop): recovers what was interrupted, runs what is due, ends at a safe point.

use std::{sync::Arc, time::Duration};

use connector_kit::{Error, Result};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{Agent, Desk, Shell, Wanted, desk::is_active, socket};
use crate::{
    folder::{Attempt, Holder},
    operations::compiled,
    schedule::Schedule,
    state::{Deployment, Run, Trigger},
};

/// How long runs may take to come to a safe point when the service is told to end. After it the process ends
/// anyway: what is settled is settled, the rest is taken up at the next start.
const LAST_ORDERS: Duration = Duration::from_secs(5);

/// A schedule is looked at this often at least: clocks jump and machines sleep, and a timer does not notice.
const TICK: Duration = Duration::from_secs(10);

/// A processflow whose last scheduled run waits for a person or a network is tried again this often at most.
const PROBE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Slots that are due and have to wait must not keep the loop spinning.
const AT_LEAST: Duration = Duration::from_millis(50);

/// How far a serving process has come.
pub enum Serving<'a> {
    /// Another process is the agent; this one takes over when it leaves.
    Waiting(&'a Holder),
    /// This process is the agent.
    Agent(&'a Arc<Agent>),
}

impl Agent {
    /// Waits for the folder's lock, becomes its agent, recovers, and runs schedules until `end`. Says on the way how
    /// far it has come.
    ///
    /// # Errors
    /// Config when the folder is a service's, and this process is not that service.
    pub async fn serve(
        desk: Desk,
        shell: Shell,
        end: CancellationToken,
        say: impl Fn(Serving<'_>),
    ) -> Result<()> {
        if desk.folder().is_closed() {
            return Err(Error::config("this folder belongs to the installed service, which serves it under its own account")
                .hint("`sudo processflow service start` starts it. For a folder of your own name one with `--data-dir DIR`."));
        }
        let clock = desk.clock().clone();
        let lock = match desk.folder().try_lock(clock.now())? {
            Attempt::Ours(lock) => lock,
            Attempt::Held(holder) => {
                say(Serving::Waiting(&holder));
                tokio::select! {
                    lock = desk.folder().lock_when_free(clock.as_ref()) => lock?,
                    () = end.cancelled() => return Ok(()),
                }
            }
        };
        let agent = Self::new(desk, lock, shell).await?;
        socket::serve(&agent)?;
        say(Serving::Agent(&agent));
        agent.work(end).await;
        Ok(())
    }

    /// What an agent does that stays: recovers what was interrupted, runs what is due until `end`, and comes to a safe
    /// point.
    pub async fn work(self: &Arc<Self>, end: CancellationToken) {
        info!("The agent is serving.");
        self.recover_all().await;
        while !end.is_cancelled() {
            self.start_what_is_due().await;
            tokio::spawn({
                let agent = self.clone();
                async move {
                    agent.forget_old().await;
                    agent.index_records().await;
                }
            });
            tokio::select! {
                () = end.cancelled() => {}
                () = self.schedule_changed.notified() => {}
                () = self.clock().sleep(TICK) => {}
                () = self.until_next_slot() => {}
            }
        }
        self.end().await;
    }

    /// Takes up every run that stopped in the middle.
    async fn recover_all(self: &Arc<Self>) {
        let stopped = match self.state().read(Run::running).await {
            Ok(stopped) => stopped,
            Err(problem) => {
                return error!(error = %problem.chain(), "Interrupted runs could not be looked up.");
            }
        };
        for run in stopped {
            info!(run = %run.id, processflow = %run.processflow, "An interrupted run goes on.");
            if let Err(problem) = self
                .start(&run.processflow, Wanted::Next, Trigger::Recovery)
                .await
            {
                warn!(processflow = %run.processflow, error = %problem.chain(), "It could not be taken up.");
            }
        }
    }

    async fn start_what_is_due(self: &Arc<Self>) {
        let now = self.clock().now();
        let scheduled = match self.scheduled().await {
            Ok(scheduled) => scheduled,
            Err(problem) => return error!(error = %problem.chain(), "The schedules could not be read."),
        };
        for (deployment, schedule) in scheduled {
            if let Err(problem) = self.start_if_due(&deployment, &schedule, now).await {
                warn!(processflow = %deployment.name, error = %problem.chain(), "A scheduled run did not start.");
            }
        }
    }

    /// Active deployments with a schedule. A file that no longer compiles stops nobody else.
    async fn scheduled(&self) -> Result<Vec<(Deployment, Schedule)>> {
        let mut scheduled = Vec::new();
        for deployment in self.state().read(Deployment::all).await? {
            if !is_active(&deployment, self.clock().now()) {
                continue;
            }
            let version = self.version(&deployment).await?;
            let plan = compiled(&version.text, &deployment.name, self.desk());
            match plan.and_then(|plan| self.desk().schedule(&plan, &deployment)) {
                Ok(Some(schedule)) => scheduled.push((deployment, schedule)),
                Ok(None) => {}
                Err(problem) => {
                    warn!(processflow = %deployment.name, error = %problem.chain(), "Not scheduled.");
                }
            }
        }
        Ok(scheduled)
    }

    async fn start_if_due(
        self: &Arc<Self>,
        deployment: &Deployment,
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<()> {
        let seen = deployment
            .slot
            .as_deref()
            .unwrap_or(&deployment.anchor)
            .parse()
            .unwrap_or(now);
        let due = schedule.due(seen, now);
        if due.clock_went_back {
            warn!("The clock went back behind a slot that was fired. Nothing is fired twice.");
        }
        let Some(slot) = due.slot else {
            return self.seen(deployment, seen, due.seen, due.missed).await;
        };
        if self.running_names().contains(&deployment.name) {
            info!(processflow = %deployment.name, %slot, "A slot was skipped: the run before is still under way.");
            return self.seen(deployment, seen, due.seen, due.missed).await;
        }
        if self.waits_still(deployment, now).await? {
            return Ok(());
        }
        self.seen(deployment, seen, due.seen, due.missed).await?;
        self.start(&deployment.name, Wanted::Next, Trigger::Schedule)
            .await
            .map(drop)
    }

    /// Writes down up to where slots are dealt with, before the run starts: whatever happens then, none is fired
    /// twice.
    async fn seen(
        &self,
        deployment: &Deployment,
        before: Timestamp,
        seen: Timestamp,
        missed: u32,
    ) -> Result<()> {
        if before == seen {
            return Ok(());
        }
        if missed > 0 {
            warn!(processflow = %deployment.name, missed, "Slots were missed; one run makes up for them.");
        }
        let name = deployment.name.clone();
        self.state()
            .write(move |on| {
                if let Some(mut deployment) = Deployment::find(on, &name)? {
                    deployment.slot = Some(seen.to_string());
                    deployment.save(on)?;
                }
                Ok(())
            })
            .await
    }

    /// Whether the last run waits for something and was tried a moment ago: nobody is hammered.
    async fn waits_still(&self, deployment: &Deployment, now: Timestamp) -> Result<bool> {
        let name = deployment.name.clone();
        let last = self
            .state()
            .read(move |on| Run::newest(on, Some(&name), 1))
            .await?
            .pop();
        let Some(run) = last.filter(|run| run.problem.is_some()) else {
            return Ok(false);
        };
        let ended = run.ended_at.and_then(|at| at.parse::<Timestamp>().ok());
        Ok(ended.is_some_and(|ended| ended.duration_until(now) < PROBE))
    }

    async fn until_next_slot(&self) {
        let now = self.clock().now();
        let scheduled = self.scheduled().await.unwrap_or_default();
        let next = scheduled
            .into_iter()
            .filter_map(|(_, schedule)| schedule.next_after(now))
            .min();
        let wait = next.and_then(|slot| Duration::try_from(now.duration_until(slot)).ok());
        self.clock().sleep(wait.unwrap_or(TICK).max(AT_LEAST)).await;
    }

    /// Runs come to a safe point, or are left to the next start.
    pub async fn end(&self) {
        self.cancel_all();
        tokio::select! {
            () = self.all_ended() => {}
            () = self.clock().sleep(LAST_ORDERS) => warn!("A run did not come to a safe point in time."),
        }
        info!("The agent ended.");
    }
}
