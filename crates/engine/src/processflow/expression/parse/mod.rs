//! From the text of an expression to its [`Tree`].
//!
//! minijinja reads the text, so that the language is the Jinja its users know. Its own evaluator stays out: its
//! operators work on binary floats (`19.99 * 100` is 1998.9999999999998) and find `"25.0000"` and `25` different
//! without a word, which here would be a wrong amount in somebody's books. Names are resolved now, so a misspelt
//! function, table or connection is a mistake in the file and not in the record. This folder is the one place that
//! knows minijinja's syntax tree, which it gives out as `unstable_machinery`: the version is pinned.

mod calls;
mod paths;
mod trouble;

use std::ops::Range;

use minijinja::{
    machinery::{Span, ast, parse_expr},
    value::ValueKind,
};

use self::trouble::{mistake, not_understood};
use super::{
    Names, number,
    term::Term,
    tree::{Comparison, Operation, Tree},
};

/// The longest expression (bytes).
const LONGEST: usize = 8 << 10;

/// The deepest expression.
const DEEPEST: usize = 64;

/// A mistake in an expression: where in its text, what, and the way out.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// Reads an expression. Warnings are mistakes that do not stop it.
pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<(Tree, Vec<Mistake>), Box<Mistake>> {
    if text.trim().is_empty() {
        return Err(mistake(
            0..text.len(),
            "there is no expression here",
            "Write `none` for an empty value.",
        ));
    }
    if text.len() > LONGEST {
        return Err(mistake(
            0..0,
            &format!("the expression is longer than {} KiB", LONGEST >> 10),
            "Split it with a `set` step.",
        ));
    }
    let expression = parse_expr(text).map_err(|error| not_understood(text, &error))?;
    let mut parser = Parser {
        text,
        names,
        warnings: Vec::new(),
        depth: 0,
    };
    let tree = parser.tree(&expression)?;
    Ok((tree, parser.warnings))
}

struct Parser<'n> {
    text: &'n str,
    names: &'n Names<'n>,
    warnings: Vec<Mistake>,
    depth: usize,
}

type Parsed<T = Tree> = Result<T, Box<Mistake>>;

