//! Seeded orders: guests, incomplete ones, other currencies, a second channel, digital ones, fees, discounts,
//! and change dates that many orders share.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::clock::{parse, rfc2822};
use crate::shape::{Document, ORDER, push_text};
use crate::shelf::Facts;

use super::people::{Person, person};
use super::{Draw, Seeds, amount, customers, lines, read_amount};

/// The id of the first seeded order.
pub(crate) const FIRST: u64 = 1001;

/// Code, id, rate against the store's currency in ten-thousandths.
const CURRENCIES: &[(&str, u64, i64)] = &[
    ("EUR", 1, 10_000),
    ("USD", 2, 10_843),
    ("GBP", 3, 8561),
    ("CHF", 4, 9412),
];

/// Statuses in the order of their ids. BigCommerce reference: orders v2, order statuses.
pub(crate) const STATUSES: &[&str] = &[
    "Incomplete",
    "Pending",
    "Shipped",
    "Partially Shipped",
    "Refunded",
    "Cancelled",
    "Declined",
    "Awaiting Payment",
    "Awaiting Pickup",
    "Awaiting Shipment",
    "Completed",
    "Awaiting Fulfillment",
    "Manual Verification Required",
    "Disputed",
    "Partially Refunded",
];

/// What filters need of an order.
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) customer_id: u64,
    pub(crate) status_id: u8,
    pub(crate) channel_id: u64,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    /// Including tax, in ten-thousandths.
    pub(crate) total: i64,
    pub(crate) email: Box<str>,
    pub(crate) external_order_id: Box<str>,
    pub(crate) deleted: bool,
}

pub(crate) fn currency(number: u64) -> (&'static str, u64, i64) {
    if number % 9 == 5 {
        CURRENCIES[1 + (number / 9 % 3) as usize]
    } else {
        CURRENCIES[0]
    }
}

/// Shipping costs without and with tax.
pub(crate) fn shipping(number: u64) -> (i64, i64) {
    match number {
        digital if digital % 17 == 11 => (0, 0),
        free if free % 3 == 0 => (0, 0),
        _ => (41_933, 49_900),
    }
}

pub(crate) fn discount(number: u64) -> i64 {
    if number % 8 == 2 { 5000 } else { 0 }
}

fn status(seeds: &Seeds, number: u64) -> u8 {
    const USUAL: &[u8] = &[11, 11, 11, 10, 10, 2, 9, 7, 1, 3, 5, 4, 8, 12, 13, 6, 14, 10];
    if number % 41 == 20 {
        0
    } else {
        USUAL[seeds.draw(Draw::Status, number, USUAL.len() as u64) as usize]
    }
}

/// The seeded order with this number, from 0.
pub(crate) fn order(seeds: &Seeds, number: u64) -> Order {
    let between = (300 * 86_400 / seeds.orders.max(1)).min(3600);
    let created = seeds.until - 4 * 86_400 - ((seeds.orders - number) * between) as i64;
    let guest = number % 7 == 3 || seeds.customers == 0;
    let customer_id = if guest {
        0
    } else {
        1 + seeds.draw(Draw::Customer, number, seeds.customers)
    };
    let mut order = Order {
        id: FIRST + number,
        customer_id,
        status_id: status(seeds, number),
        channel_id: if number % 11 == 10 { 2 } else { 1 },
        created,
        modified: modified(seeds, number, created),
        total: totals(seeds, number).total_inc,
        email: "".into(),
        external_order_id: if number % 21 == 6 {
            format!("WEB-{number:05}").into()
        } else {
            "".into()
        },
        deleted: false,
    };
    order.email = order.who(seeds).email.into();
    order
}

/// A third of each hundred was changed by one bulk edit, in one second.
fn modified(seeds: &Seeds, number: u64, created: i64) -> i64 {
    if number % 10 < 3 {
        return seeds.until - 2 * 86_400 - (number / 100) as i64 % 1000 * 60;
    }
    created + seeds.draw(Draw::Modified, number, 3 * 86_400) as i64
}

/// An order's sums.
pub(crate) struct Totals {
    subtotal_ex: i64,
    subtotal_inc: i64,
    total_ex: i64,
    total_inc: i64,
    items: i64,
}

