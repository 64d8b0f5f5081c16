//! `GET /`: the newest articles of all, of a tag, or of those whom the visitor follows; ten to a page.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::addresses;
use super::cards::{self, CardList, PER_PAGE, TagLink, past_the_end};
use super::data;
use super::frame::PageFrame;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::query::{ArticleFilter, PageRange};
use crate::apps::conduit::{BlogState, Result, tags};
use crate::http::Reading;
use crate::web::flash;
use crate::web::paging::{page_number, with_query};
use crate::web::redirect::{moved, see_other};
use crate::web::texts::fill;

/// What forms leave to be said here.
pub(super) const SIGNED_OUT: &str = "signed-out";
pub(super) const REMOVED: &str = "removed";
pub(super) const WELCOME: &str = "welcome";

/// Tags beside the list.
const POPULAR: usize = 30;

/// Which list is shown.
enum Tab {
    Everything,
    Feed,
    Tag(String),
}

struct HomeQuery {
    tab: Tab,
    page: i64,
}

impl HomeQuery {
    fn of(query: Option<&str>) -> Self {
        let (mut page, mut tag, mut feed) = (None, None, false);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "page" => page = page.or(Some(value)),
                "tag" if !value.is_empty() => tag = tag.or(Some(value.into_owned())),
                // Front ends of RealWorld have either word.
                "feed" => feed = ["you", "following"].contains(&&*value),
                _ => {}
            }
        }
        let tab = match tag {
            Some(tag) => Tab::Tag(tag),
            None if feed => Tab::Feed,
            None => Tab::Everything,
        };
        Self {
            tab,
            page: page_number(page.as_deref()),
        }
    }
}

impl Tab {
    /// The address of one of its pages.
    fn address(&self, page: i64) -> String {
        match self {
            Self::Everything => with_query("/", &[], page),
            Self::Feed => with_query("/", &[("feed", "you")], page),
            Self::Tag(tag) => with_query("/", &[("tag", tag)], page),
        }
    }
}

#[derive(Template)]
#[template(path = "conduit/home.html")]
struct HomePage<'p> {
    frame: &'p PageFrame,
    tab: &'p Tab,
    title: String,
    said: &'p str,
    list: CardList,
    popular: Vec<TagLink>,
}

impl HomePage<'_> {
    fn is_everything(&self) -> bool {
        matches!(self.tab, Tab::Everything)
    }

    fn is_feed(&self) -> bool {
        matches!(self.tab, Tab::Feed)
    }

    fn tag(&self) -> Option<&str> {
        match self.tab {
            Tab::Tag(tag) => Some(tag),
            _ => None,
        }
    }

    fn feed_address(&self) -> String {
        self.frame.url(&Tab::Feed.address(1))
    }

    /// What is said where there is nothing.
    fn nothing(&self) -> &str {
        match self.tab {
            Tab::Feed => &self.frame.t.list.nothing_in_feed,
            _ => &self.frame.t.list.nothing,
        }
    }
}

/// The articles before a page.
pub(super) fn page_of(page: i64) -> PageRange {
    let before = (page - 1).saturating_mul(PER_PAGE);
    PageRange {
        limit: usize::try_from(PER_PAGE).unwrap_or_default(),
        offset: usize::try_from(before).unwrap_or(usize::MAX),
    }
}

/// `GET /tag/TAG`, where front ends of RealWorld have the list of a tag.
pub(super) async fn tag(
    tag: Result<Path<String>, PathRejection>,
    frame: PageFrame,
) -> Result<Response> {
    let Path(tag) = tag.map_err(|_: PathRejection| ConduitError::not_found("tag"))?;
    Ok(moved(&frame.url(&addresses::tag(&tag))))
}

pub(super) async fn home(
    State(blog): State<BlogState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
    headers: HeaderMap,
) -> Result<Response> {
    let HomeQuery { tab, page } = HomeQuery::of(query.as_deref());
    let reading = Reading::begin_for(&blog.store, frame.viewer());
    let asked = page_of(page);
    let list = match (&tab, frame.user()) {
        (Tab::Feed, None) => return Ok(see_other(&frame.sign_in())),
        (Tab::Feed, Some(id)) => data::feed(&blog, &reading, id, asked).await?,
        (Tab::Everything | Tab::Tag(_), _) => {
            let tag = match &tab {
                Tab::Tag(tag) => Some(tag.clone()),
                _ => None,
            };
            let filter = ArticleFilter {
                tag,
                ..ArticleFilter::default()
            };
            data::list(&blog, &reading, (filter, asked)).await?
        }
    };
    if let Some(last) = past_the_end(&list, page) {
        return Ok(see_other(&frame.url(&tab.address(last))));
    }
    let popular = blog
        .store
        .read(|connection| -> Result<_> { Ok(tags::first(connection, POPULAR)?) })?;
    let t = &frame.t.home;
    let word = flash::word(&headers, &[SIGNED_OUT, REMOVED, WELCOME]);
    let template = HomePage {
        frame: &frame,
        title: match &tab {
            Tab::Everything => t.title.clone(),
            Tab::Feed => t.feed.clone(),
            Tab::Tag(tag) => fill(&t.tag, &[("tag", tag)]),
        },
        said: match word {
            Some(SIGNED_OUT) => &t.signed_out,
            Some(REMOVED) => &t.removed,
            Some(_) => &t.welcome,
            None => "",
        },
        list: CardList::of(&frame, &list, page, |page| tab.address(page)),
        popular: cards::tags(&frame, &popular),
        tab: &tab,
    };
    let mut response = frame.shown(reading, &template)?;
    if word.is_some() {
        flash::forget(&mut response, &blog.cookies, &frame.here())?;
    }
    Ok(response)
}
