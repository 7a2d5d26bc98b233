//! Saved connections made live: settings, secrets for the place they were entered for, and the sandbox.

use std::collections::BTreeMap;

use connector_kit::{Error, Host, Live, Result, Secret, Secrets, http::Priority};
use serde_json::{Map, Value};

use super::{Agent, Topic};
use crate::{
    secrets::{self, Redaction, Sealed},
    state::SavedConnection,
};

impl Agent {
    /// A saved connection, if there is one of that name.
    pub(crate) async fn connection(&self, name: &str) -> Result<Option<SavedConnection>> {
        let name = name.to_owned();
        self.state.read(move |on| SavedConnection::find(on, &name)).await
    }

    /// A saved connection that must be there.
    pub(crate) async fn saved(&self, name: &str) -> Result<SavedConnection> {
        self.connection(name).await?.ok_or_else(|| {
            Error::config(format!("there is no connection `{name}`"))
                .hint("`processflow connections` lists them; `connections add` makes one.")
        })
    }

    /// A connection with settings laid over those it has; nothing is saved yet.
    pub(crate) fn merged(
        &self,
        name: &str,
        connector: &str,
        settings: Map<String, Value>,
        old: Option<&SavedConnection>,
    ) -> Result<SavedConnection> {
        let mut merged = old
            .and_then(|old| old.settings.as_object().cloned())
            .unwrap_or_default();
        for (field, value) in settings {
            if value.is_null() {
                merged.remove(&field);
            } else {
                merged.insert(field, value);
            }
        }
        let settings = Value::Object(merged);
        let seal = self.desk.connector(connector)?.seal(&settings)?;
        Ok(SavedConnection {
            name: name.to_owned(),
            connector: connector.to_owned(),
            settings,
            seal,
            secrets: BTreeMap::new(),
            validated_at: None,
            validation: None,
            checked: None,
            changed_at: self.now(),
        })
    }

    /// Saves a connection, and secrets with it: sealed with the place they may be sent to, in the store that the
    /// settings chose. The secrets go first: a connection never claims to have what is not kept.
    pub(crate) async fn save_with_secrets(
        &self,
        saved: &mut SavedConnection,
        given: BTreeMap<String, Secret>,
    ) -> Result<()> {
        if !given.is_empty() {
            self.keep_secrets(saved, given).await?;
        }
        let kept = saved.clone();
        self.state.write(move |on| kept.save(on)).await?;
        self.changed(Topic::Connection.of(&saved.name));
        Ok(())
    }

    /// Secrets of a sign-in go elsewhere than the others: each kind is an entry of its own, sealed with its own place.
    async fn keep_secrets(&self, saved: &mut SavedConnection, given: BTreeMap<String, Secret>) -> Result<()> {
        self.refuse_unknown_secrets(&saved.connector, &given)?;
        let connector = self.desk.connector(&saved.connector)?;
        let (for_sign_in, own): (BTreeMap<_, _>, BTreeMap<_, _>) = given
            .into_iter()
            .partition(|(field, _)| connector.is_for_sign_in(field));
        if let Some(field) = for_sign_in.keys().next() {
            let entry = sign_in_entry(&saved.name);
            let place = connector.place(&saved.settings, field)?;
            self.keep_entry(saved, &entry, &place, for_sign_in).await?;
        }
        if own.is_empty() {
            return Ok(());
        }
        let (entry, place) = (saved.name.clone(), saved.seal.clone());
        self.keep_entry(saved, &entry, &place, own).await
    }

    async fn keep_entry(
        &self,
        saved: &mut SavedConnection,
        entry: &str,
        place: &str,
        given: BTreeMap<String, Secret>,
    ) -> Result<()> {
        let connector = self.desk.connector(&saved.connector)?;
        let of_sign_in = entry != saved.name;
        let others =
            |field: &String| connector.is_for_sign_in(field) == of_sign_in && !given.contains_key(field);
        let store = self.store();
        let mut all = if saved.secrets.keys().any(others) {
            secrets::open(store.as_ref(), entry, place).await?
        } else {
            // Secrets that were entered for another place are not carried to a new one.
            Secrets::default()
        };
        for (field, secret) in given {
            Redaction::global().register(&secret);
            saved.secrets.insert(field.clone(), self.now());
            all.0.insert(field, secret);
        }
        store
            .set(&Sealed::new(entry, place, all, self.clock().now()))
            .await
    }

    /// Puts other secrets in the place of those that a connection has, between two runs: those under way go on with what
    /// they began with, whoever comes later gets these. One write replaces the entry as a whole, so that whatever happens
    /// there is one or the other.
    pub(crate) async fn switch_secrets(
        &self,
        saved: &mut SavedConnection,
        given: BTreeMap<String, Secret>,
    ) -> Result<()> {
        let _alone = self.switching.write().await;
        self.save_with_secrets(saved, given).await
    }

    /// Whether these are the very secrets that the connection has.
    pub(crate) async fn keeps_already(
        &self,
        saved: &SavedConnection,
        given: &BTreeMap<String, Secret>,
    ) -> bool {
        let kept = secrets::open(self.store().as_ref(), &saved.name, &saved.seal).await;
        let same = |(field, secret): (&String, &Secret)| {
            let kept = kept.as_ref().ok().and_then(|kept| kept.get(field));
            kept.is_some_and(|kept| kept.expose().trim() == secret.expose().trim())
        };
        given.iter().all(same)
    }

