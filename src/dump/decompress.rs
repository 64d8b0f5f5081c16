//! Unpacks an input by its content: gzip, zstd or plain text, in UTF-16 where a mark says so.
//!
//! File names are not looked at, so a `.sql` that is really gzip is read all the same. Concatenated
//! gzip members and zstd frames are read to the end; a cut one is an error, never a short dump.

use std::io::{self, BufRead as _, BufReader, Read};

use super::utf16::{self, UnpackedText};

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Formats that are recognised, but not unpacked.
const OTHERS: &[(&[u8], &str)] = &[
    (b"BZh", "bzip2"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "xz"),
    (b"PK\x03\x04", "zip"),
    (b"7z\xbc\xaf", "7-Zip"),
];
/// What may be unpacked and is no dump of MySQL, by what it begins with.
const STRANGERS: &[(&[u8], &str)] = &[
    (
        b"SQLite format 3\0",
        "it is a database of SQLite already, and needs no import",
    ),
    (
        b"PGDMP",
        "it is a dump of PostgreSQL; those of MySQL and MariaDB are read",
    ),
    (
        b"--\n-- PostgreSQL database",
        "it is a dump of PostgreSQL; those of MySQL and MariaDB are read",
    ),
    (
        b"--\r\n-- PostgreSQL database",
        "it is a dump of PostgreSQL; those of MySQL and MariaDB are read",
    ),
    (
        b"PRAGMA foreign_keys=OFF;",
        "it is a dump of SQLite, which the program sqlite3 reads",
    ),
];
/// What a tar archive has behind the head of its first file, and where.
const TAR: (usize, &[u8]) = (257, b"ustar");
/// More than that.
pub(super) const ENOUGH: usize = 512;

/// Refuses by name what is no dump of MySQL.
pub(super) fn refuse_strangers(start: &[u8]) -> io::Result<()> {
    let (at, magic) = TAR;
    let tar = start.get(at..).is_some_and(|rest| rest.starts_with(magic));
    let stranger = STRANGERS
        .iter()
        .find(|(magic, _)| start.starts_with(magic))
        .map(|(_, what)| *what)
        .or(tar.then_some("it is a tar archive; take the dump out of it first"));
    match stranger {
        Some(what) => Err(io::Error::new(io::ErrorKind::Unsupported, what)),
        None => Ok(()),
    }
}

/// Packed bytes are read in pieces of this size.
const READ_BYTES: usize = 256 * 1024;

/// Wraps `input` so that reading yields unpacked bytes.
///
/// # Errors
/// When the first bytes cannot be read or the decompressor cannot be set up. Damage further on is
/// reported by the returned reader.
pub fn decompress<'a>(input: impl Read + Send + 'a) -> io::Result<UnpackedText<'a>> {
    let mut input = BufReader::with_capacity(READ_BYTES, input);
    let start = input.fill_buf()?;
    if let Some((_, program)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!(
                "it is packed with {program}; unpack it first (gzip and zstd are read as they are)"
            ),
        ));
    }
    if start.starts_with(GZIP_MAGIC) {
        utf16::to_utf8(flate2::bufread::MultiGzDecoder::new(input))
    } else if start.starts_with(ZSTD_MAGIC) {
        utf16::to_utf8(zstd::stream::read::Decoder::with_buffer(input)?)
    } else {
        utf16::to_utf8(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn unpack(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        decompress(bytes)?.read_to_end(&mut out)?;
        Ok(out)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn tells_the_formats_apart_by_content() {
        let text = b"INSERT INTO t VALUES (1);".repeat(1000);
        assert_eq!(unpack(&text).unwrap(), text);
        assert_eq!(unpack(&gzip(&text)).unwrap(), text);
        assert_eq!(
            unpack(&zstd::encode_all(&text[..], 1).unwrap()).unwrap(),
            text
        );
    }

    #[test]
    fn reads_concatenated_members() {
        assert_eq!(
            unpack(&[gzip(b"ab"), gzip(b"cd")].concat()).unwrap(),
            b"abcd"
        );
        let frames = [
            zstd::encode_all(&b"ab"[..], 1).unwrap(),
            zstd::encode_all(&b"cd"[..], 1).unwrap(),
        ];
        assert_eq!(unpack(&frames.concat()).unwrap(), b"abcd");
    }

    #[test]
    fn a_cut_archive_is_an_error() {
        let text: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        let packed = zstd::encode_all(&text[..], 1).unwrap();
        assert!(unpack(&packed[..packed.len() / 2]).is_err());
        let packed = gzip(&text);
        assert!(unpack(&packed[..packed.len() / 2]).is_err());
    }

    #[test]
    fn utf16_with_its_mark_becomes_utf8() {
        let text = "表 🪑 é";
        let units: Vec<u16> = std::iter::once(0xfeff).chain(text.encode_utf16()).collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(unpack(&little).unwrap(), text.as_bytes());
        assert!(decompress(&little[..]).unwrap().is_translated());
        assert!(!decompress(text.as_bytes()).unwrap().is_translated());
        assert_eq!(unpack(&gzip(&big)).unwrap(), text.as_bytes());
        assert!(unpack(&little[..little.len() - 1]).is_err());
        assert!(unpack(b"\xff\xfe\x00\xd8a\x00").is_err());
    }

    #[test]
    fn strangers_are_named() {
        let refusal = |bytes: &[u8]| unpack(bytes).unwrap_err().to_string();
        let mut tar = b"dump.sql".to_vec();
        tar.resize(257, 0);
        tar.extend(b"ustar\x0000");
        tar.resize(1024, b' ');
        assert!(refusal(&tar).contains("tar archive"));
        assert!(refusal(&gzip(&tar)).contains("tar archive"));
        assert!(refusal(b"SQLite format 3\0....").contains("SQLite"));
        assert!(refusal(b"PGDMP\x01\x0e").contains("PostgreSQL"));
        let text = b"--\n-- PostgreSQL database dump\n--\n";
        assert!(refusal(&zstd::encode_all(&text[..], 1).unwrap()).contains("PostgreSQL"));
    }

    #[test]
    fn an_empty_input_is_empty_text() {
        assert_eq!(unpack(b"").unwrap(), b"");
    }
}
