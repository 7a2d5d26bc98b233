//! A SIGKILL at a counted place of the binary: the k-th call that leaves a trace outside the process.

use std::{path::PathBuf, process::Command, sync::OnceLock};

/// The shim that counts and kills, built once per test run with the machine's C compiler.
pub fn shim() -> &'static str {
    static SHIM: OnceLock<String> = OnceLock::new();
    SHIM.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kill.c");
        let folder: PathBuf = std::env::temp_dir();
        let library = folder.join(format!("kill-{}.so", std::process::id()));
        let built = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .args([source, "-ldl"])
            .status();
        assert!(
            built.is_ok_and(|built| built.success()),
            "the C compiler builds the shim"
        );
        library.display().to_string()
    })
}
