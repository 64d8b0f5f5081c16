//! Kubernetes: the objects of one app in one file, as `deploy/kubernetes` renders them without metrics.
//!
//! It must not know what the objects mean; the overlays do.

use sha2::{Digest as _, Sha256};

use super::template::{Template, TemplateFlaw};
use super::{DeployError, DeployFiles, Deployment, SECRET};

/// What the renderings were made for.
const IMAGE: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

macro_rules! rendered {
    ($file:literal) => {
        (
            $file,
            include_str!(concat!("../../deploy/kubernetes/printed/", $file)),
        )
    };
}

/// An app, its file and the text of that.
type Rendering = (&'static str, (&'static str, &'static str));

const BESIDE: &[Rendering] = &[("isuumo", rendered!("isuumo-with-replicas.yaml"))];
const ALONE: &[Rendering] = &[
    ("isuumo", rendered!("isuumo.yaml")),
    ("people", rendered!("people.yaml")),
    ("conduit", rendered!("conduit.yaml")),
    ("english", rendered!("english.yaml")),
];

pub(super) fn files(deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    let (image, digest) = deployment.digest()?;
    let Deployment { name, host, .. } = deployment;
    let app = deployment.app.name;
    let (file, text) = rendering(app, deployment.replicas > 0)?;
    let head = format!(
        "{}\n{}",
        deployment.head("kubernetes"),
        entrance(deployment)
    );
    let storage = deployment.storage.map(|size| format!("storage: {size}Gi"));
    let memory = deployment.memory.map(|size| format!("memory: {size}Mi"));
    let mut filled = Template::new(file, text)
        .headed(&head)
        .put(
            &format!("registry.example.com/ekiben/{app}@{IMAGE}"),
            &format!("{image}@{digest}"),
        )?
        .put(&format!("{app}.stg.example.com"), &host.to_string())?
        .put(&format!("{app}-staging"), name)?
        .put_if("storage: 1Gi", storage.as_deref())?
        .put_if("memory: 512Mi", memory.as_deref())?;
    if deployment.replicas > 0 {
        let least = format!("minReplicas: {}", deployment.replicas);
        let most = format!("maxReplicas: {}", deployment.replicas.saturating_mul(5));
        filled = filled
            .put("minReplicas: 2", &least)?
            .put("maxReplicas: 10", &most)?
            .put_if("memory: 256Mi", memory.as_deref())?;
    }
    if let Some((_, key)) = deployment.secret() {
        filled = filled.with(&format!("key: {key}\n"))?;
    }
    let filled = with_own_settings(filled)?;
    Ok(DeployFiles {
        files: vec![filled.named(format!("{name}.yaml"))],
        next: next(deployment),
    })
}

/// The rendering of an app, beside replicas or alone.
fn rendering(app: &str, with_replicas: bool) -> Result<(&'static str, &'static str), TemplateFlaw> {
    let among = if with_replicas { BESIDE } else { ALONE };
    let found = among.iter().find(|(of, _)| *of == app);
    found.map(|(_, rendered)| *rendered).ok_or_else(|| {
        let kind = if with_replicas { "-with-replicas" } else { "" };
        TemplateFlaw::missing("deploy/kubernetes/printed", format!("{app}{kind}.yaml"))
    })
}

/// Names the settings by what is in them, so that other settings roll the pods, as kustomize does it.
fn with_own_settings(filled: Template) -> Result<Template, TemplateFlaw> {
    const NAME: &str = "name: ekiben-";
    /// Letters of kustomize's own suffix.
    const SUFFIX: usize = 10;
    let documents = filled.text().split("\n---\n");
    let settings = documents
        .filter(|one| one.contains("kind: ConfigMap") && one.contains("EKIBEN_APPS"))
        .find_map(|one| Some((one, one.split_once(NAME)?.1.get(..SUFFIX)?)));
    let (text, suffix) = settings.ok_or_else(|| filled.without("EKIBEN_APPS"))?;
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text));
    let example = format!("ekiben-{suffix}");
    let own = format!("ekiben-{}", digest.get(..SUFFIX).unwrap_or_default());
    filled.put(&example, &own)
}

/// What the file wants of the cluster, for its head: a class that is there, and a certificate.
fn entrance(deployment: &Deployment) -> &'static str {
    match deployment.replicas {
        0 => {
            "Its Ingress is of the class traefik: change it to what the cluster has. The certificate is in the Secret\n\
             ekiben-tls."
        }
        _ => {
            "Its Gateway is of the class eg: change it to what the cluster has. The certificate is in the Secret\n\
             ekiben-tls."
        }
    }
}

fn next(deployment: &Deployment) -> Vec<String> {
    let name = &deployment.name;
    let mut next = vec![
        format!("kubectl create namespace {name}"),
        format!(
            "kubectl --namespace {name} create secret tls ekiben-tls --cert fullchain.pem --key privkey.pem"
        ),
    ];
    if let Some((_, key)) = deployment.secret() {
        next.push(format!(
            "{SECRET} | kubectl --namespace {name} create secret generic ekiben --from-file={key}=/dev/stdin"
        ));
    }
    next.push(format!("kubectl apply -f {name}.yaml"));
    let replicas = (deployment.replicas > 0).then_some("deployment/ekiben");
    for workload in ["statefulset/ekiben-primary"].into_iter().chain(replicas) {
        next.push(format!(
            "kubectl --namespace {name} rollout status {workload} --timeout 300s"
        ));
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_without_a_rendering_gets_no_other() {
        for (app, with_replicas) in [("shop", false), ("shop", true), ("people", true)] {
            let flaw = rendering(app, with_replicas).unwrap_err().to_string();
            assert!(flaw.contains(&format!("\"{app}")), "{flaw}");
        }
        assert_eq!(rendering("people", false).unwrap().0, "people.yaml");
    }

    #[test]
    fn settings_roll_pods_or_there_is_no_file() {
        let settings = "kind: ConfigMap\ndata:\n  EKIBEN_APPS: shop\n";
        let named = format!("{settings}metadata:\n  name: ekiben-0123456789\n");
        let filled = with_own_settings(Template::new("shop.yaml", &named)).unwrap();
        let is_named_anew = !filled.text().contains("ekiben-0123456789");
        assert!(
            is_named_anew && filled.text().contains("ekiben-"),
            "{filled:?}"
        );
        for nameless in [
            settings,
            "kind: Service\nmetadata:\n  name: ekiben-0123456789\n",
        ] {
            let flaw = with_own_settings(Template::new("shop.yaml", nameless)).unwrap_err();
            assert!(flaw.to_string().contains("shop.yaml"), "{flaw}");
        }
    }
}
