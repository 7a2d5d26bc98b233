//! One write step's rows on their way out: cut into requests, noted before they leave, looked up when the answer
//! is lost.
//!
//! Destinations that commit their checkpoint with the data need none of that and get their rows straight.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use connector_kit::{
    Destination, Error, Found, Guarantee, Kind, Outcome, Result, Row, Value,
    http::{Exchange, taped},
};
use tracing::warn;

use crate::{
    processflow::Write,
    state::{Intent, IntentState, Journal},
};

/// How one step's rows are delivered.
pub(super) struct Delivery<'d> {
    pub(super) write: &'d Write,
    pub(super) destination: &'d mut dyn Destination,
    pub(super) journal: &'d Journal,
    /// How often a row is sent that certainly was not applied.
    pub(super) tries: u32,
    /// The id of the record a row came from.
    pub(super) source: &'d (dyn Fn(&Row) -> String + Send + Sync),
    /// Whether the run is over one record that a person named.
    pub(super) one_record: bool,
    /// Whether requests and answers are kept of all rows, not of those alone that were not taken.
    pub(super) keeps_all: bool,
}

/// What became of the rows, in their order, and what is to be settled with them.
pub(super) struct Delivered {
    pub(super) rows: Vec<Row>,
    /// What was asked and answered for each row, where it is kept.
    pub(super) exchanges: Vec<Option<Arc<[Exchange]>>>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
}

/// Rows while they are delivered.
struct Parcel {
    rows: Vec<Row>,
    exchanges: Vec<Option<Arc<[Exchange]>>>,
    hashes: Vec<[u8; 16]>,
    outcomes: Vec<Option<Outcome>>,
}

/// Rows of one request, by their places in the parcel, and how often they were sent.
struct Group {
    places: Vec<usize>,
    tries: u32,
}