fn totals(seeds: &Seeds, number: u64) -> Totals {
    let lines = lines::lines(seeds, number);
    let subtotal_ex: i64 = lines.iter().map(|line| line.ex_tax * line.quantity).sum();
    let subtotal_inc: i64 = lines.iter().map(|line| line.inc_tax * line.quantity).sum();
    let (shipping_ex, shipping_inc) = shipping(number);
    let fee = |member: &str| -> i64 {
        fees(number)
            .iter()
            .filter_map(|fee| fee.get(member))
            .filter_map(read_amount)
            .sum()
    };
    Totals {
        subtotal_ex,
        subtotal_inc,
        total_ex: subtotal_ex + shipping_ex + fee("cost_ex_tax") - discount(number),
        total_inc: subtotal_inc + shipping_inc + fee("cost_inc_tax") - discount(number),
        items: lines.iter().map(|line| line.quantity).sum(),
    }
}

/// Whether the order with this number goes to two addresses, unless it is digital.
pub(crate) fn has_two_addresses(number: u64) -> bool {
    number % 19 == 7
}

/// The fees of the order with this number.
pub(crate) fn fees(number: u64) -> Vec<Value> {
    if number % 15 != 4 {
        return Vec::new();
    }
    let fee = |at: u64, name: &str, ex: &str, inc: &str, tax: &str| {
        json!({
            "id": number * 2 + at, "type": "custom_fee", "display_name_customer": name,
            "display_name_merchant": name, "source": "sandbox", "base_cost": ex, "cost_ex_tax": ex,
            "cost_inc_tax": inc, "cost_tax": tax, "tax_class_id": null,
        })
    };
    vec![
        fee(1, "Geschenkverpackung", "1.5000", "1.7850", "0.2850"),
        fee(2, "Express", "0.8000", "0.9520", "0.1520"),
    ]
}

/// A link as v2 writes it. It always names the real host: following it would leave the sandbox.
pub(crate) fn link(hash: &str, resource: &str) -> Value {
    json!({ "url": format!("https://api.bigcommerce.com/stores/{hash}/v2{resource}"), "resource": resource })
}

pub(crate) fn of_person<'a>(who: &'a Person, marker: &str) -> &'a str {
    match marker {
        "first_name" => who.first_name,
        "last_name" => who.last_name,
        "company" => who.company,
        "street" => &who.street,
        "city" => who.city,
        "zip" => who.zip,
        "country" => who.country,
        "country_iso2" => who.country_iso2,
        "phone" => &who.phone,
        "email" => &who.email,
        _ => "",
    }
}

impl Order {
    pub(crate) fn number(&self) -> u64 {
        self.id - FIRST
    }

    pub(crate) fn is_digital(&self) -> bool {
        self.number() % 17 == 11
    }

    pub(crate) fn is_shipped(&self) -> bool {
        matches!(self.status_id, 2 | 10)
    }

    pub(crate) fn address_count(&self) -> u64 {
        match self.number() {
            _ if self.is_digital() => 0,
            number if has_two_addresses(number) => 2,
            _ => 1,
        }
    }

    pub(crate) fn address_id(&self, at: u64) -> u64 {
        10_000 + self.number() * 2 + at
    }

    /// Who bought. Two guests share an address but for its case.
    pub(crate) fn who(&self, seeds: &Seeds) -> Person {
        if self.customer_id > 0 {
            return customers::who(seeds, self.customer_id);
        }
        let mut guest = person(seeds, "gast", 1_000_000 + self.number());
        match self.number() % 14 {
            3 => "Gast@Example.com".clone_into(&mut guest.email),
            10 => "gast@example.com".clone_into(&mut guest.email),
            _ => {}
        }
        guest
    }

    fn payment_status(&self) -> &'static str {
        match self.status_id {
            0 | 1 => "",
            4 => "refunded",
            6 => "declined",
            7 => "pending",
            14 => "partially refunded",
            _ => "captured",
        }
    }

    fn words(&self, marker: &str) -> String {
        let number = self.number();
        match marker {
            "date_created" => rfc2822(self.created),
            "date_modified" => rfc2822(self.modified),
            "date_shipped" if self.is_shipped() => rfc2822(self.created + 86_400),
            "status" | "custom_status" => STATUSES[self.status_id as usize].to_owned(),
            "payment_method" => {
                ["Manual", "Bank Deposit", "Credit Card", "PayPal"][(number % 4) as usize].to_owned()
            }
            "payment_status" => self.payment_status().to_owned(),
            "ip_address" => format!("203.0.113.{}", 1 + number % 250),
            "customer_message" if number % 12 == 1 => "Bitte nicht vor 10 Uhr klingeln 🙏".to_owned(),
            "staff_notes" if number % 30 == 2 => "Prüfen: \"zweite Adresse\"".to_owned(),
            "external_order_id" => self.external_order_id.to_string(),
            "customer_locale" => "de".to_owned(),
            _ => String::new(),
        }
    }
}

