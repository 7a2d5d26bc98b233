//! A company's network around a store: a proxy that is the only way out, and TLS that an authority of the company's own
//! vouches for. Both are real, on loopback.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{
        AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy_bidirectional,
    },
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// The name under which the company knows the store; no name server does.
const HOST: &str = "store.contoso.example";
/// The vendor's own names, as a store with the hash `sandbox1` has them.
const VENDOR: [&str; 3] = [
    "api.bigcommerce.com",
    "login.bigcommerce.com",
    "store-sandbox1.mybigcommerce.com",
];
/// Who signs in this company.
const AUTHORITY: &str = "Contoso Inspection CA";

/// A company's network, for as long as its world lives.
pub struct Company {
    proxy: SocketAddr,
    authority: String,
    path: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Company {
    pub(crate) async fn around(api_path: &str) -> Self {
        Self::under(api_path, &[HOST]).await
    }

    /// The store answers under the vendor's own names.
    pub(crate) async fn of_vendor(api_path: &str) -> Self {
        Self::under(api_path, &VENDOR).await
    }

    async fn under(api_path: &str, names: &[&str]) -> Self {
        let rest = api_path.trim_start_matches("http://");
        let (store, path) = rest.split_once('/').expect("an API path has a path");
        let (authority, acceptor) = certificates(names);
        let inside = listen_with_tls(store.to_owned(), acceptor).await;
        let asked = Arc::default();
        Self {
            proxy: listen_as_proxy(inside, Arc::clone(&asked)).await,
            authority,
            path: path.to_owned(),
            asked,
        }
    }

    /// The store's API path as the company writes it.
    pub fn api_path(&self) -> String {
        format!("https://{HOST}/{}", self.path)
    }

    /// The host that has to be allowed.
    pub fn host(&self) -> &'static str {
        HOST
    }

    /// The proxy's address, as the setting `proxy` takes it.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// The name of the authority.
    pub fn authority(&self) -> &'static str {
        AUTHORITY
    }

    /// The authority's certificate.
    pub fn pem(&self) -> &str {
        &self.authority
    }

    /// What the proxy was asked to connect to.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

/// The authority's certificate, one that it signed for these names, and its key; all PEM.
pub(crate) fn certificate(names: &[&str]) -> (String, String, String) {
    let mut root = CertificateParams::new(Vec::new()).expect("no names are right");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name.push(DnType::CommonName, AUTHORITY);
    let issuer =
        CertifiedIssuer::self_signed(root, KeyPair::generate().expect("a key")).expect("it signs itself");
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let leaf = CertificateParams::new(names).expect("names");
    let certificate = leaf.signed_by(&key, &issuer).expect("the authority signs");
    (issuer.pem(), certificate.pem(), key.serialize_pem())
}

/// The authority's certificate, and TLS with a certificate that it signed.
fn certificates(names: &[&str]) -> (String, TlsAcceptor) {
    let (authority, chain, key) = certificate(names);
    let chain = CertificateDer::from_pem_slice(chain.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the usual versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("the key is the certificate's");
    (authority, TlsAcceptor::from(Arc::new(config)))
}

/// Takes TLS off and passes on to the store.
async fn listen_with_tls(store: String, acceptor: TlsAcceptor) -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, store) = (acceptor.clone(), store.clone());
            tokio::spawn(async move {
                let outside = acceptor.accept(stream).await.ok()?;
                let inside = TcpStream::connect(&store).await.ok()?;
                let (asks, mut answered) = tokio::io::split(outside);
                let (mut answers, asked) = inside.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut answers, &mut answered).await });
                ask_as(&store, BufReader::new(asks), asked).await
            });
        }
    });
    address
}

/// Passes requests on, under the store's own address: it answers to no other.
async fn ask_as(
    store: &str,
    mut from: impl AsyncBufRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> Option<()> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let lower = line.to_ascii_lowercase();
        if lower.starts_with("host:") {
            line = format!("Host: {store}\r\n");
        }
        if let Some(told) = lower.strip_prefix("content-length:") {
            length = told.trim().parse().ok()?;
        }
        to.write_all(line.as_bytes()).await.ok()?;
        if lower == "\r\n" && length > 0 {
            let mut body = vec![0; std::mem::take(&mut length)];
            from.read_exact(&mut body).await.ok()?;
            to.write_all(&body).await.ok()?;
        }
    }
}

/// A proxy that knows one way: whatever is asked for is the store.
async fn listen_as_proxy(to: SocketAddr, asked: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pass_on(stream, to, asked.clone()));
        }
    });
    address
}

async fn pass_on(stream: TcpStream, to: SocketAddr, asked: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut client = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = client.read_line(&mut head).await.ok()?;
        if read == 0 {
            return None;
        }
    }
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    asked.lock().ok()?.push(target);
    let mut server = TcpStream::connect(to).await.ok()?;
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await
        .ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}
