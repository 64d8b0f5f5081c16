//! What every fuzzed input goes through: the reader alone with all its rows, and the whole import.
//!
//! The targets of `cargo fuzz` and `tests/integration/import/robustness.rs` share it, so that both
//! mean the same by a good answer. It must not know where inputs come from.

use std::fs;
use std::io;
use std::path::Path;

use ekiben::dump::{Charset, DumpError, DumpReader, MemberList, ValueType};
use ekiben::file::{FileError, FolderFile};
use ekiben::import::{ImportOptions, Selection, import as bake_import};
use ekiben::load::{LoadError, Silent};
use tempfile::TempDir;

/// Every way of reading a value, so that any literal meets any of them sooner or later.
fn kinds() -> Vec<ValueType> {
    let members: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
    let members: std::sync::Arc<MemberList> = std::sync::Arc::new(members.into());
    vec![
        ValueType::Any,
        ValueType::Integer,
        ValueType::TEXT,
        ValueType::Unsigned,
        ValueType::Bits,
        ValueType::Real,
        ValueType::Decimal(2),
        ValueType::Year,
        ValueType::Date,
        ValueType::DateTime(3),
        ValueType::Time(6),
        ValueType::Char(Charset::Utf8),
        ValueType::Enum(members.clone(), Charset::Utf8),
        ValueType::Set(members, Charset::Utf8),
        ValueType::Blob,
        ValueType::FixedBlob(7),
    ]
}

/// Reads all statements and rows of a dump, each value as one kind or another; gives the number of
/// statements. Values that do not fit their kind are passed over.
///
/// # Panics
/// When an error names a place that is not in the dump.
pub(crate) fn read(dump: &[u8]) -> Result<u64, DumpError> {
    let kinds = kinds();
    let mut turn = 0;
    let mut reader = DumpReader::new("fuzzed.sql", dump).allow_incomplete(true);
    let mut walk = || {
        let mut statements = 0;
        while reader.next_statement()?.is_some() {
            statements += 1;
            while let Some(row) = reader.next_row()? {
                for index in 0..row.len() {
                    let kind = &kinds[turn % kinds.len()];
                    turn += 1;
                    if let Err(error) = row.value(index, kind, &mut false) {
                        check_place(&error, dump);
                    }
                }
            }
        }
        Ok(statements)
    };
    walk().inspect_err(|error| check_place(error, dump))
}

/// The line of an error must be that of its byte, and both must be in the dump.
fn check_place(error: &DumpError, dump: &[u8]) {
    let byte = usize::try_from(error.position.byte).expect("a 64-bit system");
    assert!(
        byte <= dump.len(),
        "{error}: the dump has {} bytes",
        dump.len()
    );
    let newlines = dump[..byte].iter().filter(|&&byte| byte == b'\n').count();
    assert_eq!(error.position.line, newlines as u64 + 1, "{error}");
}

/// A folder for the files of imports: in memory where the system has such a place, because syncing
/// to a disk would take most of the time.
pub(crate) fn folder() -> io::Result<TempDir> {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new())
}

/// Imports a dump into a file in `folder`, which the next import replaces.
pub(crate) fn import(dump: &[u8], folder: &Path) -> Result<(), LoadError> {
    let input = folder.join("fuzzed.sql");
    fs::write(&input, dump).expect("the folder is there");
    let options = ImportOptions {
        force: true,
        bake_time: "2026-01-01T00:00:00Z",
        selection: Selection::default(),
        strict: false,
        jobs: 1,
        charset: Charset::Utf8,
        allow_incomplete: true,
    };
    let out = folder.join("out.sqlite");
    bake_import(&[FolderFile::at(&input)?], &out, &options, &mut Silent).map(drop)
}

/// Errors that no dump may cause: what the importer wrote itself did not work.
pub(crate) fn is_our_fault(error: &LoadError) -> bool {
    matches!(
        error,
        LoadError::Finish { .. }
            | LoadError::Output { .. }
            | LoadError::File(FileError::Sqlite { .. } | FileError::Integrity { .. })
    )
}
