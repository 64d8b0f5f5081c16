//! Documents that must stay true: the example configuration, the README's tables and order, the
//! commands of CONTRIBUTING.md, the limits that SECURITY.md lists.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ekiben::apps;
use ekiben::config::{Config, Layers, Mount, Sources, print};

use crate::support::documents::{console_blocks, repository_file};

fn app_defaults() -> BTreeMap<String, figment::value::Dict> {
    apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), app.default_settings()))
        .collect()
}

/// `key = value` lines of a TOML text by dotted key, comments cut off.
fn settings(toml: &str) -> BTreeMap<String, String> {
    let mut section = String::new();
    let mut settings = BTreeMap::new();
    for line in toml
        .lines()
        .map(|line| line.split('#').next().unwrap().trim())
    {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = format!("{name}.");
        } else if let Some((key, value)) = line.split_once(" = ") {
            settings.insert(format!("{section}{}", key.trim()), value.trim().to_owned());
        }
    }
    settings
}

#[test]
fn the_example_configuration_holds_every_default() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ekiben.example.toml");
    let sources = Sources {
        app_defaults: app_defaults(),
        file: Some(file),
        ..Sources::default()
    };
    let layers = Layers::load(&sources).unwrap();
    // Apps are at the root; which there are, the defaults do not know.
    let at_root = apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), Mount::default()));
    let expected = Config {
        mounts: at_root.collect(),
        ..Config::default()
    };
    assert_eq!(*layers.config(), expected);
    let printed = print(&layers).unwrap();
    assert_eq!(
        settings(&repository_file("ekiben.example.toml")),
        settings(&printed)
    );
}

#[test]
fn the_readme_names_every_setting() {
    let readme = repository_file("README.md");
    for key in settings(&repository_file("ekiben.example.toml")).keys() {
        assert!(
            readme.contains(&format!("`{key}`")),
            "{key} is not in the README's table"
        );
    }
}

#[test]
fn the_threat_model_names_every_limit() {
    let document = repository_file("SECURITY.md");
    let settings = settings(&repository_file("ekiben.example.toml"));
    // How long a session lasts is no limit on what is sent.
    let lasts = |key: &str| key.ends_with("_hours") || key.ends_with("_days");
    let is_limit = |key: &str| {
        let is_of_users = key.starts_with("auth.") && !lasts(key);
        is_of_users || key.starts_with("limits.") || key.contains(".max_")
    };
    let limits: Vec<_> = settings.keys().filter(|key| is_limit(key)).collect();
    assert!(limits.len() > 5, "{limits:?}");
    for key in limits {
        assert!(
            document.contains(&format!("`{key}`")),
            "{key} is not in SECURITY.md"
        );
    }
    // Constants: `NAME` in `FILE`.
    let mut constants = 0;
    for (at, joint) in document.match_indices("` in `") {
        let name = document[..at].rsplit('`').next().unwrap();
        let file = document[at + joint.len()..].split('`').next().unwrap();
        if !file.starts_with("src/") && !file.starts_with("crates/") {
            continue;
        }
        let definition = format!("const {name}: ");
        assert!(
            repository_file(file).contains(&definition),
            "no {name} in {file}"
        );
        constants += 1;
    }
    assert!(constants > 5, "{constants}");
}

/// Trust 38: whoever contributes runs what CI does.
#[test]
fn ci_runs_the_commands_of_the_contributing_guide() {
    let guide = repository_file("CONTRIBUTING.md");
    let ci = repository_file(".ci/run");
    let mut commands: Vec<_> = console_blocks(&guide).concat();
    assert!(commands.len() >= 6, "{commands:?}");
    commands.sort();
    let is_check = |line: &&str| {
        let starts = ["cargo ", "npm test", "RUSTDOCFLAGS=", "tests/"];
        starts.iter().any(|start| line.starts_with(start))
    };
    let mut run: Vec<_> = ci.lines().filter(is_check).collect();
    run.sort_unstable();
    let commands: Vec<_> = commands.iter().map(|(command, _)| command).collect();
    assert_eq!(commands, run);
    assert!(repository_file("README.md").contains("(CONTRIBUTING.md)"));
}

