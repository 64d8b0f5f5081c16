//! `LIKE`, which overlooks the case of letters in SQLite, and `GLOB`, which does not.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::compare::TextUse;
use super::sql::Sql;
use super::types::Fold;
use super::{Translator, Untranslatable};

impl Translator<'_> {
    /// The escape character is a backslash in MySQL unless another one is named.
    pub(super) fn like(&mut self, left: &Sql, not: &str) -> Result<String, Untranslatable> {
        let pattern = self.bits()?;
        let escape = if self.skip_word("ESCAPE")? {
            self.bits()?.text
        } else {
            "'\\'".to_owned()
        };
        let of_numbers = left.value.text().is_none() && !left.is_null();
        let fold = Sql::text_of("", &[left, &pattern])
            .value
            .text()
            .map(|text| text.fold);
        let text = left.as_text()?;
        if fold == Some(Fold::Binary) {
            // `LIKE` of SQLite overlooks the case of letters, `GLOB` does not.
            let written = pattern.string().filter(|_| escape == "'\\'");
            let glob = written.ok_or("LIKE of a computed pattern in a column where case counts")?;
            return Ok(format!(
                "({text} {not}GLOB {})",
                crate::file::sql::literal(&globbed(glob))
            ));
        }
        let own = pattern
            .string()
            .map(|text| text.trim_matches(['%', '_', ' ']).to_owned());
        if !of_numbers {
            // Blanks at the end count on both sides.
            self.compares(left, TextUse::Case);
        }
        let plain = own.is_some_and(|text| text.is_ascii());
        if !plain {
            self.compares(&pattern, TextUse::Case);
        }
        let escape = if escape == "''" {
            String::new()
        } else {
            format!(" ESCAPE {escape}")
        };
        Ok(format!("({text} {not}LIKE {}{escape})", pattern.as_text()?))
    }
}

/// A pattern of `LIKE` as one of `GLOB`.
fn globbed(pattern: &str) -> String {
    let mut glob = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            letter => {
                let own = if letter == '\\' {
                    letters.next().unwrap_or('\\')
                } else {
                    letter
                };
                if "*?[".contains(own) {
                    glob.extend(['[', own, ']']);
                } else {
                    glob.push(own);
                }
            }
        }
    }
    glob
}
