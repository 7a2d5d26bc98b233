//! What only a window can do, as operations under names beginning with `window.`; and the window itself.

use std::path::PathBuf;

use connector_kit::{Error, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter, LogicalSize, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt;

use crate::{
    closing, os,
    passphrase::{AskInWindow, Wanted},
    preferences::{Preferences, Preferred, Theme},
    program, service, tray,
};

/// The one window's name.
pub(crate) const MAIN: &str = "main";

/// Room for the title bar, in logical pixels: the desktop draws it, and tells its height to nobody before it is there.
const TITLE: f64 = 40.0;

/// The one event's name.
pub(crate) const CHANGED: &str = "changed";

/// Everything the window can do.
const NAMES: [&str; 12] = [
    "asking",
    "browse",
    "close",
    "open_file",
    "quit",
    "reveal",
    "save_file",
    "service",
    "service_do",
    "set",
    "settings",
    "unlock",
];

/// Carries out an operation of the window, by its name without `window.`.
pub(crate) async fn call(app: &AppHandle, name: &str, input: Value) -> Result<Value> {
    match name {
        "settings" => answer(settings(app)),
        "set" => set(app, of(name, input)?).and_then(answer),
        "open_file" => answer(open_file(app, of(name, input)?).await),
        "save_file" => answer(save_file(app, of(name, input)?).await),
        "service" => answer(service::state(app).await?),
        "service_do" => answer(service::act(app, of(name, input)?).await?),
        "reveal" => reveal(app, &of(name, input)?).map(|()| Value::Null),
        "browse" => browse(app, &of(name, input)?).map(|()| Value::Null),
        "asking" => {
            closing::page_asks(app);
            Ok(Value::Null)
        }
        "close" => closing::answered(app, &of::<closing::Answer>(name, input)?).map(|()| Value::Null),
        "quit" => {
            program::quit(app);
            Ok(Value::Null)
        }
        "unlock" => {
            let entered: Unlock = of(name, input)?;
            let asking = app.state::<std::sync::Arc<AskInWindow>>().inner().clone();
            asking.entered(entered.passphrase).await?;
            tell(app, "unlocked");
            Ok(Value::Null)
        }
        _ => Err(
            Error::config(format!("the window has no operation `window.{name}`"))
                .hint(format!("It has: window.{}.", NAMES.join(", window."))),
        ),
    }
}

fn of<T: DeserializeOwned>(name: &str, input: Value) -> Result<T> {
    serde_json::from_value(input)
        .map_err(|error| Error::config(format!("the input of `window.{name}`: {error}")))
}

fn answer(output: impl Serialize) -> Result<Value> {
    serde_json::to_value(output).map_err(|_| Error::bug("an answer of the window does not serialise"))
}

/// What this user prefers, and what this desktop can do.
#[derive(Serialize)]
struct WindowSettings {
    #[serde(flatten)]
    preferred: Preferred,
    /// Whether the program starts with this user's session.
    autostart: bool,
    /// Whether there is a tray to stay in.
    tray: bool,
    /// What the page should ask for before secrets can be used.
    vault: Option<Wanted>,
    version: &'static str,
}

fn settings(app: &AppHandle) -> WindowSettings {
    WindowSettings {
        preferred: app.state::<Preferences>().now(),
        autostart: app.autolaunch().is_enabled().unwrap_or(false),
        tray: tray::is_there(app),
        vault: app.state::<std::sync::Arc<AskInWindow>>().wanted(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// One preference to change.
#[derive(Deserialize)]
struct Set {
    key: String,
    value: Value,
}

fn set(app: &AppHandle, set: Set) -> Result<WindowSettings> {
    match (set.key.as_str(), &set.value) {
        ("autostart", Value::Bool(on)) => autostart(app, *on)?,
        (key, _) => {
            let preferred = app.state::<Preferences>().set(key, set.value)?;
            if key == "theme" {
                show_theme(app, preferred.theme);
            }
            if key == "language" {
                tray::refresh(app);
            }
        }
    }
    tell(app, "settings");
    Ok(settings(app))
}

fn autostart(app: &AppHandle, on: bool) -> Result<()> {
    let start = app.autolaunch();
    let done = if on { start.enable() } else { start.disable() };
    // Off already is off: the system's entry is not there to be removed.
    if !on && !start.is_enabled().unwrap_or(true) {
        return Ok(());
    }
    done.map_err(|error| {
        Error::config(format!("starting with the session could not be changed: {error}"))
            .hint("Check that this user may write to the session's autostart folder.")
    })
}

/// The window's own theme follows the preference, so that the page's colour scheme and the native dialogs do.
pub(crate) fn show_theme(app: &AppHandle, theme: Theme) {
    let theme = match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    app.set_theme(theme);
}

/// A file or a folder to be chosen.
#[derive(Deserialize)]
struct OpenFile {
    title: String,
    /// How its name may end; any way when empty.
    #[serde(default)]
    extensions: Vec<String>,
    /// A folder, not a file.
    #[serde(default)]
    folder: bool,
}

/// Where a file goes.
#[derive(Deserialize)]
struct SaveFile {
    title: String,
    /// Its name unless the person says otherwise.
    name: String,
}

/// What the person chose; nothing when they changed their mind.
async fn open_file(app: &AppHandle, wanted: OpenFile) -> Option<PathBuf> {
    let mut dialog = dialog(app, wanted.title);
    if wanted.folder {
        return chosen(|then| dialog.pick_folder(then)).await;
    }
    if !wanted.extensions.is_empty() {
        let endings: Vec<&str> = wanted.extensions.iter().map(String::as_str).collect();
        dialog = dialog.add_filter(endings.join(", "), &endings);
    }
    chosen(|then| dialog.pick_file(then)).await
}

async fn save_file(app: &AppHandle, wanted: SaveFile) -> Option<PathBuf> {
    let dialog = dialog(app, wanted.title).set_file_name(wanted.name);
    chosen(|then| dialog.save_file(then)).await
}

fn dialog(app: &AppHandle, title: String) -> FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file().set_title(title);
    match app.get_webview_window(MAIN) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

async fn chosen(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (then, chosen) = tokio::sync::oneshot::channel();
    ask(Box::new(move |path| drop(then.send(path))));
    chosen.await.ok().flatten()?.into_path().ok()
}

#[derive(Deserialize)]
struct Reveal {
    path: PathBuf,
}

fn reveal(app: &AppHandle, wanted: &Reveal) -> Result<()> {
    app.opener().reveal_item_in_dir(&wanted.path).map_err(|error| {
        Error::config(format!("{} cannot be shown: {error}", wanted.path.display()))
            .hint("It may have been moved, or this desktop has no file manager.")
    })
}

#[derive(Deserialize)]
struct Browse {
    url: String,
}

/// Opens a page in the browser; only what is fetched over https, never a program or a file.
fn browse(app: &AppHandle, wanted: &Browse) -> Result<()> {
    if !wanted.url.starts_with("https://") {
        return Err(Error::config(format!("`{}` is no page of the web", wanted.url)));
    }
    app.opener().open_url(&wanted.url, None::<&str>).map_err(|error| {
        Error::config(format!("no browser could be opened: {error}"))
            .hint(format!("Open {} by hand.", wanted.url))
    })
}

#[derive(Deserialize)]
struct Unlock {
    passphrase: String,
}

/// Tells the page about something of the window's own.
pub(crate) fn tell(app: &AppHandle, id: &str) {
    // A page that is not there yet asks for everything when it is.
    let _told = app
        .emit_to(MAIN, CHANGED, json!({ "topic": "window", "id": id }))
        .is_ok();
}

/// Makes the window; it shows itself once its page is there.
pub(crate) fn make(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Processflow Agent")
        .inner_size(1280.0, 832.0)
        .min_inner_size(400.0, 300.0)
        .prevent_overflow_with_margin(LogicalSize::new(0.0, TITLE))
        .visible(false)
        // Files dropped on the page are the page's: it reads a processflow from them.
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .build()?;
    os::let_page_talk(&window)?;
    Ok(window)
}

/// Brings the window to the person.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let steps = [window.unminimize(), window.show(), window.set_focus()];
        for error in steps.into_iter().filter_map(std::result::Result::err) {
            tracing::warn!(%error, "The window could not be brought to the front.");
        }
    }
}
