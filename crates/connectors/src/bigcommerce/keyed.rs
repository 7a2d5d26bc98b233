//! Things that are known by one unique text (a brand by its name, a subscriber by the e-mail): looked up, created one at a
//! time, and changed by their id.

use connector_kit::{
    Error, Found, Kind, Outcome, Raw, Result, Row,
    http::{Method, Request},
};
use serde_json::{Map, Value as Json};

use super::{
    Store, api,
    errors::{self, About},
    writing::{self, Outcomes, Reply, Wanted},
};

/// A kind of such things.
pub(super) struct Keyed {
    /// `v3/catalog/brands`
    pub(super) path: &'static str,
    /// The field that is unique, and the filter that finds it.
    pub(super) by: &'static str,
    pub(super) about: About,
    /// In the singular: "brand".
    pub(super) noun: &'static str,
    /// The action that creates or changes, where there is one.
    pub(super) upsert: Option<&'static str>,
    /// Where one is created in a list of one: the operation, whose cap on requests under way is kept.
    pub(super) listed: Option<&'static str>,
}

impl Keyed {
    /// Writes rows that are found by `key`: the unique field, or `id`.
    pub(super) async fn write(
        &self,
        store: &Store,
        rows: &[Row],
        key: &str,
        wanted: Wanted,
    ) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, self.one(store, row, key, wanted).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    /// Settles rows whose outcome is unknown.
    pub(super) async fn find(
        &self,
        store: &Store,
        rows: &[Row],
        key: &str,
        wanted: Wanted,
    ) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let there = match self.there(store, row, key).await {
                Err(error) if error.kind == Kind::Rejected => None,
                there => there?,
            };
            found.push(match there {
                None => Found::No,
                Some(there) => {
                    let fields = fields(row, key);
                    let differing = writing::differing(&there, &fields);
                    match wanted {
                        _ if differing.is_empty() && (wanted == Wanted::Create || is_comparable(row)) => {
                            Found::Yes {
                                id: there.field("id").and_then(|id| id.plain()),
                                answer: Some(there),
                            }
                        }
                        Wanted::Create => Found::Unclear(self.used(row, key, &differing)),
                        Wanted::Change | Wanted::Either => Found::No,
                    }
                }
            });
        }
        Ok(found)
    }

    async fn one(&self, store: &Store, row: &Row, key: &str, wanted: Wanted) -> Result<Outcome> {
        match (self.there(store, row, key).await?, wanted) {
            (Some(there), _) => self.is_there(store, row, key, wanted, &there).await,
            (None, Wanted::Change) => Err(self.absent(row, key)),
            (None, _) => self.create(store, row, key, wanted).await,
        }
    }

    /// Exactly so already, or changed; one that is only to be created is somebody's who was there before.
    async fn is_there(
        &self,
        store: &Store,
        row: &Row,
        key: &str,
        wanted: Wanted,
        there: &Raw,
    ) -> Result<Outcome> {
        let wished = fields(row, key);
        let differing = writing::differing(there, &wished);
        if differing.is_empty() && (wanted == Wanted::Create || is_comparable(row)) {
            return Ok(Outcome::Unchanged);
        }
        if wanted == Wanted::Create {
            return Err(self.used(row, key, &differing));
        }
        let Some(id) = writing::id_of(there, "id") else {
            return Err(Error::unavailable("the store sent a record without an id")
                .hint("It is tried again by itself."));
        };
        let mut body = writing::fields(row, &["id"]);
        // The vendor asks for it in every change (brands v3).
        if let Some(name) = there.field(self.by).filter(|_| !body.contains_key(self.by)) {
            body.insert(self.by.to_owned(), name.read().unwrap_or_default());
        }
        let request = Request::once(Method::Put, format!("{}/{id}", self.path), &body);
        self.sent(store, request.repeatable()).await
    }

    async fn create(&self, store: &Store, row: &Row, key: &str, wanted: Wanted) -> Result<Outcome> {
        let body = writing::fields(row, &["id"]);
        let (request, _room) = match self.listed {
            Some(operation) => (
                Request::once(Method::Post, self.path, &[body]),
                api::room(store, operation).await,
            ),
            None => (Request::once(Method::Post, self.path, &body), None),
        };
        let request = request.sensitive();
        let answer = match writing::send_shown(store, request, self.about).await? {
            Reply::Done(answer) => return Ok(written(writing::answered(&answer))),
            Reply::Unknown(error) => return Ok(Outcome::Unknown(error)),
            Reply::Refused(answer) => answer,
        };
        // Somebody was faster, or the look-up lags behind.
        if answer.status == 409
            && let Some(there) = self.there(store, row, key).await?
        {
            return self.is_there(store, row, key, wanted, &there).await;
        }
        Err(errors::refusal(&answer, self.about))
    }

    async fn sent(&self, store: &Store, request: Request) -> Result<Outcome> {
        match writing::send_shown(store, request.sensitive(), self.about).await? {
            Reply::Done(answer) => Ok(written(writing::answered(&answer))),
            Reply::Refused(answer) => Err(errors::refusal(&answer, self.about)),
            Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
        }
    }

    /// What is there of a row, whatever the case of its text.
    async fn there(&self, store: &Store, row: &Row, key: &str) -> Result<Option<Raw>> {
        let (filter, wanted) = if key == "id" {
            ("id:in", writing::id(row, "id")?.to_string())
        } else {
            (self.by, row.text(self.by)?.trim().to_owned())
        };
        let request = Request::get(self.path).query(filter, &wanted).query("limit", 250);
        let rows = store
            .all(
                request.sensitive(),
                About {
                    writes: false,
                    ..self.about
                },
            )
            .await?;
        let is_it = |record: &Raw| {
            let there = record.field(key).and_then(|there| there.plain());
            there.is_some_and(|there| there.trim().to_lowercase() == wanted.to_lowercase())
        };
        Ok(rows.into_iter().find(is_it))
    }

    fn used(&self, row: &Row, key: &str, differing: &[&str]) -> Error {
        let noun = self.noun;
        let error = Error::rejected(format!(
            "A {noun} `{}` is already in the store, with other values: {}.",
            row.text(key).unwrap_or_default(),
            differing.join(", ")
        ));
        match self.upsert {
            Some(upsert) => error.hint(format!(
                "Update it instead (`{upsert}`), or skip such records with a rule."
            )),
            None => {
                error.hint("That cannot be changed: choose another name, or skip such records with a rule.")
            }
        }
    }

    fn absent(&self, row: &Row, key: &str) -> Error {
        let noun = self.noun;
        let error = Error::rejected(format!(
            "There is no {noun} `{}` in the store.",
            row.text(key).unwrap_or_default()
        ));
        let create = |upsert| format!("Create it (`{upsert}`), or skip such records with a rule.");
        self.upsert
            .map_or(error.clone(), |upsert| error.hint(create(upsert)))
    }
}

fn fields(row: &Row, key: &str) -> Map<String, Json> {
    writing::comparable(&writing::fields(row, &["id", key]), &[])
}

/// Lists come back in another order: only sending them makes sure.
fn is_comparable(row: &Row) -> bool {
    writing::is_comparable(&writing::fields(row, &["id"]))
}

fn written(answer: Option<Raw>) -> Outcome {
    Outcome::Written {
        id: answer.as_ref().and_then(|answer| answer.field("id")?.plain()),
        answer,
    }
}
