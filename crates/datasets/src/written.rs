//! What a generator says of a file that it has written. It must not know what the file is for.

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its path below the folder, with `.zst` where it is packed.
    pub name: String,
    /// Its size on disk.
    pub stored_bytes: u64,
}
