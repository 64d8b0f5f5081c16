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
use crate::written::{Packing, Written};

/// Upload batches for each kind.
const BATCHES: u32 = 20;

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

    /// Writes the file below `folder`, packed if it is bulky; gives it with the digest of its text.
    fn store(self, folder: &Path, scale: u32, packing: Packing) -> io::Result<(Written, String)> {
        let name = if self.is_packed() {
            format!("{}.zst", self.name())
        } else {
            self.name()
        };
        let path = folder.join(&name);
        let mut out = BufWriter::new(File::create(&path)?);
        let digest = if self.is_packed() {
            let mut packed = BufWriter::new(zstd::Encoder::new(&mut out, packing.level())?);
            let digest = sums::digest(&mut packed, |out| self.write(scale, out))?;
            packed.into_inner()?.finish()?;
            digest
        } else {
            sums::digest(&mut out, |out| self.write(scale, out))?
        };
        out.flush()?;
        let stored_bytes = path.metadata()?.len();
        Ok((Written { name, stored_bytes }, digest))
    }
}

/// Writes the dataset into `folder`, with `scale` times the rows of the built-in one; reports to `wrote`
/// about each file.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_dataset(
    folder: &Path,
    scale: u32,
    packing: Packing,
    wrote: &mut dyn FnMut(&Written),
) -> io::Result<()> {
    fs::create_dir_all(folder.join("uploads"))?;
    let mut digests = Vec::new();
    for part in Part::all() {
        let (file, digest) = part.store(folder, scale, packing)?;
        digests.push((part.name(), digest));
        wrote(&file);
    }
    wrote(&Written {
        name: sums::NAME.to_owned(),
        stored_bytes: sums::write(folder, digests)?,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packing everything as hard takes half a minute of processor time, and says no more.
    #[test]
    fn batches_are_packed_as_in_the_repository() {
        let made = tempfile::tempdir().unwrap();
        fs::create_dir(made.path().join("uploads")).unwrap();
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dataset/isuumo");
        for part in [Part::ChairBatch(7), Part::EstateBatch(0)] {
            let (file, _) = part.store(made.path(), 1, Packing::Hard).unwrap();
            let [expected, written] =
                [&committed, made.path()].map(|folder| fs::read(folder.join(&file.name)).unwrap());
            assert!(written == expected, "{} differs", file.name);
        }
    }
}
