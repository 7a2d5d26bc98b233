//! The versions of a deployment: each text with its bindings is one.

use std::collections::BTreeMap;

use connector_kit::Result;

use crate::state::{Deployment, DeploymentState, Version};

/// Puts this text in place, as a new version unless exactly it runs already; says which of the two.
pub(super) fn next_version(
    on: &rusqlite::Connection,
    name: &str,
    text: String,
    bindings: BTreeMap<String, String>,
    author: String,
    at: String,
) -> Result<(Deployment, bool)> {
    let Some(mut deployment) = Deployment::find(on, name)? else {
        let deployment = Deployment {
            name: name.to_owned(),
            id: uuid::Uuid::new_v4().simple().to_string(),
            version: 1,
            state: DeploymentState::Active,
            paused_until: None,
            epoch: 1,
            batch: 0,
            watermark: None,
            slot: None,
            anchor: at.clone(),
        };
        deployment.save(on)?;
        Version {
            deployment: deployment.id.clone(),
            version: 1,
            text,
            bindings,
            author,
            at,
        }
        .insert(on)?;
        return Ok((deployment, true));
    };
    let same = Version::find(on, &deployment.id, deployment.version)?
        .is_some_and(|version| version.text == text && version.bindings == bindings);
    let was_off = deployment.state == DeploymentState::Undeployed;
    if was_off {
        (deployment.state, deployment.anchor, deployment.slot) = (DeploymentState::Active, at.clone(), None);
    }
    if !same {
        deployment.version = Version::all(on, &deployment.id)?
            .first()
            .map_or(0, |newest| newest.version)
            + 1;
        let version = deployment.version;
        Version {
            deployment: deployment.id.clone(),
            version,
            text,
            bindings,
            author,
            at,
        }
        .insert(on)?;
    }
    deployment.save(on)?;
    Ok((deployment, !same || was_off))
}
