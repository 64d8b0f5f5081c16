//! What an app with users has of this folder, as one value: made when it is mounted, opened with its store.
//!
//! It owns the order of a sign-in: attempts are looked at before a password is hashed, and counted when it
//! was wrong. It must not know where accounts are stored: whoever calls brings the stored hash.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{Extensions, HeaderMap, StatusCode};

use super::figures::{AttemptOutcome, UserFigures};
use super::keys::{AppKey, KeyError, KeySource};
use super::password::{PasswordCost, Passwords, Verified};
use super::reset::ResetTokens;
use super::session::{SessionLifetimes, Sessions};
use super::throttle::{AttemptLimits, Throttle};
use super::token::Tokens;
use crate::config::{AuthSettings, Config, ConfigError, Mode, Secret};
use crate::http::{Client, DigestKey, HttpError, Proxies, WorkPool};
use crate::web::cookie::CookieScope;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What all apps with users share: what is configured, and the pool in which passwords are hashed.
#[derive(Debug, Clone)]
pub struct UserContext {
    settings: AuthSettings,
    mode: Mode,
    data_dir: PathBuf,
    proxies: Proxies,
    work: WorkPool,
}

/// An app's part of it, before its files are open.
#[derive(Debug, Clone)]
pub struct UserSetup {
    app: &'static str,
    context: UserContext,
    key: KeySource,
    figures: Arc<UserFigures>,
}

/// Passwords, tokens and sessions of an app, and how many attempts there are. Clones are the same one.
#[derive(Clone)]
pub struct Users(Arc<Inner>);

struct Inner {
    app: &'static str,
    settings: AuthSettings,
    proxies: Proxies,
    key: AppKey,
    passwords: Passwords,
    throttle: Throttle,
    figures: Arc<UserFigures>,
}

/// An attempt to sign in.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// Who tries.
    pub client: Client,
    /// The account, in the one spelling that all its spellings have: an address in lower case.
    pub account: &'a str,
    /// What was given.
    pub password: &'a Secret,
    /// The hash that the account has, if there is one and it has.
    pub stored: Option<&'a str>,
}

impl UserContext {
    /// What `config` says, with `work` for the hashes.
    #[must_use]
    pub fn new(config: &Config, work: WorkPool) -> Self {
        let http = &config.http;
        Self {
            settings: config.auth.clone(),
            mode: config.mode,
            data_dir: config.data_dir.clone(),
            proxies: Proxies::new(http.trusted_proxies.clone(), http.client_address_header),
            work,
        }
    }

    /// The part of `app`, whose own setting `secret` is given.
    ///
    /// # Errors
    /// When the secret is too short, or there is none on a replica.
    pub fn for_app(&self, app: &'static str, secret: &Secret) -> Result<UserSetup, ConfigError> {
        Ok(UserSetup {
            app,
            context: self.clone(),
            key: KeySource::new(app, secret, self.mode, &self.data_dir)?,
            figures: Arc::default(),
        })
    }
}

impl UserSetup {
    /// What is counted.
    #[must_use]
    pub fn figures(&self) -> &Arc<UserFigures> {
        &self.figures
    }

    /// Ready for use. A primary without a configured secret makes its key file here, in its data folder,
    /// which is there once its store is open.
    ///
    /// # Errors
    /// When the key file cannot be read or made, or the system has no random numbers.
    pub fn open(self) -> Result<Users, KeyError> {
        let key = self.key.open()?;
        let UserContext {
            settings,
            mode,
            proxies,
            work,
            ..
        } = self.context;
        let passwords = Passwords::new(work, PasswordCost::of(&settings), mode);
        let passwords = passwords.map_err(KeyError::Hashing)?;
        let throttle = Throttle::new(AttemptLimits {
            account_failures: settings.account_failures,
            client_failures: settings.client_failures,
            client_registrations: settings.client_registrations,
            account_mails: settings.account_mails,
            client_mails: settings.client_mails,
            window: Duration::from_secs(MINUTE * u64::from(settings.window_minutes)),
        });
        Ok(Users(Arc::new(Inner {
            app: self.app,
            settings,
            proxies,
            key,
            passwords,
            throttle,
            figures: self.figures,
        })))
    }
}

