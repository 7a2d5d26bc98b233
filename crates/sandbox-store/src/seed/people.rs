//! Names and addresses, with accents, umlauts and an emoji, because such text is what breaks code pages.
//! Mail addresses are all of example.com.

use super::{Draw, Seeds};

const FIRST: &[&str] = &[
    "Anna",
    "Jörg",
    "Zoë",
    "Élodie",
    "Müşerref",
    "Björn",
    "Sofía",
    "Łukasz",
    "Greta",
    "Håkon",
    "Renée",
    "Max",
    "Ana María",
    "Sören",
    "Chloé",
    "Uwe",
    "Inês",
    "Per",
    "Käthe",
    "Dmitri",
    "Yuki",
    "Ben",
    "Öykü",
    "Tom",
];
const LAST: &[&str] = &[
    "Müller",
    "Weiß",
    "García",
    "Dvořák",
    "O'Brien",
    "Lefèvre",
    "Åkerlund",
    "Schäfer",
    "Nowak",
    "van den Berg",
    "Yılmaz",
    "Smith",
    "Jørgensen",
    "Kovács",
    "Straßer",
    "Rossi",
    "Peña",
    "Groß",
    "Ångström",
    "de Vries",
    "Kowalczyk",
    "Huber",
    "Čapek",
    "Jones",
    "Nguyễn",
    "Fußbroich",
    "Papadopoulos",
];
const COMPANIES: &[&str] = &[
    "",
    "",
    "Müller & Söhne GmbH",
    "",
    "Café «Zürich» AG",
    "",
    "Pâtisserie d'Été 🥐",
    "",
    "Ångström AB",
    "",
];

/// City, postal code, country, its code, street.
const PLACES: &[(&str, &str, &str, &str, &str)] = &[
    ("Köln", "50667", "Germany", "DE", "Hohe Straße"),
    ("Zürich", "8001", "Switzerland", "CH", "Bahnhofstrasse"),
    ("Wien", "1010", "Austria", "AT", "Kärntner Straße"),
    ("Düsseldorf", "40213", "Germany", "DE", "Königsallee"),
    ("Orléans", "45000", "France", "FR", "Rue Jeanne d'Arc"),
    ("Málaga", "29015", "Spain", "ES", "Calle Larios"),
    ("Austin", "01234", "United States", "US", "Congress Ave"),
    ("London", "SW1A 1AA", "United Kingdom", "GB", "The Mall"),
    ("Göteborg", "411 06", "Sweden", "SE", "Östra Hamngatan"),
    ("Dresden", "01067", "Germany", "DE", "Schloßstraße"),
];

/// Somebody who buys.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) company: &'static str,
    pub(crate) city: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) country: &'static str,
    pub(crate) country_iso2: &'static str,
    pub(crate) street: String,
    pub(crate) phone: String,
    pub(crate) email: String,
}

/// The person with this number; `mail` is the local part's beginning.
pub(crate) fn person(seeds: &Seeds, mail: &str, number: u64) -> Person {
    let first = seeds.draw(Draw::Person, number, FIRST.len() as u64) as usize;
    let last = seeds.draw(Draw::Group, number, LAST.len() as u64) as usize;
    let place = PLACES[seeds.draw(Draw::City, number, PLACES.len() as u64) as usize];
    Person {
        first_name: FIRST[first],
        last_name: LAST[last],
        company: COMPANIES[(number % COMPANIES.len() as u64) as usize],
        city: place.0,
        zip: place.1,
        country: place.2,
        country_iso2: place.3,
        street: format!("{} {}", place.4, 1 + number % 180),
        phone: format!("+49221{:07}", 1_000_000 + number),
        email: format!("{mail}.{number}@example.com"),
    }
}
