//! Changes as somebody in the control panel would make them: past the API's checks, its quota and the ledger.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{id_of, text_of};
use crate::clock::{iso_offset, iso_z, parse, rfc2822};
use crate::routes::fields::merge;
use crate::routes::orders::parts::line_documents;
use crate::routes::orders::{statuses, sums};
use crate::shape::{ADDRESS, CATEGORY, CUSTOMER, Document, LINE, ORDER, PRODUCT, VARIANT};
use crate::world::World;

/// A kind of record that can be patched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A product.
    Product,
    /// A variant.
    Variant,
    /// A category.
    Category,
    /// A customer.
    Customer,
    /// An order.
    Order,
}

/// One change to one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// What kind of record.
    pub kind: Kind,
    /// Which; without it, or where there is none of this id yet, a record is created.
    #[serde(default)]
    pub id: Option<u64>,
    /// Members to set, as the record shows them. Nothing is checked.
    #[serde(default)]
    pub set: serde_json::Map<String, Value>,
    /// An order's lines become these. Members that a line does not name have their empty value; sums follow, but
    /// for those in `set`.
    #[serde(default)]
    pub lines: Option<Vec<serde_json::Map<String, Value>>>,
    /// An order's shipping addresses become these.
    #[serde(default)]
    pub addresses: Option<Vec<serde_json::Map<String, Value>>>,
    /// `now` (what is meant without it), `keep`, or a time.
    #[serde(default)]
    pub date_modified: Option<String>,
    /// Removes the record.
    #[serde(default)]
    pub delete: bool,
}

impl Patch {
    /// Sets members of a record.
    pub fn set(kind: Kind, id: u64, set: Value) -> Self {
        let set = match set {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        };
        Self {
            kind,
            id: Some(id),
            set,
            lines: None,
            addresses: None,
            date_modified: None,
            delete: false,
        }
    }

    /// Removes a record.
    pub fn delete(kind: Kind, id: u64) -> Self {
        Self {
            delete: true,
            ..Self::set(kind, id, Value::Null)
        }
    }

    /// With this change date: `keep`, or a time.
    pub fn modified(mut self, at: impl Into<String>) -> Self {
        self.date_modified = Some(at.into());
        self
    }
}

/// A record as a tree.
pub(crate) fn document(world: &World, kind: Kind, id: u64) -> Option<Document> {
    match kind {
        Kind::Product => world.products.document(id),
        Kind::Variant => world.variants.document(id),
        Kind::Category => world.categories.document(id),
        Kind::Customer => world.customers.document(id),
        Kind::Order => world.orders.document(id),
    }
}

/// Makes a change; the record's id, or why it cannot be made.
pub(crate) fn apply(world: &mut World, patch: &Patch) -> Result<u64, String> {
    if patch.delete {
        return delete(world, patch);
    }
    let stamp = stamp(world, patch)?;
    let id = patch.id.unwrap_or_else(|| take_id(world, patch.kind));
    let mut record = document(world, patch.kind, id).unwrap_or_else(|| blank(world, patch.kind, id));
    if patch.kind == Kind::Order {
        order_parts(world, id, patch, &mut record);
    }
    let mut set = patch.set.clone();
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (
        record.get_mut("billing_address"),
        set.shift_remove("billing_address"),
    ) {
        merge(old, new);
    }
    merge(&mut record, set);
    if patch.kind == Kind::Order {
        follow(world, id, patch, &mut record);
    }
    if let Some(second) = stamp {
        date(patch.kind, &mut record, "date_modified", second);
    }
    put(world, patch.kind, &record);
    Ok(id)
}

/// The change date to set; none keeps the old one.
fn stamp(world: &World, patch: &Patch) -> Result<Option<i64>, String> {
    if patch.set.contains_key("date_modified") {
        return Ok(None);
    }
    match patch.date_modified.as_deref() {
        None | Some("now") => Ok(Some(world.now())),
        Some("keep") => Ok(None),
        Some(text) => parse(text)
            .map(|given| Some(given.second))
            .ok_or_else(|| format!("`date_modified`: `{text}` is no time")),
    }
}

fn date(kind: Kind, record: &mut Document, member: &str, second: i64) {
    let text = match kind {
        Kind::Product => iso_offset(second),
        Kind::Customer => iso_z(second),
        Kind::Order => rfc2822(second),
        Kind::Variant | Kind::Category => return,
    };
    record.insert(member.to_owned(), json!(text));
}

fn take_id(world: &mut World, kind: Kind) -> u64 {
    match kind {
        Kind::Product => world.products.take_id(),
        Kind::Variant => world.variants.take_id(),
        Kind::Category => world.categories.take_id(),
        Kind::Customer => world.customers.take_id(),
        Kind::Order => world.orders.take_id(),
    }
}

