//! SQL of SQLite with what is known about its value, and the same value in other forms: as a number, as an exact
//! number of a scale, as text.
//!
//! Exact decimals are text in the file. They are computed with as whole numbers of their last decimal, so that no
//! digit is lost; more digits than 64 bits have are an error when the view is read and never another number.

use super::Untranslatable;
use super::arithmetic::rounded;
use super::types::{EXACT_DIGITS, Fold, REAL_DIGITS, TextType, Type};
use crate::file::sql::literal;

/// How the text of an [`Sql`] stands for its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SqlForm {
    /// It is the value.
    Plain,
    /// It is a literal, with this text in the dump.
    Literal(String),
    /// It is an exact number times ten to the power of its scale.
    Scaled,
    /// It is a quotient: the two whole numbers that are divided, and the scale of the second one less that of the
    /// first.
    Quotient(Box<[String; 2]>, i32),
}

/// A text column that is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextColumn {
    /// The table or view in the file; `None` where it is not known.
    pub(crate) table: Option<String>,
    pub(crate) column: String,
}

/// SQL of SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) value: Type,
    pub(super) form: SqlForm,
    /// The text columns that it is made of.
    pub(super) columns: Vec<TextColumn>,
    /// It is one call of a function, which a window may stand behind.
    pub(super) is_call: bool,
    /// The one operator between the parts of the text, which stands in parentheses.
    pub(super) chain: Option<&'static str>,
    /// SQLite compares it by the collation of its text, and not by the bytes.
    pub(super) carries_collation: bool,
}

