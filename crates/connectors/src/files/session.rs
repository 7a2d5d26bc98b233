//! What a run holds open in a folder: the assembly, worked on a thread that may wait for disks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use connector_kit::{
    Buffer, Checkpoint, Error, JsonSchema, OpenFor, Outcome, Result, Row, Session, WriteStep, async_trait,
};
use serde::{Deserialize, Serialize};

use super::{
    Folder,
    assembly::{Assembly, Shape},
    folder,
};

/// What becomes of lines that a file has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The file holds the lines of the last run that had any. It changes in one step, when the run is over.
    #[default]
    Replace,
    /// Lines are added at the end, batch by batch.
    Append,
}

/// Lines go to the file in pieces of about this, which is less than a processor keeps at hand.
const PIECE: usize = 512 << 10;

/// What a run holds open.
pub struct Open {
    assembly: Arc<Mutex<Assembly>>,
    /// Which step writes which file.
    files: HashMap<String, Arc<str>>,
}

impl Open {
    pub(super) async fn new(folder: Arc<Folder>, purpose: OpenFor) -> Result<Self> {
        let opened = tokio::task::spawn_blocking(move || folder.root_to_write()).await;
        let root = opened.map_err(|error| Error::bug("opening the folder broke off").source(error))??;
        Ok(Self {
            assembly: Arc::new(Mutex::new(Assembly::new(root, purpose))),
            files: HashMap::new(),
        })
    }

    /// Checks that a step can write its file.
    pub(super) async fn ready(&mut self, step: &WriteStep, file: &str) -> Result<()> {
        let owner = self
            .files
            .entry(file.to_owned())
            .or_insert_with(|| step.id.clone());
        if *owner != step.id {
            return Err(
                Error::config(format!("two steps write to {file}")).hint("Give each step a file of its own.")
            );
        }
        let file = file.to_owned();
        self.on_assembly(move |assembly| {
            let parent = file.rsplit_once('/').map_or(".", |(folder, _)| folder);
            if parent != "." && !assembly.root.has(parent) {
                return Err(
                    Error::config(format!("the folder `{parent}` of {file} is not there"))
                        .hint("Make it, or name a file in the connection's folder itself."),
                );
            }
            if !folder::is_writable(&assembly.root) {
                return Err(Error::config("the connection's folder cannot be written")
                    .hint("Give the account that the agent runs under the right to write it."));
            }
            Ok(())
        })
        .await
    }

    /// Writes rows as lines. A row that cannot become a line has failed alone.
    pub(super) async fn write(
        &mut self,
        file: &str,
        shape: Shape,
        rows: &[Row],
        mut line: impl FnMut(&Row, &mut Vec<u8>) -> Result<()> + Send,
    ) -> Result<Vec<Outcome>> {
        let (file, shape): (Arc<str>, _) = (file.into(), Arc::new(shape));
        let put = |lines: Buffer| {
            let (file, shape) = (file.clone(), shape.clone());
            self.on_assembly(move |assembly| assembly.write(&file, &shape, lines.as_ref()))
        };
        let room = || Buffer::with_room(PIECE + PIECE / 4);
        let (mut outcomes, mut lines) = (Vec::with_capacity(rows.len()), room());
        for row in rows {
            outcomes.push(match line(row, lines.bytes()) {
                Ok(()) => Outcome::written(),
                Err(refusal) => Outcome::Failed(refusal),
            });
            if lines.as_ref().len() >= PIECE {
                put(std::mem::replace(&mut lines, room())).await?;
            }
        }
        if !lines.as_ref().is_empty() {
            put(lines).await?;
        }
        Ok(outcomes)
    }

    async fn on_assembly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Assembly) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let assembly = self.assembly.clone();
        let worked = tokio::task::spawn_blocking(move || {
            work(
                &mut *assembly
                    .lock()
                    .map_err(|_| Error::bug("writing files broke off before"))?,
            )
        });
        worked
            .await
            .map_err(|error| Error::bug("writing files broke off").source(error))?
    }
}

#[async_trait]
impl Session for Open {
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        self.on_assembly(Assembly::resume).await
    }

    async fn undo(&mut self) -> Result<()> {
        self.on_assembly(Assembly::undo).await
    }

    async fn flush(&mut self) -> Result<()> {
        self.on_assembly(Assembly::flush).await
    }

    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        let at = at.clone();
        self.on_assembly(move |assembly| assembly.commit(&at)).await
    }

    async fn finish(&mut self, _at: &Checkpoint) -> Result<()> {
        self.on_assembly(Assembly::finish).await
    }
}
