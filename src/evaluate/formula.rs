//! An expression as a tree, and its value.
//!
//! All branches are evaluated, because the type of a whole depends on all of them (`choice`). Height is bounded when
//! a tree is built, so that evaluating and dropping it need a bounded stack.

use super::cast::CastType;
use super::choice;
use super::datum::Datum;
use super::functions::items;
use super::parse::known;
use super::query::SelectQuery;
use super::totals::TextsOfRows;
use super::{Surroundings, Unevaluable};

/// The highest tree: a chain of so many operators.
const HIGHEST: usize = 300;

/// Functions that do not compute all of their arguments on a server.
const CHOICES: &[&str] = &[
    "IF", "CASE", "IFNULL", "NVL", "NULLIF", "COALESCE", "AND", "OR",
];

/// How a function makes its value from those of its arguments.
pub(super) type Apply = fn(&[Datum], &dyn Surroundings) -> Result<Datum, Unevaluable>;

/// A function or operator of MySQL.
#[derive(Debug)]
pub(crate) struct Function {
    /// In upper case.
    pub(crate) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) apply: Apply,
}

impl Function {
    pub(super) const fn new(name: &'static str, arguments: (usize, usize), apply: Apply) -> Self {
        Self {
            name,
            least: arguments.0,
            most: arguments.1,
            apply,
        }
    }
}

/// A function of all rows of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Count,
    Least,
    Greatest,
    Sum,
}

impl Aggregate {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Count, Self::Least, Self::Greatest, Self::Sum]
            .into_iter()
            .find(|aggregate| aggregate.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::Least => "MIN",
            Self::Greatest => "MAX",
            Self::Sum => "SUM",
        }
    }
}

/// A parsed expression.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    Value(Datum),
    /// `TRUE`, `FALSE`
    Truth(bool),
    Column(Option<String>, String),
    /// `VALUES(name)`: a column of the row whose key is there already.
    Proposed(String),
    /// `DEFAULT(name)`; `DEFAULT` alone names no column.
    Default(Option<String>),
    Variable(String),
    Call(&'static Function, Vec<Formula>, usize),
    Cast(Box<Formula>, CastType, usize),
    /// `@name := value`
    Assign(String, Box<Formula>),
    /// `COUNT(*)` has no argument.
    Aggregate(Aggregate, Option<Box<Formula>>),
    /// `GROUP_CONCAT`
    Joined(Box<TextsOfRows>),
    /// A query in parentheses, of one value.
    Query(Box<SelectQuery>),
    Exists(Box<SelectQuery>),
    /// `value IN (SELECT …)`
    Among(Box<Formula>, Box<SelectQuery>),
}

impl Formula {
    pub(super) fn call(
        function: &'static Function,
        arguments: Vec<Self>,
    ) -> Result<Self, Unevaluable> {
        if !(function.least..=function.most).contains(&arguments.len()) {
            return Err(format!(
                "{} with {} arguments",
                function.name,
                arguments.len()
            ));
        }
        if CHOICES.contains(&function.name) && arguments.iter().skip(1).any(Self::changes) {
            return Err(format!("a change of the session in {}", function.name));
        }
        let arguments = items(function, arguments)?;
        let height = arguments.iter().map(Self::height).max().unwrap_or(0) + 1;
        bounded(height)?;
        Ok(Self::Call(function, arguments, height))
    }

    pub(super) fn cast(self, to: CastType) -> Result<Self, Unevaluable> {
        let height = self.height() + 1;
        bounded(height)?;
        Ok(Self::Cast(Box::new(self), to, height))
    }

    /// `value IN (SELECT …)`
    pub(super) fn among(self, query: Box<SelectQuery>) -> Result<Self, Unevaluable> {
        bounded(self.height() + 1)?;
        Ok(Self::Among(Box::new(self), query))
    }

    fn height(&self) -> usize {
        match self {
            Self::Value(_)
            | Self::Truth(_)
            | Self::Column(..)
            | Self::Proposed(_)
            | Self::Default(_)
            | Self::Variable(_) => 0,
            // Nested by the parser, which bounds that.
            Self::Assign(..)
            | Self::Aggregate(..)
            | Self::Joined(_)
            | Self::Query(_)
            | Self::Exists(_) => 1,
            Self::Among(value, _) => value.height() + 1,
            Self::Call(.., height) | Self::Cast(.., height) => *height,
        }
    }