/// A whole number of the last decimal of a scale.
pub(super) struct Scaled {
    pub(super) text: String,
    pub(super) digits: u32,
    pub(super) scale: u32,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>, value: Type) -> Self {
        Self {
            text: text.into(),
            value,
            form: SqlForm::Plain,
            columns: Vec::new(),
            is_call: false,
            chain: None,
            carries_collation: false,
        }
    }

    /// A text made of `parts`.
    pub(super) fn text_of(text: impl Into<String>, parts: &[&Self]) -> Self {
        let mut sql = Self::new(text, Type::Text(Self::text_type(parts)));
        sql.columns = parts.iter().flat_map(|part| part.columns.clone()).collect();
        sql
    }

    /// How a text made of `parts` is compared.
    fn text_type(parts: &[&Self]) -> TextType {
        let weak = TextType {
            fold: Fold::Weak,
            utf8: true,
        };
        let types = parts.iter().filter_map(|part| part.value.text());
        types.fold(weak, |sum, part| TextType {
            fold: match (sum.fold, part.fold) {
                (fold, Fold::Weak) | (Fold::Weak, fold) => fold,
                (one, other) if one == other => one,
                _ => Fold::Mixed,
            },
            utf8: sum.utf8 && part.utf8,
        })
    }

    /// Refuses a text whose collation a server would not know.
    pub(super) fn of_one_collation(&self) -> Result<(), Untranslatable> {
        match self.value.text() {
            Some(TextType {
                fold: Fold::Mixed, ..
            }) => Err("texts of two collations".to_owned()),
            _ => Ok(()),
        }
    }

    /// The same text, compared by the collation that it has among `others`, which a server settles for all of them.
    pub(super) fn beside(&self, others: &[Self]) -> Result<Self, Untranslatable> {
        let Type::Text(own) = self.value else {
            return Ok(self.clone());
        };
        let all: Vec<&Self> = std::iter::once(self).chain(others).collect();
        Self::text_of("", &all).of_one_collation()?;
        let whole = Self::text_type(&all);
        Ok(Self {
            value: Type::Text(TextType {
                fold: whole.fold,
                ..own
            }),
            ..self.clone()
        })
    }

    pub(super) fn scaled_of(text: impl Into<String>, digits: u32, scale: u32) -> Self {
        Self {
            form: SqlForm::Scaled,
            ..Self::new(text, Type::Exact { digits, scale })
        }
    }

    /// `left operator right` of conditions and whole numbers. A chain of one operator goes on where it was and gets
    /// no deeper: the parser of SQLite has room for a hundred symbols.
    pub(super) fn joined(left: &Self, operator: &'static str, right: &str, value: Type) -> Self {
        let goes_on = left.chain == Some(operator);
        let inner = left
            .text
            .strip_prefix('(')
            .and_then(|left| left.strip_suffix(')'))
            .filter(|_| goes_on);
        let left = inner.unwrap_or(&left.text);
        Self {
            chain: Some(operator),
            ..Self::new(format!("({left} {operator} {right})"), value)
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.value == Type::Nothing
    }

    /// The text of a string literal.
    pub(crate) fn string(&self) -> Option<&str> {
        match (&self.form, self.value) {
            (SqlForm::Literal(text), Type::Text(_)) => Some(text),
            _ => None,
        }
    }

    /// The number of a whole literal.
    pub(super) fn constant(&self) -> Option<i64> {
        self.value.is_whole().then(|| {
            self.text
                .trim_matches(['(', ')'])
                .replace(' ', "")
                .parse()
                .ok()
        })?
    }

    /// The value as a server shows it: what a column of a view is.
    pub(crate) fn shown(&self) -> Result<String, Untranslatable> {
        let (text, scale) = match (&self.form, self.value) {
            (SqlForm::Literal(text), Type::Exact { .. }) => return Ok(literal(text)),
            (SqlForm::Scaled, Type::Exact { digits, scale }) => {
                // A sum says itself when it has too many digits.
                if scale == 0 && (self.is_call || digits <= EXACT_DIGITS) {
                    return Ok(self.text.clone());
                }
                return Ok(shown(&self.text, digits, scale));
            }
            (SqlForm::Quotient(parts, shift), Type::Quotient { scale }) => {
                (divided(parts, *shift, scale), scale)
            }
            _ => return Ok(self.text.clone()),
        };
        Ok(shown(&text, EXACT_DIGITS + 1, scale))
    }

    /// The value as text, for functions about text, which take whole numbers as they are.
    pub(super) fn as_text(&self) -> Result<String, Untranslatable> {
        match self.value {
            Type::Nothing
            | Type::Whole { .. }
            | Type::Text(_)
            | Type::Choice(_)
            | Type::Json
            | Type::Date
            | Type::DateTime(_)
            | Type::Time => Ok(self.text.clone()),
            Type::Exact { .. } | Type::Quotient { .. } => self.shown(),
            Type::Year => Ok(format!("substr('0000' || {}, -4)", self.text)),
            other => Err(format!("{} as text", other.called())),
        }
    }

    /// The value as a text of SQLite's type, too.
    pub(super) fn cast_to_text(&self) -> Result<String, Untranslatable> {
        let text = self.as_text()?;
        Ok(if self.value.is_whole() && self.value != Type::Year {
            format!("CAST({text} AS TEXT)")
        } else {
            text
        })
    }

    /// Whether it is a number that SQLite compares exactly as [`Sql::number`].
    pub(super) fn compares_as_number(&self) -> bool {
        self.value.is_whole()
            || matches!((&self.form, self.value), (SqlForm::Plain | SqlForm::Literal(_), Type::Exact { digits, .. }) if digits <= REAL_DIGITS)
    }

    /// A number for comparing, of [`Sql::compares_as_number`].
    pub(super) fn number(&self) -> String {
        match (&self.form, self.value) {
            (SqlForm::Plain, Type::Exact { .. }) => format!("CAST({} AS NUMERIC)", self.text),
            _ => self.text.clone(),
        }
    }

    /// The value as a whole number of its last decimal.
    pub(super) fn scaled(&self) -> Result<Scaled, Untranslatable> {
        let Some((digits, scale)) = self.value.exact() else {
            return Err(format!("{} in exact arithmetic", self.value.called()));
        };
        let text = match &self.form {
            SqlForm::Scaled => self.text.clone(),
            _ if self.value.is_whole() => self.text.clone(),
            SqlForm::Literal(text) => {
                let number = text.replace('.', "").trim_start_matches('0').to_owned();
                if number.is_empty() {
                    "0".to_owned()
                } else {
                    number
                }
            }
            _ if scale == 0 => format!("CAST({} AS INTEGER)", self.text),
            _ => format!("CAST(replace({}, '.', '') AS INTEGER)", self.text),
        };
        let stored = self.form == SqlForm::Plain && !self.value.is_whole();
        if stored && digits > EXACT_DIGITS {
            // A number that really is so long is an error of SQLite's when it is read, and never another one.
            let own = &self.text;
            let text = format!(
                "(CASE WHEN length({own}) < 20 THEN {text} WHEN {own} IS NOT NULL THEN abs(-9223372036854775807 - \
                 ({own} IS NOT NULL)) END)"
            );
            return Ok(Scaled {
                text,
                digits: EXACT_DIGITS,
                scale,
            });
        }
        Ok(Scaled {
            text,
            digits,
            scale,
        })
    }

    /// The value as a condition.
    pub(crate) fn condition(&self) -> Result<String, Untranslatable> {
        match self.value {
            Type::Nothing | Type::Real | Type::Float => Ok(self.text.clone()),
            value if value.is_whole() => Ok(self.text.clone()),
            Type::Exact { .. } => Ok(format!("({} <> 0)", self.scaled()?.text)),
            other => Err(format!("{} as a condition", other.called())),
        }
    }

    /// The text of an exact number that is rounded to `scale` decimals; `None` for other values.
    pub(crate) fn exactly(&self, scale: usize) -> Result<Option<String>, Untranslatable> {
        let scale = u32::try_from(scale).unwrap_or(u32::MAX);
        let stored = self.form == SqlForm::Plain
            && matches!(self.value, Type::Exact { scale: own, .. } if own == scale);
        Ok(match self.value {
            _ if stored => Some(self.text.clone()),
            Type::Quotient { .. } => Some(rounded(self, scale)?.shown()?),
            value if value.exact().is_some() => {
                Some(self.scaled()?.with_scale(scale).sql().shown()?)
            }
            _ => None,
        })
    }

    /// The whole number that an exact one is rounded to; `None` for other values.
    pub(crate) fn as_whole(&self) -> Result<Option<String>, Untranslatable> {
        Ok(match self.value {
            Type::Exact { scale: 1.., .. } => Some(self.scaled()?.with_scale(0).text),
            Type::Quotient { .. } => Some(rounded(self, 0)?.text),
            _ => None,
        })
    }

    /// The value as a floating point number.
    pub(super) fn real(&self) -> Result<String, Untranslatable> {
        match self.value {
            Type::Nothing | Type::Real => Ok(self.text.clone()),
            Type::Whole { digits, .. } if digits <= REAL_DIGITS => {
                Ok(format!("CAST({} AS REAL)", self.text))
            }
            Type::Exact { digits, .. } if digits <= REAL_DIGITS => {
                Ok(format!("CAST({} AS REAL)", self.shown()?))
            }
            other => Err(format!("{} as a floating point number", other.called())),
        }
    }
}

