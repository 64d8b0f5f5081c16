//! Random texts in encodings that a client does not read, against a real MariaDB that gets them in UTF-8: UTF-16 of both
//! orders with any `SET NAMES` inside, a mark before UTF-8, Japanese and other sets that only `--charset` names. And
//! dumps that do not say their set: what is offered for them must read them.

use std::fmt::Write as _;
use std::fs;

use encoding_rs::Encoding;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};
use crate::import::random::config;
use crate::support::binary::run;

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/encoding-regressions.txt"
);

const JAPANESE: &[&str] = &[
    "日本",
    "表示",
    "ソ連",
    "能力",
    "カタカナ",
    "ひらがな",
    "お弁当、二つ",
    "十五夜",
    "東京都新宿区",
    "フィルター",
    "予定",
    "構成",
    "暴れる",
    "貼り紙",
    "噂話",
    "海浬",
    "欺く",
    "圭子",
    "元禄時代",
    "椅子を買う",
    "申し込み",
    "東京\u{3000}都",
    "「引用」",
];
const CHINESE: &[&str] = &[
    "中国",
    "简体",
    "你好，世界",
    "椅子",
    "数据库",
    "价格",
    "北京市",
];
const KOREAN: &[&str] = &["한국", "안녕하세요", "의자", "가격", "서울"];
const TRADITIONAL: &[&str] = &["中國", "繁體", "許功蓋", "椅子", "臺北市", "資料庫"];
const WESTERN: &[&str] = &[
    "café",
    "Müller",
    "naïve",
    "¿qué?",
    "Ærø",
    "10 £",
    "Straße",
    "5 °C",
    "“quoted” – 5 €",
];
const CYRILLIC: &[&str] = &["Привет", "стул", "Цена: 5", "ёж", "Москва, Россия"];
const CENTRAL: &[&str] = &["Łódź", "žluťoučký", "őrült", "krzesło", "cena"];

/// Character sets of `--charset`, how they are written, and words that they have.
type WrittenSet = (
    &'static [&'static str],
    &'static Encoding,
    &'static [&'static str],
);

fn sets() -> [WrittenSet; 8] {
    [
        (&["--charset", "cp932"], encoding_rs::SHIFT_JIS, JAPANESE),
        (&["--charset", "ujis"], encoding_rs::EUC_JP, JAPANESE),
        (&["--charset", "gbk"], encoding_rs::GBK, CHINESE),
        (&["--charset", "euckr"], encoding_rs::EUC_KR, KOREAN),
        (&["--charset", "big5"], encoding_rs::BIG5, TRADITIONAL),
        (&["--charset", "latin1"], encoding_rs::WINDOWS_1252, WESTERN),
        (
            &["--charset", "cp1251"],
            encoding_rs::WINDOWS_1251,
            CYRILLIC,
        ),
        (&["--charset", "latin2"], encoding_rs::ISO_8859_2, CENTRAL),
    ]
}

/// What a dump says of a set that it is no longer in.
const SAID: &[&str] = &[
    "SET NAMES latin1",
    "/*!40101 SET NAMES utf8 */",
    "/*!50503 SET NAMES cp932 */",
    "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin'",
    "SET CHARACTER SET cp1251",
    "SET character_set_client = koi8r",
    "/*!50003 SET character_set_client  = gbk */",
    "SET NAMES binary",
    "SET @saved = @@character_set_client, character_set_client = sjis",
    "SET character_set_connection = latin2",
];

/// A text of a few words, with what may be confused in it.
fn text(c: &mut Choices<'_>, words: &[&str]) -> String {
    let mut text = c.one(&["'", "'a ", "'\\\\", "'it''s ", "'"]);
    for _ in 0..=c.below(3) {
        text.push_str(&c.one(words));
        text.push_str(&c.one(&["", " ", "\\'", "\\\\", "''", "\\n", "x"]));
    }
    text.push('\'');
    text
}

fn insert(c: &mut Choices<'_>, words: &[&str]) -> String {
    let rows: Vec<String> = (0..=c.below(3))
        .map(|_| format!("({}, {}, {})", text(c, words), text(c, words), c.below(99)))
        .collect();
    let column = c.one(&["s", "`s`", "S"]);
    format!(
        "INSERT INTO {} ({column}, u, n) VALUES {}",
        c.one(&["t", "`t`"]),
        rows.join(",\n")
    )
}

const TABLE: &str = "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s varchar(200) COMMENT '弁当; it''s', u text, n int) CHARSET=utf8mb4";

