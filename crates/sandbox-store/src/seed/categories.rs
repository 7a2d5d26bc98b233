//! Seeded categories: one tree for the default storefront, one for a second, so that the old address of
//! categories, which sees the first alone, can be told from the new one.

use crate::shape::{CATEGORY, Document, push_text};
use crate::shelf::Facts;

use super::{Draw, Seeds};
use std::fmt::Write as _;

/// The id of the first category.
pub(crate) const FIRST: u64 = 18;

/// Name, index of the parent plus one, tree.
const TREE: &[(&str, u64, u64)] = &[
    ("Küche & Tisch", 0, 1),
    ("Becher", 1, 1),
    ("Teller", 1, 1),
    ("Café", 1, 1),
    ("Espresso ☕", 4, 1),
    ("Mode", 0, 1),
    ("Jacken", 6, 1),
    ("Gürtel & Accessoires", 6, 1),
    ("T-Shirts", 6, 1),
    ("Größe XL", 9, 1),
    ("Büro", 0, 1),
    ("Notebook Sleeves", 11, 1),
    ("Licht", 0, 1),
    ("Sale %", 0, 1),
    ("Neu", 0, 1),
    ("Crème de la Crème", 0, 1),
    ("Archiv", 0, 1),
    ("B2B", 0, 2),
    ("Großgebinde", 18, 2),
    ("Ersatzteile", 18, 2),
    ("Paletten", 19, 2),
];

/// What filters need of a category.
pub(crate) struct Category {
    pub(crate) id: u64,
    pub(crate) parent_id: u64,
    pub(crate) tree_id: u64,
    pub(crate) name: Box<str>,
    pub(crate) sort_order: i64,
    pub(crate) visible: bool,
}

/// All seeded categories.
pub(crate) fn all() -> impl Iterator<Item = Category> {
    TREE.iter()
        .zip(0..)
        .map(|((name, parent, tree), number)| Category {
            id: FIRST + number,
            parent_id: if *parent == 0 { 0 } else { FIRST + parent - 1 },
            tree_id: *tree,
            name: (*name).into(),
            sort_order: number as i64,
            visible: *name != "Archiv",
        })
}

/// The categories of the seeded product with this number: one, two or four.
pub(crate) fn of_product(seeds: &Seeds, number: u64) -> Box<[u32]> {
    let count = match number % 6 {
        0 => 4,
        1 | 2 => 2,
        _ => 1,
    };
    let start = seeds.draw(Draw::Category, number, 13);
    (0..count).map(|step| (FIRST + start + step) as u32).collect()
}

impl Facts for Category {
    fn id(&self) -> u64 {
        self.id
    }

    fn render(&self, _: &Seeds) -> String {
        let mut out = String::new();
        CATEGORY.fill(&mut out, |marker, out| {
            let written = match marker {
                "id" => write!(out, "{}", self.id),
                "tree_id" => write!(out, "{}", self.tree_id),
                "parent_id" => write!(out, "{}", self.parent_id),
                "sort_order" => write!(out, "{}", self.sort_order),
                "is_visible" => write!(out, "{}", self.visible),
                "path" => write!(out, "\"/c-{}/\"", self.id),
                "uuid" => write!(out, "\"{}\"", uuid(self.id)),
                "name" => {
                    push_text(out, &self.name);
                    Ok(())
                }
                _ => write!(out, "\"<p>{}</p>\"", self.id),
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        });
        out
    }

    fn of(document: &Document) -> Self {
        let number = |field: &str| {
            document
                .get(field)
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default()
        };
        Self {
            id: number("category_id") as u64,
            parent_id: number("parent_id") as u64,
            tree_id: number("tree_id") as u64,
            name: document
                .get("name")
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .into(),
            sort_order: number("sort_order"),
            visible: document
                .get("is_visible")
                .and_then(serde_json::Value::as_bool)
                .unwrap_or(true),
        }
    }
}

/// A category's second identity.
pub(crate) fn uuid(id: u64) -> uuid::Uuid {
    uuid::Builder::from_random_bytes((u128::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15_D1B5)).to_be_bytes())
        .into_uuid()
}