impl Delivery<'_> {
    pub(super) async fn deliver(mut self, rows: Vec<Row>) -> Result<Delivered> {
        let hashed = self.noted() || self.write.changes_only;
        let hashes = if hashed {
            rows.iter().map(hash).collect()
        } else {
            Vec::new()
        };
        let outcomes = rows.iter().map(|_| None).collect();
        let mut parcel = Parcel {
            exchanges: vec![None; rows.len()],
            rows,
            hashes,
            outcomes,
        };
        if self.write.changes_only {
            self.leave_out_unchanged(&mut parcel).await?;
        }
        if self.noted() {
            self.take_up_intents(&mut parcel).await?;
        }
        let mut queue = self.cut(&parcel);
        while let Some(group) = queue.pop_front() {
            self.send(&mut parcel, group, &mut queue).await?;
        }
        Ok(self.delivered(parcel))
    }

    /// Whether writes are noted before they leave: wherever the destination cannot undo them.
    fn noted(&self) -> bool {
        self.write.guarantee != Guarantee::Transactional
    }

    /// `changes_only`: rows that say what was last written under their key stay here.
    async fn leave_out_unchanged(&mut self, parcel: &mut Parcel) -> Result<()> {
        let keys = parcel.rows.iter().map(|row| row.key.clone()).collect();
        let known = self.journal.fingerprints(&self.write.step.id, keys).await?;
        for (at, known) in known.into_iter().enumerate() {
            if known == Some(parcel.hashes[at]) {
                parcel.outcomes[at] = Some(Outcome::Unchanged);
            }
        }
        Ok(())
    }

    /// Rows that a dead process noted: what was applied is not sent again, what may have been is looked up.
    async fn take_up_intents(&mut self, parcel: &mut Parcel) -> Result<()> {
        let open = parcel.open();
        let keys = open.iter().map(|&at| parcel.rows[at].key.clone()).collect();
        let noted = self.journal.intended(&self.write.step.id, keys).await?;
        let mut unsure = Vec::new();
        for (at, intent) in open.into_iter().zip(noted) {
            match intent {
                Some(Intent {
                    state: IntentState::Applied,
                    hash,
                    id,
                    answer,
                    ..
                }) if hash == parcel.hashes[at] => {
                    parcel.outcomes[at] = Some(Outcome::Written { id, answer });
                }
                // What cannot be looked up waited for a person, who has looked and sends it again.
                Some(Intent {
                    state: IntentState::Unknown,
                    ..
                }) if self.one_record && self.write.guarantee == Guarantee::AtMostOnce => {}
                Some(Intent {
                    state: IntentState::Sending | IntentState::Unknown,
                    ..
                }) => unsure.push(at),
                _ => {}
            }
        }
        self.look_up(parcel, &unsure).await.map(drop)
    }

    /// Groups that make one request each: at most the action's largest batch, and never one key twice, because
    /// the order of two writes to one thing inside a request is nobody's promise.
    fn cut(&self, parcel: &Parcel) -> VecDeque<Group> {
        let largest = self.write.largest_batch.max(1);
        let (mut groups, mut places, mut keys) = (VecDeque::new(), Vec::new(), HashSet::new());
        for at in parcel.open() {
            let key = &*parcel.rows[at].key;
            let again = self.noted() && !key.is_empty() && !keys.insert(key);
            if places.len() == largest || again {
                groups.push_back(Group {
                    places: std::mem::take(&mut places),
                    tries: 0,
                });
                keys.clear();
                keys.insert(key);
            }
            places.push(at);
        }
        groups.push_back(Group { places, tries: 0 });
        groups.retain(|group| !group.places.is_empty());
        groups
    }

    /// One request, and what it leads to: halves of a group that was refused as a whole, a look-up.
    async fn send(&mut self, parcel: &mut Parcel, group: Group, queue: &mut VecDeque<Group>) -> Result<()> {
        let Group { places, tries } = group;
        self.note(parcel, &places, IntentState::Sending).await?;
        let rows = parcel.these(&places);
        let (written, exchanges) = taped(self.destination.write(&self.write.step, &rows)).await;
        let outcomes = match written {
            Ok(outcomes) => outcomes,
            Err(error) => {
                self.forget(parcel, &places).await?;
                return Err(error);
            }
        };
        debug_assert_eq!(outcomes.len(), places.len(), "one outcome per row, in order");
        let (mut suspects, mut unsure) = (Vec::new(), Vec::new());
        let exchanges: Arc<[Exchange]> = exchanges.into();
        for (&at, outcome) in places.iter().zip(outcomes) {
            if self.keeps_all || went_wrong(&outcome) {
                parcel.exchanges[at] = Some(exchanges.clone());
            }
            match &outcome {
                Outcome::Suspect(_) if places.len() > 1 => suspects.push(at),
                Outcome::Unknown(_) => unsure.push(at),
                _ => {}
            }
            parcel.outcomes[at] = Some(outcome);
        }
        self.note_outcomes(parcel, &places).await?;
        for half in suspects.rchunks(suspects.len().div_ceil(2).max(1)) {
            queue.push_front(Group {
                places: half.to_vec(),
                tries,
            });
        }
        self.settle_unsure(parcel, unsure, tries + 1, queue).await
    }

    /// Rows whose answer was lost: looked up at once; those that certainly are not there are sent again.
    async fn settle_unsure(
        &mut self,
        parcel: &mut Parcel,
        unsure: Vec<usize>,
        tries: u32,
        queue: &mut VecDeque<Group>,
    ) -> Result<()> {
        if unsure.is_empty() || self.write.guarantee == Guarantee::AtMostOnce {
            return Ok(());
        }
        warn!(rows = unsure.len(), step = %self.write.step.id,
            "The answer was lost. Looking up whether the destination already did the work.");
        let lost: Vec<Option<Outcome>> = unsure.iter().map(|&at| parcel.outcomes[at].take()).collect();
        let absent = self.look_up(parcel, &unsure).await?;
        if let Some(error) = persons_matter(&unsure, &lost, &absent) {
            self.forget(parcel, &absent).await?;
            return Err(error);
        }
        if tries < self.tries {
            if !absent.is_empty() {
                queue.push_front(Group {
                    places: absent,
                    tries,
                });
            }
            return Ok(());
        }
        for (at, lost) in unsure.into_iter().zip(lost) {
            parcel.outcomes[at].get_or_insert(lost.expect("it was Unknown"));
        }
        Ok(())
    }

    /// Asks the destination whether these rows were applied. Those that were not come back.
    async fn look_up(&mut self, parcel: &mut Parcel, places: &[usize]) -> Result<Vec<usize>> {
        let mut absent = Vec::new();
        for part in places.chunks(self.write.largest_batch.max(1)) {
            let found = self
                .destination
                .find(&self.write.step, &parcel.these(part))
                .await?;
            for (&at, found) in part.iter().zip(found) {
                match found {
                    Found::Yes { id, answer } => parcel.outcomes[at] = Some(Outcome::Written { id, answer }),
                    Found::No => absent.push(at),
                    Found::Unclear(error) => parcel.outcomes[at] = Some(Outcome::Unknown(error)),
                }
            }
            self.note_outcomes(parcel, part).await?;
        }
        Ok(absent)
    }

    /// Notes what came of rows that were noted as leaving.
    async fn note_outcomes(&mut self, parcel: &Parcel, places: &[usize]) -> Result<()> {
        let of = |wanted: fn(&Outcome) -> bool| -> Vec<usize> {
            let is = |at: &&usize| parcel.outcomes[**at].as_ref().is_some_and(wanted);
            places.iter().filter(is).copied().collect()
        };
        let applied = of(|outcome| matches!(outcome, Outcome::Written { .. } | Outcome::Unchanged));
        let unknown = of(|outcome| matches!(outcome, Outcome::Unknown(_)));
        let refused = of(|outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Suspect(_)));
        self.note(parcel, &applied, IntentState::Applied).await?;
        self.note(parcel, &unknown, IntentState::Unknown).await?;
        self.forget(parcel, &refused).await
    }

    async fn note(&mut self, parcel: &Parcel, places: &[usize], state: IntentState) -> Result<()> {
        if !self.noted() || places.is_empty() {
            return Ok(());
        }
        let intent = |&at: &usize| {
            let row = &parcel.rows[at];
            let (id, answer) = match &parcel.outcomes[at] {
                Some(Outcome::Written { id, answer }) => (id.clone(), answer.clone()),
                _ => (None, None),
            };
            let json = serde_json::to_string(&row.to_json()).expect("maps with text keys serialise");
            let (step, key) = (self.write.step.id.clone(), row.key.clone());
            let (hash, source) = (parcel.hashes[at], (self.source)(row));
            Intent {
                step,
                key,
                hash,
                row: json,
                source,
                state,
                id,
                answer,
            }
        };
        self.journal.note(places.iter().map(intent).collect()).await
    }

    async fn forget(&mut self, parcel: &Parcel, places: &[usize]) -> Result<()> {
        if !self.noted() || places.is_empty() {
            return Ok(());
        }
        let keys = places.iter().map(|&at| parcel.rows[at].key.clone()).collect();
        self.journal.forget(&self.write.step.id, keys).await
    }

    fn delivered(&self, parcel: Parcel) -> Delivered {
        let step = &self.write.step.id;
        let (mut fingerprints, mut intents) = (Vec::new(), Vec::new());
        let outcomes: Vec<Outcome> = parcel
            .outcomes
            .into_iter()
            .map(|outcome| outcome.expect("every row was sent or left out"))
            .collect();
        for (at, (row, outcome)) in parcel.rows.iter().zip(&outcomes).enumerate() {
            if self.write.changes_only && matches!(outcome, Outcome::Written { .. }) {
                fingerprints.push((step.clone(), row.key.clone(), parcel.hashes[at]));
            }
            // An unknown outcome keeps its intent: whoever sends the record again looks it up first.
            if self.noted() && !matches!(outcome, Outcome::Unknown(_)) {
                intents.push((step.clone(), row.key.clone()));
            }
        }
        Delivered {
            rows: parcel.rows,
            exchanges: parcel.exchanges,
            outcomes,
            fingerprints,
            intents,
        }
    }
}

