//! Reading products: filters, sorting, parts to include.

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::clock::Given;
use crate::filter::{Filters, id_span};
use crate::page::{self, Page};
use crate::routes::fields::Fields;
use crate::seed::products::{Product, Tracking};
use crate::shape::{PRODUCT, splice};
use crate::shelf::{Key, Selection, Sort};
use crate::world::World;

use super::parts;

const KNOWN: &[&str] = &[
    "id",
    "id:in",
    "id:not_in",
    "id:min",
    "id:max",
    "id:greater",
    "id:less",
    "channel_id:in",
    "include",
    "include_fields",
    "exclude_fields",
    "page",
    "limit",
    "direction",
    "sort",
    "categories",
    "categories:in",
    "name",
    "name:like",
    "mpn",
    "upc",
    "price",
    "weight",
    "condition",
    "brand_id",
    "date_modified",
    "date_modified:min",
    "date_modified:max",
    "date_last_imported",
    "date_last_imported:min",
    "date_last_imported:max",
    "is_visible",
    "is_featured",
    "is_free_shipping",
    "inventory_level",
    "inventory_level:in",
    "inventory_level:not_in",
    "inventory_level:min",
    "inventory_level:max",
    "inventory_level:greater",
    "inventory_level:less",
    "inventory_low",
    "out_of_stock",
    "total_sold",
    "type",
    "keyword",
    "keyword_context",
    "availability",
    "sku",
    "sku:in",
];

/// `GET /v3/catalog/products`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(KNOWN)?;
    let included = parts::included(call)?;
    let fields = Fields::read(call, &PRODUCT, "id")?;
    let page = Page::read(&call.query, 50, parts::page_limit(&included))?;
    let mut selection = selection(world, call)?;
    sort(call, &mut selection)?;
    let now = world.now();
    let picks = world.products.select(&selection, now);
    let plain = included.is_empty() && fields.is_all();
    let world = &*world;
    Ok(page::v3(&call.query, page, picks.len(), 2300, |position, out| {
        let row = world.products.row(picks.at(position));
        let text = world.products.text(row);
        if plain {
            out.push_str(text);
        } else {
            out.push_str(&dressed(world, row.facts.id, text, &included, &fields));
        }
    }))
}

/// `GET /v3/catalog/products/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["include", "include_fields", "exclude_fields"])?;
    let included = parts::included(call)?;
    let fields = Fields::read(call, &PRODUCT, "id")?;
    show(world, call, call.id(2)?, &included, &fields)
}

/// One product in the v3 envelope.
pub(crate) fn show(world: &World, call: &Call<'_>, id: u64, included: &[String], fields: &Fields) -> Reply {
    let text = world
        .products
        .seen(id, world.now())
        .ok_or_else(|| call.absent())?;
    Ok(page::v3_body(&dressed(world, id, text, included, fields), "{}"))
}

fn dressed(world: &World, id: u64, text: &str, included: &[String], fields: &Fields) -> String {
    let members: Vec<_> = included
        .iter()
        .map(|name| (name.as_str(), parts::part(world, id, name)))
        .collect();
    if fields.is_all() {
        splice(text, &members)
    } else {
        splice(&fields.cut(text), &members)
    }
}

/// The products that a request's filters name.
pub(crate) fn selection(world: &World, call: &Call<'_>) -> Result<Selection<Product>, Answer> {
    let query = &call.query;
    let mut filters = Filters::<Product>::new(query);
    for (name, wanted) in [("id:in", true), ("id:not_in", false)] {
        if let Some(ids) = query.ints(name)? {
            filters.add(move |product| ids.contains(&(product.id as i64)) == wanted);
        }
    }
    filters.numbers("inventory_level", |product| product.level)?;
    filters.numbers("total_sold", |product| i64::from(product.sold))?;
    filters.texts("sku", |product| product.sku.to_string());
    filters.texts("name", |product| product.name.to_string());
    filters.flag("is_visible", |product| product.visible)?;
    filters.times("date_modified", |product| product.modified, &|given| {
        moment(world, given)
    })?;
    for member in [
        "mpn",
        "upc",
        "weight",
        "condition",
        "brand_id",
        "is_featured",
        "is_free_shipping",
        "type",
        "availability",
    ] {
        filters.member(member);
    }
    if query.names().any(|name| name.starts_with("date_last_imported")) {
        filters.add(|_| false); // No seeded or created product was imported.
    }
    price(call, &mut filters)?;
    stock(call, &mut filters)?;
    categories(call, &mut filters)?;
    keyword(call, &mut filters);
    let ids = match query.int("id")? {
        Some(id) => (id.max(0) as u64, id.max(0) as u64),
        None => id_span(query, ["id:min", "id:max", "id:greater", "id:less"])?,
    };
    let mut selection = Selection {
        ids,
        ..filters.selection()
    };
    if depends_on_time(call)? {
        selection.key = None;
    }
    Ok(selection)
}

