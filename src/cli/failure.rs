//! How a subcommand fails: a message, a hint, an exit code. The only place that turns errors into
//! exit codes; their meaning is documented in `arguments`.

use std::borrow::Cow;
use std::process::ExitCode;

use super::remarks::report_error;
use crate::auth::keys::KeyError;
use crate::config::ConfigError;
use crate::file::FileError;
use crate::load::LoadError;
use crate::serving::OpenError;
use crate::store::{BackupError, CopyError, StoreError};

/// A failure as the user sees it.
#[derive(Debug)]
pub(super) struct Failure {
    code: Code,
    message: String,
    hint: Option<String>,
}

#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Code {
    Other = 1,
    Usage = 2,
    Configuration = 3,
    Input = 4,
    Output = 5,
    DataFile = 6,
}

impl Failure {
    pub(super) fn other(message: impl Into<String>) -> Self {
        Self {
            code: Code::Other,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: Code::Usage,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn input(message: impl Into<String>) -> Self {
        Self {
            code: Code::Input,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn output(message: impl Into<String>) -> Self {
        Self {
            code: Code::Output,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn data_file(message: impl Into<String>) -> Self {
        Self {
            code: Code::DataFile,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Reports it to the user and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        report_error(&self.message, self.hint.as_deref());
        ExitCode::from(self.code as u8)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            code: Code::Configuration,
            message: error.to_string(),
            hint: Some(error.hint().to_owned()),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let code = match &error {
            FileError::Input { .. }
            | FileError::Schema { .. }
            | FileError::SchemaSql { .. }
            | FileError::Check { .. } => Code::Input,
            FileError::Integrity { .. } | FileError::Sqlite { .. } => Code::Output,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let code = match error {
            LoadError::File(error) => return error.into(),
            LoadError::HoldsRows { .. } => Code::Usage,
            LoadError::NoDump { .. }
            | LoadError::Dump(_)
            | LoadError::Csv { .. }
            | LoadError::Mismatch { .. }
            | LoadError::Document { .. }
            | LoadError::SeveralDatabases { .. }
            | LoadError::NoDatabase { .. }
            | LoadError::NoTable { .. }
            | LoadError::NothingToImport
            | LoadError::PassedOver { .. }
            | LoadError::Strict { .. } => Code::Input,
            LoadError::Row { ref cause, .. } => {
                let full = cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
                if full { Code::Output } else { Code::Input }
            }
            LoadError::Threads { .. } => Code::Other,
            LoadError::Finish { .. }
            | LoadError::Exists { .. }
            | LoadError::NotAFile { .. }
            | LoadError::NotAFolder { .. }
            | LoadError::LeadsNowhere { .. }
            | LoadError::InputAndOutput { .. }
            | LoadError::InUse { .. }
            | LoadError::Output { .. } => Code::Output,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

/// Of a copy: is it where to or where from?
fn copying(error: &CopyError) -> Code {
    match error {
        CopyError::Output { .. } | CopyError::Sqlite { .. } => Code::Output,
        CopyError::Unusable { .. } | CopyError::Damaged { .. } => Code::DataFile,
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Copy(error) => copying(error),
            StoreError::File { .. } | StoreError::Storage { .. } => Code::Output,
            StoreError::Threads(_) => Code::Other,
            _ => Code::DataFile,
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let code = match &error {
            BackupError::Exists { .. }
            | BackupError::Misplaced { .. }
            | BackupError::Store(StoreError::File { .. }) => Code::Output,
            BackupError::Copy(error) => copying(error),
            BackupError::Restless { .. } => Code::Other,
            BackupError::NoCopy { .. } | BackupError::OtherApp { .. } | BackupError::Store(_) => {
                Code::DataFile
            }
        };
        Self {
            code,
            message: error.to_string(),
            hint: error.hint().map(Cow::into_owned),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let code = match &error {
            KeyError::Read { .. } | KeyError::NoKey { .. } => Code::DataFile,
            KeyError::Write { .. } => Code::Output,
            KeyError::Hashing(_) => Code::Configuration,
        };
        Self {
            code,
            message: error.to_string(),
            hint: Some(error.hint().to_owned()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Schema(error) => error.into(),
            OpenError::Store(error) => error.into(),
            OpenError::Conflict { .. } => Self {
                code: Code::Configuration,
                message: error.to_string(),
                hint: Some(
                    "Set mounts.NAME of one of them to a path such as \"/NAME\", or to a host name."
                        .to_owned(),
                ),
            },
            OpenError::Mail(error) => Self {
                code: Code::Configuration,
                message: error.to_string(),
                hint: Some("Nothing was started.".to_owned()),
            },
            OpenError::Mount { app, cause } => match cause.downcast::<ConfigError>() {
                Ok(error) => (*error).into(),
                Err(cause) => match cause.downcast::<KeyError>() {
                    Ok(error) => (*error).into(),
                    Err(cause) => Self {
                        code: Code::Configuration,
                        message: format!("{app}: {cause}"),
                        hint: None,
                    },
                },
            },
        }
    }
}
