//! The list of products, as paging sees it. BigCommerce reference, products v3.

use std::sync::Arc;

use connector_kit::{
    Raw, Result, async_trait,
    http::Request,
    paging::{Ask, Entry, Extent, Page, Resource},
};
use jiff::Timestamp;

use super::Include;
use crate::bigcommerce::{
    Store,
    envelope::{self, Known, Rows},
    errors::About,
    look,
};

const ABOUT: About = About::reading("products", "Products");
const PATH: &str = "v3/catalog/products";

/// Products with a filter, and what comes along with them.
pub(super) struct Products {
    store: Arc<Store>,
    filter: Vec<(String, String)>,
    page: u64,
}

impl Products {
    pub(super) fn new(
        store: Arc<Store>,
        mut filter: Vec<(String, String)>,
        include: &[Include],
        fields: &[String],
    ) -> Self {
        let page = if include.iter().any(|part| part.shortens_pages()) {
            10
        } else {
            250
        };
        if !include.is_empty() {
            let names: Vec<&str> = include.iter().map(|part| part.name()).collect();
            filter.push(("include".to_owned(), names.join(",")));
        }
        if !fields.is_empty() {
            let own = ["sku", "name", "date_modified"].map(str::to_owned);
            let further = own.into_iter().filter(|name| !fields.contains(name));
            let names: Vec<String> = fields.iter().cloned().chain(further).collect();
            filter.push(("include_fields".to_owned(), names.join(",")));
        }
        Self { store, filter, page }
    }

    fn request(&self, sort: &str, direction: &str, limit: u64) -> Request {
        let request = self
            .filter
            .iter()
            .fold(Request::get(PATH), |request, (name, value)| {
                request.query(name, value)
            });
        request
            .query("sort", sort)
            .query("direction", direction)
            .query("limit", limit)
    }

    async fn rows(&self, request: Request) -> Result<Rows> {
        Rows::v3(&self.store.get(request, ABOUT).await?)
    }
}

#[async_trait]
impl Resource for Products {
    fn noun(&self) -> &'static str {
        "products"
    }

    fn page_size(&self) -> u64 {
        self.page
    }

    async fn page(&self, ask: &Ask) -> Result<Page> {
        let request = match *ask {
            Ask::Ids { from, to, .. } => {
                let request = self.request("id", "asc", self.page).query("id:min", from);
                to.into_iter()
                    .fold(request, |request, to| request.query("id:max", to))
            }
            Ask::Changes { since, page } => {
                let request = self
                    .request("date_modified", "asc", self.page)
                    .query("page", page);
                since.into_iter().fold(request, |request, since| {
                    request.query("date_modified:min", since)
                })
            }
        };
        let answer = self.store.get(request, ABOUT).await?;
        let Rows { rows, more, .. } = Rows::v3(&answer)?;
        let look = match *ask {
            Ask::Ids { dated: false, .. } => undated,
            _ => known,
        };
        Ok(envelope::page(envelope::entries(rows, look)?, more, &answer))
    }

    async fn extent(&self) -> Result<Extent> {
        let Rows { rows, total, .. } = self.rows(self.request("id", "desc", 1)).await?;
        let highest = rows.first().map(known).transpose()?;
        Ok(Extent {
            total,
            highest_id: highest.map(|product| product.id),
        })
    }

    async fn newest_change(&self) -> Result<Option<Timestamp>> {
        let Rows { rows, .. } = self.rows(self.request("date_modified", "desc", 1)).await?;
        Ok(rows
            .first()
            .map(known)
            .transpose()?
            .and_then(|product| product.changed))
    }

    async fn these(&self, ids: &[u64]) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        for group in ids.chunks(self.page as usize) {
            let ids: Vec<String> = group.iter().map(u64::to_string).collect();
            let request = self.request("id", "asc", self.page).query("id:in", ids.join(","));
            found.extend(envelope::entries(self.rows(request).await?.rows, known)?);
        }
        Ok(found)
    }
}

/// SKU, name and change date.
fn known(row: &Raw) -> Result<Known> {
    let [id, sku, name, changed] = look::pick(row.as_str(), ["id", "sku", "name", "date_modified"]);
    Ok(Known {
        changed: look::when(changed),
        ..known_by(id, sku, name)?
    })
}

/// SKU and name, which stand near a product's beginning; its dates stand near the end.
fn undated(row: &Raw) -> Result<Known> {
    let [id, sku, name] = look::pick(row.as_str(), ["id", "sku", "name"]);
    known_by(id, sku, name)
}

fn known_by(id: Option<&str>, sku: Option<&str>, name: Option<&str>) -> Result<Known> {
    Ok(Known {
        id: look::id(id)?,
        changed: None,
        labels: [sku, name].into_iter().filter_map(look::text).collect(),
    })
}
