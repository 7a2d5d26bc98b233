//! The functions of the expression language: one table, from which the compiler checks calls, `processflow schema`
//! prints the reference, and a test runs every example.
//!
//! Each works as a function and as a filter: `upper(sku)` is `sku | upper`. None reads, writes, waits or knows the
//! time. A new function is one entry in one of the lists below.

pub(crate) mod dates;
mod lists;
mod numbers;
mod texts;

use std::sync::Arc;

use connector_kit::{Error, Result};

use super::term::{Term, missing};
use crate::processflow::json::{Elements, Index};

/// A text that is longer than this is refused (bytes).
pub(crate) const LONGEST_TEXT: usize = 1 << 20;

/// A list that is longer than this is refused.
pub(crate) const LONGEST_LIST: usize = 10_000;

/// One function of the expression language.
#[derive(serde::Serialize)]
pub struct Function {
    /// As it is called.
    pub name: &'static str,
    /// What it takes, in order; the first is what stands before the `|`.
    pub arguments: &'static [Argument],
    /// What it gives, in a sentence or two.
    pub about: &'static str,
    /// Expression and result (as JSON). They run as tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// True for functions that make something of an empty (null) first argument. The others give null for null.
    #[serde(skip)]
    pub(crate) takes_null: bool,
    /// True for functions that make something of what is missing. The others reject the record.
    #[serde(skip)]
    pub(crate) takes_missing: bool,
    /// True for functions that look at one field of each element of their first argument.
    #[serde(skip)]
    pub(crate) takes_fields: bool,
    #[serde(skip)]
    pub(crate) apply: Apply,
    /// Looks at arguments that are written out in the file: a mistake, or a warning.
    #[serde(skip)]
    pub(crate) check: Option<Check>,
}

pub(crate) type Apply = for<'r> fn(&mut Given<'r>) -> Result<Term<'r>>;
pub(crate) type Check = fn(&[Option<&Term<'_>>]) -> Result<Option<String>, String>;

impl std::fmt::Debug for Function {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

/// What a function takes.
#[derive(Debug, serde::Serialize)]
pub struct Argument {
    /// Its name; also for `name=value`.
    pub name: &'static str,
    /// Whether it must be given.
    pub need: Need,
}

/// Whether an argument must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Always.
    Must,
    /// It may be left out.
    May,
    /// Any number of them, from here on.
    Many,
}

const fn must(name: &'static str) -> Argument {
    Argument {
        name,
        need: Need::Must,
    }
}

const fn may(name: &'static str) -> Argument {
    Argument {
        name,
        need: Need::May,
    }
}

const fn many(name: &'static str) -> Argument {
    Argument {
        name,
        need: Need::Many,
    }
}

/// What most functions are: null for null, no opinion on what is written out.
const PLAIN: Function = Function {
    name: "",
    arguments: &[],
    about: "",
    examples: &[],
    takes_null: false,
    takes_missing: false,
    takes_fields: false,
    apply: |given| given.next(),
    check: None,
};

/// All functions, in the order of the reference. `lookup` is among them for the reference alone: the compiler binds
/// it to the file's tables.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [texts::ALL, numbers::ALL, dates::ALL, lists::ALL]
        .into_iter()
        .flatten()
}

/// The function of that name.
pub(crate) fn named(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

/// Calls a function.
pub(crate) fn call<'r>(function: &'static Function, mut given: Given<'r>) -> Result<Term<'r>> {
    if !function.takes_missing
        && let Some(Term::Missing(what)) = given
            .terms
            .iter()
            .flatten()
            .find(|term| matches!(term, Term::Missing(_)))
    {
        return Err(missing(what));
    }
    if !function.takes_null && matches!(given.terms.first(), Some(Some(Term::Null))) {
        return Ok(Term::Null);
    }
    let result =
        (function.apply)(&mut given).map_err(|error| error.context(format!("`{}`", function.name)))?;
    match &result {
        Term::Text(text) if text.len() > LONGEST_TEXT => Err(too_long()),
        _ => Ok(result),
    }
}

/// The error of a text that grows out of bounds.
pub(crate) fn too_long() -> Error {
    Error::rejected(format!(
        "the text would be longer than {} MiB",
        LONGEST_TEXT >> 20
    ))
}

/// The arguments of one call.
pub(crate) struct Given<'r> {
    terms: Vec<Option<Term<'r>>>,
    next: usize,
    /// Of the first one, where it is a list whose elements have been looked into.
    elements: Option<Arc<Elements>>,
}

impl<'r> Given<'r> {
    pub(crate) fn new(terms: Vec<Option<Term<'r>>>, elements: Option<Arc<Elements>>) -> Self {
        Self {
            terms,
            next: 0,
            elements,
        }
    }

    /// The next argument that may be left out.
    fn may(&mut self) -> Option<Term<'r>> {
        let term = self.terms.get_mut(self.next)?.take();
        self.next += 1;
        term
    }

    /// The next argument that must be given; the compiler has checked that it is.
    fn next(&mut self) -> Result<Term<'r>> {
        self.may()
            .ok_or_else(|| Error::bug("an argument is missing that was checked when the file was loaded"))
    }

    /// The next argument as text.
    fn text(&mut self) -> Result<std::borrow::Cow<'r, str>> {
        self.next()?.plain()
    }

    /// The next argument as text, where it is given.
    fn may_text(&mut self) -> Result<Option<std::borrow::Cow<'r, str>>> {
        self.may()
            .filter(|term| *term != Term::Null)
            .map(|term| term.plain())
            .transpose()
    }

    /// The next argument as a list.
    fn list(&mut self) -> Result<Vec<Term<'r>>> {
        elements_of(self.next()?)
    }

    /// One field of each element of a list, which is the first argument.
    fn fields(&self, list: Term<'r>, name: &str) -> Result<Vec<Term<'r>>> {
        let absent = || format!("{name} of an element");
        let (Term::Json(text), Some(elements)) = (&list, &self.elements) else {
            let field = |element: Term<'r>| element.field(name, absent);
            return elements_of(list)?.into_iter().map(field).collect();
        };
        short_enough(elements.len())?;
        let field = |(element, index): (&'r str, &Index)| match index.get(element, name) {
            Some(field) => Term::of_json(field),
            None => Ok(Term::Missing(absent())),
        };
        elements.each(text).map(field).collect()
    }

    /// All that are left.
    fn rest(&mut self) -> impl Iterator<Item = Term<'r>> {
        self.terms.drain(self.next..).flatten()
    }
}

fn elements_of(list: Term<'_>) -> Result<Vec<Term<'_>>> {
    let elements = list.into_elements()?;
    short_enough(elements.len())?;
    Ok(elements)
}

fn short_enough(length: usize) -> Result<()> {
    if length > LONGEST_LIST {
        return Err(Error::rejected(format!("the list is longer than {LONGEST_LIST}")));
    }
    Ok(())
}

pub(crate) use texts::has;
