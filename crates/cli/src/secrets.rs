//! Secrets from a person: a prompt on a terminal, else a line of standard input for each, in the order of their
//! `--secret`. Never from arguments or the environment, where every user of the machine can read them.

use std::{collections::BTreeMap, io};

use connector_kit::{Error, Result, Secret, SecretField};
use engine::{
    operations::Given,
    secrets::{Passphrase, Redaction},
};
use zeroize::Zeroizing;

use crate::output::{Console, Failure, Outcome};

/// A secret field to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// What people call it.
    pub(crate) title: String,
    /// Whether a person may press Enter to leave it out.
    pub(crate) optional: bool,
}

/// Asks for these secrets, in this order.
pub(crate) fn enter(fields: &[Field]) -> Outcome<BTreeMap<String, Given>> {
    let mut given = BTreeMap::new();
    for field in fields {
        let secret = if Console::person_answers() {
            prompt(&format!("{} ({}): ", field.title, field.name))?
        } else {
            line(&format!("the secret `{}`", field.name))?
        };
        match secret {
            Some(secret) => drop(given.insert(field.name.clone(), Given(secret))),
            None if field.optional => {}
            None => return Err(nothing(&format!("the secret `{}`", field.name)).into()),
        }
    }
    Ok(given)
}

/// Refuses a secret among the settings of a connection, and anything but a name behind `--secret`. The value is
/// never repeated.
pub(crate) fn refuse_on_argv<'a>(
    known: &[SecretField],
    set: impl IntoIterator<Item = &'a str>,
    named: &[String],
) -> Outcome<()> {
    let refuse = |field: &str| {
        let message =
            format!("`{field}` is a secret, and the command line is open to every user of this machine");
        let hint = format!(
            "Say `--secret {field}`: it is then asked for, or read from standard input. Change the one \
            that was shown, if it was the right one."
        );
        Err(Failure::usage(message, hint))
    };
    for key in set {
        if known.iter().any(|field| field.name == key) || sounds_secret(key) {
            return refuse(key);
        }
    }
    for text in named {
        let name = text.split('=').next().unwrap_or_default();
        if text.contains('=') {
            return refuse(name);
        }
        if !known.is_empty() && known.iter().all(|field| field.name != text) {
            // What is no name may be the secret itself.
            let names: Vec<String> = known
                .iter()
                .map(|field| format!("`--secret {}`", field.name))
                .collect();
            return Err(Failure::usage(
                "what stands behind `--secret` is not the name of a secret field of this connection",
                format!(
                    "Say {}; the secret itself is asked for, or read from standard input.",
                    names.join(", ")
                ),
            ));
        }
    }
    Ok(())
}

fn sounds_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["token", "password", "passwort", "passphrase", "secret"]
        .iter()
        .any(|word| key.ends_with(word))
}

/// Asks for the vault's passphrase on a terminal, else takes the next line of standard input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AskPassphrase;

impl Passphrase for AskPassphrase {
    fn ask(&self, new: bool) -> Result<Secret> {
        let what = "the vault's passphrase";
        if !Console::person_answers() {
            return line(what)?.ok_or_else(|| nothing(what));
        }
        let first = prompt(if new {
            "New passphrase of the vault: "
        } else {
            "Passphrase of the vault: "
        })?;
        let first = first.ok_or_else(|| nothing(what))?;
        if new {
            let again = prompt("The same again: ")?.ok_or_else(|| nothing(what))?;
            if again.expose() != first.expose() {
                return Err(
                    Error::config("the two passphrases differ").hint("Try again; nothing was changed.")
                );
            }
        }
        Ok(first)
    }
}

fn prompt(words: &str) -> Result<Option<Secret>> {
    let typed = rpassword::prompt_password(words).map_err(|error| {
        Error::config(format!("nothing could be read from the terminal: {error}"))
            .hint("Give secrets on standard input instead, one line each.")
    })?;
    Ok(taken(&Zeroizing::new(typed)))
}

/// The next line of standard input; `None` for an empty one.
fn line(what: &str) -> Result<Option<Secret>> {
    let mut text = Zeroizing::new(String::new());
    let read = io::stdin().read_line(&mut text).map_err(|error| {
        Error::config(format!("{what} could not be read from standard input: {error}"))
            .hint("Give it as a line of UTF-8 text.")
    })?;
    if read == 0 {
        return Err(nothing(what));
    }
    Ok(taken(&text))
}

fn taken(text: &str) -> Option<Secret> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    let secret = Secret::new(trimmed.to_owned());
    Redaction::global().register(&secret);
    Some(secret)
}

fn nothing(what: &str) -> Error {
    Error::config(format!("{what} was not given"))
        .hint("Type it on a terminal, or give a line of standard input for each, as in `… --secret token < token.txt`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[SecretField] = &[field("token"), field("client_secret")];

    const fn field(name: &'static str) -> SecretField {
        SecretField::new(name, name, true)
    }

    #[test]
    fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
        let named = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let cases: [(&[&str], Vec<String>); 5] = [
            (&["api_path", "token"], named(&[])),
            (&["db_password"], named(&[])),
            (&[], named(&["token=abc-very-secret"])),
            (&[], named(&["abc-very-secret"])),
            (&[], named(&["token", "abc-very-secret"])),
        ];
        for (set, secrets) in cases {
            let failure = refuse_on_argv(KNOWN, set.iter().copied(), &secrets).expect_err("is refused");
            let said = format!("{failure:?}");
            assert!(!said.contains("very-secret"), "it is never repeated: {said}");
            assert!(
                matches!(failure, Failure::Usage(error) if error.hint.is_some()),
                "with the way out"
            );
        }
        assert!(
            refuse_on_argv(KNOWN, ["api_path", "username"], &named(&["token"])).is_ok(),
            "names are fine"
        );
    }

    #[test]
    fn blanks_around_a_pasted_secret_are_no_part_of_it() {
        let secret = taken(" pasted-t0ken \r\n").expect("a secret");
        assert_eq!(
            secret.expose(),
            "pasted-t0ken",
            "a file ends with a line end, a paste with a blank"
        );
        assert!(taken("\n").is_none(), "an empty line is no secret");
    }
}
