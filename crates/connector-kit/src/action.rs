//! What can be done with a system: actions, declared by the struct of their parameters.

use std::{any::Any, sync::Arc};

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;

use crate::{
    Error, Found, Guarantee, Held, Outcome, Reading, Result, Row, Session, Source, System, WriteStep,
};

/// A read action. The struct that implements it is its `with:`.
///
/// ```ignore
/// /// Orders created or changed since the last run.
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// pub struct OrdersChanged { #[serde(default)] include: Vec<Include> }
///
/// #[async_trait]
/// impl ReadAction for OrdersChanged {
///     type System = Store;
///     const NAME: &'static str = "orders.changed";
///     const ABOUT: &'static str = "Orders created or changed since the last run, oldest change first.";
///     async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> { … }
/// }
/// ```
#[async_trait]
pub trait ReadAction: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The connection it reads from.
    type System: System;
    /// `resource.what`, unique within the connector.
    const NAME: &'static str;
    /// One sentence for the catalogue.
    const ABOUT: &'static str;
    /// The permission it needs, in the system's own words for people ("Orders: read-only").
    const SCOPE: Option<&'static str> = None;
    /// Whether a reading of [`Span::Whole`](crate::Span::Whole) without filters brings everything there is and changes
    /// nothing: what it does not bring is gone.
    const BRINGS_ALL: bool = false;

    /// What the types cannot say of the parameters. A processflow that fails here is not deployed.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Opens the source. Errors here and later: Config (credentials, scope), Unavailable (could not read now).
    async fn open(self, system: Arc<Self::System>, reading: Reading) -> Result<Box<dyn Source>>;
}

/// A write action. The struct that implements it is its `with:`.
#[async_trait]
pub trait WriteAction: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The connection it writes to.
    type System: System;
    /// `resource.what`, unique within the connector.
    const NAME: &'static str;
    /// One sentence for the catalogue.
    const ABOUT: &'static str;
    /// The permission it needs, in the system's own words for people ("Products: modify").
    const SCOPE: Option<&'static str> = None;
    /// What it guarantees.
    const GUARANTEE: Guarantee;
    /// Rows in one request at most.
    const LARGEST_BATCH: usize;

    /// What the types cannot say of the parameters and the mapped fields. A processflow that fails here is not
    /// deployed. `columns` is empty for a step without a `map`, which writes records as they are.
    fn check(&self, columns: &[String]) -> Result<()> {
        let _ = columns;
        Ok(())
    }

    /// The fields that say which thing in the destination a row is: identity for intents, for the ledger and
    /// for `changes_only`. They must be mapped.
    fn key(&self) -> Vec<String>;

    /// For an action that replaces what a scope holds: the fields of the scope. A record without elements then
    /// still gets one row ([`Row::nothing`]) with only these fields.
    fn scope(&self) -> Option<Vec<String>> {
        None
    }

    /// True when the result is right only after a run that read everything (a file that is replaced): runs over
    /// chosen records are refused then.
    fn needs_everything(&self) -> bool {
        false
    }

    /// What is at the destination now, at most `limit` rows of it. Reads only, makes nothing, and takes no part in a
    /// run. `None` where there is nothing that could be shown.
    async fn look(&self, system: Arc<Self::System>, limit: usize) -> Result<Option<Held>> {
        let _ = (system, limit);
        Ok(None)
    }

    /// See [`Destination::ready`](crate::Destination::ready).
    async fn ready(&self, open: &mut OpenOf<Self>, step: &WriteStep) -> Result<()> {
        let _ = (open, step);
        Ok(())
    }

    /// See [`Destination::write`](crate::Destination::write).
    async fn write(&self, open: &mut OpenOf<Self>, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>>;

    /// See [`Destination::find`](crate::Destination::find).
    async fn find(&self, open: &mut OpenOf<Self>, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let _ = open;
        let unclear = || Error::rejected(format!("`{}` cannot be looked up", step.action));
        Ok(rows.iter().map(|_| Found::Unclear(unclear())).collect())
    }
}

/// What a run holds open on the system an action writes to.
pub type OpenOf<W> = <<W as WriteAction>::System as System>::Open;

/// An action as the engine, the catalogue and the forms see it.
pub struct Action {
    /// `orders.changed`
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The permission it needs, in the system's own words.
    pub scope: Option<&'static str>,
    /// The JSON Schema of its parameters.
    pub schema: Box<dyn Fn() -> Schema + Send + Sync>,
    /// Whether it reads or writes, and how.
    pub does: Does,
}

/// Reads or writes.
pub enum Does {
    /// A source.
    Read(Box<dyn AnyRead>),
    /// Part of a destination.
    Write(Box<dyn AnyWrite>),
}

