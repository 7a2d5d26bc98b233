//! Several records into one: a source behind the source, that reads to the end before it gives anything.

use std::sync::Arc;

use connector_kit::{Batch, Error, Result, Source, async_trait};

use crate::processflow::{Groups, Plan, Scope};

/// Bytes of records that one run merges at most: they are in memory all at once.
const MOST_BYTES: usize = 256 << 20;

/// The source, behind the plan's `merge` if it has one.
pub(crate) fn merged(source: Box<dyn Source>, plan: &Arc<Plan>, scope: &Scope) -> Box<dyn Source> {
    if plan.merge.is_none() {
        return source;
    }
    Box::new(Merging {
        source: Some(source),
        plan: plan.clone(),
        scope: scope.clone(),
    })
}

/// What belongs together may come at the beginning and at the end of what is read, and a part of it must never pass
/// for the whole: so all of it is one batch, and the watermark moves once.
struct Merging {
    source: Option<Box<dyn Source>>,
    plan: Arc<Plan>,
    scope: Scope,
}

#[async_trait]
impl Source for Merging {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(mut source) = self.source.take() else {
            return Ok(None);
        };
        let merge = self.plan.merge.as_ref().expect("this is its source");
        let (mut groups, mut bytes, mut last) = (Groups::default(), 0, None);
        while let Some(batch) = source.next().await? {
            for record in batch.records {
                bytes += record.body.len();
                if bytes > MOST_BYTES {
                    return Err(too_much());
                }
                groups.add(merge, &self.scope, record)?;
            }
            last = Some(batch.watermark);
        }
        let Some(watermark) = last else {
            return Ok(None);
        };
        let records = groups.records(merge).into_iter().collect::<Result<_>>()?;
        Ok(Some(Batch::new(records, watermark)))
    }
}

fn too_much() -> Error {
    Error::config(format!(
        "the records to be merged are larger than {} MiB together",
        MOST_BYTES >> 20
    ))
    .hint("Let the step `read` bring less at once, with its filters, or write the records without `merge`.")
}
