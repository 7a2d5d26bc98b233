//! The tray: an honest colour, the same in words, and what is wanted without opening the window.
//!
//! Linux shows no tooltips on tray icons, so the words are the menu's first line as well.

use std::{collections::BTreeMap, sync::Mutex};

use connector_kit::Result;
use engine::{
    agent::Desk,
    operations::{self, ListProcessflows, Status},
    state::DeploymentState,
};
use jiff::Timestamp;
use serde_json::json;
use tauri::{
    AppHandle, Manager,
    image::Image,
    menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu},
    tray::{TrayIcon, TrayIconBuilder},
};
use tracing::warn;

use crate::{attached::Attached, call, notices, os, preferences::Preferences, program, window, words::Words};

/// How the agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Fine,
    Waits,
    Stopped,
}

impl Colour {
    fn image(self) -> Image<'static> {
        match self {
            Self::Fine => tauri::include_image!("../icons/tray-fine.png"),
            Self::Waits => tauri::include_image!("../icons/tray-waits.png"),
            Self::Stopped => tauri::include_image!("../icons/tray-stopped.png"),
        }
    }
}

/// What the tray shows; made anew when something changed, put up only when it differs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    colour: Colour,
    words: String,
    processflows: Vec<String>,
    paused: bool,
    language: String,
}

/// The tray icon, where there can be one.
#[derive(Default)]
pub(crate) struct Tray {
    icon: Mutex<Option<TrayIcon>>,
    shown: Mutex<Option<Shown>>,
}

/// Builds the icon, unless this system lacks what it takes.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    if !os::has_tray_library() {
        warn!("There is no library for tray icons (libayatana-appindicator3); the program goes on without.");
        return Ok(());
    }
    let icon = TrayIconBuilder::with_id("agent")
        .icon(Colour::Stopped.image())
        .menu(&Menu::new(app)?)
        .on_menu_event(|app, event| chosen(app, &event))
        .build(app)?;
    *hold(&app.state::<Tray>().icon) = Some(icon);
    refresh(app);
    Ok(())
}

/// Whether a window that is hidden can be brought back from a tray.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    hold(&app.state::<Tray>().icon).is_some() && os::tray_is_shown()
}

/// Looks how the agent stands, and shows it where it differs from what is shown.
pub(crate) fn refresh(app: &AppHandle) {
    let attached = call::attached(app);
    let words = app.state::<Preferences>().now().words();
    let now = look(&attached, &words);
    let tray = app.state::<Tray>();
    if hold(&tray.icon).is_none() || hold(&tray.shown).as_ref() == Some(&now) {
        return;
    }
    let on_main = {
        let (app, now) = (app.clone(), now.clone());
        move || {
            if let Err(error) = put_up(&app, &now, &words) {
                warn!(%error, "The tray could not be changed.");
            }
        }
    };
    if app.run_on_main_thread(on_main).is_ok() {
        *hold(&tray.shown) = Some(now);
    }
}

fn look(attached: &Attached, words: &Words) -> Shown {
    let desk = attached.desk();
    let processflows = deployed(&desk);
    let paused = processflows.values().any(Option::is_some);
    let status = operations::look(&desk, Status {})
        .ok()
        .filter(|_| attached.is_attached());
    let (colour, said) = match status {
        None => (Colour::Stopped, words.say("stopped").to_owned()),
        Some(status) => match status.waiting.len() as u64 + status.failed {
            0 if paused => (Colour::Fine, words.say("paused").to_owned()),
            0 => (Colour::Fine, words.say("fine").to_owned()),
            count => (Colour::Waits, words.count("waits", count)),
        },
    };
    Shown {
        colour,
        words: said,
        processflows: processflows.into_keys().collect(),
        paused,
        language: words.say("quit").to_owned(),
    }
}

/// Deployed processflows, and until when they are paused, where a pause has an end.
fn deployed(desk: &Desk) -> BTreeMap<String, Option<Timestamp>> {
    let rows = operations::look(desk, ListProcessflows {}).unwrap_or_default();
    let now = desk.clock().now();
    rows.into_iter()
        .filter(|row| row.state != DeploymentState::Undeployed)
        .map(|row| {
            let until = row.paused_until.as_deref().and_then(|until| until.parse().ok());
            let paused = row.state == DeploymentState::Paused;
            (row.processflow, until.filter(|until| paused && *until > now))
        })
        .collect()
}

fn put_up(app: &AppHandle, now: &Shown, words: &Words) -> tauri::Result<()> {
    let menu = menu(app, now, words)?;
    let icon = hold(&app.state::<Tray>().icon).clone();
    let Some(icon) = icon else { return Ok(()) };
    icon.set_menu(Some(menu))?;
    icon.set_icon(Some(now.colour.image()))?;
    icon.set_tooltip(Some(format!("Processflow Agent: {}", now.words)))
}

