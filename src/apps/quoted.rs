//! Texts as JSON strings, written as `serde_json` writes them and several times as fast.
//!
//! A text is copied in stretches that hold nothing to escape, which are found many bytes at once; a long
//! one with a line feed here and there costs little more than its copy. It must not know where texts come
//! from: bytes that are no UTF-8 are copied, too.

use memchr::memchr3_iter;

const HEX: [u8; 16] = *b"0123456789abcdef";

/// Appends `text`, which is UTF-8, as a JSON string.
pub(super) fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    // Few texts have more to escape than there is room for then.
    out.reserve(text.len() + text.len() / 32 + 2);
    out.push(b'"');
    if has_rare(text) {
        text.iter().for_each(|byte| match byte {
            b'"' | b'\\' | 0..b' ' => write_escaped(out, *byte),
            _ => out.push(*byte),
        });
    } else {
        let mut from = 0;
        for special in memchr3_iter(b'"', b'\\', b'\n', text) {
            out.extend_from_slice(&text[from..special]);
            // Of one length, so that it is stored and no function is called for it.
            out.extend_from_slice(match text[special] {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                _ => b"\\n",
            });
            from = special + 1;
        }
        out.extend_from_slice(&text[from..]);
    }
    out.push(b'"');
}

/// Whether there is a control character other than a line feed, which few texts have. All bytes are looked
/// at, many at once, which is faster than to stop at the first.
fn has_rare(text: &[u8]) -> bool {
    let is_rare = |byte: u8| (byte < b' ') & (byte != b'\n');
    text.iter()
        .fold(false, |found, byte| found | is_rare(*byte))
}

fn write_escaped(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        other => {
            let digits = [other >> 4, other & 0xf].map(|digit| HEX[usize::from(digit)]);
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&digits);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    #[track_caller]
    fn assert_as_serde_writes(text: &str) {
        let mut out = b"before".to_vec();
        write_quoted(&mut out, text.as_bytes());
        let expected = format!("before{}", serde_json::to_string(text).unwrap());
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn every_byte_is_escaped_as_it_must_be_wherever_it_stands() {
        for byte in 0..=0x7f_u8 {
            for before in [0, 1, 7, 31, 32, 33, 63, 64, 100] {
                let text = format!("{}{}椅子", "a".repeat(before), char::from(byte));
                assert_as_serde_writes(&text);
            }
        }
        assert_as_serde_writes("");
        assert_as_serde_writes("\u{80}\u{2028}\u{feff}😀");
    }

    #[test]
    fn random_texts_are_written_as_serde_writes_them() {
        let mut random = Rng::with_seed(1);
        for _ in 0..2_000 {
            let one_of = random.u32(1..60);
            let length = random.usize(..300);
            let text: String = (0..length)
                .map(|_| match random.u32(..one_of) {
                    0 => random.char('\0'..'\u{80}'),
                    1 => random.char(..),
                    _ => random.alphanumeric(),
                })
                .collect();
            assert_as_serde_writes(&text);
        }
    }
}
