//! One input on its way to the reader: unpacked, hashed, and metered for the progress bar.
//!
//! The digest is over the unpacked text, so that a dump has one identity however it was packed.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::dump::decompress;
use crate::file::{FileError, FolderFile};

/// What is counted while an input is read, shared with whoever watches.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Stored (packed) bytes read so far.
    stored: AtomicU64,
    hashed: Mutex<Hashed>,
}

#[derive(Debug, Default)]
struct Hashed {
    state: Sha256,
    bytes: u64,
}

impl Meter {
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Unpacked bytes and their SHA-256, in lower-case hexadecimal, once the input is at its end.
    pub(crate) fn finish(&self) -> (u64, String) {
        let hashed = self.hashed.lock().unwrap_or_else(PoisonError::into_inner);
        (
            hashed.bytes,
            HEXLOWER.encode(&hashed.state.clone().finalize()),
        )
    }
}

/// An input that is being read.
pub(crate) struct Opened<R> {
    /// Its unpacked text.
    pub(crate) bytes: R,
    pub(crate) meter: Arc<Meter>,
    /// The text was in UTF-16 and is UTF-8 now.
    pub(crate) translated: bool,
}

/// Opens `file` for reading its unpacked text.
pub(crate) fn open(file: &FolderFile) -> Result<Opened<impl Read + Send + use<>>, FileError> {
    let meter = Arc::new(Meter::default());
    let stored = Stored {
        inner: file.open()?,
        meter: Arc::clone(&meter),
    };
    let unpacked = decompress(stored).map_err(|cause| FileError::Input {
        name: file.shown.clone(),
        cause,
    })?;
    Ok(Opened {
        translated: unpacked.is_translated(),
        bytes: Unpacked {
            inner: unpacked,
            meter: Arc::clone(&meter),
        },
        meter,
    })
}

/// The name of a file without its compression, by which the provenance knows it.
pub(crate) fn unpacked_name(name: &str) -> &str {
    name.strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(name)
}

struct Stored<R> {
    inner: R,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Stored<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.meter.stored.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

struct Unpacked<R> {
    inner: R,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let mut hashed = self
            .meter
            .hashed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        hashed.state.update(&out[..count]);
        hashed.bytes += count as u64;
        Ok(count)
    }
}
