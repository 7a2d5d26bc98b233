//! `serve`: be the agent, until told to end. Under a service manager it says how it stands.

use std::sync::{Arc, OnceLock, Weak};

use connector_kit::{Clock, SystemClock};
use engine::{
    agent::{Agent, Serving},
    folder::{Who, this_process_is},
    logs::LogLevel,
    os::{
        self,
        service::{Standing, tell, watchdog},
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    output::{Console, Exit, Outcome},
    shell::{Here, shell},
};

/// Waits for the data folder's lock, recovers what was interrupted, runs what is due. Ends at a safe point on
/// Ctrl-C or when the system says so.
pub(super) async fn serve(here: &Here) -> Outcome<Exit> {
    this_process_is(Who::Service);
    let desk = here.desk()?;
    let path = desk.folder().path().to_owned();
    here.log_to(desk.folder(), LogLevel::Info)?;
    let end = CancellationToken::new();
    let told = end.clone();
    tokio::spawn(async move {
        // A system that cannot tell us ends us without a word.
        if os::told_to_end().await.is_ok() {
            say_standing(Standing::Ending);
            told.cancel();
        }
    });
    let is_agent = Arc::new(OnceLock::new());
    tokio::spawn(stay_alive(is_agent.clone()));
    let say = |serving: Serving<'_>| match serving {
        Serving::Waiting(holder) => {
            here.console.talk(format!(
                "Process {} is the agent of {}; waiting for it to leave.",
                holder.pid,
                path.display()
            ));
            say_standing(Standing::Up(&format!(
                "Process {} is the agent; waiting for it to leave.",
                holder.pid
            )));
        }
        Serving::Agent(agent) => {
            here.console.talk(format!(
                "The agent of {}. Ctrl-C ends it at a safe point.",
                path.display()
            ));
            say_standing(Standing::Up("Runs what is due."));
            is_agent.get_or_init(|| Arc::downgrade(agent));
        }
    };
    Agent::serve(desk, shell(&path), end.clone(), say).await?;
    Ok(Exit::Done)
}

fn say_standing(standing: Standing<'_>) {
    if let Err(error) = tell(standing) {
        Console::new(false).talk(format!("warning: the service manager does not listen ({error})"));
    }
}

/// Says again and again that this process works, for as long as it does: its threads take turns and, once it is the
/// agent, its state answers.
async fn stay_alive(agent: Arc<OnceLock<Weak<Agent>>>) {
    let Some(pause) = watchdog() else { return };
    loop {
        let works = match agent.get().map(Weak::upgrade) {
            None => true,
            Some(None) => return,
            Some(Some(agent)) => agent.state().read(|_| Ok(())).await.is_ok(),
        };
        if works {
            say_standing(Standing::Alive);
        }
        SystemClock.sleep(pause).await;
    }
}
