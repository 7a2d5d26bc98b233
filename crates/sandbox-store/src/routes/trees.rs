//! Category trees, and categories at their new address, where several storefronts' trees are seen.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, STATUS_CODES, v3_absent};
use crate::call::{Call, id_of, text_of};
use crate::filter::Filters;
use crate::page::{self, Page};
use crate::routes::categories::{add, change};
use crate::routes::fields::Fields;
use crate::seed::categories::{Category, uuid};
use crate::shape::{CATEGORY, Document};
use crate::shelf::Selection;
use crate::world::World;

const TREES: &[(u64, &str, u64)] = &[(1, "Standard", 1), (2, "B2B", 2)];

/// `GET /v3/catalog/trees`
pub(crate) fn list(_: &mut World, call: &Call<'_>) -> Reply {
    listed(call).map_err(wrapped)
}

/// Trees refuse a parameter with the error one level down, beside a `meta` (BigCommerce reference, category trees).
fn wrapped(refusal: Answer) -> Answer {
    if refusal.status != 422 {
        return refusal;
    }
    let error: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
    Answer::json(refusal.status, &json!({ "errors": error, "meta": {} }))
}

fn listed(call: &Call<'_>) -> Reply {
    call.query.only(&["id:in", "channel_id:in"])?;
    let page = Page::read(&call.query, 50, 250)?;
    let ids = call.query.ints("id:in")?;
    let channels = call.query.ints("channel_id:in")?;
    let found: Vec<Value> = TREES
        .iter()
        .filter(|(id, _, channel)| {
            ids.as_ref().is_none_or(|ids| ids.contains(&(*id as i64)))
                && channels
                    .as_ref()
                    .is_none_or(|channels| channels.contains(&(*channel as i64)))
        })
        .map(|(id, name, channel)| json!({ "id": id, "name": name, "channels": [channel] }))
        .collect();
    Ok(page::v3(&call.query, page, found.len(), 80, |at, out| {
        out.push_str(&found[at].to_string());
    }))
}

/// `GET /v3/catalog/trees/categories`
pub(crate) fn categories(world: &mut World, call: &Call<'_>) -> Reply {
    listed_categories(world, call).map_err(wrapped)
}

fn listed_categories(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[
        "category_uuid:in",
        "category_uuid:not_in",
        "category_id:in",
        "category_id:not_in",
        "tree_id:in",
        "tree_id:not_in",
        "parent_id:in",
        "parent_id:not_in",
        "page_title",
        "page_title:like",
        "name",
        "name:like",
        "keyword",
        "is_visible",
        "include_fields",
        "exclude_fields",
        "page",
        "limit",
    ])?;
    let page = Page::read(&call.query, 50, 250)?;
    let fields = Fields::read(call, &CATEGORY, "category_id")?;
    let selection = selection(call)?;
    let now = world.now();
    let picks = world.categories.select(&selection, now);
    let categories = &world.categories;
    Ok(page::v3(&call.query, page, picks.len(), 600, |position, out| {
        let text = categories.text(categories.row(picks.at(position)));
        if fields.is_all() {
            out.push_str(text);
        } else {
            out.push_str(&fields.cut(text));
        }
    }))
}

fn selection(call: &Call<'_>) -> Result<Selection<Category>, Answer> {
    let query = &call.query;
    let mut filters = Filters::<Category>::new(query);
    filters.numbers("category_id", |category| category.id as i64)?;
    filters.numbers("tree_id", |category| category.tree_id as i64)?;
    filters.numbers("parent_id", |category| category.parent_id as i64)?;
    filters.texts("name", |category| category.name.to_string());
    filters.flag("is_visible", |category| category.visible)?;
    filters.member("page_title");
    for (name, wanted) in [("category_uuid:in", true), ("category_uuid:not_in", false)] {
        if let Some(uuids) = query.list(name) {
            filters.add(move |category| uuids.contains(&uuid(category.id).to_string()) == wanted);
        }
    }
    if let Some(word) = query.text("keyword") {
        let word = word.to_lowercase();
        filters.add(move |category| category.name.to_lowercase().contains(&word));
    }
    Ok(filters.selection())
}

/// Successes and failures of a write, in the shape that trees alone have.
struct Tally {
    total: usize,
    errors: Document,
}

impl Tally {
    fn meta(&self) -> Value {
        let failed = self.errors.len();
        json!({ "total": self.total, "success": self.total - failed, "failed": failed })
    }

