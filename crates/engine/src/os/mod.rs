//! What differs between operating systems: private files, folders that reach the disk, core dumps, the local
//! socket and who is at its other end. The only place with `cfg(unix)` and `cfg(windows)`.
//!
//! Leaves out what lies where (that is [`crate::folder`]) and what is said over the socket.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

use interprocess::local_socket::{
    ListenerOptions,
    tokio::{Listener, Stream, prelude::*},
};

pub mod service;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

pub use system::{
    SOCKET_PATH_LIMIT, administers, adopt, begin, create_private_folder, forbid_core_dumps, host_name, is_at,
    is_mine, is_network_share, let_go_of_startup_code, make_private, open_plain, open_to_others, private,
    return_large_memory, runtime_folder, service_folder, service_socket, sync_folder, told_to_end, user,
    who_asked, written_by_others,
};

/// Opens a file that only this user can read and write, making it if it is missing. The mode holds from the
/// first instant and whatever the umask.
pub fn open_private(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let fresh = !path.exists();
    let file = private(options).open(path)?;
    if fresh {
        make_private(&file)?;
    }
    Ok(file)
}

/// Makes an empty private file if there is none yet. SQLite takes it for a new database and gives its `-wal` and
/// `-shm` files the same mode.
pub fn touch_private(path: &Path) -> io::Result<()> {
    open_private(path, OpenOptions::new().append(true).create(true)).map(drop)
}

/// Listens on the agent's local socket. A socket left behind by a killed agent is replaced, so the caller must
/// hold the data folder's lock. `shared` lets the socket's group in (an installed service), otherwise only this
/// user. The file stays when the listener goes: it may be the next agent's by then, and goes with the lock.
pub fn listen(socket: &Path, shared: bool) -> io::Result<Listener> {
    let options = ListenerOptions::new()
        .name(system::socket_name(socket)?)
        .try_overwrite(true)
        .reclaim_name(false);
    let listener = system::socket_mode(options, shared).create_tokio()?;
    system::open_socket(socket, shared)?;
    Ok(listener)
}

/// Connects to the agent that listens on this socket.
pub async fn connect(socket: &Path) -> io::Result<Stream> {
    Stream::connect(system::socket_name(socket)?).await
}

/// A connection for one who can wait: its own thread, or one that nothing else needs.
pub fn connect_blocking(socket: &Path) -> io::Result<interprocess::local_socket::Stream> {
    <interprocess::local_socket::Stream as interprocess::local_socket::traits::Stream>::connect(
        system::socket_name(socket)?,
    )
}

/// Whether an agent listens on this socket now. A file that a killed agent left behind does not.
pub fn someone_listens(socket: &Path) -> bool {
    connect_blocking(socket).is_ok()
}

/// True when the other end of the socket is this user, or the system's administrator. The socket's mode lets
/// nobody else in; this is the second look.
pub fn peer_is_me(stream: &Stream) -> io::Result<bool> {
    Ok(system::is_me(&stream.peer_creds()?))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_socket_left_by_another_agent_is_replaced_for_good() {
        let folder = tempfile::tempdir().expect("temp folder");
        let socket = folder.path().join("agent.sock");
        let before = listen(&socket, false).expect("listens");
        let listener = listen(&socket, false).expect("the old socket must not stop the next agent");
        // Its listener goes with the last of its threads, after the lock: the next agent's socket stays.
        drop(before);
        let (served, client) = tokio::join!(listener.accept(), connect(&socket));
        let (mut served, mut client) = (served.expect("accepts"), client.expect("connects"));
        assert!(
            peer_is_me(&served).expect("credentials"),
            "the client is this very process"
        );
        client.write_all(b"hi").await.expect("writes");
        let mut heard = [0; 2];
        served.read_exact(&mut heard).await.expect("reads");
        assert_eq!(&heard, b"hi", "what one says the other hears");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_socket_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("temp folder");
        for (shared, mode) in [(false, 0o600), (true, 0o660)] {
            let socket = folder.path().join(format!("{shared}.sock"));
            let _listener = listen(&socket, shared).expect("listens");
            let found = std::fs::metadata(&socket).expect("is there").permissions().mode() & 0o777;
            assert_eq!(found, mode, "who may connect is decided by the socket's mode");
        }
    }
}
