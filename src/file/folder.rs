//! Folders of files that are on disk or embedded in the binary, read the same way.
//!
//! The binary carries `schema/` and `dataset/`, so that it can bake on an empty machine; a folder on
//! disk takes their place when the configuration names one. Only the files of the folder itself are
//! listed, sorted by name, never those of folders below it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use include_dir::Dir;

use super::{FileError, Identity};

/// A place that schema or dataset files come from.
#[derive(Debug, Clone)]
pub enum Folder {
    /// A folder on disk.
    Disk(PathBuf),
    /// A folder compiled into the binary.
    Embedded(&'static Dir<'static>),
}

/// One file of a [`Folder`].
#[derive(Debug, Clone)]
pub struct FolderFile {
    /// The file's own name, without the folder.
    pub name: String,
    /// The path for messages.
    pub shown: String,
    /// Size in bytes, as stored.
    pub bytes: u64,
    /// Where the bytes are.
    pub content: Content,
}

/// The bytes of a [`FolderFile`].
#[derive(Debug, Clone)]
pub enum Content {
    /// In a file on disk.
    Path(PathBuf),
    /// In the binary.
    Embedded(&'static [u8]),
    /// What is piped in.
    StandardInput,
}

impl Folder {
    /// The folder's files, sorted by name.
    ///
    /// # Errors
    /// When a folder on disk cannot be listed.
    pub fn files(&self) -> Result<Vec<FolderFile>, FileError> {
        let mut files = match self {
            Self::Disk(path) => disk_files(path).map_err(|cause| FileError::Input {
                name: self.shown(),
                cause,
            })?,
            Self::Embedded(dir) => dir.files().map(embedded_file).collect(),
        };
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// How messages name the folder.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Disk(path) => path.display().to_string(),
            Self::Embedded(dir) => format!("the built-in {}", dir.path().display()),
        }
    }
}

impl FolderFile {
    /// A single file on disk.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn at(path: &Path) -> Result<Self, FileError> {
        let shown = path.display().to_string();
        let metadata = path
            .metadata()
            .and_then(|metadata| {
                if metadata.is_dir() {
                    Err(io::Error::new(
                        io::ErrorKind::IsADirectory,
                        "it is a folder",
                    ))
                } else {
                    Ok(metadata)
                }
            })
            .map_err(|cause| FileError::Input {
                name: shown.clone(),
                cause,
            })?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            name,
            shown,
            bytes: metadata.len(),
            content: Content::Path(path.to_owned()),
        })
    }

    /// Standard input, whose size is not known, with the name that provenance has for it.
    #[must_use]
    pub fn standard_input(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            shown: "standard input".to_owned(),
            bytes: 0,
            content: Content::StandardInput,
        }
    }

    /// Whether it is the file at `path`, by whatever name.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        let Content::Path(own) = &self.content else {
            return false;
        };
        matches!(Identity::at(own), Ok(Some(own)) if own.is_at(path))
    }

    /// Whether opening it again gives the same bytes: not so for pipes.
    pub(crate) fn is_repeatable(&self) -> bool {
        match &self.content {
            Content::Path(path) => path.metadata().is_ok_and(|metadata| metadata.is_file()),
            Content::Embedded(_) => true,
            Content::StandardInput => false,
        }
    }

    /// Opens the stored bytes.
    ///
    /// # Errors
    /// When a file on disk cannot be opened.
    pub fn open(&self) -> Result<Box<dyn Read + Send>, FileError> {
        match &self.content {
            Content::Path(path) => Ok(Box::new(File::open(path).map_err(|c| self.error(c))?)),
            Content::Embedded(bytes) => Ok(Box::new(*bytes)),
            Content::StandardInput => Ok(Box::new(io::stdin())),
        }
    }

    /// The whole file as text.
    ///
    /// # Errors
    /// When it cannot be read or is not UTF-8.
    pub fn text(&self) -> Result<String, FileError> {
        let mut text = String::new();
        self.open()?
            .read_to_string(&mut text)
            .map_err(|cause| self.error(cause))?;
        Ok(text)
    }

    fn error(&self, cause: io::Error) -> FileError {
        FileError::Input {
            name: self.shown.clone(),
            cause,
        }
    }
}

fn disk_files(folder: &Path) -> io::Result<Vec<FolderFile>> {
    let mut files = Vec::new();
    if folder.metadata().is_ok_and(|found| !found.is_dir()) {
        let text = "it is not a folder";
        return Err(io::Error::new(io::ErrorKind::NotADirectory, text));
    }
    for entry in folder.read_dir()? {
        let path = entry?.path();
        // Follows links, as mounted config maps are made of them.
        let metadata = path.metadata()?;
        if metadata.is_file() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let shown = path.display().to_string();
            files.push(FolderFile {
                name,
                shown,
                bytes: metadata.len(),
                content: Content::Path(path),
            });
        }
    }
    Ok(files)
}

fn embedded_file(file: &'static include_dir::File<'static>) -> FolderFile {
    let name = file
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    FolderFile {
        name,
        shown: format!("the built-in {}", file.path().display()),
        bytes: file.contents().len() as u64,
        content: Content::Embedded(file.contents()),
    }
}
