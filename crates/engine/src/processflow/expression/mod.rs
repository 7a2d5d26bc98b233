//! Expressions: how a processflow says what a value is made of.
//!
//! The language is Jinja's (read by minijinja), on nothing but our own list of functions: no input or output, no
//! clock, no loops. A file's expressions are compiled once, when it is loaded; working one out for a record touches
//! only the fields it names. Arithmetic is decimal and exact.

pub(crate) mod evaluate;
pub mod functions;
pub(crate) mod number;
pub(crate) mod parse;
pub(crate) mod term;
pub(crate) mod tree;
mod unlike;

use std::sync::Arc;

use connector_kit::{Error, Result, Value};

pub(crate) use self::unlike::Unlike;
use self::{
    evaluate::View,
    parse::Mistake,
    term::Term,
    tree::{Path, Place, Root, Tree},
};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As it is written in the file.
    pub text: Arc<str>,
    tree: Arc<Tree>,
    /// Why there is none, while a file is still being typed.
    broken: Option<Arc<Error>>,
}

/// The names an expression may use, at its place in the file.
#[derive(Debug, Default)]
pub(crate) struct Names<'n> {
    /// The file's connections.
    pub(crate) aliases: &'n [String],
    /// What earlier steps have set, or have as an answer.
    pub(crate) variables: &'n [String],
    /// What later steps will set, and which.
    pub(crate) later: &'n [(String, usize)],
    /// The file's look-up tables.
    pub(crate) tables: &'n [String],
}

impl Expression {
    /// Compiles; also what is odd and no mistake.
    pub(crate) fn compile(text: &str, names: &Names<'_>) -> Result<(Self, Vec<Mistake>), Box<Mistake>> {
        let (tree, warnings) = parse::parse(text, names)?;
        Ok((
            Self {
                text: text.into(),
                tree: Arc::new(tree),
                broken: None,
            },
            warnings,
        ))
    }

    /// One that could not be compiled: it has no value, and says why. For trying a file while it is typed; no plan that
    /// runs holds any.
    pub(crate) fn broken(text: &str, why: Error) -> Self {
        Self {
            text: text.into(),
            tree: Arc::new(Tree::Constant(Term::Null)),
            broken: Some(Arc::new(why)),
        }
    }

    /// The value for one record (or element of it). What is missing is an error that names it.
    pub(crate) fn value(&self, view: &View<'_>) -> Result<Value> {
        self.term(view)?.into_value(view.whole)
    }

    /// The value while it still lies in the record.
    pub(crate) fn term<'r>(&'r self, view: &View<'r>) -> Result<Term<'r>> {
        match &self.broken {
            None => view.value(&self.tree),
            Some(why) => Err(Error::clone(why)),
        }
    }

    /// Names of the fields that it takes from a record, an element, or each element of a list, as far as they are written
    /// in it.
    pub(crate) fn fields(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.tree.visit(&mut |tree| match tree {
            Tree::Path(Path {
                root: Root::Here | Root::Record,
                steps,
                ..
            }) => {
                if let Some(Place::Field(name)) = steps.first() {
                    found.push(name.clone());
                }
            }
            Tree::Call(function, arguments) if function.takes_fields => {
                for argument in arguments.iter().flatten() {
                    if let Tree::Constant(Term::Text(name)) = argument {
                        found.push(name.clone().into_owned());
                    }
                }
            }
            _ => {}
        });
        found
    }

    /// The first field it takes from the element (or record) it stands in, as it is written.
    pub(crate) fn own_field(&self) -> Option<String> {
        let mut found = None;
        self.tree.visit(&mut |tree| match tree {
            Tree::Path(path) if path.root == Root::Here => {
                found.get_or_insert_with(|| path.written.clone());
            }
            _ => {}
        });
        found
    }
}

#[cfg(test)]
mod tests;
