//! Expressions and queries as dumps hold them, and what they become.

use super::types::{Fold, TextType};
use super::*;
use crate::dump::{Charset, Modes, Position};

const WHOLE: Type = Type::Whole {
    digits: 10,
    signed: true,
};
const PRICE: Type = Type::Exact {
    digits: 10,
    scale: 2,
};

fn text(fold: Fold) -> Type {
    Type::Text(TextType { fold, utf8: true })
}

fn source(text: &str) -> SourceText {
    SourceText {
        text: text.to_owned(),
        modes: Modes::default(),
        charset: Charset::Utf8,
        position: Position::default(),
    }
}

fn scope() -> Scope {
    let columns = [
        ("id", WHOLE),
        (
            "n",
            Type::Whole {
                digits: 10,
                signed: false,
            },
        ),
        ("price", PRICE),
        (
            "long",
            Type::Exact {
                digits: 25,
                scale: 3,
            },
        ),
        ("name", text(Fold::Case)),
        ("code", text(Fold::Binary)),
        (
            "kind",
            Type::Choice(TextType {
                fold: Fold::Case,
                utf8: true,
            }),
        ),
        ("day", Type::Date),
        ("stamp", Type::DateTime(0)),
        ("doc", Type::Json),
        ("f", Type::Float),
    ];
    let columns = columns.map(|(name, value)| (name.to_owned(), value));
    Scope::of(vec![ScopeTable::only("t", columns.to_vec())])
}

fn translated(text: &str) -> Result<String, Untranslatable> {
    expression(&source(text), &scope())?.shown()
}

