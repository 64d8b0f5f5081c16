//! Expressions and queries as dumps hold them, and what they become.

use super::*;
use crate::dump::{Charset, Modes, Position};

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
        ("id", Type::Number),
        ("price", Type::Digits),
        ("name", Type::Text),
        ("day", Type::Date),
    ];
    Scope::of(vec![ScopeTable {
        name: "t".to_owned(),
        columns: columns
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        prefix: None,
    }])
}

fn translated(text: &str) -> Result<String, Untranslatable> {
    expression(&source(text), &scope()).map(|sql| sql.text)
}

#[test]
fn operators_keep_mysqls_precedence() {
    for (mysql, sqlite) in [
        ("`id` > 0 and `id` < 5", r#"(("id" > 0) AND ("id" < 5))"#),
        ("`id` = 1 || `id` = 2", r#"(("id" = 1) OR ("id" = 2))"#),
        ("not `id` = 1 && true", r#"((NOT ("id" = 1)) AND 1)"#),
        ("1 + 2 * - `id`", r#"(1 + (2 * (- "id")))"#),
        ("`id` / 2", r#"(CAST("id" AS REAL) / 2)"#),
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
        assert_eq!(translated(mysql).as_deref(), Ok(sqlite), "{mysql}");
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
            r#"(CASE json_type("name", '$.a') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null' ELSE CAST(json_extract("name", '$.a') AS TEXT) END)"#,
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
            r#"date("day", (1 * (1)) || ' day')"#,
        ),
        ("year(`day`)", r#"CAST(strftime('%Y', "day") AS INTEGER)"#),
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
        ("`day` + interval 1 month", "INTERVAL … MONTH"),
        ("@x", "the variable @x"),
        ("`id` +", "a statement"),
        ("~`id`", "the bits of ~"),
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

struct Shop;

impl Catalog for Shop {
    fn table(&self, _: Option<&str>, name: &str) -> Option<(String, Vec<(String, Type)>)> {
        let columns = match name {
            "item" => vec![("id", Type::Number), ("price", Type::Digits)],
            "sale" => vec![("item_id", Type::Number), ("n", Type::Number)],
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
        r#"SELECT "i"."id" AS "id", sum("s"."n") AS "sold", max(CAST("i"."price" AS NUMERIC)) AS "top" FROM ("item" AS "i" LEFT JOIN "sale" AS "s" ON ("s"."item_id" = "i"."id")) WHERE (CAST("i"."price" AS NUMERIC) > 1) GROUP BY "i"."id" ORDER BY CAST("i"."price" AS NUMERIC) DESC LIMIT 3"#
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