fn price(call: &Call<'_>, filters: &mut Filters<'_, Product>) -> Result<(), Answer> {
    if let Some(price) = call.query.number("price")? {
        let cents = (price * 100.0).round() as i64;
        filters.add(move |product| product.cents == cents);
    }
    Ok(())
}

fn stock(call: &Call<'_>, filters: &mut Filters<'_, Product>) -> Result<(), Answer> {
    let counted = |product: &Product| product.tracking != Tracking::None;
    if let Some(low) = call.query.flag("inventory_low")? {
        filters.add(move |product| (counted(product) && product.level <= 5) == low);
    }
    if let Some(out) = call.query.flag("out_of_stock")? {
        filters.add(move |product| (counted(product) && product.level <= 0) == out);
    }
    Ok(())
}

fn categories(call: &Call<'_>, filters: &mut Filters<'_, Product>) -> Result<(), Answer> {
    for name in ["categories", "categories:in"] {
        if let Some(ids) = call.query.ints(name)? {
            filters.add(move |product| product.categories.iter().any(|id| ids.contains(&i64::from(*id))));
        }
    }
    if let Some(channels) = call.query.ints("channel_id:in")? {
        filters.add(move |_| channels.contains(&1)); // All products are on the default channel.
    }
    Ok(())
}

fn keyword(call: &Call<'_>, filters: &mut Filters<'_, Product>) {
    if let Some(word) = call.query.text("keyword") {
        let word = word.to_lowercase();
        filters.add(move |product| {
            product.name.to_lowercase().contains(&word) || product.sku.to_lowercase().contains(&word)
        });
    }
}

/// A date without a time gets the current time of day added. BigCommerce reference: products v3, date filters.
fn moment(world: &World, given: Given) -> i64 {
    if given.has_time || !world.settings.date_gets_time {
        return given.second;
    }
    given.second + world.now().rem_euclid(86_400)
}

fn depends_on_time(call: &Call<'_>) -> Result<bool, Answer> {
    for name in ["date_modified", "date_modified:min", "date_modified:max"] {
        if call.query.time(name)?.is_some_and(|given| !given.has_time) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sort(call: &Call<'_>, selection: &mut Selection<Product>) -> Result<(), Answer> {
    selection.descending = match call.query.text("direction") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(call.invalid("direction", "The value must be asc or desc.")),
    };
    let Some(name) = call.query.text("sort") else {
        return Ok(());
    };
    let key: (&'static str, fn(&Product) -> Key) = match name {
        "id" => return Ok(()),
        "name" => ("name", |product| Key::Text(product.name.to_lowercase())),
        "sku" => ("sku", |product| Key::Text(product.sku.to_lowercase())),
        "price" | "calculated_price" => ("price", |product| Key::Number(product.cents as f64)),
        "date_modified" => ("date_modified", |product| Key::Number(product.modified as f64)),
        "date_last_imported" => ("date_last_imported", |_| Key::Number(0.0)),
        "inventory_level" => ("inventory_level", |product| Key::Number(product.level as f64)),
        "is_visible" => ("is_visible", |product| {
            Key::Number(f64::from(u8::from(product.visible)))
        }),
        "total_sold" => ("total_sold", |product| Key::Number(f64::from(product.sold))),
        _ => return Err(call.invalid("sort", "Products cannot be sorted by this field.")),
    };
    selection.sort = Some(Sort {
        name: key.0,
        key: key.1,
    });
    Ok(())
}
