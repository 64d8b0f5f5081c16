//! Tests of the reader through its public face: dumps as text, statements and values out.

use std::borrow::Cow;

use super::error::ValueError;
use super::*;

/// Every statement, and every row read as text.
fn read(dump: &str) -> Result<(Vec<Statement>, Vec<Vec<String>>), DumpError> {
    let mut reader = DumpReader::new("test.sql", dump.as_bytes());
    let (mut statements, mut rows) = (Vec::new(), Vec::new());
    while let Some(statement) = reader.next_statement()? {
        statements.push(statement);
        while let Some(row) = reader.next_row()? {
            let values = (0..row.len()).map(|index| {
                Ok(match row.value(index, &ValueType::TEXT, &mut false)? {
                    Value::Text(text) => text.into_owned(),
                    other => format!("{other:?}"),
                })
            });
            rows.push(values.collect::<Result<_, _>>()?);
        }
    }
    Ok((statements, rows))
}

fn rows(dump: &str) -> Vec<Vec<String>> {
    read(dump).unwrap().1
}

fn message(dump: &str) -> String {
    read(dump).unwrap_err().to_string()
}

fn value(literal: &str, kind: &ValueType) -> Result<Value<'static>, ValueError> {
    let dump = format!("INSERT INTO t (c) VALUES ({literal});");
    let mut reader = DumpReader::new("test.sql", dump.as_bytes());
    reader.next_statement().unwrap();
    match reader
        .next_row()
        .unwrap()
        .unwrap()
        .value(0, kind, &mut false)
    {
        Ok(Value::Null) => Ok(Value::Null),
        Ok(Value::Integer(number)) => Ok(Value::Integer(number)),
        Ok(Value::Real(number)) => Ok(Value::Real(number)),
        Ok(Value::Text(text)) => Ok(Value::Text(Cow::Owned(text.into_owned()))),
        Ok(Value::Blob(bytes)) => Ok(Value::Blob(Cow::Owned(bytes.into_owned()))),
        Ok(Value::Default) => Ok(Value::Default),
        Ok(Value::Expression(source)) => Ok(Value::Expression(source)),
        Err(DumpError {
            problem: DumpProblem::Value { reason, .. },
            ..
        }) => Err(reason),
        Err(other) => panic!("not a value error: {other}"),
    }
}

#[test]
fn reads_one_line_dumps_with_nothing_between_statements() {
    let dump = "INSERT INTO isuumo.t (id, name) VALUES ('1', 'a' , '2'), ('2', 'b', '3');\
                INSERT INTO isuumo.t (id, name) VALUES ('3', 'c', '4');"
        .replace("(id, name)", "(id, name, n)");
    assert_eq!(
        rows(&dump),
        [["1", "a", "2"], ["2", "b", "3"], ["3", "c", "4"]]
    );
}

#[test]
fn reads_the_default_output_of_mysqldump() {
    let dump = "-- MySQL dump 10.13  Distrib 8.0.36\n--\n\
        /*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n\
        /*!50503 SET NAMES utf8mb4 */;\n\
        DROP TABLE IF EXISTS `chair`;\n\
        /*!50503 SET character_set_client = utf8mb4 */;\n\
        CREATE TABLE `chair` (\n  `id` int NOT NULL,\n  `name` varchar(64) DEFAULT 'it''s, (a)' COMMENT 'x)',\n\
          `n` int unsigned DEFAULT '-1',\n  PRIMARY KEY (`id`),\n  KEY `by_name` (`name`(10) DESC)\n\
        ) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;\n\
        LOCK TABLES `chair` WRITE;\n/*!40000 ALTER TABLE `chair` DISABLE KEYS */;\n\
        INSERT INTO `chair` VALUES (1,'a\\'b',NULL),(2,'\\\\',-7);\n\
        /*!40000 ALTER TABLE `chair` ENABLE KEYS */;\nUNLOCK TABLES;\n-- Dump completed\n";
    let (statements, rows) = read(dump).unwrap();
    let tables = statements.iter().filter_map(|statement| match statement {
        Statement::Table(table) => Some(table),
        _ => None,
    });
    let [table] = &tables.collect::<Vec<_>>()[..] else {
        panic!("one table")
    };
    assert_eq!(table.name, "chair");
    assert_eq!(table.primary_key[0].column(), Some("id"));
    assert_eq!(table.columns.len(), 3);
    assert!(table.columns[0].not_null && !table.columns[1].not_null);
    assert_eq!(
        table.columns[1].default,
        Some(DefaultValue::Literal("it's, (a)".into()))
    );
    assert!(table.columns[2].column_type.unsigned);
    assert_eq!(table.keys[0].parts[0].column(), Some("name"));
    assert_eq!(table.keys[0].parts[0].length, Some(10));
    assert_eq!(table.auto_increment, Some(5));
    assert_eq!(rows, [["1", "a'b", "Null"], ["2", "\\", "-7"]]);
}

