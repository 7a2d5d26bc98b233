//! The images that a product has, and sending one that it does not have.

use connector_kit::{
    Raw, Result,
    http::{Form, Method, Request},
};
use serde_json::{Map, Value as Json};

use super::{
    Trouble,
    image::{Image, Mark, Ready, What},
};
use crate::bigcommerce::{
    Store,
    errors::{self, About},
    look,
    products::update::{ABOUT, PATH},
    writing::{self, Reply},
};

/// As writing: a product that is not there is the row's matter.
const READING: About = About::writing("images", "Products");

/// A product's images that nothing of a row was found to be yet.
pub(super) struct Images(Vec<There>);

struct There {
    id: String,
    /// The name the store gave the file.
    file: String,
}

impl Images {
    /// Rejected: there is no such product.
    pub(super) async fn of(store: &Store, product: u64) -> Result<Self> {
        let request = Request::get(path(product)).query("limit", 250);
        let images = store.all(request, READING).await?;
        Ok(Self(images.iter().filter_map(There::of).collect()))
    }

    /// Sends an image, unless it is there. Whether it was sent.
    pub(super) async fn send(
        &mut self,
        store: &Store,
        product: u64,
        image: &Image,
        ready: Ready,
    ) -> Result<bool, Trouble> {
        if self.take(store, product, &ready) {
            return Ok(false);
        }
        let key = key(product, &ready);
        let request = request(product, image, ready);
        match writing::send_shown(store, request, ABOUT).await? {
            Reply::Done(answer) => {
                let id = writing::answered(&answer).and_then(|image| image.field("id")?.plain());
                store.cache("image", &key, &id.unwrap_or_default());
                Ok(true)
            }
            Reply::Refused(answer) => Err(errors::refusal(&answer, ABOUT).into()),
            Reply::Unknown(error) => Err(Trouble::Unknown(error)),
        }
    }

    /// Whether an image is there. Each that is there is one of the row's alone.
    pub(super) fn take(&mut self, store: &Store, product: u64, ready: &Ready) -> bool {
        let kept = store.cached("image", &key(product, ready));
        let is_it = |there: &There| kept.as_ref() == Some(&there.id) || there.is_marked(&ready.mark);
        let found = self.0.iter().position(is_it);
        found.map(|at| self.0.swap_remove(at)).is_some()
    }
}

impl There {
    fn of(record: &Raw) -> Option<Self> {
        let [id, file] = look::pick(record.as_str(), ["id", "image_file"]);
        Some(Self {
            id: look::text(id)?.into_owned(),
            file: look::text(file).unwrap_or_default().into_owned(),
        })
    }

    /// `k/217/mug-0a1b__48213.jpg` is named `mug-0a1b`.
    fn is_marked(&self, mark: &Mark) -> bool {
        let base = self.file.rsplit('/').next().unwrap_or_default();
        let base = base.rsplit_once('.').map_or(base, |(base, _)| base);
        let base = base.rsplit_once("__").map_or(base, |(base, _)| base);
        match mark {
            Mark::Content(hash) => base.ends_with(hash.as_str()),
            Mark::Name(name) => !name.is_empty() && base.eq_ignore_ascii_case(name),
        }
    }
}

fn path(product: u64) -> String {
    format!("{PATH}/{product}/images")
}

fn key(product: u64, ready: &Ready) -> String {
    match (&ready.mark, &ready.what) {
        (Mark::Content(hash), _) => format!("{product}/{hash}"),
        (Mark::Name(_), What::Address(address)) => {
            format!("{product}/{}", blake3::hash(address.as_bytes()).to_hex())
        }
        (Mark::Name(name), What::File { .. }) => format!("{product}/{name}"),
    }
}

fn request(product: u64, image: &Image, ready: Ready) -> Request {
    match ready.what {
        What::Address(address) => {
            let mut body: Map<String, Json> = image.fields.clone();
            body.insert("image_url".to_owned(), Json::from(address));
            Request::once(Method::Post, path(product), &body)
        }
        What::File { name, content } => {
            let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let fields: Vec<(&str, String)> = image
                .fields
                .iter()
                .map(|(name, value)| (name.as_str(), text(value)))
                .collect();
            let form = Form::new(&fields, "image_file", &name, &content);
            Request::form(Method::Post, path(product), form)
        }
    }
}
