//! Comparisons and logic, with NULL for what is not known.

use std::cmp::Ordering;

use super::super::collation::{Collation, Compared, Rule, Strength, characters};
use super::super::datum::{Datum, DatumKind, Letters, by_collation, equal, order};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};
use super::strings::alike;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("=", (2, 2), |values, _| {
        Ok(Datum::truth(equal(&values[0], &values[1])?))
    }),
    Function::new("<>", (2, 2), |values, _| {
        Ok(Datum::truth(
            equal(&values[0], &values[1])?.map(|same| !same),
        ))
    }),
    Function::new("<=>", (2, 2), |values, _| {
        let both = values[0].is_null() && values[1].is_null();
        let same = equal(&values[0], &values[1])?;
        Ok(Datum::truth(Some(same.unwrap_or(both))))
    }),
    Function::new("<", (2, 2), |values, _| ordered(values, Ordering::is_lt)),
    Function::new("<=", (2, 2), |values, _| ordered(values, Ordering::is_le)),
    Function::new(">", (2, 2), |values, _| ordered(values, Ordering::is_gt)),
    Function::new(">=", (2, 2), |values, _| ordered(values, Ordering::is_ge)),
    Function::new("AND", (2, 2), |values, _| junction(values, false)),
    Function::new("OR", (2, 2), |values, _| junction(values, true)),
    Function::new("XOR", (2, 2), |values, _| {
        let both = values[0].is_true()?.zip(values[1].is_true()?);
        Ok(Datum::truth(both.map(|(a, b)| a != b)))
    }),
    Function::new("NOT", (1, 1), |values, _| {
        Ok(Datum::truth(values[0].is_true()?.map(|truth| !truth)))
    }),
    Function::new("ISNULL", (1, 1), |values, _| {
        Ok(Datum::truth(Some(values[0].is_null())))
    }),
    Function::new("IS TRUE", (1, 1), |values, _| {
        Ok(Datum::truth(Some(values[0].is_true()? == Some(true))))
    }),
    Function::new("IS FALSE", (1, 1), |values, _| {
        Ok(Datum::truth(Some(values[0].is_true()? == Some(false))))
    }),
    Function::new("IN", (2, usize::MAX), within),
    Function::new("BETWEEN", (3, 3), between),
    Function::new("LIKE", (2, 3), like),
    Function::new("STRCMP", (2, 2), strcmp),
];

/// `CASE a WHEN b`: whether the first two are equal, beside what stands behind the other `WHEN`s.
pub(in super::super) static WHEN: Function = Function::new("WHEN", (2, usize::MAX), |values, _| {
    compared_together(values, |values| {
        Ok(Datum::truth(equal(&values[0], &values[1])?))
    })
});

fn ordered(values: &[Datum], holds: fn(Ordering) -> bool) -> Result<Datum, Unevaluable> {
    Ok(Datum::truth(order(&values[0], &values[1])?.map(holds)))
}

/// `AND` or `OR`: the value `decisive` decides, whatever the other one is.
fn junction(values: &[Datum], decisive: bool) -> Result<Datum, Unevaluable> {
    let (a, b) = (values[0].is_true()?, values[1].is_true()?);
    Ok(Datum::truth(
        if a == Some(decisive) || b == Some(decisive) {
            Some(decisive)
        } else {
            a.and(b).map(|_| !decisive)
        },
    ))
}

/// Types that are compared among each other in a way of their own.
#[derive(PartialEq, Eq)]
enum ComparedType {
    Any,
    Text,
    Day,
    Time,
    Number,
}

impl ComparedType {
    fn of(value: &Datum) -> Self {
        match value.kind() {
            DatumKind::Text | DatumKind::Bytes => Self::Text,
            DatumKind::Date | DatumKind::DateTime(_) => Self::Day,
            DatumKind::Time(_) => Self::Time,
            DatumKind::Nothing => Self::Any,
            _ => Self::Number,
        }
    }

    /// Whether `value` is of this type, or NULL of none.
    fn has(&self, value: &Datum) -> bool {
        let its = Self::of(value);
        its == *self || its == Self::Any
    }
}

/// What `decide` says of values that are compared all together: texts are bytes as soon as one of them is, and have
/// one collation, that of the strongest.
pub(super) fn compared_together(
    values: &[Datum],
    decide: impl Fn(&[Datum]) -> Result<Datum, Unevaluable>,
) -> Result<Datum, Unevaluable> {
    let bytes = |value: &Datum| value.kind() == DatumKind::Bytes;
    let texts = |value: &Datum| ComparedType::Text.has(value);
    if !values.iter().all(texts) {
        return decide(values);
    }
    if values.iter().any(bytes) {
        if values.iter().all(bytes) {
            return decide(values);
        }
        let all = alike(values)?.into_iter();
        let null = || Datum::Null(DatumKind::Bytes);
        let all: Vec<Datum> = all
            .map(|one| one.map_or_else(null, Letters::datum))
            .collect();
        return decide(&all);
    }
    let mut collations = values.iter().filter_map(collation);
    let Some(first) = collations.next() else {
        return decide(values);
    };
    let whole = collations.fold(first, Collation::with);
    let decided = decide(&collated(values, whole))?;
    // NULL may be of a column that has another one.
    let null = Datum::Null(DatumKind::Text);
    if whole.strength < Strength::Column && values.contains(&null) {
        let rule = Rule::Codes { pads: true };
        let otherwise = decide(&collated(values, Collation { rule, ..whole }))?;
        if decided.shown() != otherwise.shown() {
            return Err(by_collation());
        }
    }
    Ok(decided)
}

