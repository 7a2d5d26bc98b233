//! `shipment.create`

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Kind, Outcome, Raw, Result, Row, Value, WriteAction, WriteStep,
    async_trait,
    http::{Method, Request},
};
use serde::Deserialize;

use super::parcel::{Line, Parcel};
use crate::bigcommerce::{
    Store,
    errors::About,
    orders,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

const ABOUT: About = About::writing("shipments", "Orders");

/// Ships lines of an order: `items` is a list of `order_product_id` (the order line's id) and `quantity`. The store
/// mails the customer and moves the order's status. A shipment that is there already is not made again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ShipmentCreate {
    /// What a shipment of an order is known by: `tracking_number`, or `comments` where parcels have no number (the ERP's
    /// own number of the delivery note, say).
    #[serde(default)]
    known_by: KnownBy,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum KnownBy {
    #[default]
    TrackingNumber,
    Comments,
}

impl KnownBy {
    fn field(self) -> &'static str {
        match self {
            Self::TrackingNumber => "tracking_number",
            Self::Comments => "comments",
        }
    }
}

/// What a shipment is made with (BigCommerce reference, orders v2, shipments).
const FIELDS: &[&str] = &[
    "order_id",
    "items",
    "order_address_id",
    "tracking_number",
    "tracking_carrier",
    "tracking_link",
    "shipping_provider",
    "shipping_method",
    "comments",
];

#[async_trait]
impl WriteAction for ShipmentCreate {
    type System = Store;
    const NAME: &'static str = "shipment.create";
    const ABOUT: &'static str = "Ships lines of an order; a shipment that is there is not made again.";
    const SCOPE: Option<&'static str> = Some("Orders: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        if let Some(unknown) = columns.iter().find(|column| !FIELDS.contains(&column.as_str())) {
            return Err(Error::config(format!("a shipment has no field `{unknown}`"))
                .hint(format!("It has: {}.", FIELDS.join(", "))));
        }
        if !columns.is_empty() && !columns.iter().any(|column| column == "items") {
            return Err(Error::config("the store makes no shipment without `items`")
                .hint("Map a list such as `[{ order_product_id: 108, quantity: 2 }]`."));
        }
        Ok(())
    }

    fn key(&self) -> Vec<String> {
        vec!["order_id".to_owned(), self.known_by.field().to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, self.create(&open.store, row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    /// Looks through the order's shipments.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let there = match Parcel::of(row) {
                Ok(parcel) => self.there(&open.store, row, &parcel).await,
                Err(error) => Err(error),
            };
            found.push(match there {
                // What cannot be sent, or has no order, was not.
                Err(error) if error.kind == Kind::Rejected => Found::No,
                there => there?,
            });
        }
        Ok(found)
    }
}

impl ShipmentCreate {
    /// Err of kind Rejected: the order has not what the row ships. Whoever ships without asking mails the customer twice
    /// and ships what is not there.
    async fn create(&self, store: &Store, row: &Row) -> Result<Outcome> {
        let parcel = Parcel::of(row)?;
        match self.there(store, row, &parcel).await? {
            Found::Yes { .. } => return Ok(Outcome::Unchanged),
            Found::Unclear(error) => return Err(error),
            Found::No => {}
        }
        let lines = orders::below(store, parcel.order, "products", ABOUT).await?;
        let lines: Vec<Line> = lines.iter().map(Line::read).collect::<Result<_>>()?;
        parcel.fits(&lines)?;
        let address = match row.get("order_address_id") {
            None | Some(Value::Null) => parcel.address(&lines)?,
            Some(_) => writing::id(row, "order_address_id")?,
        };
        let path = format!("v2/orders/{}/shipments", parcel.order);
        let request = Request::once(Method::Post, path, &parcel.body(address)).sensitive();
        match writing::send_shown(store, request, ABOUT).await? {
            Reply::Done(answer) => {
                let shipment = answer.json().ok().flatten();
                Ok(Outcome::Written {
                    id: shipment
                        .as_ref()
                        .and_then(|shipment| shipment.field("id")?.plain()),
                    answer: shipment,
                })
            }
            Reply::Refused(answer) => writing::refused(&answer, ABOUT, 1),
            Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
        }
    }

    /// Whether the row's shipment is in the store; unclear where one of its name has other lines.
    async fn there(&self, store: &Store, row: &Row, parcel: &Parcel) -> Result<Found> {
        let (field, order) = (self.known_by.field(), parcel.order);
        let name = row.text(field)?;
        let is_it = |shipment: &Raw| {
            let there = shipment.field(field).and_then(|there| there.plain());
            there.is_some_and(|there| there.trim() == name.trim())
        };
        let shipments = orders::below(store, order, "shipments", ABOUT).await?;
        Ok(match shipments.into_iter().find(is_it) {
            Some(shipment) if parcel.is(&shipment) => Found::Yes {
                id: shipment.field("id").and_then(|id| id.plain()),
                answer: Some(shipment),
            },
            Some(_) => Found::Unclear(
                Error::rejected(format!(
                    "Order {order} has a shipment `{name}` already, with other lines."
                ))
                .hint(format!(
                    "Look at it in the store. What is to be shipped beside it needs another `{field}`."
                )),
            ),
            None => Found::No,
        })
    }
}
