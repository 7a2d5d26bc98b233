//! Where a store lives: what people paste as "API Path", understood. The token goes to this host and no other, so
//! anything that merely looks like BigCommerce's is refused.

use connector_kit::{Error, Result};
use url::{Host, Url};

use super::settings::{AllowHost, Auth};

/// BigCommerce's one host for all stores.
const API_HOST: &str = "api.bigcommerce.com";

/// `https://api.bigcommerce.com`
pub(super) fn api_origin() -> String {
    format!("https://{API_HOST}")
}

/// A store's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `https://api.bigcommerce.com`, with its port where it has one.
    pub(super) origin: String,
    /// The store hash: a path segment, permanent, no secret.
    pub(super) hash: String,
    /// A legacy account lives on the store's own host, below `/api/`, and has v2 alone.
    pub(super) legacy: bool,
    /// This machine itself: a store that only pretends.
    pub(super) loopback: bool,
}

impl Address {
    /// Understands a bare hash, `stores/{hash}`, the full API address with v2, v3 or neither, and the store's admin
    /// address. Err: Config, saying what is wrong with it.
    pub(super) fn read(api_path: &str, auth: Auth, allowed: &AllowHost) -> Result<Self> {
        let text = api_path.trim();
        if text.is_empty() {
            return Err(Error::config("the API Path is empty").hint(WHERE));
        }
        if text
            .contains(|letter: char| letter.is_control() || letter.is_whitespace() || r"\@%".contains(letter))
        {
            return Err(Error::config(format!(
                "the API Path `{text}` holds a sign that has no place in it"
            ))
            .hint(WHERE));
        }
        let url = Url::parse(&completed(text)).map_err(|error| not_an_address(text).source(error))?;
        match url.host() {
            Some(Host::Domain(domain)) => Self::on_domain(&url, domain, auth, allowed),
            Some(Host::Ipv4(ip)) if ip.is_loopback() => Self::of_loopback(&url, auth),
            Some(Host::Ipv6(ip)) if ip.is_loopback() => Self::of_loopback(&url, auth),
            Some(host) => Self::elsewhere(&url, &host.to_string(), auth, allowed),
            None => Err(not_an_address(text)),
        }
    }

    fn on_domain(url: &Url, domain: &str, auth: Auth, allowed: &AllowHost) -> Result<Self> {
        let plain = url.scheme() == "https" && url.port().is_none();
        if domain == "localhost" {
            return Self::of_loopback(url, auth);
        }
        if domain == API_HOST && plain {
            return Ok(Self::of_store(&hash_of(url)?, auth));
        }
        let admin = domain
            .strip_prefix("store-")
            .and_then(|rest| rest.strip_suffix(".mybigcommerce.com"));
        match admin.map(without_channel) {
            Some(hash) if plain && is_hash(hash) => Ok(Self::of_store(hash, auth)),
            _ => Self::elsewhere(url, domain, auth, allowed),
        }
    }

    /// Whatever named the store: a legacy account is asked on the store's own host, all others on the one for all.
    fn of_store(hash: &str, auth: Auth) -> Self {
        let legacy = auth == Auth::Legacy;
        let origin = if legacy {
            format!("https://store-{hash}.mybigcommerce.com")
        } else {
            api_origin()
        };
        Self {
            origin,
            hash: hash.to_owned(),
            legacy,
            loopback: false,
        }
    }

    fn of_loopback(url: &Url, auth: Auth) -> Result<Self> {
        let origin = url.origin().ascii_serialization();
        let legacy = auth == Auth::Legacy;
        let hash = match url.path().trim_matches('/') {
            // A store's own host is the store; its address names no hash.
            "" | "api" | "api/v2" if legacy => url.host_str().unwrap_or_default().to_owned(),
            _ => hash_of(url)?,
        };
        Ok(Self {
            origin,
            hash,
            legacy,
            loopback: true,
        })
    }

