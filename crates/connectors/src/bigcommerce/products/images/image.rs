//! An image as a row names it, and as it is sent.

use connector_kit::{Error, Result, Row, Value, http::is_in_own_network};
use serde_json::{Map, Value as Json};
use url::{Position, Url};

use super::{Trouble, hosts::Fetched};
use crate::{bigcommerce::Store, files};

/// BigCommerce reference, product images: "up to 8 MB".
const LARGEST: u64 = 8 << 20;

/// BigCommerce reference, product images: `image_url`, 255 characters.
const LONGEST_ADDRESS: usize = 255;

/// Letters of a file's name that are kept beside the hash.
const STEM: usize = 40;

/// An image that a product is to have.
#[derive(Debug)]
pub(in crate::bigcommerce::products) struct Image {
    source: Source,
    /// `description`, `sort_order`, `is_thumbnail`.
    pub(super) fields: Map<String, Json>,
}

#[derive(Debug)]
enum Source {
    /// A file in the connection's folder of pictures.
    File(String),
    Address(String),
}

/// An image, read and ready to be sent.
pub(super) struct Ready {
    /// What the store's file name shows of it.
    pub(super) mark: Mark,
    pub(super) what: What,
}

/// How an image is known again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A hash of its content, at the name's end.
    Content(String),
    /// The whole name.
    Name(String),
}

/// What is sent.
pub(super) enum What {
    File { name: String, content: Vec<u8> },
    Address(String),
}

/// The images in a row's field: file names, addresses, or objects of `file` or `image_url` with `description`, `sort_order`
/// and `is_thumbnail`. Rejected: something else is in it.
pub(in crate::bigcommerce::products) fn wanted(row: &Row, field: &str) -> Result<Vec<Image>> {
    let list = match row.get(field) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(value) => value.to_json(),
    };
    match list {
        Json::Array(items) => items
            .into_iter()
            .filter(|item| !item.is_null())
            .map(Image::of)
            .collect(),
        one => Ok(vec![Image::of(one)?]),
    }
}

impl Image {
    /// Rejected: it names neither a file nor an address.
    pub(super) fn of(value: Json) -> Result<Self> {
        let (name, fields) = match value {
            Json::String(name) => (name, Map::new()),
            Json::Object(mut members) => {
                let named = ["file", "image_url"]
                    .into_iter()
                    .find_map(|name| members.remove(name));
                let unknown = members
                    .keys()
                    .find(|name| !["description", "sort_order", "is_thumbnail"].contains(&name.as_str()));
                if let Some(name) = unknown {
                    return Err(Error::rejected(format!("an image has no field `{name}`"))
                        .hint("It has: file or image_url, description, sort_order, is_thumbnail."));
                }
                members.retain(|_, value| !value.is_null());
                (
                    named
                        .and_then(|named| named.as_str().map(str::to_owned))
                        .unwrap_or_default(),
                    members,
                )
            }
            _ => (String::new(), Map::new()),
        };
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(Error::rejected("an image names neither a file nor an address")
                .hint("Map a list such as `[{ file: \"mug.jpg\" }]` or `[{ image_url: \"https://…\" }]`."));
        }
        let source = if name.contains("://") {
            Source::Address(name)
        } else {
            Source::File(name)
        };
        Ok(Self { source, fields })
    }

    /// For messages.
    pub(super) fn name(&self) -> &str {
        match &self.source {
            Source::File(name) | Source::Address(name) => name,
        }
    }

    /// Reads it. Rejected: it is too large, or not where the row says.
    pub(super) async fn prepared(&self, store: &Store) -> Result<Ready, Trouble> {
        match &self.source {
            Source::File(name) => Ok(file(store, name).await?),
            Source::Address(address) => {
                let url = url(address)?;
                if store.picture_hosts.has(&url) {
                    return Ok(fetched(store, &url).await?);
                }
                Ok(address_of(address, &url)?)
            }
        }
    }
}

async fn file(store: &Store, name: &str) -> Result<Ready> {
    let Some(folder) = store.pictures.clone() else {
        return Err(
            Error::config("the connection names no folder of pictures, and a row names a file")
                .hint("Set `pictures` of the connection to the folder in which they lie."),
        );
    };
    let wanted = name.to_owned();
    let read = tokio::task::spawn_blocking(move || files::picture(&folder, &wanted, LARGEST)).await;
    let content = match read.map_err(|error| Error::bug("reading a picture broke off").source(error))?? {
        Ok(content) => content,
        Err(size) => return Err(too_large(size)),
    };
    let base = name.rsplit('/').next().unwrap_or(name);
    let (stem, ending) = base.rsplit_once('.').unwrap_or((base, "jpg"));
    Ok(as_file(stem, &plain(ending), content))
}

