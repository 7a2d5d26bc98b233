use std::{fmt::Write, fs};

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::logs::LogLevel;

fn line(n: usize, level: &str, run: &str) -> String {
    format!(
        "{{\"time\":\"2026-11-{:02}T10:{:02}:00Z\",\"level\":\"{level}\",\"run\":\"{run}\",\"processflow\":\"flow-{run}\",\"target\":\"t\",\"message\":\"Line {n}\",\"n\":{n}}}\n",
        20 + n / 60,
        n % 60
    )
}

fn numbers(lines: &[Line]) -> Vec<u64> {
    lines
        .iter()
        .map(|line| line.fields["n"].as_u64().expect("a number"))
        .collect()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temp folder");
    let text = |range: std::ops::Range<usize>| {
        range.map(|n| {
            line(
                n,
                if n % 10 == 0 { "warn" } else { "debug" },
                if n % 2 == 0 { "a" } else { "b" },
            )
        })
    };
    let write = |name: &str, range| {
        fs::write(folder.path().join(name), text(range).collect::<String>()).expect("is written");
    };
    write("processflow-2026-11-20.jsonl", 0..40);
    write("processflow-2026-11-20.2.jsonl", 40..50);
    write("processflow-2026-11-20.10.jsonl", 50..60);
    write("processflow-2026-11-21.jsonl", 60..100);
    folder
}

#[test]
fn the_last_lines_that_match_come_in_order() {
    let folder = folder();
    let find = |filter: Filter| numbers(&read(folder.path(), &filter).expect("reads").0);
    assert_eq!(
        find(Filter::default()),
        (0..100).collect::<Vec<_>>(),
        "all, over files and their numbers"
    );
    assert_eq!(
        find(Filter {
            limit: Some(3),
            ..Filter::default()
        }),
        [97, 98, 99],
        "the last"
    );
    let serious = Filter {
        level: Some(LogLevel::Warn),
        limit: Some(6),
        ..Filter::default()
    };
    assert_eq!(
        find(serious),
        [40, 50, 60, 70, 80, 90],
        "as serious or more, over files"
    );
    let run = Filter {
        run: Some("b".into()),
        limit: Some(2),
        ..Filter::default()
    };
    assert_eq!(find(run), [97, 99], "of a run");
    let flow = Filter {
        processflow: Some("flow-a".into()),
        limit: Some(2),
        ..Filter::default()
    };
    assert_eq!(find(flow), [96, 98], "of a processflow");
    let text = Filter {
        text: Some("LINE 4".into()),
        ..Filter::default()
    };
    assert_eq!(
        find(text),
        [4, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49],
        "with these letters"
    );
    let since = Filter {
        since: Some("2026-11-21T10:38:00Z".parse().expect("a time")),
        ..Filter::default()
    };
    assert_eq!(find(since), [98, 99], "since a time");
}

#[test]
fn pages_go_back_and_forth_and_meet() {
    let folder = folder();
    let filter = Filter {
        limit: Some(7),
        ..Filter::default()
    };
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = earlier(folder.path(), &filter, before.as_ref(), u64::MAX).expect("reads");
        let mut lines = numbers(&page.lines);
        lines.extend(seen);
        seen = lines;
        before = Some(page.begin.clone());
        if !page.earlier {
            assert_eq!(page.before, 0, "nothing lies before the first line");
            break;
        }
    }
    assert_eq!(seen, (0..100).collect::<Vec<_>>(), "backwards each line once");
    let (mut seen, mut at) = (Vec::new(), before.expect("a place"));
    loop {
        let page = after(folder.path(), &filter, &at).expect("reads");
        if page.lines.is_empty() {
            break;
        }
        seen.extend(numbers(&page.lines));
        at = page.end;
    }
    assert_eq!(seen, (0..100).collect::<Vec<_>>(), "and forwards too");
}

#[test]
fn a_look_for_rare_lines_ends_and_goes_on() {
    let folder = folder();
    let filter = Filter {
        text: Some("line 3\"".into()),
        ..Filter::default()
    };
    let (mut looks, mut before) = (0, None);
    let found = loop {
        let page = earlier(folder.path(), &filter, before.as_ref(), 1_000).expect("reads");
        looks += 1;
        if !page.lines.is_empty() {
            break numbers(&page.lines);
        }
        assert!(page.earlier, "it is not found yet, so there is more");
        before = Some(page.begin);
    };
    assert_eq!(found, [3], "found in the end");
    assert!(looks > 5, "after {looks} short looks");
}

