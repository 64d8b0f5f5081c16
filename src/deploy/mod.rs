//! The files with which a platform runs an app: what `deploy/` has, filled in for one deployment.
//!
//! It owns which files a target has, and what of them is filled in. The templates are the files that
//! `deploy/check` tries, as they stand there, so that nothing is printed which was not tried. It must not
//! write files nor know the command line.
//!
//! # Layout
//! - `values`: what is given, as far as files can hold it
//! - `template`: a text and what is put into it
//! - `kubernetes`, `openshift`, `fly`, `compose`, `systemd`: the targets

mod compose;
mod fly;
mod kubernetes;
mod openshift;
mod systemd;
mod template;
mod values;

pub use template::TemplateFlaw;
pub use values::{Host, ImageName, InvalidValue};

/// Makes a secret for a command that reads it. Everybody on a machine sees the arguments of commands.
const SECRET: &str = "openssl rand -hex 32 | tr -d '\\n'";

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployTarget {
    /// Kubernetes, by `kubectl apply`.
    Kubernetes,
    /// OpenShift, by `oc process`.
    Openshift,
    /// Fly.io.
    Fly,
    /// Compose, with docker or podman.
    Compose,
    /// A machine with systemd.
    Systemd,
}

/// What the files have to know of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedApp {
    /// Its name.
    pub name: &'static str,
    /// The variable of the secret that it signs with, if it has one.
    pub secret: Option<String>,
    /// Whether replicas may answer reads while its primary takes writes.
    pub reads_from_replicas: bool,
}

/// What is deployed, and how large.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The app.
    pub app: DeployedApp,
    /// Its image; not for a machine that runs the binary.
    pub image: Option<ImageName>,
    /// The host name by which people reach it, over TLS.
    pub host: Host,
    /// What the platform's objects are called: a namespace, an app of Fly.io.
    pub name: String,
    /// Replicas that read beside the primary; 0 for the primary alone.
    pub replicas: u16,
    /// MiB of memory for a process, if not the template's.
    pub memory: Option<u32>,
    /// GiB of the primary's volume, if not the template's.
    pub storage: Option<u32>,
}

/// One file.
#[derive(Debug, PartialEq, Eq)]
pub struct DeployFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Files, and what is done with them.
#[derive(Debug)]
pub struct DeployFiles {
    /// In the order in which they are used.
    pub files: Vec<DeployFile>,
    /// Commands, from the folder of the files.
    pub next: Vec<String>,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The image has to be named.
    #[error("this target runs an image, and none is named")]
    NoImage,
    /// A tag can be given to another image meanwhile.
    #[error(
        "{image:?} is an image without a digest, and two machines may take it for different ones"
    )]
    NoDigest {
        /// What was given.
        image: String,
    },
    /// The app has no replicas.
    #[error(
        "{app} has no replicas: they serve the data of the image, and its users have to see what they wrote"
    )]
    NoReplicas {
        /// The app.
        app: &'static str,
    },
    /// The target is one process.
    #[error("this target runs one process, and no replicas beside it")]
    OneProcess,
    /// A template and this code have parted.
    #[error(transparent)]
    Template(#[from] TemplateFlaw),
}

/// The files of `target`.
///
/// # Errors
/// When the target cannot run what is to be deployed.
pub fn files(target: DeployTarget, deployment: &Deployment) -> Result<DeployFiles, DeployError> {
    let app = &deployment.app;
    if deployment.replicas > 0 && !app.reads_from_replicas {
        return Err(DeployError::NoReplicas { app: app.name });
    }
    match target {
        DeployTarget::Kubernetes => kubernetes::files(deployment),
        DeployTarget::Openshift => openshift::files(deployment),
        DeployTarget::Fly => fly::files(deployment),
        DeployTarget::Compose => compose::files(deployment),
        DeployTarget::Systemd => systemd::files(deployment),
    }
}

impl Deployment {
    /// What a file begins with.
    fn head(&self, target: &str) -> String {
        let Self { app, host, .. } = self;
        let app = app.name;
        let version = env!("CARGO_PKG_VERSION");
        format!("{app} at {host}, made by `ekiben deploy {target}` of version {version}.")
    }

    fn image(&self) -> Result<&ImageName, DeployError> {
        self.image.as_ref().ok_or(DeployError::NoImage)
    }

    /// The image by its digest: its name and `sha256:…`.
    fn digest(&self) -> Result<(&str, &str), DeployError> {
        let image = self.image()?;
        image.by_digest().ok_or_else(|| DeployError::NoDigest {
            image: image.to_string(),
        })
    }

