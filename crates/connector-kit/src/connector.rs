//! A system the agent speaks to, and its declared connector.

use std::{any::Any, collections::BTreeMap, marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ts_rs::TS;

use crate::{
    Action, Checkpoint, Destination, Does, Error, Found, Grant, Host, Outcome, ReadAction, Result, Row,
    Secrets, SignIn, SignedIn, WriteAction, WriteStep,
    action::{Of, OpenOf, WriteOn},
    http::Priority,
};

/// A live connection to one system. Implemented by the connector's connection type.
#[async_trait]
pub trait System: Send + Sync + Sized + 'static {
    /// The fields of the connection form. Secret fields are not among them, see [`System::SECRETS`].
    type Settings: DeserializeOwned + JsonSchema + Send;
    /// What a run holds open to write: a transaction, a file, or nothing.
    type Open: Session;

    /// The connector's name in processflow files and on the command line.
    const NAME: &'static str;
    /// The name people read.
    const TITLE: &'static str;
    /// One sentence for the catalogue.
    const ABOUT: &'static str;
    /// Secret fields.
    const SECRETS: &'static [SecretField] = &[];

    /// The one place the secrets may be sent to (`https://api.bigcommerce.com/stores/abc123`). Secrets are
    /// sealed with it: settings that lead elsewhere make the connection Config until they are entered anew.
    fn seal(settings: &Self::Settings) -> Result<String>;

    /// What the connection understood of its settings, to be shown while typing ("store hash", "abc123").
    fn understood(settings: &Self::Settings) -> Vec<Fact> {
        let _ = settings;
        Vec::new()
    }

    /// What expressions may use of a connection: `connections.store.hash`.
    fn facts(settings: &Self::Settings) -> Vec<(&'static str, String)> {
        let _ = settings;
        Vec::new()
    }

    /// Whether its clock can be asked, see [`System::now`]. Parameters of its read actions may then hold placeholders for
    /// dates (`~{CreatedDate}~`): they are filled in before an action sees them.
    const TELLS_TIME: bool = false;

    /// What time it is there. Dates that placeholders stand for are measured by this clock, never by this machine's.
    async fn now(&self) -> Result<Timestamp> {
        Err(Error::bug(format!("`{}` tells no time", Self::NAME)))
    }

    /// Which date of a record a filter of that name bounds (`min_date_created`, `date_created:min`), if it does.
    fn date_filter(name: &str) -> Option<DateFilter> {
        let _ = name;
        None
    }

    /// How soon an action of that name wants to be done, where the processflow does not say.
    fn priority(action: &str) -> Priority {
        let _ = action;
        Priority::Normal
    }

    /// Makes a connection from settings and secrets. Sends nothing yet.
    fn connect(settings: Self::Settings, secrets: &Secrets, host: &Host) -> Result<Self>;

    /// How a person signs in through a browser with these settings; `state` is what the way back shall carry. `None`
    /// where nobody does.
    fn sign_in(settings: &Self::Settings, state: &str) -> Result<Option<SignIn>> {
        let _ = (settings, state);
        Ok(None)
    }

    /// The one place that secrets of a sign-in ([`SecretField::for_sign_in`]) may be sent to.
    fn sign_in_seal(settings: &Self::Settings) -> Result<String> {
        let _ = settings;
        Err(Error::bug(format!(
            "nobody signs in to {} through a browser",
            Self::TITLE
        )))
    }

    /// Exchanges what the browser brought back. `secrets` are those of the sign-in. A grant is good for one exchange: it
    /// is sent once.
    async fn signed_in(
        settings: Self::Settings,
        grant: Grant,
        secrets: &Secrets,
        host: &Host,
    ) -> Result<SignedIn> {
        let _ = (settings, grant, secrets, host);
        Err(Error::bug(format!(
            "nobody signs in to {} through a browser",
            Self::TITLE
        )))
    }

    /// Tries it, with the same code that runs use.
    async fn validate(&self) -> Result<Validation>;

    /// Tries it for those who need these permissions (`Orders: modify`), as actions name them: of each it is found out
    /// what can be found out without changing anything.
    async fn validate_for(&self, scopes: &[String]) -> Result<Validation> {
        let _ = scopes;
        self.validate().await
    }

    /// Opens it for the write steps of one run.
    async fn open(self: Arc<Self>, purpose: OpenFor) -> Result<Self::Open>;
}

