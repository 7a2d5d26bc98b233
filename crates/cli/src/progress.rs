//! Following a run to its end: a bar on a terminal, silence when piped. The first Ctrl-C ends the run at a safe
//! point, the second leaves at once.

use std::{
    fmt::Write as _,
    io::{IsTerminal, stderr},
    time::Duration,
};

use engine::{
    agent::{Change, Door, Topic},
    operations::{CancelRun, RunProgress},
    run::Progress,
    state::RunStatus,
};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{
    output::{Failure, Outcome, number, plain},
    shell::Here,
};

/// How following a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// The run ended, so.
    Ended(RunStatus),
    /// Nobody carries it on: its process ended in the middle.
    Stopped,
    /// The agent that carries it out has left; somebody else may have taken it up.
    AgentLeft,
    /// The person pressed Ctrl-C twice.
    Abandoned,
}

/// The longest wait between two questions.
const QUARTER: Duration = Duration::from_millis(250);

/// Asks until the run has ended: four times a second, and whenever the agent says that something became of the run.
pub(crate) async fn follow(here: &Here, door: &Door, run: &str) -> Outcome<Followed> {
    let bar = Bar::new();
    let mut wait = Duration::from_millis(10);
    let mut told = listen(door, run).await;
    let mut presses = 0;
    // One future over all turns: a press between two of them counts.
    let mut pressed = Box::pin(tokio::signal::ctrl_c());
    loop {
        match door.call(RunProgress { run: run.to_owned() }).await {
            Ok(Progress {
                ended: Some(RunStatus::Running),
                ..
            }) => return Ok(Followed::Stopped),
            Ok(Progress {
                ended: Some(status), ..
            }) => return Ok(Followed::Ended(status)),
            Ok(progress) => bar.show(&progress),
            Err(error) if error.is_unavailable() && !door.is_agent() => return Ok(Followed::AgentLeft),
            Err(error) => return Err(error.into()),
        }
        tokio::select! {
            () = here.clock().sleep(wait) => wait = (wait * 2).min(QUARTER),
            Some(()) = told.recv() => {}
            heard = &mut pressed => {
                presses += 1;
                if heard.is_err() || presses > 1 {
                    return Ok(Followed::Abandoned);
                }
                pressed = Box::pin(tokio::signal::ctrl_c());
                cancel(here, door, run, &bar).await?;
            }
        }
    }
}

/// What the agent says of a run. Who hears nothing still asks.
async fn listen(door: &Door, run: &str) -> mpsc::Receiver<()> {
    let (sender, told) = mpsc::channel(1);
    let run = run.to_owned();
    // One that is full has been told and asks soon; one that is closed has heard the end.
    let tell = move |change: &Change| {
        let concerns = change.topic == Topic::Agent || change.id.as_ref() == Some(&run);
        concerns && matches!(sender.try_send(()), Err(TrySendError::Closed(())))
    };
    match door {
        Door::Agent(agent) => {
            let mut changes = agent.changes();
            tokio::spawn(async move { while changes.next().await.is_some_and(|change| !tell(&change)) {} });
        }
        Door::Client(_, client) => {
            if let Some(mut watching) = client.watch().await {
                tokio::spawn(
                    async move { while watching.next().await.is_some_and(|change| !tell(&change)) {} },
                );
            }
        }
    }
    told
}

async fn cancel(here: &Here, door: &Door, run: &str, bar: &Bar) -> Outcome<()> {
    bar.0.suspend(|| {
        here.console.talk(
            "Ending the run at a safe point. Press Ctrl-C again to leave at once; nothing settled is lost.",
        );
    });
    match door.call(CancelRun { run: run.to_owned() }).await {
        // Config: it ended by itself in this very moment.
        Err(error) if error.kind != connector_kit::Kind::Config => Err(Failure::from(error)),
        _ => Ok(()),
    }
}

/// A bar that is there on a terminal only, and gone when the run has ended.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        Self(if stderr().is_terminal() {
            ProgressBar::no_length()
        } else {
            ProgressBar::hidden()
        })
    }

    fn show(&self, progress: &Progress) {
        if self.0.is_hidden() {
            return;
        }
        match progress.expected {
            Some(expected) => {
                self.0.set_style(style(
                    "{prefix} {bar:24} {human_pos}/{human_len} read, {rate}, {wide_msg}",
                ));
                self.0.set_length(expected.max(progress.read));
            }
            None => self
                .0
                .set_style(style("{prefix} {spinner} {human_pos} read, {rate}, {wide_msg}")),
        }
        self.0.set_prefix(progress.processflow.clone());
        self.0.set_position(progress.read);
        self.0.set_message(standing(progress));
        self.0.tick();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        write!(out, "{:.0}/s", state.per_sec()).expect("text takes everything");
    };
    let style = ProgressStyle::with_template(template).expect("the template is one of the two above");
    style.with_key("rate", rate).progress_chars("=> ")
}

/// What stands beside the bar: the cause while it waits, else what was settled.
fn standing(progress: &Progress) -> String {
    if let Some(cause) = &progress.waiting {
        return format!("waiting: {}", plain(cause));
    }
    let settled = &progress.settled;
    let mut text = format!("{} written", number(settled.written));
    let skipped = settled.all_skipped();
    for (count, word) in [
        (settled.unchanged, "unchanged"),
        (skipped, "skipped"),
        (settled.failed, "failed"),
    ] {
        if count > 0 {
            write!(text, ", {} {word}", number(count)).expect("text takes everything");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use engine::state::Counts;

    use super::*;

    #[test]
    fn what_a_run_waits_for_comes_before_what_it_did() {
        let settled = Counts {
            written: 1200,
            failed: 3,
            ..Counts::default()
        };
        let mut progress = Progress {
            settled,
            ..Progress::default()
        };
        assert_eq!(standing(&progress), "1,200 written, 3 failed", "what was settled");
        progress.waiting = Some("the store asked us to slow down".into());
        assert_eq!(
            standing(&progress),
            "waiting: the store asked us to slow down",
            "a stalled run says why"
        );
    }
}
