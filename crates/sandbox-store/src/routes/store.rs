//! The store itself: its time, which is the vendor's probe of credentials, and its profile.

use serde_json::json;

use crate::answer::{Answer, JSON, Reply};
use crate::call::Call;
use crate::world::World;

/// `GET /v2/time`
pub(crate) fn time(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    Ok(Answer::json(200, &json!({ "time": world.now() })))
}

/// `GET /v2/store`
pub(crate) fn store(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let text = include_str!("../shape/store.json").replace("{hash}", &world.hash);
    Ok(Answer::new(200, JSON, text))
}
