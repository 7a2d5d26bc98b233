//! What a run holds open on a server: one connection, one transaction at a time.
//!
//! The transaction begins with the first row of a batch and ends with the commit, which writes the checkpoint into it.
//! The checkpoint's row is locked from the beginning, so of two agents one waits and then learns that it is behind.
//! Whatever breaks off in the middle closes the connection: the server takes back what was under way, and the next
//! connection reads in the checkpoint what became of it.

use std::{collections::HashSet, sync::Arc};

use connector_kit::{Checkpoint, Clock, Error, OpenFor, Outcome, Result, Row, async_trait};

use super::{Access, Because, Link, Login, Refusal, plan::Plan, write};
use crate::sql::{
    engine::{Work, fenced, unready},
    wish::Wish,
};

/// What a run holds open on a server.
pub(super) struct Writing<L> {
    login: Arc<Login>,
    clock: Arc<dyn Clock>,
    purpose: OpenFor,
    /// In the order in which they became ready.
    plans: Vec<(Arc<str>, Arc<Plan>)>,
    /// How many plans were made: each has stages of its own.
    made: usize,
    /// `None` while a call is under way: one that is broken off drops it, and the server takes all back.
    held: Option<Held<L>>,
}

struct Held<L> {
    link: L,
    /// A transaction is open.
    began: bool,
    /// Steps whose stages this connection has.
    staged: HashSet<Arc<str>>,
}

impl<L: Link> Writing<L> {
    pub(super) async fn new(login: Arc<Login>, clock: Arc<dyn Clock>, purpose: OpenFor) -> Result<Self> {
        let held = connect(&login).await?;
        Ok(Self {
            login,
            clock,
            purpose,
            plans: Vec::new(),
            made: 0,
            held: Some(held),
        })
    }

    /// The connection; a new one where there is none, or where an idle one has died meanwhile.
    async fn take(&mut self) -> Result<Held<L>> {
        match self.held.take() {
            Some(held) if held.began || !held.link.is_closed() => Ok(held),
            _ => connect(&self.login).await,
        }
    }

    /// Takes the transaction back. A connection that cannot say so is closed, which does it too; so is one that came to
    /// no transaction, as nobody knows which of its stages it has.
    async fn give_up(&mut self, mut held: Held<L>) {
        if held.began && !held.link.is_closed() && held.link.execute("ROLLBACK").await.is_ok() {
            held.began = false;
            self.held = Some(held);
        }
    }

    /// Begins the transaction of a batch, unless it has begun.
    async fn begin(&self, held: &mut Held<L>) -> Result<()> {
        if held.began {
            return Ok(());
        }
        for (step, plan) in &self.plans {
            if !held.staged.contains(step) {
                plan.stage(&mut held.link).await?;
                held.staged.insert(step.clone());
            }
        }
        held.link.execute(L::BEGIN).await?;
        held.began = true;
        match self.there(&mut held.link).await? {
            Some(there) if there.epoch > self.purpose.epoch => Err(fenced(&self.login.place())),
            _ => Ok(()),
        }
    }

    /// The checkpoint once nothing is under way any more. The server may still be about a COMMIT whose connection was lost:
    /// what does not wait for it learns too little, and writes the batch a second time. So the row is waited for, and where
    /// there is none, a row that says nothing is put there: a first checkpoint under way is waited for, one that comes later is
    /// refused.
    async fn settled(&self, link: &mut L) -> Result<Option<Checkpoint>> {
        const NOTHING: u64 = 0;
        let mut there = self.there(link).await?;
        if there.is_none() {
            match self.insert(link, NOTHING, NOTHING).await {
                Err(refusal) if refusal.because == Because::Absent => return Ok(None),
                Err(refusal) if refusal.because != Because::Row => return Err(refusal.error),
                _ => there = self.there(link).await?,
            }
        }
        Ok(there.filter(|there| there.epoch > NOTHING))
    }

    /// The first row of this deployment.
    async fn insert(&self, link: &mut L, epoch: u64, batch: u64) -> Result<(), Refusal> {
        let sql = format!(
            "INSERT INTO {} (committed_at, deployment, epoch, batch) VALUES ({}, {}, {epoch}, {batch})",
            L::quoted(TABLE),
            L::bound(1, "text"),
            L::bound(2, "text")
        );
        let now = self.clock.now().to_string();
        link.rows(&sql, &[&now, &self.purpose.deployment]).await.map(drop)
    }

    /// This deployment's row is there.
    async fn update(&self, link: &mut L, epoch: u64, batch: u64) -> Result<(), Refusal> {
        let sql = format!(
            "UPDATE {} SET committed_at = {}, epoch = {epoch}, batch = {batch} WHERE deployment = {}",
            L::quoted(TABLE),
            L::bound(1, "text"),
            L::bound(2, "text")
        );
        let now = self.clock.now().to_string();
        link.rows(&sql, &[&now, &self.purpose.deployment]).await.map(drop)
    }

