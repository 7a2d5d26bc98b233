//! The program from its start to its end: what is set up in which order, and what goes on when the window cannot.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use connector_kit::{Error, Result};
use engine::{
    agent::{Change, Topic},
    folder::LogLevel,
    logs::{self, Logs},
};
use tauri::{AppHandle, Emitter, Manager, RunEvent, WindowEvent};
use tauri_plugin_autostart::MacosLauncher;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tauri_plugin_window_state::StateFlags;
use tokio::{sync::broadcast, task::JoinHandle};
use tracing::{error, warn};

use crate::{
    attached::Attached, call, closing, notices::Notices, os, passphrase::AskInWindow,
    preferences::Preferences, tray, window,
};

/// What the window remembers between starts. Not whether it was visible: `--hidden` says that.
const REMEMBERED: StateFlags = StateFlags::from_bits_truncate(
    StateFlags::SIZE.bits()
        | StateFlags::POSITION.bits()
        | StateFlags::MAXIMIZED.bits()
        | StateFlags::FULLSCREEN.bits(),
);

/// Tray and notifications look again this long after something changed: a run's progress comes some times a second.
const CALM: Duration = Duration::from_millis(500);

/// A mistake of this program, as the command line's exit codes have it.
const BUG: u8 = 5;
/// A person must act.
const CONFIG: u8 = 3;

/// The task that stays attached to the data folder, until it has come to a safe point.
#[derive(Default)]
struct Stay(std::sync::Mutex<Option<JoinHandle<()>>>);

/// What the program is made of before there is a window.
struct Parts {
    attached: Arc<Attached>,
    passphrase: Arc<AskInWindow>,
    _logs: Logs,
}

/// Runs until the person quits.
pub(crate) fn run(data_dir: Option<PathBuf>, hidden: bool) -> ExitCode {
    let runtime = match shell::runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            os::say(&format!("Processflow Agent cannot start its threads: {error}"));
            return ExitCode::from(BUG);
        }
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let _entered = runtime.enter();
    let parts = parts(data_dir);
    if let Err(error) = &parts {
        os::say(&said(error));
    }
    // The toolkit ends its program with a panic when the display does not answer or a library is missing.
    let built = catch_unwind(AssertUnwindSafe(|| build(&parts, hidden)));
    let code = match (built, parts) {
        (Ok(Ok(app)), parts) => {
            let code = app.run_return(|app, event| happened(app, &event));
            if parts.is_ok() { code as u8 } else { CONFIG }
        }
        (_, Err(_)) => CONFIG,
        (failed, Ok(parts)) => {
            let why = match failed {
                Ok(Err(error)) => error.to_string(),
                _ => "the display does not answer".to_owned(),
            };
            without_window(&runtime, &parts, &why);
            0
        }
    };
    runtime.shutdown_background();
    ExitCode::from(code)
}

fn parts(data_dir: Option<PathBuf>) -> Result<Parts> {
    let passphrase = Arc::new(AskInWindow::default());
    let asks = passphrase.clone();
    let open = move || {
        let desk = shell::desk(data_dir.clone(), shell::connectors())?;
        asks.of(desk.folder().passphrase_vault());
        let lent = shell::lend(desk.folder().path(), asks.clone());
        Ok((desk, lent))
    };
    let attached = Attached::new(open)?;
    let logs = shell::log_to(attached.desk().folder(), logs::Console::stderr(LogLevel::Warn))?;
    Ok(Parts {
        attached,
        passphrase,
        _logs: logs,
    })
}

/// The sync goes on when the window cannot start; a terminal or the service manager ends it.
fn without_window(runtime: &tokio::runtime::Runtime, parts: &Parts, why: &str) {
    error!(
        why,
        "The window could not be opened; processflows go on without it."
    );
    os::say(&format!(
        "The window could not be opened ({why}). Processflows go on without it; Ctrl-C ends them at a safe point."
    ));
    let attached = parts.attached.clone();
    runtime.block_on(async move {
        let stay = tokio::spawn(attached.clone().stay());
        // A system that cannot tell us ends us without a word.
        if engine::os::told_to_end().await.is_ok() {
            attached.end();
        }
        if stay.await.is_err() {
            error!("The agent ended by a mistake of this program.");
        }
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "what the framework generates ends the process when its context is not whole"
)]
fn build(parts: &Result<Parts>, hidden: bool) -> tauri::Result<tauri::App> {
    let mut builder = tauri::Builder::default()
        // First, so that a second start ends before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| window::show(app)))
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_state_flags(REMEMBERED)
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_autostart::init(
            MacosLauncher::LaunchAgent,
            Some(vec!["--hidden"]),
        ))
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .manage(closing::Question::default())
        .manage(tray::Tray::default())
        .manage(Stay::default())
        .invoke_handler(tauri::generate_handler![call::call])
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                closing::asked(window.app_handle());
            }
        });
    let refused = match parts {
        Ok(parts) => {
            builder = builder
                .manage(parts.attached.clone())
                .manage(parts.passphrase.clone());
            None
        }
        Err(error) => Some(error.clone()),
    };
    builder
        .setup(move |app| {
            let app = app.handle().clone();
            app.manage(Preferences::load(
                app.path().app_config_dir()?.join("window.json"),
            ));
            match refused {
                Some(error) => refuse(&app, &error),
                None => start(&app, hidden),
            }
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// The data folder cannot be used: says so where a person sees it, and ends.
fn refuse(app: &AppHandle, error: &Error) {
    let (ending, words) = (app.clone(), app.state::<Preferences>().now().words());
    // What it is stays in the agent's own words: nothing else says it.
    app.dialog()
        .message(format!("{}\n\n{}", words.say("no_folder"), said(error)))
        .title("Processflow Agent")
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(i32::from(CONFIG)));
}

fn said(error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("{}\n{hint}", error.message),
        None => error.message.clone(),
    }
}

