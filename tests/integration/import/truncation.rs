//! Every truncation point of a 64 KB dump: an error, and one that names the right place.
//!
//! The dump is written here, of everything that dump programs write, so that the test knows where
//! each statement starts. Cuts that a person made by hand are cases in `tests/import/truncated_*`.

use std::fs;
use std::ops::Range;
use std::thread;

use ekiben::dump::{Charset, DumpError, DumpProblem, DumpReader, Position};
use ekiben::file::FolderFile;
use ekiben::import::{ImportOptions, Selection, import};
use ekiben::load::{LoadError, Silent};
use tempfile::TempDir;

const LENGTH: usize = 64 * 1024;
const HEADER: &str = "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n";
const TRAILER: &str = "-- Dump completed on 2026-11-21  7:00:00\n";
/// The first so many bytes of the header do not yet tell that it is one.
const RECOGNISED: usize = "-- MySQL dump ".len();
/// One of so many cuts also goes through a whole import; a prime, to meet every place of a row.
const SAMPLE: usize = 97;
/// Ids of an `INSERT`.
const ROWS: usize = 8;

/// What stands between the tables, once.
const HEAD: &str = "--\n-- Host: localhost    Database: 弁当\n-- ----\n\n\
    /*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n\
    /*!50503 SET NAMES utf8mb4 */;\n\
    /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n\
    /*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;\n\n";
const TAIL: &str = "ALTER TABLE `chair_0`\n  ADD UNIQUE KEY `by_name` (`name`,`id` DESC),\n  \
    MODIFY `price` decimal(12,2) NOT NULL DEFAULT '0.00' COMMENT 'in ¥; (net)';\n\
    CREATE INDEX `later` ON `chair_1` (`kind`);\n\
    /*!50001 CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW \
    `cheap` AS select `c`.`id` AS `id`,concat(`c`.`name`,'; ',`c`.`kind`) AS `what` from `chair_0` \
    `c` where (`c`.`price` < 100.5) */;\n\
    DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `t` BEFORE INSERT \
    ON `chair_0` FOR EACH ROW BEGIN SET @a = ';'; END */;;\nDELIMITER ;\n\
    /* the\n(last); comment */\n\
    /*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n# and this\n";

fn table(number: usize) -> String {
    format!(
        "\n--\n-- Table structure for table `chair_{number}`\n--\n\n\
         DROP TABLE IF EXISTS `chair_{number}`;\n\
         CREATE TABLE `chair_{number}` (\n  `id` int unsigned NOT NULL AUTO_INCREMENT,\n  \
         `name` varchar(64) DEFAULT 'it''s, (a)' COMMENT 'x);',\n  `price` decimal(10,2) NOT NULL,\n  \
         `weight` double DEFAULT NULL,\n  `kind` enum('椅子','so\\'fa') NOT NULL DEFAULT '椅子',\n  \
         `made` datetime(3) DEFAULT CURRENT_TIMESTAMP(3),\n  `picture` blob,\n  `flags` bit(3),\n  \
         `half` double GENERATED ALWAYS AS ((`price` / 2)) VIRTUAL,\n  PRIMARY KEY (`id`),\n  \
         KEY `by_price` (`price`,`name`(10)),\n  CONSTRAINT `dear` CHECK ((`price` >= 0))\n\
         ) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;\n\
         LOCK TABLES `chair_{number}` WRITE;\n\
         /*!40000 ALTER TABLE `chair_{number}` DISABLE KEYS */;\n"
    )
}

/// Two rows of every kind of literal, and plain ones.
fn insert(table: usize, first: usize) -> String {
    let columns = "(`id`,`name`,`price`,`weight`,`kind`,`made`,`picture`,`flags`)";
    let mut rows = format!(
        "({first},'名前 \\'s \\\\ ''x''; \u{1f371} -- no',+.50,-1.5e-3,'椅子',CURRENT_TIMESTAMP,\
         0xDEADBEEF,b'101'),\n({},NULL,1+1,NULL,N'so\\'fa',DEFAULT,_binary '\\0\\Z\"\n',x'05')",
        first + 100_000
    );
    // Long strings are read fastest, and there are 65,536 dumps to read.
    let long = "とんかつ, 米; ".repeat(20);
    for id in first + 1..first + ROWS {
        rows += &format!(
            ",({id},'弁当 number {id}; {long} it\\'s','{id}.50',-1.5,'椅子','2026-01-02 03:04:05.678',NULL,7)"
        );
    }
    let verb = ["INSERT", "INSERT IGNORE", "REPLACE"][first / ROWS % 3];
    format!("{verb} INTO `chair_{table}` {columns} VALUES {rows};\n")
}

/// The dump and where its parts stand: statements, and what is between them.
struct Dump {
    text: String,
    /// Statements from their first to behind their last byte.
    statements: Vec<Range<usize>>,
    /// Where the line that ends the dump is whole.
    completed: usize,
}

fn dump() -> Dump {
    let mut text = [HEADER, HEAD].concat();
    let room = LENGTH - TAIL.len() - TRAILER.len() - 1;
    let mut rows = 0;
    for number in 0.. {
        let next = table(number);
        if text.len() + next.len() >= room {
            break;
        }
        text += &next;
        for _ in 0..3 {
            let next = insert(number, rows);
            rows += ROWS;
            if text.len() + next.len() < room {
                text += &next;
            }
        }
    }
    text += "#";
    text += &"~".repeat(room - text.len());
    text += "\n";
    text += TAIL;
    let completed = text.len() + "-- Dump completed".len();
    text += TRAILER;
    assert_eq!(text.len(), LENGTH);
    Dump {
        statements: statements(&text),
        text,
        completed,
    }
}

