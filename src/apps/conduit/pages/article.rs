//! `/article/{slug}`: an article with its comments, and what those who are signed in do there.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::addresses;
use super::cards::{Byline, TagLink, Toggle, tags};
use super::data::{self, ArticleData, CommentData};
use super::format::{Date, number};
use super::frame::{PageFrame, form_page};
use super::home;
use super::markdown;
use super::posted::{ApiFields, FormErrors, FormRefusal, Posted, typed};
use super::terms::{FormMark, FormTerms, attempt};
use crate::apps::conduit::path::{CommentPath, SlugPath};
use crate::apps::conduit::{Blog, BlogState, Result, comments, edit};
use crate::http::{FormKey, PrivateReading, Reading};
use crate::web::flash;
use crate::web::form::{FormFields, KEY_FIELD};
use crate::web::paging::{Paging, page_number, pages, with_query};
use crate::web::query::parameter;
use crate::web::redirect::see_other;
use crate::web::texts::fill;

/// Comments on a page.
const COMMENTS: i64 = 30;

/// A comment, ready to be shown.
struct CommentCard {
    id: i64,
    author: Byline,
    date: Date,
    body: String,
    /// Where its author removes it.
    removal: Option<String>,
}

/// The form for a comment, and what is wrong with it.
#[derive(Default)]
struct CommentForm {
    key: String,
    body: String,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "conduit/article.html")]
struct ArticlePage<'p> {
    frame: &'p PageFrame,
    article: &'p ArticleData,
    html: &'p str,
    author: Byline,
    date: Date,
    /// Where its author edits it.
    editor: Option<String>,
    favorite: Toggle,
    follow: Option<Toggle>,
    tags: Vec<TagLink>,
    heading: String,
    comments: Vec<CommentCard>,
    paging: Paging,
    form: CommentForm,
}

impl ArticlePage<'_> {
    fn action(&self) -> String {
        self.frame.url(&addresses::article(&self.article.slug))
    }

    fn comment_label(&self, comment: &CommentCard) -> String {
        let name = [("name", comment.author.name.as_str())];
        fill(&self.frame.t.article.comment_by, &name)
    }

    fn was_changed(&self) -> bool {
        self.article.created_at != self.article.updated_at
    }

    fn changed(&self) -> Date {
        Date::of(self.frame.t, &self.article.updated_at)
    }
}

pub(super) async fn show(
    State(blog): State<BlogState>,
    SlugPath { slug }: SlugPath,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let page = page_number(parameter(query.as_deref(), "page").as_deref());
    let form = CommentForm {
        key: FormKey::fresh(),
        ..CommentForm::default()
    };
    let (reading, parts) = read(&blog, &frame, slug, page).await?;
    let (_, comments) = parts.comments;
    let last = pages(comments, COMMENTS);
    if page > last {
        let path = addresses::article(&parts.article.slug);
        return Ok(see_other(&frame.url(&with_query(&path, &[], last))));
    }
    parts.answer(reading, form, StatusCode::OK)
}

/// What of an article's page was read.
struct ArticleParts<'p> {
    frame: &'p PageFrame,
    article: ArticleData,
    html: Arc<str>,
    comments: (Vec<CommentData>, i64),
    page: i64,
}

async fn read<'p>(
    blog: &'p Blog,
    frame: &'p PageFrame,
    slug: String,
    page: i64,
) -> Result<(PrivateReading<'p>, ArticleParts<'p>)> {
    let reading = Reading::begin_for(&blog.store, frame.viewer());
    let of_everybody = reading.of_everybody();
    let mut article = data::article(blog, &reading, slug.clone())?;
    let html = match of_everybody.cached(&blog.markup, &slug) {
        Some(html) => html,
        None => {
            let text = std::mem::take(&mut article.body);
            let html: Arc<str> = if text.len() > markdown::LONG {
                let html = blog.work.run(move || markdown::render(&text)).await?;
                html.into()
            } else {
                markdown::render(&text).into()
            };
            let bytes = html.len() + slug.len();
            of_everybody.keep(&blog.markup, slug.clone(), Arc::clone(&html), bytes);
            html
        }
    };
    let offset = (page - 1).saturating_mul(COMMENTS);
    let comments = data::comments(blog, slug, frame.user(), COMMENTS, offset).await?;
    let parts = ArticleParts {
        frame,
        article,
        html,
        comments,
        page,
    };
    Ok((reading, parts))
}

