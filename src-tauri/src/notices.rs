//! Notifications: a processflow's first failure, and that it has recovered. Once an hour for the same cause at most, so
//! that a store that is away for a night is one notification and not a hundred.

use std::collections::HashMap;

use engine::{
    agent::Desk,
    operations::{self, ListRuns},
    state::{Run, RunStatus},
};
use jiff::{SignedDuration, Timestamp};
use tauri::{AppHandle, Manager};
use tracing::warn;

use crate::{os, preferences::Preferences, words::Words};

/// The same cause is told again after this long at the earliest.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// How many runs are looked at to find the last one of each processflow.
const LOOK_BACK: u32 = 200;

/// What was told so far.
#[derive(Default)]
pub(crate) struct Notices {
    /// How each processflow's last run ended: its cause where it failed. `None` before the first look, of which nothing
    /// is told: a person who starts the program sees it there.
    ended: Option<HashMap<String, Ended>>,
    told: HashMap<(String, Option<String>), Timestamp>,
}

/// How a processflow's last run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    /// With the sentence, where there is one; without, records failed.
    Badly(Option<String>),
}

/// Something worth a notification.
#[derive(Debug, PartialEq, Eq)]
enum Notice {
    Failed(String, Option<String>),
    Recovered(String),
}

impl Notices {
    /// Looks at how runs ended since the last look, and tells.
    pub(crate) fn look(&mut self, app: &AppHandle, desk: &Desk) {
        let asked = ListRuns {
            limit: LOOK_BACK,
            ..ListRuns::default()
        };
        let Ok(page) = operations::look(desk, asked) else {
            return;
        };
        let news = self.news(last_of_each(&page.runs), desk.clock().now());
        let preferred = app.state::<Preferences>().now();
        if preferred.notifications {
            news.iter().for_each(|notice| tell(notice, &preferred.words()));
        }
    }

    /// What is new, compared with the last look.
    fn news(&mut self, now: HashMap<String, Ended>, at: Timestamp) -> Vec<Notice> {
        let Some(before) = self.ended.replace(now.clone()) else {
            return Vec::new();
        };
        let mut news = Vec::new();
        for (name, ended) in now {
            match (before.get(&name), ended) {
                (Some(Ended::Badly(_)), Ended::Well) => news.push(Notice::Recovered(name)),
                (was, Ended::Badly(cause))
                    if was != Some(&Ended::Badly(cause.clone()))
                        && self.first_in_an_hour(&name, cause.as_ref(), at) =>
                {
                    news.push(Notice::Failed(name, cause));
                }
                _ => {}
            }
        }
        news
    }

    fn first_in_an_hour(&mut self, name: &str, cause: Option<&String>, at: Timestamp) -> bool {
        self.told.retain(|_, told| at.duration_since(*told) < AGAIN);
        self.told.insert((name.to_owned(), cause.cloned()), at).is_none()
    }
}

/// How the newest ended run of each processflow ended. A run over chosen records, or one that a person cancelled, says
/// nothing about the processflow.
fn last_of_each(runs: &[Run]) -> HashMap<String, Ended> {
    let mut last = HashMap::new();
    for run in runs.iter().filter(|run| !run.part) {
        let ended = match run.status {
            RunStatus::Running | RunStatus::Cancelled | RunStatus::Interrupted => continue,
            RunStatus::Successful => Ended::Well,
            RunStatus::FinishedWithProblems | RunStatus::Failed | RunStatus::Waiting => {
                Ended::Badly(run.problem.as_ref().map(|problem| problem.message.clone()))
            }
        };
        last.entry(run.processflow.clone()).or_insert(ended);
    }
    last
}

fn tell(notice: &Notice, words: &Words) {
    let (title, body) = match notice {
        Notice::Failed(name, cause) => (
            words.fill("failed_title", "processflow", name),
            cause
                .as_ref()
                .map_or(words.say("failed_records"), |cause| {
                    words.of_the_agent(cause, "failed_run")
                })
                .to_owned(),
        ),
        Notice::Recovered(name) => (
            words.fill("recovered_title", "processflow", name),
            words.say("recovered_text").to_owned(),
        ),
    };
    say(&title, &body);
}

/// A notification of this desktop; waits for it.
pub(crate) fn say(title: &str, body: &str) {
    if let Err(error) = os::notify(title, body) {
        warn!(%error, "A notification could not be shown.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(ended: &[(&str, Ended)]) -> HashMap<String, Ended> {
        ended
            .iter()
            .map(|(name, ended)| ((*name).to_owned(), ended.clone()))
            .collect()
    }

    fn badly(cause: &str) -> Ended {
        Ended::Badly(Some(cause.to_owned()))
    }

    #[test]
    fn the_first_failure_and_the_recovery_are_told_and_nothing_between() {
        let mut notices = Notices::default();
        let at = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let look = |notices: &mut Notices, ended: Ended, minute| {
            notices.news(world(&[("orders", ended)]), at(minute))
        };
        assert_eq!(
            look(&mut notices, badly("old"), 0),
            [],
            "what was before is not news"
        );
        let failed = |cause: &str| Notice::Failed("orders".into(), Some(cause.into()));
        assert_eq!(
            look(&mut notices, badly("401"), 1),
            [failed("401")],
            "another cause is"
        );
        assert_eq!(look(&mut notices, badly("401"), 2), [], "the same again is not");
        assert_eq!(
            look(&mut notices, Ended::Well, 3),
            [Notice::Recovered("orders".into())],
            "nor is it left at that"
        );
        assert_eq!(
            look(&mut notices, badly("401"), 30),
            [],
            "once an hour for a cause"
        );
        assert_eq!(look(&mut notices, Ended::Well, 31).len(), 1);
        assert_eq!(
            look(&mut notices, badly("401"), 95),
            [failed("401")],
            "then again"
        );
    }
}
