//! `categories.list`

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use connector_kit::{
    JsonSchema, Raw, ReadAction, Reading, Result, Source, async_trait,
    http::Request,
    paging::{Numbered, Page, numbered},
};
use serde::Deserialize;

use crate::bigcommerce::{
    Store,
    api::Named,
    envelope::{self, Known, Rows},
    errors::{self, About},
    filter::Filter,
    look,
};

const ABOUT: About = About::reading("categories", "Products");
const RESERVED: &[&str] = &["page", "limit", "sort", "direction"];
const LISTS: &str = "get_all_categories";
/// What lists them at the old address.
const LISTED: &str = "get_categories";

/// All categories of all storefronts, every time. They carry no change date.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CategoriesList {
    /// Only categories that fit: `tree_id:in`, `parent_id:in`, `name:like`, `is_visible`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for CategoriesList {
    type System = Store;
    const NAME: &'static str = "categories.list";
    const ABOUT: &'static str = "All categories of all storefronts, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS).filtered(&self.filter, &reading.filter)?;
        let filter = self.filter.over(&reading.filter, RESERVED)?;
        numbered(
            Categories {
                store,
                filter,
                old: AtomicBool::new(false),
            },
            reading,
        )
    }
}

struct Categories {
    store: Arc<Store>,
    filter: Vec<(String, String)>,
    /// The store knows only the old address.
    old: AtomicBool,
}

impl Categories {
    fn request(&self, path: &str, page: u32) -> Request {
        let request = self
            .filter
            .iter()
            .fold(Request::get(path), |request, (name, value)| {
                request.query(name, value)
            });
        request.query("page", page).query("limit", 250)
    }
}

#[async_trait]
impl Numbered for Categories {
    fn noun(&self) -> &'static str {
        "categories"
    }

    async fn page(&self, page: u32) -> Result<Page> {
        if !self.old.load(Ordering::Relaxed) {
            let answer = self
                .store
                .ask(self.request("v3/catalog/trees/categories", page))
                .await?;
            match answer.status {
                404 | 501 => {
                    // It would pass over a filter that only the new address has, and send everything.
                    Named::of(LISTED).with(self.filter.clone())?;
                    self.old.store(true, Ordering::Relaxed);
                }
                _ if answer.is_success() => return read(&answer),
                _ => return Err(errors::refusal(&answer, ABOUT)),
            }
        }
        read(
            &self
                .store
                .get(self.request("v3/catalog/categories", page), ABOUT)
                .await?,
        )
    }
}

fn read(answer: &connector_kit::http::Answer) -> Result<Page> {
    let Rows { rows, more, .. } = Rows::v3(answer)?;
    Ok(envelope::page(envelope::entries(rows, known)?, more, answer))
}

/// The id is `category_id` at the new address, `id` at the old.
fn known(row: &Raw) -> Result<Known> {
    let [new, old, name] = look::pick(row.as_str(), ["category_id", "id", "name"]);
    Ok(Known {
        id: look::id(new.or(old))?,
        changed: None,
        labels: look::text(name).into_iter().collect(),
    })
}
