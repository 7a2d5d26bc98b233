//! Lines and shipping addresses of seeded orders. Order totals are sums of these lines.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::shape::{ADDRESS, LINE, push_text};

use super::orders::{self, Order};
use super::{Draw, Seeds, amount, products, variants};

/// Line ids of an order are `order number * ROOM + 1` and up.
const ROOM: u64 = 200;
const TAX: i64 = 19;

/// A bought item; amounts in ten-thousandths of the order's currency.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: u64,
    /// The product's number, or none for a custom item.
    product: Option<u64>,
    part: u64,
    pub(crate) quantity: i64,
    pub(crate) ex_tax: i64,
    pub(crate) inc_tax: i64,
    discount: i64,
}

/// How many lines the order with this number has: one for each of its addresses at least. One in a thousand has more
/// than a page of them.
fn count(seeds: &Seeds, number: u64) -> u64 {
    if number % 1000 == 49 {
        123
    } else {
        let lines = 1 + seeds.draw(Draw::Lines, number, 4);
        lines.max(if orders::has_two_addresses(number) { 2 } else { 1 })
    }
}

/// The lines of the order with this number.
pub(crate) fn lines(seeds: &Seeds, number: u64) -> Vec<Line> {
    let custom = number % 13 == 5 || seeds.products == 0;
    let rate = orders::currency(number).2;
    (0..count(seeds, number))
        .map(|at| line(seeds, number, at, custom && at == 0, rate))
        .collect()
}

fn line(seeds: &Seeds, number: u64, at: u64, custom: bool, rate: i64) -> Line {
    let product = seeds.draw(Draw::Product, number * ROOM + at, seeds.products);
    let product = (!custom && seeds.products > 0).then_some(product);
    let cents = product.map_or(1990, |product| products::cents(seeds, product));
    let ex_tax = cents * rate / 100;
    Line {
        id: number * ROOM + at + 1,
        product,
        part: at % product.map_or(1, products::variant_count),
        quantity: 1 + seeds.draw(Draw::Quantity, number * ROOM + at, 4) as i64,
        ex_tax,
        // Rounded to cents for each unit, as shops do: sums of rounded lines are not the rounded sum.
        inc_tax: (ex_tax * (100 + TAX) / 100 + 50) / 100 * 100,
        discount: if at == 0 { orders::discount(number) } else { 0 },
    }
}

