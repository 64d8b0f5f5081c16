//! Fly.io: one app of one machine, or two apps, of which one has replicas.

use super::template::Template;
use super::{DeployError, DeployFiles, Deployment};

const ONE: &str = include_str!("../../fly.toml");
const PRIMARY: &str = include_str!("../../deploy/fly/primary.toml");
const REPLICA: &str = include_str!("../../deploy/fly/replica.toml");

pub(super) fn files(deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    let image = deployment.image()?;
    let Deployment { name, host, .. } = deployment;
    let head = deployment.head("fly");
    let build = format!("[build]\nimage = \"{image}\"");
    // Before the first of the other tables.
    let tables = format!("\n{build}\n\n[env]\n");
    let memory = deployment
        .memory
        .map(|size| format!("memory = \"{size}mb\""));
    let storage = deployment
        .storage
        .map(|size| format!("initial_size = \"{size}gb\""));
    let fill = |file: &'static str, text: &str| {
        Template::new(file, text)
            .headed(&head)
            .put("https://ekiben.fly.dev", &format!("https://{host}"))
    };
    if deployment.replicas == 0 {
        let file = fill("fly.toml", ONE)?
            .put("app = \"ekiben\"", &format!("app = \"{name}\""))?
            .put("[build]\ndockerfile = \"Dockerfile\"", &build)?
            .cut("# Another app, or your own dumps:\n", "\n[env]")?
            .put_if("memory = \"512mb\"", memory.as_deref())?
            .put_if("initial_size = \"1gb\"", storage.as_deref())?
            .named("fly.toml");
        let mut next = vec![format!("fly apps create {name}")];
        if let Some((variable, _)) = deployment.secret() {
            next.push(format!(
                "echo {variable}=$(openssl rand -hex 32) | fly secrets import --app {name}"
            ));
        }
        next.push("fly deploy --ha=false".to_owned());
        next.extend(certificate(name, &host.to_string()));
        return Ok(DeployFiles {
            files: vec![file],
            next,
        });
    }
    let primary = fill("primary.toml", PRIMARY)?
        .put(
            "app = \"ekiben-primary\"",
            &format!("app = \"{name}-primary\""),
        )?
        .put("\n[env]\n", &tables)?
        .put_if("memory = \"512mb\"", memory.as_deref())?
        .put_if("initial_size = \"1gb\"", storage.as_deref())?;
    let replica = fill("replica.toml", REPLICA)?
        .put("app = \"ekiben\"", &format!("app = \"{name}\""))?
        .put("\n[env]\n", &tables)?
        .put("\"ekiben-primary\"", &format!("\"{name}-primary\""))?
        .put_if("memory = \"256mb\"", memory.as_deref())?;
    let mut next = vec![format!(
        "fly apps create {name} && fly apps create {name}-primary"
    )];
    // The same for both, or a session of one is none to the other.
    if let Some((variable, _)) = deployment.secret() {
        next.push("SECRET=$(openssl rand -hex 32)".to_owned());
        for app in [name.clone(), format!("{name}-primary")] {
            next.push(format!(
                "echo {variable}=$SECRET | fly secrets import --app {app}"
            ));
        }
    }
    next.extend([
        "fly deploy --config primary.toml --ha=false".to_owned(),
        "fly deploy --config replica.toml".to_owned(),
        format!("fly scale count {} --app {name}", deployment.replicas),
    ]);
    next.extend(certificate(name, &host.to_string()));
    Ok(DeployFiles {
        files: vec![primary.named("primary.toml"), replica.named("replica.toml")],
        next,
    })
}

/// A host of one's own needs a certificate.
fn certificate(app: &str, host: &str) -> Option<String> {
    (host != format!("{app}.fly.dev")).then(|| format!("fly certs add {host} --app {app}"))
}
