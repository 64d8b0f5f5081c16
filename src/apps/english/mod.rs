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
//! - `sentence` (with `sentences`, its routes, and `removal`): the sentences; `pieces`: how long histories go
//! - `score` (with `scores` and `score_routes`): gradings, of the three kinds of `kind`; `dashboard`: what
//!   they come to; `user_conf`: the own order
//! - `validation`, `write`: what is wrong with fields, and how the writer decides
//! - `description` (with `described`): what the JSON side says of itself, with examples
//! - `mode`, `order` (with `bands`): in which order a learner walks the sentences
//! - `time`: times as the file and as JSON have them
//! - `rows`: the CSV files of a dataset; [`seed`]: sentences from the original's list
//! - `voices`: recordings; `words`: what words mean; `streaming`: the list for another service
//! - `pages`: what surrounds each page; words, assets, errors

pub mod accounts;
mod bands;
mod dashboard;
mod described;
mod description;
mod format;
mod kind;
mod learner;
mod mode;
mod order;
mod pages;
mod parameters;
mod path;
mod pieces;
mod removal;
mod rows;
mod score;
mod score_routes;
mod scores;
pub mod seed;
mod sentence;
mod sentences;
mod settings;
mod streaming;
mod target;
mod time;
mod user_conf;
mod validation;
mod voices;
mod words;
mod write;

#[cfg(test)]
mod plans;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use self::accounts::closing;
use self::learner::LearnerProfile;
pub use self::settings::EnglishSettings;
use super::{AppData, MountContext, MountError, Mounted, ServedApp};
use crate::auth::Users;
use crate::auth::reset::ResetTokens;
use crate::auth::session::Sessions;
use crate::auth::visitor::authenticate;
use crate::bake::CsvTable;
use crate::config::{Mount, PublicUrl};
use crate::http::{BoundRoutes, Entrance, HttpError, OwnCache, Routes, WorkPool};
use crate::mail::Postbox;
use crate::store::Store;
use crate::web::cookie::CookieScope;
use crate::web::error_page::with_error_pages;
use crate::web::form::method_override;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// What handlers share.
struct Drill {
    store: Arc<Store>,
    settings: EnglishSettings,
    /// What does whatever takes long.
    work: WorkPool,
    users: Users,
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
    /// What is known of learners who asked before, by id, with the epochs of their sessions.
    learners: OwnCache<i64, (i64, LearnerProfile)>,
    /// Pages as they were sent to them.
    pages: pages::KeptPages,
    /// Who knows words instead of the file.
    word_service: Option<Arc<words::WordService>>,
    /// Whether there is a site, or JSON alone: where another app is at the same place.
    has_pages: bool,
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

/// Bytes of what is known of learners.
const KNOWN_LEARNERS: usize = 4 * 1024 * 1024;

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

/// The same where there is no site.
const JSON_ENTRANCE: Entrance = Entrance {
    path: "/sentences.json",
    ..ENTRANCE
};

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
            pages: has_pages,
            ..
        } = context;
        if let Some(flaw) = settings.flaw() {
            return Err(flaw.into());
        }
        let setup = users.for_app(NAME, &settings.secret)?;
        let failures = pages::Failures::new(mount.clone());
        let (routes, assets) = if has_pages {
            (
                routes(failures.clone()),
                open_to_all().merge(pages::assets()),
            )
        } else {
            (operations(), open_to_all())
        };
        let paths = [routes.paths(), assets.paths()].concat();
        let mut operations = routes.description().clone();
        operations.merge(assets.description().clone());
        let description = description::describe(&operations)?;
        let figures = setup.clone();
        let is_https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        let cookies = CookieScope::new(mount.cookie_path(), is_https);
        let in_pages = failures.clone();
        let open = move |store: Arc<Store>| -> Result<BoundRoutes, MountError> {
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
            closing::REST.resume(&store)?;
            removal::REST.resume(&store)?;
            let drill = Arc::new(Drill {
                voices,
                learners: OwnCache::new(KNOWN_LEARNERS),
                pages: pages::KeptPages::default(),
                word_service,
                store,
                work,
                sessions: users.sessions(cookies.clone()),
                resets: users.reset_tokens(Duration::from_secs(RESET_HOURS * 60 * 60)),
                postbox,
                users,
                settings,
                mount,
                public_url,
                cookies,
                compress,
                has_pages,
            });
            let visited = from_fn_with_state(Arc::clone(&drill), authenticate::<Drill>);
            let routes = routes.with_state(Arc::clone(&drill)).layer(visited);
            Ok(routes.merge(assets.with_state(drill)))
        };
        let mounted = Mounted::of_bound(paths, description, open).with_users(&figures);
        Ok(if has_pages {
            mounted
                .with_entrance(ENTRANCE)
                .with_not_found(pages::not_found(failures))
        } else {
            mounted.with_entrance(JSON_ENTRANCE)
        })
    }
}