impl Scaled {
    /// The same number with other decimals: with more, or rounded half away from zero.
    pub(super) fn with_scale(&self, scale: u32) -> Self {
        if scale == self.scale {
            return Self {
                text: self.text.clone(),
                ..*self
            };
        }
        if scale > self.scale {
            let shift = scale - self.scale;
            let text = match self.text.parse::<i64>() {
                Ok(number) => number.saturating_mul(10_i64.pow(shift.min(18))).to_string(),
                Err(_) => format!("({} * {})", self.text, power(shift)),
            };
            return Self {
                text,
                digits: self.digits + shift,
                scale,
            };
        }
        let shift = self.scale - scale;
        let half = 5 * 10_i64.pow(shift.min(18) - 1);
        let number = &self.text;
        let text = format!(
            "(({number} + iif({number} < 0, -{half}, {half})) / {})",
            power(shift)
        );
        Self {
            text,
            digits: (self.digits + 1).saturating_sub(shift).max(scale + 1),
            scale,
        }
    }

    pub(super) fn sql(self) -> Sql {
        Sql::scaled_of(self.text, self.digits, self.scale)
    }
}

pub(super) fn power(digits: u32) -> String {
    10_i64.pow(digits.min(EXACT_DIGITS)).to_string()
}

/// The text of a number of a scale; more than 64 bits are an error of SQLite's when it is read.
fn shown(number: &str, digits: u32, scale: u32) -> String {
    if digits <= REAL_DIGITS {
        let value = match scale {
            0 => number.to_owned(),
            _ => format!("{number} / {}.0", power(scale)),
        };
        return format!("(CASE WHEN {number} IS NOT NULL THEN printf('%.{scale}f', {value}) END)");
    }
    let text = match scale {
        0 => number.to_owned(),
        _ => format!(
            "printf('%s%d.%0{scale}d', iif({number} < 0, '-', ''), abs({number} / {power}), abs({number} % {power}))",
            power = power(scale)
        ),
    };
    format!(
        "(CASE typeof({number}) WHEN 'integer' THEN {text} WHEN 'real' THEN abs(-9223372036854775807 - ({number} IS \
         NOT NULL)) END)"
    )
}

/// A quotient of two whole numbers with `scale` decimals, rounded half away from zero.
pub(super) fn divided([number, divisor]: &[String; 2], shift: i32, scale: u32) -> String {
    let decimals = shift.saturating_add_unsigned(scale);
    let power = power(decimals.unsigned_abs());
    let (number, divisor) = match decimals {
        0 => (number.clone(), divisor.clone()),
        1.. => (format!("{number} * {power}"), divisor.clone()),
        _ => (number.clone(), format!("({divisor} * {power})")),
    };
    format!(
        "((2 * {number} + iif({number} < 0, -abs({divisor}), abs({divisor}))) / (2 * {divisor}))"
    )
}

impl Type {
    pub(super) fn text(self) -> Option<TextType> {
        match self {
            Self::Text(text) | Self::Choice(text) => Some(text),
            Self::Json => Some(TextType {
                fold: Fold::Binary,
                utf8: true,
            }),
            _ => None,
        }
    }
}