impl Line {
    /// The line as `/orders/{id}/products` shows it.
    pub(crate) fn text(&self, seeds: &Seeds, order: &Order) -> String {
        let total_ex = self.ex_tax * self.quantity;
        let total_inc = self.inc_tax * self.quantity;
        let variant = self
            .product
            .map(|product| variants::FIRST + variants::first_of(product) + self.part);
        let mut out = String::new();
        LINE.fill(&mut out, |marker, out| {
            let written = match marker {
                "id" => write!(out, "{}", self.id),
                "order_id" => write!(out, "{}", order.id),
                "product_id" => write!(
                    out,
                    "{}",
                    self.product.map_or(0, |product| products::FIRST + product)
                ),
                "variant_id" => write!(out, "{}", variant.unwrap_or(0)),
                "order_address_id" => write!(out, "{}", self.address(order)),
                "quantity" => write!(out, "{}", self.quantity),
                "quantity_shipped" => write!(out, "{}", if order.is_shipped() { self.quantity } else { 0 }),
                "base_price" | "price_ex_tax" => write!(out, "\"{}\"", amount(self.ex_tax)),
                "price_inc_tax" => write!(out, "\"{}\"", amount(self.inc_tax)),
                "price_tax" => write!(out, "\"{}\"", amount(self.inc_tax - self.ex_tax)),
                "base_total" | "total_ex_tax" => write!(out, "\"{}\"", amount(total_ex)),
                "total_inc_tax" => write!(out, "\"{}\"", amount(total_inc)),
                "total_tax" => write!(out, "\"{}\"", amount(total_inc - total_ex)),
                "discounted_total_inc_tax" => write!(out, "\"{}\"", amount(total_inc - self.discount)),
                "weight" => write!(out, "\"0.4500\""),
                "type" => write!(
                    out,
                    "\"{}\"",
                    if order.is_digital() { "digital" } else { "physical" }
                ),
                "applied_discounts" => write!(out, "{}", self.discounts()),
                "product_options" => write!(out, "{}", self.options()),
                text => {
                    push_text(out, &self.words(seeds, text));
                    Ok(())
                }
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        });
        out
    }

    fn address(&self, order: &Order) -> u64 {
        match order.address_count() {
            0 => 0,
            count => order.address_id(self.id % count),
        }
    }

    fn words(&self, seeds: &Seeds, marker: &str) -> String {
        match (marker, self.product) {
            ("name", Some(product)) => products::name(seeds, product).into_string(),
            ("name", None) => "Gravur „Für Zoë“ (custom)".to_owned(),
            ("sku", Some(product)) if products::variant_count(product) > 1 => {
                format!(
                    "{}-{}",
                    products::sku(product),
                    variants::SIZES[self.part as usize % 3]
                )
            }
            ("sku", Some(product)) => products::sku(product).into_string(),
            _ => String::new(),
        }
    }

    fn discounts(&self) -> Value {
        if self.discount == 0 {
            return json!([]);
        }
        json!([{ "id": "coupon", "amount": amount(self.discount), "name": "Herbst", "code": "HERBST5",
                 "target": "order" }])
    }

    fn options(&self) -> Value {
        let Some(product) = self
            .product
            .filter(|product| products::variant_count(*product) > 1)
        else {
            return json!([]);
        };
        let size = variants::SIZES[self.part as usize % 3];
        json!([{
            "id": self.id, "option_id": 7, "order_product_id": self.id, "product_option_id": 20_001 + product,
            "display_name": "Größe", "display_name_customer": "Größe", "display_name_merchant": "Größe",
            "display_value": size, "display_value_customer": size, "display_value_merchant": size,
            "value": (20_001 + product * 3 + self.part).to_string(), "type": "Multiple choice",
            "name": format!("Größe{product}"), "display_style": "Rectangle",
        }])
    }
}

/// The shipping addresses of a seeded order; a digital one has none.
pub(crate) fn addresses(seeds: &Seeds, order: &Order) -> Vec<String> {
    let lines = lines(seeds, order.number());
    (0..order.address_count())
        .map(|at| address(seeds, order, &lines, at))
        .collect()
}

fn address(seeds: &Seeds, order: &Order, lines: &[Line], at: u64) -> String {
    let who = order.who(seeds);
    let id = order.address_id(at);
    let items: i64 = lines
        .iter()
        .filter(|line| line.address(order) == id)
        .map(|line| line.quantity)
        .sum();
    let (ex, inc) = if at == 0 {
        orders::shipping(order.number())
    } else {
        (0, 0)
    };
    let mut out = String::new();
    ADDRESS.fill(&mut out, |marker, out| {
        let written = match marker {
            "id" => write!(out, "{id}"),
            "order_id" => write!(out, "{}", order.id),
            "items_total" => write!(out, "{items}"),
            "items_shipped" => write!(out, "{}", if order.is_shipped() { items } else { 0 }),
            "cost_ex_tax" => write!(out, "\"{}\"", amount(ex)),
            "cost_inc_tax" => write!(out, "\"{}\"", amount(inc)),
            "cost_tax" => write!(out, "\"{}\"", amount(inc - ex)),
            "shipping_method" => write!(out, "\"DHL Paket\""),
            "shipping_quotes" => {
                let resource = format!("/orders/{}/shippingaddresses/{id}/shippingquotes", order.id);
                write!(out, "{}", orders::link(&seeds.hash, &resource))
            }
            text => {
                push_text(out, orders::of_person(&who, text));
                Ok(())
            }
        };
        debug_assert!(written.is_ok(), "writing into a string cannot fail");
    });
    out
}
