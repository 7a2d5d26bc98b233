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

/// What is wrong with a certificate; by default nothing.
#[derive(Clone, Copy)]
struct Flaw {
    name: &'static str,
    begins: i32,
    ends: i32,
    /// Who vouches for it is known, and no authority.
    by_nobody: bool,
    /// It vouches for itself.
    by_itself: bool,
    /// Until when the one between it and the authority is good.
    between_ends: i32,
    /// It is for signing code.
    for_code: bool,
}

const FLAWLESS: Flaw = Flaw {
    name: "localhost",
    begins: 2000,
    ends: 2099,
    by_nobody: false,
    by_itself: false,
    between_ends: 2099,
    for_code: false,
};

async fn company(name: &'static str, ends: i32) -> Company {
    flawed(Flaw {
        name,
        ends,
        ..FLAWLESS
    })
    .await
}

async fn flawed(flaw: Flaw) -> Company {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(DnType::CommonName, "Contoso Inspection CA");
    let issuer = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new([flaw.name.to_owned()]).unwrap();
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "Contoso Shop");
    leaf.not_before = rcgen::date_time_ymd(flaw.begins, 1, 1);
    leaf.not_after = rcgen::date_time_ymd(flaw.ends, 9, 14);
    if flaw.for_code {
        leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::CodeSigning];
    }
    let mut between = CertificateParams::new(["somebody.example".to_owned()]).unwrap();
    between.distinguished_name.push(DnType::CommonName, "Somebody");
    between.not_after = rcgen::date_time_ymd(flaw.between_ends, 1, 1);
    if !flaw.by_nobody {
        between.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    }
    let between = CertifiedIssuer::signed_by(between, KeyPair::generate().unwrap(), &issuer).unwrap();
    let certificate = if flaw.by_itself {
        leaf.self_signed(&key).unwrap()
    } else {
        leaf.signed_by(&key, &between).unwrap()
    };
    let mut chain = vec![certificate.der().clone()];
    if !flaw.by_itself {
        chain.push(between.der().clone());
    }
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
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
async fn flawed_certificates_are_refused_in_words() {
    for (flaw, words) in [
        (
            Flaw {
                ends: 2001,
                ..FLAWLESS
            },
            "ended on 14 Sep 2001",
        ),
        (
            Flaw {
                begins: 2090,
                ..FLAWLESS
            },
            "valid only from 1 Jan 2090",
        ),
        (
            Flaw {
                name: "other.example",
                ..FLAWLESS
            },
            "is not for localhost",
        ),
        (
            Flaw {
                name: "localhost.evil.example",
                ..FLAWLESS
            },
            "is not for localhost",
        ),
        (
            Flaw {
                by_itself: true,
                ..FLAWLESS
            },
            "issuer: \"Contoso Shop\"",
        ),
        (
            Flaw {
                by_nobody: true,
                ..FLAWLESS
            },
            "its certificate was refused",
        ),
        (
            Flaw {
                between_ends: 2001,
                ..FLAWLESS
            },
            "ended",
        ),
        (
            Flaw {
                for_code: true,
                ..FLAWLESS
            },
            "its certificate was refused",
        ),
    ] {
        let company = flawed(flaw).await;
        let sent = trusting(&company, async |client| client.write(create()).await).await;
        let Sent::NotSent(error) = sent else {
            panic!("{words}: {sent:?}")
        };
        assert_eq!(error.kind, Kind::Config, "a person must act: {error:?}");
        assert!(error.message.contains(words), "{words}: {error:?}");
        assert!(error.hint.is_some(), "{words}: the next step is said");
        assert!(
            company.heard.lock().unwrap().is_empty(),
            "{words}: not one byte of a request"
        );
    }
}

/// Who answers without TLS, with TLS of long ago, or leaves in the middle: nothing is said to them, whatever they answer.
#[tokio::test]
async fn nothing_is_sent_without_the_tls_of_today() {
    const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    const ELSEWHERE: &[u8] =
        b"HTTP/1.1 301 Moved\r\nLocation: http://localhost/\r\nContent-Length: 0\r\n\r\n";
    const TOO_OLD: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46";
    // A greeting that chooses TLS 1.1 and a cipher of its time.
    let mut greeting = vec![0x16, 0x03, 0x02, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x02];
    greeting.extend([7; 32]);
    greeting.extend([0x00, 0x00, 0x2f, 0x00]);
    for (name, answer) in [
        ("plain HTTP", PLAIN),
        ("a redirect to plain HTTP", ELSEWHERE),
        ("TLS refused as too new", TOO_OLD),
        ("TLS 1.1", &greeting),
        ("half a greeting", &greeting[..20]),
        ("nothing", b""),
    ] {
        let server = Server::greeting(answer.to_vec()).await;
        let base = format!("https://localhost:{}/", server.address.port());
        let (client, _) = client_with(&base, Network::new(Proxy::Direct, vec![]));
        let sent = client.write(create()).await;
        assert!(matches!(sent, Sent::NotSent(_)), "{name}: {sent:?}");
        let heard = server.requests().concat();
        for secret in [TOKEN, "customers", "a@b.example"] {
            assert!(!heard.contains(secret), "{name}: {heard:?}");
        }
        assert!(server.connections() > 0, "{name}: somebody was there");
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
