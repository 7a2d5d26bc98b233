//! TLS for a listener that lives for minutes: a certificate made for it, which no authority vouches for. A browser asks
//! about it once; its fingerprint can be compared. The key is never written anywhere.

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio_rustls::TlsAcceptor;

use crate::{Error, Result};

/// TLS with a certificate for these names of this machine, and the certificate's fingerprint.
pub(super) fn acceptor(names: &[&str]) -> Result<(TlsAcceptor, String)> {
    let broken = |error: String| Error::bug(format!("no certificate can be made for the sign-in: {error}"));
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut wanted = CertificateParams::new(names).map_err(|error| broken(error.to_string()))?;
    wanted
        .distinguished_name
        .push(DnType::CommonName, "Processflow Agent sign-in");
    let key = KeyPair::generate().map_err(|error| broken(error.to_string()))?;
    let signed = wanted
        .self_signed(&key)
        .map_err(|error| broken(error.to_string()))?;
    let chain = vec![CertificateDer::from(signed.der().to_vec())];
    let fingerprint = fingerprint(&chain[0]);
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| broken(error.to_owned()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| broken(error.to_string()))?;
    Ok((TlsAcceptor::from(Arc::new(config)), fingerprint))
}

/// SHA-256 as browsers show it: `AB:CD:…`.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    use rustls::crypto::hash::HashAlgorithm;
    let suites = aws_lc_rs::DEFAULT_CIPHER_SUITES;
    let sha256 = suites
        .iter()
        .map(|suite| match suite {
            rustls::SupportedCipherSuite::Tls13(suite) => suite.common.hash_provider,
            rustls::SupportedCipherSuite::Tls12(suite) => suite.common.hash_provider,
        })
        .find(|hash| hash.algorithm() == HashAlgorithm::SHA256)
        .expect("every TLS has a suite with SHA-256");
    let hash = sha256.hash(certificate);
    let pairs: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}