    fn answer(&self, status: u16, data: Option<Vec<Value>>) -> Answer {
        let mut body = Document::new();
        let failed = self.errors.len();
        let status = match failed {
            0 => status,
            _ if failed == self.total => 422,
            _ => 207,
        };
        if let Some(data) = data.filter(|_| status != 422) {
            body.insert("data".to_owned(), Value::Array(data));
        }
        if failed > 0 {
            let title = "Some categories could not be saved.";
            body.insert(
                "errors".to_owned(),
                json!({ "status": status, "title": title, "type": STATUS_CODES, "errors": self.errors }),
            );
        }
        body.insert("meta".to_owned(), self.meta());
        Answer::json(status, &Value::Object(body))
    }

    fn fail(&mut self, index: usize, refusal: &Answer) {
        let body: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
        let title = body
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or("could not be saved");
        self.errors.insert(index.to_string(), json!(title));
    }
}

/// `POST /v3/catalog/trees/categories`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(1000)?;
    let mut tally = Tally {
        total: items.len(),
        errors: Document::new(),
    };
    let mut shown = Vec::new();
    for (index, sent) in items.iter().enumerate() {
        match add(world, sent, id_of(sent, "tree_id").unwrap_or(1)) {
            Ok(id) => {
                world.applied(
                    call.method,
                    "category",
                    text_of(sent, "name"),
                    id,
                    &Value::Object(sent.clone()),
                );
                shown.push(Value::Object(world.categories.document(id).unwrap_or_default()));
            }
            Err(refusal) => tally.fail(index, &refusal),
        }
    }
    Ok(tally.answer(201, Some(shown)))
}

/// `PUT /v3/catalog/trees/categories`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(1000)?;
    let mut tally = Tally {
        total: items.len(),
        errors: Document::new(),
    };
    for (index, sent) in items.iter().enumerate() {
        let id = id_of(sent, "category_id").filter(|id| world.categories.facts(*id).is_some());
        let result = match id {
            Some(id) => change(world, id, sent).map(|()| id),
            None => Err(v3_absent("The category was not found.")),
        };
        match result {
            Ok(id) => world.applied(
                call.method,
                "category",
                text_of(sent, "name"),
                id,
                &Value::Object(sent.clone()),
            ),
            Err(refusal) => tally.fail(index, &refusal),
        }
    }
    Ok(tally.answer(200, None))
}

/// `DELETE /v3/catalog/trees/categories`: a filter is mandatory.
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["category_uuid:in", "category_id:in", "tree_id:in", "parent_id:in"])
        .map_err(wrapped)?;
    if call.query.names().next().is_none() {
        let error = json!({ "status": 400, "title": "A filter is required.", "type": STATUS_CODES });
        return Err(Answer::json(400, &json!({ "errors": [error] })));
    }
    let selection = selection(call).map_err(wrapped)?;
    let now = world.now();
    let picks = world.categories.select(&selection, now);
    let ids: Vec<u64> = (0..picks.len())
        .map(|at| world.categories.row(picks.at(at)).facts.id)
        .collect();
    for id in &ids {
        world.applied(call.method, "category", &id.to_string(), id, &Value::Null);
    }
    world.categories.remove(&ids);
    Ok(Tally {
        total: ids.len(),
        errors: Document::new(),
    }
    .answer(202, None))
}

/// `GET /v3/catalog/trees/{id}/categories`: the whole tree, nested.
pub(crate) fn nested(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["depth"])?;
    let tree = call.id(2)?;
    let most = call.query.int("depth")?.unwrap_or(i64::MAX);
    if !TREES.iter().any(|(id, _, _)| *id == tree) {
        return Err(v3_absent("The tree was not found."));
    }
    Ok(Answer::data(
        200,
        &Value::Array(children(world, tree, 0, &[], most)),
    ))
}

fn children(world: &World, tree: u64, parent: u64, path: &[u64], most: i64) -> Vec<Value> {
    if path.len() as i64 > most {
        return Vec::new();
    }
    let of_parent = world
        .categories
        .rows()
        .filter(|facts| facts.tree_id == tree && facts.parent_id == parent);
    of_parent
        .map(|facts| {
            let mut below = path.to_vec();
            below.push(facts.id);
            json!({
                "id": facts.id, "parent_id": parent, "depth": path.len(), "path": path, "name": facts.name,
                "is_visible": facts.visible, "url": format!("/c-{}/", facts.id),
                "children": children(world, tree, facts.id, &below, most),
            })
        })
        .collect()
}
