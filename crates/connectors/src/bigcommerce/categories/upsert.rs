//! `category.upsert`

use std::collections::{BTreeMap, BTreeSet};

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::path::{Missing, Tree};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    errors::{About, Told},
    inventory,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

pub(super) const ABOUT: About = About::writing("categories", "Products");
pub(super) const PATH: &str = "v3/catalog/trees/categories";

/// Creates categories in a storefront's tree, and changes those that are there; what is not mapped, or empty, stays as it is.
/// A category is known by its `name` below its `parent_id` (0 at the top), by `category_id`, or by its `path`
/// (`Kitchen/Mugs`): what is missing above it is created.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CategoryUpsert {
    /// How a category is found: `[parent_id, name]`, `[path]`, or `[category_id]` for those that are there.
    #[serde(default = "by_name")]
    key: Vec<String>,
    /// The tree of all rows; the first storefront's (1) when left out.
    #[serde(default = "first_tree")]
    tree_id: u64,
    /// What stands between the names of a `path`; `/` when left out.
    #[serde(default = "slash")]
    separator: String,
}

fn slash() -> String {
    "/".to_owned()
}

fn by_name() -> Vec<String> {
    writing::names(&["parent_id", "name"])
}

fn first_tree() -> u64 {
    1
}

/// BigCommerce reference, category trees v3.
const FIELDS: &[&str] = &[
    "category_id",
    "parent_id",
    "name",
    "url",
    "description",
    "views",
    "sort_order",
    "page_title",
    "meta_keywords",
    "meta_description",
    "layout_file",
    "image_url",
    "is_visible",
    "search_keywords",
    "default_product_sort",
];

/// A row with what is there of it.
struct Item {
    row: usize,
    there: Option<Raw>,
    fields: Map<String, Json>,
}

#[async_trait]
impl WriteAction for CategoryUpsert {
    type System = Store;
    const NAME: &'static str = "category.upsert";
    const ABOUT: &'static str =
        "Creates categories, or changes those that are in the store, found by parent and name.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 50;

    fn check(&self, columns: &[String]) -> Result<()> {
        if !self.by_id() && !self.by_path() && self.key != ["parent_id", "name"] {
            return Err(
                Error::config("`key` is `[parent_id, name]`, `[path]` or `[category_id]`")
                    .hint("For instance `key: [parent_id, name]`."),
            );
        }
        if self.separator.trim().is_empty() {
            return Err(Error::config("`separator` is empty").hint("For instance `separator: \" > \"`."));
        }
        if self.by_path() {
            let beside = FIELDS
                .iter()
                .filter(|name| !matches!(**name, "category_id" | "parent_id" | "name"));
            let known: Vec<&str> = beside.copied().chain(["path"]).collect();
            writing::check_known(columns, &known, "a category that is found by its path")?;
        } else {
            writing::check_known(columns, FIELDS, "a category")?;
        }
        let key: Vec<&str> = self.key.iter().map(String::as_str).collect();
        writing::check_mapped(columns, &key)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        if !self.by_path() {
            return self.written(store, rows).await;
        }
        let mut outcomes = Outcomes::of(rows);
        let mut tree = Tree::new(store, self.tree_id, Missing::Made);
        let placed = tree.rows(rows, &self.separator, &mut outcomes).await?;
        let (places, below): (Vec<usize>, Vec<Row>) = placed.into_iter().unzip();
        for (place, outcome) in places.into_iter().zip(self.written(store, &below).await?) {
            outcomes.set(place, outcome);
        }
        Ok(outcomes.all())
    }

    /// Reads the categories back: one that has all mapped values was written, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let store = &open.store;
        if !self.by_path() {
            return self.found(store, rows).await;
        }
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        let mut tree = Tree::new(store, self.tree_id, Missing::Left);
        let placed = tree.rows(rows, &self.separator, &mut Outcomes::of(rows)).await?;
        let (places, below): (Vec<usize>, Vec<Row>) = placed.into_iter().unzip();
        for (place, one) in places.into_iter().zip(self.found(store, &below).await?) {
            found[place] = one;
        }
        Ok(found)
    }
}

impl CategoryUpsert {
    fn by_id(&self) -> bool {
        self.key == ["category_id"]
    }

    fn by_path(&self) -> bool {
        self.key == ["path"]
    }

    async fn written(&self, store: &Store, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        let (there, new): (Vec<Item>, Vec<Item>) = self
            .items(store, rows, &mut outcomes)
            .await?
            .into_iter()
            .partition(|item| item.there.is_some());
        let changes = there
            .into_iter()
            .filter(|item| changes(item, &mut outcomes))
            .collect();
        let sent = match self.send(store, Method::Put, changes, &mut outcomes).await {
            Ok(()) => self.send(store, Method::Post, new, &mut outcomes).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => Ok(outcomes.all()),
            Err(error) => outcomes.ended_by(error),
        }
    }

    async fn found(&self, store: &Store, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for item in self.items(store, rows, &mut outcomes).await? {
            let is_so =
                |there: &Raw| writing::is_comparable(&item.fields) && writing::has(there, &item.fields);
            if let Some(there) = item.there.filter(is_so) {
                found[item.row] = Found::Yes {
                    id: writing::id_of(&there, "category_id").map(|id| id.to_string()),
                    answer: Some(there),
                };
            }
        }
        Ok(found)
    }

