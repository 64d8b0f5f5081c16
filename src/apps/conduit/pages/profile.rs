//! `/profile/{name}` and `/profile/{name}/favorites`: who somebody is, with what they wrote and like.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::addresses;
use super::cards::{Byline, CardList, Toggle, past_the_end};
use super::data::{self, ProfileData};
use super::frame::PageFrame;
use super::home::page_of;
use crate::apps::conduit::path::UsernamePath;
use crate::apps::conduit::query::ArticleFilter;
use crate::apps::conduit::{BlogState, Result};
use crate::http::Reading;
use crate::web::paging::{page_number, with_query};
use crate::web::query::parameter;
use crate::web::redirect::see_other;
use crate::web::texts::fill;

#[derive(Template)]
#[template(path = "conduit/profile.html")]
struct ProfilePage<'p> {
    frame: &'p PageFrame,
    profile: &'p ProfileData,
    person: Byline,
    follow: Option<Toggle>,
    /// Whether the favorites are shown, and not what was written.
    is_favorites: bool,
    own: String,
    favorites: String,
    list: CardList,
}

impl ProfilePage<'_> {
    fn title(&self) -> String {
        let name = [("name", self.profile.username.as_str())];
        let t = &self.frame.t.profile;
        fill(
            if self.is_favorites {
                &t.favorites_of
            } else {
                &t.articles_of
            },
            &name,
        )
    }
}

pub(super) async fn own(
    blog: State<BlogState>,
    name: UsernamePath,
    query: RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    answer(blog, name, query, &frame, false).await
}

pub(super) async fn favorites(
    blog: State<BlogState>,
    name: UsernamePath,
    query: RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    answer(blog, name, query, &frame, true).await
}

async fn answer(
    State(blog): State<BlogState>,
    UsernamePath { username }: UsernamePath,
    RawQuery(query): RawQuery,
    frame: &PageFrame,
    is_favorites: bool,
) -> Result<Response> {
    let page = page_number(parameter(query.as_deref(), "page").as_deref());
    let reading = Reading::begin_for(&blog.store, frame.viewer());
    let profile = data::profile(&blog, &username, frame.user())?;
    let name = Some(username.clone());
    let filter = if is_favorites {
        ArticleFilter {
            favorited: name,
            ..ArticleFilter::default()
        }
    } else {
        ArticleFilter {
            author: name,
            ..ArticleFilter::default()
        }
    };
    let list = data::list(&blog, &reading, (filter, page_of(page))).await?;
    let own = addresses::profile(&username);
    let favorites = format!("{own}/favorites");
    let shown = if is_favorites { &favorites } else { &own };
    if let Some(last) = past_the_end(&list, page) {
        return Ok(see_other(&frame.url(&with_query(shown, &[], last))));
    }
    let template = ProfilePage {
        frame,
        person: Byline::of(frame, &profile),
        follow: Toggle::follow(frame, &profile),
        is_favorites,
        list: CardList::of(frame, &list, page, |page| with_query(shown, &[], page)),
        own: frame.url(&own),
        favorites: frame.url(&favorites),
        profile: &profile,
    };
    frame.shown(reading, &template)
}