#[test]
fn operators_keep_mysqls_precedence() {
    for (mysql, sqlite) in [
        ("`id` > 0 and `id` < 5", r#"(("id" > 0) AND ("id" < 5))"#),
        ("`id` = 1 || `id` = 2", r#"(("id" = 1) OR ("id" = 2))"#),
        ("not `id` = 1 && true", r#"((NOT ("id" = 1)) AND 1)"#),
        ("1 + 2 * - `id`", r#"(1 + (2 * (- "id")))"#),
        (
            "`id` / 2",
            r#"(CASE typeof(((2 * "id" * 10000 + iif("id" * 10000 < 0, -abs(2), abs(2))) / (2 * 2))) WHEN"#,
        ),
        ("`id` <=> NULL", r#"("id" IS NULL)"#),
        ("`id` & 1 | 4 << 2", r#"(("id" & 1) | (4 << 2))"#),
        ("1 | `id` & 2", r#"(1 | ("id" & 2))"#),
        (
            "`t`.`id` between 1 and 3 or 0",
            r#"(("id" BETWEEN 1 AND 3) OR 0)"#,
        ),
        ("`id` not in (1,2)", r#"("id" NOT IN (1, 2))"#),
        ("`id` is not null", r#"("id" IS NOT NULL)"#),
        ("1 xor `id`", r#"((1 <> 0) <> ("id" <> 0))"#),
        (
            "case when `id` > 1 then 'a' else 'b' end",
            r#"(CASE WHEN ("id" > 1) THEN 'a' ELSE 'b' END)"#,
        ),
    ] {
        let found = translated(mysql).unwrap_or_else(|reason| panic!("{mysql}: {reason}"));
        let whole = !sqlite.starts_with("(CASE typeof");
        assert!(
            if whole {
                found == sqlite
            } else {
                found.starts_with(sqlite)
            },
            "{mysql}: {found}"
        );
    }
}

#[test]
fn digits_are_compared_as_numbers_and_joined_as_text() {
    assert_eq!(
        translated("`price` >= 0.5").unwrap(),
        r#"(CAST("price" AS NUMERIC) >= 0.5)"#
    );
    assert_eq!(
        translated("concat(`price`,'x')").unwrap(),
        r#"("price" || 'x')"#
    );
}

#[test]
fn strings_functions_and_dates() {
    for (mysql, sqlite) in [
        ("_utf8mb4'it''s' 'x'", "'it''sx'"),
        (r"_utf8mb4\'a\'", "'a'"),
        ("0xABC", "x'0ABC'"),
        ("b'101'", "5"),
        (
            "if(`id`, lcase(`name`), '')",
            r#"iif("id", lower("name"), '')"#,
        ),
        (
            "json_unquote(json_extract(`name`,'$.a'))",
            r#"(CASE json_type("name", '$.a') WHEN 'text' THEN "name" ->> '$.a' ELSE "name" -> '$.a' END)"#,
        ),
        ("`name`->'$.a'", r#"("name" -> '$.a')"#),
        ("`name` = 10", r#"(CAST("name" AS REAL) = 10)"#),
        ("`id` in ('1', 2)", r#"("id" IN (1, 2))"#),
        (
            "concat_ws('-',`id`,`name`)",
            r#"substr(iif("id" IS NULL, '', '-' || "id") || iif("name" IS NULL, '', '-' || "name"), length('-') + 1)"#,
        ),
        ("conv('101',2,10) + 0", "(5 + 0)"),
        (
            "`name` like 'a\\\\_%'",
            r#"("name" LIKE 'a\_%' ESCAPE '\')"#,
        ),
        (
            "`day` + interval 1 day",
            r#"(CASE WHEN date("day") = substr("day", 1, 10) THEN date("day", (+1 * 1) || ' day') END)"#,
        ),
        ("year(`day`)", r#"CAST(substr("day", 1, 4) AS INTEGER)"#),
        (
            "cast(`id` as char charset utf8mb4)",
            r#"CAST("id" AS TEXT)"#,
        ),
        ("substring(`name` from 2 for 3)", r#"substr("name", 2, 3)"#),
        ("current_timestamp()", "CURRENT_TIMESTAMP"),
        (
            "`name` collate utf8mb4_general_ci",
            r#"("name" COLLATE NOCASE)"#,
        ),
    ] {
        assert_eq!(translated(mysql).as_deref(), Ok(sqlite), "{mysql}");
    }
}

#[test]
fn what_has_no_counterpart_is_refused_with_its_name() {
    for (mysql, reason) in [
        ("`name` regexp 'a'", "REGEXP"),
        ("sha2(`name`,256)", "the function SHA2"),
        ("@x", "the variable @x"),
        ("`id` +", "a statement"),
        ("~`id`", "the bits of ~"),
        ("`id` | 1", "may be negative"),
        ("`id` << 1", "lose bits"),
        ("`f` + 1", "FLOAT"),
        ("`name` + 1", "a text"),
        ("`id` / 2 * 100", "quotient"),
        ("`long` * 2 = `long` * 3", "digits beside each other"),
        ("`kind` > 'a'", "the order of an ENUM"),
        ("`doc` = 'x'", "JSON"),
        ("year(`name`)", "a text as a date"),
        ("if(`name`, 1, 2)", "a text as a condition"),
        ("`day` = '2024-02-31'", "as a date"),
    ] {
        let error = translated(mysql).unwrap_err();
        assert!(error.contains(reason), "{mysql}: {error}");
    }
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(translated(&deep).unwrap_err().contains("deeper"));
    let deep = format!("{}1", "not ".repeat(5000));
    assert!(translated(&deep).unwrap_err().contains("deeper"));
    let deep = format!("{}1", "- ".repeat(5000));
    assert!(translated(&deep).unwrap_err().contains("deeper"));
}

#[test]
fn texts_that_are_compared_are_told_with_their_use() {
    let compared = |view: &str| {
        let query = query(&source(view), &Shop).unwrap();
        let told = query
            .compared
            .into_iter()
            .map(|(column, how)| (column.column, how));
        (query.text, told.collect::<Vec<_>>())
    };
    let (sql, told) = compared("select id from item where name = 'a' and id > 1");
    assert_eq!(
        sql,
        r#"SELECT "id" FROM "item" WHERE (("name" = 'a') AND ("id" > 1))"#
    );
    assert_eq!(told, [("name".to_owned(), TextUse::Equality)]);
    let (sql, told) = compared("select concat(name, 'x') = 'AX' AS e from item");
    assert_eq!(
        sql,
        r#"SELECT (("name" || 'x') COLLATE NOCASE = 'AX') AS "e" FROM "item""#
    );
    assert_eq!(told.len(), 1);
    let (_, told) = compared("select name from item order by name");
    assert!(told.is_empty(), "{told:?}");
    let (_, told) = compared("select name from item order by name limit 1");
    assert_eq!(told, [("name".to_owned(), TextUse::Order)]);
}

struct Shop;

impl Catalog for Shop {
    fn table(&self, _: Option<&str>, name: &str) -> Option<(String, Vec<(String, Type)>)> {
        let columns = match name {
            "item" => vec![("id", WHOLE), ("price", PRICE), ("name", text(Fold::Case))],
            "sale" => vec![("item_id", WHOLE), ("n", WHOLE)],
            _ => return None,
        };
        let columns = columns
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Some((name.to_owned(), columns.collect()))
    }
}

#[test]
fn views_as_the_servers_print_them() {
    let view = "select `i`.`id` AS `id`,sum(`s`.`n`) AS `sold`,max(`i`.`price`) AS `top` from \
                (`shop`.`item` `i` left join `shop`.`sale` `s` on((`s`.`item_id` = `i`.`id`))) \
                where (`i`.`price` > 1) group by `i`.`id` order by `i`.`price` desc limit 3";
    assert_eq!(
        query(&source(view), &Shop).unwrap().text,
        r#"SELECT "i"."id" AS "id", sum("s"."n") AS "sold", (CASE WHEN max(CAST(replace("i"."price", '.', '') AS INTEGER)) IS NOT NULL THEN printf('%.2f', max(CAST(replace("i"."price", '.', '') AS INTEGER)) / 100.0) END) AS "top" FROM ("item" AS "i" LEFT JOIN "sale" AS "s" ON ("s"."item_id" = "i"."id")) WHERE (CAST("i"."price" AS NUMERIC) > 1) GROUP BY "i"."id" ORDER BY CAST("i"."price" AS NUMERIC) DESC LIMIT 3"#
    );
    let union = "select 1 AS `a` union all (select `id` from `item`) order by 1";
    assert_eq!(
        query(&source(union), &Shop).unwrap().text,
        r#"SELECT 1 AS "a" UNION ALL SELECT * FROM (SELECT "id" FROM "item") AS "part" ORDER BY 1"#
    );
    assert!(
        query(&source("select 1 from nowhere"), &Shop)
            .unwrap_err()
            .contains("nowhere")
    );
}
