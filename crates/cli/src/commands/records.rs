//! One record: found, its payload changed, let go.

use std::{
    io::{self, Read},
    path::Path,
    process::Command,
};

use connector_kit::{Error, Result};
use engine::{
    operations::{DismissFailed, EditFailed, FindRecord, LifeLine, ShowFailed},
    state::{LedgerEntry, LifeWhat, SetAside, SetAsideState},
};
use serde_json::{Value, json};

use super::processflows::done;
use crate::{
    args::{DismissArgs, EditRecordArgs, FindArgs},
    output::{Console, Exit, Outcome, Table, moment, names, plain, plural},
    shell::Here,
};

/// Where is order 1042?
pub(super) fn find(here: &Here, args: FindArgs) -> Outcome<Exit> {
    let text = args.text.clone();
    let life = here.look(FindRecord { text: args.text })?;
    here.console.show(&life, |life| {
        if life.entries.is_empty() && life.set_aside.is_empty() {
            here.console
                .talk(format!("Nothing is known of `{text}`: no run has read it."));
            return Ok(());
        }
        in_words(here, life)
    })?;
    Ok(Exit::Done)
}

fn in_words(here: &Here, life: &LifeLine) -> Outcome<()> {
    if !life.entries.is_empty() {
        here.console.table(&life_line(&life.entries))?;
    }
    for event in &life.events {
        let what = match event.what {
            LifeWhat::Edited => "its payload was changed by hand",
            LifeWhat::Retried => "it was sent again by hand",
            _ => continue,
        };
        let (at, source) = (moment(&event.at), &event.source);
        here.console.data(plain(&format!("\n{at}  {source}: {what}")))?;
    }
    for record in &life.set_aside {
        let state = match record.state {
            SetAsideState::Open => "waits set aside",
            SetAsideState::Settled => "was set aside and settled later",
            SetAsideState::Dismissed => "was dismissed",
        };
        let note = record
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(" ({note})"));
        let text = format!(
            "\n{} {state} under number {}{note}: {}",
            record.source, record.number, record.message
        );
        here.console.data(plain(&text))?;
        let hint = record
            .hint
            .as_ref()
            .filter(|_| record.state == SetAsideState::Open);
        hint.map_or(Ok(()), |hint| here.console.data(format!("  {}", plain(hint))))?;
    }
    Ok(())
}

fn life_line(entries: &[LedgerEntry]) -> Table {
    let row = |entry: &LedgerEntry| {
        let (target, detail) = (
            entry.target.clone().unwrap_or_default(),
            entry.detail.clone().unwrap_or_default(),
        );
        let labels = names(&entry.labels);
        let (at, flow) = (moment(&entry.at), entry.processflow.clone());
        [
            at,
            flow,
            entry.source.clone(),
            labels,
            entry.status.clone(),
            target,
            detail,
            entry.run.clone(),
        ]
    };
    let heading = [
        "when",
        "processflow",
        "record",
        "also known as",
        "status",
        "target",
        "why",
        "run",
    ];
    Table::new(heading).rows(entries.iter().map(row))
}

/// Changes the payload of a set-aside record: from a file, from standard input, or in the person's editor.
pub(super) async fn edit(here: &Here, args: &EditRecordArgs) -> Outcome<Exit> {
    let old = here.look(ShowFailed { number: args.number })?;
    let text = match &args.payload {
        Some(path) => given(path)?,
        None => in_editor(here, &old.record, &old.payload)?,
    };
    let payload: Value = serde_json::from_str(&text).map_err(|error| {
        Error::config(format!("the new payload is no JSON: {error}"))
            .hint("Nothing was changed. Correct it and try again.")
    })?;
    let number = args.number;
    if payload == old.payload {
        return done(
            here,
            "The payload is the same; nothing was changed.".to_owned(),
            &json!({ "edited": null }),
        );
    }
    here.act(EditFailed {
        number,
        payload: Value::Null,
        text: Some(text),
    })
    .await?;
    let said = format!("Record {number} has the new payload. Send it with `processflow retry {number}`.");
    done(here, said, &json!({ "edited": number }))
}

fn given(path: &Path) -> Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        let read = io::stdin().read_to_string(&mut text);
        read.map_err(|error| Error::config(format!("standard input is no text: {error}")))?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(|error| {
        Error::config(format!("`{}` cannot be read: {error}", path.display()))
            .hint("Name a file with the record as JSON, or `-` for standard input.")
    })
}

/// The payload may be somebody's address: its file lies in the data folder, for this account alone, and goes after.
fn in_editor(here: &Here, record: &SetAside, payload: &Value) -> Result<String> {
    if !Console::person_answers() {
        return Err(Error::config("there is no terminal for an editor").hint(format!(
            "Give the payload: `processflow edit {} --payload FILE` (or `-`).",
            record.number
        )));
    }
    let trouble = |error: io::Error| {
        Error::config(format!(
            "the payload could not be laid out for the editor: {error}"
        ))
        .hint("Give the payload as a file with `--payload FILE`.")
    };
    let desk = here.desk()?;
    let folder = if desk.folder().is_closed() {
        // The service's is not ours to write in. Files of an editor are this account's alone there, too.
        std::env::temp_dir()
    } else {
        desk.folder().temp()
    };
    let prefix = format!("record-{}-", record.number);
    let file = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".json")
        .tempfile_in(folder)
        .map_err(trouble)?;
    std::fs::write(file.path(), format!("{payload:#}\n")).map_err(trouble)?;
    here.console
        .talk(format!("{}: {}", record.source, plain(&record.message)));
    open_editor(file.path())?;
    std::fs::read_to_string(file.path()).map_err(trouble)
}

fn open_editor(file: &Path) -> Result<()> {
    let chosen = ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    let fallback = if cfg!(windows) { "notepad" } else { "vi" };
    let line = chosen
        .into_iter()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_else(|| fallback.to_owned());
    // "code --wait" is a program and an argument.
    let mut words = line.split_whitespace();
    let program = words.next().expect("the line is not blank");
    let ended = Command::new(program).args(words).arg(file).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(
            Error::config(format!("the editor `{program}` ended with {status}")).hint("Nothing was changed."),
        ),
        Err(error) => Err(
            Error::config(format!("the editor `{program}` could not be started: {error}"))
                .hint("Name another one in EDITOR, or give the payload with `--payload FILE`."),
        ),
    }
}

/// Lets set-aside records go.
pub(super) async fn dismiss(here: &Here, args: DismissArgs) -> Outcome<Exit> {
    let numbers = args.numbers.clone();
    here.act(DismissFailed {
        group: None,
        numbers: args.numbers,
        note: args.note,
    })
    .await?;
    let records = plural(numbers.len() as u64, "record");
    done(
        here,
        format!("{records} dismissed; note and history stay."),
        &json!({ "dismissed": numbers }),
    )
}