fn menu(app: &AppHandle, now: &Shown, words: &Words) -> tauri::Result<Menu<tauri::Wry>> {
    let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let state = MenuItem::with_id(app, "state", &now.words, false, None::<&str>)?;
    let (first, last) = (
        PredefinedMenuItem::separator(app)?,
        PredefinedMenuItem::separator(app)?,
    );
    let open = item("open", words.say("open"))?;
    let pauses = [
        item("pause:1h", words.say("pause_1h"))?,
        item("pause:4h", words.say("pause_4h"))?,
        item("pause:tomorrow", words.say("pause_tomorrow"))?,
    ];
    let none = now.processflows.is_empty();
    let pause = Submenu::with_id_and_items(app, "pause", words.say("pause"), !none, &as_items(&pauses))?;
    let resume = MenuItem::with_id(app, "resume", words.say("resume"), now.paused, None::<&str>)?;
    let runs = now
        .processflows
        .iter()
        .map(|name| item(&format!("run:{name}"), name))
        .collect::<tauri::Result<Vec<_>>>()?;
    let run = Submenu::with_id_and_items(app, "run", words.say("run"), !none, &as_items(&runs))?;
    let quit = item("quit", words.say("quit"))?;
    Menu::with_items(app, &[&state, &first, &open, &pause, &resume, &run, &last, &quit])
}

fn as_items(items: &[MenuItem<tauri::Wry>]) -> Vec<&dyn IsMenuItem<tauri::Wry>> {
    items.iter().map(|item| item as &dyn IsMenuItem<_>).collect()
}

fn chosen(app: &AppHandle, event: &MenuEvent) {
    let id = event.id().as_ref();
    match id.split_once(':') {
        None if id == "open" => window::show(app),
        None if id == "quit" => program::quit(app),
        None if id == "resume" => act(app, Wish::Resume),
        Some(("pause", how_long)) => act(app, Wish::Pause(how_long.to_owned())),
        Some(("run", name)) => act(app, Wish::Run(name.to_owned())),
        _ => {}
    }
}

/// What was chosen from the menu.
enum Wish {
    Pause(String),
    Resume,
    Run(String),
}

/// Carries out a wish; what cannot be done is said in a notification, because there may be no window to say it in.
fn act(app: &AppHandle, wish: Wish) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let attached = call::attached(&app);
        if let Err(error) = carry_out(&attached, wish).await {
            warn!(error = %error.chain(), "What was chosen in the tray could not be done.");
            let words = app.state::<Preferences>().now().words();
            let told = tokio::task::spawn_blocking(move || {
                let why = words.of_the_agent(&error.message, "not_done_text");
                notices::say(words.say("not_done_title"), why);
            });
            if told.await.is_err() {
                tracing::error!("A notification could not be shown by a mistake of this program.");
            }
        }
    });
}

async fn carry_out(attached: &Attached, wish: Wish) -> Result<()> {
    match wish {
        Wish::Run(name) => {
            attached.call("start_run", json!({ "processflow": name })).await?;
        }
        Wish::Pause(how_long) => {
            let seconds = seconds(&how_long, &attached.clock().now());
            for name in active(&attached.desk()) {
                attached
                    .call("pause", json!({ "processflow": name, "seconds": seconds }))
                    .await?;
            }
        }
        // A pause without an end was set by a person for one processflow, and stays.
        Wish::Resume => {
            let paused = deployed(&attached.desk());
            for (name, _) in paused.into_iter().filter(|(_, until)| until.is_some()) {
                attached.call("resume", json!({ "processflow": name })).await?;
            }
        }
    }
    Ok(())
}

/// Those that a pause concerns: what a person paused without an end stays as it is.
fn active(desk: &Desk) -> impl Iterator<Item = String> {
    let rows = operations::look(desk, ListProcessflows {}).unwrap_or_default();
    rows.into_iter()
        .filter(|row| {
            row.state == DeploymentState::Active
                || row.state == DeploymentState::Paused && row.paused_until.is_some()
        })
        .map(|row| row.processflow)
}

/// How long a pause is, in seconds. Tomorrow begins at midnight of this machine's zone.
fn seconds(how_long: &str, now: &Timestamp) -> u64 {
    const HOUR: u64 = 3600;
    match how_long {
        "1h" => HOUR,
        "4h" => 4 * HOUR,
        _ => until_tomorrow(&now.to_zoned(jiff::tz::TimeZone::system())),
    }
}

fn until_tomorrow(now: &jiff::Zoned) -> u64 {
    let midnight = now.tomorrow().and_then(|day| day.start_of_day());
    let wait = midnight.map(|midnight| now.duration_until(&midnight).as_secs());
    wait.ok()
        .and_then(|wait| wait.try_into().ok())
        .unwrap_or(24 * 3600)
}

fn hold<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().expect("nothing panics while it holds this lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_begins_at_midnight_also_when_the_clocks_change() {
        let at = |text: &str| text.parse::<jiff::Zoned>().expect("an instant with its zone");
        let cases = [
            ("2026-11-21T22:30:00[Europe/Berlin]", 90 * 60),
            ("2026-03-29T00:00:00[Europe/Berlin]", 23 * 3600),
            ("2026-10-25T00:00:00[Europe/Berlin]", 25 * 3600),
        ];
        for (now, want) in cases {
            assert_eq!(until_tomorrow(&at(now)), want, "{now}");
        }
    }
}
