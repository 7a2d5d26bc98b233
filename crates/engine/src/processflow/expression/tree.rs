//! A compiled expression: what is left of the text once names are resolved and mistakes are found.

use super::{functions::Function, term::Term};

/// One node of a compiled expression. At most 64 deep.
#[derive(Debug)]
pub(crate) enum Tree {
    Constant(Term<'static>),
    Path(Path),
    /// `of[key]` with a key that is worked out.
    Item(Box<Tree>, Box<Tree>),
    /// `of[from:to]`.
    Slice(Box<Tree>, Option<Box<Tree>>, Option<Box<Tree>>),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Compare(Box<Tree>, Vec<(Comparison, Tree)>),
    Calculate(Operation, Box<Tree>, Box<Tree>),
    /// `left ~ right`.
    Join(Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Option<Box<Tree>>),
    Call(&'static Function, Vec<Option<Tree>>),
    Lookup(Lookup),
    Is(Box<Tree>, Test),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// A name and what is taken from it, all known beforehand: `billing_address.first_name`, `record["Item No."]`.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Place>,
    /// As it is written, for messages.
    pub(crate) written: String,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// The element under `each`, else the record; the first place is a field of it.
    Here,
    /// The whole record.
    Record,
    /// What the connections told of themselves.
    Connections,
    /// This run.
    Run,
    /// A value from `set` or the answer of a write.
    Variable(usize),
}

/// One place in a path.
#[derive(Debug)]
pub(crate) enum Place {
    Field(String),
    Element(i64),
}

/// `lookup(table, key)`.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// Its place among the file's look-up tables.
    pub(crate) table: usize,
    pub(crate) key: Box<Tree>,
    pub(crate) default: Option<Box<Tree>>,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    Same,
    Other,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    In,
    NotIn,
}

/// What is calculated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Plus,
    Minus,
    Times,
    Divide,
    DivideWhole,
    Remainder,
}

impl Operation {
    /// As it is written, for messages.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Plus => "`+`",
            Self::Minus => "`-`",
            Self::Times => "`*`",
            Self::Divide => "`/`",
            Self::DivideWhole => "`//`",
            Self::Remainder => "`%`",
        }
    }
}

/// What `is` asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Test {
    Defined,
    None,
    Text,
    Number,
    List,
    Object,
    /// Missing, null, `""`, `[]` or `{}`.
    Empty,
}

impl Test {
    /// Names of the tests, as they are written after `is`.
    pub(crate) const NAMES: [(&'static str, Self); 8] = [
        ("defined", Self::Defined),
        ("none", Self::None),
        ("text", Self::Text),
        ("string", Self::Text),
        ("number", Self::Number),
        ("list", Self::List),
        ("object", Self::Object),
        ("empty", Self::Empty),
    ];
}

impl Tree {
    /// Calls `visit` for this node and all below it.
    pub(crate) fn visit<'t>(&'t self, visit: &mut dyn FnMut(&'t Tree)) {
        visit(self);
        for below in self.below() {
            below.visit(visit);
        }
    }

    fn below(&self) -> Vec<&Tree> {
        match self {
            Self::Constant(_) | Self::Path(_) => Vec::new(),
            Self::Not(one) | Self::Negative(one) | Self::Is(one, _) => vec![one],
            Self::Item(left, right)
            | Self::And(left, right)
            | Self::Or(left, right)
            | Self::Calculate(_, left, right)
            | Self::Join(left, right) => vec![left, right],
            Self::Slice(of, from, to) => [Some(of), from.as_ref(), to.as_ref()]
                .into_iter()
                .flatten()
                .map(|tree| &**tree)
                .collect(),
            Self::If(test, yes, no) => [Some(test), Some(yes), no.as_ref()]
                .into_iter()
                .flatten()
                .map(|tree| &**tree)
                .collect(),
            Self::Compare(first, rest) => std::iter::once(&**first)
                .chain(rest.iter().map(|(_, tree)| tree))
                .collect(),
            Self::Call(_, arguments) => arguments.iter().flatten().collect(),
            Self::Lookup(lookup) => std::iter::once(&*lookup.key)
                .chain(lookup.default.as_deref())
                .collect(),
            Self::List(elements) => elements.iter().collect(),
            Self::Map(fields) => fields.iter().map(|(_, tree)| tree).collect(),
        }
    }
}
