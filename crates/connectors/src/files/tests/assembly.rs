//! A crash between the ledger and the file is rolled forward, from every byte.

use connector_kit::OpenFor;

use super::{Desk, at};
use crate::files::{
    Mode,
    assembly::{Assembly, Shape},
    place::Root,
};

fn assembly(desk: &Desk) -> Assembly {
    let root = Root::open(desk.folder.path()).unwrap();
    Assembly::new(
        root,
        OpenFor {
            deployment: "d1".to_owned(),
            epoch: 1,
        },
    )
}

fn shape(mode: Mode) -> Shape {
    Shape {
        mode,
        head: b"HEAD\n".to_vec(),
        line_end: b"\n".to_vec(),
    }
}

#[test]
fn an_append_that_broke_off_anywhere_is_completed_once() {
    for arrived in 0..=8 {
        let desk = Desk::new();
        let mut before = assembly(&desk);
        before.write("log", &shape(Mode::Append), b"one\n").unwrap();
        before.commit(&at(1, 1)).unwrap();
        before.write("log", &shape(Mode::Append), b"two\nsix\n").unwrap();
        before.seal(&at(1, 2)).unwrap();
        drop(before); // killed behind the ledger, with so many bytes in the file
        desk.put("log", [b"HEAD\none\n", &b"two\nsix\n"[..arrived]].concat());
        let mut after = assembly(&desk);
        assert_eq!(
            after.resume().unwrap(),
            Some(at(1, 2)),
            "the ledger is the commit"
        );
        assert_eq!(
            desk.text("log"),
            "HEAD\none\ntwo\nsix\n",
            "with {arrived} bytes in the file"
        );
        after.resume().unwrap();
        after.write("log", &shape(Mode::Append), b"ten\n").unwrap();
        after.commit(&at(1, 3)).unwrap();
        assert_eq!(desk.text("log"), "HEAD\none\ntwo\nsix\nten\n", "and it goes on");
    }
}

#[test]
fn lines_of_the_next_batch_are_not_taken_for_the_last() {
    for taken in [false, true] {
        let desk = Desk::new();
        let mut before = assembly(&desk);
        before.write("log", &shape(Mode::Append), b"one\n").unwrap();
        before.commit(&at(1, 1)).unwrap();
        before
            .write("log", &shape(Mode::Append), &b"not committed\n".repeat(100_000))
            .unwrap();
        drop(before); // killed: the part holds lines of batch 2, the ledger speaks of batch 1
        if taken {
            std::fs::remove_file(desk.path("log")).unwrap();
        }
        let mut after = assembly(&desk);
        assert_eq!(after.resume().unwrap(), Some(at(1, 1)));
        after.write("log", &shape(Mode::Append), b"two\n").unwrap();
        after.commit(&at(1, 2)).unwrap();
        let want = if taken { "HEAD\ntwo\n" } else { "HEAD\none\ntwo\n" };
        assert_eq!(
            desk.text("log"),
            want,
            "each line once, also where the reader took the file"
        );
    }
}

#[test]
fn lines_on_the_disk_count_with_the_commit_alone() {
    for mode in [Mode::Replace, Mode::Append] {
        let desk = Desk::new();
        let mut before = assembly(&desk);
        before.write("a", &shape(mode), b"one\n").unwrap();
        before.flush().unwrap();
        before.commit(&at(1, 1)).unwrap();
        before.write("a", &shape(mode), b"not committed\n").unwrap();
        before.flush().unwrap();
        before.undo().unwrap();
        before.write("a", &shape(mode), b"nor this one\n").unwrap();
        before.flush().unwrap();
        drop(before); // killed before the commit
        let mut after = assembly(&desk);
        assert_eq!(after.resume().unwrap(), Some(at(1, 1)));
        after.write("a", &shape(mode), b"two\n").unwrap();
        after.flush().unwrap();
        after.commit(&at(1, 2)).unwrap();
        after.finish().unwrap();
        assert_eq!(desk.text("a"), "HEAD\none\ntwo\n");
    }
}

#[test]
fn bytes_of_others_behind_ours_stop_the_roll_forward() {
    let desk = Desk::new();
    let mut before = assembly(&desk);
    before.write("log", &shape(Mode::Append), b"one\n").unwrap();
    before.seal(&at(1, 1)).unwrap();
    drop(before);
    desk.put("log", "HEAD\noXe");
    assert!(assembly(&desk).resume().is_err(), "stop and ask");
    assert_eq!(desk.text("log"), "HEAD\noXe", "nothing is cut or added");
}

#[test]
fn a_commit_over_two_files_is_one() {
    let desk = Desk::new();
    let mut before = assembly(&desk);
    before.write("a", &shape(Mode::Replace), b"a1\n").unwrap();
    before.write("b", &shape(Mode::Append), b"b1\n").unwrap();
    before.commit(&at(1, 1)).unwrap();
    before.write("a", &shape(Mode::Replace), b"a2\n").unwrap();
    before.write("b", &shape(Mode::Append), b"b2\n").unwrap();
    drop(before); // killed before the commit
    let mut after = assembly(&desk);
    assert_eq!(after.resume().unwrap(), Some(at(1, 1)));
    after.write("a", &shape(Mode::Replace), b"a3\n").unwrap();
    after.write("b", &shape(Mode::Append), b"b3\n").unwrap();
    after.commit(&at(1, 2)).unwrap();
    after.finish().unwrap();
    assert_eq!(
        (desk.text("a"), desk.text("b")),
        ("HEAD\na1\na3\n".into(), "HEAD\nb1\nb3\n".into())
    );
    let hidden = std::fs::read_dir(desk.folder.path()).unwrap().count();
    assert_eq!(hidden, 3, "both files and the ledger; no part is left");
}

#[test]
fn lines_somebody_removed_are_missed() {
    let desk = Desk::new();
    let mut before = assembly(&desk);
    before.write("a", &shape(Mode::Replace), b"a1\n").unwrap();
    before.commit(&at(1, 1)).unwrap();
    drop(before);
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "part") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let error = assembly(&desk).resume().expect_err("committed lines are gone");
    assert!(
        error.hint.is_some_and(|hint| hint.contains("--move")),
        "and there is a way out"
    );
}

#[test]
fn a_copy_cannot_go_on_beside_the_original() {
    let desk = Desk::new();
    let (mut original, mut copy) = (assembly(&desk), assembly(&desk));
    original.write("b", &shape(Mode::Append), b"b1\n").unwrap();
    copy.resume().unwrap();
    original.commit(&at(1, 1)).unwrap();
    copy.write("b", &shape(Mode::Append), b"b1\n").unwrap();
    assert!(copy.commit(&at(1, 1)).is_err(), "the original was faster");
    assert_eq!(desk.text("b"), "HEAD\nb1\n", "once");
}
