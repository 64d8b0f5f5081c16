//! Conduit: a blog with users, as RealWorld describes it, so that every client of that API can be pointed here.
//!
//! 19 operations over articles, tags, comments, favorites and follows; accounts with tokens. What an answer
//! shows depends on who asks, so nearly everything is private to its viewer. Where the Flask service that
//! this takes the place of fails, the published specification is followed (docs/conduit.md).
//!
//! # Layout
//! - `member`: who asks; `account`: registering, signing in, the own account; `passwords`: as operators set them
//! - `profile`: profiles and following
//! - `article`: articles as they are shown; `edit` (with `slug`): writing them; `favorite`; `comments`; `tags`
//! - `lists` (with `query`), `feed`: which articles a page has; `links`: what viewers like and whom they follow
//! - `body`, `validation`: what bodies hold, and what fields must be; `path`: what stands in addresses
//! - `problem`, `answer`, `time`: how answers look; `not_found`: 404 and 405
//! - `write`: how the writer decides
//! - `rows`: the CSV files of a dataset
//! - `pages`: the site under `/`, made of the above
//! - `description` (with `described`): what all these say of themselves, with examples

mod account;
mod answer;
mod article;
mod body;
mod comments;
mod described;
mod description;
mod edit;
mod favorite;
mod feed;
mod links;
mod lists;
mod member;
mod not_found;
mod pages;
mod passwords;
mod path;
mod problem;
mod profile;
mod query;
mod rows;
mod settings;
mod slug;
mod tags;
mod time;
mod validation;
mod write;

#[cfg(test)]
mod plans;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use utoipa_axum::routes;

pub use self::passwords::{PASSWORD_RULE, has_user, set_password};
pub use self::settings::ConduitSettings;
use super::{AppData, MountContext, MountError, Mounted, ServedApp};
use crate::auth::Users;
use crate::auth::session::Sessions;
use crate::auth::token::Tokens;
use crate::bake::CsvTable;
use crate::config::{Mount, PublicUrl};
use crate::http::{
    BoundRoutes, DigestKey, Entrance, HttpError, RevisionCache, Routes, Viewer, ViewerCache,
    WorkPool,
};
use crate::store::Store;
use crate::web::cookie::CookieScope;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// Bytes of what is known of users with tokens.
const CACHED_MEMBERS: usize = 1024 * 1024;
/// Bytes of single articles that are cached, of all viewers together.
const CACHED_ARTICLES: usize = 16 * 1024 * 1024;
/// Bytes of what articles show of their authors.
const CACHED_AUTHORS: usize = 4 * 1024 * 1024;
/// Bytes of what viewers like and whom they follow.
const CACHED_LINKS: usize = 4 * 1024 * 1024;
/// Bytes of lists that are cached, of all viewers together.
const CACHED_LISTS: usize = 16 * 1024 * 1024;
/// Bytes of comments that are cached, of all viewers together.
const CACHED_COMMENTS: usize = 8 * 1024 * 1024;
/// Bytes of the list of tags.
const CACHED_TAGS: usize = 4 * 1024 * 1024;

/// Bytes of articles as HTML, for the pages.
const CACHED_MARKUP: usize = 8 * 1024 * 1024;

const DAY: u64 = 24 * 60 * 60;

/// What handlers share.
struct Blog {
    store: Arc<Store>,
    settings: ConduitSettings,
    /// What does whatever takes long.
    work: WorkPool,
    users: Users,
    tokens: Tokens,
    digest_key: DigestKey,
    /// The viewers of tokens whose users are there, by id.
    members: RevisionCache<i64, Viewer>,
    /// By slug.
    articles: ViewerCache<String, Bytes>,
    /// What articles show of their authors, by the author's number.
    authors: RevisionCache<i64, article::Author>,
    /// What viewers like and whom they follow.
    links: ViewerCache<(), Arc<links::AskedLinks>>,
    lists: ViewerCache<lists::ListKey, Bytes>,
    /// By slug of their article.
    comments: ViewerCache<String, Bytes>,
    tags: RevisionCache<(), Bytes>,
    /// Articles as HTML, by slug.
    markup: RevisionCache<String, Arc<str>>,
    /// Where the app is.
    mount: Mount,
    /// Where the cookies of the pages belong.
    cookies: CookieScope,
    sessions: Sessions,
    /// Whether answers may be compressed.
    compress: bool,
}

type BlogState = Arc<Blog>;

impl AsRef<Store> for Blog {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The app.
#[derive(Debug, Clone, Copy)]
pub struct Conduit;

/// Its name.
const NAME: &str = "conduit";

impl AppData for Conduit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn csv_tables(&self) -> &'static [CsvTable] {
        &rows::TABLES
    }

    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("CONDUIT_SECRET", "conduit.secret"),
            ("CONDUIT_SECRET_FILE", "conduit.secret_file"),
        ]
    }
}

