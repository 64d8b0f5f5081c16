//! `/editor` and `/editor/{slug}`: writing an article, and changing one's own.

use askama::Template;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rusqlite::Connection;
use serde_json::Value;

use super::addresses;
use super::data;
use super::frame::{PageFrame, form_page};
use super::posted::{ApiFields, FormErrors, FormRefusal, Posted, typed};
use super::terms::{FormMark, attempt};
use crate::apps::conduit::edit::{self, ArticleFields};
use crate::apps::conduit::path::SlugPath;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::validation::Presence;
use crate::apps::conduit::{BlogState, Result, article};
use crate::http::{FormKey, HttpError, Reading};
use crate::web::form::{FormFields, KEY_FIELD, form_body};
use crate::web::redirect::see_other;

/// The fields that hold an article, but for its tags.
const TEXTS: [&str; 3] = ["title", "description", "body"];

/// The tags as they are typed, and as they were when the form came.
const TAGS: &str = "tags";
const TAGS_BEFORE: &str = "tags_before";

/// Bytes of a form beyond which the pool for long work takes it apart: some 2 ms.
const LONG: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "conduit/editor.html")]
struct EditorPage<'p> {
    frame: &'p PageFrame,
    action: String,
    /// Of a new article.
    key: Option<String>,
    title: String,
    description: String,
    body: String,
    tags: String,
    tags_before: String,
    errors: FormErrors,
}

pub(super) async fn new(frame: PageFrame) -> Result<Response> {
    if frame.visitor.is_none() {
        return Ok(see_other(&frame.sign_in()));
    }
    let template = EditorPage {
        frame: &frame,
        action: frame.url("/editor"),
        key: Some(FormKey::fresh()),
        title: String::new(),
        description: String::new(),
        body: String::new(),
        tags: String::new(),
        tags_before: String::new(),
        errors: FormErrors::default(),
    };
    form_page(StatusCode::OK, &template)
}

pub(super) async fn edit(
    State(blog): State<BlogState>,
    SlugPath { slug }: SlugPath,
    frame: PageFrame,
) -> Result<Response> {
    if frame.visitor.is_none() {
        return Ok(see_other(&frame.sign_in()));
    }
    let reading = Reading::begin_for(&blog.store, frame.viewer());
    let article = data::article(&blog, &reading, slug)?;
    if !frame.is(&article.author.username) {
        return Err(ConduitError::forbidden("article").into());
    }
    let tags = article.tag_list.join(", ");
    let template = EditorPage {
        frame: &frame,
        action: frame.url(&addresses::editor(&article.slug)),
        key: None,
        title: article.title,
        description: article.description,
        body: article.body,
        tags_before: tags.clone(),
        tags,
        errors: FormErrors::default(),
    };
    form_page(StatusCode::OK, &template)
}

/// What was sent from the editor: an extractor. What is long is taken apart by the pool for long work.
pub(super) struct ArticleForm {
    form: FormFields,
    fields: ApiFields,
    mark: FormMark,
}

impl ArticleForm {
    fn parse(body: &[u8]) -> Result<Self> {
        let form = FormFields::parse(body)?;
        let mut fields = ApiFields::of(&form, &TEXTS);
        let tags = typed(&form, TAGS);
        // Tags that were left as they were are left out: one of them may hold a comma.
        if tags != typed(&form, TAGS_BEFORE) {
            let tags = tags.split([',', '、', '，', '\n']).map(Value::from);
            fields.0.insert("tagList".to_owned(), tags.collect());
        }
        let mark = FormMark::of(&fields)?;
        Ok(Self { form, fields, mark })
    }
}

impl FromRequest<BlogState> for ArticleForm {
    type Rejection = HttpError;

    async fn from_request(request: Request, blog: &BlogState) -> Result<Self> {
        let body = form_body(request, blog).await?;
        if body.len() > LONG {
            blog.work.run(move || Self::parse(&body)).await?
        } else {
            Self::parse(&body)
        }
    }
}

/// What is answered of a written article: its slug.
fn slug(connection: &Connection, id: i64, _: i64) -> Result<Vec<u8>> {
    Ok(article::slug_of(connection, id)?.into_bytes())
}

/// `POST /editor`.
pub(super) async fn create(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    key: FormKey,
    ArticleForm { form, fields, mark }: ArticleForm,
) -> Result<Response> {
    let author = match FormRefusal::unless_sent_by(frame.visitor.as_deref(), &form) {
        Ok(author) => author,
        Err(refusal) => return answer(frame, &form, None, Posted::Refused(refusal)),
    };
    let posted = match ArticleFields::read(&fields.0, Presence::Required) {
        Err(error) => Posted::Refused(error.into()),
        Ok(new) => {
            let terms = attempt(key, form.text(KEY_FIELD), &mark, &headers)?;
            Posted::of(edit::insert(&blog, author, new, terms, slug).await?)?
        }
    };
    answer(frame, &form, None, posted)
}

/// `POST /editor/{slug}`.
pub(super) async fn change(
    State(blog): State<BlogState>,
    SlugPath { slug: old }: SlugPath,
    frame: PageFrame,
    headers: HeaderMap,
    key: FormKey,
    ArticleForm { form, fields, mark }: ArticleForm,
) -> Result<Response> {
    let path = addresses::editor(&old);
    let author = match FormRefusal::unless_sent_by(frame.visitor.as_deref(), &form) {
        Ok(author) => author,
        Err(refusal) => return answer(frame, &form, Some(&path), Posted::Refused(refusal)),
    };
    let posted = match ArticleFields::read(&fields.0, Presence::Required) {
        Err(error) => Posted::Refused(error.into()),
        Ok(changes) => {
            let terms = attempt(key, None, &mark, &headers)?;
            let asked = (old, changes);
            Posted::of(edit::apply(&blog, author, asked, terms, slug).await?)?
        }
    };
    answer(frame, &form, Some(&path), posted)
}

/// On to the article, or the form again with what was typed.
fn answer(
    frame: PageFrame,
    form: &FormFields,
    editor: Option<&str>,
    posted: Posted,
) -> Result<Response> {
    let refusal: FormRefusal = match posted {
        Posted::Done(slug) => {
            let slug = String::from_utf8(slug).unwrap_or_default();
            return Ok(see_other(&frame.url(&addresses::article(&slug))));
        }
        Posted::Refused(refusal) => refusal,
    };
    let frame = &frame.at(editor.unwrap_or("/editor"));
    let template = EditorPage {
        frame,
        key: editor.is_none().then(FormKey::fresh),
        action: frame.url(editor.unwrap_or("/editor")),
        title: typed(form, "title"),
        description: typed(form, "description"),
        body: typed(form, "body"),
        tags: typed(form, TAGS),
        tags_before: typed(form, TAGS_BEFORE),
        errors: refusal.explained(&frame.t.field),
    };
    form_page(refusal.status, &template)
}