/// Where the statements stand, found without the reader: it is what is tested. The dump keeps to a
/// form that lines tell: a statement starts with a line that starts with a letter or `/*!`, and ends
/// with a semicolon at the end of a line.
fn statements(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        let starts = line.starts_with(|first: char| first.is_ascii_alphabetic());
        if open.is_none() && (starts || line.starts_with("/*!") || line.starts_with("/*M!")) {
            open = Some(at);
        }
        at += line.len();
        if let Some(start) = open.filter(|_| line.ends_with(";\n")) {
            found.push(start..at - 1);
            open = None;
        }
    }
    found
}

/// The whole dump as the reader takes it.
fn read(bytes: &[u8]) -> Result<(), DumpError> {
    let mut reader = DumpReader::new("cut.sql", bytes);
    while reader.next_statement()?.is_some() {}
    Ok(())
}

impl Dump {
    /// Where an error about a cut may be: not before the statement or the blanks that were cut.
    fn places(&self, cut: usize) -> Range<usize> {
        let ends_before = |range: &&Range<usize>| range.end <= cut;
        let last = self.statements.iter().rfind(ends_before);
        let next = self.statements.iter().find(|range| range.contains(&cut));
        let start = next.map_or_else(|| last.map_or(0, |range| range.end), |range| range.start);
        start..cut + 1
    }

    fn is_between_statements(&self, cut: usize) -> bool {
        let inside = |range: &Range<usize>| range.start < cut && cut < range.end;
        !self.statements.iter().any(inside)
    }

    /// Why the answer to a cut is wrong.
    fn complaint(&self, cut: usize) -> Option<String> {
        let answer = read(&self.text.as_bytes()[..cut]);
        let Err(error) = answer else {
            let may_succeed = cut < RECOGNISED || cut >= self.completed;
            return (!may_succeed).then(|| "no error".to_owned());
        };
        if cut >= self.completed {
            return Some(format!("an error in a whole dump: {error}"));
        }
        let between = self.is_between_statements(cut);
        if between
            && !matches!(
                error.problem,
                DumpProblem::Incomplete | DumpProblem::Truncated(_)
            )
        {
            return Some(format!("not known as truncated: {error}"));
        }
        self.wrong_place(cut, error.position)
            .map(|why| format!("{why}: {error}"))
    }

    fn wrong_place(&self, cut: usize, position: Position) -> Option<String> {
        let byte = usize::try_from(position.byte).unwrap();
        let places = self.places(cut);
        if !places.contains(&byte) {
            return Some(format!("not in {places:?}"));
        }
        let line = 1 + self.text.as_bytes()[..byte]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        (position.line != line as u64).then(|| format!("not line {line}"))
    }
}

/// Asks about all of `cuts` on all processors; late cuts take longer, so each takes some of them.
fn complaints(cuts: &[usize], ask: impl Fn(usize) -> Option<String> + Sync) -> Vec<String> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let ask = &ask;
    thread::scope(|scope| {
        let start = |first: usize| {
            scope.spawn(move || {
                let own = cuts.iter().skip(first).step_by(threads);
                let asked =
                    own.filter_map(|&cut| ask(cut).map(|why| format!("cut at {cut}: {why}")));
                asked.collect::<Vec<_>>()
            })
        };
        let workers: Vec<_> = (0..threads).map(start).collect();
        let told = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap());
        told.collect()
    })
}

#[test]
fn every_cut_of_a_dump_is_an_error_in_the_statement_that_was_cut() {
    let dump = dump();
    assert!(dump.statements.len() > 50, "{}", dump.statements.len());
    let wrong = complaints(&Vec::from_iter(0..=LENGTH), |cut| dump.complaint(cut));
    let shown = &wrong[..wrong.len().min(20)];
    assert!(
        wrong.is_empty(),
        "{} cuts:\n{}",
        wrong.len(),
        shown.join("\n")
    );
}

#[test]
fn an_import_of_a_cut_dump_fails_at_the_place_that_the_reader_names() {
    let dump = dump();
    let wrong = complaints(&Vec::from_iter((0..LENGTH).step_by(SAMPLE)), |cut| {
        let folder = TempDir::new().unwrap();
        let (input, out) = (folder.path().join("cut.sql"), folder.path().join("out"));
        let bytes = &dump.text.as_bytes()[..cut];
        fs::write(&input, bytes).unwrap();
        let input = FolderFile {
            shown: "cut.sql".to_owned(),
            ..FolderFile::at(&input).unwrap()
        };
        let options = ImportOptions {
            force: false,
            bake_time: "2026-01-01T00:00:00Z",
            selection: Selection::default(),
            strict: false,
            jobs: 1,
            charset: Charset::Utf8,
            allow_incomplete: false,
        };
        let answer = import(&[input], &out, &options, &mut Silent);
        if out.exists() {
            return Some("a file was made".to_owned());
        }
        match (answer.err()?, read(bytes)) {
            (LoadError::NothingToImport, _) if cut < RECOGNISED => None,
            (LoadError::Dump(told), Err(read)) if told.to_string() == read.to_string() => None,
            (told, read) => Some(format!("{told}\nbut the reader says {read:?}")),
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
