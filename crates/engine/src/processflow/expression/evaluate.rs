//! Works out a compiled expression for one record.
//!
//! Bounded in everything: a tree is at most 64 deep and its text 8 KiB, it has no loops, texts end at 1 MiB, lists at
//! 10,000 elements; and each step and each element costs fuel, of which there is a million per value.

use std::{borrow::Cow, cell::Cell, cmp::Ordering, sync::Arc};

use connector_kit::{Error, Raw, Result, Value};

use super::{
    functions::{self, Given, LONGEST_TEXT},
    number,
    term::{Term, missing},
    tree::{Comparison, Lookup, Path, Place, Root, Test, Tree},
};
use crate::processflow::json::{Elements, Index};

/// Steps one value may take.
const FUEL: u32 = 1_000_000;

/// A table of the file's `lookups`. Keys are compared as text.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) entries: std::collections::HashMap<String, Value>,
    pub(crate) default: Option<Value>,
}

/// An object whose top-level fields have been found.
#[derive(Clone, Copy)]
pub(crate) struct Object<'r> {
    pub(crate) text: &'r str,
    pub(crate) index: &'r Index,
}

/// All that an expression can see.
pub(crate) struct View<'r> {
    /// The record as it came.
    pub(crate) whole: &'r Raw,
    pub(crate) record: Object<'r>,
    /// The element under `each`.
    pub(crate) element: Option<Object<'r>>,
    /// By alias, what the connection told of itself.
    pub(crate) connections: &'r [(String, Raw)],
    pub(crate) run: &'r str,
    pub(crate) tables: &'r [Table],
    pub(crate) variables: &'r [Option<Value>],
    fuel: Cell<u32>,
}

impl<'r> View<'r> {
    pub(crate) fn new(
        (whole, index): (&'r Raw, &'r Index),
        (connections, run): (&'r [(String, Raw)], &'r str),
        tables: &'r [Table],
        variables: &'r [Option<Value>],
    ) -> Self {
        let text = whole.as_str();
        Self {
            whole,
            record: Object { text, index },
            element: None,
            connections,
            run,
            tables,
            variables,
            fuel: Cell::new(FUEL),
        }
    }

    /// Where the fields of an element stand that lies elsewhere.
    pub(crate) fn index(&self, element: &str) -> Index {
        self.record.index.of_another(element)
    }

    /// What an expression sees inside an element of `each`.
    pub(crate) fn inside<'e>(&'e self, element: Object<'e>) -> View<'e> {
        View {
            element: Some(element),
            fuel: Cell::new(FUEL),
            ..*self
        }
    }

    /// The value of an expression; may be missing.
    pub(crate) fn value(&self, tree: &'r Tree) -> Result<Term<'r>> {
        self.fuel.set(FUEL);
        self.term(tree)
    }

    fn spend(&self, steps: usize) -> Result<()> {
        let left = self.fuel.get().checked_sub(steps.min(FUEL as usize + 1) as u32);
        left.map(|left| self.fuel.set(left)).ok_or_else(|| {
            Error::rejected("the expression takes too many steps")
                .hint("Split it with `set` steps, or make its lists shorter.")
        })
    }

    fn term(&self, tree: &'r Tree) -> Result<Term<'r>> {
        self.spend(1)?;
        match tree {
            Tree::Path(path) => self.path(path),
            Tree::Constant(term) => Ok(term.clone()),
            Tree::Call(function, arguments) => {
                let given = arguments
                    .iter()
                    .map(|argument| argument.as_ref().map(|tree| self.term(tree)).transpose());
                let given = given.collect::<Result<Vec<_>>>()?;
                self.spend(given.iter().flatten().map(size).sum())?;
                let elements = match given.first() {
                    Some(Some(Term::Json(list))) if function.takes_fields => self.elements(list),
                    _ => None,
                };
                functions::call(function, Given::new(given, elements))
            }
            Tree::Compare(first, rest) => self.compare(first, rest),
            Tree::Calculate(operation, left, right) => {
                number::calculate(*operation, &self.term(left)?, &self.term(right)?)
                    .map_err(|error| named(error, left, right))
            }
            Tree::And(left, right) => {
                let left = self.term(left)?;
                if left.is_true()? {
                    self.term(right)
                } else {
                    Ok(left)
                }
            }
            Tree::Or(left, right) => {
                let left = self.term(left)?;
                if left.is_true()? {
                    Ok(left)
                } else {
                    self.term(right)
                }
            }
            Tree::Not(one) => Ok(Term::Bool(!self.term(one)?.is_true()?)),
            Tree::Negative(one) => number::negative(&self.term(one)?),
            Tree::Join(left, right) => self.join(left, right),
            Tree::If(test, yes, no) => match (self.term(test)?.is_true()?, no) {
                (true, _) => self.term(yes),
                (false, Some(no)) => self.term(no),
                (false, None) => Ok(Term::Null),
            },
            Tree::Lookup(lookup) => self.lookup(lookup),
            Tree::Is(of, test) => Ok(Term::Bool(is(&self.term(of)?, *test)?)),
            Tree::Item(of, key) => self.item(of, key),
            Tree::Slice(of, from, to) => self.slice(of, from.as_deref(), to.as_deref()),
            Tree::List(elements) => elements
                .iter()
                .map(|tree| self.present(tree))
                .collect::<Result<_>>()
                .map(Term::List),
            Tree::Map(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, tree)| Ok((name.clone(), self.present(tree)?)));
                fields.collect::<Result<_>>().map(Term::Map)
            }
        }
    }

