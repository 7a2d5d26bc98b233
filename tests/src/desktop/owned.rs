//! Another program, with everything it starts, for as long as a test holds it.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
};

/// A program in a process group of its own, killed as a whole when it is dropped: a test that panics leaves nothing.
pub struct Owned {
    child: Child,
    name: String,
}

impl Owned {
    /// Starts it. `package` is where to get it.
    pub fn start(mut command: Command, package: &str) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        let child = child.unwrap_or_else(|error| {
            panic!("{name} cannot be started ({error}). Install it: apt-get install {package}")
        });
        Self { child, name }
    }

    /// Its process id, and its group's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the child is ours")
    }

    /// Its exit code once it has ended by itself.
    #[track_caller]
    pub fn code(&mut self) -> Option<i32> {
        let name = self.name.clone();
        crate::until(&format!("{name} ends by itself"), || self.ended().is_some());
        self.ended().and_then(|status| status.code())
    }

    /// Sends a signal by name to the program alone.
    pub fn signal(&self, name: &str) {
        let sent = kill(&[&format!("-{name}"), &self.id().to_string()]);
        assert!(sent, "{}: it must still be there", self.name);
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        kill(&["-KILL", "--", &format!("-{}", self.id())]);
        drop(self.child.wait());
    }
}

fn kill(arguments: &[&str]) -> bool {
    let sent = Command::new("kill")
        .args(arguments)
        .stderr(Stdio::null())
        .status();
    sent.is_ok_and(|status| status.success())
}