#[test]
fn a_period_is_found_without_reading_the_rest() {
    let folder = tempfile::tempdir().expect("temp folder");
    let start: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a time");
    let text: String = (0..60_000)
        .map(|n| {
            let time = start + SignedDuration::from_secs(n);
            format!(
                "{{\"time\":\"{time}\",\"level\":\"info\",\"target\":\"t\",\"message\":\"m\",\"n\":{n}}}\n"
            )
        })
        .collect();
    fs::write(folder.path().join("processflow-2026-11-20.jsonl"), &text).expect("is written");
    let filter = Filter {
        since: Some(start + SignedDuration::from_secs(20_000)),
        until: Some(start + SignedDuration::from_secs(20_003)),
        ..Filter::default()
    };
    let found = earlier(folder.path(), &filter, None, 300_000).expect("reads");
    assert_eq!(
        numbers(&found.lines),
        [20_000, 20_001, 20_002],
        "inside the period"
    );
    assert!(!found.earlier, "and nothing earlier is looked for");
}

#[test]
fn following_goes_on_over_the_ends_of_files() {
    let folder = folder();
    let (_, mut position) = read(
        folder.path(),
        &Filter {
            limit: Some(1),
            ..Filter::default()
        },
    )
    .expect("reads");
    let mut next = || numbers(&follow(folder.path(), &Filter::default(), &mut position).expect("follows"));
    assert!(next().is_empty(), "nothing new");
    let append = |name: &str, text: &str| {
        let path = folder.path().join(name);
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .expect("opens");
        io::Write::write_all(&mut file, text.as_bytes()).expect("is written");
    };
    let whole = line(101, "info", "a");
    append(
        "processflow-2026-11-21.jsonl",
        &(line(100, "info", "a") + &whole[..20]),
    );
    assert_eq!(next(), [100], "half a line waits");
    append("processflow-2026-11-21.jsonl", &whole[20..]);
    append("processflow-2026-11-21.1.jsonl", &line(102, "info", "a"));
    append("processflow-2026-11-22.jsonl", &line(103, "info", "a"));
    assert_eq!(
        next(),
        [101, 102, 103],
        "the rest of the old file, then the new ones"
    );
    append("processflow-2026-11-23.jsonl", &line(104, "info", "a"));
    fs::remove_file(folder.path().join("processflow-2026-11-22.jsonl")).expect("was retired");
    assert_eq!(next(), [104], "a retired file is no end");
}

#[test]
fn a_log_that_is_not_there_yet_is_empty() {
    let outer = tempfile::tempdir().expect("temp folder");
    let folder = outer.path().join("logs");
    let (lines, mut position) = read(&folder, &Filter::default()).expect("reads");
    assert!(lines.is_empty(), "nothing was said yet");
    fs::create_dir(&folder).expect("is made");
    fs::write(folder.join("processflow-2026-11-21.jsonl"), line(1, "info", "a")).expect("is written");
    let lines = follow(&folder, &Filter::default(), &mut position).expect("follows");
    assert_eq!(numbers(&lines), [1], "the first line is not missed");
}

#[test]
fn chunks_cut_no_line_and_damage_spoils_no_other() {
    let folder = tempfile::tempdir().expect("temp folder");
    let mut text = String::from("{\"time\": cut off\n");
    for n in 0..3000 {
        text += &line(n % 400, "info", "a");
        if n % 1000 == 0 {
            writeln!(text, "{{\"long\":\"{}\"}}", "x".repeat(200_000)).expect("text takes everything");
        }
    }
    fs::write(folder.path().join("processflow-2026-11-20.jsonl"), text).expect("is written");
    let (lines, _) = read(folder.path(), &Filter::default()).expect("reads");
    let wanted: Vec<_> = (0..3000).map(|n| n % 400).collect();
    assert_eq!(
        numbers(&lines),
        wanted,
        "each line once and whole; those that are no lines are left out"
    );
}
