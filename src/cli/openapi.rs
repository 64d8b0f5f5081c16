//! `ekiben openapi`: the description of the API that a server of this configuration would give.

use super::arguments::OpenapiArguments;
use super::failure::Failure;
use super::output::say;
use super::settings;
use crate::http::builtin::openapi;
use crate::serving;

pub(super) fn run(arguments: &OpenapiArguments) -> Result<(), Failure> {
    let layers = settings::load_for_openapi(arguments)?;
    let apps = settings::apps(&layers)?;
    let json = openapi::to_json(&serving::mount(&apps, &layers)?.description());
    let Some(output) = &arguments.output else {
        return say(&json);
    };
    std::fs::write(output, json).map_err(|cause| {
        Failure::output(format!("cannot write {}: {cause}", output.display()))
            .hint("Check the free space and the permissions of the folder.")
    })
}
