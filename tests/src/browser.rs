//! A person's browser, as far as a sign-in needs one: it opens an address, follows where it is sent, and shows a page.
//! Like a person who was asked, it trusts the certificate of this machine.

use std::{net::SocketAddr, sync::Arc};

use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// What a browser shows in the end.
#[derive(Debug)]
pub struct Shown {
    /// The addresses it went to.
    pub went: Vec<String>,
    /// The last answer's status.
    pub status: u16,
    /// The last answer.
    pub page: String,
}

impl Shown {
    /// The address that it ended at: what a person would copy.
    pub fn at(&self) -> &str {
        self.went.last().expect("it went somewhere")
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

pub(crate) fn browse(runtime: &tokio::runtime::Runtime, store: SocketAddr, address: &str) -> Shown {
    runtime.block_on(follow(store, address))
}

async fn follow(store: SocketAddr, address: &str) -> Shown {
    let mut went = vec![address.to_owned()];
    loop {
        let at = went.last().expect("one at least").clone();
        let at = at.replace("https://login.bigcommerce.com", &format!("http://{store}"));
        let Some((status, head, page)) = get(&at).await else {
            // A public address that this machine does not reach: the person sees it in the address bar.
            return Shown {
                went,
                status: 0,
                page: String::new(),
            };
        };
        let next = head.lines().find_map(|line| line.strip_prefix("location: "));
        match next.filter(|_| status == 302 && went.len() < 6) {
            Some(next) => went.push(next.to_owned()),
            None => return Shown { went, status, page },
        }
    }
}

async fn get(address: &str) -> Option<(u16, String, String)> {
    let (scheme, rest) = address.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    if !authority.starts_with("127.0.0.1:") && !authority.starts_with("localhost:") {
        return None;
    }
    let stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1"))
        .await
        .ok()?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    if scheme == "http" {
        return answer(stream, &request).await;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Asked(provider)))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").ok()?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .ok()?;
    answer(stream, &request).await
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> Option<(u16, String, String)> {
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut text = Vec::new();
    // TLS may be ended without a goodbye.
    drop(stream.read_to_end(&mut text).await);
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, page) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head.to_owned(), page.to_owned()))
}

/// A person who was asked about the certificate, and said yes.
#[derive(Debug)]
struct Asked(Arc<CryptoProvider>);

impl ServerCertVerifier for Asked {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
