//! A live connection to one store.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use base64::Engine;
use connector_kit::{
    Error, Fact, Host, OpenFor, Result, Secret, SecretField, Secrets, Session, System, Validation,
    async_trait,
    http::{Answer, Client, Request},
};

use super::{
    address::Address,
    errors::{self, About},
    settings::Settings,
    validate,
};

/// What stands for address and hash of a store that the agent starts itself: no token of a person belongs there.
const SANDBOX: &str = "sandbox";

/// A store and how it is signed in to.
pub struct Store {
    pub(super) address: Address,
    pub(super) host: Host,
    client: Client,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[async_trait]
impl System for Store {
    type Settings = Settings;
    type Open = OpenStore;

    const NAME: &'static str = "bigcommerce";
    const TITLE: &'static str = "BigCommerce";
    const ABOUT: &'static str = "Orders, products, customers, categories and stock of a BigCommerce store.";
    const SECRETS: &'static [SecretField] = &[SecretField {
        name: "token",
        title: "API Token",
        required: true,
    }];

    fn seal(settings: &Settings) -> Result<String> {
        if settings.is_unstarted_sandbox() {
            return Ok(SANDBOX.to_owned());
        }
        Ok(address(settings)?.seal())
    }

    fn understood(settings: &Settings) -> Vec<Fact> {
        if settings.is_unstarted_sandbox() {
            return vec![Fact::new(
                "sandbox",
                "a store that only pretends; the agent starts it",
            )];
        }
        let Ok(address) = address(settings) else {
            return Vec::new();
        };
        let hash = Fact::new("store hash", address.hash);
        let sandbox = address
            .loopback
            .then(|| Fact::new("sandbox", "a store on this machine that only pretends"));
        let legacy = address.legacy.then(|| {
            Fact::new(
                "legacy account",
                "orders alone: v2 has nothing else to offer here",
            )
        });
        [Some(hash), sandbox, legacy].into_iter().flatten().collect()
    }

    fn facts(settings: &Settings) -> Vec<(&'static str, String)> {
        if settings.is_unstarted_sandbox() {
            return vec![("hash", SANDBOX.to_owned())];
        }
        address(settings)
            .map(|address| vec![("hash", address.hash)])
            .unwrap_or_default()
    }

    fn connect(settings: Settings, secrets: &Secrets, host: &Host) -> Result<Self> {
        let address = address(&settings)?;
        let header = header(&settings, &address, secrets.require("token")?)?;
        let client = Client::new(&address.base(), &address.seal(), Some(header), host)?;
        let turn = turn(&address.seal());
        Ok(Self {
            address,
            host: host.clone(),
            client,
            turn,
        })
    }

    async fn validate(&self) -> Result<Validation> {
        validate::validate(self).await
    }

    async fn open(self: Arc<Self>, _purpose: OpenFor) -> Result<OpenStore> {
        Ok(OpenStore { store: self })
    }
}

/// A store that a run writes to. It has no transactions.
pub struct OpenStore {
    pub(super) store: Arc<Store>,
}

impl Session for OpenStore {}

impl Store {
    /// Reads; an answer that is no success is its error.
    pub(super) async fn get(&self, request: Request, about: About) -> Result<Answer> {
        let answer = self.ask(request).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(errors::refusal(&answer, about))
        }
    }

    /// Reads; an answer of any status.
    pub(super) async fn ask(&self, request: Request) -> Result<Answer> {
        self.offered(&request)?;
        self.client.read(request).await
    }

    /// The client, for writes.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The one turn of this store for bulk stock writes. BigCommerce: "wait until the current request returns".
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// What the agent keeps about this store in the cache.
    pub(super) fn cached(&self, kind: &str, name: &str) -> Option<String> {
        self.host
            .cache
            .get(&self.cache_key(kind, name))
            .filter(|value| !value.is_empty())
    }

    /// Keeps it; an empty value forgets.
    pub(super) fn cache(&self, kind: &str, name: &str, value: &str) {
        self.host.cache.put(&self.cache_key(kind, name), value);
    }

    fn cache_key(&self, kind: &str, name: &str) -> String {
        format!("bigcommerce/{}/{kind}/{name}", self.address.seal())
    }

    fn offered(&self, request: &Request) -> Result<()> {
        if self.address.legacy && request.path.starts_with("v3/") {
            return Err(
                Error::config("a legacy account has no v3, and this action needs it")
                    .hint("Create a store-level API account in the store's control panel and use its token."),
            );
        }
        Ok(())
    }
}

fn address(settings: &Settings) -> Result<Address> {
    Address::read(&settings.api_path, settings.auth, &settings.allow_host)
}

/// `X-Auth-Token` on BigCommerce's host, whatever the account; Basic where a legacy account lives, whose user name
/// counts.
fn header(settings: &Settings, address: &Address, token: &Secret) -> Result<(&'static str, Secret)> {
    if !address.legacy {
        return Ok(("x-auth-token", Secret::new(token.expose().trim().to_owned())));
    }
    let Some(name) = settings
        .username
        .as_deref()
        .filter(|name| !name.trim().is_empty())
    else {
        return Err(
            Error::config("a legacy account signs in with its user name, and none is set")
                .hint("Enter the user name of the legacy API account."),
        );
    };
    let pair = Secret::new(format!("{}:{}", name.trim(), token.expose().trim()));
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair.expose());
    Ok(("authorization", Secret::new(format!("Basic {encoded}"))))
}

/// Runs have connections of their own, a store has one turn.
fn turn(seal: &str) -> Arc<tokio::sync::Mutex<()>> {
    static TURNS: LazyLock<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>> =
        LazyLock::new(Mutex::default);
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    turns.entry(seal.to_owned()).or_default().clone()
}