/// Trust 38: a newcomer meets first what it is, two commands, a picture and what to do with a dump.
#[test]
fn the_readme_is_in_the_order_of_a_newcomer() {
    let readme = repository_file("README.md");
    let blocks = console_blocks(&readme);
    let commands: Vec<_> = blocks[0].iter().map(|(command, _)| command).collect();
    assert_eq!(
        commands,
        ["cargo install --path . --locked", "ekiben serve"]
    );
    let mut rest = readme.as_str();
    for part in [
        "# Ekiben",
        "It is for you if",
        "\n## Two commands",
        "docs/pictures/top-light.png",
        "\n## Your own dump",
        "\n$ ekiben import examples/shop.sql",
        "\n## The API",
        "\n## Settings",
        "\n## Deploy",
        "\n**[CONTRIBUTING.md]",
    ] {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("{part:?} comes too early"));
        rest = &rest[at + part.len()..];
    }
    for address in named(&readme, &["]("]) {
        let is_here = !address.contains("://") && !address.starts_with('#');
        assert!(
            !is_here || Path::new(env!("CARGO_MANIFEST_DIR")).join(address).exists(),
            "{address}"
        );
    }
}

/// Addresses in quotes or brackets behind any of these words.
fn named<'t>(text: &'t str, before: &[&str]) -> Vec<&'t str> {
    let parts = before.iter().flat_map(|word| text.split(word).skip(1));
    parts
        .map(|rest| rest.split(['"', ')', ' ']).next().unwrap())
        .collect()
}

#[test]
fn every_picture_of_a_document_is_there_and_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    let mut bytes = 0;
    for (document, base) in [
        ("README.md", ""),
        ("docs/performance.md", "docs"),
        ("docs/site.md", "docs"),
    ] {
        let text = repository_file(document);
        for address in named(&text, &["src=\"", "srcset=\"", "![](", "]("]) {
            if !address.contains("pictures/") {
                continue;
            }
            let size = fs::metadata(folder.join(base).join(address));
            let size = size
                .unwrap_or_else(|_| panic!("{document}: {address} is not there"))
                .len();
            assert!(size < 120_000, "{address}: {size} bytes");
            seen += 1;
        }
    }
    for entry in fs::read_dir(folder.join("docs/pictures")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(
            repository_file("README.md").contains(&name),
            "nothing shows {name}"
        );
        bytes += entry.metadata().unwrap().len();
    }
    assert!(seen >= 4, "{seen}");
    assert!(bytes < 500_000, "{bytes}");
}

#[test]
fn every_source_file_has_a_header_and_a_moderate_length() {
    fn check(folder: &Path, seen: &mut usize) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path, seen);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.starts_with("//! "), "{} has no header", path.display());
                assert!(
                    text.lines().count() <= 600,
                    "{} is too long",
                    path.display()
                );
                *seen += 1;
            }
        }
    }
    let mut seen = 0;
    for folder in ["src", "crates", "tests"] {
        check(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut seen,
        );
    }
    assert!(seen > 50);
}

/// Trust 00: the Dockerfile's first step makes a stand-in for each target that a manifest names, and CI runs
/// that step by its own lines.
#[test]
fn every_target_has_a_path_for_the_dockerfile_to_stand_in() {
    let dockerfile = repository_file("Dockerfile");
    for member in ["", "crates/datasets/", "crates/pictures/"] {
        let name = format!("{member}Cargo.toml");
        let manifest = repository_file(&name);
        for target in manifest.split("\n[[").skip(1) {
            let target = target.split("\n[").next().unwrap();
            assert!(target.contains("\npath = \""), "{name}: [[{target}");
        }
        let copied = dockerfile
            .lines()
            .any(|line| line.starts_with("COPY ") && line.contains(&name));
        assert!(copied, "the Dockerfile does not copy {name}");
    }
    let members = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates")).unwrap();
    assert_eq!(
        members.count(),
        2,
        "a new member belongs into this test and the Dockerfile"
    );
    assert!(dockerfile.contains(r#"sed -n 's/^path = "\(.*\.rs\)"$/\1/p' "$manifest""#));
    let ci = repository_file(".ci/run");
    assert!(ci.lines().any(|line| line == "deploy/dependency-step"));
}

/// An image has its app alone: each app is a feature, and CI compiles each by itself.
#[test]
fn every_app_is_a_feature_that_ci_compiles_alone() {
    let names: Vec<_> = apps::ALL.iter().map(|app| app.name()).collect();
    let quoted: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    let all = format!(
        "default = [{}, \"import\", \"datasets\"]",
        quoted.join(", ")
    );
    assert!(repository_file("Cargo.toml").contains(&all), "{all}");
    let loops = format!("for features in {} isuumo,import; do\n", names.join(" "));
    let ci = repository_file(".ci/run");
    let (_, after) = ci.split_once(&loops).unwrap();
    let command = "cargo clippy --quiet --locked --no-default-features --features \"$features\" -- -D warnings\n";
    assert!(after.trim_start().starts_with(command), "{after}");
}
