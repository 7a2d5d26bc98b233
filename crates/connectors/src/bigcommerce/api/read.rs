//! Reading: an operation's whole list every time, or the one thing it names.

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use connector_kit::{
    Error, Raw, Reading, Record, Result, Source,
    action::AnyRead,
    async_trait,
    http::Request,
    paging::{Entry, Numbered, Page, numbered},
};
use serde_json::Value;

use super::{
    operation::{Operation, Paging},
    page::Told,
    room::room,
    with::{With, missing},
};
use crate::bigcommerce::{Store, errors, look};

/// The largest page where the operation does not say.
const PAGE: u64 = 250;

/// An operation as a read action.
pub(super) struct Reads(pub(super) &'static Operation);

#[async_trait]
impl AnyRead for Reads {
    fn check(&self, with: &Value) -> Result<()> {
        check(&With::read(self.0, with)?)
    }

    async fn open(
        &self,
        system: Arc<dyn Any + Send + Sync>,
        with: &Value,
        reading: Reading,
    ) -> Result<Box<dyn Source>> {
        let store: Arc<Store> = system
            .downcast()
            .expect("the engine opens an action on its own connector");
        let mut with = With::read(self.0, with)?;
        for (name, value) in &reading.filter {
            with.set(name, &Value::from(value.as_str()))?;
        }
        check(&with)?;
        numbered(Listed::new(store, with, None)?, reading)
    }
}

fn check(with: &With) -> Result<()> {
    let operation = with.operation;
    let needed = operation.parameters.iter().filter(|parameter| parameter.required);
    for parameter in needed {
        if !with.values.contains_key(&parameter.name) {
            return Err(missing(operation, &parameter.name));
        }
    }
    if operation.no_id && with.known_by.is_empty() {
        return Err(without_id(operation));
    }
    Ok(())
}

/// A record that cannot be told from others would be taken for one of them.
fn without_id(operation: &Operation) -> Error {
    Error::config(format!("the {} that `{}` reads have no `id`", operation.noun(), operation.name)).hint(
        "Name the fields that tell one from another, for instance `known_by: [product_id, channel_id]`; `identity.sku` is a field of a field.",
    )
}

/// What a read asks for, page by page.
pub(super) struct Listed {
    store: Arc<Store>,
    operation: &'static Operation,
    path: String,
    query: Vec<(String, String)>,
    limit: Option<u64>,
    known_by: Vec<String>,
    /// What one thing without an id is called: the ids of its path.
    alone: String,
    /// Behind which record each page begins, from the second on.
    cursors: Mutex<BTreeMap<u32, String>>,
    /// What it is that nothing is at the path; else the step's mistake.
    absent: Option<Error>,
}

impl Listed {
    pub(super) fn new(store: Arc<Store>, with: With, absent: Option<Error>) -> Result<Self> {
        let With {
            operation,
            mut values,
            known_by,
        } = with;
        let path = With::path(operation, |name| values.get(name).cloned())?;
        let in_path = operation.parameters.iter().filter(|parameter| parameter.path);
        let ids: Vec<String> = in_path
            .filter_map(|parameter| values.remove(&parameter.name))
            .collect();
        let alone = if ids.is_empty() {
            operation.id.clone()
        } else {
            ids.join("/")
        };
        let limit = operation
            .parameter("limit")
            .filter(|_| operation.paging.is_some());
        let limit = limit.map(|known| {
            let wanted = values.remove("limit").and_then(|wanted| wanted.parse().ok());
            wanted.unwrap_or_else(|| known.largest().unwrap_or(PAGE).min(PAGE))
        });
        Ok(Self {
            store,
            operation,
            path,
            query: values.into_iter().collect(),
            limit,
            known_by,
            alone,
            cursors: Mutex::default(),
            absent,
        })
    }

    fn request(&self, page: u32) -> Request {
        let request = Request::get(&*self.path).sensitive();
        let request = self
            .query
            .iter()
            .fold(request, |request, (name, value)| request.query(name, value));
        let request = match self.limit {
            Some(limit) => request.query("limit", limit),
            None => request,
        };
        if let Some(cursor) = self.cursors().get(&page) {
            return request.query("after", cursor);
        }
        // Some that go by cursors know no numbers.
        match self
            .operation
            .parameter("page")
            .filter(|_| self.operation.paging.is_some())
        {
            Some(_) => request.query("page", page),
            None => request,
        }
    }

    fn cursors(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, String>> {
        self.cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, row: Raw, single: bool) -> Result<Entry> {
        let id = self.id(&row, single)?;
        let names = look::pick(row.as_str(), ["name", "sku", "email"]);
        let labels = names.into_iter().filter_map(look::text).collect();
        let record = Record {
            labels,
            ..Record::new(id, row)
        };
        Ok(Entry {
            id: 0, // a list that is read by pages goes by the record's own
            changed: None,
            record,
        })
    }

    fn id(&self, row: &Raw, single: bool) -> Result<String> {
        if self.known_by.is_empty() {
            let [id] = look::pick(row.as_str(), ["id"]);
            return match look::text(id) {
                Some(id) => Ok(id.into_owned()),
                None if single => Ok(self.alone.clone()),
                None => Err(without_id(self.operation)),
            };
        }
        let part = |path: &String| {
            let found = path.split('.').try_fold(row.clone(), |at, name| at.field(name));
            found.and_then(|found| found.plain()).ok_or_else(|| {
                Error::config(format!(
                    "`known_by` names `{path}`, which a record of `{}` does not have",
                    self.operation.name
                ))
                .hint("Name fields that every record has.")
            })
        };
        let parts: Vec<String> = self.known_by.iter().map(part).collect::<Result<_>>()?;
        Ok(parts.join("/"))
    }
}

#[async_trait]
impl Numbered for Listed {
    fn noun(&self) -> &'static str {
        self.operation.noun()
    }

    fn slips(&self) -> bool {
        self.operation.paging.is_none_or(Paging::slips)
    }

    async fn page(&self, page: u32) -> Result<Page> {
        let _room = room(&self.store, self.operation).await;
        let answer = self.store.ask(self.request(page)).await?;
        if answer.status == 404
            && let Some(absent) = &self.absent
        {
            return Err(absent.clone());
        }
        if answer.status == 404 && self.operation.path.contains('{') {
            return Err(Error::rejected(format!(
                "the store has nothing at `{}` with the parameters of the step",
                self.operation.call()
            ))
            .hint("Check the ids in `with`: the record may have been deleted."));
        }
        if !answer.is_success() {
            return Err(errors::refusal(&answer, self.operation.about()));
        }
        let told = Told::read(self.operation, &answer, self.limit)?;
        if let Some(cursor) = told.cursor {
            self.cursors().insert(page + 1, cursor);
        }
        let entries: Vec<Entry> = told
            .rows
            .into_iter()
            .map(|row| self.entry(row, told.single))
            .collect::<Result<_>>()?;
        self.tell_apart(&entries)?;
        Ok(Page {
            entries,
            more: told.more,
            server_time: answer.server_time,
        })
    }
}

impl Listed {
    /// Two records of one page are two records: by one name, the second would be lost.
    fn tell_apart(&self, entries: &[Entry]) -> Result<()> {
        let mut seen = std::collections::HashSet::new();
        let twice = entries.iter().find(|entry| !seen.insert(&entry.record.id));
        let Some(entry) = twice else { return Ok(()) };
        Err(Error::config(format!(
            "two records that `{}` reads are both known as `{}`",
            self.operation.name, entry.record.id
        ))
        .hint("Name in `known_by` all fields that it takes to tell one from another."))
    }
}
