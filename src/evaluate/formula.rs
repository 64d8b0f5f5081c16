//! An expression as a tree, and its value.
//!
//! All branches are evaluated, because the type of a whole depends on all of them. Height is bounded when
//! a tree is built, so that evaluating and dropping it need a bounded stack.

use super::cast::CastType;
use super::datum::Datum;
use super::{Surroundings, Unevaluable};

/// The highest tree: a chain of so many operators.
const HIGHEST: usize = 300;

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

/// A parsed expression.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    Value(Datum),
    Column(Option<String>, String),
    Variable(String),
    Call(&'static Function, Vec<Formula>, usize),
    Cast(Box<Formula>, CastType, usize),
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
        let height = arguments.iter().map(Self::height).max().unwrap_or(0) + 1;
        bounded(height)?;
        Ok(Self::Call(function, arguments, height))
    }

    pub(super) fn cast(self, to: CastType) -> Result<Self, Unevaluable> {
        let height = self.height() + 1;
        bounded(height)?;
        Ok(Self::Cast(Box::new(self), to, height))
    }

    fn height(&self) -> usize {
        match self {
            Self::Value(_) | Self::Column(..) | Self::Variable(_) => 0,
            Self::Call(.., height) | Self::Cast(.., height) => *height,
        }
    }

    /// The value, with columns and variables as `surroundings` have them.
    pub(crate) fn evaluate(&self, surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
        match self {
            Self::Value(datum) => Ok(datum.clone()),
            Self::Column(table, name) => surroundings.column(table.as_deref(), name),
            Self::Variable(name) => surroundings.variable(name),
            Self::Call(function, arguments, _) => {
                let values = arguments
                    .iter()
                    .map(|argument| argument.evaluate(surroundings))
                    .collect::<Result<Vec<_>, _>>()?;
                (function.apply)(&values, surroundings)
            }
            Self::Cast(inner, to, _) => to.apply(inner.evaluate(surroundings)?),
        }
    }

    /// Calls `visit` with every function that is called.
    pub(crate) fn functions(&self, visit: &mut dyn FnMut(&'static Function)) {
        match self {
            Self::Value(_) | Self::Column(..) | Self::Variable(_) => {}
            Self::Call(function, arguments, _) => {
                visit(function);
                for argument in arguments {
                    argument.functions(visit);
                }
            }
            Self::Cast(inner, ..) => inner.functions(visit),
        }
    }
}

fn bounded(height: usize) -> Result<(), Unevaluable> {
    if height > HIGHEST {
        return Err("deeper nesting than is read".to_owned());
    }
    Ok(())
}