/// The date of a record that a filter bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFilter {
    /// The record's field (`date_created`).
    pub field: String,
    /// The date never moves: a record that was read once is not read again when it is changed.
    pub is_fixed: bool,
}

/// A secret that a connection may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretField {
    /// Its name among the connection's fields.
    pub name: &'static str,
    /// The words of the form.
    pub title: &'static str,
    /// The connection is of no use without it.
    pub required: bool,
    /// A field of the settings and the values under which it is asked for; always where there is none.
    pub when: Option<(&'static str, &'static [&'static str])>,
    /// It takes part in a sign-in through a browser alone, and goes where that is ([`System::sign_in_seal`]).
    pub for_sign_in: bool,
}

impl SecretField {
    /// A secret that is asked for whatever the settings are, and goes where the connection leads.
    pub const fn new(name: &'static str, title: &'static str, required: bool) -> Self {
        Self {
            name,
            title,
            required,
            when: None,
            for_sign_in: false,
        }
    }

    /// Asked for only where a field of the settings has one of these values.
    pub const fn when(mut self, field: &'static str, values: &'static [&'static str]) -> Self {
        self.when = Some((field, values));
        self
    }

    /// Part of a sign-in through a browser alone.
    pub const fn for_sign_in(mut self) -> Self {
        self.for_sign_in = true;
        self
    }
}

/// Whose writes an open end carries.
#[derive(Clone, Debug)]
pub struct OpenFor {
    /// The deployment's id, stable over versions: what checkpoints are keyed by.
    pub deployment: String,
    /// See [`Checkpoint::epoch`].
    pub epoch: u64,
}

/// What a run holds open on a system: the transaction part of [`Destination`]. The defaults are those of a
/// system without transactions.
#[async_trait]
pub trait Session: Send + 'static {
    /// See [`Destination::resume`].
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        Ok(None)
    }
    /// See [`Destination::undo`].
    async fn undo(&mut self) -> Result<()> {
        Ok(())
    }
    /// See [`Destination::flush`].
    async fn flush(&mut self) -> Result<()> {
        Ok(())
    }
    /// See [`Destination::commit`].
    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        let _ = at;
        Ok(())
    }
    /// See [`Destination::finish`].
    async fn finish(&mut self, at: &Checkpoint) -> Result<()> {
        let _ = at;
        Ok(())
    }
}

/// A connection that works, and what it told of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Validation {
    /// Store name, plan's quota, clock difference, engine version.
    pub facts: Vec<Fact>,
    /// Permissions that were found missing, in the system's own words; the connection works without them.
    pub missing: Vec<String>,
    /// What was found of permissions that were asked about.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// True when the other end only pretends (a sandbox).
    pub sandbox: bool,
    /// What the other end calls itself, where it has a name.
    #[serde(default)]
    pub name: Option<String>,
    /// How many requests it takes, where it says so.
    #[serde(default)]
    pub quota: Option<Allowance>,
    /// Seconds that this machine's clock is ahead of the other end's, where it told the time.
    #[serde(default)]
    pub clock_ahead: Option<i64>,
}

/// What was found of one permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Permission {
    /// Its name in the system's own words, without a level: "Orders".
    pub scope: String,
    /// What it allows.
    pub found: Access,
}

/// What a permission was found to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Not even reading.
    Refused,
    /// Reading, and nothing else for certain.
    ReadOnly,
    /// Reading; whether writing is allowed cannot be tried without writing.
    Reads,
    /// Reading and writing.
    Modify,
    /// There is no harmless question that would tell.
    Untried,
}

/// Requests that a system takes in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Allowance {
    /// Requests.
    pub requests: u32,
    /// Seconds of the window.
    pub seconds: u64,
}

