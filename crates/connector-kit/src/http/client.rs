//! Reads with retries, and writes that are sent once.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use url::{Position, Url};

use super::{
    Answer, Body, Network, Priority, Quota, Request, RequestRecord, Sent,
    failure::Failure,
    gate::Heard,
    log,
    retry::{self, Stopped},
    said::Said,
    sign::Seal,
    tape,
    transport::{Reply, Transport},
    verdict::Verdict,
};
use crate::{Clock, Error, Host, Result, Secret};

/// A client for one base address and one secret header. Cloning shares.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

/// What the layers share.
pub(super) struct Inner {
    seal: Seal,
    transport: Transport,
    quota: Arc<Quota>,
    network: Arc<Network>,
    clock: Arc<dyn Clock>,
    priority: Priority,
}

impl Client {
    /// A client that sends to `base` (`https://api.bigcommerce.com/stores/abc123/`) and nowhere else. `store`
    /// names the quota it shares. The header is sent with every request and marked sensitive.
    ///
    /// Err: Config when the address is not https (http is only for this machine itself), or proxy, certificates
    /// or the secret cannot be used.
    pub fn new(base: &str, store: &str, header: Option<(&'static str, Secret)>, host: &Host) -> Result<Self> {
        Self::with(Seal::new(base, header)?, host.network.quota(store), host)
    }

    /// A client for files below `base` that anybody there may read: it has no secret to send, and takes plain http within
    /// one's own network. What it is told to wait counts for this client alone.
    ///
    /// Err: Config as for [`Client::new`].
    pub fn of_files(base: &str, host: &Host) -> Result<Self> {
        let quota = Arc::new(Quota::new(host.network.reserve));
        Self::with(Seal::of_files(base)?, quota, host)
    }

    fn with(seal: Seal, quota: Arc<Quota>, host: &Host) -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            transport: Transport::new(&seal, &host.network)?,
            seal,
            quota,
            network: host.network.clone(),
            clock: host.clock.clone(),
            priority: host.priority,
        })))
    }

    /// The budget that its requests count against.
    pub fn quota(&self) -> &Arc<Quota> {
        &self.0.quota
    }

    /// Sends a repeatable request until an answer comes that is neither "slow down" nor "not now". Answers of
    /// any other status are returned. Err: Config (certificate, proxy login), Unavailable, Rejected (its path
    /// would leave the base address).
    pub async fn read(&self, request: Request) -> Result<Answer> {
        if !request.repeatable {
            return Err(Error::bug(format!(
                "{} is not repeatable and was to be read",
                request.what()
            )));
        }
        self.send(&request)
            .await
            .or_else(|stopped| stopped.page.ok_or(stopped.error))
    }

    /// Sends a request that must not be repeated: once, unless it certainly was not applied (never sent, 429,
    /// 423, maintenance), which the client waits for as [`Client::read`] does. A repeatable request is repeated.
    pub async fn write(&self, request: Request) -> Sent {
        match self.send(&request).await {
            Ok(answer) => Sent::Answered(answer),
            Err(stopped) if stopped.not_applied => Sent::NotSent(stopped.error),
            Err(stopped) => Sent::Unknown(stopped.error),
        }
    }

    async fn send(&self, request: &Request) -> Result<Answer, Stopped> {
        let began = self.0.clock.now();
        let result = retry::until_answered(&self.0, request).await;
        let took = self.0.since(began);
        match &result {
            Ok(answer) => log::answered(request, answer.status, took),
            Err(stopped) => log::given_up(request, &stopped.error, took),
        }
        result
    }
}

impl Inner {
    /// The address of a request, below the base.
    pub(super) fn address(&self, request: &Request) -> Result<Url> {
        self.seal.address(request)
    }

    /// What a request waits altogether when the store asks for it.
    pub(super) fn patience(&self) -> Duration {
        self.network.limits.patience
    }

    pub(super) async fn sleep(&self, wait: Duration) {
        self.clock.sleep(wait).await;
    }

    /// One try: through the quota, signed, over the wire, judged.
    pub(super) async fn attempt(&self, request: &Request, url: &Url, patience: &mut Duration) -> Verdict {
        let endpoint = format!("{} {}", request.method, request.path);
        let entered = self
            .quota
            .enter_at(&endpoint, &*self.clock, patience, self.priority);
        let pass = match entered.await {
            Ok(pass) => pass,
            Err(error) => return Verdict::Hopeless(error),
        };
        let mut tried = self.transport.send(request, &self.seal, url).await;
        if let Ok(reply) = &mut tried {
            reply.body = self.seal.scrubbed(std::mem::take(&mut reply.body));
        }
        pass.give_back_of(&endpoint, heard(&tried), self.clock.now());
        self.show(request, url, tried.as_ref().ok().map(|reply| reply.status));
        tape::note(request, tried.as_ref().ok());
        Verdict::of(tried, request, &self.seal.host())
    }

    fn show(&self, request: &Request, url: &Url, status: Option<u16>) {
        let body = match &request.body {
            Body::Empty | Body::Form(_) => None,
            Body::Json(body) => Some(body),
        };
        let path = &url[Position::BeforePath..Position::AfterQuery];
        self.network.observe(&RequestRecord {
            method: request.method,
            path,
            body,
            status,
        });
    }

    fn since(&self, began: Timestamp) -> Duration {
        self.clock
            .now()
            .duration_since(began)
            .try_into()
            .unwrap_or_default()
    }
}

fn heard(tried: &Result<Reply, Failure>) -> Heard {
    match tried {
        Ok(reply) => Heard::Answer(reply.status, Said::of(&reply.headers)),
        Err(failure) if failure.may_have_left => Heard::Nothing,
        Err(_) => Heard::NeverLeft,
    }
}