    /// The elements of a list that lies in the record, or in the element that is looked at.
    pub(crate) fn elements(&self, list: &str) -> Option<Arc<Elements>> {
        let objects = self.element.into_iter().chain([self.record]);
        let mut known = objects.filter_map(|object| object.index.elements(object.text, list));
        known.next()
    }

    fn present(&self, tree: &'r Tree) -> Result<Term<'r>> {
        match self.term(tree)? {
            Term::Missing(what) => Err(missing(&what)),
            term => Ok(term),
        }
    }

    fn path(&self, path: &'r Path) -> Result<Term<'r>> {
        let (start, rest) = self.start(path)?;
        let Some(mut term) = start else {
            return Ok(Term::Missing(path.written.clone()));
        };
        for place in rest {
            term = match place {
                Place::Field(name) => term.field(name, || path.written.clone())?,
                Place::Element(at) => term.element(*at, || path.written.clone())?,
            };
        }
        Ok(term)
    }

    /// Where a path begins, and what of it is still to go.
    fn start(&self, path: &'r Path) -> Result<(Option<Term<'r>>, &'r [Place])> {
        match (path.root, &*path.steps) {
            (Root::Here, [Place::Field(name), rest @ ..]) => {
                Ok((at(self.element.unwrap_or(self.record), name)?, rest))
            }
            (Root::Record, [Place::Field(name), rest @ ..]) => Ok((at(self.record, name)?, rest)),
            (Root::Here | Root::Record, rest) => Ok((Some(Term::of_json(self.record.text)?), rest)),
            (Root::Run, rest) => Ok((Some(Term::Json(self.run)), rest)),
            (Root::Variable(place), rest) => {
                let value = self.variables.get(place).and_then(Option::as_ref);
                Ok((value.map(Term::of_value).transpose()?, rest))
            }
            (Root::Connections, [Place::Field(alias), rest @ ..]) => {
                let told = self.connections.iter().find(|(name, _)| name == alias);
                Ok((
                    told.map(|(_, told)| Term::of_json(told.as_str())).transpose()?,
                    rest,
                ))
            }
            (Root::Connections, _) => Err(Error::rejected("`connections` needs the name of one")
                .hint("Write `connections.store.hash`.")),
        }
    }

    fn compare(&self, first: &'r Tree, rest: &'r [(Comparison, Tree)]) -> Result<Term<'r>> {
        let mut left = self.term(first)?;
        for (comparison, right) in rest {
            let right = self.term(right)?;
            self.spend(size(&right))?;
            if !compared(*comparison, &left, &right)? {
                return Ok(Term::Bool(false));
            }
            left = right;
        }
        Ok(Term::Bool(true))
    }

    fn join(&self, left: &'r Tree, right: &'r Tree) -> Result<Term<'r>> {
        let (left, right) = (self.term(left)?.plain()?, self.term(right)?.plain()?);
        if left.len() + right.len() > LONGEST_TEXT {
            return Err(functions::too_long());
        }
        Ok(Term::Text(Cow::Owned(format!("{left}{right}"))))
    }