/// That of a text.
fn collation(value: &Datum) -> Option<Collation> {
    match value {
        Datum::Text(_, collation) | Datum::Member(.., collation) => Some(*collation),
        _ => None,
    }
}

/// The values, all texts with one collation.
fn collated(values: &[Datum], whole: Collation) -> Vec<Datum> {
    let mut values = values.to_vec();
    for value in &mut values {
        if let Datum::Text(_, collation) | Datum::Member(.., collation) = value {
            *collation = whole;
        }
    }
    values
}

/// The type of all three decides how each of the bounds is compared with.
fn between(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let any = |values: &[Datum], kind: ComparedType| {
        values.iter().any(|value| ComparedType::of(value) == kind)
    };
    let numbers = any(values, ComparedType::Number);
    let texts = any(values, ComparedType::Text);
    let days = any(values, ComparedType::Day) || any(values, ComparedType::Time);
    let (own, bounds) = values.split_at(1);
    let doubles: Vec<Datum> = if numbers && texts && !days {
        let doubles = values.iter().map(|value| {
            let number = value.to_f64()?.map(Datum::double);
            number.unwrap_or(Ok(Datum::Null(DatumKind::Double)))
        });
        doubles.collect::<Result<_, _>>()?
    } else if days && any(own, ComparedType::Text) && any(bounds, ComparedType::Text) {
        return Err("BETWEEN of texts and a date".to_owned());
    } else {
        return compared_together(values, lies_between);
    };
    lies_between(&doubles)
}

fn lies_between(values: &[Datum]) -> Result<Datum, Unevaluable> {
    let above = order(&values[0], &values[1])?.map(Ordering::is_ge);
    let below = order(&values[0], &values[2])?.map(Ordering::is_le);
    Ok(Datum::truth(match (above, below) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (above, below) => above.and(below),
    }))
}

fn within(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    if values[0].is_null() {
        return Ok(Datum::truth(None));
    }
    let first = ComparedType::of(&values[0]);
    // Texts are read as days or times there.
    let reads = matches!(first, ComparedType::Day | ComparedType::Time);
    let other = |value: &Datum| {
        let is_read = reads && ComparedType::of(value) == ComparedType::Text;
        !first.has(value) && !is_read
    };
    if values.iter().any(Datum::is_null) && values.iter().any(other) {
        return Err("IN over several types and NULL".to_owned());
    }
    compared_together(values, |values| {
        let mut unknown = false;
        for other in &values[1..] {
            match equal(&values[0], other)? {
                Some(true) => return Ok(Datum::truth(Some(true))),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(Datum::truth((!unknown).then_some(false)))
    })
}

fn strcmp(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (Some(a), Some(b)) = (values[0].letters()?, values[1].letters()?) else {
        return Ok(Datum::truth(None));
    };
    match a.compared(&b)? {
        Compared::Ordered(order) => Ok(Datum::Int(order as i64)),
        _ => Err(by_collation()),
    }
}

fn like(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (Some(text), Some(pattern)) = (values[0].letters()?, values[1].letters()?) else {
        return Ok(Datum::truth(None));
    };
    let escape = match values.get(2) {
        None => Some('\\'),
        Some(escape) => match escape.letters()?.map(|letters| letters.units) {
            Some(units) if units.len() <= 1 => units.first().copied(),
            _ => return Err("an ESCAPE of several characters".to_owned()),
        },
    };
    let (text, pattern): (Letters, Letters) =
        (text.clone().beside(&pattern)?, pattern.beside(&text)?);
    let rule = text.collation.rule;
    let wanted = pieces(&pattern.units, escape);
    Ok(Datum::truth(Some(matches(&text.units, &wanted, rule)?)))
}

/// What a pattern asks for, one after the other.
enum PatternPart {
    Letter(char),
    Any,
    AnyNumber,
}

fn pieces(pattern: &[char], escape: Option<char>) -> Vec<PatternPart> {
    let mut pieces = Vec::with_capacity(pattern.len());
    let mut letters = pattern.iter().copied();
    while let Some(letter) = letters.next() {
        pieces.push(match letter {
            letter if Some(letter) == escape => {
                PatternPart::Letter(letters.next().unwrap_or(letter))
            }
            '_' => PatternPart::Any,
            '%' => PatternPart::AnyNumber,
            letter => PatternPart::Letter(letter),
        });
    }
    pieces
}

/// Matches with one step back to the last `%`, so that time is bounded by the product of the lengths.
fn matches(text: &[char], pattern: &[PatternPart], rule: Rule) -> Result<bool, Unevaluable> {
    let (mut at, mut piece) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() || piece < pattern.len() {
        let fits = match (text.get(at), pattern.get(piece)) {
            (_, Some(PatternPart::AnyNumber)) => {
                back = Some((at, piece + 1));
                piece += 1;
                continue;
            }
            (Some(_), Some(PatternPart::Any)) => true,
            (Some(&letter), Some(&PatternPart::Letter(wanted))) => {
                match characters(letter, wanted, rule) {
                    Compared::Ordered(order) => order == Ordering::Equal,
                    Compared::Different => false,
                    Compared::Unknown => return Err(by_collation()),
                }
            }
            _ => false,
        };
        if fits {
            at += 1;
            piece += 1;
            continue;
        }
        match back {
            Some((from, next)) if from < text.len() => {
                back = Some((from + 1, next));
                at = from + 1;
                piece = next;
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}
