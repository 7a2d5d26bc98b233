//! A live connection to one store.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use base64::Engine;
use connector_kit::{
    DateFilter, Error, Fact, Grant, Host, OpenFor, Raw, Result, Secret, SecretField, Secrets, Session,
    SignIn, SignedIn, System, Validation, async_trait,
    http::{Answer, Client, Priority, Request},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    address::Address,
    envelope::Rows,
    errors::{self, About},
    filter, obeyed,
    products::PictureHosts,
    scopes,
    settings::{Auth, Settings},
    sign_in, validate,
};

/// What stands for address and hash of a store that the agent starts itself: no token of a person belongs there.
const SANDBOX: &str = "sandbox";

/// What stands for the place of a store that no sign-in has named yet: no token is entered for it.
const NOBODY: &str = "sign-in";

const TIME: About = About::reading("its time", "Information & Settings");

/// A store and how it is signed in to.
pub struct Store {
    pub(super) address: Address,
    pub(super) host: Host,
    /// Signed in to as an app, not with an account of the store.
    pub(super) by_app: bool,
    /// The scopes that the store agreed to, where a sign-in told them.
    pub(super) granted: Option<String>,
    client: Client,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The store no longer takes the token (401): nothing more is asked with it.
    refused: OnceLock<Error>,
    /// Where pictures of products lie.
    pub(super) pictures: Option<std::path::PathBuf>,
    /// Hosts from which pictures are fetched that the store cannot reach.
    pub(super) picture_hosts: PictureHosts,
}

#[async_trait]
impl System for Store {
    type Settings = Settings;
    type Open = OpenStore;

