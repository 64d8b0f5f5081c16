//! `GET /chair/{id}` and `GET /estate/{id}`: one of them, with the form to buy it or to ask for its
//! documents. A sold-out chair keeps its page, which says so.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::addresses::{not_found, page_id};
use super::cards::{self, Card};
use super::data::PageData;
use super::format::{centimetres, price};
use super::frame::PageFrame;
use super::map::Map;
use crate::apps::isuumo::chair::Chair;
use crate::apps::isuumo::estate::Estate;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::http::{FormKey, PrivateResponse};
use crate::web::flash;
use crate::web::layout::page;
use crate::web::paging::with_query;
use crate::web::texts::fill;

/// The message after a form that did its thing.
pub(super) const DONE: &str = "done";

/// Degrees around an estate that its page offers to search.
const AROUND: f64 = 0.1;

/// What became of the form.
pub(super) enum Notice {
    None,
    Done,
    /// What was given is no e-mail address.
    Invalid(String),
    /// Somebody else had the last one.
    TooLate,
}

impl Notice {
    fn status(&self, is_there: bool) -> StatusCode {
        match self {
            Self::Invalid(_) if is_there => StatusCode::BAD_REQUEST,
            Self::TooLate => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        }
    }

    fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    fn is_too_late(&self) -> bool {
        matches!(self, Self::TooLate)
    }

    /// The address to mend.
    fn invalid(&self) -> Option<&str> {
        match self {
            Self::Invalid(email) => Some(email),
            _ => None,
        }
    }

    /// What a form before this page left to be said.
    fn left(request: &HeaderMap) -> Self {
        match flash::word(request, &[DONE]) {
            Some(_) => Self::Done,
            None => Self::None,
        }
    }

    /// Has a page that told of it not tell of it again.
    fn told(
        &self,
        isu: &IsuumoState,
        frame: &PageFrame,
        mut response: Response,
    ) -> Result<Response> {
        if self.is_done() {
            flash::forget(&mut response, &isu.cookies, &frame.here())?;
        }
        Ok(response)
    }
}

/// What a chair or an estate is like: a name and a value.
type Fact<'p> = (&'p str, String);

#[derive(Template)]
#[template(path = "isuumo/chair.html")]
struct ChairTemplate<'p> {
    frame: &'p PageFrame,
    chair: &'p Chair,
    picture: String,
    price: String,
    facts: Vec<Fact<'p>>,
    features: Vec<String>,
    /// Of the form, where there is something to buy.
    key: Option<String>,
    notice: Notice,
    similar: String,
    recommended: Vec<Card>,
}

impl ChairTemplate<'_> {
    fn action(&self) -> String {
        self.frame.url(&format!("/chair/{}/buy", self.chair.id))
    }

    fn api(&self) -> String {
        self.frame.url(&format!("/api/chair/buy/{}", self.chair.id))
    }
}

pub(super) async fn chair(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    frame: PageFrame,
    request: HeaderMap,
) -> Result<Response> {
    chair_page(&isu, &frame, page_id(&id)?, Notice::left(&request))
}

pub(super) fn chair_page(
    isu: &IsuumoState,
    frame: &PageFrame,
    id: i64,
    notice: Notice,
) -> Result<Response> {
    let data = PageData::begin(isu)?;
    let (chair, is_for_sale) = data.chair(id)?.ok_or_else(not_found)?;
    let status = notice.status(is_for_sale);
    let t = &frame.t.chair;
    let template = ChairTemplate {
        frame,
        picture: cards::picture_of_chair(frame, &chair),
        price: price(frame.language, chair.price),
        facts: vec![
            (&t.kind, frame.t.name(&chair.kind).to_owned()),
            (&t.color, frame.t.name(&chair.color).to_owned()),
            (&t.width, centimetres(chair.width)),
            (&t.depth, centimetres(chair.depth)),
            (&t.height, centimetres(chair.height)),
        ],
        features: cards::features(frame, &chair.features),
        key: is_for_sale.then(FormKey::fresh),
        notice,
        similar: frame.url(&with_query("/chair/search", &[("kind", &chair.kind)], 1)),
        recommended: cards::of_estates(frame, data.recommended(id)?.rows()),
        chair: &chair,
    };
    let page = match template.key {
        // The form's key is good for one purchase.
        Some(_) => PrivateResponse::not_stored(page(status, &template)?).into_response(),
        None => data.page(frame, status, &template)?,
    };
    template.notice.told(isu, frame, page)
}

#[derive(Template)]
#[template(path = "isuumo/estate.html")]
struct EstateTemplate<'p> {
    frame: &'p PageFrame,
    estate: &'p Estate,
    picture: String,
    rent: String,
    facts: Vec<Fact<'p>>,
    features: Vec<String>,
    notice: Notice,
    map: &'p Map,
    around: String,
}

impl EstateTemplate<'_> {
    fn action(&self) -> String {
        self.frame
            .url(&format!("/estate/{}/request", self.estate.id))
    }

    fn api(&self) -> String {
        self.frame
            .url(&format!("/api/estate/req_doc/{}", self.estate.id))
    }

    /// Where it is on the small map.
    fn x(&self) -> String {
        let (x, _) = self
            .map
            .coarse_position(self.estate.latitude, self.estate.longitude);
        format!("{x:.1}")
    }

    fn y(&self) -> String {
        let (_, y) = self
            .map
            .coarse_position(self.estate.latitude, self.estate.longitude);
        format!("{y:.1}")
    }
}

pub(super) async fn estate(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    frame: PageFrame,
    request: HeaderMap,
) -> Result<Response> {
    estate_page(&isu, &frame, page_id(&id)?, Notice::left(&request)).await
}

pub(super) async fn estate_page(
    isu: &IsuumoState,
    frame: &PageFrame,
    id: i64,
    notice: Notice,
) -> Result<Response> {
    let data = PageData::begin(isu)?;
    let estate = data.estate(id)?.ok_or_else(not_found)?;
    let status = notice.status(true);
    let t = &frame.t.estate;
    let degrees = |degrees: f64| format!("{degrees:.4}");
    let place = [
        ("latitude", &*degrees(estate.latitude)),
        ("longitude", &degrees(estate.longitude)),
    ];
    let template = EstateTemplate {
        frame,
        picture: cards::picture(frame, "estate", &estate.thumbnail),
        rent: cards::rent(frame, estate.rent),
        facts: vec![
            (&t.door_width, centimetres(estate.door_width)),
            (&t.door_height, centimetres(estate.door_height)),
            (&t.place, fill(&t.coordinates, &place)),
        ],
        features: cards::features(frame, &estate.features),
        notice,
        map: &*data.map().await?,
        around: frame.url(&around(&estate)),
        estate: &estate,
    };
    let page = data.page(frame, status, &template)?;
    template.notice.told(isu, frame, page)
}

/// Nazotte with a rectangle around an estate.
fn around(estate: &Estate) -> String {
    let sides = [
        ("north", estate.latitude + AROUND),
        ("south", estate.latitude - AROUND),
        ("east", estate.longitude + AROUND),
        ("west", estate.longitude - AROUND),
    ];
    let sides = sides.map(|(name, degrees)| (name, format!("{degrees:.4}")));
    let sides = sides.each_ref().map(|(name, text)| (*name, text.as_str()));
    with_query("/estate/nazotte", &sides, 1)
}
