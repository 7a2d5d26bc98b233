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

/// The system takes back by itself what a program does not touch.
pub fn let_go_of_startup_code() {}

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
        () = ENDED.cancelled() => Ok(()),
    }
}

/// The machine's name.
pub fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this computer".into())
}

/// An open file's folder cannot be moved here.
pub fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Whether this folder is there and this account may write into it.
pub fn is_mine(path: &Path) -> bool {
    path.is_dir() && tempfile::tempfile_in(path).is_ok()
}

/// Whether this process may change what belongs to the whole machine.
pub fn administers() -> bool {
    use windows_service::{service_manager::ServiceManager, service_manager::ServiceManagerAccess};
    let access = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
    ServiceManager::local_computer(None::<&str>, access).is_ok()
}

/// Opens a file for reading.
pub fn open_plain(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// This user's name.
pub fn user() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "this user".into())
}

/// An administrator here stays who he is.
pub fn who_asked() -> Option<String> {
    None
}

/// The service manager starts the program with this argument at its end, and waits for an answer.
pub const AS_SERVICE: &str = "--under-service-manager";

static RUN: std::sync::OnceLock<fn() -> u8> = std::sync::OnceLock::new();
static ENDED: std::sync::LazyLock<tokio_util::sync::CancellationToken> =
    std::sync::LazyLock::new(tokio_util::sync::CancellationToken::new);

windows_service::define_windows_service!(service_main, answered);

/// Starts what this program does; under the service manager, answers it.
pub fn begin(run: fn() -> u8) -> u8 {
    if std::env::args_os().all(|argument| argument != AS_SERVICE) {
        return run();
    }
    RUN.get_or_init(|| run);
    match windows_service::service_dispatcher::start("processflow", service_main) {
        Ok(()) => 0,
        Err(_) => 3,
    }
}

fn answered(_arguments: Vec<std::ffi::OsString>) {
    use windows_service::{
        service::{
            ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
        },
        service_control_handler::{self, ServiceControlHandlerResult},
    };
    let heard = |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            ENDED.cancel();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    let Ok(manager) = service_control_handler::register("processflow", heard) else {
        return;
    };
    let say = |current_state, code| {
        let told = manager.set_service_status(ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            current_state,
            controls_accepted: ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN,
            exit_code: match code {
                0 => ServiceExitCode::Win32(0),
                code => ServiceExitCode::ServiceSpecific(u32::from(code)),
            },
            checkpoint: 0,
            wait_hint: std::time::Duration::from_secs(10),
            process_id: None,
        });
        // It that does not listen any more is told nothing.
        drop(told);
    };
    say(ServiceState::Running, 0);
    let code = RUN.get().map_or(5, |run| run());
    say(ServiceState::Stopped, code);
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
