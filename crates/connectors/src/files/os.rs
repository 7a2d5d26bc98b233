//! What operating systems do differently with files.

use cap_std::fs::OpenOptions;

/// New files are for this account alone.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Makes the names in a folder durable. Windows does so by itself, and cannot open folders.
pub(super) fn sync_folder(path: &std::path::Path) -> std::io::Result<()> {
    if cfg!(unix) {
        std::fs::File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

/// Another program has the file open in a way that keeps others out (Windows: sharing or lock violation).
pub(super) fn is_held(error: &std::io::Error) -> bool {
    let sharing = cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33));
    sharing
        || matches!(
            error.kind(),
            std::io::ErrorKind::ResourceBusy | std::io::ErrorKind::ExecutableFileBusy
        )
}
