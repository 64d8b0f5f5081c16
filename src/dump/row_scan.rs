//! The fast road through a row: one pass over bytes that are already in memory.
//!
//! Nearly every row of a dump is nothing but numbers, strings and NULL. This scanner reads those
//! straight from the window's bytes, without a token or a `Result` for each; at anything else, or
//! when the row goes on behind the bytes in memory, it gives up before it has consumed anything and
//! the ordinary road takes the row. It must accept nothing that the ordinary road would not.

use std::io::Read;

use super::charset::Charset;
use super::lexer::{Lexer, is_word_byte};
use super::literal::{Literal, Quoting};
use super::window::ByteSpan;

/// Strings are searched byte by byte this far, and with vector instructions behind it: most strings
/// are short, and starting the search costs more than they do.
const SHORT: usize = 24;

/// Reads a row from `(` to `)` into `literals` and consumes it; gives the offset of its start.
pub(super) fn scan<R: Read>(
    lexer: &mut Lexer<R>,
    charset: Charset,
    literals: &mut Vec<Literal>,
) -> Option<usize> {
    // The anchor is at the next byte: offsets into the unread bytes are spans.
    let bytes = lexer.window.unread();
    let start = skip_blanks(bytes, 0);
    if *bytes.get(start)? != b'(' {
        return None;
    }
    let mut at = start + 1;
    loop {
        let (literal, end) = value(bytes, skip_blanks(bytes, at), charset)?;
        literals.push(literal);
        at = skip_blanks(bytes, end);
        match *bytes.get(at)? {
            b',' => at += 1,
            b')' => break,
            _ => return None,
        }
    }
    // An error about the row as a whole is placed at its end, as on the ordinary road.
    lexer.start_at(at);
    lexer.window.advance(at + 1);
    Some(start)
}

/// Consumes the comma between two rows, blanks around it included, if it is in memory.
pub(super) fn comma<R: Read>(lexer: &mut Lexer<R>) -> bool {
    let bytes = lexer.window.unread();
    let at = skip_blanks(bytes, 0);
    let found = bytes.get(at) == Some(&b',');
    if found {
        lexer.window.advance(at + 1);
    }
    found
}

#[inline]
fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The literal that starts at `at`, and where it ends.
#[inline]
fn value(bytes: &[u8], at: usize, charset: Charset) -> Option<(Literal, usize)> {
    match *bytes.get(at)? {
        b'\'' => text(bytes, at, charset),
        b'0'..=b'9' => number(bytes, at, false),
        b'-' => number(bytes, at + 1, true),
        b'N' => {
            let end = at + 4;
            let is_null = bytes.get(at..end)? == b"NULL" && !is_word_byte(*bytes.get(end)?);
            is_null.then_some((Literal::Null, end))
        }
        b'_' => {
            const BINARY: &[u8] = b"_binary '";
            let quote = at + BINARY.len() - 1;
            if bytes.get(at..=quote)? == BINARY {
                text(bytes, quote, Charset::Binary)
            } else {
                None
            }
        }
        _ => None,
    }
}

#[inline]
fn text(bytes: &[u8], open: usize, charset: Charset) -> Option<(Literal, usize)> {
    const QUOTING: Quoting = Quoting {
        quote: b'\'',
        backslash: true,
        pairs: None,
    };
    let start = open + 1;
    let mut at = start;
    let mut escaped = None;
    loop {
        at = next_special(bytes, at)?;
        // A quote at the end of the bytes in memory may be the first of two.
        let follower = *bytes.get(at + 1)?;
        if bytes[at] == b'\\' || follower == b'\'' {
            escaped = Some(QUOTING);
            at += 2;
            continue;
        }
        let literal = Literal::Text {
            span: ByteSpan { start, end: at },
            escaped,
            charset,
        };
        return Some((literal, at + 1));
    }
}

#[inline]
fn next_special(bytes: &[u8], from: usize) -> Option<usize> {
    let near = bytes.get(from..)?;
    for (index, &byte) in near.iter().take(SHORT).enumerate() {
        if byte == b'\'' || byte == b'\\' {
            return Some(from + index);
        }
    }
    let far = near.get(SHORT..)?;
    memchr::memchr2(b'\'', b'\\', far).map(|index| from + SHORT + index)
}

/// Digits with at most one point; anything that could be more goes the ordinary road.
#[inline]
fn number(bytes: &[u8], start: usize, negative: bool) -> Option<(Literal, usize)> {
    let mut at = start;
    let mut seen_point = false;
    loop {
        match *bytes.get(at)? {
            b'0'..=b'9' => {}
            b'.' if !seen_point && at > start => seen_point = true,
            byte if at == start || byte == b'.' || is_word_byte(byte) => return None,
            _ => break,
        }
        at += 1;
    }
    let span = ByteSpan { start, end: at };
    Some((Literal::Number { span, negative }, at))
}
