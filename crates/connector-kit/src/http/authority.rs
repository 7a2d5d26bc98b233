//! Certificates of authorities that a company adds to the system's own: what they say of themselves.

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use x509_parser::{prelude::FromDer, x509::X509Name};

use crate::{Error, Result};

/// An authority's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Whose it is: its common name, or its organisation.
    pub subject: String,
    /// Who vouches for it; itself, for a root.
    pub issuer: String,
    /// Nobody trusts it before.
    pub begins_at: Timestamp,
    /// Nobody trusts it afterwards.
    pub ends_at: Timestamp,
    /// Whether it may vouch for others; a server's own certificate may not.
    pub may_vouch: bool,
}

impl Authority {
    /// The certificates in a PEM text, in their order; never none.
    ///
    /// # Errors
    /// Config when the text holds no certificate, or one that cannot be read.
    pub fn all(pem: &[u8]) -> Result<Vec<Self>> {
        let unreadable = |fact: &str| {
            Error::config(format!("the text {fact}")).hint(
                "It must be PEM with `-----BEGIN CERTIFICATE-----`. Ask IT for the root certificate in that form.",
            )
        };
        let found: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable("is not whole PEM").source(error))?;
        if found.is_empty() {
            return Err(unreadable("holds no certificate"));
        }
        let read = |der: &CertificateDer<'_>| {
            Self::read(der).ok_or_else(|| unreadable("holds a certificate that cannot be read"))
        };
        found.iter().map(read).collect()
    }

    fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        let instant = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            begins_at: instant(validity.not_before)?,
            ends_at: instant(validity.not_after)?,
            may_vouch: certificate.is_ca(),
        })
    }
}

/// The name people know: the common name, else the organisation, else all of it.
fn name(name: &X509Name<'_>) -> String {
    let mut short = name.iter_common_name().chain(name.iter_organization());
    let short = short.find_map(|part| part.as_str().ok()).map(str::to_owned);
    let text = short.unwrap_or_else(|| name.to_string());
    text.chars().filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use super::Authority;

    fn pem(name: &str, authority: bool) -> String {
        let mut params = CertificateParams::new(vec![]).expect("no names are right");
        params.distinguished_name.push(DnType::CommonName, name);
        if authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let key = KeyPair::generate().expect("a key");
        params.self_signed(&key).expect("it signs itself").pem()
    }

    #[test]
    fn a_certificate_says_whose_it_is_and_what_it_may() {
        let both = pem("Example Root", true) + &pem("proxy.example", false);
        let found = Authority::all(both.as_bytes()).expect("it is PEM");
        let said: Vec<_> = found
            .iter()
            .map(|one| (one.subject.as_str(), one.may_vouch))
            .collect();
        assert_eq!(said, [("Example Root", true), ("proxy.example", false)]);
        assert!(found[0].begins_at < found[0].ends_at);
        assert_eq!(found[0].issuer, "Example Root", "a root vouches for itself");
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let whole = pem("Example Root", true);
        for text in ["", "hello", &whole[..whole.len() / 2], &whole.replace('M', "N")] {
            assert!(Authority::all(text.as_bytes()).is_err(), "{text}");
        }
    }
}
