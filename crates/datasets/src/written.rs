//! Files as they are written: how hard they are packed, and what a generator says of each. It must not know
//! what a file is for.

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
