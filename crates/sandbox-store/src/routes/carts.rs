//! Carts, v3: made, read, deleted. Changing a cart's items, coupons and gift certificates is left out.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, v3_absent};
use crate::call::{Call, id_of, text_of};
use crate::clock::iso_offset;
use crate::shape::Document;
use crate::world::World;

/// What a line without an image of its own shows: an address, never an empty text (BigCommerce reference, carts v3).
const NO_IMAGE: &str = "https://sandbox.example.com/ProductDefault.png";

/// A cart, and the checkout that has the same id.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) customer_id: u64,
    pub(crate) email: String,
    pub(crate) channel_id: u64,
    pub(crate) items: Vec<CartItem>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// Raised by every write; a write that names another is refused.
    pub(crate) version: u64,
    pub(crate) billing: Option<Document>,
}

/// A line of a cart.
#[derive(Debug, Clone)]
pub(crate) struct CartItem {
    id: String,
    product_id: u64,
    variant_id: u64,
    sku: String,
    name: String,
    quantity: u64,
    price: f64,
}

impl Cart {
    /// The sum of its lines, rounded to cents.
    pub(crate) fn sum(&self) -> f64 {
        let sum: f64 = self
            .items
            .iter()
            .map(|item| item.price * item.quantity as f64)
            .sum();
        (sum * 100.0).round() / 100.0
    }

    /// Its lines; carts and checkouts differ in one name.
    pub(crate) fn line_items(&self, taxable: &str, custom: &[Value]) -> Value {
        let physical: Vec<Value> = self
            .items
            .iter()
            .filter(|item| item.product_id > 0)
            .map(|item| {
                let total = (item.price * item.quantity as f64 * 100.0).round() / 100.0;
                json!({
                    "id": item.id, "variant_id": item.variant_id, "product_id": item.product_id, "sku": item.sku,
                    "name": item.name, "url": format!("https://sandbox.example.com/p-{}/", item.product_id),
                    "quantity": item.quantity, taxable: true, "image_url": NO_IMAGE, "discounts": [],
                    "discount_amount": 0, "coupon_amount": 0, "original_price": item.price, "list_price": item.price,
                    "sale_price": item.price, "extended_list_price": total, "extended_sale_price": total,
                    "is_require_shipping": true, "is_mutable": true, "added_by_promotion": false,
                })
            })
            .collect();
        json!({ "physical_items": physical, "digital_items": [], "gift_certificates": [], "custom_items": custom })
    }

    /// Custom items: a cart writes their numbers as text, a checkout as numbers.
    pub(crate) fn custom(&self, as_text: bool) -> Vec<Value> {
        let number = |number: f64| {
            if as_text {
                json!(number.to_string())
            } else {
                json!(number)
            }
        };
        let custom = self.items.iter().filter(|item| item.product_id == 0);
        custom
            .map(|item| {
                let quantity = item.quantity as f64;
                json!({
                    "id": item.id, "sku": item.sku, "name": item.name, "quantity": number(quantity),
                    "list_price": number(item.price), "extended_list_price": item.price * quantity, "image_url": NO_IMAGE,
                })
            })
            .collect()
    }

    fn shown(&self, urls: bool) -> Value {
        let mut shown = json!({
            "id": self.id, "customer_id": self.customer_id, "channel_id": self.channel_id, "email": self.email,
            "currency": { "code": "EUR" }, "tax_included": false, "base_amount": self.sum(), "discount_amount": 0,
            "manual_discount_amount": 0, "cart_amount": self.sum(), "coupons": [], "discounts": [],
            "line_items": self.line_items("taxable", &self.custom(true)), "created_time": iso_offset(self.created),
            "updated_time": iso_offset(self.updated), "locale": "de", "version": self.version,
        });
        if urls {
            let url = |page: &str| format!("https://sandbox.example.com/{page}?id={}", self.id);
            shown["redirect_urls"] = json!({
                "cart_url": url("cart"), "checkout_url": url("checkout"), "embedded_checkout_url": url("embed"),
            });
        }
        shown
    }
}

fn wants_urls(call: &Call<'_>) -> Result<bool, Answer> {
    call.query.only(&["include"])?;
    let known = [
        "redirect_urls",
        "line_items.physical_items.options",
        "line_items.digital_items.options",
        "promotions.banners",
    ];
    let included = call.query.list("include").unwrap_or_default();
    match included.iter().find(|part| !known.contains(&part.as_str())) {
        Some(part) => Err(call.invalid("include", &format!("There is no resource '{part}'."))),
        None => Ok(included.iter().any(|part| part == "redirect_urls")),
    }
}

/// The cart that a path names.
pub(crate) fn named<'a>(world: &'a World, call: &Call<'_>) -> Option<&'a Cart> {
    call.parts.get(1).and_then(|id| world.carts.get(*id))
}