    /// The variable that holds the secret of an app with users, and the key of a mounted one.
    fn secret(&self) -> Option<(&str, String)> {
        let variable = self.app.secret.as_deref()?;
        Some((variable, format!("{}-secret", self.app.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPS: [&str; 4] = ["isuumo", "people", "conduit", "english"];
    const TARGETS: [DeployTarget; 5] = [
        DeployTarget::Kubernetes,
        DeployTarget::Openshift,
        DeployTarget::Fly,
        DeployTarget::Compose,
        DeployTarget::Systemd,
    ];

    fn deployment(app: &'static str, replicas: u16) -> Deployment {
        let digest = "a".repeat(64);
        let secret = ["conduit", "english"].contains(&app);
        Deployment {
            app: DeployedApp {
                name: app,
                secret: secret.then(|| format!("{}_SECRET", app.to_uppercase())),
                reads_from_replicas: app == "isuumo",
            },
            image: Some(
                format!("registry.test/shop/box@sha256:{digest}")
                    .parse()
                    .unwrap(),
            ),
            host: "shop.test".parse().unwrap(),
            name: "shop".to_owned(),
            replicas,
            memory: Some(333),
            storage: Some(7),
        }
    }

    #[test]
    fn every_template_takes_every_value_and_keeps_no_example() {
        for target in TARGETS {
            for app in APPS {
                let replicas = u16::from(app == "isuumo" && target != DeployTarget::Systemd) * 4;
                for replicas in [0, replicas] {
                    let made = files(target, &deployment(app, replicas)).unwrap();
                    let all: String = made.files.iter().map(|file| &*file.text).collect();
                    for left in ["example.com", "0000000000", "-staging", "ekiben.fly.dev"] {
                        assert!(!all.contains(left), "{target:?} of {app}: {left}\n{all}");
                    }
                    let memory = ["333Mi", "333m", "333mb", "333M"];
                    assert!(
                        memory.iter().any(|size| all.contains(size)),
                        "{target:?}\n{all}"
                    );
                    assert!(all.contains("shop.test"), "{target:?} of {app}\n{all}");
                    assert!(!made.next.is_empty());
                }
            }
        }
    }

    #[test]
    fn another_app_with_users_gets_its_secret_or_no_files() {
        let mut another = deployment("english", 0);
        another.app.name = "people";
        another.app.secret = Some("EKIBEN_PEOPLE__SECRET".to_owned());
        for target in TARGETS {
            match files(target, &another) {
                Ok(made) => {
                    let next = made.next.join("\n");
                    assert!(next.contains("EKIBEN_PEOPLE__SECRET"), "{target:?}\n{next}");
                }
                Err(flaw) => {
                    let flaw = flaw.to_string().to_lowercase();
                    assert!(flaw.contains("people") && flaw.contains("secret"), "{flaw}");
                }
            }
        }
        another.app.reads_from_replicas = true;
        another.replicas = 2;
        let made = files(DeployTarget::Fly, &another).unwrap();
        let given = made
            .next
            .iter()
            .filter(|next| next.contains("secrets import"));
        assert_eq!(given.count(), 2, "{:?}", made.next);
    }

    #[test]
    fn no_secret_is_an_argument() {
        for target in TARGETS {
            for app in APPS {
                let made = files(target, &deployment(app, 0)).unwrap();
                let secrets = made.next.iter().filter(|next| next.contains("openssl"));
                let secrets: Vec<_> = secrets.collect();
                let wanted = usize::from(["conduit", "english"].contains(&app));
                assert_eq!(secrets.len(), wanted, "{target:?} of {app}");
                for next in secrets {
                    // `echo` is the shell's own: it is no process, and has no arguments to be seen.
                    let substituted = next.split_once("$(openssl").map(|(before, _)| before);
                    let before = substituted.unwrap_or("echo ").rsplit(['|', '&']).next();
                    assert!(before.unwrap().trim().starts_with("echo"), "{next}");
                }
            }
        }
    }

    #[test]
    fn what_a_target_cannot_run_is_refused() {
        for app in ["people", "conduit", "english"] {
            let refused = files(DeployTarget::Kubernetes, &deployment(app, 1)).unwrap_err();
            assert!(refused.to_string().starts_with(app), "{refused}");
        }
        let mut tagged = deployment("people", 0);
        tagged.image = Some("registry.test/shop/box:v1".parse().unwrap());
        for target in [DeployTarget::Kubernetes, DeployTarget::Openshift] {
            let refused = files(target, &tagged).unwrap_err();
            assert!(
                refused.to_string().contains("without a digest"),
                "{refused}"
            );
        }
        files(DeployTarget::Compose, &tagged).unwrap();
        tagged.image = None;
        for target in TARGETS {
            let is_refused = files(target, &tagged).is_err();
            assert_eq!(is_refused, target != DeployTarget::Systemd, "{target:?}");
        }
        files(DeployTarget::Systemd, &deployment("isuumo", 2)).unwrap_err();
    }
}
