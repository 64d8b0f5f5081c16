//! Pages as gzip, by codes that were made before (RFC 1951, RFC 1952): one block with the codes that pages of
//! their kind need, so that nothing is counted while a page is written.
//!
//! It must not know where repetitions are.

use flate2::Crc;

use super::prefix_codes;
use super::repetitions::PageSink;

/// Bits of a code at most: four of them fit beside what waits for a whole byte.
const LONGEST: u8 = 12;

/// Symbols of literals, of the end of a block and of lengths.
const LITERALS: usize = 286;
const END: usize = 256;
const DISTANCES: usize = 30;

/// The least length of each symbol from 257 on, and how many bits tell which one it is.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const SHORTEST_COPY: usize = 3;
const LONGEST_COPY: usize = 258;

/// The order in which the lengths of the codes for code lengths are written.
const LENGTH_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// Without a name, a time or a system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// Bits of a symbol, the first in the lowest place, those that tell more about it included.
#[derive(Debug, Clone, Copy, Default)]
struct DeflateCode {
    bits: u32,
    length: u32,
}

/// How often a symbol occurs in pages.
#[derive(Debug)]
pub(super) struct SymbolCounts {
    literals: [u32; LITERALS],
    distances: [u32; DISTANCES],
}

/// The codes of a kind of pages.
#[derive(Debug)]
pub(super) struct DeflateCodes {
    literals: [DeflateCode; END],
    end: DeflateCode,
    /// By length.
    copies: [DeflateCode; LONGEST_COPY + 1],
    distances: [DeflateCode; DISTANCES],
    /// How every page begins.
    head: BitWriter,
}

impl Default for SymbolCounts {
    fn default() -> Self {
        Self {
            literals: [0; LITERALS],
            distances: [0; DISTANCES],
        }
    }
}

impl SymbolCounts {
    /// A page has ended.
    pub(super) fn end(&mut self) {
        self.literals[END] += 1;
    }
}

impl PageSink for SymbolCounts {
    fn literals(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.literals[usize::from(byte)] += 1;
        }
    }

    fn copy(&mut self, length: usize, distance: usize) {
        for length in pieces(length) {
            self.literals[END + 1 + length_symbol(length)] += 1;
            self.distances[distance_symbol(distance).0] += 1;
        }
    }
}

impl DeflateCodes {
    pub(super) fn new(counts: &SymbolCounts) -> Self {
        let literal_lengths = prefix_codes::lengths(&counts.literals, LONGEST);
        let distance_lengths = prefix_codes::lengths(&counts.distances, LONGEST);
        let of_literals = codes(&literal_lengths);
        let of_distances = codes(&distance_lengths);
        let mut copies = [DeflateCode::default(); LONGEST_COPY + 1];
        for (length, code) in copies.iter_mut().enumerate().skip(SHORTEST_COPY) {
            let symbol = length_symbol(length);
            let (least, more) = LENGTHS[symbol];
            let rest = u32::try_from(length - least).unwrap_or_default();
            *code = of_literals[END + 1 + symbol].with(rest, more);
        }
        let mut head = BitWriter::with_room(GZIP_HEAD.len());
        head.whole_bytes(&GZIP_HEAD);
        write_codes(&mut head, &[literal_lengths, distance_lengths].concat());
        Self {
            literals: std::array::from_fn(|byte| of_literals[byte]),
            end: of_literals[END],
            copies,
            distances: std::array::from_fn(|symbol| of_distances[symbol]),
            head,
        }
    }

    /// How every page begins: what tells the codes.
    pub(super) fn head(&self) -> &[u8] {
        &self.head.bytes
    }

    /// `page` as gzip, as far as `send` sends it.
    pub(super) fn gzip(&self, page: &[u8], send: impl FnOnce(&mut PageWriter<'_>)) -> Vec<u8> {
        let mut out = BitWriter::with_room(self.head.at + page.len() * usize::from(LONGEST) / 8);
        out.whole_bytes(&self.head.bytes[..self.head.at]);
        (out.waiting, out.count) = (self.head.waiting, self.head.count);
        let mut writer = PageWriter { codes: self, out };
        send(&mut writer);
        let mut out = writer.out;
        out.put(self.end);
        out.fill_byte();
        let mut crc = Crc::new();
        crc.update(page);
        out.whole_bytes(&crc.sum().to_le_bytes());
        out.whole_bytes(&crc.amount().to_le_bytes());
        out.bytes.truncate(out.at);
        out.bytes
    }
}

/// Writes a page by its codes.
pub(super) struct PageWriter<'c> {
    codes: &'c DeflateCodes,
    out: BitWriter,
}

