//! Hosts from which the agent fetches pictures itself: the store cannot reach what lies in the merchant's own network.
//!
//! Rows come from other systems, so an address in one of them is no reason to ask anything there. A person names the hosts in
//! the connection; nothing secret goes to them, a redirect is not followed, and what comes has to be a picture before it is
//! passed on: a store's pictures are for everybody to see.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use connector_kit::{
    Error, Host, Result,
    http::{Answer, Client, Request},
};
use url::{Position, Url};

/// Hosts that a person named.
#[derive(Default)]
pub(in crate::bigcommerce) struct PictureHosts {
    named: Vec<Named>,
    clients: Mutex<HashMap<String, Client>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Named {
    host: String,
    /// The usual one of the scheme where none was said.
    port: Option<u16>,
}

/// A picture as it came.
pub(super) struct Fetched {
    pub(super) content: Bytes,
    /// `jpg`, `png`, …, by what it is, whatever its address says.
    pub(super) ending: &'static str,
}

impl PictureHosts {
    /// From the connection's setting: `nas.local, 192.168.1.20:8080`. Err: Config.
    pub(in crate::bigcommerce) fn read(setting: Option<&str>) -> Result<Self> {
        let parts = setting.unwrap_or_default().split([',', ';', ' ', '\n']);
        let named = parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Named::read);
        Ok(Self {
            named: named.collect::<Result<_>>()?,
            clients: Mutex::default(),
        })
    }

    pub(super) fn has(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https")
            && self.named.iter().any(|named| {
                url.host_str() == Some(&named.host)
                    && (url.port() == named.port || url.port_or_known_default() == named.port)
            })
    }

    /// Fetches a picture from one of these hosts. Rejected: it is not there, or is no picture. Unavailable: the host gives no
    /// answer to anything.
    pub(super) async fn fetch(&self, url: &Url, host: &Host) -> Result<Fetched> {
        let client = self.client(url, host)?;
        let answer = match client.read(request(url)?).await {
            Ok(answer) => answer,
            Err(error) => return Err(blamed(error, &client).await),
        };
        let content = picture(url, answer)?;
        let ending = ending(&content).ok_or_else(|| {
            Error::rejected(format!("what lies at `{}` is no picture", shown(url)))
                .hint("The store takes JPEG, PNG, GIF, BMP and WEBP. Open the address in a browser on this machine.")
        })?;
        Ok(Fetched { content, ending })
    }

    fn client(&self, url: &Url, host: &Host) -> Result<Client> {
        let base = &url[..Position::BeforePath];
        let mut all = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = all.get(base) {
            return Ok(client.clone());
        }
        let client = Client::of_files(base, host)?;
        all.insert(base.to_owned(), client.clone());
        Ok(client)
    }
}

impl Named {
    fn read(written: &str) -> Result<Self> {
        let wrong = || {
            Error::config(format!("`picture_hosts`: `{written}` is no host")).hint(
                "Write names or numbers with commas between them, such as `nas.local, 192.168.1.20:8080`.",
            )
        };
        let written = written.trim_end_matches('/');
        let bare = written
            .strip_prefix("http://")
            .or_else(|| written.strip_prefix("https://"))
            .unwrap_or(written);
        // With the usual port of this scheme a port that is said stays to be seen.
        let url = Url::parse(&format!("ftp://{bare}/")).map_err(|_| wrong())?;
        let is_host = !bare.is_empty()
            && !bare.ends_with(':')
            && bare.parse::<u16>().is_err()
            && url.username().is_empty()
            && url.path() == "/";
        let host = url.host_str().filter(|_| is_host).ok_or_else(wrong)?;
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port: url.port(),
        })
    }
}

/// Whose fault it is that no answer came: one picture's, where the host answers to something else, so that it holds up no other
/// record; else the host's, and the run waits for it.
async fn blamed(error: Error, client: &Client) -> Error {
    if !error.is_unavailable() || client.read(Request::get("").sensitive()).await.is_err() {
        return error;
    }
    let hint = error.hint.clone().unwrap_or_default();
    Error::rejected(error.message).hint(hint)
}

fn request(url: &Url) -> Result<Request> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            Error::rejected("the address of an image holds a user name or a password")
                .hint("Let the folder be read without one, and map the address without it."),
        );
    }
    let mut request = Request::get(url.path().trim_start_matches('/')).sensitive();
    for (name, value) in url.query_pairs() {
        request = request.query(name, value);
    }
    Ok(request)
}

