//! `ekiben deploy`: the files of a platform for one app, printed or written to a folder.
//!
//! It owns the command's arguments and where files go. What is in them is `crate::deploy`'s.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::arguments::AppArguments;
use super::failure::Failure;
use super::output::say;
use super::remarks::remark;
use super::settings;
use crate::deploy::{
    DeployError, DeployFile, DeployTarget, DeployedApp, Deployment, Host, ImageName, files,
};

/// MiB below which no process is started: what an image is tried with.
const LEAST_MEMORY: i64 = 64;

#[derive(Debug, Args)]
pub(super) struct DeployArguments {
    /// The platform
    #[arg(value_enum, value_name = "TARGET")]
    target: TargetArgument,
    /// Host name by which people reach it, over TLS
    #[arg(long, value_name = "HOST")]
    host: Host,
    /// Image of the app, by its digest: registry.example.org/people@sha256:…
    ///
    /// Every target but systemd needs one. fly and compose take a tag, too.
    #[arg(long, value_name = "IMAGE")]
    image: Option<ImageName>,
    /// Name of the namespace, of the objects or of the app on Fly.io; without this, that of the app
    #[arg(long, value_name = "NAME")]
    name: Option<Host>,
    /// Replicas that read beside the primary, for isuumo; without this, the primary alone
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=100))]
    replicas: u16,
    /// Memory of a process in MiB; limits on connections and bodies follow it
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(LEAST_MEMORY..=1_048_576))]
    memory: Option<u32>,
    /// Volume of the primary in GiB
    #[arg(long, value_name = "GIB", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    storage: Option<u32>,
    /// Folder for the files, made if there is none; without this, they are printed
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long, requires = "out")]
    replace: bool,
    #[command(flatten)]
    pub(super) app: AppArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TargetArgument {
    /// One file for kubectl apply
    Kubernetes,
    /// Templates for oc process
    Openshift,
    /// fly.toml, or the two of a primary and replicas
    Fly,
    /// compose.yaml, for docker and podman
    Compose,
    /// Units and what they need, for a machine with systemd
    Systemd,
}

impl From<TargetArgument> for DeployTarget {
    fn from(target: TargetArgument) -> Self {
        match target {
            TargetArgument::Kubernetes => Self::Kubernetes,
            TargetArgument::Openshift => Self::Openshift,
            TargetArgument::Fly => Self::Fly,
            TargetArgument::Compose => Self::Compose,
            TargetArgument::Systemd => Self::Systemd,
        }
    }
}

pub(super) fn run(arguments: &DeployArguments) -> Result<(), Failure> {
    let app = settings::load_for_app(&arguments.app)?.1;
    let app = DeployedApp {
        name: app.name(),
        secret: app.secret_variable(),
        reads_from_replicas: app.reads_from_replicas(),
    };
    let name = arguments.name.as_ref().map(Host::to_string);
    let name = name.unwrap_or_else(|| app.name.to_owned());
    if name.contains('.') {
        let message =
            format!("--name {name}: write small letters, digits and hyphens, without dots");
        return Err(Failure::usage(message));
    }
    let deployment = Deployment {
        app,
        image: arguments.image.clone(),
        host: arguments.host.clone(),
        name,
        replicas: arguments.replicas,
        memory: arguments.memory,
        storage: arguments.storage,
    };
    let made = files(arguments.target.into(), &deployment).map_err(|error| refused(&error))?;
    match &arguments.out {
        Some(folder) => write_all(&made.files, folder, arguments.replace)?,
        None => say(&printed(&made.files))?,
    }
    remark(&format!("next:\n  {}", made.next.join("\n  ")));
    Ok(())
}

fn refused(error: &DeployError) -> Failure {
    let hint = match error {
        DeployError::NoImage => "Name it: --image registry.example.org/people@sha256:…",
        DeployError::NoDigest { .. } => {
            "A push says the digest (deploy/pack writes it to a file): --image NAME@sha256:…"
        }
        DeployError::NoReplicas { .. } | DeployError::OneProcess => "Leave --replicas out.",
        DeployError::Template(_) => return Failure::other(error.to_string()),
    };
    Failure::usage(error.to_string()).hint(hint)
}

/// The file, or all of them with a line before each that names it: a comment in all their languages.
fn printed(files: &[DeployFile]) -> String {
    match files {
        [only] => only.text.clone(),
        several => {
            let texts = several.iter();
            let texts = texts.map(|file| format!("# ==> {} <==\n{}", file.name, file.text));
            texts.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Writes all files, or none if one of them is there and may not be replaced.
fn write_all(files: &[DeployFile], folder: &Path, replace: bool) -> Result<(), Failure> {
    let failed = |path: &Path, cause: &io::Error| {
        Failure::output(format!("cannot write {}: {cause}", path.display()))
            .hint("Check the free space and the permissions of the folder.")
    };
    std::fs::create_dir_all(folder).map_err(|cause| failed(folder, &cause))?;
    let paths: Vec<_> = files.iter().map(|file| folder.join(&file.name)).collect();
    if let Some(there) = paths
        .iter()
        .find(|path| !replace && path.symlink_metadata().is_ok())
    {
        return Err(
            Failure::output(format!("{} is there already", there.display()))
                .hint("Replace it with --replace, or choose another folder."),
        );
    }
    for (file, path) in files.iter().zip(&paths) {
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create(true)
            .truncate(true)
            .create_new(!replace);
        let written = options
            .open(path)
            .and_then(|mut out| out.write_all(file.text.as_bytes()));
        written.map_err(|cause| failed(path, &cause))?;
        say(&path.display().to_string())?;
    }
    Ok(())
}
