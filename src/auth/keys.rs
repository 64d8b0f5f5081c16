//! The keys of an app with users: one secret, and from it a key for each purpose.
//!
//! The secret is a setting of the app; a primary without one makes one once, in its data folder
//! (`key_file`), and a replica without one is refused with what to do. Tokens are signed with the secret
//! itself, so that whoever shares it can verify them with any library. Everything else has a key of its own
//! that is derived from it (HKDF, RFC 5869): one for a purpose says nothing about the others. It must not
//! know what is done with a key.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use super::key_file;
use crate::config::{ConfigError, Mode, Secret};
use crate::http::DigestKey;

/// Bytes of the shortest secret: as many as the hash has, which RFC 7518, section 3.2, demands for HS256.
const SHORTEST_SECRET: usize = 32;

/// Where an app's secret comes from.
#[derive(Debug, Clone)]
pub(super) struct KeySource {
    app: &'static str,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    Given(Secret),
    /// A primary's own file, which is made if it is not there.
    File(PathBuf),
}

/// What purposes there are. A new one gets a label that no other has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Sessions,
    Forms,
    Resets,
    Digests,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Sessions => b"sessions",
            Self::Forms => b"forms",
            Self::Resets => b"resets",
            Self::Digests => b"digests",
        }
    }
}

/// The secret of an app, ready for use.
#[derive(Clone)]
pub(super) struct AppKey {
    secret: Secret,
    /// What HKDF extracted of it, with the app's name.
    extracted: [u8; 32],
}

/// Why a primary has no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read the key file {path}: {cause}")]
    Read {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is there and holds no key.
    #[error("{path} is no key file: {reason}")]
    NoKey {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// The system has no random numbers, or argon2 does not take the configured cost.
    #[error("cannot hash passwords: {0}")]
    Hashing(io::Error),
    /// The file cannot be made.
    #[error("cannot make the key file {path}: {cause}")]
    Write {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

impl KeyError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } | Self::Write { .. } => {
                "Check the permissions of the folder, or give the secret in the configuration."
            }
            Self::Hashing(_) => "See auth.memory_kib and auth.passes in ekiben.example.toml.",
            Self::NoKey { .. } => {
                "Put it back from where you keep it. If it is lost, remove the file: a new one is \
                 made, and everybody has to sign in again."
            }
        }
    }
}

impl KeySource {
    /// The source for `app`, whose setting `secret` is given. No file is looked at.
    ///
    /// # Errors
    /// When the secret is too short, or there is none on a replica.
    pub(super) fn new(
        app: &'static str,
        secret: &Secret,
        mode: Mode,
        data_dir: &Path,
    ) -> Result<Self, ConfigError> {
        let key = format!("{app}.secret");
        if secret.is_set() {
            let length = secret.expose().len();
            if length < SHORTEST_SECRET {
                let reason = format!(
                    "must have at least {SHORTEST_SECRET} bytes, and has {length}; \
                     `openssl rand -hex 32` makes a good one"
                );
                return Err(ConfigError::Unusable { key, reason });
            }
            let origin = Origin::Given(secret.clone());
            return Ok(Self { app, origin });
        }
        if mode == Mode::Replica {
            let reason = format!(
                "must be set on a replica: its primary signs tokens and sessions with it. Copy {} \
                 from the primary's data folder and name it in `{key}_file`, or give both the same \
                 secret",
                key_file::name(app)
            );
            return Err(ConfigError::Unusable { key, reason });
        }
        let origin = Origin::File(data_dir.join(key_file::name(app)));
        Ok(Self { app, origin })
    }

    /// The key; a primary's file is made if it is not there.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub(super) fn open(&self) -> Result<AppKey, KeyError> {
        let secret = match &self.origin {
            Origin::Given(secret) => secret.clone(),
            Origin::File(path) => key_file::read_or_make(self.app, path)?,
        };
        Ok(AppKey::new(self.app, secret))
    }
}

impl AppKey {
    pub(super) fn new(app: &str, secret: Secret) -> Self {
        let salt = [b"ekiben keys of ", app.as_bytes()].concat();
        let extracted = hmac(&salt, &[secret.expose().as_bytes()]);
        Self { secret, extracted }
    }

    /// What tokens are signed with.
    pub(super) fn token_secret(&self) -> &[u8] {
        self.secret.expose().as_bytes()
    }

    /// The key for `purpose`.
    pub(super) fn derive(&self, purpose: Purpose) -> [u8; 32] {
        // HKDF's first block: the key is no longer than the hash.
        hmac(&self.extracted, &[purpose.label(), &[1]])
    }

    pub(super) fn digest_key(&self) -> DigestKey {
        DigestKey::derived(&self.derive(Purpose::Digests))
    }
}

