//! Names, certificates, proxies: what is refused, with a sentence that says what to do, and nothing sent.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use connector_kit::{
    Kind,
    http::{Network, Proxy, Request, Sent},
};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    TOKEN, client_with, create,
    server::{Act, Server, html, json},
};

/// A company's own certificate authority, and a TLS server with a certificate of it.
struct Company {
    address: SocketAddr,
    authority: String,
    /// What the server got to read after the handshake.
    heard: Arc<Mutex<Vec<u8>>>,
}

async fn company(name: &str, ends: i32) -> Company {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(DnType::CommonName, "Contoso Inspection CA");
    let issuer = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new([name.to_owned()]).unwrap();
    leaf.not_after = rcgen::date_time_ymd(ends, 9, 14);
    let certificate = leaf.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let to = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut got = [0; 4096];
            let Ok(length) = stream.read(&mut got).await else {
                continue;
            };
            to.lock().unwrap().extend_from_slice(&got[..length]);
            stream
                .write_all(&json("200 OK", "Connection: close\r\n", "{}"))
                .await
                .ok();
        }
    });
    Company {
        address,
        authority: issuer.pem(),
        heard,
    }
}

/// A client for the company's server that trusts its authority besides the system's.
async fn trusting(company: &Company, sent: impl AsyncFnOnce(connector_kit::http::Client) -> Sent) -> Sent {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &company.authority).unwrap();
    let network = Network::new(Proxy::Direct, vec![file.path().to_owned()]);
    let (client, _) = client_with(&format!("https://localhost:{}/", company.address.port()), network);
    sent(client).await
}

#[tokio::test]
async fn an_unknown_issuer_is_named_and_nothing_is_sent() {
    let company = company("localhost", 2099).await;
    let base = format!("https://localhost:{}/", company.address.port());
    let (client, clock) = client_with(&base, Network::new(Proxy::Direct, vec![]));
    let Sent::NotSent(error) = client.write(create()).await else {
        panic!("a refused certificate sends nothing")
    };
    assert_eq!(error.kind, Kind::Config, "waiting does not help: {error:?}");
    assert!(
        error.message.contains("Contoso Inspection CA"),
        "IT can name its own issuer: {error}"
    );
    assert!(
        company.heard.lock().unwrap().is_empty(),
        "not one byte of a request"
    );
    assert!(clock.total().is_zero(), "it is not tried again");
}

#[tokio::test]
async fn an_authority_that_was_added_is_trusted() {
    let company = company("localhost", 2099).await;
    let sent = trusting(&company, async |client| client.write(create()).await).await;
    assert!(matches!(sent, Sent::Answered(_)), "{sent:?}");
    let heard = String::from_utf8(company.heard.lock().unwrap().clone()).unwrap();
    assert!(heard.contains(TOKEN), "inside TLS the token goes along");
}

#[tokio::test]
async fn expired_and_foreign_certificates_are_refused_in_words() {
    for (name, ends, words) in [
        ("localhost", 2001, "ended on 14 Sep 2001"),
        ("other.example", 2099, "is not for localhost"),
    ] {
        let company = company(name, ends).await;
        let sent = trusting(&company, async |client| client.write(create()).await).await;
        let Sent::NotSent(error) = sent else {
            panic!("{sent:?}")
        };
        assert_eq!(error.kind, Kind::Config, "{error:?}");
        assert!(error.message.contains(words), "{error:?}");
        assert!(company.heard.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_file_without_certificates_is_refused_by_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let network = Network::new(Proxy::Direct, vec![file.path().to_owned()]);
    let host = connector_kit::Host {
        clock: Arc::new(crate::Skipping::default()),
        network: Arc::new(network),
        base: "".into(),
        cache: Arc::new(connector_kit::NoCache),
        priority: connector_kit::http::Priority::High,
    };
    let error = connector_kit::http::Client::new("https://h/", "h", None, &host)
        .err()
        .unwrap();
    assert_eq!(error.kind, Kind::Config);
    assert!(
        error.message.contains(&file.path().display().to_string()),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_said() {
    let (client, _) = client_with(
        "https://no-such-store.invalid/",
        Network::new(Proxy::Direct, vec![]),
    );
    let Sent::NotSent(error) = client.write(create()).await else {
        panic!("nobody was there")
    };
    assert!(
        error.message.contains("no-such-store.invalid was not found"),
        "{error:?}"
    );
    assert!(error.is_unavailable(), "the machine may be offline");
}

#[tokio::test]
async fn https_goes_through_a_proxy_as_a_tunnel_only() {
    for (answer, words, kind) in [
        ("407 Proxy Authentication Required", "wants a login", Kind::Config),
        (
            "403 Forbidden",
            "did not let us through",
            Kind::Unavailable { retry_after: None },
        ),
    ] {
        let proxy = Server::start(vec![Act::Last(html(answer, "no")); 9]).await;
        let address = format!("http://user:pa55@{}", proxy.address);
        let network = Network::new(Proxy::Address(address), vec![]);
        let (client, _) = client_with("https://api.example.com/", network);
        let Sent::NotSent(error) = client.write(create()).await else {
            panic!("the proxy refused")
        };
        assert!(error.message.contains(words), "{error:?}");
        assert_eq!(error.kind, kind);
        let heard = proxy.requests().join("\n");
        assert!(heard.starts_with("CONNECT api.example.com:443 "), "{heard}");
        assert!(!heard.contains(TOKEN), "the proxy sees no token: {heard}");
        assert!(
            !format!("{error:?}").contains("pa55"),
            "nor does a message hold the proxy's password"
        );
    }
}

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy() {
    let (proxy, server) = (Server::start([]).await, Server::start([]).await);
    let network = Network::new(Proxy::Address(format!("http://{}", proxy.address)), vec![]);
    let (client, _) = client_with(&server.base(), network);
    client.read(Request::get("x")).await.unwrap();
    assert_eq!((server.requests().len(), proxy.connections()), (1, 0));
}

#[tokio::test]
async fn an_observer_sees_what_was_sent_without_headers() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let to = seen.clone();
    let network = Network::new(Proxy::Direct, vec![]).observed(move |record| {
        to.lock().unwrap().push(format!("{record:?}"));
    });
    let server = Server::start([Act::Answer(json("422 x", "", "{}"))]).await;
    let (client, _) = client_with(&server.base(), network);
    client.write(create().query("a", "b c")).await;
    let seen = seen.lock().unwrap().join("\n");
    assert!(
        seen.contains("Post") && seen.contains("/stores/abc/v3/customers?a=b%20c"),
        "{seen}"
    );
    assert!(seen.contains("422") && !seen.contains(TOKEN), "{seen}");
}
