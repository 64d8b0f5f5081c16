//! The walls: which folder of `src/` may import which. A change that adds a name to the table says why.
//! `cli`, `lib` and `main` import everything; all may read `release`; `crates/` imports nothing of ours.

use regex::Regex;

use crate::support::source_files::rust_files;

#[rustfmt::skip]
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("release", &[]),
    ("deploy", &[]),
    ("dump", &[]),
    ("file", &[]),
    ("config", &[]),
    ("evaluate", &["dump"]),
    ("translate", &["file", "dump"]),
    ("load", &["file", "dump"]),
    ("bake", &["load", "file", "dump"]),
    ("import", &["load", "translate", "evaluate", "file", "dump"]),
    ("store", &["file", "config"]),
    ("http", &["store", "config", "file"]),
    ("web", &["http", "config"]),
    ("mail", &["config"]),
    ("auth", &["web", "http", "config", "file"]),
    ("apps", &["web", "auth", "mail", "http", "store", "file", "bake", "load", "config"]),
    ("serving", &["apps", "auth", "mail", "http", "store", "file", "config"]),
];

/// What a file imports past its walls: by `crate::`, or by so many `super::` that they reach the root.
fn forbidden(path: &str, text: &str) -> Vec<String> {
    let room = path.split(['/', '.']).next().unwrap();
    if ["cli", "lib", "main"].contains(&room) {
        return Vec::new();
    }
    let row = MAY_IMPORT.iter().find(|row| row.0 == room);
    let allowed = row.unwrap_or_else(|| panic!("{room} has no row")).1;
    let depth = path.split('/').filter(|part| *part != "mod.rs").count();
    let code = Regex::new("//.*").unwrap().replace_all(text, "");
    // An inline module, `mod tests {`, is one step further from the root.
    let inline = Regex::new(r"mod [a-z_]+ \{").unwrap().find(&code);
    let inline = inline.map_or(code.len(), |found| found.start());
    let import = Regex::new(r"((?:super::)+|crate(?:::| as ))([a-z_]+|.)").unwrap();
    let from_root = import.captures_iter(&code).filter(|found| {
        let further = usize::from(found.get_match().start() > inline);
        found[1].starts_with("crate") || found[1].matches("super").count() >= depth + further
    });
    let names = from_root.map(|found| found[2].to_owned());
    let may = |name: &str| name == room || name == "release" || allowed.contains(&name);
    names.filter(|name| !may(name)).collect()
}

#[test]
fn no_file_imports_past_a_wall() {
    for (path, text) in rust_files("src") {
        let found = forbidden(&path, &text);
        assert!(found.is_empty(), "src/{path} imports {found:?}");
    }
    for (path, text) in rust_files("crates") {
        assert!(!text.contains("ekiben::"), "crates/{path} imports ekiben");
    }
    let wrong = "use crate::apps;\nmod tests {\n    use super::super::http;\n    use super::*;\n}";
    assert_eq!(forbidden("load/mod.rs", wrong), ["apps", "http"]);
}