    fn lookup(&self, lookup: &'r Lookup) -> Result<Term<'r>> {
        let table = &self.tables[lookup.table];
        let key = self.term(&lookup.key)?.plain()?;
        if let Some(value) = table.entries.get(&*key) {
            return Term::of_value(value);
        }
        match (&lookup.default, &table.default) {
            (Some(default), _) => self.term(default),
            (None, Some(default)) => Term::of_value(default),
            (None, None) => Err(Error::rejected(format!(
                "look-up table `{}` has no entry for `{}`",
                table.name,
                number::short(&key)
            ))
            .hint(format!(
                "Add the entry under `lookups: {}`, or a `default`, deploy again, and retry.",
                table.name
            ))),
        }
    }

    fn item(&self, of: &'r Tree, key: &'r Tree) -> Result<Term<'r>> {
        let key = self.term(key)?;
        let path = || match of {
            Tree::Path(path) => format!("{}[…]", path.written),
            _ => "[…]".to_owned(),
        };
        let of = self.term(of)?;
        self.spend(size(&of))?;
        match key {
            Term::Integer(at) => of.element(at, path),
            Term::Text(name) => of.field(&name, path),
            Term::Missing(what) => Err(missing(&what)),
            other => Err(Error::rejected(format!(
                "`[ ]` takes a name or a whole number, this is {}",
                other.kind()
            ))),
        }
    }

    fn slice(&self, of: &'r Tree, from: Option<&'r Tree>, to: Option<&'r Tree>) -> Result<Term<'r>> {
        let bound = |tree: Option<&'r Tree>| match tree.map(|tree| self.term(tree)).transpose()? {
            None | Some(Term::Null) => Ok(None),
            Some(Term::Integer(at)) => Ok(Some(at)),
            Some(other) => Err(Error::rejected(format!(
                "a slice needs whole numbers, this is {}",
                other.kind()
            ))),
        };
        let (from, to) = (bound(from)?, bound(to)?);
        let of = self.term(of)?;
        self.spend(size(&of))?;
        let window = |length: usize| {
            let place = |at: i64| {
                if at < 0 {
                    length.saturating_sub(at.unsigned_abs() as usize)
                } else {
                    (at as usize).min(length)
                }
            };
            let (from, to) = (from.map_or(0, place), to.map_or(length, place));
            (from, to.saturating_sub(from))
        };
        if let Term::Text(text) = &of {
            let (from, length) = window(text.chars().count());
            return Ok(Term::text(
                text.chars().skip(from).take(length).collect::<String>(),
            ));
        }
        let elements = of.into_elements()?;
        let (from, length) = window(elements.len());
        Ok(Term::List(elements.into_iter().skip(from).take(length).collect()))
    }
}

fn at<'r>(object: Object<'r>, name: &str) -> Result<Option<Term<'r>>> {
    object.index.get(object.text, name).map(Term::of_json).transpose()
}

/// What looking through a value costs, in steps.
fn size(term: &Term<'_>) -> usize {
    match term {
        Term::Json(text) => text.len() / 16,
        Term::Text(text) => text.len() / 64,
        Term::List(elements) => elements.len(),
        _ => 0,
    }
}

/// Adds the operands' names to an error of calculating.
fn named(error: Error, left: &Tree, right: &Tree) -> Error {
    match (left, right) {
        (Tree::Path(left), Tree::Path(right)) => {
            error.context(format!("`{}`, `{}`", left.written, right.written))
        }
        (Tree::Path(path), _) | (_, Tree::Path(path)) => error.context(format!("`{}`", path.written)),
        _ => error,
    }
}

fn compared(comparison: Comparison, left: &Term<'_>, right: &Term<'_>) -> Result<bool> {
    Ok(match comparison {
        Comparison::Same => number::same(left, right)?,
        Comparison::Other => !number::same(left, right)?,
        Comparison::Less => number::order(left, right)? == Ordering::Less,
        Comparison::LessOrSame => number::order(left, right)? != Ordering::Greater,
        Comparison::More => number::order(left, right)? == Ordering::Greater,
        Comparison::MoreOrSame => number::order(left, right)? != Ordering::Less,
        Comparison::In => functions::has(right.clone(), left)?,
        Comparison::NotIn => !functions::has(right.clone(), left)?,
    })
}

fn is(term: &Term<'_>, test: Test) -> Result<bool> {
    Ok(match test {
        Test::Defined => !matches!(term, Term::Missing(_)),
        Test::None => matches!(term, Term::Null),
        Test::Text => matches!(term, Term::Text(_)),
        Test::Number => matches!(term, Term::Integer(_) | Term::Decimal(_)),
        Test::List => term.kind() == "a list",
        Test::Object => term.kind() == "an object",
        Test::Empty => match term {
            Term::Missing(_) | Term::Null => true,
            Term::Bool(_) | Term::Integer(_) | Term::Decimal(_) => false,
            other => !other.is_true()?,
        },
    })
}
