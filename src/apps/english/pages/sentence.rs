//! `/sentences/{id}`: the drill itself. The Japanese is there at once, the English when it is asked for; four
//! buttons grade, two links go on.
//!
//! All of it works without the module, which adds keys, grading without a reload and the voice's button. It must
//! hold no rule about what a grading counts.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::Connection;

use super::frame::PageFrame;
use super::kept::PageView;
use crate::apps::english::kind::Kind;
use crate::apps::english::learner::Visitor;
use crate::apps::english::order::{Neighbours, Order};
use crate::apps::english::sentence::{RESOURCE, Sentence};
use crate::apps::english::words::{WordLookup, WordTable};
use crate::apps::english::{Drill, Result};
use crate::http::HttpError;
use crate::web::layout::allow_sounds;
use crate::web::redirect::is_local;

/// Characters of the shortest and of the longest field for an answer.
const FIELD: (usize, usize) = (12, 255);

/// A button by which a learner grades herself.
struct GradeButton {
    /// Where its form goes. The original's have a slash behind.
    action: String,
    /// The key of its parameters.
    key: &'static str,
    is_passed: bool,
    /// The same in every language.
    label: &'static str,
    /// What it says, in the page's language.
    meaning: &'static str,
    /// The key that presses it.
    digit: u8,
}

/// A recording.
struct Sound {
    address: String,
    /// Its media type, where the name tells it.
    kind: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "english/sentence.html")]
struct SentencePage<'p> {
    frame: &'p PageFrame,
    sentence: &'p Sentence,
    score: i64,
    previous: String,
    next: String,
    /// One for each view: pressing a button twice is one grading.
    form_key: &'p str,
    sound: Option<Sound>,
    /// What its words mean.
    words: Option<WordTable>,
}

impl SentencePage<'_> {
    fn no(&self) -> String {
        self.sentence
            .fields
            .no
            .map_or_else(|| "–".to_owned(), |no| no.to_string())
    }

    fn jp(&self) -> &str {
        self.sentence.fields.jp.as_deref().unwrap_or_default()
    }

    fn en(&self) -> &str {
        self.sentence.fields.en.as_deref().unwrap_or_default()
    }

    /// Where editors change the words.
    fn words_address(&self) -> String {
        let no = self.sentence.fields.no.unwrap_or_default();
        self.frame.url(&format!("/words/{no}"))
    }

    /// As wide as the English is long.
    fn field_width(&self) -> usize {
        self.en().chars().count().clamp(FIELD.0, FIELD.1)
    }

    fn address(&self) -> String {
        self.frame.url(&format!("{RESOURCE}/{}", self.sentence.id))
    }

    /// The buttons before the field, and those behind it.
    fn buttons(&self, is_written: bool) -> [GradeButton; 2] {
        let t = &self.frame.t.drill;
        let (kind, first, labels, meanings) = if is_written {
            let meanings = [&t.written_right, &t.written_wrong];
            (Kind::Written, 3, ["書いて正解", "書いて不正解"], meanings)
        } else {
            let meanings = [&t.said_right, &t.said_wrong];
            (
                Kind::NotWritten,
                1,
                ["書かずに正解", "書かずに不正解"],
                meanings,
            )
        };
        let button = |index: u8, is_passed| GradeButton {
            action: self.frame.url(&format!("{}/", kind.resource())),
            key: kind.key(),
            is_passed,
            label: labels[usize::from(index)],
            meaning: meanings[usize::from(index)],
            digit: first + index,
        };
        [button(0, true), button(1, false)]
    }
}

/// The page of a sentence for a learner.
///
/// # Errors
/// 404 when there is none with this id.
pub(in crate::apps::english) async fn answer(
    drill: &Drill,
    frame: &PageFrame,
    learner: &Visitor,
    id: i64,
) -> Result<Response> {
    let view = PageView::of(drill, frame, learner)
        .with_form_key()
        // What a service says of words changes when it likes.
        .kept_if(drill.word_service.is_none());
    if let Some(kept) = view.kept() {
        return kept.map(with_sounds);
    }
    let find = |connection: &Connection| -> Result<_> { Ok(Sentence::find(connection, id)?) };
    let Some(sentence) = drill.store.read(find)? else {
        let detail = "There is no such sentence.";
        return Err(HttpError::problem(StatusCode::NOT_FOUND, detail));
    };
    // A service of words is asked while the rest is read.
    let words = sentence.fields.no.map(|no| WordLookup::begin(drill, no));
    let (score, beside) = drill.store.read(|connection| -> Result<_> {
        let order = Order::of(connection, learner.id, learner.user.mode)?;
        let alone = Neighbours {
            previous: id,
            next: id,
        };
        let beside = order.neighbours(id)?.unwrap_or(alone);
        Ok((order.score(id)?, beside))
    })?;
    let words = match words {
        Some(words) => Some(words.table().await?),
        None => None,
    };
    let address = |id: i64| frame.url(&format!("{RESOURCE}/{id}"));
    let template = SentencePage {
        frame,
        score,
        previous: address(beside.previous),
        next: address(beside.next),
        form_key: view.form_key(),
        sound: sound(frame, sentence.fields.voice_data.as_deref()),
        sentence: &sentence,
        words,
    };
    view.made(&template).map(with_sounds)
}

fn with_sounds(mut page: Response) -> Response {
    allow_sounds(&mut page);
    page
}

/// The recording at a path of this site. What is elsewhere is not played: a page would tell others who learns.
fn sound(frame: &PageFrame, path: Option<&str>) -> Option<Sound> {
    let path = path.filter(|path| is_local(path))?;
    let name = path.split(['?', '#']).next().unwrap_or(path);
    let kind = match name.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("mp3") => Some("audio/mp3"),
        Some("ogg" | "oga" | "opus") => Some("audio/ogg"),
        Some("wav") => Some("audio/wav"),
        Some("m4a") => Some("audio/mp4"),
        _ => None,
    };
    Some(Sound {
        address: frame.url(path),
        kind,
    })
}
