//! `ekiben generate`: an app's own dataset.

use indicatif::HumanBytes;

use super::arguments::GenerateArguments;
use super::failure::Failure;
use super::{remark, settings};
use crate::apps;

pub(super) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    let (_, app) = settings::load_for_app(&arguments.app)?;
    let out = &arguments.out;
    let mut total = 0;
    let mut wrote = |name: &str, bytes: u64| {
        total += bytes;
        remark(&format!("{name} ({})", HumanBytes(bytes)));
    };
    std::fs::create_dir_all(out)
        .and_then(|()| apps::generate(app, out, arguments.scale, &mut wrote))
        .map_err(|cause| {
            Failure::output(format!("cannot write {}: {cause}", out.display()))
                .hint("Check the free space and the permissions of the folder.")
        })?;
    remark(&format!("{}: {} in all", out.display(), HumanBytes(total)));
    Ok(())
}
