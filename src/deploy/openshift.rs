//! OpenShift: the templates with their parameters filled in, for `oc process`.
//!
//! It must not process a template; the platform's client does.

use super::template::Template;
use super::{DeployError, DeployFiles, Deployment, SECRET};

const PRIMARY: &str = include_str!("../../deploy/openshift/primary.yaml");
const REPLICAS: &str = include_str!("../../deploy/openshift/template.yaml");

pub(super) fn files(deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    let (image, digest) = deployment.digest()?;
    let Deployment { name, host, .. } = deployment;
    let app = deployment.app.name;
    let host = host.to_string();
    let beside = deployment.replicas > 0;
    // A Route leads to one Service, whatever the method: each has a host.
    let (primary, primary_host) = match host.split_once('.') {
        Some((first, rest)) if beside => {
            (format!("{name}-primary"), format!("{first}-primary.{rest}"))
        }
        _ if beside => (format!("{name}-primary"), format!("{host}-primary")),
        _ => (name.clone(), host.clone()),
    };
    let memory = deployment.memory.map(|size| format!("memory: {size}Mi"));
    let storage = deployment.storage.map(|size| format!("{size}Gi"));
    let fill = |template: Template, name: &str, host: &str| {
        let template = with_parameter(template, "NAME", name)?;
        let template = with_parameter(template, "APP", app)?;
        let template = with_parameter(template, "APP_IMAGE", image)?;
        let template = with_parameter(template, "APP_IMAGE_DIGEST", digest)?;
        with_parameter(template, "APPLICATION_DOMAIN", host)
    };
    let mut template = fill(
        Template::new("primary.yaml", PRIMARY),
        &primary,
        &primary_host,
    )?
    .put_if("memory: 512Mi", memory.as_deref())?;
    if let Some(storage) = &storage {
        template = with_parameter(template, "VOLUME_CAPACITY", storage)?;
    }
    let mut files = vec![template.named("primary.yaml")];
    if beside {
        let template = fill(Template::new("template.yaml", REPLICAS), name, &host)?
            .put_if("memory: 256Mi", memory.as_deref())?;
        let count = deployment.replicas.to_string();
        files.push(with_parameter(template, "REPLICAS", &count)?.named("replicas.yaml"));
    }
    let mut next = Vec::new();
    if let Some((variable, _)) = deployment.secret() {
        next.push(format!(
            "{SECRET} | oc create secret generic {primary} --from-file={variable}=/dev/stdin"
        ));
    }
    for file in &files {
        next.push(format!(
            "oc process --local -f {} | oc apply -f -",
            file.name
        ));
    }
    for name in [&primary].into_iter().chain(beside.then_some(name)) {
        next.push(format!(
            "oc rollout status deployment/{name} --timeout 300s"
        ));
    }
    Ok(DeployFiles { files, next })
}

/// Gives a parameter a value, instead of the one that it may have.
fn with_parameter(template: Template, name: &str, value: &str) -> Result<Template, DeployError> {
    let head = format!("  - name: {name}\n");
    let block = template.text().split_once(&head).map(|(_, rest)| rest);
    let block = block.unwrap_or_default();
    let block = block.split("\n  - name: ").next().unwrap_or_default();
    let own = block.lines().find(|line| line.starts_with("    value: "));
    let new = format!("    value: \"{value}\"");
    let filled = match own {
        Some(line) => {
            let (from, to) = (format!("{head}{block}"), block.replace(line, &new));
            template.put(&from, &format!("{head}{to}"))
        }
        None => template.put(&head, &format!("{head}{new}\n")),
    };
    Ok(filled?)
}