impl Users {
    /// Whether `attempt` gives the password of its account, at `now`.
    ///
    /// # Errors
    /// 429 with `Retry-After` after too many failures of the account or the client, whether the password is
    /// right or not; 503 with `Retry-After` when too many passwords are being hashed.
    pub async fn sign_in(&self, attempt: SignIn<'_>, now: Instant) -> Result<Verified, HttpError> {
        let SignIn {
            client,
            account,
            password,
            stored,
        } = attempt;
        let own = &*self.0;
        let checked = own.throttle.check(client, account, now);
        let verified = match checked {
            Ok(()) => own.passwords.verify(password, stored).await,
            Err(throttled) => Err(throttled),
        };
        own.figures.sign_in(match &verified {
            Ok(Verified::Yes { .. }) => AttemptOutcome::Accepted,
            Ok(Verified::No) => AttemptOutcome::Refused,
            Err(error) => outcome_of(error),
        });
        match &verified {
            Ok(Verified::Yes { rehash }) => {
                own.throttle.succeeded(account);
                if rehash.is_some() {
                    own.figures.rehashed();
                }
            }
            Ok(Verified::No) => own.throttle.failed(client, account, now),
            Err(_) => {}
        }
        verified
    }

    /// The hash of the password of a new account that `client` makes, at `now`.
    ///
    /// # Errors
    /// 429 with `Retry-After` after too many accounts of the client; else as [`Passwords::hash`].
    pub async fn register(
        &self,
        client: Client,
        password: &Secret,
        now: Instant,
    ) -> Result<String, HttpError> {
        let own = &*self.0;
        let hashed = match own.throttle.register(client, now) {
            Ok(()) => own.passwords.hash(password).await,
            Err(throttled) => Err(throttled),
        };
        own.figures.account(match &hashed {
            Ok(_) => AttemptOutcome::Accepted,
            Err(error) => outcome_of(error),
        });
        hashed
    }

    /// Counts that `client` gives an account another address, at `now`. Whoever is told that somebody has it
    /// already learns as much as from making an account, so it counts as one.
    ///
    /// # Errors
    /// 429 with `Retry-After` after too many accounts and addresses of the client.
    pub fn may_take_address(&self, client: Client, now: Instant) -> Result<(), HttpError> {
        self.0.throttle.register(client, now)
    }

    /// Whether a mail is to be sent to `account`, for which `client` asks at `now`. Whoever asked is to be told the
    /// same in either case.
    ///
    /// # Errors
    /// 429 with `Retry-After` when the client has asked for too many.
    pub fn may_mail(&self, client: Client, account: &str, now: Instant) -> Result<bool, HttpError> {
        self.0.throttle.mail(client, account, now)
    }

    /// What hashes and verifies passwords outside of sign-ins: a new password of somebody signed in.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Tokens that are valid for `lifetime`.
    ///
    /// # Errors
    /// When there is no secret, which there is.
    pub fn tokens(&self, lifetime: Duration) -> Result<Tokens, jsonwebtoken::errors::Error> {
        let secret = self.0.key.token_secret();
        Tokens::new(secret, lifetime, Arc::clone(&self.0.figures))
    }

    /// The session cookie of the app's part of the site.
    #[must_use]
    pub fn sessions(&self, scope: CookieScope) -> Sessions {
        let own = &*self.0;
        let lifetimes = SessionLifetimes {
            plain: Duration::from_secs(HOUR * u64::from(own.settings.session_hours)),
            remembered: Duration::from_secs(DAY * u64::from(own.settings.remember_days)),
        };
        Sessions::new(
            own.app,
            &own.key,
            scope,
            lifetimes,
            Arc::clone(&own.figures),
        )
    }

    /// Tokens to set a new password with, good for `lifetime`.
    #[must_use]
    pub fn reset_tokens(&self, lifetime: Duration) -> ResetTokens {
        ResetTokens::new(&self.0.key, lifetime)
    }

    /// The key for [`Viewer::user`](crate::http::Viewer::user), the same on every machine with the secret.
    #[must_use]
    pub fn digest_key(&self) -> DigestKey {
        self.0.key.digest_key()
    }

    /// The client behind a request. It is known only where the app says that it counts clients
    /// (`Mounted::with_users`).
    #[must_use]
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Client {
        let (client, _peer) = self.0.proxies.client(extensions, headers);
        client
    }
}

fn outcome_of(error: &HttpError) -> AttemptOutcome {
    match error.status() {
        StatusCode::TOO_MANY_REQUESTS => AttemptOutcome::Throttled,
        StatusCode::SERVICE_UNAVAILABLE => AttemptOutcome::Overloaded,
        _ => AttemptOutcome::Refused,
    }
}
