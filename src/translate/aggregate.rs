//! Functions over many rows, and windows.
//!
//! Sums and means of exact numbers are computed with whole numbers, so that they have the server's digits; those of
//! floating point numbers depend on the order of the rows and are left out.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::arithmetic::quotient;
use super::compare::TextUse;
use super::sql::Sql;
use super::types::{EXACT_DIGITS, Type, WHOLE_DIGITS};
use super::{Translator, Untranslatable};

impl Translator<'_> {
    pub(super) fn aggregate(&mut self, name: &str) -> Result<Sql, Untranslatable> {
        let distinct = if self.skip_word("DISTINCT")? {
            "DISTINCT "
        } else {
            ""
        };
        let arguments = self.arguments()?;
        let [argument] =
            <[Sql; 1]>::try_from(arguments).map_err(|_| format!("{name} of several columns"))?;
        let distinct_of = |sql: &str| format!("{distinct}{sql}");
        Ok(match name {
            "COUNT" => {
                let inner = match distinct {
                    "" => argument.text,
                    _ => self.grouped(&argument)?,
                };
                call(format!("count({})", distinct_of(&inner)), Type::COUNT)
            }
            "SUM" => {
                let number = summed(&argument)?;
                let digits = number.digits.max(EXACT_DIGITS) + 22;
                let text = format!("sum({})", distinct_of(&number.text));
                Sql {
                    is_call: true,
                    ..Sql::scaled_of(text, digits, number.scale)
                }
            }
            "AVG" => {
                let number = summed(&argument)?;
                let (sum, rows) = (distinct_of(&number.text), distinct_of(&argument.text));
                quotient(
                    format!("sum({sum})"),
                    number.scale,
                    format!("count({rows})"),
                    0,
                )?
            }
            // One of the values, which are the same or of which any will do.
            _ => self.extreme(name, &argument)?,
        })
    }

    fn extreme(&mut self, name: &str, argument: &Sql) -> Result<Sql, Untranslatable> {
        let function = if name == "MIN" { "min" } else { "max" };
        argument.of_one_collation()?;
        match argument.value {
            Type::Exact { .. } => {
                let scaled = argument.scaled()?;
                let text = format!("{function}({})", scaled.text);
                Ok(Sql {
                    is_call: true,
                    ..Sql::scaled_of(text, scaled.digits, scaled.scale)
                })
            }
            Type::Text(_) => {
                let text = self.collated(argument, TextUse::Order);
                Ok(Sql {
                    is_call: true,
                    ..Sql::text_of(format!("{function}({text})"), &[argument])
                })
            }
            Type::Choice(_) if name != "ANY_VALUE" => Err(format!("{name} of an ENUM or SET")),
            Type::Time | Type::Json | Type::Unknown | Type::Quotient { .. } => {
                Err(format!("{name} of {}", argument.value.called()))
            }
            value => Ok(call(format!("{function}({})", argument.text), value)),
        }
    }

    /// What is grouped or made distinct.
    pub(super) fn grouped(&mut self, sql: &Sql) -> Result<String, Untranslatable> {
        sql.of_one_collation()?;
        match sql.value {
            Type::Text(_) | Type::Choice(_) => Ok(self.collated(sql, TextUse::Group)),
            Type::Json | Type::Unknown | Type::Quotient { .. } => {
                Err(format!("groups by {}", sql.value.called()))
            }
            _ => sql.shown(),
        }
    }

    pub(super) fn group_concat(&mut self) -> Result<Sql, Untranslatable> {
        let distinct = self.skip_word("DISTINCT")?;
        let value = self.expression()?;
        if self.skip_word("ORDER")? {
            // Older versions would not even open a file with it.
            return Err("GROUP_CONCAT(… ORDER BY …), which SQLite has from 3.44 on".to_owned());
        }
        let mut separator = "','".to_owned();
        if self.skip_word("SEPARATOR")? {
            separator = self.expression()?.text;
        }
        self.expect_symbol(b')')?;
        if distinct {
            // Which one comes first is the server's secret.
            return Err("GROUP_CONCAT(DISTINCT …)".to_owned());
        }
        self.remark("GROUP_CONCAT", TextUse::Concatenation);
        let text = format!("group_concat({}, {separator})", value.as_text()?);
        Ok(Sql {
            is_call: true,
            ..Sql::text_of(text, &[&value])
        })
    }

    pub(super) fn over(&mut self, function: &Sql) -> Result<Sql, Untranslatable> {
        self.expect_word("OVER")?;
        self.expect_symbol(b'(')?;
        if !function.is_call {
            return Err("a window over what is computed of several functions".to_owned());
        }
        let mut window = Vec::new();
        if self.skip_word("PARTITION")? {
            self.expect_word("BY")?;
            let mut parts = Vec::new();
            loop {
                let part = self.expression()?;
                parts.push(self.grouped(&part)?);
                if !self.skip_symbol(b',')? {
                    break;
                }
            }
            window.push(format!("PARTITION BY {}", parts.join(", ")));
        }
        if self.skip_word("ORDER")? {
            self.expect_word("BY")?;
            window.push(format!("ORDER BY {}", self.order_items(TextUse::Order)?));
        }
        self.expect_symbol(b')')
            .map_err(|_| "the frame of a window".to_owned())?;
        let text = format!("{} OVER ({})", function.text, window.join(" "));
        Ok(Sql {
            text,
            is_call: false,
            ..function.clone()
        })
    }
}

fn call(text: String, value: Type) -> Sql {
    Sql {
        is_call: true,
        ..Sql::new(text, value)
    }
}

/// `ROW_NUMBER` and its kin, which stand before a window only.
pub(super) fn rank(name: &str) -> Option<Sql> {
    let names = ["ROW_NUMBER", "RANK", "DENSE_RANK"];
    names
        .contains(&name)
        .then(|| call(format!("{}()", name.to_ascii_lowercase()), Type::COUNT))
}

/// What is added up: NULL adds nothing.
fn summed(sql: &Sql) -> Result<super::sql::Scaled, Untranslatable> {
    match sql.value {
        Type::Nothing => Err("a sum of nothing but NULL".to_owned()),
        Type::Real | Type::Float => Err(
            "a sum of floating point numbers, which depends on the order of the rows".to_owned(),
        ),
        _ => {
            let scaled = sql.scaled()?;
            Ok(super::sql::Scaled {
                digits: scaled.digits.min(WHOLE_DIGITS),
                ..scaled
            })
        }
    }
}
