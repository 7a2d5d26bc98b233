//! Locations: two of them, so that stock away from the default one can be told from what the catalog shows.

use serde_json::{Value, json};

use crate::answer::Reply;
use crate::call::Call;
use crate::clock::iso_z;
use crate::page::{self, Page};
use crate::stock::LOCATIONS;
use crate::world::World;

/// `GET /v3/inventory/locations`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    let query = &call.query;
    query.only(&[
        "location_id:in",
        "location_code:in",
        "is_default",
        "type_id:in",
        "is_active",
        "page",
        "limit",
    ])?;
    let page = Page::read(query, 50, 1000)?;
    let ids = query.ints("location_id:in")?;
    let codes = query.list("location_code:in");
    let default = query.flag("is_default")?;
    let active = query.flag("is_active")?;
    let types = query.list("type_id:in");
    let found: Vec<Value> = LOCATIONS
        .iter()
        .filter(|(id, code, _)| {
            ids.as_ref().is_none_or(|ids| ids.contains(&(*id as i64)))
                && codes
                    .as_ref()
                    .is_none_or(|codes| codes.iter().any(|wanted| wanted == code))
                && default.is_none_or(|default| default == (*id == 1))
                && active != Some(false)
                && types
                    .as_ref()
                    .is_none_or(|types| types.iter().any(|kind| kind == "PHYSICAL"))
        })
        .map(|(id, code, label)| location(world, *id, code, label))
        .collect();
    Ok(page::v3(query, page, found.len(), 900, |at, out| {
        out.push_str(&found[at].to_string());
    }))
}

fn location(world: &World, id: u64, code: &str, label: &str) -> Value {
    let since = iso_z(world.seeds.until - 400 * 86_400);
    let day = json!({ "open": true, "opening": "08:00", "closing": "17:00" });
    json!({
        "id": id, "code": code, "label": label, "description": "", "managed_by_external_source": false,
        "type_id": "PHYSICAL", "enabled": true,
        "operating_hours": {
            "sunday": { "open": false, "opening": "00:00", "closing": "00:00" }, "monday": day, "tuesday": day,
            "wednesday": day, "thursday": day, "friday": day, "saturday": day,
        },
        "time_zone": "Europe/Berlin", "created_at": since, "updated_at": since,
        "address": {
            "address1": "Veldener Straße 20", "address2": "", "city": "Düren", "state": "NRW", "zip": "52349",
            "email": "lager@example.com", "phone": "+49242110000",
            "geo_coordinates": { "latitude": 50.8, "longitude": 6.48 }, "country_code": "DE",
        },
        "storefront_visibility": true, "special_hours": [],
    })
}
