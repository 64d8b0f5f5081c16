//! What the address of a search page asks for: conditions, words, an order, a page.
//!
//! The conditions are the API's. Beside them are `q`, the words, `sort`, `page` from 1, and `perPage`. What
//! is no order, no page and no number of rows is as if it were not there, so that the addresses of the
//! original, whose pages count from 0, are first pages. It must not know what is found.

use super::conditions::{Chosen, ConditionForm};
use super::strings::IsuumoStrings;
use crate::apps::isuumo::Result;
use crate::apps::isuumo::browse::{self, BrowseRequest, Word};
use crate::apps::isuumo::catalogue::PriceOrder;
use crate::apps::isuumo::criteria::SearchCondition;
use crate::apps::isuumo::query::Query;
use crate::web::paging::page_number;

/// Rows on a page, unless the address says how many.
const PER_PAGE: i64 = 20;

/// Rows on a page at most.
const MOST_PER_PAGE: i64 = 100;

/// The field of the words.
pub(super) const WORDS: &str = "q";
const SORT: &str = "sort";
const PER_PAGE_NAME: &str = "perPage";

/// Other names of a word that are looked for too, in a language that is not the data's.
const MOST_NAMES: usize = 4;

/// What a request asks for.
pub(super) struct SearchPageRequest {
    /// The conditions that are given.
    pub(super) conditions: Vec<Chosen>,
    /// The words, as they were given.
    pub(super) words: String,
    pub(super) order: Option<PriceOrder>,
    /// From 1.
    pub(super) page: i64,
    pub(super) per_page: i64,
}

impl SearchPageRequest {
    /// `price` is what the order by price is called.
    pub(super) fn of(form: &ConditionForm<'_>, given: &Query, price: &str) -> Self {
        let sort = given.text(SORT).unwrap_or_default();
        let order = match sort.strip_prefix('-') {
            None if sort == price => Some(PriceOrder::CheapestFirst),
            Some(rest) if rest == price => Some(PriceOrder::DearestFirst),
            _ => None,
        };
        let per_page = given.text(PER_PAGE_NAME).and_then(|text| text.parse().ok());
        let per_page = per_page.filter(|rows| *rows >= 1).unwrap_or(PER_PAGE);
        Self {
            conditions: form.chosen(given),
            words: given.text(WORDS).unwrap_or_default().trim().to_owned(),
            order,
            page: page_number(given.text("page")),
            per_page: per_page.min(MOST_PER_PAGE),
        }
    }

    /// The conditions as the API takes them.
    pub(super) fn query(&self) -> Query<'_> {
        let owned = |(name, value): &Chosen| ((*name).to_owned(), value.clone());
        Query::of(self.conditions.iter().map(owned).collect())
    }

    /// What is to be found; `None` for too many words.
    pub(super) fn request(
        &self,
        conditions: Vec<SearchCondition>,
        texts: &IsuumoStrings,
    ) -> Option<BrowseRequest> {
        let word = |word: String| -> Word {
            let names = texts.named(&word).into_iter().take(MOST_NAMES);
            let names = names.filter(|_| word.chars().count() > 2);
            let names: Vec<String> = names.map(|name| name.to_ascii_lowercase()).collect();
            [vec![word], names].concat()
        };
        let words = browse::words(&self.words)?;
        let rows = |rows: i64| usize::try_from(rows).unwrap_or(usize::MAX);
        Some(BrowseRequest {
            conditions,
            words: words.into_iter().map(word).collect(),
            order: self.order,
            offset: rows((self.page - 1).saturating_mul(self.per_page)),
            limit: rows(self.per_page),
        })
    }

    /// The parameters of the same in `order`; `price` as in [`Self::of`].
    pub(super) fn parameters(&self, order: Option<PriceOrder>, price: &str) -> Vec<Chosen> {
        let mut parameters = self.conditions.clone();
        if !self.words.is_empty() {
            parameters.push((WORDS, self.words.clone()));
        }
        parameters.extend(self.beside_conditions(order, price));
        parameters
    }

    /// The same but for what the form has fields for.
    pub(super) fn beside_conditions(&self, order: Option<PriceOrder>, price: &str) -> Vec<Chosen> {
        let mut parameters = Vec::new();
        match order {
            Some(PriceOrder::CheapestFirst) => parameters.push((SORT, price.to_owned())),
            Some(PriceOrder::DearestFirst) => parameters.push((SORT, format!("-{price}"))),
            None => {}
        }
        if self.per_page != PER_PAGE {
            parameters.push((PER_PAGE_NAME, self.per_page.to_string()));
        }
        parameters
    }
}

/// The conditions of a query, or that they are none; another failure is one.
pub(super) fn checked(
    conditions: Result<Vec<SearchCondition>>,
) -> Result<Option<Vec<SearchCondition>>> {
    match conditions {
        Ok(conditions) => Ok(Some(conditions)),
        Err(error) if error.status() == axum::http::StatusCode::BAD_REQUEST => Ok(None),
        Err(error) => Err(error),
    }
}
