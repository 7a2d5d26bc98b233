//! What works with the files: looks at them, opens them, reads batches, moves them away. On one thread at a time,
//! never on the runtime's.

use std::{collections::VecDeque, sync::Arc};

use connector_kit::{Batch, Error, Reading, Record, Result, Span, Watermark};
use jiff::Timestamp;
use tracing::{info, warn};

use super::{After, Seen, Which};
use crate::files::{
    Folder,
    lines::{Format, Lines},
    place::Root,
    trouble::trouble,
    watermark::{Content, Current, Look, Mark},
};

/// Records and bytes of one batch.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 4 << 20;

/// What works with files: on one thread at a time, never on the runtime's.
pub(super) struct Desk {
    folder: Arc<Folder>,
    which: Which,
    format: Arc<dyn Format>,
    reading: Reading,
    mark: Mark,
    waiting: VecDeque<String>,
    open: Option<Opened>,
}

/// The file that is being read.
struct Opened {
    root: Root,
    file: String,
    handle: std::fs::File,
    content: Content,
    lines: Box<dyn Lines>,
}

/// A file that ended with a batch and is to move away.
pub(super) type Ended = Option<(String, Content)>;

impl Desk {
    /// Begins, or goes on from the reading's watermark.
    pub(super) fn of(
        folder: Arc<Folder>,
        which: Which,
        format: Arc<dyn Format>,
        reading: Reading,
    ) -> Result<Self> {
        let mark = match &reading.span {
            Span::From(watermark) => watermark.read()?,
            _ => Mark::default(),
        };
        Ok(Self {
            folder,
            which,
            format,
            reading,
            mark,
            waiting: VecDeque::new(),
            open: None,
        })
    }

    /// The files there are, with a glance at each.
    pub(super) fn look(&mut self) -> Result<Vec<Seen>> {
        let root = self.folder.root()?;
        let pattern = &self.which.pattern;
        let said = |error| trouble(pattern, error);
        if !self.which.is_pattern() {
            return match root.look(pattern) {
                Ok(found) => Ok(vec![self.seen(pattern.clone(), look(&found).map_err(said)?)]),
                // Where files move away once they are read, a missing one is the usual case.
                Err(error)
                    if error.kind() == std::io::ErrorKind::NotFound && self.which.after == After::Move =>
                {
                    Ok(vec![])
                }
                Err(error) => Err(said(error)),
            };
        }
        let mut found = Vec::new();
        for name in root.list(pattern).map_err(said)? {
            // Somebody may have taken it away since it was listed.
            if let Ok(metadata) = root.look(&name) {
                found.push(self.seen(name, look(&metadata).map_err(said)?));
            }
        }
        Ok(found)
    }

    fn seen(&self, file: String, look: Look) -> Seen {
        let known = self.is_going_on() && self.mark.taken.get(&file).is_some_and(|taken| taken.look == look);
        Seen { file, look, known }
    }

    /// Files that are whole are taken, in the order of their names. One that grows waits for the next run; alone,
    /// it makes the run wait.
    pub(super) fn choose(&mut self, seen: Vec<Seen>, growing: &[String]) -> Result<()> {
        self.waiting.clear();
        for Seen { file, look, known } in seen {
            let is_old = matches!(self.reading.span, Span::Since(since) if look.changed < since);
            // A single file is looked into all the same; of many, those that look as before are not.
            let is_done = known && self.which.is_pattern() && self.which.after == After::Keep;
            if is_old || is_done {
                continue;
            }
            if !growing.contains(&file) {
                self.waiting.push_back(file);
            } else if self.which.is_pattern() {
                info!(file, "The file is still growing; the next run takes it.");
            } else {
                return Err(Error::unavailable(format!("{file} is still growing"))
                    .hint("It is taken once it stops. Nothing of it was read."));
            }
        }
        Ok(())
    }

    /// True when what was read before counts: a reading of everything, of ids or since an instant reads again.
    fn is_going_on(&self) -> bool {
        matches!(self.reading.span, Span::From(_))
    }

    /// The next records, and the file that ended with them when it is to move away.
    pub(super) fn batch(&mut self) -> Result<Option<(Batch, Ended)>> {
        loop {
            if self.open.is_none() && !self.open_next()? {
                return Ok(None);
            }
            // On an error the file is opened anew, where the last batch ended.
            let mut opened = self.open.take().expect("it was opened above");
            let (records, at_end) = self
                .records(opened.lines.as_mut())
                .inspect_err(|_| self.again(&opened))?;
            if at_end {
                let ended = self.end(opened)?;
                let moves = self.which.after == After::Move && self.moves_files();
                return Ok(Some((
                    Batch::new(records, Watermark::of(&self.mark)),
                    ended.filter(|_| moves),
                )));
            }
            let (file, hash) = (opened.file.clone(), opened.content.hash.clone());
            self.mark.current = Some(Current {
                file,
                hash,
                place: opened.lines.place(),
            });
            self.open = Some(opened);
            if !records.is_empty() {
                return Ok(Some((Batch::new(records, Watermark::of(&self.mark)), None)));
            }
        }
    }

