//! `ekiben import`: any dump to a SQLite file.

use super::arguments::ImportArguments;
use super::bake::bake_time;
use super::failure::Failure;
use super::{progress, say, summary};
use crate::bake::{FolderFile, ImportOptions, import};

pub(super) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let dumps: Vec<_> = arguments
        .dumps
        .iter()
        .map(|path| FolderFile::at(path))
        .collect::<Result<_, _>>()?;
    let options = ImportOptions {
        force: arguments.force,
        bake_time: &bake_time()?,
    };
    let report = import(
        &dumps,
        &arguments.output,
        &options,
        progress::for_stderr().as_mut(),
    )?;
    say(&summary::report(&report))
}