/// A name and a value to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fact {
    /// "Store"
    pub name: String,
    /// "Blue Bottle Ltd."
    pub value: String,
}

impl Fact {
    /// A name and a value to show.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// A connector as the engine sees it: declared once in `connectors::all()`.
pub struct Connector {
    /// The connector's name in processflow files.
    pub name: &'static str,
    /// The name people read.
    pub title: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// JSON Schema of the settings.
    pub settings: fn() -> Schema,
    /// Secret fields of its connections.
    pub secrets: &'static [SecretField],
    /// What can be done with it, by name.
    pub actions: Vec<Action>,
    /// See [`System::TELLS_TIME`].
    pub tells_time: bool,
    /// See [`System::date_filter`].
    pub date_filter: fn(&str) -> Option<DateFilter>,
    /// See [`System::priority`].
    pub priority: fn(&str) -> Priority,
    catalogue: fn() -> &'static [Action],
    system: Box<dyn AnySystem>,
}

impl Connector {
    /// Declares a system; actions follow with [`ConnectorOf::reads`] and [`ConnectorOf::writes`].
    pub fn of<S: System>() -> ConnectorOf<S> {
        ConnectorOf {
            actions: Vec::new(),
            catalogue: || &[],
            writers: Writers {
                named: BTreeMap::new(),
                catalogue: None,
            },
            system: PhantomData,
        }
    }

    /// The action of that name, from the catalogue too.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let named = self.actions.iter().find(|action| action.name == name);
        named.or_else(|| self.catalogue().iter().find(|action| action.name == name))
    }

    /// What else can be done with it, found by search: too much to be listed, offered or described with the rest. Made
    /// when it is first asked for.
    pub fn catalogue(&self) -> &'static [Action] {
        (self.catalogue)()
    }

    /// See [`System::seal`].
    pub fn seal(&self, settings: &serde_json::Value) -> Result<String> {
        self.system.seal(settings)
    }

    /// See [`System::understood`].
    pub fn understood(&self, settings: &serde_json::Value) -> Result<Vec<Fact>> {
        self.system.understood(settings)
    }

    /// The one place that a secret field may be sent to: that of the sign-in, or where the connection leads.
    pub fn place(&self, settings: &serde_json::Value, field: &str) -> Result<String> {
        if self.is_for_sign_in(field) {
            self.system.sign_in_seal(settings)
        } else {
            self.system.seal(settings)
        }
    }

    /// Whether a secret field is part of a sign-in through a browser.
    pub fn is_for_sign_in(&self, field: &str) -> bool {
        self.secrets
            .iter()
            .any(|secret| secret.name == field && secret.for_sign_in)
    }

    /// See [`System::sign_in`].
    pub fn sign_in(&self, settings: &serde_json::Value, state: &str) -> Result<Option<SignIn>> {
        self.system.sign_in(settings, state)
    }

    /// See [`System::signed_in`].
    pub async fn signed_in(
        &self,
        settings: &serde_json::Value,
        grant: Grant,
        secrets: &Secrets,
        host: &Host,
    ) -> Result<SignedIn> {
        self.system.signed_in(settings, grant, secrets, host).await
    }

    /// See [`System::facts`].
    pub fn facts(&self, settings: &serde_json::Value) -> Result<Vec<(&'static str, String)>> {
        self.system.facts(settings)
    }

    /// See [`System::connect`].
    pub fn connect(&self, settings: &serde_json::Value, secrets: &Secrets, host: &Host) -> Result<Live> {
        self.system.connect(settings, secrets, host)
    }
}

/// A connector while it is being declared.
pub struct ConnectorOf<S: System> {
    actions: Vec<Action>,
    catalogue: fn() -> &'static [Action],
    writers: Writers<S>,
    system: PhantomData<fn() -> S>,
}

/// Who writes the rows of a step.
struct Writers<S: System> {
    named: BTreeMap<&'static str, Arc<dyn WriteOn<S::Open>>>,
    catalogue: Option<Arc<dyn WriteOn<S::Open>>>,
}

