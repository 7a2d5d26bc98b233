use std::collections::BTreeMap;

use super::*;

struct Place {
    outer: tempfile::TempDir,
    drafts: Drafts,
}

fn place() -> Place {
    let outer = tempfile::tempdir().expect("temp folder");
    let folder = DataFolder::open(outer.path().join("data")).expect("opens");
    let drafts = Drafts::of(&folder);
    Place { outer, drafts }
}

fn origin() -> Origin {
    Origin {
        kind: OriginKind::Imported,
        at: "2026-11-01T08:00:00Z".to_owned(),
        from: None,
    }
}

#[test]
fn a_change_made_elsewhere_is_told_and_not_overwritten() {
    let Place { drafts, .. } = place();
    let Saving::Saved { base: first } = drafts.save("a", "processflow: a\n", None).expect("saves") else {
        panic!("a new draft is saved");
    };
    let file = drafts.folder("a").expect("a name").join(FILE_NAME);
    fs::write(&file, "processflow: a # with vim\n").expect("another editor");
    let outcome = drafts
        .save("a", "processflow: a # mine\n", Some(&first))
        .expect("answers");
    let Saving::Conflict { theirs, yours } = outcome else {
        panic!("the other editor's work would be lost");
    };
    let theirs = theirs.expect("it is there");
    assert_eq!(
        theirs.text, "processflow: a # with vim\n",
        "both versions are told"
    );
    assert_eq!(yours, "processflow: a # mine\n");
    assert_eq!(
        fs::read_to_string(&file).expect("reads"),
        theirs.text,
        "nothing was written"
    );
    let chosen = drafts.save("a", &yours, Some(&theirs.base)).expect("answers");
    assert!(
        matches!(chosen, Saving::Saved { .. }),
        "a person has chosen: {chosen:?}"
    );
    fs::remove_dir_all(file.parent().expect("a folder")).expect("removed elsewhere");
    let gone = drafts
        .save("a", "processflow: a\n", Some("other"))
        .expect("answers");
    assert!(
        matches!(gone, Saving::Conflict { theirs: None, .. }),
        "a removed draft does not come back unasked"
    );
}

#[test]
fn the_same_text_twice_is_no_conflict() {
    let Place { drafts, .. } = place();
    drafts.save("a", "x", None).expect("saves");
    let again = drafts.save("a", "x", None).expect("saves");
    assert!(
        matches!(again, Saving::Saved { .. }),
        "two windows that want the same agree"
    );
}

#[test]
fn no_name_leads_out_of_the_data_folder() {
    let Place { drafts, outer } = place();
    for name in ["..", "../x", "a/b", "", "-a", "A", ".new-x", "a\0b"] {
        assert!(drafts.save(name, "x", None).is_err(), "{name:?} is refused");
        assert!(drafts.read(name).is_err(), "{name:?} is refused");
        assert!(drafts.remove(name).is_err(), "{name:?} is refused");
    }
    assert_eq!(
        fs::read_dir(outer.path()).expect("lists").count(),
        1,
        "nothing beside the data folder"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let Place { drafts, outer } = place();
    let secret = outer.path().join("secret");
    fs::write(&secret, "processflow: stolen\n").expect("is written");
    let folder = outer.path().join("dropped");
    fs::create_dir(&folder).expect("is made");
    symlink(&secret, folder.join(FILE_NAME)).expect("links");
    assert!(
        Bundle::read(&folder).is_err(),
        "an imported folder cannot point at files of this machine"
    );
    let own = drafts.folder("a").expect("a name");
    fs::create_dir(&own).expect("is made");
    symlink(&secret, own.join(FILE_NAME)).expect("links");
    assert!(drafts.read("a").is_err(), "nor can a draft");
}

#[test]
fn an_import_takes_readme_and_cases_and_leaves_the_rest() {
    let Place { drafts, outer } = place();
    let folder = outer.path().join("dropped");
    fs::create_dir_all(folder.join("cases/deep")).expect("is made");
    for (name, text) in [
        (FILE_NAME, "processflow: orders # ours\n"),
        ("README.md", "# Orders\n"),
        ("cases/one.yaml", "given: []\n"),
        ("cases/run.sh", "rm -rf /\n"),
        ("id_rsa", "secret"),
    ] {
        fs::write(folder.join(name), text).expect("is written");
    }
    let (name, bundle) = Bundle::read(&folder)
        .expect("reads")
        .under_its_name(Some("new-name"))
        .expect("named");
    drafts.add(&name, &bundle, &origin()).expect("is added");
    assert_eq!(drafts.names().expect("lists"), ["new-name"]);
    let draft = drafts.exactly("new-name").expect("is there");
    assert_eq!(
        draft.text, "processflow: new-name # ours\n",
        "under its new name, the rest as it was"
    );
    let added = drafts.folder("new-name").expect("a name");
    assert!(added.join("cases/one.yaml").is_file(), "its cases come along");
    assert!(
        !added.join("cases/run.sh").exists() && !added.join("id_rsa").exists(),
        "nothing else does"
    );
    assert_eq!(
        drafts.origin("new-name").expect("known").kind,
        OriginKind::Imported
    );
    assert!(
        drafts.add(&name, &bundle, &origin()).is_err(),
        "a second import does not replace the first"
    );
    drafts.remove("new-name").expect("is removed");
    assert!(drafts.names().expect("lists").is_empty(), "with all its files");
}

#[test]
fn what_is_too_large_or_wrongly_named_is_refused() {
    let cases = |name: &str| BTreeMap::from([(name.to_owned(), "x".to_owned())]);
    let bundle = |text: &str, cases| Bundle {
        text: text.to_owned(),
        readme: None,
        cases,
    };
    let right = "processflow: a\n";
    for (what, wrong) in [
        ("no name", bundle("steps: []\n", BTreeMap::new())),
        (
            "a path for a name",
            bundle("processflow: ../a\n", BTreeMap::new()),
        ),
        (
            "a large file",
            bundle(&"#".repeat(LARGEST_FILE as usize + 1), BTreeMap::new()),
        ),
        ("a case that is a path", bundle(right, cases("../x.yaml"))),
        ("a case that is hidden", bundle(right, cases(".x.yaml"))),
        ("a case that is a program", bundle(right, cases("x.sh"))),
    ] {
        assert!(wrong.under_its_name(None).is_err(), "{what} is refused");
    }
    assert!(
        bundle(right, cases("x.yaml")).under_its_name(None).is_ok(),
        "and what is right is taken"
    );
}

#[test]
fn every_ready_made_processflow_is_whole() {
    let all = ready_made();
    assert!(all.len() >= 4, "the folders were taken in: {}", all.len());
    for one in all {
        assert!(
            is_name(&one.name) && !one.title.is_empty() && one.description.is_some(),
            "{}",
            one.name
        );
        assert!(
            !one.connections.is_empty() && !one.readme.is_empty() && one.cases > 0,
            "{}",
            one.name
        );
        assert_eq!(one.bundle().cases.len(), one.cases, "its cases come along");
    }
}
