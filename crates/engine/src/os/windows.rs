//! Windows. Files in a user's profile and in the service's ProgramData folder inherit an access list of owner,
//! SYSTEM and Administrators; modes as on Unix do not exist.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use interprocess::local_socket::{GenericNamespaced, ListenerOptions, Name, PeerCreds, ToNsName};

/// Pipes have names of their own, see [`socket_name`].
pub const SOCKET_PATH_LIMIT: usize = usize::MAX;

/// The options as they are: the folder's access list is inherited.
pub fn private(options: &OpenOptions) -> OpenOptions {
    options.clone()
}

/// Nothing to do, see [`private`].
pub fn make_private(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Makes a folder and the missing ones above it.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Nothing to do, see [`private`].
pub fn adopt(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Left to the access list.
pub fn written_by_others(_path: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// Left to the access list.
pub fn open_to_others(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// NTFS keeps renames in its journal; a folder cannot be flushed.
pub fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// True for a UNC path (`\\server\share`).
pub fn is_network_share(path: &Path) -> io::Result<bool> {
    use std::path::{Component, Prefix};
    let Some(Component::Prefix(prefix)) = path.components().next() else {
        return Ok(false);
    };
    Ok(matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)))
}

/// Windows writes no dump of a process unless an administrator asks for it by the program's name.
pub fn forbid_core_dumps() -> io::Result<()> {
    Ok(())
}

/// The allocator here does so by itself.
pub fn return_large_memory() {}

/// Waits until this process is told to end: by Ctrl-C or Ctrl-Break, a closed window, or a machine that goes down.
pub async fn told_to_end() -> io::Result<()> {
    let (mut stopped, mut closed) = (
        tokio::signal::windows::ctrl_break()?,
        tokio::signal::windows::ctrl_close()?,
    );
    let mut down = tokio::signal::windows::ctrl_shutdown()?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = stopped.recv() => Ok(()),
        _ = closed.recv() => Ok(()),
        _ = down.recv() => Ok(()),
    }
}

/// The machine's name.
pub fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this computer".into())
}

/// Where an installed service keeps its data.
pub fn service_folder() -> PathBuf {
    let program_data = std::env::var_os("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into());
    PathBuf::from(program_data).join("Processflow")
}

/// Where an installed service listens.
pub fn service_socket() -> PathBuf {
    service_folder().join("agent.sock")
}

/// Not needed: pipes have no folder.
pub fn runtime_folder() -> io::Result<PathBuf> {
    Ok(std::env::temp_dir())
}

/// A named pipe whose name comes from the path.
pub(super) fn socket_name(path: &Path) -> io::Result<Name<'static>> {
    let hash = blake3::hash(path.to_string_lossy().to_lowercase().as_bytes());
    format!("processflow-{}", &hash.to_hex()[..32]).to_ns_name::<GenericNamespaced>()
}

/// A pipe's default access list lets its owner and Administrators write.
pub(super) fn socket_mode(options: ListenerOptions<'_>, _shared: bool) -> ListenerOptions<'_> {
    options
}

/// Nothing to do, see [`socket_mode`].
pub(super) fn open_socket(_path: &Path, _shared: bool) -> io::Result<()> {
    Ok(())
}

/// The pipe's access list already decided.
pub(super) fn is_me(_peer: &PeerCreds) -> bool {
    true
}