fn start(app: &AppHandle, hidden: bool) {
    let asking = app.clone();
    app.state::<Arc<AskInWindow>>()
        .by(move || window::tell(&asking, "passphrase"));
    let attached = call::attached(app);
    tauri::async_runtime::spawn(pass_on(app.clone(), attached.changes()));
    tauri::async_runtime::spawn(look_after(app.clone(), attached.changes()));
    let stay = tokio::spawn(attached.stay());
    *hold(&app.state::<Stay>()) = Some(stay);
    tauri::async_runtime::spawn(end_when_told(app.clone()));
    if let Err(error) = tray::build(app) {
        warn!(%error, "The tray icon could not be made; the program goes on without.");
    }
    open_window(app, hidden);
}

fn open_window(app: &AppHandle, hidden: bool) {
    window::show_theme(app, app.state::<Preferences>().now().theme);
    let shown = window::make(app).and_then(|window| match hidden {
        true if tray::is_there(app) => Ok(()),
        // Nobody would find a hidden window again.
        true => window.show().and_then(|()| window.minimize()),
        false => window.show(),
    });
    if let Err(error) = shown {
        error!(%error, "The window could not be opened; processflows go on without it.");
        let words = app.state::<Preferences>().now().words();
        app.dialog()
            .message(words.fill("no_window", "error", &error.to_string()))
            .title("Processflow Agent")
            .kind(MessageDialogKind::Error)
            .show(|_| {});
    }
}

/// Every change goes to the page as the one event.
async fn pass_on(app: AppHandle, mut changes: broadcast::Receiver<Change>) {
    while let Some(change) = next(&mut changes).await {
        // A page that is not there yet asks for everything when it is.
        let _told = app.emit_to(window::MAIN, window::CHANGED, change).is_ok();
    }
}

/// Tray and notifications follow what changes, with some calm between two looks.
async fn look_after(app: AppHandle, mut changes: broadcast::Receiver<Change>) {
    let attached = call::attached(&app);
    let mut notices = Notices::default();
    loop {
        let looking = app.clone();
        let desk = attached.desk();
        // They read files: not on a thread that others wait for.
        let looked = tokio::task::spawn_blocking(move || {
            tray::refresh(&looking);
            notices.look(&looking, &desk);
            notices
        });
        notices = match looked.await {
            Ok(notices) => notices,
            Err(_) => return error!("The tray stopped by a mistake of this program."),
        };
        if next(&mut changes).await.is_none() {
            return;
        }
        attached.clock().sleep(CALM).await;
        while changes.try_recv().is_ok() {}
    }
}

/// The next change; one who was too slow looks at everything.
async fn next(changes: &mut broadcast::Receiver<Change>) -> Option<Change> {
    match changes.recv().await {
        Ok(change) => Some(change),
        Err(broadcast::error::RecvError::Lagged(_)) => Some(Topic::Agent.into()),
        Err(broadcast::error::RecvError::Closed) => None,
    }
}

async fn end_when_told(app: AppHandle) {
    if engine::os::told_to_end().await.is_ok() {
        quit(&app);
    }
}

/// Ends: runs come to a safe point first.
pub(crate) fn quit(app: &AppHandle) {
    call::attached(app).end();
    let stay = hold(&app.state::<Stay>()).take();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Some(stay) = stay {
            if stay.await.is_err() {
                error!("The agent ended by a mistake of this program.");
            }
            app.exit(0);
        }
    });
}

fn happened(_app: &AppHandle, event: &RunEvent) {
    // Without windows (none could be opened) the agent goes on all the same; only quitting ends it.
    if let RunEvent::ExitRequested { api, code: None, .. } = event {
        api.prevent_exit();
    }
}

fn hold(stay: &Stay) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
    stay.0.lock().expect("nothing panics while it holds this lock")
}