/// What came, when it is all right.
fn picture(url: &Url, answer: Answer) -> Result<Bytes> {
    let place = shown(url);
    let status = answer.status;
    Err(match status {
        200 => return Ok(answer.body),
        300..=399 => Error::rejected(format!("`{place}` leads to another address ({status})"))
            .hint("Map the address that it leads to."),
        401 | 403 | 407 => Error::rejected(format!("`{place}` may not be read ({status})"))
            .hint("Let this machine read it without a login, or put the file into the connection's folder of pictures."),
        _ => Error::rejected(format!("there is no picture at `{place}` ({status})"))
            .hint("Put it there, or correct its address; then retry."),
    })
}

/// Without the query, which may hold a key.
fn shown(url: &Url) -> &str {
    &url[..Position::AfterPath]
}

/// By the first bytes of each kind that the store takes (BigCommerce: "BMP, GIF, JPEG, PNG, WBMP, XBM, and WEBP"; the two left
/// out cannot be told from other things).
fn ending(content: &[u8]) -> Option<&'static str> {
    match content {
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'B', b'M', ..] if content.len() > 26 => Some("bmp"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::Arc,
        time::Duration,
    };

    use connector_kit::{Clock, Kind, NoCache, async_trait, http::Network};
    use jiff::Timestamp;

    use super::*;

    /// Its waits are over at once.
    struct Hurried;

    #[async_trait]
    impl Clock for Hurried {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        async fn sleep(&self, _duration: Duration) {
            tokio::task::yield_now().await;
        }
    }

    async fn failure(address: &str) -> Error {
        let url = Url::parse(address).unwrap();
        let hosts = PictureHosts::read(Some(&url[Position::BeforeHost..Position::AfterPort])).unwrap();
        let host = Host {
            clock: Arc::new(Hurried),
            network: Arc::new(Network::default()),
            base: std::env::temp_dir(),
            cache: Arc::new(NoCache),
            priority: connector_kit::http::Priority::High,
        };
        let fetched = hosts.fetch(&url, &host).await;
        fetched.err().expect("there is no picture")
    }

    #[tokio::test]
    async fn a_host_that_is_down_is_waited_for_and_one_broken_picture_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = std::thread::spawn(move || {
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = [0; 1024];
                let read = stream.read(&mut asked).unwrap();
                // The picture's connection is cut; the root is answered to.
                if asked[..read].starts_with(b"GET / ") {
                    stream
                        .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                        .unwrap();
                    return;
                }
            }
        });
        let picture = format!("http://{address}/mug.png");
        assert_eq!(
            failure(&picture).await.kind,
            Kind::Rejected,
            "one record's matter"
        );
        serving.join().unwrap();
        assert!(
            failure(&picture).await.is_unavailable(),
            "nobody listens any more"
        );
    }

    #[test]
    fn hosts_are_named_with_their_ports() {
        let hosts = PictureHosts::read(Some(
            "NAS.local, 192.168.1.20:8080; https://cdn.example.com/ [fd00::7]:81",
        ));
        let hosts = hosts.unwrap();
        let has = |address: &str| hosts.has(&Url::parse(address).unwrap());
        for address in [
            "http://nas.local/a.jpg",
            "https://nas.local/a.jpg",
            "http://192.168.1.20:8080/a.jpg",
            "https://cdn.example.com/a.jpg?key=1",
            "http://[fd00::7]:81/a.jpg",
        ] {
            assert!(has(address), "{address}");
        }
        for address in [
            "http://nas.local:8080/a.jpg",
            "http://192.168.1.20/a.jpg",
            "http://other.local/a.jpg",
            "http://nas.local.evil.example/a.jpg",
            "ftp://nas.local/a.jpg",
        ] {
            assert!(!has(address), "{address}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for wrong in ["nas.local/pictures", "me:secret@nas", "8080", "a b:c", "http://"] {
            let read = PictureHosts::read(Some(wrong));
            assert!(read.is_err(), "{wrong}");
        }
        assert!(PictureHosts::read(Some(" , ")).unwrap().named.is_empty());
        assert!(PictureHosts::read(None).unwrap().named.is_empty());
    }

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        assert_eq!(ending(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("jpg"));
        assert_eq!(ending(b"\x89PNG\r\n\x1a\n\0\0"), Some("png"));
        assert_eq!(ending(b"RIFF\x10\0\0\0WEBPVP8 "), Some("webp"));
        for other in [&b"<html>"[..], b"", b"BM", b"%PDF-1.7", b"{\"a\":1}"] {
            assert_eq!(ending(other), None, "{other:?}");
        }
    }
}
