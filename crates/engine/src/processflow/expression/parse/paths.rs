//! Names, and what is taken from them.

use connector_kit::suggest::known;
use std::ops::Range;

use minijinja::machinery::ast;

use super::{Parsed, Parser, boxed, range, trouble::mistake};
use crate::processflow::expression::{
    term::Term,
    tree::{Path, Place, Root, Tree},
};

impl Parser<'_> {
    /// A name and the fields taken from it. Only a key that has to be worked out ends the path.
    pub(super) fn path(&mut self, expression: &ast::Expr<'_>) -> Parsed {
        match expression {
            ast::Expr::Var(var) => self.root(var.id, range(var.span())).map(Tree::Path),
            ast::Expr::GetAttr(attribute) => {
                let of = self.tree(&attribute.expr)?;
                self.place(
                    of,
                    Place::Field(attribute.name.to_owned()),
                    range(attribute.span()),
                )
            }
            ast::Expr::GetItem(item) => {
                let of = self.tree(&item.expr)?;
                let place = item.subscript_expr.as_const().and_then(|key| {
                    key.as_str()
                        .map(|name| Place::Field(name.to_owned()))
                        .or_else(|| key.as_i64().map(Place::Element))
                });
                match place {
                    Some(place) => self.place(of, place, range(item.span())),
                    None => Ok(Tree::Item(boxed(of), boxed(self.tree(&item.subscript_expr)?))),
                }
            }
            _ => unreachable!("only names, attributes and items are paths"),
        }
    }

    fn place(&mut self, of: Tree, place: Place, at: Range<usize>) -> Parsed {
        let Tree::Path(mut path) = of else {
            let key = match place {
                Place::Field(name) => Term::text(name),
                Place::Element(at) => Term::Integer(at),
            };
            return Ok(Tree::Item(boxed(of), boxed(Tree::Constant(key))));
        };
        if let (Root::Connections, [], Place::Field(alias)) = (path.root, &*path.steps, &place)
            && !self.names.aliases.contains(alias)
        {
            let hint = known("Connections of this file", self.names.aliases, alias);
            return Err(mistake(
                at,
                &format!("`{alias}` is not one of this file's connections"),
                &hint,
            ));
        }
        let plain =
            |name: &str| !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
        let written = match &place {
            Place::Field(name) if plain(name) => format!(".{name}"),
            Place::Field(name) => format!("[\"{name}\"]"),
            Place::Element(at) => format!("[{at}]"),
        };
        path.written.push_str(&written);
        path.steps.push(place);
        Ok(Tree::Path(path))
    }

    fn root(&self, name: &str, at: Range<usize>) -> Parsed<Path> {
        if matches!(name, "null" | "nil" | "NULL" | "undefined") {
            return Err(mistake(
                at,
                &format!("there is no `{name}` here"),
                "An empty value is written `none`.",
            ));
        }
        if let Some((_, step)) = self.names.later.iter().find(|(later, _)| later == name) {
            let hint = "Move this step behind it, or the `set` before it.";
            return Err(mistake(at, &format!("`{name}` is only set in step {step}"), hint));
        }
        let root = match name {
            "record" => Root::Record,
            "connections" => Root::Connections,
            "run" => Root::Run,
            _ => match self.names.variables.iter().position(|variable| variable == name) {
                Some(place) => Root::Variable(place),
                None => Root::Here,
            },
        };
        let steps = if root == Root::Here {
            vec![Place::Field(name.to_owned())]
        } else {
            Vec::new()
        };
        Ok(Path {
            root,
            steps,
            written: name.to_owned(),
        })
    }
}