impl<S: System> ConnectorOf<S> {
    /// Adds a read action.
    pub fn reads<R: ReadAction<System = S>>(mut self) -> Self {
        let does = Does::Read(Box::new(Of::<R>(PhantomData)));
        let schema = Box::new(|| schemars::schema_for!(R));
        self.actions.push(Action {
            name: R::NAME,
            about: R::ABOUT,
            scope: R::SCOPE,
            schema,
            does,
        });
        self
    }

    /// Adds a write action.
    pub fn writes<W: WriteAction<System = S>>(mut self) -> Self
    where
        OpenOf<W>: Session,
    {
        let does = Does::Write(Box::new(Of::<W>(PhantomData)));
        let schema = Box::new(|| schemars::schema_for!(W));
        self.actions.push(Action {
            name: W::NAME,
            about: W::ABOUT,
            scope: W::SCOPE,
            schema,
            does,
        });
        self.writers.named.insert(W::NAME, Arc::new(Of::<W>(PhantomData)));
        self
    }

    /// Adds actions that are data, not types: `actions` makes them when they are first asked for, `writer` writes the
    /// rows of all those among them that write.
    pub fn catalogue(
        mut self,
        actions: fn() -> &'static [Action],
        writer: impl WriteOn<S::Open> + 'static,
    ) -> Self {
        self.catalogue = actions;
        self.writers.catalogue = Some(Arc::new(writer));
        self
    }

    /// Done.
    pub fn build(self) -> Connector {
        Connector {
            name: S::NAME,
            title: S::TITLE,
            about: S::ABOUT,
            settings: || schemars::schema_for!(S::Settings),
            secrets: S::SECRETS,
            actions: self.actions,
            tells_time: S::TELLS_TIME,
            date_filter: S::date_filter,
            priority: S::priority,
            catalogue: self.catalogue,
            system: Box::new(Declared::<S> {
                writers: Arc::new(self.writers),
            }),
        }
    }
}

/// A live connection of any connector.
#[derive(Clone)]
pub struct Live {
    system: Arc<dyn Any + Send + Sync>,
    dispatch: Arc<dyn AnyLive>,
}

impl Live {
    /// The connection as the connector's own type, for [`AnyRead::open`](crate::action::AnyRead::open).
    pub fn system(&self) -> Arc<dyn Any + Send + Sync> {
        self.system.clone()
    }

    /// See [`System::validate`].
    pub async fn validate(&self) -> Result<Validation> {
        self.dispatch.validate().await
    }

    /// See [`System::validate_for`].
    pub async fn validate_for(&self, scopes: &[String]) -> Result<Validation> {
        self.dispatch.validate_for(scopes).await
    }

    /// See [`System::now`].
    pub async fn now(&self) -> Result<Timestamp> {
        self.dispatch.now().await
    }

    /// Opens it for the write steps of one run.
    pub async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Destination>> {
        self.dispatch.open(purpose).await
    }
}

#[async_trait]
trait AnySystem: Send + Sync {
    fn sign_in(&self, settings: &serde_json::Value, state: &str) -> Result<Option<SignIn>>;
    fn sign_in_seal(&self, settings: &serde_json::Value) -> Result<String>;
    async fn signed_in(
        &self,
        settings: &serde_json::Value,
        grant: Grant,
        secrets: &Secrets,
        host: &Host,
    ) -> Result<SignedIn>;
    fn seal(&self, settings: &serde_json::Value) -> Result<String>;
    fn understood(&self, settings: &serde_json::Value) -> Result<Vec<Fact>>;
    fn facts(&self, settings: &serde_json::Value) -> Result<Vec<(&'static str, String)>>;
    fn connect(&self, settings: &serde_json::Value, secrets: &Secrets, host: &Host) -> Result<Live>;
}

#[async_trait]
trait AnyLive: Send + Sync {
    async fn validate(&self) -> Result<Validation>;
    async fn validate_for(&self, scopes: &[String]) -> Result<Validation>;
    async fn now(&self) -> Result<Timestamp>;
    async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Destination>>;
}

struct Declared<S: System> {
    writers: Arc<Writers<S>>,
}

#[async_trait]
impl<S: System> AnySystem for Declared<S> {
    fn sign_in(&self, settings: &serde_json::Value, state: &str) -> Result<Option<SignIn>> {
        S::sign_in(&read::<S>(settings)?, state)
    }