/// Why rows that turned out not to be there cannot be sent again before a person has acted: the plan's limit, say.
fn persons_matter(unsure: &[usize], lost: &[Option<Outcome>], absent: &[usize]) -> Option<Error> {
    let mut pairs = unsure.iter().zip(lost);
    pairs.find_map(|(at, lost)| match lost {
        Some(Outcome::Unknown(error)) if error.kind == Kind::Config && absent.contains(at) => {
            Some(error.clone())
        }
        _ => None,
    })
}

impl Delivered {
    /// Rows that were not taken.
    pub(super) fn failed(&self) -> impl Iterator<Item = (&Row, &Outcome)> {
        let pairs = self.rows.iter().zip(&self.outcomes);
        pairs.filter(|(_, outcome)| went_wrong(outcome))
    }
}

fn went_wrong(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Failed(_) | Outcome::Suspect(_) | Outcome::Unknown(_)
    )
}

impl Parcel {
    /// The rows at these places: all of them, most of the time.
    fn these(&self, places: &[usize]) -> Cow<'_, [Row]> {
        if places.iter().copied().eq(0..self.rows.len()) {
            return Cow::Borrowed(&self.rows);
        }
        places.iter().map(|&at| self.rows[at].clone()).collect()
    }

    /// Places of rows whose outcome is not known yet.
    fn open(&self) -> Vec<usize> {
        (0..self.rows.len())
            .filter(|&at| self.outcomes[at].is_none())
            .collect()
    }
}

/// What a row says: 128 bits of BLAKE3 over its columns and values. Each part goes in with its length and
/// kind, so that no two different rows read the same.
pub(super) fn hash(row: &Row) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |kind: u8, text: &str| {
        hasher.update(&[kind]);
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    for (column, value) in row.columns.iter().zip(&*row.values) {
        part(0, column);
        part(kind(value), &value.to_string());
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Integer(_) => 3,
        Value::Decimal(_) => 4,
        Value::Text(_) => 5,
        Value::Json(_) => 6,
    }
}
