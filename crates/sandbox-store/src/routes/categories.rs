//! Categories at their old address: the default storefront's tree alone, and `id` where the new one has
//! `category_id`.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, at, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::filter::{Filters, id_span};
use crate::page::{self, Page};
use crate::routes::fields::merge;
use crate::seed::categories::{Category, uuid};
use crate::shape::check::Rules;
use crate::shape::{CATEGORY, Document, read};
use crate::shelf::{Key, Selection, Sort};
use crate::world::World;

pub(crate) const RULES: Rules = Rules {
    template: &CATEGORY,
    read_only: &["id", "category_id", "category_uuid"],
    beside: &["custom_url"],
    longest: &[
        ("name", 50),
        ("search_keywords", 255),
        ("page_title", 255),
        ("layout_file", 500),
    ],
    words: &[],
    natural: &["parent_id"],
    loose_amounts: false,
};

/// `GET /v3/catalog/categories`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    let query = &call.query;
    query.only(&[
        "id",
        "id:in",
        "id:not_in",
        "id:min",
        "id:max",
        "id:greater",
        "id:less",
        "name",
        "name:like",
        "parent_id",
        "parent_id:in",
        "parent_id:min",
        "parent_id:max",
        "parent_id:greater",
        "parent_id:less",
        "page_title",
        "page_title:like",
        "keyword",
        "is_visible",
        "sort",
        "direction",
        "page",
        "limit",
        "include_fields",
        "exclude_fields",
    ])?;
    let page = Page::read(query, 50, 250)?;
    let mut filters = Filters::<Category>::new(query);
    filters.add(|category| category.tree_id == 1);
    filters.numbers("id", |category| category.id as i64)?;
    filters.numbers("parent_id", |category| category.parent_id as i64)?;
    filters.texts("name", |category| category.name.to_string());
    filters.flag("is_visible", |category| category.visible)?;
    filters.member("page_title");
    if let Some(word) = query.text("keyword") {
        let word = word.to_lowercase();
        filters.add(move |category| category.name.to_lowercase().contains(&word));
    }
    let ids = id_span(query, ["id:min", "id:max", "id:greater", "id:less"])?;
    let sort = sort(call)?;
    // The other address of categories asks with the same words for another list, so none is kept by its words.
    let selection = Selection {
        key: None,
        ids,
        sort,
        descending: query.text("direction") == Some("desc"),
        ..filters.selection()
    };
    let now = world.now();
    let picks = world.categories.select(&selection, now);
    let (only, without) = (
        query.list("include_fields"),
        query.list("exclude_fields").unwrap_or_default(),
    );
    let categories = &world.categories;
    Ok(page::v3(query, page, picks.len(), 600, |position, out| {
        let mut shown = old_shape(categories.text(categories.row(picks.at(position))));
        shown.retain(|member, _| {
            let named = only.as_ref().is_none_or(|only| only.contains(member));
            member == "id" || named && !without.contains(member)
        });
        out.push_str(&Value::Object(shown).to_string());
    }))
}

fn sort(call: &Call<'_>) -> Result<Option<Sort<Category>>, Answer> {
    Ok(Some(match call.query.text("sort") {
        None | Some("id") => return Ok(None),
        Some("name") => Sort {
            name: "name",
            key: |category| Key::Text(category.name.to_lowercase()),
        },
        Some("parent_id") => Sort {
            name: "parent_id",
            key: |category| Key::Number(category.parent_id as f64),
        },
        Some("sort_order") => Sort {
            name: "sort_order",
            key: |category| Key::Number(category.sort_order as f64),
        },
        Some(_) => return Err(call.invalid("sort", "Categories cannot be sorted by this field.")),
    }))
}

/// A category as the old address shows it.
fn old_shape(text: &str) -> Document {
    let mut record = read(text);
    let mut shown = Document::new();
    for (new, old) in [("category_id", "id"), ("url", "custom_url")] {
        if let Some(value) = record.shift_remove(new) {
            shown.insert(old.to_owned(), value);
        }
    }
    if let Some(Value::Object(url)) = shown.get_mut("custom_url") {
        let path = url.shift_remove("path").unwrap_or_default();
        url.insert("url".to_owned(), path);
    }
    record.shift_remove("category_uuid");
    record.shift_remove("tree_id");
    shown.extend(record);
    shown
}

