//! What a window manager does for a person: asks a window to close. There is none on a test's screen.

use std::error::Error;

use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window},
    rust_connection::RustConnection,
};

type Asked<T> = Result<T, Box<dyn Error>>;

/// Asks the window of that title on this display to close.
pub(super) fn close(display: &str, title: &str) -> Asked<()> {
    let (x, screen) = x11rb::connect(Some(display))?;
    let root = x.setup().roots[screen].root;
    let window = titled(&x, root, title)?.ok_or("there is no such window")?;
    let atom = |name: &str| -> Asked<u32> { Ok(x.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let data = [atom("WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
    let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS")?, data);
    x.send_event(false, window, EventMask::NO_EVENT, message)?;
    x.get_input_focus()?.reply()?;
    Ok(())
}

/// The window of that title that can be seen, at any depth below this one.
fn titled(x: &RustConnection, window: Window, title: &str) -> Asked<Option<Window>> {
    for child in x.query_tree(window)?.reply()?.children {
        if name(x, child)? == title && is_seen(x, child)? {
            return Ok(Some(child));
        }
        if let Some(found) = titled(x, child, title)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn name(x: &RustConnection, window: Window) -> Asked<String> {
    let name = x.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?;
    Ok(String::from_utf8_lossy(&name.reply()?.value).into_owned())
}

fn is_seen(x: &RustConnection, window: Window) -> Asked<bool> {
    let state = x.get_window_attributes(window)?.reply()?.map_state;
    Ok(state == x11rb::protocol::xproto::MapState::VIEWABLE)
}
