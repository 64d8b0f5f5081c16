//! A machine with systemd: the units, and the variables of the deployment.
//!
//! The binary is what is deployed, so no image is named.

use super::template::Template;
use super::{DeployError, DeployFiles, Deployment};

const SERVICE: &str = include_str!("../../deploy/systemd/ekiben.service");
const ENVIRONMENT: &str = include_str!("../../deploy/systemd/environment");
const BACKUP: &str = include_str!("../../deploy/systemd/ekiben-backup.service");
const TIMER: &str = include_str!("../../deploy/systemd/ekiben-backup.timer");
const USERS: &str = include_str!("../../deploy/systemd/ekiben.sysusers");
const FOLDERS: &str = include_str!("../../deploy/systemd/ekiben.tmpfiles");

pub(super) fn files(deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    if deployment.replicas > 0 {
        return Err(DeployError::OneProcess);
    }
    let memory = deployment.memory.map(|size| format!("MemoryMax={size}M"));
    let service =
        Template::new("ekiben.service", SERVICE).put_if("MemoryMax=512M", memory.as_deref())?;
    let environment = Template::new("environment", ENVIRONMENT)
        .put("isuumo", deployment.app.name)?
        .put("ekiben.example.com", &deployment.host.to_string())?;
    let as_it_is = |name: &'static str, text| Template::new(name, text).named(name);
    let mut next = vec![
        "install -m 0755 \"$(command -v ekiben)\" /usr/local/bin/ekiben".to_owned(),
        "install -m 0644 ekiben.sysusers /usr/lib/sysusers.d/ekiben.conf".to_owned(),
        "install -m 0644 ekiben.tmpfiles /usr/lib/tmpfiles.d/ekiben.conf".to_owned(),
        "install -m 0644 ekiben.service ekiben-backup.service ekiben-backup.timer /etc/systemd/system/".to_owned(),
        "systemd-sysusers && systemd-tmpfiles --create".to_owned(),
        "install -d -m 0750 -o ekiben -g ekiben /etc/ekiben".to_owned(),
        "install -m 0600 environment /etc/ekiben/environment".to_owned(),
    ];
    if let Some((variable, _)) = deployment.secret() {
        next.push(format!(
            "echo {variable}=$(openssl rand -hex 32) >> /etc/ekiben/environment"
        ));
    }
    next.push(
        "systemctl daemon-reload && systemctl enable --now ekiben ekiben-backup.timer".to_owned(),
    );
    Ok(DeployFiles {
        files: vec![
            service.named("ekiben.service"),
            environment.named("environment"),
            as_it_is("ekiben-backup.service", BACKUP),
            as_it_is("ekiben-backup.timer", TIMER),
            as_it_is("ekiben.sysusers", USERS),
            as_it_is("ekiben.tmpfiles", FOLDERS),
        ],
        next,
    })
}