/// HMAC-SHA256 of `parts`, one behind the other.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    let mac = parts.iter().fold(mac, hmac::Mac::chain_update);
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use data_encoding::HEXLOWER;
    use tempfile::TempDir;

    use super::*;

    const GIVEN: &str = "0123456789abcdef0123456789abcdef";

    fn source(secret: &str, mode: Mode, folder: &Path) -> Result<KeySource, String> {
        let source = KeySource::new("conduit", &secret.into(), mode, folder);
        source.map_err(|error| error.to_string())
    }

    /// RFC 5869, appendix A.3: no salt and no info; its first block is what we take of a key.
    #[test]
    fn derivation_is_that_of_the_standard() {
        let extracted = hmac(&[0; 32], &[&[0x0b; 22]]);
        let first = hmac(&extracted, &[&[], &[1]]);
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
        assert_eq!(HEXLOWER.encode(&first), expected);
    }

    #[test]
    fn no_two_purposes_apps_or_secrets_share_a_key() {
        let mut keys = Vec::new();
        for (app, secret) in [("conduit", GIVEN), ("english", GIVEN), ("conduit", "other")] {
            let key = AppKey::new(app, secret.into());
            for purpose in [
                Purpose::Sessions,
                Purpose::Forms,
                Purpose::Resets,
                Purpose::Digests,
            ] {
                keys.push(key.derive(purpose));
            }
            keys.push(key.extracted);
        }
        keys.push(hmac(GIVEN.as_bytes(), &[b"sessions", &[1]]));
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn a_primary_makes_a_key_once_for_its_owner_alone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("conduit.key");
        let source = source("", Mode::Primary, folder.path()).unwrap();
        assert!(!path.exists(), "made when it is needed");
        let made = source.open().unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.len(), 65, "64 characters and a line break");
        let again = source.open().unwrap();
        assert_eq!(made.token_secret(), again.token_secret());
        assert_eq!(made.token_secret(), text.trim_end().as_bytes());
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        // A copy of the file, given as a secret, is the same key.
        let copied = self::source(text.trim_end(), Mode::Replica, folder.path()).unwrap();
        assert_eq!(copied.open().unwrap().extracted, made.extracted);
        let other = TempDir::new().unwrap();
        let other = self::source("", Mode::Primary, other.path()).unwrap();
        assert_ne!(other.open().unwrap().token_secret(), made.token_secret());
    }

    #[test]
    fn starts_at_the_same_moment_end_up_with_one_key() {
        let folder = TempDir::new().unwrap();
        let source = source("", Mode::Primary, folder.path()).unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| source.open().unwrap().extracted))
                .collect();
            starts
                .into_iter()
                .map(|start| start.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_given_secret_makes_no_file_and_must_be_long() {
        let folder = TempDir::new().unwrap();
        for mode in [Mode::Primary, Mode::Replica] {
            let key = source(GIVEN, mode, folder.path()).unwrap().open().unwrap();
            assert_eq!(key.token_secret(), GIVEN.as_bytes());
            let refused = source(&GIVEN[1..], mode, folder.path()).unwrap_err();
            assert!(refused.contains("conduit.secret"), "{refused}");
            assert!(
                refused.contains("at least 32 bytes, and has 31"),
                "{refused}"
            );
            assert!(!refused.contains(&GIVEN[1..]), "{refused}");
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_replica_without_a_secret_is_told_what_to_do() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("conduit.key"), GIVEN).unwrap();
        let refused = source("", Mode::Replica, folder.path()).unwrap_err();
        for word in [
            "conduit.secret",
            "conduit.key",
            "conduit.secret_file",
            "primary",
        ] {
            assert!(refused.contains(word), "{refused}");
        }
    }

    #[test]
    fn a_file_that_is_no_key_is_kept_and_refused() {
        for content in ["", "\n", "short\n", &"x".repeat(5000)] {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("conduit.key");
            fs::write(&path, content).unwrap();
            let source = source("", Mode::Primary, folder.path()).unwrap();
            let refused = source.open().unwrap_err();
            assert!(matches!(refused, KeyError::NoKey { .. }), "{refused}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("conduit.key")).unwrap();
        let as_folder = source("", Mode::Primary, folder.path()).unwrap();
        assert!(as_folder.open().is_err());
        let nowhere = source("", Mode::Primary, &folder.path().join("none")).unwrap();
        assert!(matches!(
            nowhere.open().unwrap_err(),
            KeyError::Write { .. }
        ));
    }

    #[test]
    fn no_key_is_printed() {
        let key = AppKey::new("conduit", GIVEN.into());
        assert_eq!(format!("{key:?}"), "AppKey(hidden)");
        let folder = TempDir::new().unwrap();
        let source = source(GIVEN, Mode::Primary, folder.path()).unwrap();
        assert!(!format!("{source:?}").contains(GIVEN));
    }
}