    /// The value, with columns and variables as `surroundings` have them.
    pub(crate) fn evaluate(&self, surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
        match self {
            Self::Value(datum) => Ok(datum.clone()),
            Self::Truth(is_true) => Ok(Datum::Int(i64::from(*is_true))),
            Self::Column(table, name) => surroundings.column(table.as_deref(), name),
            Self::Proposed(name) => surroundings.proposed(name),
            Self::Default(Some(name)) => surroundings.default(name),
            Self::Default(None) => Err("DEFAULT in an expression".to_owned()),
            Self::Variable(name) => surroundings.variable(name),
            Self::Call(function, arguments, _) => {
                let values = choice::values(function.name, arguments, surroundings)?;
                (function.apply)(&values, surroundings).map(Datum::of_function)
            }
            Self::Cast(inner, to, _) => to.apply(inner.evaluate(surroundings)?),
            Self::Assign(name, inner) => {
                let datum = inner.evaluate(surroundings)?;
                surroundings.assign(name, &datum)?;
                Ok(datum)
            }
            Self::Aggregate(aggregate, argument) => {
                surroundings.aggregate(*aggregate, argument.as_deref())
            }
            Self::Joined(texts) => surroundings.joined(texts),
            Self::Query(query) => surroundings.scalar(query),
            Self::Exists(query) => {
                let exists = surroundings.exists(query)?;
                Ok(Datum::Int(i64::from(exists)))
            }
            Self::Among(value, query) => {
                let value = value.evaluate(surroundings)?;
                surroundings.among(&value, query).map(Datum::truth)
            }
        }
    }

    /// Calls `visit` with every part, the whole first; those of queries in it belong to others.
    pub(crate) fn parts<'f>(&'f self, visit: &mut dyn FnMut(&'f Self)) {
        visit(self);
        match self {
            Self::Call(_, arguments, _) => {
                for argument in arguments {
                    argument.parts(visit);
                }
            }
            Self::Cast(inner, ..)
            | Self::Assign(_, inner)
            | Self::Aggregate(_, Some(inner))
            | Self::Among(inner, _) => {
                inner.parts(visit);
            }
            Self::Joined(texts) => {
                texts.text.parts(visit);
                for (formula, _) in &texts.order {
                    formula.parts(visit);
                }
            }
            _ => {}
        }
    }

    /// Calls `visit` with every part, those of queries in it too.
    pub(crate) fn all_parts<'f>(&'f self, visit: &mut dyn FnMut(&'f Self)) {
        self.parts(&mut |part| {
            visit(part);
            if let Some(query) = part.query() {
                query.all_parts(visit);
            }
        });
    }

    /// The query that this part itself asks.
    pub(crate) fn query(&self) -> Option<&SelectQuery> {
        match self {
            Self::Query(query) | Self::Exists(query) | Self::Among(_, query) => Some(query),
            _ => None,
        }
    }

    /// Whether computing it changes what later expressions see.
    fn changes(&self) -> bool {
        let mut found = false;
        self.parts(&mut |part| {
            found |= match part {
                Self::Assign(..) => true,
                Self::Call(function, arguments, _) => {
                    function.name == "LAST_INSERT_ID" && !arguments.is_empty()
                }
                _ => false,
            }
        });
        found
    }

    /// Whether a condition that is written out is in it.
    pub(super) fn has_truth(&self) -> bool {
        let mut found = false;
        self.parts(&mut |part| found |= matches!(part, Self::Truth(_)));
        found
    }

    /// Whether it is a function of all rows of a query or group.
    pub(crate) fn is_total(&self) -> bool {
        matches!(self, Self::Aggregate(..) | Self::Joined(_))
    }

    /// Whether its value depends on a column.
    pub(crate) fn names_column(&self) -> bool {
        let mut found = false;
        self.parts(&mut |part| found |= matches!(part, Self::Column(..)));
        found
    }

    /// A condition in which a server asks for the zero day in place of NULL: `x IS NULL`, alone or among `AND` and
    /// `OR`, where `is_day` says that `x` is a column that has the one and not the other.
    pub(crate) fn asking_for_zero_days(
        &self,
        is_day: &dyn Fn(Option<&str>, &str) -> bool,
    ) -> Result<Self, Unevaluable> {
        let Self::Call(function, arguments, height) = self else {
            return Ok(self.clone());
        };
        Ok(match (function.name, arguments.as_slice()) {
            ("AND" | "OR", parts) => {
                let parts = parts.iter().map(|part| part.asking_for_zero_days(is_day));
                Self::Call(function, parts.collect::<Result<_, _>>()?, *height)
            }
            ("ISNULL", [column @ Self::Column(table, name)]) if is_day(table.as_deref(), name) => {
                let zero = Datum::stored_date("0000-00-00").ok_or("the day 0000-00-00")?;
                known("=", vec![column.clone(), Self::Value(zero)])?
            }
            _ => self.clone(),
        })
    }

    /// Calls `visit` with every function that is called.
    pub(crate) fn functions(&self, visit: &mut dyn FnMut(&'static Function)) {
        self.parts(&mut |part| match part {
            Self::Call(function, ..) => visit(function),
            part => {
                if let Some(query) = part.query() {
                    query.functions(visit);
                }
            }
        });
    }
}

fn bounded(height: usize) -> Result<(), Unevaluable> {
    if height > HIGHEST {
        return Err("deeper nesting than is read".to_owned());
    }
    Ok(())
}