    /// The secrets of a connection's sign-in, for the place that its settings name.
    pub(crate) async fn sign_in_secrets(&self, saved: &SavedConnection) -> Result<Secrets> {
        let connector = self.desk.connector(&saved.connector)?;
        let missing = |field: &str| {
            Error::config(format!(
                "the secret `{field}` of `{}` is not set for this sign-in",
                saved.name
            ))
            .hint(format!(
                "Enter it with `processflow connections edit {} --secret {field}`.",
                saved.name
            ))
        };
        let Some(field) = connector.secrets.iter().find(|field| field.for_sign_in) else {
            return Ok(Secrets::default());
        };
        let place = connector.place(&saved.settings, field.name)?;
        let entry = sign_in_entry(&saved.name);
        let sealed = self
            .store()
            .get(&entry)
            .await?
            .ok_or_else(|| missing(field.name))?;
        sealed.open(&entry, &place).map_err(|_| missing(field.name))
    }

    fn refuse_unknown_secrets(&self, connector: &str, given: &BTreeMap<String, Secret>) -> Result<()> {
        let known = self.desk.connector(connector)?.secrets;
        let unknown = given
            .keys()
            .find(|given| known.iter().all(|field| field.name != *given));
        let Some(field) = unknown else { return Ok(()) };
        let names: Vec<&str> = known.iter().map(|field| field.name).collect();
        Err(
            Error::config(format!("a {connector} connection has no secret `{field}`"))
                .hint(format!("It has: {}.", names.join(", "))),
        )
    }

    pub(crate) async fn forget_secrets(&self, saved: &SavedConnection) -> Result<()> {
        let connector = self.desk.connector(&saved.connector)?;
        let (for_sign_in, own): (Vec<&String>, Vec<&String>) = saved
            .secrets
            .keys()
            .partition(|field| connector.is_for_sign_in(field));
        if !for_sign_in.is_empty() {
            self.store().delete(&sign_in_entry(&saved.name)).await?;
        }
        if own.is_empty() {
            return Ok(());
        }
        self.store().delete(&saved.name).await
    }

    /// A live connection: secrets are opened for the place the settings lead to, and nowhere else.
    pub(crate) async fn live(&self, saved: &SavedConnection) -> Result<Live> {
        self.live_with(saved, BTreeMap::new()).await
    }

    /// A live connection for a run of that priority.
    pub(crate) async fn live_for(&self, saved: &SavedConnection, priority: Priority) -> Result<Live> {
        let host = Host {
            priority,
            ..self.host()
        };
        self.live_on(saved, BTreeMap::new(), &host).await
    }

    /// A live connection that is not saved as it is: with secrets that were just typed. Kept ones fill the gaps where the
    /// settings lead to the place that they were entered for, and are not even opened elsewhere.
    pub(crate) async fn live_with(
        &self,
        saved: &SavedConnection,
        given: BTreeMap<String, Secret>,
    ) -> Result<Live> {
        self.live_on(saved, given, &self.host()).await
    }

    async fn live_on(
        &self,
        saved: &SavedConnection,
        given: BTreeMap<String, Secret>,
        host: &Host,
    ) -> Result<Live> {
        self.refuse_unknown_secrets(&saved.connector, &given)?;
        if is_sandbox(saved) {
            return self.live_sandbox(saved, host).await;
        }
        let connector = self.desk.connector(&saved.connector)?;
        let seal = connector.seal(&saved.settings)?;
        // What signs in is not even opened for what runs.
        let given: BTreeMap<String, Secret> = given
            .into_iter()
            .filter(|(field, _)| !connector.is_for_sign_in(field))
            .collect();
        let mut own = saved
            .secrets
            .keys()
            .filter(|field| !connector.is_for_sign_in(field));
        let mut secrets = if own.all(|field| given.contains_key(field)) {
            Secrets::default()
        } else {
            secrets::open(self.store().as_ref(), &saved.name, &seal).await?
        };
        secrets.0.extend(given);
        for secret in secrets.0.values() {
            Redaction::global().register(secret);
        }
        connector.connect(&saved.settings, &secrets, host)
    }

    /// A connection without a path that only pretends: the sandbox store is started for it.
    async fn live_sandbox(&self, saved: &SavedConnection, host: &Host) -> Result<Live> {
        let sandbox = self.shell.sandbox.as_ref().ok_or_else(|| {
            Error::config(format!(
                "connection `{}` wants the sandbox store, which is not part of this program",
                saved.name
            ))
        })?;
        let (api_path, token) = sandbox.start(saved).await?;
        let mut settings = saved.settings.clone();
        settings["api_path"] = api_path.into();
        let secrets = Secrets(BTreeMap::from([("token".to_owned(), token)]));
        self.desk
            .connector(&saved.connector)?
            .connect(&settings, &secrets, host)
    }
}

/// The name under which a connection's sign-in keeps its secrets; no connection can be called that.
fn sign_in_entry(connection: &str) -> String {
    format!("{connection}#sign-in")
}

/// A connection without a path that only pretends.
pub(crate) fn is_sandbox(saved: &SavedConnection) -> bool {
    saved.settings.get("sandbox").is_some_and(is_true) && saved.settings.get("api_path").is_none()
}

/// `true` as JSON, or as the text that `--set sandbox=true` gives.
fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value.as_str() == Some("true")
}
