//! What happens when the window is closed: kept running, quit, or asked.
//!
//! The page asks, in its own dialog. A page that does not answer within two seconds (it hangs, or is not there) leaves
//! the question to a native dialog: closing always leads somewhere.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use connector_kit::Result;
use serde::Deserialize;
use serde_json::json;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons};

use crate::{
    call,
    preferences::{OnClose, Preferences},
    program, tray, window,
};

/// How long the page may take to say that it asks.
const PAGE: Duration = Duration::from_secs(2);

/// Whether the question was put and nobody has taken it up yet.
#[derive(Default)]
pub(crate) struct Question {
    open: AtomicBool,
}

/// What a person answered.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// Keep running.
    keep: bool,
    /// And do not ask again.
    #[serde(default)]
    remember: bool,
}

/// The window was told to close.
pub(crate) fn asked(app: &AppHandle) {
    match app.state::<Preferences>().now().close {
        OnClose::Keep => keep(app),
        OnClose::Quit => program::quit(app),
        OnClose::Ask => ask(app),
    }
}

fn ask(app: &AppHandle) {
    app.state::<Question>().open.store(true, Ordering::SeqCst);
    window::tell(app, "close");
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        call::attached(&app).clock().sleep(PAGE).await;
        if app.state::<Question>().open.swap(false, Ordering::SeqCst) {
            ask_natively(&app);
        }
    });
}

/// The page shows the question.
pub(crate) fn page_asks(app: &AppHandle) {
    app.state::<Question>().open.store(false, Ordering::SeqCst);
}

fn ask_natively(app: &AppHandle) {
    let words = app.state::<Preferences>().now().words();
    let mut dialog = app
        .dialog()
        .message(words.say("close_text"))
        .title(words.say("close_title"))
        .buttons(MessageDialogButtons::OkCancelCustom(
            words.say("close_keep").to_owned(),
            words.say("close_quit").to_owned(),
        ));
    if let Some(window) = app.get_webview_window(window::MAIN) {
        dialog = dialog.parent(&window);
    }
    let app = app.clone();
    dialog.show(move |kept| if kept { keep(&app) } else { program::quit(&app) });
}

/// The person answered in the page.
///
/// # Errors
/// Config when the answer cannot be remembered; it is followed nevertheless.
pub(crate) fn answered(app: &AppHandle, answer: &Answer) -> Result<()> {
    page_asks(app);
    let remembered = if answer.remember {
        let value = if answer.keep { "keep" } else { "quit" };
        app.state::<Preferences>().set("close", json!(value)).map(drop)
    } else {
        Ok(())
    };
    if answer.keep {
        keep(app);
    } else {
        program::quit(app);
    }
    remembered
}

/// Goes on in the tray; minimised where nobody shows one, because a hidden window could not be found again.
fn keep(app: &AppHandle) {
    let Some(window) = app.get_webview_window(window::MAIN) else {
        return;
    };
    let done = if tray::is_there(app) {
        window.hide()
    } else {
        window.minimize()
    };
    if let Err(error) = done {
        tracing::warn!(%error, "The window could not be put away.");
    }
}
