//! The rows of a query when they are found: sorted, each once, and as many as a limit lets through.
//!
//! What only a server could decide, such as which of two equal spellings stays, is an error with its reason.

use std::cmp::Ordering;

use crate::evaluate::{self, Datum, Formula, Unevaluable};

/// A query's rows: what they are sorted by, and their values.
pub(super) type FoundRows = Vec<(Vec<Datum>, Vec<Datum>)>;

pub(super) fn limited(mut rows: Vec<Vec<Datum>>, limit: Option<(u64, u64)>) -> Vec<Vec<Datum>> {
    if let Some((skipped, count)) = limit {
        let skipped = usize::try_from(skipped)
            .unwrap_or(usize::MAX)
            .min(rows.len());
        rows.drain(..skipped);
        rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    }
    rows
}

/// Rows that are all different.
pub(super) fn distinct(found: FoundRows, is_sorted: bool) -> Result<FoundRows, Unevaluable> {
    const MOST: usize = 2000;
    let mut kept = FoundRows::new();
    for (order, values) in found {
        let mut is_new = true;
        for (_, other) in &kept {
            if are_same(&values, other)? {
                is_new = false;
                break;
            }
        }
        if is_new {
            kept.push((order, values));
        }
        if kept.len() > MOST {
            return Err(format!("DISTINCT over more than {MOST} rows"));
        }
    }
    if is_sorted && kept.len() > 1 {
        return Err("DISTINCT with ORDER BY".to_owned());
    }
    Ok(kept)
}

fn are_same(a: &[Datum], b: &[Datum]) -> Result<bool, Unevaluable> {
    let mut same = true;
    for (a, b) in a.iter().zip(b) {
        same &= match (a.is_null(), b.is_null()) {
            (false, false) => evaluate::order(a, b)? == Some(Ordering::Equal),
            (a, b) => a == b,
        };
    }
    if same && a != b {
        return Err("DISTINCT of equal values that are written differently".to_owned());
    }
    Ok(same)
}

/// Sorts rows by their keys; whether that says of any two which comes first.
pub(super) fn sort<T>(
    rows: &mut [(Vec<Datum>, T)],
    order: &[(Formula, bool)],
) -> Result<bool, Unevaluable> {
    let mut unknown = None;
    let mut compare = |a: &[Datum], b: &[Datum]| {
        for ((a, b), (_, downwards)) in a.iter().zip(b).zip(order) {
            let found = match (a.is_null(), b.is_null()) {
                (false, false) => evaluate::order(a, b).unwrap_or_else(|reason| {
                    unknown = Some(reason);
                    None
                }),
                (a, b) => Some(b.cmp(&a)),
            };
            let found = found.unwrap_or(Ordering::Equal);
            if found != Ordering::Equal {
                return if *downwards { found.reverse() } else { found };
            }
        }
        Ordering::Equal
    };
    rows.sort_by(|a, b| compare(&a.0, &b.0));
    let is_total = rows
        .windows(2)
        .all(|pair| compare(&pair[0].0, &pair[1].0) == Ordering::Less);
    match unknown {
        Some(reason) => Err(reason),
        None => Ok(is_total || rows.len() < 2),
    }
}