/// `POST /v3/carts`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let urls = wants_urls(call)?;
    let sent = call.object()?;
    let mut items = Vec::new();
    for (field, custom) in [("line_items", false), ("custom_items", true)] {
        for (index, item) in sent
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let item = item
                .as_object()
                .ok_or_else(|| call.invalid(field, "Every item must be an object."))?;
            items.push(item_of(world, call, &format!("{field}.{index}"), item, custom)?);
        }
    }
    if items.is_empty() {
        return Err(call.invalid("line_items", "At least one item is required."));
    }
    let customer_id = id_of(&sent, "customer_id").unwrap_or_default();
    let email = world
        .customers
        .facts(customer_id)
        .map(|facts| facts.email.to_string())
        .unwrap_or_default();
    let now = world.now();
    let cart = Cart {
        id: uuid(world),
        customer_id,
        email,
        channel_id: id_of(&sent, "channel_id").unwrap_or(1),
        items,
        created: now,
        updated: now,
        version: 1,
        billing: None,
    };
    let shown = cart.shown(urls);
    world.applied(call.method, "cart", &cart.id, &cart.id, &Value::Object(sent));
    world.carts.insert(cart.id.clone(), cart);
    Ok(Answer::data(201, &shown))
}

fn item_of(
    world: &mut World,
    call: &Call<'_>,
    field: &str,
    sent: &Document,
    custom: bool,
) -> Result<CartItem, Answer> {
    let quantity = id_of(sent, "quantity").filter(|quantity| *quantity > 0);
    let quantity = quantity.ok_or_else(|| call.invalid(field, "quantity must be at least 1"))?;
    let asked = sent.get("list_price").and_then(Value::as_f64);
    let id = uuid(world);
    if custom {
        let (sku, name) = (text_of(sent, "sku").to_owned(), text_of(sent, "name").to_owned());
        return Ok(CartItem {
            id,
            product_id: 0,
            variant_id: 0,
            sku,
            name,
            quantity,
            price: asked.unwrap_or(0.0),
        });
    }
    let product_id = id_of(sent, "product_id").unwrap_or_default();
    let Some(product) = world.products.facts(product_id) else {
        return Err(call.invalid(field, &format!("There is no product {product_id}.")));
    };
    let variants = world.variants_of(product_id);
    let variant_id = id_of(sent, "variant_id")
        .or_else(|| variants.first().copied())
        .unwrap_or_default();
    if !variants.contains(&variant_id) {
        return Err(call.invalid(
            field,
            &format!("Product {product_id} has no variant {variant_id}."),
        ));
    }
    let sku = world
        .variants
        .facts(variant_id)
        .map(|facts| facts.sku.to_string())
        .unwrap_or_default();
    let price = asked.unwrap_or(product.cents as f64 / 100.0);
    Ok(CartItem {
        id,
        product_id,
        variant_id,
        sku,
        name: product.name.to_string(),
        quantity,
        price,
    })
}

fn uuid(world: &mut World) -> String {
    let number = u128::from(world.take_id()).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    uuid::Builder::from_random_bytes(number.to_be_bytes())
        .into_uuid()
        .to_string()
}

/// The cart that a store with products has from its beginning.
const FIRST: &str = "5f3e3a8e-0000-4000-8000-000000000001";

/// Puts two carts into a new store, one to look at and one to delete.
pub(crate) fn seed(world: &mut World) {
    if world.products.len() > 0 {
        add(world, FIRST.to_owned());
        add(world, FIRST.replace("0001", "0002"));
    }
}

/// Puts a cart with a piece of the first product into the store.
pub(crate) fn add(world: &mut World, id: String) {
    let facts = world.products.rows().next();
    let Some((product_id, name, price)) =
        facts.map(|facts| (facts.id, facts.name.to_string(), facts.cents as f64 / 100.0))
    else {
        return;
    };
    let variant_id = world.variants_of(product_id).first().copied().unwrap_or_default();
    let sku = world
        .variants
        .facts(variant_id)
        .map(|facts| facts.sku.to_string())
        .unwrap_or_default();
    let item = CartItem {
        id: format!("item-{id}"),
        product_id,
        variant_id,
        sku,
        name,
        quantity: 1,
        price,
    };
    let now = world.now();
    let cart = Cart {
        id: id.clone(),
        customer_id: 0,
        email: String::new(),
        channel_id: 1,
        items: vec![item],
        created: now,
        updated: now,
        version: 1,
        billing: None,
    };
    world.carts.insert(id, cart);
}

/// A new cart's id.
pub(crate) fn new_id(world: &mut World) -> String {
    uuid(world)
}

/// `GET /v3/carts/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    let urls = wants_urls(call)?;
    let cart = named(world, call).ok_or_else(|| v3_absent("The cart was not found."))?;
    Ok(Answer::data(200, &cart.shown(urls)))
}

/// `DELETE /v3/carts/{id}`
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let id = call.parts.get(1).copied().unwrap_or_default();
    let cart = world
        .carts
        .remove(id)
        .ok_or_else(|| v3_absent("The cart was not found."))?;
    world.applied(call.method, "cart", &cart.id, &cart.id, &Value::Null);
    Ok(Answer::empty())
}
