//! Functions, filters and tests: found in the table, their arguments put in place.

use connector_kit::suggest::{known, nearest};
use std::ops::Range;

use minijinja::machinery::ast;

use super::{Mistake, Parsed, Parser, boxed, range, trouble::mistake};
use crate::processflow::expression::{
    functions::{self, Function, Need},
    term::Term,
    tree::{Lookup, Test, Tree},
};

impl Parser<'_> {
    pub(super) fn test(&mut self, test: &ast::Spanned<ast::Test<'_>>) -> Parsed {
        let found = Test::NAMES.into_iter().find(|(name, _)| *name == test.name);
        let Some((_, found)) = found.filter(|_| test.args.is_empty()) else {
            let names = Test::NAMES.map(|(name, _)| name);
            let hint = known("`is` asks for", &names, test.name);
            return Err(mistake(
                range(test.span()),
                &format!("`is {}` is not a question it knows", test.name),
                &hint,
            ));
        };
        Ok(Tree::Is(boxed(self.tree(&test.expr)?), found))
    }

    pub(super) fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'_>>) -> Parsed {
        let subject = filter
            .expr
            .as_ref()
            .expect("an expression's filter stands behind something");
        let mut arguments = vec![Argument {
            name: None,
            expression: subject,
        }];
        arguments.extend(Self::arguments(&filter.args, &range(filter.span()))?);
        if filter.name == "lookup" && arguments.len() > 1 {
            // The key stands before the bar, the table's name first in the brackets.
            arguments.swap(0, 1);
        }
        self.applied(filter.name, arguments, range(filter.span()))
    }

    pub(super) fn call(&mut self, call: &ast::Spanned<ast::Call<'_>>) -> Parsed {
        let at = range(call.span());
        match call.identify_call() {
            ast::CallType::Function(name) => {
                let arguments = Self::arguments(&call.args, &at)?;
                self.applied(name, arguments, at)
            }
            ast::CallType::Method(_, name) | ast::CallType::Block(name) => {
                let hint = match functions::named(name) {
                    Some(_) => format!("Write it behind a bar: `… | {name}`."),
                    None => "Functions stand alone, `upper(sku)`, or behind a bar, `sku | upper`.".to_owned(),
                };
                Err(mistake(at, &format!("`.{name}(…)` is not offered"), &hint))
            }
            ast::CallType::Object(_) => Err(mistake(at, "this is not a function", "")),
        }
    }

    fn arguments<'e>(given: &'e [ast::CallArg<'e>], at: &Range<usize>) -> Parsed<Vec<Argument<'e>>> {
        let argument = |given: &'e ast::CallArg<'e>| match given {
            ast::CallArg::Pos(expression) => Ok(Argument {
                name: None,
                expression,
            }),
            ast::CallArg::Kwarg(name, expression) => Ok(Argument {
                name: Some(name),
                expression,
            }),
            ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => Err(mistake(
                at.clone(),
                "`*` before an argument is not offered",
                "Write the arguments out.",
            )),
        };
        given.iter().map(argument).collect()
    }

    fn applied(&mut self, name: &str, arguments: Vec<Argument<'_>>, at: Range<usize>) -> Parsed {
        let Some(function) = functions::named(name) else {
            let names: Vec<_> = functions::all().map(|function| function.name).collect();
            let hint = match foreign(name) {
                Some(instead) => instead.to_owned(),
                None => known("Functions are", &names, name),
            };
            return Err(mistake(at, &format!("there is no function `{name}`"), &hint));
        };
        let mut placed: Vec<Option<Tree>> = Vec::new();
        for (position, argument) in arguments.into_iter().enumerate() {
            let place = place_of(function, position, argument.name)
                .map_err(|said| mistake(at.clone(), &said, &usage(function)))?;
            placed.resize_with(placed.len().max(place + 1), || None);
            if placed[place].is_some() {
                return Err(mistake(
                    at,
                    &format!("`{name}` is given the same argument twice"),
                    &usage(function),
                ));
            }
            placed[place] = Some(self.tree(argument.expression)?);
        }
        let left_out = function.arguments.iter().enumerate().find(|(place, argument)| {
            argument.need == Need::Must && !matches!(placed.get(*place), Some(Some(_)))
        });
        if let Some((_, argument)) = left_out {
            return Err(mistake(
                at,
                &format!("`{name}` needs `{}`", argument.name),
                &usage(function),
            ));
        }
        self.checked(function, &placed, &at)?;
        if name == "lookup" {
            self.lookup(placed, at)
        } else {
            Ok(Tree::Call(function, placed))
        }
    }

    fn checked(
        &mut self,
        function: &'static Function,
        placed: &[Option<Tree>],
        at: &Range<usize>,
    ) -> Parsed<()> {
        let Some(check) = function.check else {
            return Ok(());
        };
        let constants: Vec<_> = placed
            .iter()
            .map(|argument| match argument {
                Some(Tree::Constant(term)) => Some(term),
                _ => None,
            })
            .collect();
        let said = check(&constants).map_err(|said| mistake(at.clone(), &said, &usage(function)))?;
        self.warnings.extend(said.map(|message| Mistake {
            at: at.clone(),
            message,
            hint: None,
        }));
        Ok(())
    }

    fn lookup(&mut self, placed: Vec<Option<Tree>>, at: Range<usize>) -> Parsed {
        let mut placed = placed.into_iter();
        let mut next = || placed.next().flatten();
        let Some(Tree::Constant(Term::Text(name))) = next() else {
            return Err(mistake(
                at,
                "`lookup` needs the name of a table in quotes",
                "Write `lookup('status', status_id)`.",
            ));
        };
        let Some(table) = self.names.tables.iter().position(|table| *table == name) else {
            let hint = if self.names.tables.is_empty() {
                format!("Add it to the file: `lookups: {{ {name}: {{ 1: ONE }} }}`.")
            } else {
                known("Tables of this file", self.names.tables, &name)
            };
            return Err(mistake(at, &format!("there is no look-up table `{name}`"), &hint));
        };
        let key = boxed(next().expect("`key` must be given, and was checked"));
        Ok(Tree::Lookup(Lookup {
            table,
            key,
            default: next().map(boxed),
        }))
    }
}