fn range(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

fn boxed(tree: Tree) -> Box<Tree> {
    Box::new(tree)
}

impl Parser<'_> {
    fn tree(&mut self, expression: &ast::Expr<'_>) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(mistake(
                range(expression.span()),
                "the expression is nested too deeply",
                "Split it with a `set` step.",
            ));
        }
        let tree = self.node(expression);
        self.depth -= 1;
        tree
    }

    fn node(&mut self, expression: &ast::Expr<'_>) -> Parsed {
        Ok(match expression {
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => self.path(expression)?,
            ast::Expr::Const(constant) => Tree::Constant(self.constant(&constant.value, constant.span())?),
            ast::Expr::Slice(slice) => self.slice(slice)?,
            ast::Expr::UnaryOp(one) => {
                let operand = self.tree(&one.expr)?;
                match one.op {
                    ast::UnaryOpKind::Not => Tree::Not(boxed(operand)),
                    ast::UnaryOpKind::Neg => negative(operand),
                }
            }
            ast::Expr::BinOp(two) => self.two(two)?,
            ast::Expr::Compare(compare) => {
                let first = self.tree(&compare.expr)?;
                let rest = compare
                    .ops
                    .iter()
                    .map(|op| Ok((comparison(op.op), self.tree(&op.expr)?)));
                Tree::Compare(boxed(first), rest.collect::<Parsed<_>>()?)
            }
            ast::Expr::IfExpr(choice) => {
                let test = boxed(self.tree(&choice.test_expr)?);
                let no = choice
                    .false_expr
                    .as_ref()
                    .map(|no| self.tree(no).map(boxed))
                    .transpose()?;
                Tree::If(test, boxed(self.tree(&choice.true_expr)?), no)
            }
            ast::Expr::Filter(filter) => self.filter(filter)?,
            ast::Expr::Test(test) => self.test(test)?,
            ast::Expr::Call(call) => self.call(call)?,
            ast::Expr::List(list) => Tree::List(self.trees(&list.items)?),
            ast::Expr::Tuple(tuple) => Tree::List(self.trees(&tuple.items)?),
            ast::Expr::Map(map) => {
                let fields = map.keys.iter().zip(&map.values).map(|(key, value)| {
                    let Some(name) = key.as_const().and_then(|key| key.as_str().map(str::to_owned)) else {
                        return Err(mistake(
                            range(key.span()),
                            "a field of `{ }` needs a name in quotes",
                            "Write `{'sku': sku}`.",
                        ));
                    };
                    Ok((name, self.tree(value)?))
                });
                Tree::Map(fields.collect::<Parsed<_>>()?)
            }
        })
    }

    fn trees(&mut self, expressions: &[ast::Expr<'_>]) -> Parsed<Vec<Tree>> {
        expressions
            .iter()
            .map(|expression| self.tree(expression))
            .collect()
    }

    fn constant(&self, value: &minijinja::Value, span: Span) -> Parsed<Term<'static>> {
        Ok(match value.kind() {
            ValueKind::None | ValueKind::Undefined => Term::Null,
            ValueKind::Bool => Term::Bool(value.is_true()),
            ValueKind::Number => {
                // The digits as they are written: minijinja's own value went through a float.
                let written = self.text.get(range(span)).unwrap_or_default().replace('_', "");
                let digits = if number::is_decimal(&written) {
                    written
                } else {
                    value.to_string()
                };
                match number::of_json(number::without_leading_zeros(&digits)) {
                    Term::Integer(whole) => Term::Integer(whole),
                    _ => Term::Decimal(digits.into()),
                }
            }
            _ => match value.as_str() {
                Some(text) => Term::text(text.to_owned()),
                None => return Err(mistake(range(span), "this constant is not understood", "")),
            },
        })
    }

    fn slice(&mut self, slice: &ast::Spanned<ast::Slice<'_>>) -> Parsed {
        if slice.step.is_some() {
            return Err(mistake(
                range(slice.span()),
                "a slice with a step is not offered",
                "Write `list[from:to]`.",
            ));
        }
        let mut bound =
            |bound: &Option<ast::Expr<'_>>| bound.as_ref().map(|tree| self.tree(tree).map(boxed)).transpose();
        let (from, to) = (bound(&slice.start)?, bound(&slice.stop)?);
        Ok(Tree::Slice(boxed(self.tree(&slice.expr)?), from, to))
    }

    fn two(&mut self, two: &ast::Spanned<ast::BinOp<'_>>) -> Parsed {
        let (left, right) = (boxed(self.tree(&two.left)?), boxed(self.tree(&two.right)?));
        let compare = |how, left, right: Box<Tree>| Tree::Compare(left, vec![(how, *right)]);
        Ok(match two.op {
            ast::BinOpKind::Eq => compare(Comparison::Same, left, right),
            ast::BinOpKind::Ne => compare(Comparison::Other, left, right),
            ast::BinOpKind::Lt => compare(Comparison::Less, left, right),
            ast::BinOpKind::Lte => compare(Comparison::LessOrSame, left, right),
            ast::BinOpKind::Gt => compare(Comparison::More, left, right),
            ast::BinOpKind::Gte => compare(Comparison::MoreOrSame, left, right),
            ast::BinOpKind::In => compare(Comparison::In, left, right),
            ast::BinOpKind::ScAnd => Tree::And(left, right),
            ast::BinOpKind::ScOr => Tree::Or(left, right),
            ast::BinOpKind::Add => Tree::Calculate(Operation::Plus, left, right),
            ast::BinOpKind::Sub => Tree::Calculate(Operation::Minus, left, right),
            ast::BinOpKind::Mul => Tree::Calculate(Operation::Times, left, right),
            ast::BinOpKind::Div => Tree::Calculate(Operation::Divide, left, right),
            ast::BinOpKind::FloorDiv => Tree::Calculate(Operation::DivideWhole, left, right),
            ast::BinOpKind::Rem => Tree::Calculate(Operation::Remainder, left, right),
            ast::BinOpKind::Concat => Tree::Join(left, right),
            ast::BinOpKind::Pow => {
                return Err(mistake(
                    range(two.span()),
                    "`**` is not offered",
                    "Multiply instead: `x * x`.",
                ));
            }
        })
    }
}

fn negative(operand: Tree) -> Tree {
    match operand {
        Tree::Constant(term) if number::negative(&term).is_ok() => {
            Tree::Constant(number::negative(&term).expect("it was calculated a moment ago"))
        }
        operand => Tree::Negative(boxed(operand)),
    }
}

fn comparison(op: ast::CompareOpKind) -> Comparison {
    match op {
        ast::CompareOpKind::Eq => Comparison::Same,
        ast::CompareOpKind::Ne => Comparison::Other,
        ast::CompareOpKind::Lt => Comparison::Less,
        ast::CompareOpKind::Lte => Comparison::LessOrSame,
        ast::CompareOpKind::Gt => Comparison::More,
        ast::CompareOpKind::Gte => Comparison::MoreOrSame,
        ast::CompareOpKind::In => Comparison::In,
        ast::CompareOpKind::NotIn => Comparison::NotIn,
    }
}
