//! `serve`: be the agent, until told to end.

use engine::{
    agent::Agent,
    folder::{Who, this_process_is},
    logs::LogLevel,
    os,
};
use tokio_util::sync::CancellationToken;

use crate::{
    output::{Exit, Outcome},
    shell::{Here, shell},
};

/// Waits for the data folder's lock, recovers what was interrupted, runs what is due. Ends at a safe point on
/// Ctrl-C or when the system says so.
pub(super) async fn serve(here: &Here) -> Outcome<Exit> {
    this_process_is(Who::Service);
    let desk = here.desk()?;
    let path = desk.folder().path().to_owned();
    here.log_to(desk.folder(), LogLevel::Info)?;
    if let Some(holder) = desk.holder()? {
        here.console.talk(format!(
            "Process {} is the agent of {}; waiting for it to leave.",
            holder.pid,
            path.display()
        ));
    } else {
        here.console.talk(format!(
            "The agent of {}. Ctrl-C ends it at a safe point.",
            path.display()
        ));
    }
    let end = CancellationToken::new();
    let told = end.clone();
    tokio::spawn(async move {
        // A system that cannot tell us ends us without a word.
        if os::told_to_end().await.is_ok() {
            told.cancel();
        }
    });
    Agent::serve(desk, shell(&path), end).await?;
    Ok(Exit::Done)
}