fn show(world: &World, id: u64) -> Answer {
    let text = world
        .categories
        .document(id)
        .map(|record| Value::Object(record).to_string())
        .unwrap_or_default();
    Answer::data(200, &Value::Object(old_shape(&text)))
}

/// `GET /v3/catalog/categories/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "exclude_fields"])?;
    let id = call.id(2)?;
    world
        .categories
        .seen(id, world.now())
        .ok_or_else(|| call.absent())?;
    Ok(show(world, id))
}

/// `POST /v3/catalog/categories`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let sent = call.object()?;
    if !sent.contains_key("parent_id") {
        return Err(call.invalid("parent_id", "parent_id is required"));
    }
    let id = add(world, &sent, 1)?;
    world.applied(
        call.method,
        "category",
        text_of(&sent, "name"),
        id,
        &Value::Object(sent.clone()),
    );
    Ok(show(world, id))
}

/// `PUT /v3/catalog/categories/{id}`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    let id = call.id(2)?;
    world.categories.facts(id).ok_or_else(|| call.absent())?;
    let sent = call.object()?;
    change(world, id, &sent)?;
    world.applied(
        call.method,
        "category",
        text_of(&sent, "name"),
        id,
        &Value::Object(sent.clone()),
    );
    Ok(show(world, id))
}

/// `DELETE /v3/catalog/categories/{id}`
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Reply {
    let id = call.id(2)?;
    if world.categories.remove(&[id]).is_empty() {
        return Err(call.absent());
    }
    world.applied(call.method, "category", &id.to_string(), id, &Value::Null);
    Ok(Answer::empty())
}

/// Adds a category; its id.
pub(crate) fn add(world: &mut World, sent: &Document, tree: u64) -> Result<u64, Answer> {
    let mut fields = new_shape(sent);
    let wrong = RULES.check(&mut fields);
    refuse(wrong)?;
    if text_of(&fields, "name").is_empty() {
        return Err(v3_error(422, "name is required", at("name", "name is required")));
    }
    let parent = id_of(&fields, "parent_id").unwrap_or_default();
    let tree = parent_tree(world, parent)?.unwrap_or_else(|| id_of(&fields, "tree_id").unwrap_or(tree));
    let twin = world.categories.rows().any(|other| {
        other.tree_id == tree
            && other.parent_id == parent
            && other.name.to_lowercase() == text_of(&fields, "name").to_lowercase()
    });
    if twin {
        let title = "The category name is a duplicate among its siblings";
        return Err(v3_error(409, title, at("name", title)));
    }
    let id = world.categories.take_id();
    let mut record = CATEGORY.blank();
    for (member, value) in [
        ("category_id", json!(id)),
        ("category_uuid", json!(uuid(id).to_string())),
        ("is_visible", json!(true)),
        (
            "url",
            json!({ "path": format!("/c-{id}/"), "is_customized": false }),
        ),
    ] {
        record.insert(member.to_owned(), value);
    }
    merge(&mut record, fields);
    record.insert("tree_id".to_owned(), json!(tree));
    let hidden = world.visible_from();
    world.categories.put(&record, hidden);
    Ok(id)
}

/// Changes a category.
pub(crate) fn change(world: &mut World, id: u64, sent: &Document) -> Result<(), Answer> {
    let mut fields = new_shape(sent);
    refuse(RULES.check(&mut fields))?;
    if let Some(parent) = id_of(&fields, "parent_id") {
        parent_tree(world, parent)?;
    }
    let mut record = world.categories.document(id).unwrap_or_default();
    merge(&mut record, fields);
    world.categories.put(&record, i64::MIN);
    Ok(())
}

fn parent_tree(world: &World, parent: u64) -> Result<Option<u64>, Answer> {
    if parent == 0 {
        return Ok(None);
    }
    let found = world.categories.facts(parent).map(|facts| Some(facts.tree_id));
    found.ok_or_else(|| {
        v3_error(
            422,
            "The parent category was not found",
            at("parent_id", "not found"),
        )
    })
}

fn refuse(wrong: Document) -> Result<(), Answer> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(v3_error(422, "The category could not be saved.", wrong))
}

fn new_shape(sent: &Document) -> Document {
    let mut fields = sent.clone();
    if let Some(Value::Object(mut url)) = fields.shift_remove("custom_url") {
        let path = url.shift_remove("url").unwrap_or_default();
        fields.insert("url".to_owned(), json!({ "path": path, "is_customized": true }));
    }
    fields
}
