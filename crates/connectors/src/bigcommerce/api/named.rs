//! Reads of the named actions that are an operation's: with words of their own for parameters, permission, and a record
//! that is not there.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Batch, Error, Reading, Result, Source, async_trait, paging::numbered};
use serde_json::Value;

use super::{operation::Operation, read::Listed, with::With};
use crate::bigcommerce::{Store, filter::Filter};

/// A read of an operation.
pub(in crate::bigcommerce) struct Named {
    with: With,
    absent: Option<Error>,
    one: bool,
}

impl Named {
    /// Of the operation with this id.
    pub(in crate::bigcommerce) fn of(operation: &str) -> Self {
        Self {
            with: With {
                operation: Operation::of(operation),
                values: BTreeMap::new(),
                known_by: Vec::new(),
            },
            absent: None,
            one: false,
        }
    }

    /// Sets parameters. Config: the operation has no such one, or not with this value.
    pub(in crate::bigcommerce) fn with(
        mut self,
        values: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self> {
        for (name, value) in values {
            self.with.set(&name, &Value::from(value))?;
        }
        Ok(self)
    }

    /// Filters: those of the file, and over them those of this run. Config: the list has no such one, or not with this
    /// value; the store would pass over it and send everything.
    pub(in crate::bigcommerce) fn filtered(
        mut self,
        filter: &Filter,
        run: &BTreeMap<String, String>,
    ) -> Result<Self> {
        for (name, value) in filter.given(run) {
            self.with.filter(&name, &value)?;
        }
        Ok(self)
    }

    /// Refuses a filter of a file that the operation's list does not take, before anything is read.
    pub(in crate::bigcommerce) fn check(operation: &str, filter: &Filter) -> Result<()> {
        Self::of(operation).filtered(filter, &BTreeMap::new()).map(drop)
    }

    /// What comes along with each record.
    pub(in crate::bigcommerce) fn include(mut self, names: &[&str]) -> Result<Self> {
        if !names.is_empty() {
            self.with.set("include", &Value::from(names))?;
        }
        Ok(self)
    }

    /// A part of the path. Config: it is no such id.
    pub(in crate::bigcommerce) fn at(self, name: &str, value: &impl ToString) -> Result<Self> {
        self.with([(name.to_owned(), value.to_string())])
    }

    /// What tells one record from another, where `id` does not.
    pub(in crate::bigcommerce) fn known_by(mut self, fields: &[&str]) -> Self {
        self.with.known_by = fields.iter().map(|field| (*field).to_owned()).collect();
        self
    }

    /// What it is that nothing is there: an error of the record that is asked for.
    pub(in crate::bigcommerce) fn or(mut self, absent: Error) -> Self {
        self.absent = Some(absent);
        self
    }

    /// One record, or the error that there is none.
    pub(in crate::bigcommerce) fn one(mut self, absent: Error) -> Self {
        self.one = true;
        self.or(absent)
    }

    /// Opens it.
    pub(in crate::bigcommerce) fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let Self { with, absent, one } = self;
        let missing = absent.clone().filter(|_| one);
        let source = numbered(Listed::new(store, with, absent)?, reading)?;
        Ok(match missing {
            Some(absent) => single(source, absent),
            None => source,
        })
    }
}

/// A source that brings a record, or the error that there is none.
pub(in crate::bigcommerce) fn single(source: Box<dyn Source>, absent: Error) -> Box<dyn Source> {
    Box::new(Single {
        source,
        absent: Some(absent),
    })
}

struct Single {
    source: Box<dyn Source>,
    /// Until something came.
    absent: Option<Error>,
}

#[async_trait]
impl Source for Single {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let batch = self.source.next().await?;
        match &batch {
            // A reading by ids brings what is not there as a record that cannot be read.
            Some(batch) if batch.records.iter().any(|record| record.unreadable.is_some()) => {
                self.absent.take().map_or(Ok(()), Err)?;
            }
            Some(batch) if !batch.records.is_empty() => self.absent = None,
            Some(_) => {}
            None => self.absent.take().map_or(Ok(()), Err)?,
        }
        Ok(batch)
    }
}
