//! The values that are kept from one run to the next, while a run uses them.

use std::sync::Arc;

use connector_kit::{Error, Result, Value};

use crate::{
    placeholder::{Kept, kept},
    processflow::{Plan, Variable, in_filters},
    secrets::ValueKey,
    state::{Journal, StoredVariable},
};

/// What opens and closes encrypted variables of one deployment.
#[derive(Clone)]
pub struct Locker {
    /// The key.
    pub key: Arc<ValueKey>,
    /// What the values are bound to: those of one deployment open under no other.
    pub deployment: String,
}

/// The kept variables of a run.
#[derive(Default)]
pub(super) struct Variables {
    /// Their values, in the order of the plan: what was settled last, or is about to be.
    pub(super) now: Vec<Value>,
    locker: Option<Locker>,
}

impl Variables {
    pub(super) fn new(locker: Option<Locker>) -> Self {
        Self {
            now: Vec::new(),
            locker,
        }
    }

    /// Takes up what the last run left; what nothing was kept of begins as the file says.
    pub(super) async fn load(&mut self, plan: &Plan, journal: &Journal) -> Result<()> {
        if plan.variables.is_empty() {
            return Ok(());
        }
        let kept = journal.variables().await?;
        let value = |variable: &Variable| {
            let fits =
                |kept: &&StoredVariable| kept.name == variable.name && kept.encrypted == variable.encrypted;
            match kept.iter().find(fits) {
                Some(kept) => self.opened(kept),
                None => Ok(Value::from(variable.start.clone())),
            }
        };
        self.now = plan.variables.iter().map(value).collect::<Result<_>>()?;
        Ok(())
    }

    /// Those that filters may hold.
    pub(super) fn shown(&self, plan: &Plan) -> Kept {
        in_filters(&plan.variables, self.now.iter().map(kept))
    }

    /// What is to be kept, where it has changed.
    pub(super) fn changed(&self, plan: &Plan, to: &[Value]) -> Result<Vec<StoredVariable>> {
        let all = plan.variables.iter().zip(self.now.iter().zip(to));
        let changed = all.filter(|(_, (before, after))| before != after);
        changed
            .map(|(variable, (_, after))| stored(variable, after, self.locker.as_ref()))
            .collect()
    }

    fn opened(&self, kept: &StoredVariable) -> Result<Value> {
        let text = match (&self.locker, kept.encrypted) {
            (_, false) => Some(kept.value.clone()),
            (Some(Locker { key, deployment }), true) => key.open(&kept.value, deployment, &kept.name),
            (None, true) => None,
        };
        let value = text.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        value.map(Value::from).ok_or_else(|| {
            Error::config(format!("the kept variable `{}` cannot be read", kept.name)).hint(
                "Its key is not the one it was kept with. Forget it with `processflow variables NAME --forget \
                 VARIABLE`, and set it anew.",
            )
        })
    }
}

/// A value as it is kept.
pub(crate) fn stored(variable: &Variable, value: &Value, locker: Option<&Locker>) -> Result<StoredVariable> {
    let text = match value {
        Value::Json(raw) => raw.as_str().to_owned(),
        value => value.to_json().to_string(),
    };
    let value = match (variable.encrypted, locker) {
        (false, _) => text,
        (true, Some(Locker { key, deployment })) => key.seal(&text, deployment, &variable.name),
        (true, None) => return Err(Error::bug("an encrypted variable without a key")),
    };
    Ok(StoredVariable {
        name: variable.name.clone(),
        value,
        encrypted: variable.encrypted,
    })
}