/// All routes but those that are open to all.
fn routes(failures: pages::Failures) -> Routes<DrillState> {
    with_error_pages(pages::routes().merge(operations()), failures)
}

/// What is the same for every visitor: nobody is asked who it is for.
fn open_to_all() -> Routes<DrillState> {
    Routes::new().operations(routes!(voices::voice))
}

/// Those that JSON is for, too.
fn operations() -> Routes<DrillState> {
    let (schemas, paths, toggle) = routes!(user_conf::toggle_mode);
    let toggle = method_override(toggle);
    let in_json = toggle.clone();
    pages::accounts::routes()
        .merge(sentence_routes())
        .merge(score_routes())
        .merge(word_routes())
        .merge(
            Routes::slashed()
                .operations(routes!(streaming::sentences))
                .operations((schemas, paths, toggle))
                .route("/user_conf/toggle_mode.json", in_json),
        )
}

fn sentence_routes() -> Routes<DrillState> {
    let all = routes!(sentences::index, sentences::create);
    let one = routes!(
        sentences::show,
        sentences::change,
        sentences::put,
        sentences::destroy
    );
    resource("/sentences", all, one)
        .route("/sentences/search", get(sentences::search))
        .route("/sentences/search.json", get(sentences::search))
        .route("/sentences/new", get(sentences::new))
        .route("/sentences/{id}/edit", get(sentences::edit))
}

/// Those of the words of a number; forms say which method they mean.
fn word_routes() -> Routes<DrillState> {
    use words::routes;
    let (all, paths_of_all, methods_of_all) =
        routes!(routes::show, routes::add, routes::put, routes::destroy_all);
    let (one, paths_of_one, methods_of_one) = routes!(routes::destroy);
    Routes::slashed()
        .operations((all, paths_of_all, method_override(methods_of_all)))
        .operations((one, paths_of_one, method_override(methods_of_one)))
}

/// The seven routes of each kind of gradings.
fn score_routes() -> Routes<DrillState> {
    use score_routes::{any, not_written, written};
    let all = routes!(any::index, any::create);
    let one = routes!(any::show, any::change, any::put, any::destroy);
    let any = resource("/scores", all, one)
        .route("/scores/new", get(any::new))
        .route("/scores/{id}/edit", get(any::edit));
    let all = routes!(written::index, written::create);
    let one = routes!(
        written::show,
        written::change,
        written::put,
        written::destroy
    );
    let written = resource("/score_eng_writtens", all, one)
        .route("/score_eng_writtens/new", get(written::new))
        .route("/score_eng_writtens/{id}/edit", get(written::edit));
    let all = routes!(not_written::index, not_written::create);
    let one = routes!(
        not_written::show,
        not_written::change,
        not_written::put,
        not_written::destroy
    );
    let not_written = resource("/score_eng_not_writtens", all, one)
        .route("/score_eng_not_writtens/new", get(not_written::new))
        .route("/score_eng_not_writtens/{id}/edit", get(not_written::edit));
    any.merge(written).merge(not_written)
}

/// The operations of a resource: of all that there are, also at the address that asks for JSON, and of one,
/// where forms say which method they mean. Each is there with a slash behind, too.
fn resource(
    path: &str,
    all: UtoipaMethodRouter<DrillState>,
    one: UtoipaMethodRouter<DrillState>,
) -> Routes<DrillState> {
    let in_json = all.2.clone();
    let (schemas, paths, methods) = one;
    Routes::slashed()
        .operations(all)
        .route(&format!("{path}{}", format::SUFFIX), in_json)
        .operations((schemas, paths, method_override(methods)))
}
