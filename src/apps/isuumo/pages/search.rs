//! `GET /chair`, `/chair/search`, `/estate` and `/estate/search`: the condition forms and what they find.
//!
//! `/chair` lists all chairs, and `/chair/search` those that meet what its address says (`search_request`);
//! without anything in it, it is the form alone. Features may be a list, as the API has them, or given one
//! by one, as forms do.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::cards::{self, Card};
use super::conditions::{Chosen, ConditionForm};
use super::data::PageData;
use super::format::number;
use super::frame::PageFrame;
use super::search_request::{SearchPageRequest, WORDS, checked};
use super::strings::SearchTexts;
use crate::apps::isuumo::browse::{BrowseRequest, LONGEST_WORDS, MOST_WORDS};
use crate::apps::isuumo::catalogue::PriceOrder;
use crate::apps::isuumo::criteria::{self, SearchCondition};
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::web::paging::{PageStep, Paging, pages, with_query};
use crate::web::texts::fill;

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

    /// Where all of them are listed.
    fn all_path(self) -> &'static str {
        match self {
            Self::Chairs => "/chair",
            Self::Estates => "/estate",
        }
    }

    fn title(self, t: &SearchTexts) -> &str {
        match self {
            Self::Chairs => &t.chairs,
            Self::Estates => &t.estates,
        }
    }

    /// What the order by price is called in addresses.
    fn price(self) -> &'static str {
        match self {
            Self::Chairs => "price",
            Self::Estates => "rent",
        }
    }

    /// The orders and their names.
    fn orders(self, t: &SearchTexts) -> [(Option<PriceOrder>, &str); 3] {
        let (cheapest, dearest) = match self {
            Self::Chairs => (&t.cheapest_chairs, &t.dearest_chairs),
            Self::Estates => (&t.cheapest_estates, &t.dearest_estates),
        };
        [
            (None, &t.by_popularity),
            (Some(PriceOrder::CheapestFirst), cheapest),
            (Some(PriceOrder::DearestFirst), dearest),
        ]
    }

    fn form<'f>(
        self,
        frame: &'f PageFrame,
        data: &PageData<'_>,
        query: &Query<'_>,
    ) -> ConditionForm<'f> {
        let known = &data.catalogue.conditions;
        match self {
            Self::Chairs => ConditionForm::of_chairs(frame, &known.chair, query),
            Self::Estates => ConditionForm::of_estates(frame, &known.estate, query),
        }
    }

    fn conditions(self, data: &PageData<'_>, query: &Query) -> Result<Vec<SearchCondition>> {
        let of = match self {
            Self::Chairs => criteria::of_chairs,
            Self::Estates => criteria::of_estates,
        };
        of(&data.catalogue, query, data.settings())
    }

    async fn find(
        self,
        frame: &PageFrame,
        data: &PageData<'_>,
        request: &BrowseRequest,
    ) -> Result<Results> {
        Ok(match self {
            Self::Chairs => {
                let found = data.browse(&criteria::CHAIRS, request).await?;
                (found.count, cards::of_chairs(frame, found.rows()))
            }
            Self::Estates => {
                let found = data.browse(&criteria::ESTATES, request).await?;
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
    orders: Vec<OrderLink>,
    cards: Vec<Card>,
    paging: Paging,
}

/// To the same in another order.
struct OrderLink {
    name: String,
    address: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "isuumo/search.html")]
struct SearchPage<'p> {
    frame: &'p PageFrame,
    subject: SearchSubject,
    conditions: ConditionForm<'p>,
    /// The words that are looked for.
    words: &'p str,
    /// What the address says beside what the form has fields for.
    hidden: Vec<Chosen>,
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
        fill(
            &self.frame.t.search.page,
            &[("n", &Self::page_number(step))],
        )
    }

    fn page_number(step: &PageStep) -> String {
        number(step.number)
    }
}

/// A page of results: how many there are in all, and the cards.
type Results = (i64, Vec<Card>);

