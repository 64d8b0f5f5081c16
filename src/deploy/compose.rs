//! Compose: the file with an image from elsewhere in the place of the one that it builds.

use super::template::Template;
use super::{DeployError, DeployFiles, Deployment};

const COMPOSE: &str = include_str!("../../deploy/compose.yaml");

pub(super) fn files(deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    let image = deployment.image()?;
    let Deployment { name, host, .. } = deployment;
    let app = deployment.app.name;
    let head = deployment.head("compose")
        + "\nA proxy on this machine has the certificate; it finds the primary at 127.0.0.1:1323.";
    let memory = deployment.memory.map(|size| format!("mem_limit: {size}m"));
    let mut file = Template::new("compose.yaml", COMPOSE).headed(&head);
    if deployment.replicas == 0 {
        file = file.cut(
            "  # Reads alone, straight from the image.",
            "volumes:\n  data:",
        )?;
    }
    file = file
        .cut("    build:\n", "    environment:\n")?
        .put("${EKIBEN_IMAGE:-ekiben-${APP:-isuumo}}", &image.to_string())?
        .put("${APP:-isuumo}", app)?
        .put("${PUBLIC_URL:-}", &format!("https://{host}"))?
        .put("name: ekiben\n", &format!("name: {name}\n"))?
        .put_if("mem_limit: ${MEMORY:-256m}", memory.as_deref())?;
    let mut next = Vec::new();
    if let Some((variable, _)) = deployment.secret() {
        file = file.with(&format!("{variable}: ${{{variable}:-}}"))?;
        next.push(format!(
            "(umask 077 && echo {variable}=$(openssl rand -hex 32) > .env)"
        ));
    }
    next.push(match deployment.replicas {
        0 => "docker compose up --wait".to_owned(),
        count => format!("docker compose --profile replicas up --wait --scale replica={count}"),
    });
    Ok(DeployFiles {
        files: vec![file.named("compose.yaml")],
        next,
    })
}
