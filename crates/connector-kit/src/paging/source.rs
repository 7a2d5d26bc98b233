//! The sources connectors hand out: changes with a first read before them, and whole lists.

use std::sync::Arc;

use super::{
    Resource,
    changes::Changes,
    ids::Ids,
    position::{Mark, Position, Walking},
    windows::{Delivered, Windows},
};
use crate::{Batch, Reading, Result, Source, Span};
use async_trait::async_trait;

/// Reads what is new or changed since the last run.
///
/// The first run reads the whole list by windows of ids, in parallel, and then goes on with what changed since it
/// began; killed half way, it goes on inside the list.
pub fn changed<R: Resource>(resource: R, reading: Reading) -> Result<Box<dyn Source>> {
    open(resource, reading, true)
}

/// Reads the whole list each time; a run that was killed goes on inside it.
pub fn listed<R: Resource>(resource: R, reading: Reading) -> Result<Box<dyn Source>> {
    open(resource, reading, false)
}

fn open<R: Resource>(resource: R, reading: Reading, follow: bool) -> Result<Box<dyn Source>> {
    let resource = Arc::new(resource);
    let walk = |walking| {
        if resource.walks_by_id() {
            Stage::Begin(walking)
        } else {
            changes(&resource, Mark::default())
        }
    };
    let stage = match reading.span {
        Span::Whole => walk(None),
        Span::Since(since) => Stage::Changes(Changes::since(resource.clone(), since)),
        Span::Ids(ids) => Stage::Ids(Ids::new(resource.clone(), ids)),
        Span::From(watermark) => match Position::read(&watermark)? {
            Position::Walking(walking) => walk(Some(walking)),
            Position::Changes(mark) if follow || !resource.walks_by_id() => changes(&resource, mark),
            Position::Changes(_) | Position::Done {} => walk(None),
        },
    };
    Ok(Box::new(Listing {
        resource,
        stage,
        follow,
        pages_under_way: reading.pages_under_way,
    }))
}

fn changes<R: Resource>(resource: &Arc<R>, mark: Mark) -> Stage<R> {
    Stage::Changes(Changes::new(resource.clone(), mark))
}

struct Listing<R> {
    resource: Arc<R>,
    stage: Stage<R>,
    /// Whether changes are followed after a walk, or a walk is all.
    follow: bool,
    pages_under_way: usize,
}

enum Stage<R> {
    /// A walk, not yet begun or to be gone on with.
    Begin(Option<Walking>),
    Walk(Walk<R>),
    Changes(Changes<R>),
    Ids(Ids<R>),
    End,
}

struct Walk<R> {
    windows: Windows<R>,
    position: Walking,
    expected: Option<u64>,
}

#[async_trait]
impl<R: Resource> Source for Listing<R> {
    async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            match &mut self.stage {
                Stage::Begin(walking) => {
                    let walking = walking.clone();
                    self.stage = self.begin(walking).await?;
                }
                Stage::Walk(walk) => match walk.next().await? {
                    Some(batch) => return Ok(Some(batch)),
                    None => return Ok(self.walked()),
                },
                Stage::Changes(changes) => match changes.next().await? {
                    Some(records) => {
                        let position = Position::Changes(changes.mark().clone());
                        return Ok(Some(Batch::new(records, position.watermark())));
                    }
                    None if self.follow => self.stage = Stage::End,
                    None => return Ok(Some(self.ended())),
                },
                Stage::Ids(ids) => return ids.next().await,
                Stage::End => return Ok(None),
            }
        }
    }
}

impl<R: Resource> Listing<R> {
    /// The newest change is asked for before the first window: what changes later is left to the changes. A list
    /// without one is empty, and all that comes into it is a change.
    async fn begin(&self, walking: Option<Walking>) -> Result<Stage<R>> {
        let position = match walking.filter(|walking| !self.follow || walking.then.highest.is_some()) {
            Some(walking) => walking,
            None if self.follow => match self.resource.newest_change().await? {
                Some(newest) => Walking {
                    last_id: 0,
                    then: Mark::at(newest),
                },
                None => return Ok(changes(&self.resource, Mark::default())),
            },
            None => Walking::default(),
        };
        let (windows, expected) = Windows::begin(
            self.resource.clone(),
            position.last_id,
            self.resource.pages_under_way(self.pages_under_way),
            self.follow,
        )
        .await?;
        Ok(Stage::Walk(Walk {
            windows,
            position,
            expected,
        }))
    }

    /// Behind a walk: on to the changes since it began, or the end. An empty batch moves the watermark there.
    fn walked(&mut self) -> Option<Batch> {
        let Stage::Walk(walk) = std::mem::replace(&mut self.stage, Stage::End) else {
            return None;
        };
        if !self.follow {
            return Some(self.ended());
        }
        let mark = walk.position.then;
        self.stage = changes(&self.resource, mark.clone());
        Some(Batch::new(Vec::new(), Position::Changes(mark).watermark()))
    }

    /// A whole read is over; the next one starts anew.
    fn ended(&mut self) -> Batch {
        self.stage = Stage::End;
        Batch::new(Vec::new(), Position::Done {}.watermark())
    }
}

impl<R: Resource> Walk<R> {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(Delivered {
            entries,
            through,
            server_time,
            room,
        }) = self.windows.next().await?
        else {
            return Ok(None);
        };
        self.position.last_id = through;
        let mut records = Vec::with_capacity(entries.len());
        for entry in entries {
            if let (Some(changed), Some(_)) = (entry.changed, self.position.then.highest) {
                self.position.then.remember(&entry, changed, server_time);
            }
            records.push(entry.record);
        }
        let watermark = Position::Walking(self.position.clone()).watermark();
        Ok(Some(Batch {
            records,
            watermark,
            expected: self.expected,
            room: room.into_iter().collect(),
        }))
    }
}