    /// Any other host gets a token only when a person allowed exactly it.
    fn elsewhere(url: &Url, host: &str, auth: Auth, allowed: &AllowHost) -> Result<Self> {
        if !allowed.allows(host) {
            return Err(Error::config(format!("`{host}` is not BigCommerce's host, so the token would go to somebody else"))
                .hint(format!("Paste the API Path as the store's control panel shows it. If `{host}` is really meant, allow it once with `--allow-host {host}`.")));
        }
        if url.scheme() != "https" {
            return Err(Error::config(format!("`{host}` is only spoken to over https"))
                .hint("Write the address with https://."));
        }
        let origin = url.origin().ascii_serialization();
        if auth == Auth::Legacy {
            return Ok(Self {
                origin,
                hash: host.to_owned(),
                legacy: true,
                loopback: false,
            });
        }
        Ok(Self {
            origin,
            hash: hash_of(url)?,
            legacy: false,
            loopback: false,
        })
    }

    /// What requests are sent below; paths begin with `v2/` or `v3/`.
    pub(super) fn base(&self) -> String {
        if self.legacy {
            format!("{}/api/", self.origin)
        } else {
            format!("{}/", self.seal())
        }
    }

    /// The one place the token may be sent to.
    pub(super) fn seal(&self) -> String {
        format!("{}/stores/{}", self.origin, self.hash)
    }
}

const WHERE: &str = "Paste the API Path from the store's control panel: Settings > Store-level API accounts.";

/// A hash or a path alone belongs to BigCommerce's host; an address without a scheme is https, on this machine http.
fn completed(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let here = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|start| lower.starts_with(start));
    if text.contains("://") {
        text.to_owned()
    } else if is_hash(text) && !here {
        format!("https://{API_HOST}/stores/{text}")
    } else if lower.trim_start_matches('/').starts_with("stores/") {
        format!("https://{API_HOST}/{}", text.trim_start_matches('/'))
    } else {
        format!("{}://{text}", if here { "http" } else { "https" })
    }
}

/// `/stores/{hash}`, then v2, v3 or nothing, with or without a slash at the end.
fn hash_of(url: &Url) -> Result<String> {
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let scheme = ["http", "https"].contains(&url.scheme());
    match parts.as_slice() {
        ["stores", hash] | ["stores", hash, "v2" | "v3"]
            if scheme && is_hash(hash) && url.query().is_none() && url.fragment().is_none() =>
        {
            Ok((*hash).to_owned())
        }
        _ => Err(Error::config(format!(
            "`{}` does not name a store: /stores/ and the store hash are expected",
            url.path()
        ))
        .hint(WHERE)),
    }
}

pub(super) fn is_hash(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// A further storefront's admin address ends in its channel: `store-abc123-7`.
fn without_channel(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((hash, channel)) if channel.bytes().all(|byte| byte.is_ascii_digit()) => hash,
        _ => name,
    }
}

