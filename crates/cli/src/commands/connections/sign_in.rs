//! `connections sign-in`: a person agrees in a browser, and this command waits for what it brings back.

use connector_kit::Fact;
use engine::{
    agent::Door,
    operations::{BeginSignIn, CancelSignIn, FinishSignIn, Given, SignInBegun, SignInDone},
};

use super::in_words;
use crate::{
    args::SignInArgs,
    output::{Exit, Failure, Outcome, plain},
    secrets::{self, Field},
    shell::{Here, leave},
};

/// Signs in, whoever holds the folder.
pub(super) async fn sign_in(here: &Here, args: SignInArgs) -> Outcome<Exit> {
    let door = here.door().await?;
    let done = through(here, &door, args).await;
    leave(door).await;
    let done = done?;
    here.console.show(&done, |done| tell(here, done))?;
    match &done.problem {
        None => Ok(Exit::Done),
        // The token is kept all the same; scripts were told of it.
        Some(problem) if here.console.json => Err(Failure::Told(problem.clone().into())),
        Some(problem) => Err(Failure::Error(problem.clone().into())),
    }
}

async fn through(here: &Here, door: &Door, args: SignInArgs) -> Outcome<SignInDone> {
    let begun = door
        .call(BeginSignIn {
            name: args.name,
            by_hand: args.by_hand,
        })
        .await?;
    say_where(here, &begun);
    let pasted = if begun.listens {
        None
    } else {
        Some(paste(door, &begun).await?)
    };
    let ticket = begun.ticket.clone();
    let finish = FinishSignIn { ticket, pasted };
    tokio::select! {
        done = door.call(finish) => Ok(done?),
        _ = tokio::signal::ctrl_c() => {
            door.call(CancelSignIn { ticket: begun.ticket }).await?;
            Err(connector_kit::Error::config("the sign-in was cancelled").into())
        }
    }
}

fn say_where(here: &Here, begun: &SignInBegun) {
    let console = here.console;
    console.talk(format!(
        "Open this address in a browser and approve the app:\n\n  {}\n",
        begun.open
    ));
    if let Some(fingerprint) = &begun.fingerprint {
        console.talk(format!(
            "The browser comes back to this machine over https, with a certificate that was made for it a moment ago: it \
             asks whether you trust it. Its SHA-256 fingerprint is {fingerprint}."
        ));
    }
    if begun.listens {
        console.talk(format!(
            "Waiting until {} for the browser to come back to {}; Ctrl-C ends it.",
            begun.until, begun.redirect
        ));
    } else {
        console.talk("Then paste the whole address at which the browser ended; it holds a code and stays out of sight.");
    }
}

async fn paste(door: &Door, begun: &SignInBegun) -> Outcome<Given> {
    let field = Field {
        name: "address".to_owned(),
        title: "The address at which the browser ended".to_owned(),
        optional: false,
    };
    let read = tokio::task::spawn_blocking(move || secrets::enter(&[field])).await;
    let entered = read.map_err(|error| connector_kit::Error::bug("reading broke off").source(error))?;
    match entered {
        Ok(mut given) => Ok(given.remove("address").expect("it was asked for")),
        Err(failure) => {
            let ticket = begun.ticket.clone();
            door.call(CancelSignIn { ticket }).await?;
            Err(failure)
        }
    }
}

fn tell(here: &Here, done: &SignInDone) -> Outcome<()> {
    here.console.data("Signed in; the token is kept.")?;
    for Fact { name, value } in &done.facts {
        here.console.data(format!("  {name}: {}", plain(value)))?;
    }
    match &done.validation {
        Some(found) => here.console.data(in_words(found)),
        None => Ok(()),
    }
}