    const NAME: &'static str = "bigcommerce";
    const TITLE: &'static str = "BigCommerce";
    const ABOUT: &'static str = "Orders, products, customers, categories and stock of a BigCommerce store.";
    const SECRETS: &'static [SecretField] = &[
        SecretField::new("token", "API Token", true).when("auth", &["token", "basic", "legacy"]),
        SecretField::new("client_secret", "Client Secret", true)
            .when("auth", &["oauth"])
            .for_sign_in(),
    ];
    const TELLS_TIME: bool = true;

    fn seal(settings: &Settings) -> Result<String> {
        settings.pace()?;
        PictureHosts::read(settings.picture_hosts.as_deref())?;
        if settings.is_unstarted_sandbox() {
            return Ok(SANDBOX.to_owned());
        }
        if settings.is_not_signed_in() {
            return Ok(NOBODY.to_owned());
        }
        Ok(address(settings)?.seal())
    }

    fn sign_in(settings: &Settings, state: &str) -> Result<Option<SignIn>> {
        sign_in::start(settings, state)
    }

    fn sign_in_seal(settings: &Settings) -> Result<String> {
        sign_in::login(settings)
    }

    async fn signed_in(settings: Settings, grant: Grant, secrets: &Secrets, host: &Host) -> Result<SignedIn> {
        sign_in::exchange(settings, grant, secrets, host).await
    }

    fn understood(settings: &Settings) -> Vec<Fact> {
        if settings.is_unstarted_sandbox() {
            return vec![Fact::new(
                "sandbox",
                "a store that only pretends; the agent starts it",
            )];
        }
        if settings.is_not_signed_in() {
            return vec![Fact::new("sign-in", "no store has approved the app yet")];
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
        let by_app = settings.auth == Auth::Oauth;
        let told =
            |name: &str, value: &Option<String>| Some(Fact::new(name, value.clone().filter(|_| by_app)?));
        let owner = told("owner", &settings.owner);
        let granted = settings.granted.as_deref().map(scopes::in_words);
        let permissions = told("permissions", &granted);
        [Some(hash), sandbox, legacy, owner, permissions]
            .into_iter()
            .flatten()
            .collect()
    }

    fn facts(settings: &Settings) -> Vec<(&'static str, String)> {
        if settings.is_unstarted_sandbox() {
            return vec![("hash", SANDBOX.to_owned())];
        }
        if settings.is_not_signed_in() {
            return Vec::new();
        }
        address(settings)
            .map(|address| vec![("hash", address.hash)])
            .unwrap_or_default()
    }

    fn connect(settings: Settings, secrets: &Secrets, host: &Host) -> Result<Self> {
        let by_app = settings.auth == Auth::Oauth;
        if settings.is_not_signed_in() || by_app && secrets.get("token").is_none() {
            return Err(not_signed_in());
        }
        let address = address(&settings)?;
        let header = header(&settings, &address, secrets.require("token")?)?;
        let client = Client::new(&address.base(), &address.seal(), Some(header), host)?;
        client.quota().set_pace(settings.pace()?);
        let turn = turn(&address.seal());
        let pictures = settings.pictures.filter(|folder| !folder.trim().is_empty());
        Ok(Self {
            picture_hosts: PictureHosts::read(settings.picture_hosts.as_deref())?,
            pictures: pictures.map(|folder| host.base.join(folder.trim())),
            address,
            host: host.clone(),
            by_app,
            granted: settings.granted.filter(|_| by_app),
            client,
            turn,
            refused: OnceLock::new(),
        })
    }

    async fn validate(&self) -> Result<Validation> {
        validate::validate(self, &[]).await
    }

    async fn validate_for(&self, scopes: &[String]) -> Result<Validation> {
        validate::validate(self, scopes).await
    }

    async fn now(&self) -> Result<Timestamp> {
        self.time().await
    }

    /// Orders cannot wait, catalogues can.
    fn priority(action: &str) -> Priority {
        let words: Vec<&str> = action.trim_start_matches("api.").split(['.', '_']).collect();
        let is_about = |names: &[&str]| words.iter().any(|word| names.contains(word));
        if is_about(&[
            "order",
            "orders",
            "shipment",
            "shipments",
            "refund",
            "refunds",
            "checkout",
            "checkouts",
        ]) {
            Priority::High
        } else if is_about(&[
            "product",
            "products",
            "variant",
            "variants",
            "category",
            "categories",
            "brand",
            "brands",
            "pricelist",
            "prices",
            "price",
        ]) {
            Priority::Low
        } else {
            Priority::Normal
        }
    }

    fn date_filter(name: &str) -> Option<DateFilter> {
        filter::date_filter(name)
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

    /// Reads; an answer of any status. A list that lies outside the dates it was asked for is Config. What does not come
    /// from the store is Unavailable: a proxy's 404 does not say that a record is gone, an empty 200 not that there is none.
    pub(super) async fn ask(&self, request: Request) -> Result<Answer> {
        self.offered(&request)?;
        self.still_accepted()?;
        let answer = self.client.read(request.clone()).await?;
        self.note_refusal(&answer);
        let foreign = match answer.status {
            204 => None,
            401 | 500.. => None,
            200..300 if answer.body.is_empty() => Some(empty(&answer)),
            // Whoever takes a page of records apart looks at all of it once; twice would cost each page as much again.
            200..300 if errors::is_long(&answer) && !errors::is_page(&answer) => None,
            200..300 => errors::not_from_the_store(&answer),
            _ if errors::is_page(&answer) => Some(errors::refusal(&answer, TIME)),
            _ => None,
        };
        if let Some(error) = foreign {
            return Err(error);
        }
        obeyed::check(&request, &answer)?;
        Ok(answer)
    }

    /// What the store's clock says. `/v2/time` needs no permission to be had from most stores; where it is refused, the
    /// answer's own date is as good.
    async fn time(&self) -> Result<Timestamp> {
        #[derive(Deserialize)]
        struct Time {
            time: i64,
        }
        let answer = self.ask(Request::get("v2/time")).await?;
        if answer.status == 401 {
            return Err(errors::refusal(&answer, TIME));
        }
        let told = serde_json::from_slice(&answer.body).ok();
        let told = told.and_then(|Time { time }| Timestamp::from_second(time).ok());
        told.or(answer.server_time).ok_or_else(|| {
            Error::unavailable("the store did not say what time it is there, and a filter needs it")
                .hint("It is tried again by itself. If it stays so, validate the connection.")
        })
    }

    /// All records of a v3 list, page by page. A list that does not page ends where it begins anew.
    pub(super) async fn all(&self, request: Request, about: About) -> Result<Vec<Raw>> {
        let mut all: Vec<Raw> = Vec::new();
        for page in 1_u32.. {
            let answer = self.get(request.clone().query("page", page), about).await?;
            let Rows { rows, more, .. } = Rows::v3(&answer)?;
            let anew = page > 1 && rows.first() == all.first();
            if rows.is_empty() || anew {
                break;
            }
            all.extend(rows);
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// Err: Config, what the store said when it refused the token. A connection is one run's, so the next run asks again.
    pub(super) fn still_accepted(&self) -> Result<()> {
        self.refused.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Keeps in mind that the token was refused.
    pub(super) fn note_refusal(&self, answer: &Answer) {
        if answer.status == 401 {
            self.refused.get_or_init(|| errors::refusal(answer, TIME));
        }
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

fn empty(answer: &Answer) -> Error {
    Error::unavailable(format!(
        "{} answered {} with nothing at all.",
        answer.what, answer.status
    ))
    .hint("Usually a proxy on the way. Nothing was taken over; it is tried again by itself.")
}

fn not_signed_in() -> Error {
    Error::config("no store has approved the app yet").hint(
        "Sign in with BigCommerce: `processflow connections sign-in NAME`, or the button on the connection.",
    )
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
