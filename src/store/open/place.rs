//! Whether the files that a primary has open still have their names.
//!
//! Somebody who removes or replaces a folder does not take its files from a process that has them open:
//! what is written there afterwards is lost with the process. So a writer looks, by device and inode. This
//! must not change anything, nor know what follows from it.

use std::io;
use std::path::{Path, PathBuf};

use crate::file::Identity;

/// Files by their names and identities; none are always in place.
#[derive(Debug, Default)]
pub(in crate::store) struct Place(Vec<(PathBuf, Identity)>);

impl Place {
    /// What has these names now. Names that nothing has are left out.
    pub(in crate::store) fn of(paths: impl IntoIterator<Item = PathBuf>) -> io::Result<Self> {
        let mut files = Vec::new();
        for path in paths {
            if let Some(identity) = Identity::at(&path)? {
                files.push((path, identity));
            }
        }
        Ok(Self(files))
    }

    /// A name that has gone, or that something else has. One that cannot be looked at may be in place.
    pub(in crate::store) fn missing(&self) -> Option<&Path> {
        let gone = self.0.iter().find(|(path, before)| {
            Identity::at(path).is_ok_and(|now| now.is_none_or(|now| now != *before))
        });
        gone.map(|(path, _)| path.as_path())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_has_another_in_its_place_is_missing() {
        let folder = tempfile::TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let [a, b] = ["a", "b"].map(|name| data.join(name));
        fs::write(&a, "").unwrap();
        let place = Place::of([a.clone(), b]).unwrap();
        assert_eq!(place.missing(), None);
        // Somewhere else and back again.
        fs::rename(&data, folder.path().join("moved")).unwrap();
        assert_eq!(place.missing(), Some(&*a));
        fs::rename(folder.path().join("moved"), &data).unwrap();
        assert_eq!(place.missing(), None);
        let other = data.join("other");
        fs::write(&other, "").unwrap();
        fs::rename(other, &a).unwrap();
        assert_eq!(place.missing(), Some(&*a));
    }
}
