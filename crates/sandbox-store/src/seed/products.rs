//! Seeded products: every fifth has three variants and is tracked by them, every tenth has two and is tracked
//! as a whole, some are not tracked; the first few have SKUs that spreadsheets spoil.

use std::fmt::Write as _;

use crate::clock::{iso_offset, parse};
use crate::shape::{Document, PRODUCT, push_text};
use crate::shelf::Facts;

use super::{Draw, Seeds, categories, price, variants};

/// The id of the first seeded product.
pub(crate) const FIRST: u64 = 101;

const THINGS: &[&str] = &[
    "Becher",
    "Kanne",
    "Café-Tasse",
    "Teller „N°5“",
    "Schüssel",
    "Löffel",
    "Größenverstellbarer Gürtel",
    "T-Shirt",
    "Jäger-Jacke",
    "Crème Brûlée Set",
    "Notebook Sleeve",
    "Lamp 😀",
    "Piñata",
    "Smörgås Board",
    "Tür-Stopper",
];
const LOOKS: &[&str] = &[
    "Blau",
    "Rot",
    "Grün",
    "Weiß",
    "Handmade",
    "Vintage",
    "Mini",
    "Größe XL",
    "Deluxe",
    "Öko",
];

const ABOUT: &str = "<p>Made in small batches and checked by hand. Spülmaschinenfest, bruchsicher und \
    lebensmittelecht; the glaze is fired twice, so that colours stay as they are. Ships within two working days \
    from our own warehouse, in a box without plastic.</p><ul><li>Two years of warranty</li><li>Ersatzteile \
    lieferbar</li><li>Fits every shelf of the series</li></ul>";

/// Where stock is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tracking {
    None,
    Product,
    Variant,
}

impl Tracking {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "product" => Self::Product,
            "variant" => Self::Variant,
            _ => Self::None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Product => "product",
            Self::Variant => "variant",
        }
    }
}

/// What filters need of a product.
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) sku: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) cents: i64,
    pub(crate) level: i64,
    pub(crate) sold: u32,
    pub(crate) tracking: Tracking,
    pub(crate) visible: bool,
    pub(crate) categories: Box<[u32]>,
}

/// Number of variants of the product with this number, the hidden base one included.
pub(crate) fn variant_count(number: u64) -> u64 {
    match (number % 5, number % 10) {
        (3, _) => 3,
        (_, 7) => 2,
        _ => 1,
    }
}

pub(crate) fn tracking(number: u64) -> Tracking {
    match number % 5 {
        3 => Tracking::Variant,
        4 => Tracking::None,
        _ => Tracking::Product,
    }
}

pub(crate) fn sku(number: u64) -> Box<str> {
    match number {
        0 => "0017".into(),
        1 => "90.750".into(),
        2 => "AB-1".into(),
        5 => "Größe/42 #ä".into(),
        6 => "1E5".into(),
        _ => format!("PF-{number:06}").into_boxed_str(),
    }
}

pub(crate) fn name(seeds: &Seeds, number: u64) -> Box<str> {
    let thing = THINGS[(number % THINGS.len() as u64) as usize];
    let look = LOOKS[seeds.draw(Draw::Name, number, LOOKS.len() as u64) as usize];
    format!("{thing} {look} {number:06}").into_boxed_str()
}

pub(crate) fn cents(seeds: &Seeds, number: u64) -> i64 {
    95 + 5 * seeds.draw(Draw::Price, number, 4000) as i64
}

/// The seeded product with this number, from 0.
pub(crate) fn product(seeds: &Seeds, number: u64) -> Product {
    let tracking = tracking(number);
    let level = match tracking {
        Tracking::None => 0,
        Tracking::Product => variants::level(seeds, variants::first_of(number)),
        Tracking::Variant => (0..3)
            .map(|part| variants::level(seeds, variants::first_of(number) + part))
            .sum(),
    };
    let created = seeds.until - 300 * 86_400 - (seeds.products - number) as i64 * 60;
    Product {
        id: FIRST + number,
        sku: sku(number),
        name: name(seeds, number),
        created,
        modified: modified(seeds, number),
        cents: cents(seeds, number),
        level,
        sold: seeds.draw(Draw::Sold, number, 500) as u32,
        tracking,
        visible: number % 23 != 9,
        categories: categories::of_product(seeds, number),
    }
}

