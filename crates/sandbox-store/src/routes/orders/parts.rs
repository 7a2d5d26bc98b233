//! What hangs below an order: lines, shipping addresses, fees, consignments. Lists of these page like orders do,
//! so an order with many lines is cut by whoever does not page.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::answer::{Answer, JSON, Reply};
use crate::call::{Call, id_of};
use crate::page::{self, Page};
use crate::seed::orders::link;
use crate::seed::{lines as seeded, orders};
use crate::shape::{Document, number_in, read, splice};
use crate::world::World;

/// Lines embedded in a consignment; more are cut, with a warning. BigCommerce: bigcommerce/docs issue 960.
const EMBEDDED: usize = 50;

impl World {
    fn is_seeded_order(&self, id: u64) -> bool {
        (orders::FIRST..orders::FIRST + self.seeds.orders).contains(&id)
    }

    /// The lines of an order, as texts.
    pub(crate) fn lines_of(&self, id: u64) -> Vec<String> {
        if let Some(lines) = self.order_parts.get(&id).and_then(|parts| parts.lines.as_ref()) {
            return lines
                .iter()
                .map(|line| serde_json::to_string(line).unwrap_or_default())
                .collect();
        }
        if !self.is_seeded_order(id) {
            return Vec::new();
        }
        let order = orders::order(&self.seeds, id - orders::FIRST);
        seeded::lines(&self.seeds, order.number())
            .iter()
            .map(|line| line.text(&self.seeds, &order))
            .collect()
    }

    /// The shipping addresses of an order, as texts.
    pub(crate) fn shipping_addresses_of(&self, id: u64) -> Vec<String> {
        if let Some(addresses) = self
            .order_parts
            .get(&id)
            .and_then(|parts| parts.addresses.as_ref())
        {
            return addresses
                .iter()
                .map(|address| serde_json::to_string(address).unwrap_or_default())
                .collect();
        }
        if !self.is_seeded_order(id) {
            return Vec::new();
        }
        seeded::addresses(&self.seeds, &orders::order(&self.seeds, id - orders::FIRST))
    }

    /// The fees of an order.
    pub(crate) fn fees_of(&self, id: u64) -> Vec<Value> {
        if let Some(fees) = self.order_parts.get(&id).and_then(|parts| parts.fees.as_ref()) {
            return fees.clone();
        }
        if self.is_seeded_order(id) {
            orders::fees(id - orders::FIRST)
        } else {
            Vec::new()
        }
    }
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let id = call.id(1)?;
    world
        .orders
        .seen(id, world.now())
        .map(|_| id)
        .ok_or_else(|| call.absent())
}

fn paged(call: &Call<'_>, texts: &[String]) -> Reply {
    call.query.only(&["page", "limit"])?;
    let page = Page::read(&call.query, 50, 250)?;
    Ok(page::v2(page, texts.len(), 1500, |at, out| {
        out.push_str(&texts[at]);
    }))
}

fn one(call: &Call<'_>, texts: Vec<String>) -> Reply {
    call.query.only(&[])?;
    let id = call.id(3)?;
    let found = texts
        .into_iter()
        .find(|text| id_of(&read(text), "id") == Some(id));
    Ok(Answer::new(200, JSON, found.ok_or_else(|| call.absent())?))
}

/// `GET /v2/orders/{id}/products`
pub(crate) fn lines(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    paged(call, &world.lines_of(id))
}

/// `GET /v2/orders/{id}/products/{id}`
pub(crate) fn line(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    one(call, world.lines_of(id))
}

/// `GET /v2/orders/{id}/shipping_addresses`
pub(crate) fn addresses(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    paged(call, &world.shipping_addresses_of(id))
}

/// `GET /v2/orders/{id}/shipping_addresses/{id}`
pub(crate) fn address(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    one(call, world.shipping_addresses_of(id))
}

/// `GET /v2/orders/{id}/fees`
pub(crate) fn fees(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    let texts: Vec<String> = world.fees_of(id).iter().map(Value::to_string).collect();
    paged(call, &texts)
}

/// `GET /v2/orders/{id}/coupons`: no seeded order has one.
pub(crate) fn coupons(world: &mut World, call: &Call<'_>) -> Reply {
    let id = known(world, call)?;
    let own = world
        .plain
        .all("order_coupon")
        .filter(|coupon| id_of(coupon, "order_id") == Some(id));
    let texts: Vec<String> = own
        .map(|coupon| Value::Object(coupon.clone()).to_string())
        .collect();
    paged(call, &texts)
}