impl ArticleParts<'_> {
    /// The page of them.
    fn answer(
        self,
        reading: PrivateReading<'_>,
        form: CommentForm,
        status: StatusCode,
    ) -> Result<Response> {
        let (frame, article) = (self.frame, &self.article);
        let path = addresses::article(&article.slug);
        let (comments, count) = self.comments;
        let cards = comments.into_iter().map(|comment| {
            let removal = format!("{path}/comments/{}", comment.id);
            CommentCard {
                id: comment.id,
                author: Byline::of(frame, &comment.author),
                date: Date::of(frame.t, &comment.created_at),
                removal: frame
                    .is(&comment.author.username)
                    .then(|| frame.url(&removal)),
                body: comment.body,
            }
        });
        let last = pages(count, COMMENTS);
        let editor = frame.is(&article.author.username);
        let heading = match count {
            1 => frame.t.article.one_comment.clone(),
            count => fill(&frame.t.article.comments, &[("n", &number(count))]),
        };
        let template = ArticlePage {
            frame,
            html: &self.html,
            author: Byline::of(frame, &article.author),
            date: Date::of(frame.t, &article.created_at),
            editor: editor.then(|| frame.url(&addresses::editor(&article.slug))),
            favorite: Toggle::favorite(frame, article),
            follow: Toggle::follow(frame, &article.author),
            tags: tags(frame, &article.tag_list),
            heading,
            comments: cards.collect(),
            paging: Paging::new(self.page, last, |page| {
                let address = with_query(&path, &[], page);
                format!("{}#comments", frame.url(&address))
            }),
            form,
            article,
        };
        match status {
            StatusCode::OK => frame.shown(reading, &template),
            status => form_page(status, &template),
        }
    }
}

/// Removes the article.
pub(super) async fn remove(
    State(blog): State<BlogState>,
    SlugPath { slug }: SlugPath,
    frame: PageFrame,
    headers: HeaderMap,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, &addresses::article(&slug)));
    };
    visitor.sent(&form)?;
    let outcome = edit::delete(&blog, visitor.id, slug, terms).await?;
    match Posted::of(outcome)? {
        Posted::Done(_) => flash::lead(&blog.cookies, &frame.url("/"), home::REMOVED),
        Posted::Refused(refusal) => Err(crate::http::HttpError::bare(refusal.status)),
    }
}

/// `POST /article/{slug}/comments`.
pub(super) async fn comment(
    State(blog): State<BlogState>,
    SlugPath { slug }: SlugPath,
    frame: PageFrame,
    headers: HeaderMap,
    key: FormKey,
    form: FormFields,
) -> Result<Response> {
    let path = addresses::article(&slug);
    let frame = frame.at(path.clone());
    let author = match FormRefusal::unless_sent_by(frame.visitor.as_deref(), &form) {
        Ok(author) => author,
        Err(refusal) => return refused(&blog, &frame, slug, &form, &refusal).await,
    };
    let fields = ApiFields::of(&form, &["body"]);
    let posted = match comments::text_in(&fields.0) {
        Err(error) => Posted::Refused(error.into()),
        Ok(text) => {
            let mark = FormMark::of(&fields)?;
            let terms = attempt(key, form.text(KEY_FIELD), &mark, &headers)?;
            let asked = (slug.clone(), text);
            Posted::of(comments::insert(&blog, author, asked, terms, place).await?)?
        }
    };
    match posted {
        Posted::Done(place) => {
            let place = String::from_utf8(place).unwrap_or_default();
            Ok(see_other(&frame.url(&format!("{path}{place}"))))
        }
        Posted::Refused(refusal) => refused(&blog, &frame, slug, &form, &refusal).await,
    }
}

/// Where on the article's page its newest comment is.
fn place(connection: &rusqlite::Connection, id: i64) -> Result<Vec<u8>> {
    let page = pages(comments::around(connection, id)?, COMMENTS);
    let address = with_query("", &[], page);
    Ok(format!("{address}#comment-{id}").into_bytes())
}

async fn refused(
    blog: &Blog,
    frame: &PageFrame,
    slug: String,
    form: &FormFields,
    refusal: &FormRefusal,
) -> Result<Response> {
    let (reading, parts) = read(blog, frame, slug, 1).await?;
    let form = CommentForm {
        key: FormKey::fresh(),
        body: typed(form, "body"),
        errors: refusal.explained(&frame.t.field),
    };
    parts.answer(reading, form, refusal.status)
}

/// `DELETE /article/{slug}/comments/{id}`.
pub(super) async fn remove_comment(
    State(blog): State<BlogState>,
    CommentPath { slug, id }: CommentPath,
    frame: PageFrame,
    headers: HeaderMap,
    FormTerms { terms, form }: FormTerms,
) -> Result<Response> {
    let path = addresses::article(&slug);
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, &path));
    };
    visitor.sent(&form)?;
    let outcome = comments::delete(&blog, visitor.id, (slug, id), terms).await?;
    match Posted::of(outcome)? {
        Posted::Done(_) => Ok(see_other(&frame.url(&format!("{path}#comments")))),
        Posted::Refused(refusal) => Ok(refusal.status.into_response()),
    }
}
