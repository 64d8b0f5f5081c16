//! `GET /chair/search` and `GET /estate/search`: the condition forms and what they find.
//!
//! The address has the API's parameters, and `page` from 1. Features may be a list, as the API has
//! them, or given one by one, as forms do.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::addresses::with_query;
use super::cards::{self, Card};
use super::conditions::{Chosen, ConditionForm};
use super::data::PageData;
use super::format::number;
use super::frame::PageFrame;
use super::strings::SearchTexts;
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::http::HttpError;
use crate::web::paging::{PageStep, Paging};
use crate::web::texts::fill;

/// Results on a page.
const PER_PAGE: i64 = 20;

/// What is searched for.
#[derive(Clone, Copy)]
enum SearchSubject {
    Chairs,
    Estates,
}

impl SearchSubject {
    fn path(self) -> &'static str {
        match self {
            Self::Chairs => "/chair/search",
            Self::Estates => "/estate/search",
        }
    }

    fn title(self, t: &SearchTexts) -> &str {
        match self {
            Self::Chairs => &t.chairs,
            Self::Estates => &t.estates,
        }
    }

    fn conditions<'f>(
        self,
        frame: &'f PageFrame,
        data: &PageData<'_>,
        query: &Query,
    ) -> ConditionForm<'f> {
        let known = &data.catalogue.conditions;
        match self {
            Self::Chairs => ConditionForm::of_chairs(frame, &known.chair, query),
            Self::Estates => ConditionForm::of_estates(frame, &known.estate, query),
        }
    }

    async fn find(self, frame: &PageFrame, data: &PageData<'_>, query: &Query) -> Result<Results> {
        Ok(match self {
            Self::Chairs => {
                let found = data.search_chairs(query).await?;
                (found.count, cards::of_chairs(frame, found.rows()))
            }
            Self::Estates => {
                let found = data.search_estates(query).await?;
                (found.count, cards::of_estates(frame, found.rows()))
            }
        })
    }

    /// How many were found, in words.
    fn heading(self, t: &SearchTexts, count: i64) -> String {
        let (one, many) = match self {
            Self::Chairs => (&t.chair_found, &t.chairs_found),
            Self::Estates => (&t.estate_found, &t.estates_found),
        };
        match count {
            1 => one.clone(),
            _ => fill(many, &[("n", &number(count))]),
        }
    }
}

/// What is shown beside the form.
enum SearchResult {
    /// Nothing was asked for.
    Nothing,
    /// What was asked for makes no search; why.
    Refused(String),
    /// Nothing matches.
    Empty,
    /// There are fewer pages.
    PastTheEnd {
        hint: String,
        last: String,
    },
    Found(ResultPage),
}

struct ResultPage {
    heading: String,
    shown: String,
    cards: Vec<Card>,
    paging: Paging,
}

#[derive(Template)]
#[template(path = "isuumo/search.html")]
struct SearchPage<'p> {
    frame: &'p PageFrame,
    subject: SearchSubject,
    conditions: ConditionForm<'p>,
    outcome: SearchResult,
}

impl SearchPage<'_> {
    /// Whether there is something to show beside the form.
    fn is_asked(&self) -> bool {
        !matches!(
            self.outcome,
            SearchResult::Nothing | SearchResult::Refused(_)
        )
    }

    fn page_label(&self, step: &PageStep) -> String {
        fill(&self.frame.t.search.page, &[("n", &number(step.number))])
    }
}

/// A page of results: how many there are in all, and the cards.
type Results = (i64, Vec<Card>);

pub(super) async fn chairs(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    answer(&isu, &frame, query.as_deref(), SearchSubject::Chairs).await
}

pub(super) async fn estates(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    answer(&isu, &frame, query.as_deref(), SearchSubject::Estates).await
}

/// What a request asks for.
struct SearchPageRequest {
    /// Whether it asks for anything.
    anything: bool,
    chosen: Vec<Chosen>,
    /// From 1; none for what is no page's number.
    page: Option<i64>,
}

impl SearchPageRequest {
    fn of(conditions: &ConditionForm<'_>, given: &Query, query: Option<&str>) -> Self {
        let page = given.text("page").unwrap_or("1");
        Self {
            anything: query.is_some_and(|query| !query.is_empty()),
            chosen: conditions.chosen(given),
            page: page.parse().ok().filter(|page| *page >= 1),
        }
    }

    /// The API's query for it, if it is one.
    fn query(&self) -> Option<Query> {
        let page = self.page.filter(|_| !self.chosen.is_empty())?;
        let owned = |(name, value): &Chosen| ((*name).to_owned(), value.clone());
        let mut pairs: Vec<(String, String)> = self.chosen.iter().map(owned).collect();
        pairs.push(("page".to_owned(), (page - 1).to_string()));
        pairs.push(("perPage".to_owned(), PER_PAGE.to_string()));
        Some(Query::of(pairs))
    }
}

async fn answer(
    isu: &IsuumoState,
    frame: &PageFrame,
    query: Option<&str>,
    subject: SearchSubject,
) -> Result<Response> {
    let data = PageData::begin(isu)?;
    let given = Query::parse(query);
    let conditions = subject.conditions(frame, &data, &given);
    let asked = SearchPageRequest::of(&conditions, &given, query);
    let t = &frame.t.search;
    let outcome = match asked.query() {
        None if !asked.anything => SearchResult::Nothing,
        None if asked.chosen.is_empty() => SearchResult::Refused(t.needs_condition.clone()),
        None => SearchResult::Refused(t.invalid.clone()),
        Some(query) => match subject.find(frame, &data, &query).await {
            Ok((0, _)) => SearchResult::Empty,
            Ok(results) => found(frame, subject, &asked, results),
            Err(error) if is_refusal(&error) => SearchResult::Refused(t.invalid.clone()),
            Err(error) => return Err(error),
        },
    };
    let status = match outcome {
        SearchResult::Refused(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let template = SearchPage {
        frame,
        subject,
        conditions,
        outcome,
    };
    data.page(frame, status, &template)
}

fn is_refusal(error: &HttpError) -> bool {
    error.status() == StatusCode::BAD_REQUEST
}

fn found(
    frame: &PageFrame,
    subject: SearchSubject,
    asked: &SearchPageRequest,
    (count, cards): Results,
) -> SearchResult {
    let t = &frame.t.search;
    let last = count.saturating_add(PER_PAGE - 1) / PER_PAGE;
    let current = asked.page.unwrap_or(1);
    if current > last {
        return SearchResult::PastTheEnd {
            hint: fill(&t.no_page_hint, &[("n", &number(last))]),
            last: frame.url(&with_query(subject.path(), &asked.chosen, last)),
        };
    }
    let first = (current - 1) * PER_PAGE + 1;
    let shown = [
        ("from", &*number(first)),
        ("to", &number(count.min(current * PER_PAGE))),
    ];
    SearchResult::Found(ResultPage {
        heading: subject.heading(t, count),
        shown: fill(&t.shown, &shown),
        cards,
        // Where the form stands before the results, it is skipped.
        paging: Paging::new(current, last, |page| {
            let address = with_query(subject.path(), &asked.chosen, page);
            format!("{}#results", frame.url(&address))
        }),
    })
}