/// A picture that the store cannot reach, fetched from a host that the connection names.
async fn fetched(store: &Store, url: &Url) -> Result<Ready> {
    let Fetched { content, ending } = store.picture_hosts.fetch(url, &store.host).await?;
    if content.len() as u64 > LARGEST {
        return Err(too_large(content.len() as u64));
    }
    Ok(as_file(stem(url), ending, content.into()))
}

fn as_file(stem: &str, ending: &str, content: Vec<u8>) -> Ready {
    let stem: String = plain(stem).chars().take(STEM).collect();
    let hash = blake3::hash(&content).to_hex()[..16].to_owned();
    let name = format!("{stem}-{hash}.{ending}");
    Ready {
        mark: Mark::Content(hash),
        what: What::File { name, content },
    }
}

/// The name of the file at an address, without its ending.
fn stem(url: &Url) -> &str {
    let base = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .unwrap_or_default();
    base.rsplit_once('.').map_or(base, |(stem, _)| stem)
}

/// Letters and digits, whatever the store would make of others.
fn plain(name: &str) -> String {
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    name.chars().map(letter).collect()
}

fn too_large(size: u64) -> Error {
    let tenths = size * 10 / (1 << 20);
    Error::rejected(format!(
        "it has {}.{} MB, and the store takes 8 MB",
        tenths / 10,
        tenths % 10
    ))
    .hint("Make the image smaller; then retry: what is there already is not sent again.")
}

fn url(address: &str) -> Result<Url> {
    let url = Url::parse(address).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| {
        Error::rejected(format!("`{address}` is no address of an image"))
            .hint("Map an address such as https://cdn.example.com/mug.jpg.")
    })
}

fn address_of(address: &str, url: &Url) -> Result<Ready> {
    if is_in_own_network(url) {
        let host = &url[Position::BeforeHost..Position::AfterPort];
        return Err(Error::rejected(format!(
            "the store fetches images itself and cannot reach `{host}`"
        ))
        .hint(format!(
            "Add `{host}` to `picture_hosts` of the connection: then the agent fetches the image and uploads it."
        )));
    }
    if address.chars().count() > LONGEST_ADDRESS {
        return Err(Error::rejected(format!(
            "the address of an image has {} letters, and the store takes {LONGEST_ADDRESS}",
            address.chars().count()
        ))
        .hint(
            "Put the file into the connection's folder of pictures and map its name: then it is uploaded.",
        ));
    }
    Ok(Ready {
        mark: Mark::Name(stem(url).to_owned()),
        what: What::Address(address.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_cannot_fetch_what_lies_in_ones_own_network() {
        for address in [
            "http://192.168.1.20/mug.jpg",
            "http://10.0.0.5:8080/mug.jpg",
            "http://localhost/mug.jpg",
            "http://erp/mug.jpg",
            "https://nas.local/mug.jpg",
            "http://[::1]/mug.jpg",
            "http://[fd00::7]/mug.jpg",
            "http://[::ffff:10.0.0.1]/mug.jpg",
        ] {
            let url = url(address).unwrap();
            assert!(address_of(address, &url).is_err(), "{address}");
        }
        let address = "https://cdn.example.com/a/Mug%20grey.v2.jpg?size=1";
        let known = address_of(address, &url(address).unwrap()).ok();
        assert_eq!(
            known.map(|ready| ready.mark),
            Some(Mark::Name("Mug%20grey.v2".to_owned()))
        );
    }

    #[test]
    fn a_field_holds_names_addresses_or_objects() {
        for (value, names) in [
            (serde_json::json!("mug.jpg"), Some(vec!["mug.jpg"])),
            (
                serde_json::json!({ "file": "a/mug.jpg", "sort_order": 2 }),
                Some(vec!["a/mug.jpg"]),
            ),
            (
                serde_json::json!({ "image_url": "https://x.example/y.png" }),
                Some(vec!["https://x.example/y.png"]),
            ),
            (serde_json::json!({ "description": "no file" }), None),
            (serde_json::json!({ "file": "a.jpg", "colour": "red" }), None),
            (serde_json::json!(7), None),
        ] {
            let image = Image::of(value.clone()).ok();
            assert_eq!(image.as_ref().map(|image| vec![image.name()]), names, "{value}");
        }
    }
}
