//! Saved connections made live: settings, secrets for the place they were entered for, and the sandbox.

use std::collections::BTreeMap;

use connector_kit::{Error, Live, Result, Secret, Secrets};
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

    async fn keep_secrets(&self, saved: &mut SavedConnection, given: BTreeMap<String, Secret>) -> Result<()> {
        self.refuse_unknown_secrets(&saved.connector, &given)?;
        let store = self.store();
        let mut all = match store.get(&saved.name).await? {
            Some(sealed) if saved.secrets.is_empty() => drop_sealed(sealed),
            Some(sealed) => sealed.open(&saved.name, &saved.seal)?,
            None => Secrets::default(),
        };
        for (field, secret) in given {
            Redaction::global().register(&secret);
            saved.secrets.insert(field.clone(), self.now());
            all.0.insert(field, secret);
        }
        store
            .set(&Sealed::new(&saved.name, &saved.seal, all, self.clock().now()))
            .await
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
        if saved.secrets.is_empty() {
            return Ok(());
        }
        self.store().delete(&saved.name).await
    }

    /// A live connection: secrets are opened for the place the settings lead to, and nowhere else.
    pub(crate) async fn live(&self, saved: &SavedConnection) -> Result<Live> {
        self.live_with(saved, BTreeMap::new()).await
    }

    /// A live connection that is not saved as it is: with secrets that were just typed. Kept ones fill the gaps where the
    /// settings lead to the place that they were entered for, and are not even opened elsewhere.
    pub(crate) async fn live_with(
        &self,
        saved: &SavedConnection,
        given: BTreeMap<String, Secret>,
    ) -> Result<Live> {
        self.refuse_unknown_secrets(&saved.connector, &given)?;
        if is_sandbox(saved) {
            return self.live_sandbox(saved).await;
        }
        let connector = self.desk.connector(&saved.connector)?;
        let seal = connector.seal(&saved.settings)?;
        let mut secrets = if saved.secrets.keys().all(|field| given.contains_key(field)) {
            Secrets::default()
        } else {
            secrets::open(self.store().as_ref(), &saved.name, &seal).await?
        };
        secrets.0.extend(given);
        for secret in secrets.0.values() {
            Redaction::global().register(secret);
        }
        connector.connect(&saved.settings, &secrets, &self.host())
    }

    /// A connection without a path that only pretends: the sandbox store is started for it.
    async fn live_sandbox(&self, saved: &SavedConnection) -> Result<Live> {
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
            .connect(&settings, &secrets, &self.host())
    }
}

/// Secrets that were entered for another place are not carried to a new one.
fn drop_sealed(_: Sealed) -> Secrets {
    Secrets::default()
}

/// A connection without a path that only pretends.
fn is_sandbox(saved: &SavedConnection) -> bool {
    saved.settings.get("sandbox").is_some_and(is_true) && saved.settings.get("api_path").is_none()
}

/// `true` as JSON, or as the text that `--set sandbox=true` gives.
fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value.as_str() == Some("true")
}
