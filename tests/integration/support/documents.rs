//! The project's documents, for tests that hold them to what is true.

use std::fs;
use std::path::Path;

/// The text of a file of the repository.
#[must_use]
pub(crate) fn repository_file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What is typed and printed in the `console` blocks of a document: for each block its commands, each with
/// the lines below it.
#[must_use]
pub(crate) fn console_blocks(document: &str) -> Vec<Vec<(String, String)>> {
    let blocks = document.split("```console\n").skip(1);
    let block = |text: &str| {
        let text = format!("\n{}", text.split("```").next().unwrap());
        let commands = text.split("\n$ ").skip(1).map(|run| {
            let (command, printed) = run.split_once('\n').unwrap_or((run, ""));
            (command.to_owned(), printed.trim_end().to_owned())
        });
        commands.collect()
    };
    blocks.map(block).collect()
}
