//! What `ALTER TABLE` does with partitions, of which a file has none: all rows are in the table.
//!
//! What takes rows away, or brings some, is reported with what is otherwise for it; what only lays them out differently
//! has no effect. It must not know which rows are in which partition.

use super::alter::{Alterations, at_change_end};
use super::cursor::Cursor;
use super::error::DumpProblem;
use super::lexer::Token;

/// First words of changes after which the same rows are in the table.
const LAYOUT: &[&str] = &[
    "COALESCE",
    "REORGANIZE",
    "REBUILD",
    "ANALYZE",
    "CHECK",
    "OPTIMIZE",
    "REPAIR",
    "REMOVE",
];

/// Parses a change that only partitions have; `false`, and nothing is consumed, when another one stands there.
pub(super) fn partition_change(
    cursor: &mut Cursor<'_>,
    outcome: &mut Alterations,
) -> Result<bool, DumpProblem> {
    if cursor.skip_words("TRUNCATE", &["PARTITION"])? {
        partitions(cursor, "TRUNCATE PARTITION", outcome)?;
    } else if cursor.skip_words("EXCHANGE", &["PARTITION"])? {
        partitions(cursor, "EXCHANGE PARTITION", outcome)?;
    } else if cursor.at_word(LAYOUT)? {
        skip_list(cursor)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Parses the partitions that a change, `verb`, is about, and reports that it is not carried out.
pub(super) fn partitions(
    cursor: &mut Cursor<'_>,
    verb: &str,
    outcome: &mut Alterations,
) -> Result<(), DumpProblem> {
    cursor.skip_words("IF", &["EXISTS"])?;
    let names = cursor.source_of(skip_list)?.shown_to(&["VALUES"]);
    let effect = match verb {
        "EXCHANGE PARTITION" => "no rows have changed places",
        "CONVERT TABLE" => "its rows are still in that table",
        _ => "its rows are still in the table",
    };
    outcome.lost.push(format!("{verb} {names}: {effect}"));
    Ok(())
}

/// Skips names with the commas between them, and what is behind them.
fn skip_list(cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
    loop {
        while !at_change_end(cursor)? {
            if cursor.peek()? == Token::Symbol(b'(') {
                cursor.skip_group()?;
            } else {
                cursor.next()?;
            }
        }
        // Nothing else stands beside a change of partitions.
        if cursor.peek()? != Token::Symbol(b',') {
            return Ok(());
        }
        cursor.next()?;
    }
}
