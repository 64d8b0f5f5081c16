//! What a terminal gets that a pipe does not: colours, and a bar that fits into it.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;

use regex::Regex;
use tempfile::TempDir;

use crate::support::binary::{ekiben, finish};
use crate::support::terminal::on_terminal;

const ESCAPE: &str = "\u{1b}[";

/// Trust 19: the log and help texts have colours where the terminal takes them and nobody objects.
#[test]
fn colours_are_left_out_where_somebody_objects() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let xterm = ("TERM", "xterm-256color");
    for (variables, are_there) in [
        (&[xterm][..], true),
        (&[xterm, ("NO_COLOR", "1")], false),
        (&[xterm, ("NO_COLOR", "")], true),
        (&[xterm, ("CLICOLOR", "0")], false),
        (&[("TERM", "dumb")], false),
        (&[("TERM", "dumb"), ("CLICOLOR", "1")], true),
        (&[], false),
    ] {
        let mut help = ekiben(folder.path());
        help.arg("--help").envs(variables.iter().copied());
        // A log with one line, a warning, before the server fails.
        let mut serve = ekiben(folder.path());
        serve.args(["serve", "--listen", &address]);
        serve
            .env("EKIBEN_A_SERVICE_HOST", "10.0.0.1")
            .env("EKIBEN_ADMIN__LISTEN", "off");
        serve.envs(variables.iter().copied());
        for (command, said) in [
            (&mut help, "Commands:"),
            (&mut serve, "EKIBEN_A_SERVICE_HOST"),
        ] {
            let (_, printed) = on_terminal(command, 100);
            assert!(printed.contains(said), "{printed}");
            assert_eq!(
                printed.contains(ESCAPE),
                are_there,
                "{variables:?}: {printed}"
            );
        }
    }
    // A pipe has none, unless somebody insists.
    for (force, are_there) in [("", false), ("1", true)] {
        let mut serve = ekiben(folder.path());
        serve.args(["serve", "--listen", &address]);
        serve
            .env("EKIBEN_A_SERVICE_HOST", "10.0.0.1")
            .env("EKIBEN_LOG__FORMAT", "text");
        let finished = finish(&serve.env("CLICOLOR_FORCE", force).output().unwrap());
        assert_eq!(
            finished.stderr.contains(ESCAPE),
            are_there,
            "{}",
            finished.stderr
        );
    }
}

/// Columns that `text` takes: Japanese takes two for each letter.
fn columns(text: &str) -> usize {
    let wide = |letter: char| ('\u{1100}'..'\u{fffd}').contains(&letter) && !is_narrow(letter);
    text.chars()
        .map(|letter| 1 + usize::from(wide(letter)))
        .sum()
}

/// The letters that bars and spinners are made of.
fn is_narrow(letter: char) -> bool {
    ('\u{2500}'..'\u{2900}').contains(&letter)
}

/// Trust 19: the bar is never wider than the terminal, whatever the file is called, and says nothing of rows
/// before there are some.
#[test]
fn a_bar_fits_into_its_terminal() {
    let folder = TempDir::new().unwrap();
    let name = "名前の長い".repeat(12) + ".sql";
    let mut dump = "CREATE TABLE t (a varchar(100));\n".to_owned();
    for row in 0..20_000 {
        writeln!(dump, "INSERT INTO t VALUES ('{row}');").unwrap();
    }
    fs::write(folder.path().join(&name), dump).unwrap();
    let escapes = Regex::new("\u{1b}\\[[0-9;?]*[A-Za-z]").unwrap();
    for (width, terminal) in [(200, 200), (80, 80), (80, 0), (40, 40), (20, 20)] {
        let output = format!("{terminal}.sqlite");
        let mut import = ekiben(folder.path());
        import
            .args(["import", &name, "-o", &output])
            .env("TERM", "xterm");
        let (code, printed) = on_terminal(&mut import, terminal);
        assert_eq!(code, Some(0), "{printed}");
        let printed = escapes.replace_all(&printed, "");
        let frames = printed
            .split(['\r', '\n'])
            .filter(|frame| frame.contains('%'));
        let frames: Vec<_> = frames.collect();
        assert!(!frames.is_empty(), "no bar in {printed}");
        for frame in frames {
            assert!(
                columns(frame) <= width,
                "{} > {width}: {frame}",
                columns(frame)
            );
            assert!(
                !frame.contains(",  rows") && !frame.contains(" 0 rows"),
                "{frame}"
            );
        }
    }
}

/// Trust 19: a dumb terminal cannot go back in a line; it gets the lines that a pipe gets.
#[test]
fn a_dumb_terminal_gets_lines() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.sql"), "CREATE TABLE t (a int);\n").unwrap();
    let mut import = ekiben(folder.path());
    import
        .args(["import", "a.sql", "-o", "a.sqlite"])
        .env("TERM", "dumb");
    let (code, printed) = on_terminal(&mut import, 80);
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.starts_with("reading a.sql (24 B)\n"), "{printed}");
    assert!(
        !printed.contains('\r') && !printed.contains(ESCAPE),
        "{printed}"
    );
}
