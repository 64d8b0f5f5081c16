//! Chairs and estates for the app `isuumo`.
//!
//! It has the format, the shape and the distributions of the original ISUUMO data and none of its
//! text.
//!
//! # Layout
//! - `words`: word lists; `description`: sentences made of them
//! - `rows`: chairs and estates
//! - `files`: rows as MySQL dumps, CSV batches and condition files
//! - this file: the files of the dataset, written and hashed

mod description;
mod files;
mod rows;
mod words;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::sums;
use crate::written::Written;

/// Upload batches for each kind.
const BATCHES: u32 = 20;

/// How hard files are packed: those that the binary carries as hard as can be without more memory to
/// unpack them, larger ones, which are made to be measured with, fast.
fn compression(scale: u32) -> i32 {
    if scale == 1 { 19 } else { 3 }
}

/// One file of the dataset before it is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Schema,
    Estates,
    Chairs,
    ChairCondition,
    EstateCondition,
    ChairBatch(u32),
    EstateBatch(u32),
}

impl Part {
    fn all() -> impl Iterator<Item = Self> {
        use Part::{ChairBatch, ChairCondition, Chairs, EstateBatch, EstateCondition};
        [
            Self::Schema,
            Self::Estates,
            Chairs,
            ChairCondition,
            EstateCondition,
        ]
        .into_iter()
        .chain((0..BATCHES).map(ChairBatch))
        .chain((0..BATCHES).map(EstateBatch))
    }

    fn name(self) -> String {
        match self {
            Self::Schema => "0_schema.sql".to_owned(),
            Self::Estates => "1_estate.sql".to_owned(),
            Self::Chairs => "2_chair.sql".to_owned(),
            Self::ChairCondition => "chair_condition.json".to_owned(),
            Self::EstateCondition => "estate_condition.json".to_owned(),
            Self::ChairBatch(number) => format!("uploads/chair_{number:02}.csv"),
            Self::EstateBatch(number) => format!("uploads/estate_{number:02}.csv"),
        }
    }

    /// The bulky ones are packed; the others can be read as they are.
    fn is_packed(self) -> bool {
        !matches!(
            self,
            Self::Schema | Self::ChairCondition | Self::EstateCondition
        )
    }

    fn write(self, scale: u32, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Schema => out.write_all(files::SCHEMA.as_bytes()),
            Self::Estates => files::estate_dump(scale, out),
            Self::Chairs => files::chair_dump(scale, out),
            Self::ChairCondition => out.write_all(files::chair_condition().as_bytes()),
            Self::EstateCondition => out.write_all(files::estate_condition().as_bytes()),
            Self::ChairBatch(number) => files::chair_batch(number, out),
            Self::EstateBatch(number) => files::estate_batch(number, out),
        }
    }

    /// SHA-256 of the unpacked file, in hexadecimal.
    fn digest(self, scale: u32) -> String {
        // Hashing cannot fail, and nothing else here can.
        sums::digest(|out| self.write(scale, out)).unwrap_or_default()
    }
}

/// Names and digests of all files, unpacked, in the order of `SHA256SUMS`.
fn digests(scale: u32) -> Vec<(String, String)> {
    Part::all()
        .map(|part| (part.name(), part.digest(scale)))
        .collect()
}

/// Writes the dataset into `folder`, with `scale` times the rows of the built-in one; tells `wrote`
/// about each file.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_dataset(
    folder: &Path,
    scale: u32,
    wrote: &mut dyn FnMut(&Written),
) -> io::Result<()> {
    fs::create_dir_all(folder.join("uploads"))?;
    for part in Part::all() {
        let name = if part.is_packed() {
            format!("{}.zst", part.name())
        } else {
            part.name()
        };
        let path = folder.join(&name);
        let out = BufWriter::new(File::create(&path)?);
        if part.is_packed() {
            let mut packed = BufWriter::new(zstd::Encoder::new(out, compression(scale))?);
            part.write(scale, &mut packed)?;
            packed.into_inner()?.finish()?.flush()?;
        } else {
            let mut out = out;
            part.write(scale, &mut out)?;
            out.flush()?;
        }
        wrote(&Written {
            name,
            stored_bytes: path.metadata()?.len(),
        });
    }
    wrote(&Written {
        name: sums::NAME.to_owned(),
        stored_bytes: sums::write(folder, digests(scale))?,
    });
    Ok(())
}