/// Where people enter the site. Lists have pages without end, and forms are nothing to be found.
const ENTRANCE: Entrance = Entrance {
    path: "/",
    not_for_crawlers: &["/api/", "/?", "/editor", "/settings", "/login", "/register"],
};

/// The same where there is no site.
const API_ENTRANCE: Entrance = Entrance {
    path: "/api/articles",
    not_for_crawlers: &["/api/"],
};

impl ServedApp for Conduit {
    type Settings = ConduitSettings;

    fn mount(&self, context: MountContext<ConduitSettings>) -> Result<Mounted, MountError> {
        let MountContext {
            settings,
            mount,
            public_url,
            compress,
            work,
            users,
            pages: has_pages,
            ..
        } = context;
        if let Some(flaw) = settings.flaw() {
            return Err(flaw.into());
        }
        let setup = users.for_app(NAME, &settings.secret)?;
        let (anybodys, members) = (anybodys(), members());
        let mut paths = [anybodys.paths(), members.paths()].concat();
        let failures = pages::Failures::new(mount.clone());
        let pages = has_pages.then(|| (pages::routes(failures.clone()), pages::assets()));
        if let Some((pages, assets)) = &pages {
            paths.extend([pages.paths(), assets.paths()].concat());
        }
        let mut operations = anybodys.description().clone();
        operations.merge(members.description().clone());
        let description = description::describe(&operations, &settings)?;
        let figures = setup.clone();
        let is_https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        let cookies = CookieScope::new(mount.cookie_path(), is_https);
        let open = move |store| -> Result<BlogState, MountError> {
            let users = setup.open()?;
            let lifetime = Duration::from_secs(DAY * u64::from(settings.token_days));
            Ok(Arc::new(Blog {
                store,
                work,
                tokens: users.tokens(lifetime)?,
                digest_key: users.digest_key(),
                sessions: users.sessions(cookies.clone()),
                users,
                settings,
                members: RevisionCache::new(CACHED_MEMBERS),
                articles: ViewerCache::of_repeated(CACHED_ARTICLES),
                authors: RevisionCache::new(CACHED_AUTHORS),
                links: ViewerCache::new(CACHED_LINKS),
                lists: ViewerCache::new(CACHED_LISTS),
                comments: ViewerCache::new(CACHED_COMMENTS),
                tags: RevisionCache::new(CACHED_TAGS),
                markup: RevisionCache::new(CACHED_MARKUP),
                mount,
                cookies,
                compress,
            }))
        };
        let in_pages = failures.clone();
        let routes = move |store| -> Result<BoundRoutes, MountError> {
            let blog = open(store)?;
            in_pages.over(blog.store.takes_writes());
            let authentication = member::authentication(Arc::clone(&blog));
            let authenticated = authentication.over(members.with_state(Arc::clone(&blog)));
            let routes = anybodys.with_state(Arc::clone(&blog)).merge(authenticated);
            let Some((pages, assets)) = pages else {
                return Ok(routes);
            };
            let pages = pages
                .with_state(Arc::clone(&blog))
                .layer(from_fn_with_state(
                    Arc::clone(&blog),
                    pages::authenticate::<Blog>,
                ));
            Ok(routes.merge(pages).merge(assets.with_state(blog)))
        };
        let mounted = Mounted::of_bound(paths, description, routes).with_users(&figures);
        let failures = has_pages.then_some(failures);
        let entrance = if has_pages { ENTRANCE } else { API_ENTRANCE };
        let mounted = mounted.with_entrance(entrance);
        Ok(mounted.with_not_found(not_found::page(failures)))
    }
}

/// Routes that look at no token. All are at their paths with a slash behind, as clients of the
/// original may have them.
fn anybodys() -> Routes<BlogState> {
    Routes::slashed()
        .operations(routes!(account::register))
        .operations(routes!(account::login))
        .operations(routes!(tags::tags))
        .direct(Method::GET, "/api/tags", tags::tags)
        .method_not_allowed(not_found::no_method)
}

/// Routes whose requests may have a token, or must.
fn members() -> Routes<BlogState> {
    Routes::slashed()
        .operations(routes!(account::current, account::change))
        .operations(routes!(profile::one))
        .operations(routes!(profile::follow, profile::unfollow))
        .operations(routes!(lists::articles, edit::create))
        .direct(Method::GET, "/api/articles", lists::articles)
        .operations(routes!(feed::feed))
        .direct(Method::GET, "/api/articles/feed", feed::feed)
        .operations(routes!(article::one, edit::change, edit::remove))
        .direct(Method::GET, "/api/articles/{slug}", article::one)
        .operations(routes!(comments::all, comments::create))
        .operations(routes!(comments::remove))
        .operations(routes!(favorite::favorite, favorite::unfavorite))
        .method_not_allowed(not_found::no_method)
}