#[test]
fn mariadb_sandbox_line_is_a_comment() {
    let dump = "/*M!999999\\- enable the sandbox mode */ \n/*!999999\\- enable */ \
                INSERT INTO t (a) VALUES (1);";
    assert_eq!(rows(dump), [["1"]]);
}

#[test]
fn comments_are_blanks_and_strings_are_not_comments() {
    let dump = "# one\n--\n-- two\nINSERT /* three */ INTO t (a,b) -- four\nVALUES \
                ('-- no /* no */ # no', 5/* x */);";
    assert_eq!(rows(dump), [["-- no /* no */ # no", "5"]]);
}

#[test]
fn version_comments_may_hold_strings_with_comment_ends() {
    assert_eq!(
        rows("/*!40101 INSERT INTO t (a) VALUES ('*/') */;"),
        [["*/"]]
    );
}

#[test]
fn literals_become_values_of_the_asked_kind() {
    use ValueType::{Bits, Blob, Integer, Real, Unsigned};
    const TEXT: &ValueType = &ValueType::TEXT;
    assert_eq!(value("'12'", &Integer), Ok(Value::Integer(12)));
    assert_eq!(value("-12", &Integer), Ok(Value::Integer(-12)));
    assert_eq!(value("1e3", &Integer), Ok(Value::Integer(1000)));
    assert_eq!(
        value("'37.71778813321466'", &Real),
        Ok(Value::Real(37.717_788_133_214_66))
    );
    assert_eq!(value("0xFF", &Integer), Ok(Value::Integer(255)));
    assert_eq!(value("b'101'", &Integer), Ok(Value::Integer(5)));
    assert_eq!(
        value("0xFF00", &Blob),
        Ok(Value::Blob(vec![0xff, 0].into()))
    );
    assert_eq!(
        value("_binary 'a\\0b'", &Blob),
        Ok(Value::Blob(b"a\0b".to_vec().into()))
    );
    assert_eq!(value("TRUE", &Integer), Ok(Value::Integer(1)));
    assert_eq!(value("NULL", TEXT), Ok(Value::Null));
    assert_eq!(value("007", TEXT), Ok(Value::Text("7".into())));
    assert_eq!(
        value("'12abc'", &Integer),
        Err(ValueError::NotInteger("12abc".into()))
    );
    assert_eq!(value("1.5", &Integer), Ok(Value::Integer(2)));
    assert_eq!(value("b'101'", &Bits), Ok(Value::Integer(5)));
    assert_eq!(value("'\\0\\b'", &Bits), Ok(Value::Integer(8)));
    assert_eq!(
        value("18446744073709551615", &Unsigned),
        Ok(Value::Text("18446744073709551615".into()))
    );
    assert_eq!(
        value("'nan'", &Real),
        Err(ValueError::NotReal("nan".into()))
    );
    assert_eq!(value("DEFAULT", TEXT), Ok(Value::Default));
    for expression in ["NOW()", "'a' 'b'", "1 + 1", "- (1)", "CONCAT('a', ')')"] {
        let Ok(Value::Expression(source)) = value(expression, TEXT) else {
            panic!("{expression} is an expression")
        };
        assert_eq!(source.text, expression);
    }
    assert!(value("9223372036854775808", &Integer).is_err());
}

#[test]
fn errors_name_input_line_byte_table_and_row() {
    assert_eq!(
        message("INSERT INTO t (a,b) VALUES\n(1,2),\n(3);"),
        "test.sql: line 3, byte 36, table t, row 2: the row has 1 values for 2 columns"
    );
    assert_eq!(
        message("INSERT INTO t (a) VALUES ('x'), ('y"),
        "test.sql: line 1, byte 33, table t, row 2: the dump ends in the middle of a string; it \
         is probably truncated"
    );
    assert!(message("SET NAMES klingon;").contains("character set klingon is not supported"));
    assert!(message("LOAD DATA INFILE '/etc/passwd' INTO TABLE t;").contains("reaches outside"));
}

#[test]
fn a_byte_that_is_not_utf8_is_an_error_at_its_value() {
    let mut reader = DumpReader::new("x.sql", &b"INSERT INTO t (a,b) VALUES (1,'ab\xffc');"[..]);
    reader.next_statement().unwrap();
    let row = reader.next_row().unwrap().unwrap();
    assert_eq!(
        row.value(1, &ValueType::TEXT, &mut false)
            .unwrap_err()
            .to_string(),
        "x.sql: line 1, byte 31, table t, row 1: column b: byte 0xFF at offset 2 of the value is \
         not valid UTF-8"
    );
}

