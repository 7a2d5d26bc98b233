//! What differs between operating systems, as far as a window is concerned.

/// Whether there is a display to open a window on.
pub(crate) fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

/// Whether the library behind tray icons is there: building one without it would end the program.
#[cfg(target_os = "linux")]
pub(crate) fn has_tray_library() -> bool {
    const NAMES: [&str; 4] = [
        "libayatana-appindicator3.so.1",
        "libappindicator3.so.1",
        "libayatana-appindicator3.so",
        "libappindicator3.so",
    ];
    NAMES.iter().any(|name| {
        #[expect(
            unsafe_code,
            reason = "loading a library runs its initialisers; the tray loads the same one"
        )]
        // SAFETY: the tray's own code loads this very library, by the same names, a moment later.
        let library = unsafe { libloading::Library::new(name) };
        library.is_ok()
    })
}

/// Part of the system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_tray_library() -> bool {
    true
}

/// Whether somebody shows tray icons on this desktop now. Without them a window that was hidden could not be found
/// again.
#[cfg(target_os = "linux")]
pub(crate) fn tray_is_shown() -> bool {
    let asked = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(names.name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)?)
    };
    // Its own thread: asking blocks, and some callers are on the run time's.
    std::thread::spawn(move || asked().unwrap_or(false))
        .join()
        .unwrap_or(false)
}

/// The taskbar and the menu bar always do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tray_is_shown() -> bool {
    true
}

/// A notification of this desktop. May wait for it: not for a thread that others wait for.
#[cfg(target_os = "linux")]
pub(crate) fn notify(title: &str, body: &str) -> notify_rust::error::Result<()> {
    let (title, body) = (title.to_owned(), body.to_owned());
    // Its own thread: asking the bus blocks, and that must not happen on one of the run time's.
    let shown = std::thread::spawn(move || {
        // Where a desktop reads markup, what a store answered is still only text.
        let marks =
            notify_rust::get_capabilities().is_ok_and(|can| can.iter().any(|can| can == "body-markup"));
        let body = if marks { escaped(&body) } else { body };
        notification(&title, &body).show().map(drop)
    });
    shown.join().unwrap_or(Ok(()))
}

/// A notification of this desktop.
#[cfg(not(target_os = "linux"))]
pub(crate) fn notify(title: &str, body: &str) -> notify_rust::error::Result<()> {
    notification(title, body).show().map(drop)
}

fn notification(title: &str, body: &str) -> notify_rust::Notification {
    let mut notification = notify_rust::Notification::new();
    notification
        .appname("Processflow Agent")
        .summary(title)
        .body(body);
    #[cfg(target_os = "linux")]
    notification.icon("processflow-desktop");
    // The identifier that the installer registers; without it the system shows nothing.
    #[cfg(windows)]
    notification.app_id("org.processflow.agent");
    notification
}

#[cfg(target_os = "linux")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What goes wrong in the page is said on the terminal the program was started from, as everything else that does.
#[cfg(target_os = "linux")]
pub(crate) fn let_page_talk(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};
    window.with_webview(|view| {
        if let Some(settings) = WebViewExt::settings(&view.inner()) {
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    })
}

/// Its own tools show it there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn let_page_talk(_window: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Says something to whoever started this program from a terminal.
#[expect(clippy::print_stderr, reason = "the one place that talks to the terminal")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_answered_is_no_markup() {
        assert_eq!(
            escaped("<b>R&D</b>"),
            "&lt;b&gt;R&amp;D&lt;/b&gt;",
            "read as it was written"
        );
    }
}
