//! Parts of pages, ready to be shown: articles in lists, who wrote them, and the buttons below them.

use super::addresses;
use super::data::{ArticleData, ArticleList, ProfileData};
use super::format::{Date, number};
use super::frame::PageFrame;
use super::markdown::is_safe_picture;
use crate::web::paging::{PageStep, Paging, pages};
use crate::web::texts::fill;

/// Articles on a page of a list.
pub(super) const PER_PAGE: i64 = 10;

/// Somebody's name and picture.
pub(super) struct Byline {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) picture: Option<String>,
    /// Stands for a picture that is not there.
    pub(super) initial: String,
}

impl Byline {
    pub(super) fn of(frame: &PageFrame, profile: &ProfileData) -> Self {
        let image = profile.image.as_deref();
        Self {
            name: profile.username.clone(),
            address: frame.profile(&profile.username),
            picture: image
                .filter(|image| is_safe_picture(image))
                .map(str::to_owned),
            initial: profile.username.chars().take(1).collect(),
        }
    }
}

/// A button that is pressed or not: a favorite, somebody who is followed.
pub(super) struct Toggle {
    pub(super) action: String,
    pub(super) is_on: bool,
    /// What it does, for whom the sign does not say enough.
    pub(super) label: String,
    /// How many have pressed it; nothing where that is not counted.
    pub(super) count: Option<String>,
}

impl Toggle {
    pub(super) fn favorite(frame: &PageFrame, article: &ArticleData) -> Self {
        let title = [("title", article.title.as_str())];
        Self {
            action: frame.url(&format!("{}/favorite", addresses::article(&article.slug))),
            is_on: article.favorited,
            label: fill(&frame.t.article.favorite, &title),
            count: Some(number(article.favorites_count)),
        }
    }

    /// Nobody follows themselves.
    pub(super) fn follow(frame: &PageFrame, profile: &ProfileData) -> Option<Self> {
        let name = profile.username.as_str();
        (!frame.is(name)).then(|| Self {
            action: frame.url(&format!("{}/follow", addresses::profile(name))),
            is_on: profile.following,
            label: fill(&frame.t.profile.follow, &[("name", name)]),
            count: None,
        })
    }
}

/// A tag and its list.
pub(super) struct TagLink {
    pub(super) name: String,
    pub(super) address: String,
}

pub(super) fn tags(frame: &PageFrame, names: &[String]) -> Vec<TagLink> {
    let link = |name: &String| TagLink {
        name: name.clone(),
        address: frame.url(&addresses::tag(name)),
    };
    names.iter().map(link).collect()
}

/// An article in a list.
pub(super) struct ArticleCard {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) description: String,
    pub(super) author: Byline,
    pub(super) date: Date,
    pub(super) tags: Vec<TagLink>,
    pub(super) favorite: Toggle,
}

impl ArticleCard {
    fn of(frame: &PageFrame, article: &ArticleData) -> Self {
        Self {
            title: article.title.clone(),
            address: frame.url(&addresses::article(&article.slug)),
            description: article.description.clone(),
            author: Byline::of(frame, &article.author),
            date: Date::of(frame.t, &article.created_at),
            tags: tags(frame, &article.tag_list),
            favorite: Toggle::favorite(frame, article),
        }
    }
}

/// The last page of a list, where `page` is behind it.
pub(super) fn past_the_end(list: &ArticleList, page: i64) -> Option<i64> {
    let last = pages(list.articles_count, PER_PAGE);
    (page > last).then_some(last)
}

/// A page of a list with its links.
pub(super) struct CardList {
    pub(super) cards: Vec<ArticleCard>,
    pub(super) paging: Paging,
}

impl CardList {
    /// `address` gives that of a page, as the app knows it.
    pub(super) fn of(
        frame: &PageFrame,
        list: &ArticleList,
        current: i64,
        address: impl Fn(i64) -> String,
    ) -> Self {
        let cards = list.articles.iter();
        let last = pages(list.articles_count, PER_PAGE);
        Self {
            cards: cards
                .map(|article| ArticleCard::of(frame, article))
                .collect(),
            paging: Paging::new(current, last, |page| frame.url(&address(page))),
        }
    }
}

/// What a link to a page is called.
pub(super) fn page_label(frame: &PageFrame, step: &PageStep) -> String {
    fill(&frame.t.list.page, &[("n", &number(step.number))])
}