/// A read action without its types.
#[async_trait]
pub trait AnyRead: Send + Sync {
    /// Checks parameters from a processflow file.
    fn check(&self, with: &serde_json::Value) -> Result<()>;
    /// See [`ReadAction::BRINGS_ALL`].
    fn brings_all(&self) -> bool {
        false
    }
    /// Opens the source on a live connection.
    async fn open(
        &self,
        system: Arc<dyn Any + Send + Sync>,
        with: &serde_json::Value,
        reading: Reading,
    ) -> Result<Box<dyn Source>>;
}

/// A write action without its types; the facts the engine cuts and keys by.
#[async_trait]
pub trait AnyWrite: Send + Sync {
    /// What it guarantees.
    fn guarantee(&self) -> Guarantee;
    /// Rows in one request at most.
    fn largest_batch(&self) -> usize;
    /// Reads and checks parameters from a processflow file.
    fn prepare(&self, with: &serde_json::Value, columns: &[String]) -> Result<Prepared>;
    /// See [`WriteAction::look`].
    async fn look(
        &self,
        system: Arc<dyn Any + Send + Sync>,
        step: &WriteStep,
        limit: usize,
    ) -> Result<Option<Held>>;
}

/// The parameters of a write step, read and checked.
pub struct Prepared {
    /// Of the action's own type.
    pub with: Arc<dyn Any + Send + Sync>,
    /// See [`WriteAction::key`].
    pub key: Vec<String>,
    /// See [`WriteAction::scope`].
    pub scope: Option<Vec<String>>,
    /// See [`WriteAction::needs_everything`].
    pub needs_everything: bool,
}

/// A write action joined to what its system holds open: how [`Live`](crate::Live) connections dispatch. Implemented by
/// connectors only for a [catalogue](crate::connector::ConnectorOf::catalogue), whose actions are data.
#[async_trait]
pub trait WriteOn<Open>: Send + Sync {
    /// See [`WriteAction::ready`].
    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()>;
    /// See [`WriteAction::write`].
    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>>;
    /// See [`WriteAction::find`].
    async fn find(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>>;
}

pub(crate) struct Of<A>(pub(crate) std::marker::PhantomData<fn() -> A>);

#[async_trait]
impl<R: ReadAction> AnyRead for Of<R> {
    fn check(&self, with: &serde_json::Value) -> Result<()> {
        parameters::<R>(R::NAME, with)?.check()
    }

    fn brings_all(&self) -> bool {
        R::BRINGS_ALL
    }

    async fn open(
        &self,
        system: Arc<dyn Any + Send + Sync>,
        with: &serde_json::Value,
        reading: Reading,
    ) -> Result<Box<dyn Source>> {
        let system = system
            .downcast()
            .expect("the engine opens an action on its own connector");
        parameters::<R>(R::NAME, with)?.open(system, reading).await
    }
}

#[async_trait]
impl<W: WriteAction> AnyWrite for Of<W> {
    fn guarantee(&self) -> Guarantee {
        W::GUARANTEE
    }

    fn largest_batch(&self) -> usize {
        W::LARGEST_BATCH
    }

    fn prepare(&self, with: &serde_json::Value, columns: &[String]) -> Result<Prepared> {
        let action = parameters::<W>(W::NAME, with)?;
        action.check(columns)?;
        let (key, scope, needs_everything) = (action.key(), action.scope(), action.needs_everything());
        Ok(Prepared {
            with: Arc::new(action),
            key,
            scope,
            needs_everything,
        })
    }

    async fn look(
        &self,
        system: Arc<dyn Any + Send + Sync>,
        step: &WriteStep,
        limit: usize,
    ) -> Result<Option<Held>> {
        let system = system
            .downcast()
            .expect("the engine looks at an action's own connector");
        own::<W>(step).look(system, limit).await
    }
}

#[async_trait]
impl<W: WriteAction> WriteOn<OpenOf<W>> for Of<W>
where
    OpenOf<W>: Session,
{
    async fn ready(&self, open: &mut OpenOf<W>, step: &WriteStep) -> Result<()> {
        own::<W>(step).ready(open, step).await
    }

    async fn write(&self, open: &mut OpenOf<W>, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        own::<W>(step).write(open, step, rows).await
    }

    async fn find(&self, open: &mut OpenOf<W>, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        own::<W>(step).find(open, step, rows).await
    }
}

/// The parameters of a step, as its action prepared them.
pub fn own<W: 'static>(step: &WriteStep) -> &W {
    step.with
        .downcast_ref()
        .expect("a step carries the parameters its action prepared")
}

fn parameters<T: DeserializeOwned>(action: &str, with: &serde_json::Value) -> Result<T> {
    let with = if with.is_null() {
        &serde_json::Value::Object(serde_json::Map::new())
    } else {
        with
    };
    T::deserialize(with).map_err(|error| {
        Error::config(format!("`with` of `{action}`: {error}")).hint(format!(
            "`processflow actions --search {action}` lists its parameters."
        ))
    })
}
