//! How numbers read: counts, prices, sizes and ranges of them, by language.

use super::language::Language;
use super::strings::IsuumoStrings;
use crate::apps::isuumo::conditions::{Range, Ranges};
use crate::web::numbers::NumberFormat;
use crate::web::texts::fill;

/// What the condition documents put behind prices.
const YEN: &str = "円";

/// `12,345`, as both languages write it.
pub(super) fn number(number: i64) -> String {
    NumberFormat::ENGLISH.integer(number)
}

/// `12,345円` or `¥12,345`.
pub(super) fn price(language: Language, yen: i64) -> String {
    fill(price_with_blank(language), &[("n", &number(yen))])
}

/// How prices read, with a blank `n` where the number is.
pub(super) fn price_with_blank(language: Language) -> &'static str {
    match language {
        Language::Japanese => "{n}円",
        Language::English => "¥{n}",
    }
}

/// `60 cm`.
pub(super) fn centimetres(size: i64) -> String {
    format!("{} cm", number(size))
}

/// A range of a condition, half open: the upper end is not in it.
pub(super) fn range(language: Language, condition: &Ranges, range: &Range) -> String {
    let value = |value: i64| match condition.suffix.as_str() {
        YEN => price(language, value),
        "cm" => centimetres(value),
        suffix => format!("{}{}{suffix}", condition.prefix, number(value)),
    };
    let texts = &IsuumoStrings::of(language).range;
    match (range.min, range.max) {
        (-1, -1) => IsuumoStrings::of(language).search.any.clone(),
        (-1, max) => fill(&texts.below, &[("max", &value(max))]),
        (min, -1) => fill(&texts.from, &[("min", &value(min))]),
        (min, max) => fill(
            &texts.between,
            &[("min", &value(min)), ("max", &value(max))],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_in_yen() {
        assert_eq!(price(Language::Japanese, 12_345), "12,345円");
        assert_eq!(price(Language::English, 12_345), "¥12,345");
    }

    #[test]
    fn ranges_read_as_people_say_them() {
        let condition = |suffix: &str| Ranges {
            prefix: String::new(),
            suffix: suffix.to_owned(),
            ranges: Vec::new(),
        };
        let text = |language, suffix, min, max| {
            range(language, &condition(suffix), &Range { id: 0, min, max })
        };
        assert_eq!(text(Language::Japanese, "円", -1, 3000), "3,000円未満");
        assert_eq!(text(Language::Japanese, "cm", 150, -1), "150 cm以上");
        assert_eq!(text(Language::English, "円", 3000, 6000), "¥3,000 – ¥6,000");
        assert_eq!(text(Language::English, "kg", -1, 5), "under 5kg");
    }
}
