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