fn not_an_address(text: &str) -> Error {
    Error::config(format!(
        "the API Path `{text}` is neither a store hash nor an address"
    ))
    .hint(WHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Result<Address> {
        Address::read(path, Auth::Token, &AllowHost::default())
    }

    #[test]
    fn every_spelling_of_a_store_leads_to_it() {
        for path in [
            "abc123",
            " abc123 ",
            "stores/abc123",
            "/stores/abc123/",
            "stores/abc123/v3",
            "https://api.bigcommerce.com/stores/abc123",
            "https://api.bigcommerce.com/stores/abc123/v3/",
            "https://API.BigCommerce.com/stores/abc123/v2",
            "api.bigcommerce.com/stores/abc123/v3/",
            "https://api.bigcommerce.com:443/stores/abc123/",
            "https://store-abc123.mybigcommerce.com",
            "https://store-abc123.mybigcommerce.com/manage/dashboard",
            "store-abc123.mybigcommerce.com/manage/orders?x=1",
            "https://store-abc123-7.mybigcommerce.com/",
        ] {
            let seal = read(path).map(|address| address.seal());
            assert_eq!(
                seal.unwrap(),
                "https://api.bigcommerce.com/stores/abc123",
                "{path}"
            );
        }
    }

    #[test]
    fn a_legacy_account_is_asked_on_the_stores_own_host_however_the_store_is_named() {
        for path in [
            "abc123",
            "stores/abc123",
            "https://api.bigcommerce.com/stores/abc123/v2/",
            "https://store-abc123.mybigcommerce.com/api/v2/",
            "store-abc123.mybigcommerce.com",
        ] {
            let address = Address::read(path, Auth::Legacy, &AllowHost::default()).unwrap();
            assert_eq!(
                address.base(),
                "https://store-abc123.mybigcommerce.com/api/",
                "{path}"
            );
            assert_eq!(address.hash, "abc123", "{path}");
        }
        let here = Address::read(
            "http://127.0.0.1:8080/api/v2/",
            Auth::Legacy,
            &AllowHost::default(),
        )
        .unwrap();
        assert_eq!(here.base(), "http://127.0.0.1:8080/api/");
    }

    #[test]
    fn no_look_alike_gets_a_token() {
        for path in [
            "https://api.bigcommerce.com.evil.example/stores/abc123",
            "https://api-bigcommerce.com/stores/abc123",
            "https://user@api.bigcommerce.com/stores/abc123",
            "https://api.bigcommerce.com@evil.example/stores/abc123",
            "https://api.bigcommerce.com:8443/stores/abc123",
            "https://api.bigcommerce.com./stores/abc123",
            "http://api.bigcommerce.com/stores/abc123",
            "ftp://api.bigcommerce.com/stores/abc123",
            "https://api.bigcоmmerce.com/stores/abc123",
            "https://xn--api-bigcommerce.com/stores/abc123",
            "https://10.0.0.1/stores/abc123",
            "https://[2001:db8::1]/stores/abc123",
            "https://evil.example/stores/abc123",
            r"https://api.bigcommerce.com\@evil.example/stores/abc123",
            "https://api.bigcommerce.com/stores/../abc123/x",
            "https://api.bigcommerce.com/stores/abc123/v3/catalog",
            "https://api.bigcommerce.com/stores/abc123?to=x",
            "https://api.bigcommerce.com/stores/abc123#x",
            "https://api.bigcommerce.com/",
            "stores/",
            "",
            "https://store-abc123.mybigcommerce.com.evil.example/",
            "https://store-.mybigcommerce.com/",
            "http://store-abc123.mybigcommerce.com/",
            "https://api.bigcommerce.com/stores/a%2Fb",
            "https://127.evil.example/stores/a",
            "https://localhost.evil.example/stores/a",
            "javascript:alert(1)",
            "https://bigcommerce.com/stores/abc123",
            "https://api.bigcommerce.com/stores/abc 123",
            "https://xapi.bigcommerce.com/stores/abc123",
        ] {
            assert!(
                read(path).is_err(),
                "{path} was taken for {:?}",
                read(path).map(|address| address.seal())
            );
        }
    }

    #[test]
    fn a_store_on_this_machine_may_speak_http_and_counts_as_sandbox() {
        for (path, seal) in [
            (
                "http://127.0.0.1:8123/stores/abc123/v3/",
                "http://127.0.0.1:8123/stores/abc123",
            ),
            (
                "http://localhost:9/stores/abc123",
                "http://localhost:9/stores/abc123",
            ),
            ("http://[::1]:9/stores/abc123", "http://[::1]:9/stores/abc123"),
            (
                "127.0.0.1:8123/stores/abc123",
                "http://127.0.0.1:8123/stores/abc123",
            ),
        ] {
            let address = read(path).unwrap();
            assert!(address.loopback, "{path}");
            assert_eq!(address.seal(), seal);
        }
    }

    #[test]
    fn another_host_has_to_be_allowed_by_name() {
        let path = "https://bc.example/stores/abc123/v3";
        let allowed = AllowHost::Name("bc.example".into());
        assert_eq!(
            Address::read(path, Auth::Token, &allowed).unwrap().seal(),
            "https://bc.example/stores/abc123"
        );
        let other = AllowHost::Name("example".into());
        assert!(
            Address::read(path, Auth::Token, &other).is_err(),
            "only exactly the host that was named"
        );
    }

    #[test]
    fn a_legacy_account_is_asked_on_the_stores_own_host() {
        let path = "https://store-abc123.mybigcommerce.com/api/v2/";
        let address = Address::read(path, Auth::Legacy, &AllowHost::default()).unwrap();
        assert_eq!(
            address.base(),
            "https://store-abc123.mybigcommerce.com/api/",
            "v2/… follows"
        );
    }
}