#[test]
fn every_cut_of_an_insert_is_an_error_or_a_whole_number_of_statements() {
    let dump = "CREATE TABLE t (a INT, b TEXT);INSERT INTO t VALUES (1,'x\\'y'),(2,'z');\
                INSERT INTO t VALUES (3,'w');";
    // The semicolon itself may be missing, and the words behind a table's parenthesis.
    let whole: Vec<usize> = dump
        .match_indices(';')
        .flat_map(|(index, _)| [index, index + 1])
        .chain(dump.match_indices("),(").map(|(index, _)| index + 1))
        .collect();
    for cut in 1..dump.len() {
        let accepted = read(&dump[..cut]).is_ok();
        assert_eq!(
            accepted,
            whole.contains(&cut),
            "cut at {cut}: {:?}",
            &dump[..cut]
        );
        let headed = format!("-- MariaDB dump 10.19\n{}", &dump[..cut]);
        assert!(read(&headed).is_err(), "cut at {cut} behind a header");
    }
    let headed = format!("-- MariaDB dump 10.19\n{dump}\n-- Dump completed on 2026-11-21");
    assert!(read(&headed).is_ok());
}

/// The programs of MySQL 4.1 and before wrote no last line, and people cut it away with the comments.
#[test]
fn a_dump_is_whole_without_its_last_line_if_it_had_none_or_has_its_last_statement() {
    let dump = "CREATE TABLE t (a INT, b TEXT);INSERT INTO t VALUES (1,'x');\n";
    let restores = "/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n";
    for header in ["MySQL dump 8.22", "MySQL dump 9.11", "MySQL dump 10.9"] {
        assert!(
            read(&format!("-- {header}\n--\n{dump}")).is_ok(),
            "{header}"
        );
    }
    for header in [
        "MySQL dump 10.10",
        "MySQL dump 10.13",
        "MariaDB dump 10.19-11.4.2-MariaDB",
        "MySQL dump x",
    ] {
        assert!(read(&format!("-- {header}\n{dump}")).is_err(), "{header}");
        assert!(
            read(&format!("-- {header}\n{dump}{restores}")).is_ok(),
            "{header}"
        );
        let next = format!("-- {header}\n{dump}{restores}-- {header}\n-- more");
        assert!(read(&next).is_err(), "{header} twice");
    }
}

#[test]
fn what_could_matter_is_skipped_and_reported() {
    let mut reader = DumpReader::new(
        "x.sql",
        &b"SET FOREIGN_KEY_CHECKS=0;\nDELIMITER //\nCREATE DEFINER=`a`@`b` TRIGGER `x` BEFORE INSERT \
           ON t FOR EACH ROW BEGIN SET @a = ';'; END//\nDELIMITER ;\nCALL p(1);"[..],
    );
    assert!(reader.next_statement().unwrap().is_none());
    let reported: Vec<_> = reader
        .finish()
        .skipped
        .iter()
        .map(|s| (s.position.line, s.statement.clone()))
        .collect();
    let expected = [(3, "CREATE TRIGGER x"), (5, "CALL")];
    assert_eq!(
        reported,
        expected.map(|(line, what)| (line, what.to_owned()))
    );
}

#[test]
fn rows_that_are_not_read_are_still_checked() {
    let mut reader = DumpReader::new("x.sql", &b"INSERT INTO t (a) VALUES (1),(2,3);"[..]);
    reader.next_statement().unwrap();
    assert!(reader.next_statement().is_err());
}

#[test]
fn thousands_of_elements_without_a_name_get_theirs() {
    let checks = vec!["CHECK (a > 0)"; 4000].join(", ");
    let keys = vec!["KEY (a)"; 4000].join(", ");
    let dump = format!(
        "CREATE TABLE t (a int, CONSTRAINT constraint_7 CHECK (a > 1), {checks}, KEY A_3 (a), {keys});"
    );
    let (statements, _) = read(&dump).unwrap();
    let Some(Statement::Table(table)) = statements.first() else {
        panic!("{statements:?}");
    };
    let implied = |at: usize| table.checks[at].implied_name.as_deref();
    assert_eq!(implied(6), Some("CONSTRAINT_6"));
    assert_eq!(implied(7), Some("CONSTRAINT_8"));
    assert_eq!(implied(4000), Some("CONSTRAINT_4001"));
    let key = |at: usize| table.keys[at].name.as_deref();
    assert_eq!(
        [key(1), key(2), key(3)],
        [Some("a"), Some("a_2"), Some("a_4")]
    );
    assert_eq!(key(4000), Some("a_4001"));
}