impl PageSink for PageWriter<'_> {
    #[inline]
    fn literals(&mut self, bytes: &[u8]) {
        let codes = &self.codes.literals;
        let of = |byte: u8| codes[usize::from(byte)];
        let mut fours = bytes.chunks_exact(4);
        for four in &mut fours {
            self.out
                .put_four([of(four[0]), of(four[1]), of(four[2]), of(four[3])]);
        }
        let rest = fours.remainder();
        let of_rest = |index: usize| {
            rest.get(index)
                .map_or(DeflateCode::default(), |&byte| of(byte))
        };
        self.out
            .put_four([of_rest(0), of_rest(1), of_rest(2), DeflateCode::default()]);
    }

    #[inline]
    fn copy(&mut self, length: usize, distance: usize) {
        let (symbol, more) = distance_symbol(distance);
        let rest = u32::try_from(distance - 1).unwrap_or_default() & ((1 << more) - 1);
        let distance = self.codes.distances[symbol].with(rest, more);
        for length in pieces(length) {
            let copy = self.codes.copies[length];
            self.out.put_four([
                copy,
                distance,
                DeflateCode::default(),
                DeflateCode::default(),
            ]);
        }
    }
}

impl DeflateCode {
    /// With `more` bits behind it.
    fn with(self, rest: u32, more: u32) -> Self {
        Self {
            bits: self.bits | rest << self.length,
            length: self.length + more,
        }
    }
}

fn codes(lengths: &[u8]) -> Vec<DeflateCode> {
    let codes = prefix_codes::codes(lengths).into_iter().zip(lengths);
    let code = |(bits, length): (u16, &u8)| DeflateCode {
        bits: bits.into(),
        length: u32::from(*length),
    };
    codes.map(code).collect()
}

/// The head of a block, which is the last, with the lengths of its codes (RFC 1951, 3.2.7).
fn write_codes(out: &mut BitWriter, lengths: &[u8]) {
    // A length, and how often it comes once more: 3 to 6 times where it does.
    let mut symbols: Vec<(usize, Option<u32>)> = Vec::new();
    for run in lengths.chunk_by(|one, other| one == other) {
        let length = usize::from(run[0]);
        symbols.push((length, None));
        let mut more = run.len() - 1;
        while more >= 3 {
            let times = more.min(6);
            symbols.push((16, u32::try_from(times - 3).ok()));
            more -= times;
        }
        symbols.extend(std::iter::repeat_n((length, None), more));
    }
    let mut counts = [0; LENGTH_ORDER.len()];
    for (symbol, _) in &symbols {
        counts[*symbol] += 1;
    }
    let own_lengths = prefix_codes::lengths(&counts, 7);
    let own = codes(&own_lengths);
    let number = |bits: u32, length: u32| DeflateCode { bits, length };
    // The last block, with codes of its own: of 286 symbols, 30 distances and 19 lengths.
    for code in [
        number(0b101, 3),
        number(29, 5),
        number(29, 5),
        number(15, 4),
    ] {
        out.put(code);
    }
    for symbol in LENGTH_ORDER {
        out.put(number(u32::from(own_lengths[symbol]), 3));
    }
    for (symbol, times) in symbols {
        out.put(match times {
            Some(times) => own[symbol].with(times, 2),
            None => own[symbol],
        });
    }
}

/// A length in parts that have a symbol.
fn pieces(mut length: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let piece = match length {
            0 => return None,
            1..=LONGEST_COPY => length,
            // So much is left that it has a symbol, too.
            _ if length < LONGEST_COPY + SHORTEST_COPY => length - SHORTEST_COPY,
            _ => LONGEST_COPY,
        };
        length -= piece;
        Some(piece)
    })
}

fn length_symbol(length: usize) -> usize {
    LENGTHS.partition_point(|(least, _)| *least <= length) - 1
}

/// The symbol, and how many bits tell which distance of it.
fn distance_symbol(distance: usize) -> (usize, u32) {
    let place = distance - 1;
    if place < 4 {
        return (place, 0);
    }
    let more = place.ilog2() - 1;
    (2 * more as usize + (place >> more), more)
}

