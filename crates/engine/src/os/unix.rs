//! Linux, macOS and the other Unixes.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use interprocess::{
    local_socket::{GenericFilePath, ListenerOptions, Name, PeerCreds, ToFsName},
    os::unix::local_socket::ListenerOptionsExt,
};
use rustix::process::{Resource, Rlimit, geteuid, setrlimit};

/// Longest path of a socket in bytes: `sun_path` holds 104 on macOS and 108 on Linux, with the closing zero.
pub const SOCKET_PATH_LIMIT: usize = 103;

/// The same options, for a file that is 0600 from its creation.
pub fn private(options: &OpenOptions) -> OpenOptions {
    let mut options = options.clone();
    options.mode(0o600);
    options
}

/// Sets 0600 on a file just made: a umask such as 0777 would have left it unreadable.
pub fn make_private(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Makes a folder, and the missing ones above it, with mode 0700. One that exists is left as it is.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    adopt(path)
}

/// Sets 0700 on a folder.
pub fn adopt(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// Who else could change what lies in this folder, in words; `None` when nobody can.
pub fn written_by_others(path: &Path) -> io::Result<Option<String>> {
    let found = fs::metadata(path)?;
    let me = geteuid().as_raw();
    if found.uid() != me {
        return Ok(Some(format!(
            "belongs to the user with number {}, and this is {me}",
            found.uid()
        )));
    }
    let mode = found.mode() & 0o777;
    Ok((mode & 0o022 != 0).then(|| format!("can be changed by other users (its mode is {mode:04o})")))
}

/// True when somebody else can read this file.
pub fn open_to_others(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.mode() & 0o077 != 0)
}

/// Brings a folder's entries to the disk: without this a renamed file may be gone after a power cut.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// True when the folder lies on a network file system, where locks and fsync do not hold what they promise.
#[cfg(target_os = "linux")]
pub fn is_network_share(path: &Path) -> io::Result<bool> {
    // linux/magic.h: NFS, SMB, CIFS, SMB2, AFS, Coda, 9p.
    const MAGIC: [i64; 7] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x5346_414F,
        0x7375_7245,
        0x0102_1997,
    ];
    Ok(MAGIC.contains(&(rustix::fs::statfs(path)?.f_type as i64 & 0xFFFF_FFFF)))
}

/// Not told by this system.
#[cfg(not(target_os = "linux"))]
pub fn is_network_share(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// No core dump of this process is ever written: it would hold secrets.
pub fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    // Also covers dumps that are piped to a collector, which the limit does not stop.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Large pieces of memory go back to the system when they are freed. Left to itself, the GNU allocator takes the first that
/// is freed as a reason to keep all that follow, and a long-lived service a third larger than what it holds. What the HTTP
/// client reads an answer into (some 400 KiB, anew for each) is kept: the system would clear it every time, a tenth of a
/// run's processor time.
pub fn return_large_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(
        unsafe_code,
        reason = "a setting of the C library; called before there is a second thread"
    )]
    unsafe {
        // Without effect where it fails: memory stays larger.
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20);
    }
}

/// The parts of this program that were needed to start leave the process's memory, once; what is needed again comes back
/// from the system's page cache when it is touched. Arguments, YAML, the vault and migrations are 5 of the 47 MiB that a run
/// held at most. Breakpoints that a debugger wrote into the program go with it.
pub fn let_go_of_startup_code() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    startup_code::let_go();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod startup_code {
    #![expect(unsafe_code, reason = "the C library tells where the program lies in memory")]

    use std::{ffi::c_void, ptr, slice, sync::Once};

    static ONCE: Once = Once::new();

    pub(super) fn let_go() {
        // SAFETY: the callback has the wanted signature and takes no data.
        ONCE.call_once(|| unsafe {
            libc::dl_iterate_phdr(Some(of_the_program), ptr::null_mut());
        });
    }

    /// Called for each object in memory; the program itself comes first, and is enough.
    unsafe extern "C" fn of_the_program(
        object: *mut libc::dl_phdr_info,
        _size: usize,
        _data: *mut c_void,
    ) -> libc::c_int {
        const ENOUGH: libc::c_int = 1;
        // SAFETY: the loader hands out a description that is valid during this call, with as many segments as it says.
        let (base, segments) = unsafe {
            let object = &*object;
            let count = usize::from(object.dlpi_phnum);
            (object.dlpi_addr, slice::from_raw_parts(object.dlpi_phdr, count))
        };
        // What can be written may differ from the file and would be lost.
        let from_the_file = segments
            .iter()
            .filter(|segment| segment.p_type == libc::PT_LOAD && segment.p_flags & libc::PF_W == 0);
        let page = rustix::param::page_size();
        for segment in from_the_file {
            let begin = (base + segment.p_vaddr) as usize;
            let end = (begin + segment.p_memsz as usize) / page * page;
            let begin = begin / page * page;
            // SAFETY: the segment is mapped, never written, and every page of it can be read from the file again.
            // Without effect where it fails: memory stays larger.
            unsafe {
                libc::madvise(
                    begin as *mut c_void,
                    end.saturating_sub(begin),
                    libc::MADV_DONTNEED,
                );
            }
        }
        ENOUGH
    }
}