impl Facts for Order {
    fn id(&self) -> u64 {
        self.id
    }

    fn render(&self, seeds: &Seeds) -> String {
        let number = self.number();
        let sums = totals(seeds, number);
        let (shipping_ex, shipping_inc) = shipping(number);
        let (code, currency_id, rate) = currency(number);
        let who = self.who(seeds);
        let mut out = String::new();
        ORDER.fill(&mut out, |marker, out| {
            let money = match marker {
                "subtotal_ex_tax" => Some(sums.subtotal_ex),
                "subtotal_inc_tax" => Some(sums.subtotal_inc),
                "subtotal_tax" => Some(sums.subtotal_inc - sums.subtotal_ex),
                "shipping_cost_ex_tax" => Some(shipping_ex),
                "shipping_cost_inc_tax" => Some(shipping_inc),
                "shipping_cost_tax" => Some(shipping_inc - shipping_ex),
                "total_ex_tax" => Some(sums.total_ex),
                "total_inc_tax" => Some(sums.total_inc),
                "total_tax" => Some(sums.total_inc - sums.total_ex),
                "refunded_amount" => Some(if self.status_id == 4 { sums.total_inc } else { 0 }),
                "discount_amount" => Some(discount(number)),
                _ => None,
            };
            let written = match (marker, money) {
                (_, Some(money)) => write!(out, "\"{}\"", amount(money)),
                ("id", _) => write!(out, "{}", self.id),
                ("customer_id", _) => write!(out, "{}", self.customer_id),
                ("status_id", _) => write!(out, "{}", self.status_id),
                ("items_total", _) => write!(out, "{}", sums.items),
                ("items_shipped", _) => write!(out, "{}", if self.is_shipped() { sums.items } else { 0 }),
                ("order_is_digital", _) => write!(out, "{}", self.is_digital()),
                ("is_deleted", _) => write!(out, "{}", self.deleted),
                ("shipping_address_count", _) => write!(out, "{}", self.address_count()),
                ("channel_id", _) => write!(out, "{}", self.channel_id),
                ("currency_id", _) => write!(out, "{currency_id}"),
                ("currency_code", _) => write!(out, "\"{code}\""),
                ("currency_exchange_rate", _) => {
                    write!(out, "\"{}.{:04}000000\"", rate / 10_000, rate % 10_000)
                }
                ("cart_id", _) => write!(out, "\"{}\"", cart_id(seeds, number)),
                ("consignments" | "products" | "shipping_addresses" | "coupons" | "fees", _) => {
                    // The link to addresses is spelled without the underscore that the documented path has.
                    let resource = format!("/orders/{}/{}", self.id, marker.replace('_', ""));
                    write!(out, "{}", link(&seeds.hash, &resource))
                }
                (text, _) => {
                    let own = of_person(&who, text);
                    if own.is_empty() {
                        push_text(out, &self.words(text));
                    } else {
                        push_text(out, own);
                    }
                    Ok(())
                }
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        });
        out
    }

    fn of(document: &Document) -> Self {
        let text = |field: &str| {
            document
                .get(field)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
        };
        let number = |field: &str| document.get(field).and_then(Value::as_u64).unwrap_or_default();
        let time = |field: &str| parse(text(field)).map_or(0, |given| given.second);
        let billing = document.get("billing_address");
        Self {
            id: number("id"),
            customer_id: number("customer_id"),
            status_id: number("status_id") as u8,
            channel_id: number("channel_id"),
            created: time("date_created"),
            modified: time("date_modified"),
            total: document
                .get("total_inc_tax")
                .and_then(read_amount)
                .unwrap_or_default(),
            email: billing
                .and_then(|billing| billing.get("email")?.as_str())
                .unwrap_or_default()
                .into(),
            external_order_id: text("external_order_id").into(),
            deleted: document
                .get("is_deleted")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        }
    }
}

/// The cart an order was made from; it is gone, as carts are when they become orders.
fn cart_id(seeds: &Seeds, number: u64) -> uuid::Uuid {
    let half = |at: u64| u128::from(seeds.draw(Draw::Cart, number * 2 + at, u64::MAX));
    uuid::Builder::from_random_bytes(((half(0) << 64) | half(1)).to_be_bytes()).into_uuid()
}
