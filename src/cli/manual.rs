//! `ekiben man`: manual pages, made of the arguments and their help texts.
//!
//! `clap_mangen` writes the sections that clap knows. The examples and exit codes behind a help text are
//! sections of their own here, with their lines as they are. It must not know what a command does.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::arguments::{Cli, ManArguments};
use super::failure::Failure;
use super::features;
use super::output::say;

pub(super) fn run(arguments: &ManArguments) -> Result<(), Failure> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    if let Some(folder) = &arguments.output {
        return write_all(&root, folder);
    }
    let command = match &arguments.command {
        None => &root,
        Some(name) => all(&root)
            .into_iter()
            .find(|command| full_name(command) == format!("ekiben-{name}"))
            .ok_or_else(|| no_such_command(&root, name))?,
    };
    say(&page(command).map_err(|cause| Failure::other(cause.to_string()))?)
}

fn no_such_command(root: &Command, name: &str) -> Failure {
    if let Some(failure) = features::left_out(name) {
        return failure;
    }
    let names: Vec<_> = root.get_subcommands().map(Command::get_name).collect();
    let names = names.join(", ");
    Failure::usage(format!(
        "there is no command {name:?}; the commands are: {names}"
    ))
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    std::iter::once(command).chain(below).collect()
}

/// The pages of `ekiben` and of every command, named as `man` looks for them.
fn write_all(root: &Command, folder: &Path) -> Result<(), Failure> {
    let written = |path: &Path, done: io::Result<()>| {
        done.map_err(|cause| {
            Failure::output(format!("cannot write {}: {cause}", path.display()))
                .hint("Check the free space and the permissions of the folder.")
        })
    };
    written(folder, fs::create_dir_all(folder))?;
    let mut count = 0;
    for command in all(root) {
        let path = folder.join(format!("{}.1", full_name(command)));
        let page = page(command);
        written(&path, page.and_then(|page| fs::write(&path, page)))?;
        count += 1;
    }
    say(&format!("{}: {count} pages", folder.display()))
}

/// `ekiben-bake` for the command of `ekiben bake`.
fn full_name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

/// The whole page as roff.
fn page(command: &Command) -> io::Result<String> {
    // The program's version, whose commands have none of their own.
    let source = format!("ekiben {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone().version(env!("CARGO_PKG_VERSION"))).source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let behind = command.get_after_help().map(ToString::to_string);
    let mut roff = Roff::new();
    for part in behind.unwrap_or_default().split("\n\n") {
        section(&mut roff, part);
    }
    if full_name(command) != "ekiben" {
        roff.control("SH", ["SEE ALSO"]);
        roff.text([bold("ekiben"), roman("(1)")]);
    }
    roff.to_writer(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// A part of what stands behind a help text: its title up to a colon, then text or indented lines.
fn section(roff: &mut Roff, part: &str) {
    let Some((title, content)) = part.split_once(':') else {
        roff.text([roman(part)]);
        return;
    };
    let title = match title {
        "Exit codes" => "EXIT STATUS".to_owned(),
        title => title.to_uppercase(),
    };
    roff.control("SH", [title.as_str()]);
    let Some(lines) = content.strip_prefix('\n') else {
        for line in content.trim().lines() {
            roff.text([roman(line)]);
        }
        return;
    };
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_help_text_is_sections_with_their_lines() {
        let mut roff = Roff::new();
        section(&mut roff, "Examples:\n  ekiben .x  one\n  .y");
        section(&mut roff, "Exit codes: 0 done,\n1 not");
        let text = roff.to_roff();
        for said in [
            ".SH EXAMPLES\n.nf\n",
            "\nekiben .x  one\n",
            ".fi\n.SH \"EXIT STATUS\"\n0 done,\n1 not\n",
        ] {
            assert!(text.contains(said), "no {said:?} in {text}");
        }
        assert!(!text.contains("\n.y"), "{text}");
    }
}