/// `GET /v2/orders/{id}/consignments`
pub(crate) fn consignments(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include"])?;
    let id = known(world, call)?;
    let lines = call.query.list("include").unwrap_or_default();
    if let Some(name) = lines.iter().find(|name| *name != "consignments.line_items") {
        return Err(call.invalid("include", &format!("There is no resource '{name}'.")));
    }
    let structure = Structure {
        object: true,
        lines: !lines.is_empty(),
    };
    Ok(Answer::new(200, JSON, consignments_text(world, id, structure)))
}

/// How consignments are embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Structure {
    /// One object; else the older list with that object in it.
    pub(crate) object: bool,
    /// With lines; else with links to them.
    pub(crate) lines: bool,
}

/// An order's consignments as JSON.
pub(crate) fn consignments_text(world: &World, id: u64, structure: Structure) -> String {
    let lines: Vec<(u64, String)> = world
        .lines_of(id)
        .into_iter()
        .map(|text| (number_in(&text, "order_address_id"), text))
        .collect();
    let addresses = world.shipping_addresses_of(id);
    let shipping: Vec<String> = addresses
        .iter()
        .map(|text| shipping(world, id, text, &lines, structure))
        .collect();
    let downloads = if addresses.is_empty() && !lines.is_empty() {
        let (items, warning) = line_items(world, id, lines.iter().map(|(_, text)| text.as_str()), structure);
        let email = world
            .orders
            .facts(id)
            .map(|facts| facts.email.to_string())
            .unwrap_or_default();
        let mut members = vec![("line_items", items)];
        members.extend(warning.map(|warning| ("__warning__", warning)));
        splice(&json!({ "recipient_email": email }).to_string(), &members)
    } else {
        String::new()
    };
    let object = format!(
        "{{\"pickups\":[],\"shipping\":[{}],\"downloads\":[{downloads}],\"email\":{{\"gift_certificates\":[]}}}}",
        shipping.join(",")
    );
    if structure.object {
        object
    } else {
        format!("[{object}]")
    }
}

fn shipping(
    world: &World,
    order: u64,
    address: &str,
    lines: &[(u64, String)],
    structure: Structure,
) -> String {
    let mut record = read(address);
    let id = id_of(&record, "id").unwrap_or_default();
    record.shift_remove("order_id");
    // Consignments have numbers where shipping addresses have amounts as text.
    for (name, value) in &mut record {
        let number = value.as_str().and_then(|text| text.parse::<f64>().ok());
        if let Some(number) = number.filter(|_| name.contains("cost")) {
            *value = json!(number);
        }
    }
    let own = lines
        .iter()
        .filter(|(at, _)| *at == id)
        .map(|(_, text)| text.as_str());
    let (items, warning) = line_items(world, order, own, structure);
    let mut members = vec![("line_items", items)];
    members.extend(warning.map(|warning| ("__warning__", warning)));
    splice(&Value::Object(record).to_string(), &members)
}

fn line_items<'a>(
    world: &World,
    order: u64,
    lines: impl Iterator<Item = &'a str>,
    structure: Structure,
) -> (String, Option<String>) {
    let lines: Vec<Cow<'a, str>> = lines
        .map(|text| {
            if structure.lines {
                return Cow::Borrowed(text);
            }
            let id = number_in(text, "id");
            Cow::Owned(link(&world.hash, &format!("/orders/{order}/products/{id}")).to_string())
        })
        .collect();
    let cut = structure.lines && lines.len() > EMBEDDED;
    let warning = cut.then(|| {
        let message = format!(
            "This consignment has {} line items, {EMBEDDED} are included. All are at /v2/orders/{order}/products.",
            lines.len()
        );
        json!({ "message": message }).to_string()
    });
    let shown = if cut { &lines[..EMBEDDED] } else { &lines[..] };
    (format!("[{}]", shown.join(",")), warning)
}

/// The lines of an order as trees, for changing them.
pub(crate) fn line_documents(world: &World, id: u64) -> Vec<Document> {
    world.lines_of(id).iter().map(|text| read(text)).collect()
}

/// The addresses of an order as trees.
pub(crate) fn address_documents(world: &World, id: u64) -> Vec<Document> {
    world
        .shipping_addresses_of(id)
        .iter()
        .map(|text| read(text))
        .collect()
}
