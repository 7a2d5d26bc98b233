//! Taking files: which ones, when they are whole, each content once, and what becomes of them.
//!
//! A file is taken when it has not changed for a while (programs write files slowly, and not under another name)
//! and its content is not the one that was read last under its name. A file that others overwrite every hour is
//! so read every hour, and the same content once. Nothing is read by dates: they only tell that something
//! changed.

mod desk;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use connector_kit::{Batch, Error, JsonSchema, Reading, Result, Source, async_trait};
use serde::Deserialize;
use tokio::sync::Semaphore;

use self::desk::Desk;
use super::{
    Folder,
    lines::Format,
    watermark::{Content, Look},
};

/// Without `settle`, a file must stay as it is for so long.
const SETTLE: Duration = Duration::from_secs(2);
/// A file that was changed so long ago is whole.
const QUIET: i64 = 60;
/// How often a file that grows is looked at before it is left to the next run.
const LOOKS: usize = 60;
/// How long the last records of a file may take to be settled before it moves only with the next run.
const PATIENCE: Duration = Duration::from_secs(2);

/// What becomes of a file that was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// It stays where it is.
    #[default]
    Keep,
    /// It moves to the folder `done` beside it.
    Move,
}

/// Which files an action takes.
pub(super) struct Which {
    pattern: String,
    after: After,
    settle: Duration,
}

impl Which {
    pub(super) fn of(pattern: &str, after: After, settle: Option<&str>) -> Result<Self> {
        let settle = settle.map_or(Ok(SETTLE), |text| {
            let duration = text
                .parse::<jiff::SignedDuration>()
                .ok()
                .and_then(|wait| Duration::try_from(wait).ok());
            duration
                .filter(|wait| *wait <= Duration::from_mins(10))
                .ok_or_else(|| {
                    Error::config(format!("`settle: {text}` is no time up to 10 minutes"))
                        .hint("Write it as `2 s` or `1 min`.")
                })
        })?;
        Ok(Self {
            pattern: pattern.to_owned(),
            after,
            settle,
        })
    }

    fn is_pattern(&self) -> bool {
        self.pattern.contains(['*', '?'])
    }
}

/// A reading of files.
pub(super) struct Taking {
    folder: Arc<Folder>,
    settle: Duration,
    desk: Arc<Mutex<Desk>>,
    looked: bool,
    moving: Option<Moving>,
}

/// A file whose last records are under way; it moves when they are settled.
struct Moving {
    file: String,
    content: Content,
    settled: Arc<Semaphore>,
}

impl Taking {
    pub(super) fn of(
        folder: Arc<Folder>,
        which: Which,
        format: Arc<dyn Format>,
        reading: Reading,
    ) -> Result<Self> {
        let settle = which.settle;
        let desk = Desk::of(folder.clone(), which, format, reading)?;
        Ok(Self {
            folder,
            settle,
            desk: Arc::new(Mutex::new(desk)),
            looked: false,
            moving: None,
        })
    }

    /// Finds the files to take, and waits until they do not change any more.
    async fn look(&mut self) -> Result<()> {
        let mut seen = self.on_desk(Desk::look).await?;
        let mut growing = self.unsteady(&seen);
        for _ in 0..LOOKS {
            if growing.is_empty() {
                break;
            }
            self.folder.clock.sleep(self.settle).await;
            let again = self.on_desk(Desk::look).await?;
            growing = self.unsteady(&again);
            growing.retain(|name| !seen.iter().any(|old| old.file == *name && again.contains(old)));
            seen = again;
        }
        self.on_desk(move |desk| desk.choose(seen, &growing)).await
    }

    /// Files that changed so lately that they may still be growing.
    fn unsteady(&self, seen: &[Seen]) -> Vec<String> {
        let now = self.folder.clock.now();
        let is_steady = |seen: &Seen| {
            let quiet = (QUIET..).contains(&now.duration_since(seen.look.changed).as_secs());
            self.settle.is_zero() || seen.known || quiet
        };
        seen.iter()
            .filter(|seen| !is_steady(seen))
            .map(|seen| seen.file.clone())
            .collect()
    }

    /// Moves a file away once its records are settled. The permit in its last batch comes back then.
    async fn move_when_settled(&mut self) -> Result<()> {
        let Some(Moving {
            file,
            content,
            settled,
        }) = self.moving.take()
        else {
            return Ok(());
        };
        tokio::select! {
            permit = settled.acquire() => drop(permit),
            () = self.folder.clock.sleep(PATIENCE) => return Ok(()),
        }
        self.on_desk(move |desk| desk.move_away(&file, &content)).await
    }

    /// Works with files on a thread that may wait for disks.
    async fn on_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let desk = self.desk.clone();
        let worked = tokio::task::spawn_blocking(move || {
            work(
                &mut *desk
                    .lock()
                    .map_err(|_| Error::bug("reading a file broke off before"))?,
            )
        });
        worked
            .await
            .map_err(|error| Error::bug("reading a file broke off").source(error))?
    }
}

/// A file that is there.
#[derive(Clone, PartialEq)]
struct Seen {
    file: String,
    look: Look,
    /// It looks as it did when it was read.
    known: bool,
}

#[async_trait]
impl Source for Taking {
    async fn next(&mut self) -> Result<Option<Batch>> {
        self.move_when_settled().await?;
        if !self.looked {
            self.look().await?;
            self.looked = true;
        }
        let Some((mut batch, ended)) = self.on_desk(Desk::batch).await? else {
            return Ok(None);
        };
        if let Some((file, content)) = ended {
            let settled = Arc::new(Semaphore::new(1));
            batch.room.extend(settled.clone().try_acquire_owned());
            self.moving = Some(Moving {
                file,
                content,
                settled,
            });
        }
        Ok(Some(batch))
    }
}