/// Most change dates are spread over half a year; every other block of a hundred was edited in bulk, in one second.
fn modified(seeds: &Seeds, number: u64) -> i64 {
    let block = number / 100;
    if block % 2 == 1 {
        return seeds.until - 86_400 * (1 + block as i64 % 170);
    }
    seeds.until - 1 - seeds.draw(Draw::Modified, number, 180 * 86_400) as i64
}

impl Facts for Product {
    fn id(&self) -> u64 {
        self.id
    }

    fn render(&self, seeds: &Seeds) -> String {
        let number = self.id.saturating_sub(FIRST);
        let mut out = String::new();
        PRODUCT.fill(&mut out, |marker, out| {
            let written = match marker {
                "id" => write!(out, "{}", self.id),
                "price" => write!(out, "{}", price(self.cents)),
                "cost_price" => write!(out, "{}", price(self.cents * 6 / 10)),
                "weight" => write!(
                    out,
                    "{}",
                    price(20 + seeds.draw(Draw::Weight, number, 900) as i64)
                ),
                "categories" => list(out, &self.categories),
                "brand_id" => write!(out, "{}", 30 + number % 12),
                "inventory_level" => write!(out, "{}", self.level),
                "total_sold" => write!(out, "{}", self.sold),
                "view_count" => write!(out, "{}", self.sold * 7),
                "is_visible" => write!(out, "{}", self.visible),
                "is_featured" => write!(out, "{}", number.is_multiple_of(29)),
                "base_variant_id" => write!(out, "{}", variants::FIRST + variants::first_of(number)),
                "bin" => write!(out, "\"{:02}-{:03}\"", number % 40, number % 700),
                "mpn" => write!(out, "\"M{:08}\"", number * 37 % 99_999_989),
                "gtin" => write!(out, "\"40{number:011}\""),
                "url" => write!(out, "\"/p-{number:06}/\""),
                "inventory_tracking" => write!(out, "\"{}\"", self.tracking.word()),
                "date_created" => write!(out, "\"{}\"", iso_offset(self.created)),
                "date_modified" => write!(out, "\"{}\"", iso_offset(self.modified)),
                text => {
                    push_text(out, self.words(text));
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
        let number = |field: &str| {
            document
                .get(field)
                .and_then(serde_json::Value::as_f64)
                .unwrap_or_default()
        };
        let time = |field: &str| parse(text(field)).map_or(0, |given| given.second);
        let listed = document.get("categories").and_then(|value| value.as_array());
        let categories = listed.into_iter().flatten().filter_map(serde_json::Value::as_u64);
        Self {
            id: number("id") as u64,
            sku: text("sku").into(),
            name: text("name").into(),
            created: time("date_created"),
            modified: time("date_modified"),
            cents: (number("price") * 100.0).round() as i64,
            level: number("inventory_level") as i64,
            sold: number("total_sold") as u32,
            tracking: Tracking::read(text("inventory_tracking")),
            visible: document
                .get("is_visible")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(false),
            categories: categories.map(|id| id as u32).collect(),
        }
    }
}

/// Numbers as a JSON array.
fn list(out: &mut String, numbers: &[u32]) -> std::fmt::Result {
    out.push('[');
    for (index, number) in numbers.iter().enumerate() {
        write!(out, "{}{number}", if index > 0 { "," } else { "" })?;
    }
    out.push(']');
    Ok(())
}

impl Product {
    fn words(&self, marker: &str) -> &str {
        match marker {
            "name" => &self.name,
            "sku" => &self.sku,
            "type" => "physical",
            "description" => ABOUT,
            "keywords" => "geschirr,küche,handmade",
            _ => "",
        }
    }
}
