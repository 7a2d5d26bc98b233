//! The agent as a service: what it tells systemd, and what a machine with one is like for everybody else.
//!
//! Machines that run tests are not run by systemd: its part is played by a script (`machine/systemctl`), in a mount
//! namespace of its own where nothing reaches the real machine.

use std::{
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    time::Duration,
};

use kit::{World, process_binary};

/// What a listener hears within some seconds, until it hears `last`.
fn heard_until(listener: &UnixDatagram, last: &str) -> Vec<String> {
    listener
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time limit");
    let mut heard = Vec::new();
    let mut message = [0; 4096];
    while !heard.iter().any(|line: &String| line == last) {
        let length = listener
            .recv(&mut message)
            .unwrap_or_else(|error| panic!("`{last}` was not said ({error}), but {heard:?}"));
        let text = String::from_utf8_lossy(&message[..length]).into_owned();
        heard.extend(text.lines().map(str::to_owned));
    }
    heard
}

#[test]
fn systemd_is_told_when_the_service_is_up_works_and_ends() {
    let world = World::empty();
    let socket = world.path("notify");
    let listener = UnixDatagram::bind(&socket).expect("listens");
    let serving = world.start_in(
        &["serve"],
        &[
            ("NOTIFY_SOCKET", &socket.display().to_string()),
            ("WATCHDOG_USEC", "400000"),
        ],
    );
    let heard = heard_until(&listener, "READY=1");
    assert!(
        world.data().join("agent.sock").exists(),
        "it is the agent once it says so: {heard:?}"
    );
    for _ in 0..3 {
        heard_until(&listener, "WATCHDOG=1");
    }
    serving.signal("TERM");
    heard_until(&listener, "STOPPING=1");
    serving.wait().code(0);
}

#[test]
fn a_service_that_waits_for_another_agent_is_up_and_says_for_whom_it_waits() {
    let world = World::empty();
    let first = world.start(&["serve"]);
    kit::until("it is the agent", || world.data().join("agent.sock").exists());
    let socket = world.path("notify");
    let listener = UnixDatagram::bind(&socket).expect("listens");
    let second = world.start_in(&["serve"], &[("NOTIFY_SOCKET", &socket.display().to_string())]);
    let heard = heard_until(&listener, "READY=1");
    let waits = format!(
        "STATUS=Process {} is the agent; waiting for it to leave.",
        first.id()
    );
    assert!(
        heard.contains(&waits),
        "a start that waits for hours must not look like a broken one: {heard:?}"
    );
    first.signal("TERM");
    first.wait().code(0);
    heard_until(&listener, "STATUS=Runs what is due.");
    second.signal("TERM");
    second.wait().code(0);
}

/// Runs a script on a machine of its own; what it prints.
fn on_a_machine(script: &str) -> String {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = folder.path().join("script");
    std::fs::write(&file, script).expect("is written");
    let enter = Path::new(env!("CARGO_MANIFEST_DIR")).join("journeys/machine/enter");
    let ended = std::process::Command::new("unshare")
        // What the script leaves running ends with it, and lets go of its output.
        .args(["--mount", "--pid", "--fork", "--kill-child"])
        .arg(enter)
        .arg(process_binary())
        .arg(&file)
        .output()
        .expect("unshare is part of every Linux");
    let (out, err) = (
        String::from_utf8_lossy(&ended.stdout).into_owned(),
        String::from_utf8_lossy(&ended.stderr).into_owned(),
    );
    assert!(ended.status.success(), "{}\n{out}\n{err}", ended.status);
    out
}

/// Mount namespaces with accounts of their own are for root: elsewhere this is a failure, and no test is left out.
#[track_caller]
fn machines_can_be_made() {
    let id = std::process::Command::new("id").arg("-u").output();
    let root = id.is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    assert!(
        root && PathBuf::from("/proc/self/ns/mnt").exists(),
        "this test makes a throw-away machine in a mount namespace: run the tests as root, in a container for example"
    );
}

#[test]
fn an_installed_service_is_everybodys_agent_and_its_folder_nobody_elses() {
    machines_can_be_made();
    let said = on_a_machine(
        r#"
export HOME=/root
member() { setpriv --reuid=65534 --regid=65534 --groups 64999 processflow "$@"; }
stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups processflow "$@"; }
processflow service install
[ "$(stat -c '%U %G %a' /run/processflow/agent.sock)" = 'processflow processflow 660' ]
[ "$(stat -c '%U %a' /var/lib/processflow)" = 'processflow 700' ]
member connections add erp --connector sql --set url=sqlite:/var/lib/processflow/erp.db
member --json connections | grep -q '"erp"'
member --json status | grep -q '"who":"service"'
member logs | grep -q 'The agent is serving'
! stranger connections 2>/run/stranger
grep -q 'only members of the group `processflow`' /run/stranger
! processflow serve 2>/run/second
grep -q 'belongs to the installed service' /run/second
processflow service stop
code=0; processflow service status || code=$?; [ "$code" = 1 ]
code=0; member status 2>/run/stopped || code=$?; [ "$code" = 4 ]
grep -q 'processflow service start' /run/stopped
processflow service start
member --json connections | grep -q '"erp"'
processflow service uninstall
[ ! -e /etc/systemd/system/processflow.service ]
[ -f /var/lib/processflow/state.db ]
HOME=/mnt processflow --json status | grep -q '/mnt/.local/share/processflow'
echo all held
"#,
    );
    assert!(said.ends_with("all held\n"), "{said}");
}

#[test]
fn a_users_data_moves_to_the_service_as_a_whole_or_not_at_all() {
    machines_can_be_made();
    let said = on_a_machine(
        r#"
export HOME=/mnt
own=/mnt/.local/share/processflow
processflow connections add erp --connector sql --set url=sqlite:/var/lib/processflow/erp.db
! processflow service install --from "$own" 2>/run/refused
grep -q 'key store' /run/refused
[ -f "$own/state.db" ] && [ ! -e /var/lib/processflow/state.db ]
processflow settings set secrets=vault
processflow serve >/dev/null 2>&1 & held=$!
until [ -S "$own/agent.sock" ]; do kill -0 $held; sleep 0.05; done
! processflow service install --from "$own" 2>/run/refused
grep -q 'is in use' /run/refused
kill $held; wait $held || true
ln -s /etc/shadow "$own/processflows/shadow"
processflow service install --from "$own"
[ ! -e "$own" ]
ls -d "$own".moved-*
[ ! -e /var/lib/processflow/processflows/shadow ]
[ -z "$(find /var/lib/processflow ! -user processflow)" ]
processflow --json connections | grep -q '"erp"'
! processflow service install --from "$(ls -d "$own".moved-*)" 2>/run/refused
grep -q 'data of its own' /run/refused
echo all held
"#,
    );
    assert!(said.ends_with("all held\n"), "{said}");
}

#[test]
fn without_systemd_the_way_out_is_said() {
    let world = World::empty();
    if Path::new("/run/systemd/system").exists() {
        return;
    }
    let ran = world.processflow(&["service", "install"]).code(3);
    assert!(ran.err.contains("processflow serve"), "{}", ran.err);
    let state = world.processflow(&["--json", "service", "status"]).json();
    assert_eq!(state["state"], "unsupported", "{state}");
}