pub(super) async fn all_chairs(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let query = Query::parse(query.as_deref());
    answer(&isu, &frame, Some(&query), SearchSubject::Chairs).await
}

pub(super) async fn all_estates(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let query = Query::parse(query.as_deref());
    answer(&isu, &frame, Some(&query), SearchSubject::Estates).await
}

pub(super) async fn chairs(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let query = asked(query.as_deref());
    answer(&isu, &frame, query.as_ref(), SearchSubject::Chairs).await
}

pub(super) async fn estates(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
    frame: PageFrame,
) -> Result<Response> {
    let query = asked(query.as_deref());
    answer(&isu, &frame, query.as_ref(), SearchSubject::Estates).await
}

/// What the address of a search asks for, if it asks for anything.
fn asked(query: Option<&str>) -> Option<Query<'_>> {
    let query = query.filter(|query| !query.is_empty())?;
    Some(Query::parse(Some(query)))
}

async fn answer(
    isu: &IsuumoState,
    frame: &PageFrame,
    query: Option<&Query<'_>>,
    subject: SearchSubject,
) -> Result<Response> {
    let data = PageData::begin(isu)?;
    let nothing = Query::of(Vec::new());
    let given = query.unwrap_or(&nothing);
    let conditions = subject.form(frame, &data, given);
    let asked = SearchPageRequest::of(&conditions, given, subject.price());
    let outcome = match query {
        None => SearchResult::Nothing,
        Some(_) => result(frame, &data, subject, &asked).await?,
    };
    let status = match outcome {
        SearchResult::Refused(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let template = SearchPage {
        frame,
        subject,
        conditions,
        words: &asked.words,
        hidden: asked.beside_conditions(asked.order, subject.price()),
        outcome,
    };
    data.page(frame, status, &template)
}

async fn result(
    frame: &PageFrame,
    data: &PageData<'_>,
    subject: SearchSubject,
    asked: &SearchPageRequest,
) -> Result<SearchResult> {
    let t = &frame.t.search;
    let conditions = subject.conditions(data, &asked.query());
    let Some(conditions) = checked(conditions)? else {
        return Ok(SearchResult::Refused(t.invalid.clone()));
    };
    let Some(request) = asked.request(conditions, frame.t) else {
        let (words, characters) = (MOST_WORDS.to_string(), LONGEST_WORDS.to_string());
        let limits = [("words", &*words), ("characters", &characters)];
        return Ok(SearchResult::Refused(fill(&t.too_many_words, &limits)));
    };
    let results = subject.find(frame, data, &request).await?;
    Ok(match results {
        (0, _) => SearchResult::Empty,
        results => found(frame, subject, asked, results),
    })
}

fn found(
    frame: &PageFrame,
    subject: SearchSubject,
    asked: &SearchPageRequest,
    (count, cards): Results,
) -> SearchResult {
    let t = &frame.t.search;
    let price = subject.price();
    let address = |order, page| {
        let parameters = asked.parameters(order, price);
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        // A search for nothing is the form alone.
        let path = match parameters.as_slice() {
            [] => subject.all_path(),
            _ => subject.path(),
        };
        frame.url(&with_query(path, &parameters, page))
    };
    let last = pages(count, asked.per_page);
    if asked.page > last {
        return SearchResult::PastTheEnd {
            hint: fill(&t.no_page_hint, &[("n", &number(last))]),
            last: address(asked.order, last),
        };
    }
    let first = (asked.page - 1) * asked.per_page + 1;
    let shown = [
        ("from", &*number(first)),
        ("to", &number(count.min(asked.page * asked.per_page))),
    ];
    let order = |(order, name): (_, &str)| OrderLink {
        name: name.to_owned(),
        address: format!("{}#results", address(order, 1)),
        is_current: order == asked.order,
    };
    SearchResult::Found(ResultPage {
        heading: subject.heading(t, count),
        shown: fill(&t.shown, &shown),
        orders: subject.orders(t).map(order).into(),
        cards,
        paging: Paging::new(asked.page, last, |page| {
            format!("{}#results", address(asked.order, page))
        }),
    })
}