    /// Rows with what is there of them; those that cannot be sent have failed.
    async fn items(&self, store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Item>> {
        let mut known = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            if let Some(name) = outcomes.keep(place, self.name(row)) {
                known.push((place, name));
            }
        }
        let known = writing::once_each(known, |(row, name)| (*row, name), outcomes);
        let (filter, field) = if self.by_id() {
            ("category_id:in", "category_id")
        } else {
            ("parent_id:in", "parent_id")
        };
        let ids: BTreeSet<String> = known
            .iter()
            .filter_map(|(row, _)| rows[*row].text(field).ok())
            .map(|id| id.trim().to_owned())
            .collect();
        let mut there = BTreeMap::new();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for list in inventory::lists(&ids) {
            let request = Request::get(PATH).query(filter, list).query("limit", 250);
            let request = if self.by_id() {
                request
            } else {
                request.query("tree_id:in", self.tree_id)
            };
            for record in store
                .all(
                    request,
                    About {
                        writes: false,
                        ..ABOUT
                    },
                )
                .await?
            {
                there.insert(self.name_of(&record), record);
            }
        }
        let mut items = Vec::new();
        for (row, name) in known {
            let there = there.get(&name).cloned();
            if there.is_none() && self.by_id() {
                let error = Error::rejected(format!("There is no category {name} in the store."));
                outcomes.set(
                    row,
                    Outcome::Failed(
                        error
                            .hint("It was deleted: search for it by name, or skip such records with a rule."),
                    ),
                );
                continue;
            }
            let fields = writing::fields(&rows[row], &["category_id"]);
            items.push(Item { row, there, fields });
        }
        Ok(items)
    }

    /// What a row's category is known by.
    fn name(&self, row: &Row) -> Result<String> {
        if self.by_id() {
            return Ok(writing::id(row, "category_id")?.to_string());
        }
        let parent = writing::id(row, "parent_id")?;
        Ok(format!("{parent}/{}", row.text("name")?.trim().to_lowercase()))
    }

    /// The same, of a record.
    fn name_of(&self, record: &Raw) -> String {
        let plain = |name: &str| {
            record
                .field(name)
                .and_then(|there| there.plain())
                .unwrap_or_default()
        };
        if self.by_id() {
            plain("category_id")
        } else {
            format!("{}/{}", plain("parent_id"), plain("name").trim().to_lowercase())
        }
    }

    async fn send(
        &self,
        store: &Store,
        method: Method,
        items: Vec<Item>,
        outcomes: &mut Outcomes,
    ) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let one = |item: &Item| {
            let mut body = item.fields.clone();
            match item
                .there
                .as_ref()
                .and_then(|there| writing::id_of(there, "category_id"))
            {
                Some(id) => body.insert("category_id".to_owned(), Json::from(id)),
                None => body.insert("tree_id".to_owned(), Json::from(self.tree_id)),
            };
            body
        };
        let body: Vec<Map<String, Json>> = items.iter().map(one).collect();
        let request = Request::once(method, PATH, &body);
        let request = if method == Method::Put {
            request.repeatable()
        } else {
            request
        };
        match writing::send(store, request, ABOUT).await? {
            Reply::Done(answer) => done(&items, &answer, outcomes),
            Reply::Refused(answer) => refused(&items, &answer, outcomes)?,
            Reply::Unknown(error) => {
                outcomes.set_all(items.iter().map(|item| item.row), &Outcome::Unknown(error));
            }
        }
        Ok(())
    }
}

/// 207 names what failed by its place; the others are there.
fn done(items: &[Item], answer: &Answer, outcomes: &mut Outcomes) {
    let records = Rows::v3(answer).map(|rows| rows.rows).unwrap_or_default();
    let failed = by_place(answer);
    let partly = answer.status == 207;
    for (at, item) in items.iter().enumerate() {
        let wanted = item
            .fields
            .get("name")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        let record = records.iter().find(|record| {
            let name = record.field("name").and_then(|name| name.plain());
            let parent = writing::id_of(record, "parent_id").map(Json::from);
            name.is_some_and(|name| name.trim().to_lowercase() == wanted)
                && parent.as_ref() == item.fields.get("parent_id")
        });
        let there = record.or(item.there.as_ref());
        let outcome = match failed.get(&at) {
            Some(said) => Outcome::Failed(refusal(said)),
            None if partly && failed.is_empty() => Outcome::Unknown(writing::in_part()),
            None if there.is_none() => Outcome::Unknown(writing::unshown()),
            None => Outcome::Written {
                id: there
                    .and_then(|there| writing::id_of(there, "category_id"))
                    .map(|id| id.to_string()),
                answer: record.cloned(),
            },
        };
        outcomes.set(item.row, outcome);
    }
}

/// Whether there is anything to send for a category that is there.
fn changes(item: &Item, outcomes: &mut Outcomes) -> bool {
    let is_so = |there: &Raw| writing::is_comparable(&item.fields) && writing::has(there, &item.fields);
    let same = item.there.as_ref().is_some_and(is_so);
    if same {
        outcomes.set(item.row, Outcome::Unchanged);
    }
    !same
}

fn refused(items: &[Item], answer: &Answer, outcomes: &mut Outcomes) -> Result<()> {
    let all = writing::refused(answer, ABOUT, items.len())?;
    let failed = by_place(answer);
    for (at, item) in items.iter().enumerate() {
        let outcome = failed
            .get(&at)
            .map_or_else(|| all.clone(), |said| Outcome::Failed(refusal(said)));
        outcomes.set(item.row, outcome);
    }
    Ok(())
}

/// What is said of items by their place.
fn by_place(answer: &Answer) -> BTreeMap<usize, String> {
    let told = Told::read(answer).details.into_iter();
    told.filter_map(|(place, said)| Some((place.parse().ok()?, said)))
        .collect()
}

fn refusal(said: &str) -> Error {
    Error::rejected(format!(
        "The store refused these {}: {}.",
        ABOUT.noun,
        said.trim_end_matches('.')
    ))
    .hint("Correct the mapped values and retry.")
}
