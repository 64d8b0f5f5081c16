//! English: a drill of sentences, from Japanese to English, with logins and scores.
//!
//! A learner walks the sentences in one of three orders, reveals the English, hears it and grades herself; a
//! dashboard shows where she stands. Pages and JSON are at the same addresses, as the Rails application has
//! them that this takes the place of; what it did wrong is not taken over (docs/english.md).
//!
//! # Layout
//! - [`accounts`]: addresses, passwords, roles; `target`: where a sign-in leads to
//! - `learner`: who asks, and what the app knows of a user; `parameters`: what forms and JSON bodies hold, and
//!   that they came from a page of ours; `path`: numbers in addresses; `format`: HTML or JSON
//! - `mode`, `order`: in which order a learner walks the sentences
//! - `time`: times as the file and as JSON have them
//! - `rows`: the CSV files of a dataset; [`seed`]: sentences from the original's list
//! - `voices`: recordings; `words`: what words mean; `streaming`: the list for another service
//! - `pages`: what surrounds each page; words, assets, errors

pub mod accounts;
mod described;
mod format;
mod learner;
mod mode;
mod order;
mod pages;
mod parameters;
mod path;
mod rows;
pub mod seed;
mod settings;
mod streaming;
mod target;
mod time;
mod voices;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi as _;
use utoipa_axum::routes;

use self::accounts::closing;
use self::described::TooManyAttempts;
use self::pages::accounts::described::{
    AccountRefusal, NotSignedIn, SignInRefusal, WrongAccount, WrongCredentials, WrongFormToken,
};
pub use self::settings::EnglishSettings;
use super::{AppData, MountContext, MountError, Mounted, ServedApp};
use crate::auth::Users;
use crate::auth::reset::ResetTokens;
use crate::auth::session::Sessions;
use crate::auth::visitor::authenticate;
use crate::bake::CsvTable;
use crate::config::{Mount, PublicUrl};
use crate::http::{DigestKey, Entrance, HttpError, Routes, WorkPool};
use crate::mail::Postbox;
use crate::store::Store;
use crate::web::cookie::CookieScope;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// What handlers share.
struct Drill {
    store: Arc<Store>,
    settings: EnglishSettings,
    /// What does whatever takes long.
    work: WorkPool,
    users: Users,
    digest_key: DigestKey,
    sessions: Sessions,
    resets: ResetTokens,
    postbox: Postbox,
    /// Where the app is.
    mount: Mount,
    /// By which address clients reach the site, if that is known.
    public_url: Option<PublicUrl>,
    /// Where the cookies of the pages belong.
    cookies: CookieScope,
    /// Whether answers may be compressed.
    compress: bool,
    voices: voices::Voices,
    /// Who knows words instead of the file.
    word_service: Option<Arc<words::WordService>>,
}

type DrillState = Arc<Drill>;

impl AsRef<Store> for Drill {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The app.
#[derive(Debug, Clone, Copy)]
pub struct English;

/// Hours for which a link is good that was mailed to whoever forgot a password.
const RESET_HOURS: u64 = 6;

/// Its name.
const NAME: &str = "english";

impl AppData for English {
    fn name(&self) -> &'static str {
        NAME
    }

    fn csv_tables(&self) -> &'static [CsvTable] {
        &rows::TABLES
    }

    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("ENGLISH_SECRET", "english.secret"),
            ("ENGLISH_SECRET_FILE", "english.secret_file"),
            (
                "ENG_APP_ST_URL_CALLED_FROM_GLOBAL",
                "english.streaming_global",
            ),
            (
                "ENG_APP_ST_URL_CALLED_FROM_LOCAL",
                "english.streaming_local",
            ),
        ]
    }
}

/// Where people enter the site. Nothing but the first page is for those who are not signed in.
const ENTRANCE: Entrance = Entrance {
    path: "/",
    not_for_crawlers: &[
        "/accesses/",
        "/dashboard",
        "/scores",
        "/score_eng",
        "/sentences",
        "/streaming",
        "/users",
        "/words",
    ],
};

#[derive(utoipa::OpenApi)]
#[openapi(
    components(
        schemas(AccountRefusal, SignInRefusal),
        responses(NotSignedIn, TooManyAttempts, WrongAccount, WrongCredentials, WrongFormToken),
    ),
    tags((name = "English", description = "Sentences to learn, and how well they are known.")),
)]
struct Description;

impl ServedApp for English {
    type Settings = EnglishSettings;

    fn mount(&self, context: MountContext<EnglishSettings>) -> Result<Mounted, MountError> {
        let MountContext {
            settings,
            mount,
            public_url,
            compress,
            work,
            users,
            postbox,
            ..
        } = context;
        if let Some(flaw) = settings.flaw() {
            return Err(flaw.into());
        }
        let setup = users.for_app(NAME, &settings.secret)?;
        let failures = pages::Failures::new(mount.clone());
        let (routes, assets) = (routes(failures.clone()), open_to_all());
        let paths = [routes.paths(), assets.paths()].concat();
        let mut description = Description::openapi();
        description.merge(routes.description().clone());
        description.merge(assets.description().clone());
        let figures = setup.clone();
        let is_https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        let cookies = CookieScope::new(mount.cookie_path(), is_https);
        let in_pages = failures.clone();
        let open = move |store: Arc<Store>| -> Result<Router, MountError> {
            let users = setup.open()?;
            in_pages.over(store.takes_writes());
            let voices = voices::Voices::new(settings.voice_dir.clone());
            let word_service = words::WordService::of(&settings);
            if postbox.origin(&mount).is_none() {
                tracing::warn!(
                    "no link can be mailed to whoever forgot a password: site.public_url says by which \
                     address the site is reached"
                );
            }
            closing::resume(&store)?;
            let drill = Arc::new(Drill {
                voices,
                word_service,
                store,
                work,
                digest_key: users.digest_key(),
                sessions: users.sessions(cookies.clone()),
                resets: users.reset_tokens(Duration::from_secs(RESET_HOURS * 60 * 60)),
                postbox,
                users,
                settings,
                mount,
                public_url,
                cookies,
                compress,
            });
            let visited = from_fn_with_state(Arc::clone(&drill), authenticate::<Drill>);
            let routes = routes.with_state(Arc::clone(&drill)).layer(visited);
            Ok(routes.merge(assets.with_state(drill)))
        };
        let mounted = Mounted::of_router(paths, description, open).with_users(&figures);
        Ok(mounted
            .with_entrance(ENTRANCE)
            .with_not_found(pages::not_found(failures)))
    }
}

/// All routes but those that are open to all.
fn routes(failures: pages::Failures) -> Routes<DrillState> {
    pages::routes(failures).operations(routes!(streaming::sentences))
}

/// What is the same for every visitor, and loaded by pages: nobody is asked who it is for.
fn open_to_all() -> Routes<DrillState> {
    pages::assets().operations(routes!(voices::voice))
}
