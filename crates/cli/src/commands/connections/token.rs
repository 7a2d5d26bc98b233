//! `connections change-token`: a second token, tested before it takes the first one's place.

use engine::operations::{ChangeToken, ListConnections};

use super::{named, there};
use crate::{
    args::ChangeTokenArgs,
    output::{Exit, Outcome, names},
    secrets,
    shell::Here,
};

/// Asks for the new token, and changes it where it is good.
pub(super) async fn change_token(here: &Here, args: ChangeTokenArgs) -> Outcome<Exit> {
    let ChangeTokenArgs { name, secret } = args;
    let old = there(here.look(ListConnections {})?, &name)?;
    let desk = here.desk()?;
    let connector = desk.connector(&old.connection.connector)?;
    secrets::refuse_on_argv(connector.secrets, [], &secret)?;
    let wanted = if secret.is_empty() {
        let own = connector.secrets.iter().filter(|field| !field.for_sign_in);
        own.map(|field| field.name.to_owned()).collect()
    } else {
        secret
    };
    let secrets = secrets::enter(&named(connector, &wanted))?;
    let changed = here
        .act(ChangeToken {
            name: name.clone(),
            secrets,
            ticket: None,
        })
        .await?;
    here.console.show(&changed, |changed| {
        here.console
            .data("The new token is in use; the old one is forgotten here.")?;
        super::tell(here, &changed.validation)
    })?;
    if changed.running.is_empty() {
        here.console
            .talk("The old API account can be deleted in the control panel now.");
    } else {
        here.console.talk(format!(
            "These run now and end with the old token: {}. Delete the old API account once they have ended.",
            names(&changed.running)
        ));
    }
    Ok(Exit::Done)
}
