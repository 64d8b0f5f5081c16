//! The commands that features of the crate bring, and what a build without one says when it is asked for one.
//!
//! An image leaves out what a server never does. Such a build has no trace of the command in its help texts,
//! completions and manual pages; who types it all the same is told what to do, and not that it was misspelt. It
//! must not know what a command does.

use clap::error::ErrorKind;

use super::failure::Failure;
use crate::apps;

/// Commands with the name of the feature that they come with, and whether this build has them.
const COMMANDS: &[(&str, bool)] = &[
    ("import", cfg!(feature = "import")),
    ("conduit", cfg!(feature = "conduit")),
    ("english", cfg!(feature = "english")),
];

/// What is wrong with arguments, if it is only that this build lacks their command.
pub(super) fn refusal(error: &clap::Error, names: impl Iterator<Item = String>) -> Option<Failure> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    left_out(&names.into_iter().find(|name| name != "help")?)
}

/// What is to be said of a command that only other builds have.
pub(super) fn left_out(name: &str) -> Option<Failure> {
    let built: Vec<_> = apps::ALL.iter().map(|app| app.name()).collect();
    refusal_in(COMMANDS, &built.join(","), name)
}

fn refusal_in(commands: &[(&str, bool)], built: &str, name: &str) -> Option<Failure> {
    commands.contains(&(name, false)).then(|| {
        Failure::usage(format!("this build has no command {name:?}")).hint(format!(
            "It was compiled without the feature {name:?}: an image has only what it serves by. Use a binary with all \
             features (`cargo install --path . --locked`), or build the image with --build-arg FEATURES={built},{name}."
        ))
    })
}

/// A help text without the lines of commands that this build lacks.
pub(super) fn of_this_build(help: &str) -> String {
    without_absent(COMMANDS, help)
}

fn without_absent(commands: &[(&str, bool)], help: &str) -> String {
    let is_there = |line: &&str| {
        let mut words = line.split_whitespace();
        let name = (words.next() == Some("ekiben"))
            .then(|| words.next())
            .flatten();
        !commands
            .iter()
            .any(|&(absent, is_built)| !is_built && name == Some(absent))
    };
    help.lines().filter(is_there).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_AN_IMAGE: &[(&str, bool)] = &[("import", false), ("conduit", true)];

    #[test]
    fn a_command_that_was_left_out_is_refused_with_a_way_out() {
        let refused = refusal_in(OF_AN_IMAGE, "conduit", "import").unwrap();
        let text = format!("{refused:?}");
        assert!(text.contains("FEATURES=conduit,import"), "{text}");
        assert!(text.contains("Usage"), "{text}");
        for known in ["conduit", "imports", ""] {
            assert!(
                refusal_in(OF_AN_IMAGE, "conduit", known).is_none(),
                "{known}"
            );
        }
    }

    #[test]
    fn help_texts_have_no_line_of_it() {
        let help = "Examples:\n  ekiben import x    made by ekiben import\n  ekiben conduit y   after import\n\nOutput";
        assert_eq!(
            without_absent(OF_AN_IMAGE, help),
            "Examples:\n  ekiben conduit y   after import\n\nOutput"
        );
        let none: &[(&str, bool)] = &[];
        assert_eq!(without_absent(none, help), help);
    }

    /// Each command that a feature brings is in the table, or a build without it would say nothing.
    #[test]
    fn the_table_has_every_command_of_a_feature() {
        let arguments = include_str!("arguments.rs");
        let (_, commands) = arguments.split_once("enum Command {").unwrap();
        let (commands, _) = commands.split_once("\n}").unwrap();
        let marked = commands
            .split("#[cfg(feature = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let named: Vec<_> = COMMANDS.iter().map(|&(name, _)| name).collect();
        assert_eq!(marked.collect::<Vec<_>>(), named);
    }
}