    fn sign_in_seal(&self, settings: &serde_json::Value) -> Result<String> {
        S::sign_in_seal(&read::<S>(settings)?)
    }

    async fn signed_in(
        &self,
        settings: &serde_json::Value,
        grant: Grant,
        secrets: &Secrets,
        host: &Host,
    ) -> Result<SignedIn> {
        // Read before the first wait: settings need not be of a kind that threads share.
        let signing = S::signed_in(read::<S>(settings)?, grant, secrets, host);
        signing.await
    }

    fn seal(&self, settings: &serde_json::Value) -> Result<String> {
        S::seal(&read::<S>(settings)?)
    }

    fn understood(&self, settings: &serde_json::Value) -> Result<Vec<Fact>> {
        Ok(S::understood(&read::<S>(settings)?))
    }

    fn facts(&self, settings: &serde_json::Value) -> Result<Vec<(&'static str, String)>> {
        Ok(S::facts(&read::<S>(settings)?))
    }

    fn connect(&self, settings: &serde_json::Value, secrets: &Secrets, host: &Host) -> Result<Live> {
        let system = Arc::new(S::connect(read::<S>(settings)?, secrets, host)?);
        let dispatch = Arc::new(LiveOf {
            system: system.clone(),
            writers: self.writers.clone(),
        });
        Ok(Live { system, dispatch })
    }
}

fn read<S: System>(settings: &serde_json::Value) -> Result<S::Settings> {
    S::Settings::deserialize(settings).map_err(|error| {
        Error::config(format!("the settings of this {} connection: {error}", S::TITLE)).hint(format!(
            "`processflow actions {}` lists the settings it takes.",
            S::NAME
        ))
    })
}

struct LiveOf<S: System> {
    system: Arc<S>,
    writers: Arc<Writers<S>>,
}

#[async_trait]
impl<S: System> AnyLive for LiveOf<S> {
    async fn validate(&self) -> Result<Validation> {
        self.system.validate().await
    }

    async fn validate_for(&self, scopes: &[String]) -> Result<Validation> {
        self.system.validate_for(scopes).await
    }

    async fn now(&self) -> Result<Timestamp> {
        self.system.now().await
    }

    async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Destination>> {
        let open = self.system.clone().open(purpose).await?;
        Ok(Box::new(OpenEnd::<S> {
            open,
            writers: self.writers.clone(),
        }))
    }
}

/// A system's session with its write actions: the [`Destination`] the engine writes to.
struct OpenEnd<S: System> {
    open: S::Open,
    writers: Arc<Writers<S>>,
}

impl<S: System> OpenEnd<S> {
    fn writer(&self, step: &WriteStep) -> Arc<dyn WriteOn<S::Open>> {
        let Writers { named, catalogue } = &*self.writers;
        let writer = named.get(step.action).or(catalogue.as_ref());
        writer.expect("the step was prepared by this connector").clone()
    }
}

#[async_trait]
impl<S: System> Destination for OpenEnd<S> {
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        self.open.resume().await
    }

    async fn ready(&mut self, step: &WriteStep) -> Result<()> {
        self.writer(step).ready(&mut self.open, step).await
    }

    async fn write(&mut self, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        self.writer(step).write(&mut self.open, step, rows).await
    }

    async fn undo(&mut self) -> Result<()> {
        self.open.undo().await
    }

    async fn flush(&mut self) -> Result<()> {
        self.open.flush().await
    }

    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        self.open.commit(at).await
    }

    async fn find(&mut self, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        self.writer(step).find(&mut self.open, step, rows).await
    }

    async fn finish(&mut self, at: &Checkpoint) -> Result<()> {
        self.open.finish(at).await
    }
}