struct Argument<'e> {
    name: Option<&'e str>,
    expression: &'e ast::Expr<'e>,
}

fn place_of(function: &Function, position: usize, name: Option<&str>) -> Result<usize, String> {
    let arguments = function.arguments;
    if let Some(name) = name {
        let place = arguments
            .iter()
            .position(|argument| argument.name == name && argument.need != Need::Many);
        return place.ok_or_else(|| {
            let names: Vec<_> = arguments.iter().map(|argument| argument.name).collect();
            let guess =
                nearest(&names, name).map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
            format!("`{}` has no argument `{name}`{guess}", function.name)
        });
    }
    let endless = arguments
        .last()
        .is_some_and(|argument| argument.need == Need::Many);
    if position < arguments.len() || endless {
        return Ok(position);
    }
    Err(format!(
        "`{}` takes {} arguments at most",
        function.name,
        arguments.len()
    ))
}

/// `date(value, format, zone, from)`, with an example where there is one.
fn usage(function: &Function) -> String {
    let argument = |argument: &functions::Argument| match argument.need {
        Need::Must => argument.name.to_owned(),
        Need::May => format!("[{}]", argument.name),
        Need::Many => format!("{}…", argument.name),
    };
    let arguments: Vec<_> = function.arguments.iter().map(argument).collect();
    let example = function
        .examples
        .first()
        .map_or_else(String::new, |(example, _)| format!(", as in `{example}`"));
    format!(
        "It is used as `{}({})`{example}.",
        function.name,
        arguments.join(", ")
    )
}

/// What people know from Jinja and other languages under another name.
fn foreign(name: &str) -> Option<&'static str> {
    Some(match name {
        "float" | "number" | "money" => "Use `decimal`, which is exact: `total_inc_tax | decimal`.",
        "string" | "str" => "Use `text`.",
        "concat" => "Use `words(…)`, or `~` to join without a space.",
        "truncate" | "left" | "substring" => "Use `shorten`: `name | shorten(60)`.",
        "tojson" => "Use `json`.",
        "count" | "len" | "size" => "Use `length`.",
        "map" => "Use `pluck`: `products | pluck('sku')`.",
        "capitalize" | "title" => "Use `upper` or `lower`.",
        "strftime" | "to_date" | "datetime" => "Use `date`: `date_created | date('%Y-%m-%d')`.",
        "coalesce" | "d" => "Use `default`: `company | default('')`.",
        "now" | "today" => "Use `run.started`: every record of a run has the same time.",
        "env" | "include" | "range" | "debug" => "Expressions reach nothing but the record, and cannot loop.",
        _ => return None,
    })
}
