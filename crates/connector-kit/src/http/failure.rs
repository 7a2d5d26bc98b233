//! What goes wrong below HTTP, as sentences: name, connection, certificate, proxy, time. And the one question
//! that matters for a write: can the request have left?

use std::{error::Error as StdError, io};

use jiff::Timestamp;
use rustls::{CertificateError, pki_types::UnixTime};

use super::tls::UnknownIssuer;
use crate::Error;

/// A request that brought no answer.
#[derive(Debug)]
pub(super) struct Failure {
    /// False only when it is certain that not one byte of the request left.
    pub(super) may_have_left: bool,
    pub(super) error: Error,
}

/// Where requests go, for sentences.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) proxied: bool,
}

impl Failure {
    /// Certain are errors while the request was built and while the connection was made (name, connection, TLS,
    /// proxy's CONNECT): hyper hands the request to a connection only when it stands. Everything else may have
    /// left. (hyper also says "canceled" for requests it never started; it promises that nowhere, so it counts
    /// as unknown here.)
    pub(super) fn of(error: reqwest::Error, place: &Place) -> Self {
        let may_have_left = !(error.is_connect() || error.is_builder());
        // The address holds the query, which may name people.
        Self {
            may_have_left,
            error: place.sentence(error.without_url(), may_have_left),
        }
    }
}

impl Place {
    fn sentence(&self, error: reqwest::Error, may_have_left: bool) -> Error {
        let host = &self.host;
        let sentence = if let Some(refused) = certificate(&error) {
            self.refused(&refused)
        } else if mentions(&error, "proxy authorization required") {
            Error::config("The proxy wants a login.")
                .hint("Enter the proxy with its login under Settings (`processflow settings set proxy=…`).")
        } else if mentions(&error, "unsuccessful tunnel") || mentions(&error, "tunnel error") {
            Error::unavailable(format!("The proxy did not let us through to {host}.")).hint(format!(
                "Ask IT to allow {host} (port 443), or set another proxy under Settings."
            ))
        } else if error.is_dns() {
            Error::unavailable(format!("The name {host} was not found.")).hint(
                "Check that this machine is online and can resolve names; if others work, check the address.",
            )
        } else if kind(&error) == Some(io::ErrorKind::ConnectionRefused) {
            let who = if self.proxied { "the proxy or " } else { "" };
            Error::unavailable(format!("Nobody answers at {who}{host} (connection refused)."))
                .hint("Check the address and port; a firewall or a stopped server looks the same.")
        } else if error.is_timeout() && !may_have_left {
            Error::unavailable(format!("No connection to {host} came about in time."))
                .hint("Check that this machine is online and that no firewall stands between.")
        } else if error.is_timeout() {
            Error::unavailable(format!("{host} took too long to answer."))
                .hint("It is tried again by itself. If it stays so, ask for fewer records at a time.")
        } else if !may_have_left {
            Error::unavailable(format!("No connection to {host} came about."))
                .hint("Check that this machine is online and that no firewall stands between.")
        } else if error.is_decode() {
            Error::unavailable(format!("The answer of {host} was damaged on its way.")).hint(AGAIN)
        } else {
            Error::unavailable(format!(
                "The connection to {host} dropped before the whole answer came."
            ))
            .hint(AGAIN)
        };
        sentence.source(error)
    }

    /// Certificates are a person's matter: nothing was sent, and waiting does not help.
    fn refused(&self, refused: &Refused) -> Error {
        let host = &self.host;
        match refused {
            Refused::Issuer(issuer) => {
                let named = issuer
                    .as_ref()
                    .map(|issuer| format!(" (issuer: \"{issuer}\")"))
                    .unwrap_or_default();
                Error::config(format!(
                    "The secure connection to {host} is not trusted: its certificate comes from an issuer this \
                     machine does not know{named}. Nothing was sent."
                ))
                .hint(
                    "Usually the company's network re-signs traffic. Ask IT for its root certificate (PEM) and add \
                     it under Settings, authorities.",
                )
            }
            Refused::Expired(end) => Error::config(format!(
                "The certificate of {host} ended{}, or this computer's clock is wrong.",
                on(*end)
            ))
            .hint("Check the clock of this computer first; then show this to the one who runs the server."),
            Refused::NotYet(start) => Error::config(format!(
                "The certificate of {host} is valid only{}: this computer's clock is probably behind.",
                on(*start).replacen(" on", " from", 1)
            ))
            .hint("Set this computer's clock (time settings of the system)."),
            Refused::Name => Error::config(format!(
                "The certificate that was shown is not for {host}. Nothing was sent."
            ))
            .hint(
                "Check the address. If it is right, a proxy or another server answers in its place: ask IT.",
            ),
            Refused::Other => Error::config(format!(
                "No secure connection to {host}: its certificate was refused."
            ))
            .hint("Show this to IT, together with the raw text."),
        }
    }

    pub(super) fn too_large(&self, cap: usize) -> Error {
        Error::unavailable(format!(
            "The answer of {} is larger than {} MiB and was not taken.",
            self.host,
            cap >> 20
        ))
        .hint("Ask for fewer records at a time.")
    }
}

const AGAIN: &str = "It is tried again by itself. If it stays so, check the network of this machine.";

fn on(instant: Option<Timestamp>) -> String {
    instant
        .map(|instant| format!(" on {}", instant.strftime("%-d %b %Y")))
        .unwrap_or_default()
}

/// Why a certificate was refused.
#[derive(Debug)]
enum Refused {
    Issuer(Option<String>),
    Expired(Option<Timestamp>),
    NotYet(Option<Timestamp>),
    Name,
    Other,
}

fn certificate(error: &reqwest::Error) -> Option<Refused> {
    let instant = |time: &UnixTime| Timestamp::from_second(time.as_secs() as i64).ok();
    let rustls::Error::InvalidCertificate(refused) = chain(error).find_map(beneath::<rustls::Error>)? else {
        return None;
    };
    Some(match refused {
        CertificateError::UnknownIssuer => Refused::Issuer(None),
        CertificateError::Other(other) => match other.0.downcast_ref::<UnknownIssuer>() {
            Some(UnknownIssuer(issuer)) => Refused::Issuer(Some(issuer.clone())),
            None => Refused::Other,
        },
        CertificateError::Expired => Refused::Expired(None),
        CertificateError::ExpiredContext { not_after, .. } => Refused::Expired(instant(not_after)),
        CertificateError::NotValidYet => Refused::NotYet(None),
        CertificateError::NotValidYetContext { not_before, .. } => Refused::NotYet(instant(not_before)),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Refused::Name,
        _ => Refused::Other,
    })
}

fn kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    chain(error)
        .find_map(|error| error.downcast_ref::<io::Error>())
        .map(io::Error::kind)
}

fn mentions(error: &reqwest::Error, text: &str) -> bool {
    chain(error).any(|error| error.to_string().contains(text))
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(Some(error as &(dyn StdError + 'static)), |error| {
        StdError::source(*error)
    })
}

/// An error of type `E`, also one wrapped in an [`io::Error`], whose `source` skips what it wraps.
fn beneath<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    if let Some(found) = error.downcast_ref::<E>() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<io::Error>()?.get_ref()?;
    beneath(wrapped)
}