/// Waits until this process is told to end: by Ctrl-C, or by the system (SIGTERM).
pub async fn told_to_end() -> io::Result<()> {
    let mut ended = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = ended.recv() => Ok(()),
    }
}

/// The machine's name.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Starts what this program does. The service manager here needs no answer of its own.
pub fn begin(run: fn() -> u8) -> u8 {
    run()
}

/// Whether this folder is there and belongs to this user.
pub fn is_mine(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.uid() == geteuid().as_raw())
}

/// Whether this open file is still the one at `path`: whoever waited for it may hold one that was moved away.
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (held, named) = (file.metadata()?, fs::metadata(path)?);
    Ok((held.dev(), held.ino()) == (named.dev(), named.ino()))
}

/// Whether this process may change what belongs to the whole machine.
pub fn administers() -> bool {
    geteuid().is_root()
}

/// Opens a file for reading that is a file and no link to one.
pub fn open_plain(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
}

/// This user's name, or number.
pub fn user() -> String {
    name_of(geteuid().as_raw())
}

/// The user on whose behalf an administrator's command runs (pkexec, sudo); `None` for the administrator's own.
pub fn who_asked() -> Option<String> {
    let number = ["PKEXEC_UID", "SUDO_UID"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok()?.parse().ok())?;
    administers().then(|| name_of(number))
}

fn name_of(number: u32) -> String {
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = known.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    });
    name.or_else(|| std::env::var("USER").ok())
        .unwrap_or_else(|| number.to_string())
}

/// Where an installed service keeps its data.
pub fn service_folder() -> PathBuf {
    PathBuf::from("/var/lib/processflow")
}

/// Where an installed service listens.
pub fn service_socket() -> PathBuf {
    PathBuf::from("/run/processflow/agent.sock")
}

/// A folder of this user alone for short-lived sockets: the session's runtime folder, or one in the temp folder
/// with the user's number in its name.
pub fn runtime_folder() -> io::Result<PathBuf> {
    if let Some(session) =
        directories::BaseDirs::new().and_then(|dirs| dirs.runtime_dir().map(Path::to_owned))
        && written_by_others(&session).is_ok_and(|others| others.is_none())
    {
        return Ok(session);
    }
    let own = std::env::temp_dir().join(format!("processflow-{}", geteuid().as_raw()));
    create_private_folder(&own)?;
    match written_by_others(&own)? {
        None => Ok(own),
        Some(why) => Err(io::Error::other(format!("{} {why}", own.display()))),
    }
}

pub(super) fn socket_name(path: &Path) -> io::Result<Name<'static>> {
    path.to_owned().to_fs_name::<GenericFilePath>()
}

/// Lets this user connect, and the socket's group too when `shared`: from its first instant.
pub(super) fn socket_mode(options: ListenerOptions<'_>, shared: bool) -> ListenerOptions<'_> {
    if cfg!(target_os = "macos") {
        // macOS cannot set a socket's mode before it exists; there the folder (0700) keeps others out.
        return options;
    }
    options.mode(bits(shared))
}

/// Gives back what the umask took from a socket just made.
pub(super) fn open_socket(path: &Path, shared: bool) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(bits(shared)))
}

fn bits<T: From<u16>>(shared: bool) -> T {
    T::from(if shared { 0o660 } else { 0o600 })
}

pub(super) fn is_me(peer: &PeerCreds) -> bool {
    peer.euid()
        .is_some_and(|user| user == geteuid().as_raw() || user == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_0600_even_when_asked_to_be_made_otherwise() {
        let folder = tempfile::tempdir().expect("temp folder");
        let path = folder.path().join("secret");
        crate::os::touch_private(&path).expect("is made");
        assert_eq!(
            fs::metadata(&path).expect("is there").mode() & 0o777,
            0o600,
            "only the owner may read it"
        );
        assert!(!open_to_others(&path).expect("is there"), "and the check agrees");
    }

    #[test]
    fn a_process_that_forbade_core_dumps_has_no_limit_left_for_them() {
        forbid_core_dumps().expect("every process may lower its limits");
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!(
            (limit.current, limit.maximum),
            (Some(0), Some(0)),
            "0 bytes of core, and no way back"
        );
    }
}