/// Bits one behind the other, the first in the lowest place of each byte.
#[derive(Debug)]
struct BitWriter {
    bytes: Vec<u8>,
    /// Behind the last whole byte.
    at: usize,
    /// Bits that are no whole byte yet.
    waiting: u64,
    count: u32,
}

/// Bytes that are written at once.
const WORD: usize = size_of::<u64>();

impl BitWriter {
    fn with_room(bytes: usize) -> Self {
        Self {
            bytes: vec![0; bytes + 4 * WORD],
            at: 0,
            waiting: 0,
            count: 0,
        }
    }

    /// Up to 48 bits.
    #[inline]
    fn put_four(&mut self, [a, b, c, d]: [DeflateCode; 4]) {
        // Two and two, so that a processor can do both at once.
        let first = u64::from(a.bits) | u64::from(b.bits) << a.length;
        let second = u64::from(c.bits) | u64::from(d.bits) << c.length;
        let first_length = a.length + b.length;
        self.waiting |= (first | second << first_length) << self.count;
        self.count += first_length + c.length + d.length;
        self.write_whole_bytes();
    }

    fn put(&mut self, code: DeflateCode) {
        self.put_four([
            code,
            DeflateCode::default(),
            DeflateCode::default(),
            DeflateCode::default(),
        ]);
    }

    #[inline]
    fn write_whole_bytes(&mut self) {
        let bytes = self.waiting.to_le_bytes();
        if let Some(place) = self.bytes.get_mut(self.at..self.at + WORD) {
            place.copy_from_slice(&bytes);
        } else {
            self.bytes.truncate(self.at);
            self.bytes.extend_from_slice(&bytes);
            self.bytes.resize(2 * self.bytes.len(), 0);
        }
        self.at += (self.count / 8) as usize;
        self.waiting >>= self.count & !7;
        self.count &= 7;
    }

    fn fill_byte(&mut self) {
        self.count = self.count.next_multiple_of(8);
        self.write_whole_bytes();
    }

    /// Where no bits wait.
    fn whole_bytes(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[self.at..end].copy_from_slice(bytes);
        self.at = end;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    /// Sends a page without looking for repetitions, but for those that are given.
    fn packed(codes: &DeflateCodes, page: &[u8], copies: &[(usize, usize)]) -> Vec<u8> {
        codes.gzip(page, |writer| {
            let copied: usize = copies.iter().map(|(length, _)| length).sum();
            writer.literals(&page[..page.len() - copied]);
            for &(length, distance) in copies {
                writer.copy(length, distance);
            }
        })
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut page = Vec::new();
        GzDecoder::new(bytes).read_to_end(&mut page).unwrap();
        page
    }

    #[test]
    fn every_byte_length_and_distance_can_be_written() {
        let mut counts = SymbolCounts::default();
        let codes = DeflateCodes::new(&counts);
        let every_byte: Vec<u8> = (0..=255).collect();
        for length in 0..=every_byte.len() {
            let page = &every_byte[..length];
            assert_eq!(unpacked(&packed(&codes, page, &[])), page);
        }
        counts.literals(&[b'a'; 10_000]);
        counts.copy(20, 300);
        counts.end();
        for codes in [codes, DeflateCodes::new(&counts)] {
            for length in (SHORTEST_COPY..300).chain([515, 516, 517, 518, 519, 10_000]) {
                let page = vec![b'a'; length + 1];
                assert_eq!(unpacked(&packed(&codes, &page, &[(length, 1)])), page);
            }
            let mut random = fastrand::Rng::with_seed(3);
            let page: Vec<u8> = (0..33_000).map(|_| random.u8(..)).collect();
            for distance in (SHORTEST_COPY..600)
                .chain((600..=32_768).step_by(97))
                .chain([32_768])
            {
                let length = distance.min(40);
                let again = &page[page.len() - distance..][..length];
                let whole = [&page[..], again].concat();
                assert!(unpacked(&packed(&codes, &whole, &[(length, distance)])) == whole);
            }
        }
    }

    #[test]
    fn what_grows_has_room() {
        let mut counts = SymbolCounts::default();
        counts.literals(&[b'a'; 1_000_000]);
        let codes = DeflateCodes::new(&counts);
        let page: Vec<u8> = (0..251).cycle().take(50_000).collect();
        assert!(unpacked(&packed(&codes, &page, &[])) == page);
    }
}
