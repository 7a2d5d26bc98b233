//! From the text of an expression to its [`Tree`].
//!
//! minijinja reads the text, so that the language is the Jinja its users know. Its own evaluator stays out: its
//! operators work on binary floats (`19.99 * 100` is 1998.9999999999998) and find `"25.0000"` and `25` different
//! without a word, which here would be a wrong amount in somebody's books. Names are resolved now, so a misspelt
//! function, table or connection is a mistake in the file and not in the record. This is the one place that knows
//! minijinja's syntax tree, which it gives out as `unstable_machinery`: the version is pinned.

use std::ops::Range;

use minijinja::{
    machinery::{Span, ast, parse_expr},
    value::ValueKind,
};

use super::{
    Names, functions,
    functions::{Function, Need},
    number,
    term::Term,
    tree::{Comparison, Lookup, Operation, Path, Place, Root, Test, Tree},
};
use crate::processflow::suggest::{known, nearest};

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
        return Err(mistake(0..text.len(), "there is no expression here", "Write `none` for an empty value."));
    }
    if text.len() > LONGEST {
        return Err(mistake(0..0, &format!("the expression is longer than {} KiB", LONGEST >> 10), "Split it with a `set` step."));
    }
    let expression = parse_expr(text).map_err(|error| not_understood(text, &error))?;
    let mut parser = Parser { text, names, warnings: Vec::new(), depth: 0 };
    let tree = parser.tree(&expression)?;
    Ok((tree, parser.warnings))
}

fn mistake(at: Range<usize>, message: &str, hint: &str) -> Box<Mistake> {
    Box::new(Mistake { at, message: message.to_owned(), hint: Some(hint.to_owned()).filter(|hint| !hint.is_empty()) })
}

fn not_understood(text: &str, error: &minijinja::Error) -> Box<Mistake> {
    let said = error.detail().unwrap_or("it is not an expression").to_owned();
    let signs = [("&&", "and"), ("||", "or"), ("!=", ""), ("!", "not"), ("==", ""), ("=", "==")];
    let foreign = signs.into_iter().find(|(sign, word)| !word.is_empty() && outside_quotes(text, sign));
    let hint = if text.trim_start().starts_with("{{") {
        "Write the expression alone, without `{{ }}`.".to_owned()
    } else if let Some((sign, word)) = foreign {
        format!("Write `{word}` for `{sign}`.")
    } else if text.matches(['\'', '"']).count() % 2 == 1 {
        "A quotation mark is not closed.".to_owned()
    } else {
        "An expression is a field (`billing_address.email`), a text in quotes, or made of them: `words(first_name, last_name)`, `price * 100`, `sku | upper`."
            .to_owned()
    };
    let at = error.range().unwrap_or(0..text.len());
    mistake(at.start.min(text.len())..at.end.min(text.len()), &format!("the expression is not understood: {said}"), &hint)
}

