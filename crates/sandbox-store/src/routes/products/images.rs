//! Images of products: listed, and added one at a time, by address or as a file. What is sent twice is there twice.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, Version, at, invalid, v3_absent, v3_error};
use crate::call::{Call, text_of};
use crate::clock::iso_offset;
use crate::page::{self, Page};
use crate::shape::Document;
use crate::world::World;

use super::parts::part;

/// The vendor takes files of up to 8 MB.
const LARGEST: usize = 8 << 20;

fn known(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let id = call.id(2)?;
    let seen = world.products.seen(id, world.now()).is_some();
    seen.then_some(id).ok_or_else(|| v3_absent("Product not found"))
}

fn images_of(world: &World, product: u64) -> Vec<Value> {
    serde_json::from_str(&part(world, product, "images")).unwrap_or_default()
}

/// `GET /v3/catalog/products/{id}/images`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["page", "limit", "include_fields", "exclude_fields"])?;
    let page = Page::read(&call.query, 50, 250)?;
    let images = images_of(world, known(world, call)?);
    Ok(page::v3(&call.query, page, images.len(), 500, |at, out| {
        out.push_str(&images[at].to_string());
    }))
}

/// `POST /v3/catalog/products/{id}/images`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let product = known(world, call)?;
    let (mut sent, file) = if call.body.starts_with(b"--") {
        form(call.body).ok_or_else(|| invalid(Version::V3, "image_file", "The form cannot be read."))?
    } else {
        let sent = call.object()?;
        let address = text_of(&sent, "image_url").to_owned();
        if address.is_empty() || address.chars().count() > 255 {
            return Err(v3_error(
                422,
                "image_url is invalid",
                at("image_url", "image_url is invalid"),
            ));
        }
        let base = address.split('?').next().unwrap_or_default();
        let base = base.rsplit('/').next().unwrap_or_default().to_owned();
        (sent, (base, 0))
    };
    let (name, size) = file;
    if size > LARGEST {
        return Err(v3_error(
            422,
            "The image is too large.",
            at("image_file", "The image is too large."),
        ));
    }
    let id = world.take_id();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "jpg"));
    let now = iso_offset(world.now());
    let stored = format!(
        "{}/{}/{stem}__{}.{ending}",
        stem.get(..1).unwrap_or("i"),
        id % 1000,
        10_000 + id % 90_000
    );
    let address = format!(
        "https://cdn11.bigcommerce.com/s-{}/product_images/{stored}",
        world.hash
    );
    let mut images = images_of(world, product);
    let field = |name: &str, otherwise: Value| sent.get(name).cloned().unwrap_or(otherwise);
    let image = json!({
        "id": id, "product_id": product, "is_thumbnail": field("is_thumbnail", json!(images.is_empty())),
        "sort_order": field("sort_order", json!(images.len())), "description": field("description", json!("")),
        "image_file": stored, "url_zoom": address, "url_standard": address, "url_thumbnail": address,
        "url_tiny": address, "date_modified": now,
    });
    images.push(image.clone());
    world
        .product_parts
        .entry(product)
        .or_default()
        .insert("images".to_owned(), Value::Array(images));
    sent.insert("name".to_owned(), json!(name));
    sent.insert("size".to_owned(), json!(size));
    world.applied(
        call.method,
        "image",
        &product.to_string(),
        id,
        &Value::Object(sent),
    );
    Ok(Answer::data(200, &image))
}

/// The plain fields of a form, and the name and size of the file in it.
fn form(body: &[u8]) -> Option<(Document, (String, usize))> {
    let end = body.windows(2).position(|pair| pair == b"\r\n")?;
    let boundary = &body[..end];
    let mut fields = Document::new();
    let mut file = None;
    for piece in split(body, boundary) {
        let Some(head_end) = piece.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&piece[..head_end]).into_owned();
        let content = &piece[head_end + 4..piece.len().saturating_sub(2).max(head_end + 4)];
        let value = |name: &str| {
            let (_, rest) = head.split_once(&format!("{name}=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        match (value(" name"), value("filename")) {
            (Some(name), Some(file_name)) if name == "image_file" => file = Some((file_name, content.len())),
            (Some(name), None) => {
                let text = String::from_utf8_lossy(content).into_owned();
                let plain = serde_json::from_str::<Value>(&text)
                    .ok()
                    .filter(|value| !value.is_object());
                fields.insert(name, plain.unwrap_or(Value::String(text)));
            }
            _ => {}
        }
    }
    Some((fields, file?))
}

fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.windows(boundary.len()).position(|part| part == boundary) {
        if at > 0 {
            pieces.push(&rest[..at]);
        }
        rest = &rest[at + boundary.len()..];
    }
    pieces
}
