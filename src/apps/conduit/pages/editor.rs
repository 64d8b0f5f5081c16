//! `/editor` and `/editor/{slug}`: writing an article, and changing one's own.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rusqlite::Connection;
use serde_json::Value;

use super::addresses;
use super::data;
use super::frame::{PageFrame, form_page};
use super::posted::{Fields, FormErrors, Posted, Refusal, typed};
use super::terms::attempt;
use crate::apps::conduit::edit::{self, ArticleFields};
use crate::apps::conduit::path::SlugPath;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::validation::Presence;
use crate::apps::conduit::{BlogState, Result, article};
use crate::http::{FormKey, Reading};
use crate::web::form::{FormFields, KEY_FIELD};
use crate::web::redirect::see_other;

/// The fields that hold an article, but for its tags.
const TEXTS: [&str; 3] = ["title", "description", "body"];

/// The tags as they are typed, and as they were when the form came.
const TAGS: &str = "tags";
const TAGS_BEFORE: &str = "tags_before";

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
    let article = data::article(&blog, &reading, frame.viewer(), slug)?;
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

/// The article of a form. Tags that were left as they were are left out: one of them may hold a comma.
fn fields(form: &FormFields, is_new: bool) -> Fields {
    let mut fields = Fields::of(form, &TEXTS);
    let tags = typed(form, TAGS);
    if is_new || tags != typed(form, TAGS_BEFORE) {
        let tags = tags.split([',', '、', '，', '\n']).map(Value::from);
        fields.0.insert("tagList".to_owned(), tags.collect());
    }
    fields
}

/// What is answered of a written article: its slug.
fn slug(connection: &Connection, id: i64, _: Option<i64>) -> Result<Vec<u8>> {
    Ok(article::slug_of(connection, id)?.into_bytes())
}

/// `POST /editor`.
pub(super) async fn create(
    State(blog): State<BlogState>,
    frame: PageFrame,
    headers: HeaderMap,
    key: FormKey,
    form: FormFields,
) -> Result<Response> {
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, "/editor"));
    };
    visitor.sent(&form)?;
    let fields = fields(&form, true);
    let posted = match ArticleFields::read(&fields.0, Presence::Required) {
        Err(error) => Posted::Refused(error.into()),
        Ok(new) => {
            let terms = attempt(key, form.text(KEY_FIELD), &fields, &headers)?;
            Posted::of(edit::insert(&blog, visitor.id, new, terms, slug).await?)?
        }
    };
    answer(&frame, &form, None, posted)
}

/// `POST /editor/{slug}`.
pub(super) async fn change(
    State(blog): State<BlogState>,
    SlugPath { slug: old }: SlugPath,
    frame: PageFrame,
    headers: HeaderMap,
    key: FormKey,
    form: FormFields,
) -> Result<Response> {
    let path = addresses::editor(&old);
    let Some(visitor) = &frame.visitor else {
        return Ok(frame.refuse(&headers, &path));
    };
    visitor.sent(&form)?;
    let fields = fields(&form, false);
    let posted = match ArticleFields::read(&fields.0, Presence::Required) {
        Err(error) => Posted::Refused(error.into()),
        Ok(changes) => {
            let terms = attempt(key, None, &fields, &headers)?;
            let asked = (old, changes);
            Posted::of(edit::apply(&blog, visitor.id, asked, terms, slug).await?)?
        }
    };
    answer(&frame, &form, Some(&path), posted)
}

/// On to the article, or the form again with what was typed.
fn answer(
    frame: &PageFrame,
    form: &FormFields,
    editor: Option<&str>,
    posted: Posted,
) -> Result<Response> {
    let refusal: Refusal = match posted {
        Posted::Done(slug) => {
            let slug = String::from_utf8(slug).unwrap_or_default();
            return Ok(see_other(&frame.url(&addresses::article(&slug))));
        }
        Posted::Refused(refusal) => refusal,
    };
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