fn in_utf16(text: &str, is_little: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = units.flat_map(|unit: u16| {
        if is_little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    });
    bytes.collect()
}

/// In UTF-16, or behind the mark of UTF-8.
fn marked(c: &mut Choices<'_>, statements: &[Vec<u8>]) -> SqlScript {
    let (mut taken, mut imported) = (format!("SET NAMES utf8mb4;\n{TABLE};\n"), String::new());
    let is_utf8 = c.below(4) == 0;
    writeln!(imported, "{TABLE};").unwrap();
    let all: Vec<&str> = [
        JAPANESE,
        CHINESE,
        KOREAN,
        WESTERN,
        CYRILLIC,
        &["😀", "𠮷野家"],
    ]
    .concat();
    for bytes in statements {
        let c = &mut Choices::of(bytes);
        if c.below(2) == 0 && !is_utf8 {
            writeln!(imported, "{};", c.one(SAID)).unwrap();
        }
        let statement = insert(c, &all);
        for script in [&mut taken, &mut imported] {
            let end = if c.below(2) == 0 { "\r\n" } else { "\n" };
            write!(script, "{statement};{end}").unwrap();
        }
    }
    let imported = match is_utf8 {
        true => [b"\xef\xbb\xbf", imported.as_bytes()].concat(),
        false => in_utf16(&imported, c.below(2) == 0),
    };
    SqlScript {
        imported: Some(imported),
        is_piped: c.below(3) == 0,
        ..taken.into()
    }
}

/// In a set that an option names.
fn named(c: &mut Choices<'_>, statements: &[Vec<u8>]) -> SqlScript {
    let sets = sets();
    let (arguments, encoding, words) = sets[c.below(sets.len())];
    let mut written = format!("{};\n", TABLE.replace("弁当", ""));
    for bytes in statements {
        writeln!(written, "{};", insert(&mut Choices::of(bytes), words)).unwrap();
    }
    let (imported, _, has_lost) = encoding.encode(&written);
    assert!(!has_lost, "{written}");
    SqlScript {
        imported: Some(imported.into_owned()),
        arguments,
        ..format!("SET NAMES utf8mb4;\n{written}").into()
    }
}

fn scripts() -> impl Strategy<Value = SqlScript> {
    (vec(any::<u8>(), 8), vec(vec(any::<u8>(), 30), 1..5)).prop_map(|(choices, statements)| {
        let c = &mut Choices::of(&choices);
        match c.below(2) {
            0 => marked(c, &statements),
            _ => named(c, &statements),
        }
    })
}

#[test]
fn texts_are_read_in_their_encoding() {
    let comparison = ScriptComparison::exact("encoded", SEEDS);
    if let Some(compared) = comparison.of(scripts()) {
        compared.assert_telling(100, 4);
    }
}

/// Japanese without its set is recognised, and nothing else is taken for it.
#[test]
fn sets_that_are_not_said_are_offered() {
    let folder = TempDir::new().unwrap();
    let choices = (vec(any::<u8>(), 4), vec(any::<u8>(), 30));
    let outcome = TestRunner::new(config(SEEDS)).run(&choices, |(set, statement)| {
        let sets = sets();
        let (arguments, encoding, words) = sets[Choices::of(&set).below(sets.len())];
        let text = text(&mut Choices::of(&statement), words);
        let sql = format!("INSERT INTO t (s) VALUES ({text})");
        let (bytes, _, _) = encoding.encode(&sql);
        // Without kana, EUC may be Chinese as well.
        let has_kana = text.contains(|letter| ('ぁ'..='ヶ').contains(&letter));
        prop_assume!(arguments[1] != "ujis" || has_kana);
        // A few letters of Big5 may be kana there.
        prop_assume!(arguments[1] != "big5" && std::str::from_utf8(&bytes).is_err());
        let dump = [TABLE.as_bytes(), b";\n", &bytes, b";\n"].concat();
        fs::write(folder.path().join("in.sql"), &dump).unwrap();
        let done = run(
            folder.path(),
            &["import", "in.sql", "-o", "out.sqlite", "--force"],
        );
        prop_assert_eq!(done.code, Some(4), "{}", sql);
        let hint = done
            .stderr
            .lines()
            .find(|line| line.contains("--charset"))
            .unwrap_or_default();
        let is_japanese = words == JAPANESE;
        prop_assert_eq!(
            hint.contains("Japanese"),
            is_japanese,
            "{}\n{}",
            sql,
            done.stderr
        );
        prop_assert!(
            !is_japanese || hint.contains(&arguments.join(" ")),
            "{}\n{}",
            sql,
            done.stderr
        );
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