    fn moves_files(&self) -> bool {
        matches!(self.reading.span, Span::From(_) | Span::Whole)
    }

    fn again(&mut self, opened: &Opened) {
        self.waiting.push_front(opened.file.clone());
    }

    fn records(&self, lines: &mut dyn Lines) -> Result<(Vec<Record>, bool)> {
        let (mut records, mut bytes, mut read) = (Vec::new(), 0, 0);
        while read < BATCH && bytes < BATCH_BYTES {
            let Some(record) = lines.next()? else {
                return Ok((records, true));
            };
            read += 1;
            if self.is_wanted(&record) {
                bytes += record.body.len();
                records.push(record);
            }
        }
        Ok((records, false))
    }

    fn is_wanted(&self, record: &Record) -> bool {
        if let Span::Ids(ids) = &self.reading.span {
            let is_asked_for = |name: &str| ids.iter().any(|id| id == name);
            return is_asked_for(&record.id) || record.labels.iter().any(is_asked_for);
        }
        let filter = &self.reading.filter;
        let fields = if filter.is_empty() {
            return true;
        } else {
            record.body.fields()
        };
        filter
            .iter()
            .all(|(name, want)| fields.get(name).and_then(|value| value.plain()).as_ref() == Some(want))
    }

    /// Opens the next file that has something new; false when there is none.
    fn open_next(&mut self) -> Result<bool> {
        while let Some(file) = self.waiting.pop_front() {
            let opened = self
                .open(&file)
                .inspect_err(|_| self.waiting.push_front(file.clone()))?;
            let known = self
                .mark
                .taken
                .get(&file)
                .is_some_and(|taken| taken.hash == opened.content.hash);
            if !known || !self.is_going_on() {
                self.open = Some(opened);
                return Ok(true);
            }
            info!(
                file,
                "The file has the content that was read before: nothing to do."
            );
            if self.which.after == After::Move {
                self.move_away(&file, &opened.content)?;
            }
        }
        Ok(false)
    }

    fn open(&self, name: &str) -> Result<Opened> {
        let root = self.folder.root()?;
        let said = |error| trouble(name, error);
        let mut handle = root.read(name).map_err(said)?.into_std();
        let glance = of_handle(&handle).map_err(said)?;
        let hash = blake3::Hasher::new()
            .update_reader(&mut handle)
            .map_err(said)?
            .finalize()
            .to_hex()
            .to_string();
        let content = Content { hash, look: glance };
        let from = self.mark.place(name, &content.hash);
        let lines = self.format.open(handle.try_clone().map_err(said)?, name, from)?;
        Ok(Opened {
            root,
            file: name.to_owned(),
            handle,
            content,
            lines,
        })
    }

    /// The file was read to its end, unless it changed meanwhile: then it is read anew as what it is now.
    fn end(&mut self, opened: Opened) -> Result<Ended> {
        let Opened {
            root,
            file,
            handle,
            content,
            ..
        } = opened;
        let now = of_handle(&handle).map_err(|error| trouble(&file, error))?;
        if now != content.look {
            self.mark.current = None;
            self.waiting.push_front(file.clone());
            return Err(
                Error::unavailable(format!("{file} was changed while it was read"))
                    .hint("It is read again from its beginning; raise `settle` if it is written slowly."),
            );
        }
        self.mark.files = 1;
        self.mark.take(&file, content.clone(), |name| root.has(name));
        Ok(Some((file, content)))
    }

    /// Moves a file to `done`, if it is still the one that was read.
    pub(super) fn move_away(&mut self, file: &str, content: &Content) -> Result<()> {
        let root = self.folder.root()?;
        let (folder, name) = file
            .rsplit_once('/')
            .map_or(("done".to_owned(), file), |(folder, name)| {
                (format!("{folder}/done"), name)
            });
        let is_it = |at: &str| {
            root.look(at)
                .and_then(|found| look(&found))
                .is_ok_and(|found| found == content.look)
        };
        if !is_it(file) {
            return Ok(());
        }
        let moved = || {
            root.make_folder(&folder)?;
            let mut to = format!("{folder}/{name}");
            if root.has(&to) {
                to = format!("{folder}/{}-{name}", &content.hash[..8]);
            }
            root.rename(file, &to).map(|()| to)
        };
        let to = moved().map_err(|error| trouble(file, error))?;
        // A new file may have taken the name in the instant between: it goes back, unread files do not move.
        if !is_it(&to) && !root.has(file) && root.rename(&to, file).is_err() {
            warn!(
                file,
                to, "A new file was moved together with the one that was read; move it back by hand."
            );
        }
        Ok(())
    }
}

fn look(found: &cap_std::fs::Metadata) -> std::io::Result<Look> {
    let changed = found.modified()?.into_std();
    Ok(Look {
        size: found.len(),
        changed: Timestamp::try_from(changed).map_err(std::io::Error::other)?,
    })
}

fn of_handle(handle: &std::fs::File) -> std::io::Result<Look> {
    let found = handle.metadata()?;
    let changed = Timestamp::try_from(found.modified()?).map_err(std::io::Error::other)?;
    Ok(Look {
        size: found.len(),
        changed,
    })
}
