//! Functions of all rows of a group whose values are put together: `SUM`, `GROUP_CONCAT`.
//!
//! Only exact numbers are added, because a sum of floating point numbers depends on the order of rows. Which rows are
//! of a group is not known here.

use super::Unevaluable;
use super::datum::{Datum, DatumKind};
use super::formula::Formula;
use super::parse::{FormulaParser, known, reason};

/// `GROUP_CONCAT(… ORDER BY … SEPARATOR …)`
#[derive(Debug, Clone)]
pub(crate) struct TextsOfRows {
    /// What each row gives; NULL gives nothing.
    pub(crate) text: Formula,
    /// What rows are sorted by, and whether downwards.
    pub(crate) order: Vec<(Formula, bool)>,
    pub(crate) separator: String,
}

/// The NULL of a sum of values of that type.
pub(crate) fn no_sum(kind: DatumKind) -> Result<Datum, Unevaluable> {
    match kind.numeric() {
        DatumKind::Double => {
            Err("SUM of floating point numbers, which depends on the order of rows".to_owned())
        }
        kind => Ok(Datum::Null(DatumKind::Decimal(kind.scale()))),
    }
}

/// A sum with one more value, neither of which is a floating point number.
pub(crate) fn with_value(sum: &Datum, value: &Datum) -> Result<Datum, Unevaluable> {
    no_sum(value.kind())?;
    let scale = sum.kind().scale().max(value.kind().numeric().scale());
    Ok(match (sum.to_exact()?, value.to_exact()?) {
        (Some(sum), Some(value)) => Datum::decimal(sum.plus(&value).rounded(scale), scale)?,
        (None, Some(value)) => Datum::decimal(value.rounded(scale), scale)?,
        _ => sum.clone(),
    })
}

impl FormulaParser<'_> {
    /// `GROUP_CONCAT`, behind its opening parenthesis.
    pub(super) fn texts_of_rows(&mut self) -> Result<Formula, Unevaluable> {
        if self.at_word(&["DISTINCT"])? {
            return Err("DISTINCT".to_owned());
        }
        let mut parts = Vec::new();
        loop {
            parts.push(self.expression()?);
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        let order = self.order()?;
        let mut separator = ",".to_owned();
        if self.skip_word("SEPARATOR")? {
            separator = self.cursor.string("a separator").map_err(reason)?;
        }
        self.expect_symbol(b')')?;
        if self.at_word(&["OVER"])? {
            return Err("a window".to_owned());
        }
        Ok(Formula::Joined(Box::new(TextsOfRows {
            text: known("CONCAT", parts)?,
            order,
            separator,
        })))
    }
}