fn blank(world: &World, kind: Kind, id: u64) -> Document {
    let (template, member) = match kind {
        Kind::Product => (&PRODUCT, "id"),
        Kind::Variant => (&VARIANT, "id"),
        Kind::Category => (&CATEGORY, "category_id"),
        Kind::Customer => (&CUSTOMER, "id"),
        Kind::Order => (&ORDER, "id"),
    };
    let mut record = template.blank();
    record.insert(member.to_owned(), json!(id));
    date(kind, &mut record, "date_created", world.now());
    date(kind, &mut record, "date_modified", world.now());
    for (word, value) in [
        ("type", "physical"),
        ("inventory_tracking", "none"),
        ("currency_code", "EUR"),
        ("default_currency_code", "EUR"),
    ] {
        if record.contains_key(word) {
            record.insert(word.to_owned(), json!(value));
        }
    }
    if record.contains_key("tree_id") {
        record.insert("tree_id".to_owned(), json!(1));
    }
    if record.contains_key("is_visible") {
        record.insert("is_visible".to_owned(), json!(true));
    }
    record
}

fn order_parts(world: &mut World, id: u64, patch: &Patch, record: &mut Document) {
    if let Some(addresses) = &patch.addresses {
        let built = addresses
            .iter()
            .map(|sent| built(world, &ADDRESS, id, sent))
            .collect();
        world.order_parts.entry(id).or_default().addresses = Some(built);
    }
    if let Some(lines) = &patch.lines {
        let lines: Vec<Document> = lines.iter().map(|sent| line(world, id, sent)).collect();
        world.order_parts.entry(id).or_default().lines = Some(lines);
        sums::add_up(world, id, record);
    }
}

fn built(world: &mut World, template: &crate::shape::Template, order: u64, sent: &Document) -> Document {
    let mut record = template.blank();
    record.insert("id".to_owned(), json!(world.take_id()));
    record.insert("order_id".to_owned(), json!(order));
    merge(&mut record, sent.clone());
    record
}

fn line(world: &mut World, order: u64, sent: &Document) -> Document {
    let mut line = built(world, &LINE, order, sent);
    if text_of(&line, "type").is_empty() {
        line.insert("type".to_owned(), json!("physical"));
    }
    if !sent.contains_key("total_inc_tax") {
        let (ex, inc) = (
            sums::money(&line, "price_ex_tax"),
            sums::money(&line, "price_inc_tax"),
        );
        sums::price(&mut line, ex, inc);
    }
    line
}

/// Labels follow ids, and counts follow lines, unless they were set.
fn follow(world: &World, id: u64, patch: &Patch, record: &mut Document) {
    let status = statuses::name(id_of(record, "status_id").unwrap_or_default());
    for member in ["status", "custom_status"] {
        if !patch.set.contains_key(member) {
            record.insert(member.to_owned(), json!(status));
        }
    }
    if patch.lines.is_some() && !patch.set.contains_key("items_total") {
        let items: i64 = line_documents(world, id)
            .iter()
            .filter_map(|line| line.get("quantity")?.as_i64())
            .sum();
        record.insert("items_total".to_owned(), json!(items));
    }
}

fn put(world: &mut World, kind: Kind, record: &Document) {
    world.changed();
    let id = id_of(record, "id").unwrap_or_default();
    match kind {
        Kind::Product => {
            world.products.put(record, i64::MIN);
            world.product_skus.note(text_of(record, "sku"), id);
            world.product_names.note(text_of(record, "name"), id);
        }
        Kind::Variant => {
            world.variants.put(record, i64::MIN);
            world.variant_skus.note(text_of(record, "sku"), id);
            let product = id_of(record, "product_id").unwrap_or_default();
            if !world.variants_of(product).contains(&id) {
                world.added_variants.entry(product).or_default().push(id);
            }
        }
        Kind::Category => world.categories.put(record, i64::MIN),
        Kind::Customer => {
            world.customers.put(record, i64::MIN);
            world.emails.note(text_of(record, "email"), id);
        }
        Kind::Order => world.orders.put(record, i64::MIN),
    }
}

fn delete(world: &mut World, patch: &Patch) -> Result<u64, String> {
    let id = patch.id.ok_or("`delete` needs an `id`")?;
    world.changed();
    let gone = match patch.kind {
        Kind::Product => {
            let variants = world.variants_of(id);
            world.variants.remove(&variants);
            world.products.remove(&[id])
        }
        Kind::Variant => world.variants.remove(&[id]),
        Kind::Category => world.categories.remove(&[id]),
        Kind::Customer => world.customers.remove(&[id]),
        Kind::Order => world.orders.remove(&[id]),
    };
    if gone.is_empty() {
        Err(format!("there is no {:?} {id}", patch.kind))
    } else {
        Ok(id)
    }
}