/// True where `sign` stands in the text outside of quotes and not as a part of `==`, `!=`, `<=`, `>=`.
fn outside_quotes(text: &str, sign: &str) -> bool {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if text[at..].starts_with(sign) => {
                let before = text[..at].chars().next_back();
                let after = text[at + sign.len()..].chars().next();
                let part = matches!(before, Some('=' | '!' | '<' | '>')) || after == Some('=');
                if !part {
                    return true;
                }
            }
            None => {}
        }
    }
    false
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
            return Err(mistake(range(expression.span()), "the expression is nested too deeply", "Split it with a `set` step."));
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
                let rest = compare.ops.iter().map(|op| Ok((comparison(op.op), self.tree(&op.expr)?)));
                Tree::Compare(boxed(first), rest.collect::<Parsed<_>>()?)
            }
            ast::Expr::IfExpr(choice) => {
                let test = boxed(self.tree(&choice.test_expr)?);
                let no = choice.false_expr.as_ref().map(|no| self.tree(no).map(boxed)).transpose()?;
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
                        return Err(mistake(range(key.span()), "a field of `{ }` needs a name in quotes", "Write `{'sku': sku}`."));
                    };
                    Ok((name, self.tree(value)?))
                });
                Tree::Map(fields.collect::<Parsed<_>>()?)
            }
        })
    }

    fn trees(&mut self, expressions: &[ast::Expr<'_>]) -> Parsed<Vec<Tree>> {
        expressions.iter().map(|expression| self.tree(expression)).collect()
    }

    fn constant(&self, value: &minijinja::Value, span: Span) -> Parsed<Term<'static>> {
        Ok(match value.kind() {
            ValueKind::None | ValueKind::Undefined => Term::Null,
            ValueKind::Bool => Term::Bool(value.is_true()),
            ValueKind::Number => {
                // The digits as they are written: minijinja's own value went through a float.
                let written = self.text.get(range(span)).unwrap_or_default().replace('_', "");
                let digits = if number::is_decimal(&written) { written } else { value.to_string() };
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
            return Err(mistake(range(slice.span()), "a slice with a step is not offered", "Write `list[from:to]`."));
        }
        let mut bound = |bound: &Option<ast::Expr<'_>>| bound.as_ref().map(|tree| self.tree(tree).map(boxed)).transpose();
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
                return Err(mistake(range(two.span()), "`**` is not offered", "Multiply instead: `x * x`."));
            }
        })
    }

    /// A name and the fields taken from it. Only a key that has to be worked out ends the path.
    fn path(&mut self, expression: &ast::Expr<'_>) -> Parsed {
        match expression {
            ast::Expr::Var(var) => self.root(var.id, range(var.span())).map(Tree::Path),
            ast::Expr::GetAttr(attribute) => {
                let of = self.tree(&attribute.expr)?;
                self.place(of, Place::Field(attribute.name.to_owned()), range(attribute.span()))
            }
            ast::Expr::GetItem(item) => {
                let of = self.tree(&item.expr)?;
                let place = item.subscript_expr.as_const().and_then(|key| {
                    key.as_str().map(|name| Place::Field(name.to_owned())).or_else(|| key.as_i64().map(Place::Element))
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
            return Err(mistake(at, &format!("`{alias}` is not one of this file's connections"), &hint));
        }
        let plain = |name: &str| !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
        path.written += &match &place {
            Place::Field(name) if plain(name) => format!(".{name}"),
            Place::Field(name) => format!("[\"{name}\"]"),
            Place::Element(at) => format!("[{at}]"),
        };
        path.steps.push(place);
        Ok(Tree::Path(path))
    }

    fn root(&self, name: &str, at: Range<usize>) -> Parsed<Path> {
        if matches!(name, "null" | "nil" | "NULL" | "undefined") {
            return Err(mistake(at, &format!("there is no `{name}` here"), "An empty value is written `none`."));
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
        let steps = if root == Root::Here { vec![Place::Field(name.to_owned())] } else { Vec::new() };
        Ok(Path { root, steps, written: name.to_owned() })
    }

    fn test(&mut self, test: &ast::Spanned<ast::Test<'_>>) -> Parsed {
        let found = Test::NAMES.into_iter().find(|(name, _)| *name == test.name);
        let Some((_, found)) = found.filter(|_| test.args.is_empty()) else {
            let names = Test::NAMES.map(|(name, _)| name);
            let hint = known("`is` asks for", &names, test.name);
            return Err(mistake(range(test.span()), &format!("`is {}` is not a question it knows", test.name), &hint));
        };
        Ok(Tree::Is(boxed(self.tree(&test.expr)?), found))
    }

    fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'_>>) -> Parsed {
        let subject = filter.expr.as_ref().expect("an expression's filter stands behind something");
        let mut arguments = vec![Argument { name: None, expression: subject }];
        arguments.extend(self.arguments(&filter.args, range(filter.span()))?);
        if filter.name == "lookup" && arguments.len() > 1 {
            // The key stands before the bar, the table's name first in the brackets.
            arguments.swap(0, 1);
        }
        self.applied(filter.name, arguments, range(filter.span()))
    }

    fn call(&mut self, call: &ast::Spanned<ast::Call<'_>>) -> Parsed {
        let at = range(call.span());
        match call.identify_call() {
            ast::CallType::Function(name) => {
                let arguments = self.arguments(&call.args, at.clone())?;
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

    fn arguments<'e>(&self, given: &'e [ast::CallArg<'e>], at: Range<usize>) -> Parsed<Vec<Argument<'e>>> {
        let argument = |given: &'e ast::CallArg<'e>| match given {
            ast::CallArg::Pos(expression) => Ok(Argument { name: None, expression }),
            ast::CallArg::Kwarg(name, expression) => Ok(Argument { name: Some(name), expression }),
            ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => {
                Err(mistake(at.clone(), "`*` before an argument is not offered", "Write the arguments out."))
            }
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
            let place = place_of(function, position, argument.name).map_err(|said| mistake(at.clone(), &said, &usage(function)))?;
            placed.resize_with(placed.len().max(place + 1), || None);
            if placed[place].is_some() {
                return Err(mistake(at, &format!("`{name}` is given the same argument twice"), &usage(function)));
            }
            placed[place] = Some(self.tree(argument.expression)?);
        }
        let left_out = function.arguments.iter().enumerate().find(|(place, argument)| {
            argument.need == Need::Must && !matches!(placed.get(*place), Some(Some(_)))
        });
        if let Some((_, argument)) = left_out {
            return Err(mistake(at, &format!("`{name}` needs `{}`", argument.name), &usage(function)));
        }
        self.checked(function, &placed, &at)?;
        if name == "lookup" { self.lookup(placed, at) } else { Ok(Tree::Call(function, placed)) }
    }

    fn checked(&mut self, function: &'static Function, placed: &[Option<Tree>], at: &Range<usize>) -> Parsed<()> {
        let Some(check) = function.check else { return Ok(()) };
        let constants: Vec<_> = placed
            .iter()
            .map(|argument| match argument {
                Some(Tree::Constant(term)) => Some(term),
                _ => None,
            })
            .collect();
        let said = check(&constants).map_err(|said| mistake(at.clone(), &said, &usage(function)))?;
        self.warnings.extend(said.map(|message| Mistake { at: at.clone(), message, hint: None }));
        Ok(())
    }

    fn lookup(&mut self, placed: Vec<Option<Tree>>, at: Range<usize>) -> Parsed {
        let mut placed = placed.into_iter();
        let mut next = || placed.next().flatten();
        let Some(Tree::Constant(Term::Text(name))) = next() else {
            return Err(mistake(at, "`lookup` needs the name of a table in quotes", "Write `lookup('status', status_id)`."));
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
        Ok(Tree::Lookup(Lookup { table, key, default: next().map(boxed) }))
    }
}

struct Argument<'e> {
    name: Option<&'e str>,
    expression: &'e ast::Expr<'e>,
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

fn place_of(function: &Function, position: usize, name: Option<&str>) -> Result<usize, String> {
    let arguments = function.arguments;
    if let Some(name) = name {
        let place = arguments.iter().position(|argument| argument.name == name && argument.need != Need::Many);
        return place.ok_or_else(|| {
            let names: Vec<_> = arguments.iter().map(|argument| argument.name).collect();
            let guess = nearest(&names, name).map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
            format!("`{}` has no argument `{name}`{guess}", function.name)
        });
    }
    let endless = arguments.last().is_some_and(|argument| argument.need == Need::Many);
    if position < arguments.len() || endless {
        return Ok(position);
    }
    Err(format!("`{}` takes {} arguments at most", function.name, arguments.len()))
}

/// `date(value, format, zone, from)`, with an example where there is one.
fn usage(function: &Function) -> String {
    let argument = |argument: &functions::Argument| match argument.need {
        Need::Must => argument.name.to_owned(),
        Need::May => format!("[{}]", argument.name),
        Need::Many => format!("{}…", argument.name),
    };
    let arguments: Vec<_> = function.arguments.iter().map(argument).collect();
    let example = function.examples.first().map_or_else(String::new, |(example, _)| format!(", as in `{example}`"));
    format!("It is used as `{}({})`{example}.", function.name, arguments.join(", "))
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
