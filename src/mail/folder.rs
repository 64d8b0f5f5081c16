//! Mails as files of a folder, for an operator to look at, and for sites without a mail server.
//!
//! A mail may hold a secret: the folder and its files are their owner's alone. The newest are kept.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::Undelivered;

/// Mails that are kept. What they hold is good for hours.
const KEPT: usize = 1_000;

/// How the name of a mail ends.
const SUFFIX: &str = ".eml";

#[derive(Clone)]
pub(super) struct MailFolder {
    path: PathBuf,
}

impl MailFolder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Keeps a mail, whole or not at all.
    pub(super) fn keep(&self, mail: &[u8]) -> Result<(), Undelivered> {
        self.write(mail)
            .and_then(|()| self.tidy())
            .map_err(|cause| Undelivered(format!("{}: {cause}", self.path.display())))
    }

    fn write(&self, mail: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = now.map_or(0, |now| now.as_millis());
        // In the order of their names they are in that of their times.
        let name = format!("{millis:015}-{}", Uuid::new_v4().simple());
        let unfinished = self.path.join(format!(".{name}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        let written = file
            .write_all(mail)
            .and_then(|()| fs::rename(&unfinished, self.path.join(format!("{name}{SUFFIX}"))));
        if written.is_err() {
            let _left = fs::remove_file(&unfinished);
        }
        written
    }

    /// Removes the oldest beyond [`KEPT`].
    fn tidy(&self) -> io::Result<()> {
        let mut names: Vec<_> = fs::read_dir(&self.path)?
            .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.to_owned()))
            .filter(|name| name.ends_with(SUFFIX))
            .collect();
        if names.len() > KEPT {
            names.sort_unstable();
            for name in &names[..names.len() - KEPT] {
                fs::remove_file(self.path.join(name))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_newest_are_kept_for_their_owner_alone() {
        let folder = tempfile::TempDir::new().unwrap();
        let mails = MailFolder::new(folder.path().join("a/mail"));
        let mode =
            |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        mails.keep(b"first").unwrap();
        assert_eq!(mode(&mails.path), 0o700);
        let all = || -> Vec<_> {
            let mut all: Vec<_> = fs::read_dir(&mails.path)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            all.sort();
            all
        };
        let first = all().remove(0);
        assert_eq!(mode(&first), 0o600);
        assert_eq!(fs::read(&first).unwrap(), b"first");
        for number in 0..KEPT {
            let old = mails.path.join(format!("{number:015}-x{SUFFIX}"));
            fs::write(old, "").unwrap();
        }
        mails.keep(b"last").unwrap();
        assert_eq!(all().len(), KEPT);
        assert!(first.exists(), "the oldest go");
    }

    #[test]
    fn a_folder_that_cannot_be_is_said_to_be_none() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("mail"), "").unwrap();
        let mails = MailFolder::new(folder.path().join("mail"));
        let Undelivered(cause) = mails.keep(b"x").unwrap_err();
        assert!(cause.contains("/mail: "), "{cause}");
    }
}
