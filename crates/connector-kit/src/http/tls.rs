//! Who is trusted: the system's certificate authorities and those a person added. Nothing switches the check
//! off. A refusal names the issuer of the certificate, because a network that re-signs traffic is the usual
//! cause and its issuer is what the company's IT can name.

use std::{fmt, path::PathBuf, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::{Error, Result};

/// A configuration for every connection of the agent; sessions are resumed across them.
#[derive(Clone)]
pub(super) struct Config(pub(super) ClientConfig);

impl Config {
    pub(super) fn new(authorities: &[PathBuf]) -> Result<Self> {
        let unusable = |error: rustls::Error| {
            Error::config("the certificate authorities of this machine cannot be read")
                .hint("Install the system's certificates (Debian: `apt install ca-certificates`).")
                .source(error)
        };
        let mut extra = Vec::new();
        for file in authorities {
            extra.extend(certificates(file)?);
        }
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let system = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(unusable)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous() // the name of the method for an own verifier; ours only adds to the system's
            .with_custom_certificate_verifier(Arc::new(NamesIssuer(system)))
            .with_no_client_auth();
        Ok(Self(config))
    }
}

pub(super) fn certificates(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |fact: &str| {
        Error::config(format!("the certificate file {} {fact}", file.display()))
            .hint("It must be PEM text with `-----BEGIN CERTIFICATE-----`. Ask IT for the root certificate in that form.")
    };
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|error| unreadable("cannot be read").source(error))?;
    if found.is_empty() {
        return Err(unreadable("holds no certificate"));
    }
    Ok(found)
}

/// A certificate whose issuer nobody here knows.
#[derive(Debug)]
pub(super) struct UnknownIssuer(pub(super) String);

impl fmt::Display for UnknownIssuer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "unknown certificate issuer `{}`", self.0)
    }
}

impl std::error::Error for UnknownIssuer {}

/// The system's verifier, whose refusals of an issuer say which.
#[derive(Debug)]
struct NamesIssuer(Verifier);

impl ServerCertVerifier for NamesIssuer {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.0
            .verify_server_cert(certificate, between, name, ocsp, now)
            .map_err(|error| match error {
                rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    let top = between.last().unwrap_or(certificate);
                    issuer(top).map_or(error, |issuer| {
                        let named = OtherError(Arc::new(UnknownIssuer(issuer)));
                        rustls::Error::InvalidCertificate(CertificateError::Other(named))
                    })
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// The issuer's common name, or its organisation.
fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    const COMMON_NAME: [u8; 3] = [0x55, 4, 3];
    const ORGANISATION: [u8; 3] = [0x55, 4, 10];
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let name = certificate.issuer();
    attribute(name, COMMON_NAME).or_else(|| attribute(name, ORGANISATION))
}

/// The value of one attribute in a distinguished name (DER): its object identifier, then a short string.
fn attribute(name: &[u8], identifier: [u8; 3]) -> Option<String> {
    let at = name.windows(3).position(|bytes| bytes == identifier)? + 3;
    let length = usize::from(*name.get(at + 1)?);
    let text = std::str::from_utf8(name.get(at + 2..at + 2 + length)?).ok()?;
    Some(text.chars().filter(|c| !c.is_control()).collect())
}
