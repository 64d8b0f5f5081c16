//! Files as they are written: how hard they are packed, and what a generator says of each. It must not know
//! what a file is for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::sums;

/// How hard files are packed, where they are packed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As hard as can be without more memory to unpack them: what the repository holds, and the binary
    /// carries.
    Hard,
    /// For large files, which are made to be measured with.
    Fast,
}

impl Packing {
    /// The level of zstd.
    pub(crate) fn level(self) -> i32 {
        match self {
            Self::Hard => 19,
            Self::Fast => 3,
        }
    }
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its path below the folder, with `.zst` where it is packed.
    pub name: String,
    /// Its size on disk.
    pub stored_bytes: u64,
}

/// Packs what `write` writes as `name.zst` below `folder`; gives the file with the digest of its text.
///
/// # Errors
/// Those of `write`, and when the file cannot be written.
pub(crate) fn store_packed(
    folder: &Path,
    name: &str,
    packing: Packing,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<(Written, String)> {
    let name = format!("{name}.zst");
    let path = folder.join(&name);
    let mut out = BufWriter::new(File::create(&path)?);
    let mut packed = BufWriter::new(zstd::Encoder::new(&mut out, packing.level())?);
    let digest = sums::digest(&mut packed, write)?;
    packed.into_inner()?.finish()?;
    out.flush()?;
    let stored_bytes = path.metadata()?.len();
    Ok((Written { name, stored_bytes }, digest))
}
