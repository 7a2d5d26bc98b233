//! Reading variants.

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::filter::Filters;
use crate::page::{self, Page};
use crate::routes::fields::Fields;
use crate::seed::variants::Variant;
use crate::shape::VARIANT;
use crate::shelf::Selection;
use crate::world::World;

/// `GET /v3/catalog/variants`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[
        "id",
        "id:in",
        "sku",
        "sku:in",
        "upc",
        "product_id",
        "product_id:in",
        "include_fields",
        "exclude_fields",
        "page",
        "limit",
    ])?;
    let mut filters = Filters::<Variant>::new(&call.query);
    filters.numbers("id", |variant| variant.id as i64)?;
    filters.numbers("product_id", |variant| variant.product_id as i64)?;
    filters.texts("sku", |variant| variant.sku.to_string());
    filters.member("upc");
    let selection = filters.selection();
    answer(world, call, &selection)
}

/// `GET /v3/catalog/products/{id}/variants`
pub(crate) fn of_product(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["include_fields", "exclude_fields", "page", "limit"])?;
    let product = call.id(2)?;
    world
        .products
        .seen(product, world.now())
        .ok_or_else(|| call.absent())?;
    let ids = world.variants_of(product);
    let span = (
        ids.first().copied().unwrap_or(1),
        ids.last().copied().unwrap_or(0),
    );
    let mut filters = Filters::<Variant>::new(&call.query);
    filters.add(move |variant| variant.product_id == product);
    // The path's product is not in the query, so the query does not name this list.
    answer(
        world,
        call,
        &Selection {
            ids: span,
            key: None,
            ..filters.selection()
        },
    )
}

fn answer(world: &mut World, call: &Call<'_>, selection: &Selection<Variant>) -> Reply {
    let fields = Fields::read(call, &VARIANT, "id")?;
    let page = Page::read(&call.query, 50, 250)?;
    let now = world.now();
    let picks = world.variants.select(selection, now);
    let variants = &world.variants;
    Ok(page::v3(&call.query, page, picks.len(), 800, |position, out| {
        let text = variants.text(variants.row(picks.at(position)));
        if fields.is_all() {
            out.push_str(text);
        } else {
            out.push_str(&fields.cut(text));
        }
    }))
}

/// `GET /v3/catalog/products/{id}/variants/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "exclude_fields"])?;
    let fields = Fields::read(call, &VARIANT, "id")?;
    let id = member(world, call)?;
    let text = world
        .variants
        .seen(id, world.now())
        .ok_or_else(|| call.absent())?;
    Ok(page::v3_body(&fields.cut(text), "{}"))
}

/// The variant that the path names, if it is the product's.
pub(crate) fn member(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let (product, id) = (call.id(2)?, call.id(4)?);
    let facts = world
        .variants
        .facts(id)
        .filter(|facts| facts.product_id == product);
    facts.map(|facts| facts.id).ok_or_else(|| call.absent())
}
