//! What is made of the arguments: completions for shells, manual pages.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::newcomer::command_names;
use crate::support::binary::run;
use crate::support::data_folder::names;

/// Trust 37: every shell gets completions, with every command in them.
#[test]
fn completions_know_every_command() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(folder.path(), &["completions", shell]);
        for name in command_names(folder.path()) {
            assert!(script.exits(0).stdout.contains(&name), "{shell}: {name}");
        }
        assert_eq!(script.stderr, "");
    }
    run(folder.path(), &["completions", "tcsh"])
        .exits(2)
        .says("bash");
    run(folder.path(), &["completions"]).exits(2).says("SHELL");
}

/// Trust 37: bash completes with what was printed.
#[test]
fn bash_completes() {
    let folder = TempDir::new().unwrap();
    let script = run(folder.path(), &["completions", "bash"]).stdout;
    fs::write(folder.path().join("completions"), script).unwrap();
    let completed = |words: &[&str]| {
        let last = words.len() - 1;
        let line = words.join(" ");
        let (word, before) = (words[last], words[last - 1]);
        let typed = format!(
            "source completions; COMP_WORDS=({line}); COMP_CWORD={last}; \
             _ekiben ekiben '{word}' '{before}'; echo \"${{COMPREPLY[*]}}\""
        );
        let bash = Command::new("bash")
            .args(["--norc", "-c", &typed])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(bash.stderr.is_empty(), "{bash:?}");
        let words = String::from_utf8(bash.stdout).unwrap();
        let words: BTreeSet<_> = words.split_whitespace().map(str::to_owned).collect();
        words.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(completed(&["ekiben", "ba"]), "backup bake");
    assert_eq!(completed(&["ekiben", "bake", "--j"]), "--json");
    assert_eq!(completed(&["ekiben", "seed", "--ap"]), "--append");
    assert_eq!(
        completed(&["ekiben", "serve", "--mode", ""]),
        "primary replica"
    );
}

/// Trust 37: a page for `ekiben` and each of its commands, with its flags, examples and exit codes.
#[test]
fn manual_pages_say_what_the_help_does() {
    let folder = TempDir::new().unwrap();
    let page = |arguments: &[&str]| {
        let arguments = [&["man"], arguments].concat();
        let finished = run(folder.path(), &arguments);
        assert_eq!(finished.exits(0).stderr, "");
        finished.stdout
    };
    let main = page(&[]);
    for section in ["NAME", "SYNOPSIS", "OPTIONS", "\"EXIT STATUS\"", "EXAMPLES"] {
        assert!(main.contains(&format!("\n.SH {section}\n")), "{section}");
    }
    let import = page(&["import"]);
    for said in [
        "\n.SH NAME\nekiben\\-import \\- Turn MySQL",
        "\n.SH EXAMPLES\n.nf\n",
        "\nmysqldump shop | ekiben import \\- \\-o shop.sqlite        without",
        "\n\\fB\\-\\-charset\\fR",
    ] {
        assert!(import.contains(said), "no {said:?} in {import}");
    }
    run(folder.path(), &["man", "imports"])
        .exits(2)
        .says("there is no command \"imports\"; the commands are: serve, bake, import");
    run(folder.path(), &["man", "--output", "share/man1"])
        .exits(0)
        .says(" pages");
    let mut expected: Vec<_> = command_names(folder.path())
        .iter()
        .map(|name| format!("ekiben-{name}.1"))
        .collect();
    let group = page(&["conduit"]);
    assert!(
        group.contains("ekiben\\-conduit\\-set\\-password(1)"),
        "{group}"
    );
    let below = page(&["conduit-set-password"]);
    assert!(below.contains("\n.SH EXAMPLES\n"), "{below}");
    for below in [
        "conduit-set-password",
        "english-grant",
        "english-set-password",
    ] {
        expected.push(format!("ekiben-{below}.1"));
    }
    expected.push("ekiben.1".to_owned());
    expected.sort();
    let mut made = names(&folder.path().join("share/man1"));
    made.sort();
    assert_eq!(made, expected);
    for name in command_names(folder.path()) {
        assert!(main.contains(&format!("ekiben\\-{name}(1)")), "{name}");
        let path = folder.path().join(format!("share/man1/ekiben-{name}.1"));
        assert_eq!(fs::read_to_string(path).unwrap(), page(&[&name]));
    }
    fs::write(folder.path().join("file"), "").unwrap();
    run(folder.path(), &["man", "--output", "file"])
        .exits(5)
        .says("cannot write file");
}
