//! Dumps made worse on purpose: what the bounded fuzzing of `import_robustness` runs over.
//!
//! The corpus is what the hand-made cases import (`tests/import/*/input.sql`) and what once broke the
//! importer (`fuzz/corpus/regressions/`); the tokens are those of `fuzz/sql.dict`. An input is a pure
//! function of its seed, so that a failure can be had again. It must not know what inputs are for.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fastrand::Rng;

use crate::import::cases::cases;

/// No input is longer, so that none takes long.
const LONGEST: usize = 64 * 1024;
/// Most tokens stand once; a long chain of one finds recursion and quadratic time.
const LONGEST_CHAIN: usize = 2_000;

/// Numbers at which types, buffers and limits end.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "64",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967295",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e999",
];

pub(crate) struct Mutator {
    pub(crate) corpus: Vec<(String, Vec<u8>)>,
    tokens: Vec<Vec<u8>>,
}

impl Mutator {
    pub(crate) fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let regressions = root.join("fuzz/corpus/regressions");
        let mut files: Vec<PathBuf> = fs::read_dir(regressions)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
            .collect();
        files.sort();
        files.extend(cases().iter().map(|case| case.join("input.sql")));
        let corpus = files.iter().map(|path| {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            (name, fs::read(path).unwrap())
        });
        let dictionary = fs::read_to_string(root.join("fuzz/sql.dict")).unwrap();
        Self {
            corpus: corpus.collect(),
            tokens: tokens(&dictionary),
        }
    }

    /// The input of a seed.
    pub(crate) fn input(&self, seed: u64) -> Vec<u8> {
        let mut rng = Rng::with_seed(seed);
        let mut input = self.any_file(&mut rng).to_vec();
        // Few changes go deep into the importer, many meet its errors.
        for _ in 0..1 << rng.u32(0..4) {
            self.change(&mut rng, &mut input);
            input.truncate(LONGEST);
        }
        input
    }

    fn any_file(&self, rng: &mut Rng) -> &[u8] {
        &self.corpus[rng.usize(..self.corpus.len())].1
    }

    fn change(&self, rng: &mut Rng, input: &mut Vec<u8>) {
        let range = some_range(rng, input.len());
        let at = range.start;
        match rng.u32(..12) {
            0 if at < input.len() => input[at] ^= 1 << rng.u32(..8),
            1 if at < input.len() => input[at] = rng.u8(..),
            2 => drop(input.drain(range)),
            3 => {
                let copy = input[range].to_vec();
                insert(input, some_range(rng, input.len()).start, &copy);
            }
            4 => input.truncate(at),
            5 => {
                let other = self.any_file(rng);
                let part = some_range(rng, other.len());
                insert(input, at, &other[part]);
            }
            6 => {
                let other = self.any_file(rng);
                let (own, others) = (statements(input), statements(other));
                let place = own[rng.usize(..own.len())].end;
                let part = others[rng.usize(..others.len())].clone();
                insert(input, place, &other[part]);
            }
            7 => {
                let numbers = words(input, |byte| byte.is_ascii_digit());
                if !numbers.is_empty() {
                    let number = NUMBERS[rng.usize(..NUMBERS.len())].bytes();
                    drop(input.splice(numbers[rng.usize(..numbers.len())].clone(), number));
                }
            }
            8 => {
                let words = words(input, |byte| byte.is_ascii_alphanumeric());
                if !words.is_empty() {
                    let token = self.any_token(rng).to_vec();
                    drop(input.splice(words[rng.usize(..words.len())].clone(), token));
                }
            }
            9 if rng.u32(..8) == 0 => {
                let chain = self.any_token(rng).repeat(rng.usize(1..LONGEST_CHAIN));
                insert(input, at, &chain);
            }
            _ => {
                let token = [b" ", self.any_token(rng), b" "].concat();
                insert(input, at, &token);
            }
        }
    }

    fn any_token(&self, rng: &mut Rng) -> &[u8] {
        &self.tokens[rng.usize(..self.tokens.len())]
    }
}

/// A range that is mostly short.
fn some_range(rng: &mut Rng, length: usize) -> Range<usize> {
    let start = rng.usize(..=length);
    let longest = (length - start).min(1 << rng.u32(0..10));
    start..start + rng.usize(..=longest)
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    drop(input.splice(at..at, bytes.iter().copied()));
}

/// What ends with a semicolon, strings and comments regardless.
fn statements(input: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let parts = input.split_inclusive(|&byte| byte == b';').map(|part| {
        let range = start..start + part.len();
        start = range.end;
        range
    });
    let mut ranges: Vec<_> = parts.collect();
    if ranges.is_empty() {
        ranges.push(0..0);
    }
    ranges
}

/// Runs of bytes that belong to a word.
fn words(input: &[u8], belongs: fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (index, &byte) in input.iter().enumerate() {
        if !belongs(byte) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => ranges.push(index..index + 1),
        }
    }
    ranges
}

/// The tokens of a dictionary in libFuzzer's form: one a line in quotes, with `\\`, `\"` and `\xAB`.
fn tokens(dictionary: &str) -> Vec<Vec<u8>> {
    let lines = dictionary
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let quoted = line
                .strip_prefix('"')
                .and_then(|line| line.strip_suffix('"'));
            unescaped(quoted.unwrap_or_else(|| panic!("not a token: {line}")))
        })
        .collect()
}

fn unescaped(quoted: &str) -> Vec<u8> {
    let mut token = Vec::new();
    let mut rest = quoted.as_bytes();
    while let [byte, behind @ ..] = rest {
        (token, rest) = match behind {
            [b'x', digits @ ..] if *byte == b'\\' => {
                let code = std::str::from_utf8(&digits[..2]).unwrap();
                token.push(u8::from_str_radix(code, 16).unwrap());
                (token, &digits[2..])
            }
            [escaped, behind @ ..] if *byte == b'\\' => {
                token.push(*escaped);
                (token, behind)
            }
            _ => {
                token.push(*byte);
                (token, behind)
            }
        };
    }
    token
}

#[test]
fn the_dictionary_is_read_as_libfuzzer_reads_it() {
    assert_eq!(
        tokens("# a comment\n\"a\\\\b\\\"\"\n\n\"\\xEF\\x00;\""),
        [&b"a\\b\""[..], b"\xef\x00;"]
    );
    let mutator = Mutator::load();
    assert!(mutator.tokens.len() > 200, "{}", mutator.tokens.len());
    assert_eq!(mutator.input(7), mutator.input(7));
}
