//! Reading ahead: the source is pulled on a task of its own while the batch before is written.

use connector_kit::{Batch, Error, Record, Result, Source, Watermark, async_trait};
use tokio::{sync::mpsc, task::JoinHandle};

use super::thread::joined;

/// A source that is pulled ahead. A batch of the engine is not a page of the API: whatever pages are there when the
/// last batch is settled go together, so commits grow with the speed of the source. At most one batch waits; how many
/// pages are under way is the source's room.
pub(super) struct Reader {
    batches: mpsc::Receiver<Result<Batch>>,
    next: Option<Batch>,
    task: JoinHandle<()>,
    /// Records that make one batch at most.
    largest: usize,
}

/// Bytes of records that make one batch at most, pages that are larger by themselves aside: what the steps make of a
/// batch is in memory all at once.
const LARGEST: usize = 4 << 20;

impl Reader {
    pub(super) fn start(mut source: Box<dyn Source>, largest: usize) -> Self {
        let (sender, batches) = mpsc::channel(8);
        let task = tokio::spawn(async move {
            while let Some(read) = source.next().await.transpose() {
                let failed = read.is_err();
                if sender.send(read).await.is_err() || failed {
                    break;
                }
            }
        });
        Self {
            batches,
            next: None,
            task,
            largest,
        }
    }

    /// All that is there, as one batch; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        let first = match self.next.take() {
            Some(batch) => batch,
            None => match self.batches.recv().await {
                Some(batch) => batch?,
                None => return self.ended().await.map(|()| None),
            },
        };
        self.gather(first).map(Some)
    }

    /// Whether the source came to its end. One that broke off must not pass for it: the run would be Successful, and a
    /// file published, with a part of the records.
    async fn ended(&mut self) -> Result<()> {
        let ended = joined(&mut self.task).await;
        ended.map_err(|error| Error::bug("reading the source broke off").source(error))
    }

    fn gather(&mut self, mut batch: Batch) -> Result<Batch> {
        let mut bytes = bytes_of(&batch);
        while let Ok(read) = self.batches.try_recv() {
            // An error ends the source, so what came before it is written first and it comes back next time.
            let next = match read {
                Ok(next) => next,
                Err(error) => return self.put_back(batch, error),
            };
            bytes += bytes_of(&next);
            if batch.records.len() + next.records.len() > self.largest || bytes > LARGEST {
                self.next = Some(next);
                break;
            }
            batch.records.extend(next.records);
            batch.room.extend(next.room);
            batch.watermark = next.watermark;
            batch.expected = next.expected.or(batch.expected);
        }
        Ok(batch)
    }

    fn put_back(&mut self, batch: Batch, error: Error) -> Result<Batch> {
        let (sender, batches) = mpsc::channel(1);
        sender
            .try_send(Err(error))
            .map_err(|_| Error::bug("an empty channel has room"))?;
        self.batches = batches;
        Ok(batch)
    }
}

fn bytes_of(batch: &Batch) -> usize {
    batch.records.iter().map(|record| record.body.len()).sum()
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A source of records that are at hand already: set-aside ones that are sent again.
pub struct Stored(Vec<Record>);

impl Stored {
    /// Those records, in that order.
    pub fn new(records: Vec<Record>) -> Self {
        Self(records)
    }
}

#[async_trait]
impl Source for Stored {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let records = std::mem::take(&mut self.0);
        let expected = Some(records.len() as u64);
        let batch = Batch {
            expected,
            ..Batch::new(records, Watermark(serde_json::Value::Null))
        };
        Ok((!batch.records.is_empty()).then_some(batch))
    }
}

#[cfg(test)]
mod tests {
    use connector_kit::{Batch, Kind, Raw, Record, Result, Source, Watermark, async_trait};

    use super::{Reader, Stored};

    /// Gives one batch and panics.
    struct Breaks(bool);

    #[async_trait]
    impl Source for Breaks {
        async fn next(&mut self) -> Result<Option<Batch>> {
            assert!(!std::mem::replace(&mut self.0, true), "a mistake of a connector");
            let records = vec![Record::new("1", Raw::of(&1))];
            Ok(Some(Batch::new(records, Watermark(1.into()))))
        }
    }

    #[tokio::test]
    async fn a_source_that_breaks_off_has_not_come_to_its_end() {
        let mut reader = Reader::start(Box::new(Breaks(false)), 10);
        let first = reader.next().await.unwrap().expect("what it gave counts");
        assert_eq!(first.records.len(), 1);
        let error = reader.next().await.expect_err("this is no end");
        assert_eq!(error.kind, Kind::Bug);
    }

    #[tokio::test]
    async fn a_source_comes_to_its_end() {
        let mut reader = Reader::start(Box::new(Stored::new(Vec::new())), 10);
        assert!(reader.next().await.unwrap().is_none());
    }
}
