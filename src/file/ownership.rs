//! Whose a new file is, and who may write it.
//!
//! A file that takes the place of another gets its owner and mode: whoever could use the one can use the
//! other, also when it was made by root. Other new files can be written by the group where their folder
//! can, as platforms want it that give each container another user id of one group. What the system does
//! not allow stays as it is. This must not know what is in a file.

use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

/// The mode of a new file in a folder that its group can write.
const OF_A_GROUP: u32 = 0o660;

const GROUP_WRITES: u32 = 0o020;

/// In such a folder, as the system's temporary one, everybody has files of their own.
const STICKY: u32 = 0o1000;

/// Gives `file` the owner and mode of the one whose place it takes.
pub(crate) fn like_replaced(file: &File, replaced: &Metadata) -> io::Result<()> {
    like_owner_of(file, replaced)?;
    set_mode(file, replaced.mode() & 0o777)
}

/// Lets the group write a new file of `folder` if it can write that.
pub(crate) fn like_folder(file: &File, folder: &Path) -> io::Result<()> {
    let is_of_a_group = folder.metadata()?.mode() & (GROUP_WRITES | STICKY) == GROUP_WRITES;
    if is_of_a_group {
        set_mode(file, OF_A_GROUP)?;
    }
    Ok(())
}

/// Gives `file` the owner and group of something else.
pub(crate) fn like_owner_of(file: &File, other: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (other.uid(), other.gid()) {
        return Ok(());
    }
    if_allowed(fchown(file, Some(other.uid()), Some(other.gid())))
}

fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    if file.metadata()?.mode() & 0o777 == mode {
        return Ok(());
    }
    if_allowed(file.set_permissions(Permissions::from_mode(mode)))
}

/// Only root gives files away, and some file systems know neither owners nor modes.
fn if_allowed(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(cause)
            if matches!(
                cause.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}