    /// The checkpoint that is there, its row locked: until the transaction ends, or for this statement.
    async fn there(&self, link: &mut L) -> Result<Option<Checkpoint>, Refusal> {
        let table = L::quoted(TABLE);
        let sql = format!(
            "SELECT epoch, batch FROM {table} WHERE deployment = {} FOR UPDATE",
            L::bound(1, "text")
        );
        let rows = match link.rows(&sql, &[&self.purpose.deployment]).await {
            Err(refusal) if refusal.because == Because::Absent => return Ok(None),
            rows => rows?,
        };
        let number = |cell: &Option<String>| cell.as_deref()?.parse::<i64>().ok();
        let read = |row: &Vec<Option<String>>| {
            let (epoch, batch) = (number(row.first()?)?, number(row.get(1)?)?);
            Some(Checkpoint {
                deployment: self.purpose.deployment.clone(),
                epoch: epoch as u64,
                batch: batch as u64,
            })
        };
        Ok(rows.first().and_then(read))
    }

    /// The checkpoint and the rows, together. Without rows the same batch may be said again; with rows it would be
    /// written twice.
    async fn commit_on(&self, held: &mut Held<L>, at: &Checkpoint) -> Result<()> {
        let has_rows = held.began;
        if !has_rows {
            held.link.execute(L::CHECKPOINT_TABLE).await?;
        }
        self.begin(held).await?;
        let lowest = at.batch as i64 - i64::from(has_rows);
        let there = self.there(&mut held.link).await?;
        let behind = there.as_ref().is_none_or(|there| {
            there.epoch < at.epoch || (there.epoch == at.epoch && there.batch as i64 <= lowest)
        });
        if !behind {
            return Err(fenced(&self.login.place()));
        }
        let written = match there {
            None => self.insert(&mut held.link, at.epoch, at.batch).await,
            Some(_) => self.update(&mut held.link, at.epoch, at.batch).await,
        };
        written.map_err(|refusal| match refusal.because {
            // Another agent made its first checkpoint a moment ago: the next try sees it.
            Because::Row => Error::unavailable(refusal.error.message),
            _ => refusal.error,
        })?;
        // Rules that are checked at the end (DEFERRABLE) name no row, and become Config.
        held.link.execute("COMMIT").await?;
        held.began = false;
        Ok(())
    }
}

/// The table of checkpoints.
pub(in crate::sql) const TABLE: &str = "_processflow_checkpoint";

async fn connect<L: Link>(login: &Login) -> Result<Held<L>> {
    Ok(Held {
        link: L::connect(login, Access::Write).await?,
        began: false,
        staged: HashSet::new(),
    })
}

#[async_trait]
impl<L: Link> Work for Writing<L> {
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        // Whatever became of the last COMMIT: a new connection sees what the server holds.
        drop(self.held.take());
        let mut held = connect(&self.login).await?;
        let there = self.settled(&mut held.link).await?;
        self.held = Some(held);
        Ok(there)
    }

    async fn undo(&mut self) -> Result<()> {
        match self.held.take() {
            Some(held) if held.began => self.give_up(held).await,
            idle => self.held = idle,
        }
        Ok(())
    }

    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        let mut held = self.take().await?;
        let committed = self.commit_on(&mut held, at).await;
        match committed {
            Ok(()) => self.held = Some(held),
            Err(_) => self.give_up(held).await,
        }
        committed
    }

    async fn ready(&mut self, step: &Arc<str>, wish: Wish) -> Result<()> {
        let mut held = self.take().await?;
        if held.began {
            self.held = Some(held);
            return Err(Error::bug(format!(
                "step {step} became ready in the middle of a batch"
            )));
        }
        let database = self.login.place();
        held.link.execute(L::CHECKPOINT_TABLE).await?;
        let plan = Plan::of(&mut held.link, &database, &wish, self.made).await?;
        self.made += 1;
        self.plans.retain(|(known, _)| known != step);
        self.plans.push((step.clone(), Arc::new(plan)));
        held.staged.remove(step);
        self.held = Some(held);
        Ok(())
    }

    async fn write(&mut self, step: &Arc<str>, rows: &[Row]) -> Result<Vec<Outcome>> {
        let plan = self.plans.iter().find(|(known, _)| known == step);
        let plan = plan.map(|(_, plan)| plan.clone()).ok_or_else(|| unready(step))?;
        let mut held = self.take().await?;
        let written = match self.begin(&mut held).await {
            Ok(()) => write::write(&mut held.link, &plan, rows)
                .await
                .map_err(Error::from),
            Err(error) => Err(error),
        };
        match written {
            Ok(outcomes) => {
                self.held = Some(held);
                Ok(outcomes)
            }
            Err(error) => {
                self.give_up(held).await;
                Err(error)
            }
        }
    }
}
