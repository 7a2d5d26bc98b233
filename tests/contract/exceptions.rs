//! Checks that do not fit an action, each with its reason. Everything else is checked.

/// A check, by the words the tests use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The name has the form `resource.what`.
    NameForm,
    /// It speaks HTTP: 401, 429, a web page, a lost answer.
    Http,
    /// Writing the same rows again changes nothing.
    WrittenTwice,
    /// There are rows it must refuse.
    BadRow,
    /// The connector's words for a permission.
    Scope,
    /// A reading that was stopped goes on where it was.
    GoesOn,
}

const EXCEPTIONS: &[(Check, &str, &str)] = &[
    (
        Check::NameForm,
        "sql/query",
        "what it reads is the person's own SELECT, not a resource of ours",
    ),
    (Check::Http, "sql/*", "a database in a file"),
    (Check::Http, "files/*", "files in a folder"),
    (
        Check::Scope,
        "sql/*",
        "who may read and write a file is the operating system's matter",
    ),
    (
        Check::Scope,
        "files/*",
        "who may read and write a file is the operating system's matter",
    ),
    (
        Check::WrittenTwice,
        "sql/table.insert",
        "every row is a new one; the checkpoint keeps a batch from coming twice",
    ),
    (
        Check::WrittenTwice,
        "files/csv.write",
        "every row is a new line; the checkpoint keeps a batch from coming twice",
    ),
    (
        Check::WrittenTwice,
        "files/jsonl.write",
        "every row is a new line; the checkpoint keeps a batch from coming twice",
    ),
    (
        Check::GoesOn,
        "bigcommerce/categories.list",
        "page numbers alone: gone on with, it would lose what has shifted; it begins anew",
    ),
    (Check::BadRow, "files/jsonl.write", "every row has a form in JSON"),
];

/// Whether a check applies to an action (`sql/query`).
pub(crate) fn applies(check: Check, action: &str) -> bool {
    let connector = action.split('/').next().unwrap_or_default();
    !EXCEPTIONS.iter().any(|(excepted, whose, _)| {
        *excepted == check && (*whose == action || *whose == format!("{connector}/*"))
    })
}

#[test]
fn every_exception_is_for_an_action_that_is_there() {
    for (check, whose, reason) in EXCEPTIONS {
        let there = connectors::all().iter().any(|connector| {
            *whose == format!("{}/*", connector.name)
                || connector
                    .actions
                    .iter()
                    .any(|action| *whose == format!("{}/{}", connector.name, action.name))
        });
        assert!(
            there,
            "{check:?} {whose}: the action is gone, so its exception goes too"
        );
        assert!(!reason.is_empty(), "{check:?} {whose}: an exception has a reason");
    }
}
