//! Titles and texts, put together from word lists. It must not know who wrote them or when.

use std::collections::HashSet;

use super::words::{
    CLOSINGS, JAPANESE_SENTENCES, JAPANESE_TITLES, OPENINGS, PREDICATES, QUALITIES, REMARKS,
    SUBJECTS, TAILS, THINGS,
};
use crate::random::Random;

/// The longest slug in characters, without what keeps it apart from others.
const LONGEST_SLUG: usize = 100;

/// The language of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Japanese,
}

/// A title.
pub(super) fn title(random: &mut Random, tongue: Tongue) -> String {
    match tongue {
        Tongue::English => {
            let (opening, quality) = (random.pick(&OPENINGS), random.pick(&QUALITIES));
            let (thing, closing) = (random.pick(&THINGS), random.pick(&CLOSINGS));
            format!("{opening} {quality} {thing}{closing}")
        }
        Tongue::Japanese => {
            let parts = JAPANESE_TITLES.map(|parts| random.pick(&parts));
            let part = random.between(1, 99);
            format!("{} {part}", parts.concat())
        }
    }
}

/// The address that the app would make of a title, and another one where that is taken.
pub(super) fn slug(title: &str, taken: &mut HashSet<String>, random: &mut Random) -> String {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let mut slug = words.join("-");
    debug_assert!(slug.chars().count() <= LONGEST_SLUG, "{slug}");
    while !taken.insert(slug.clone()) {
        slug = format!("{}-{:08x}", words.join("-"), random.next() >> 32);
    }
    slug
}

/// What a list shows below the title.
pub(super) fn description(random: &mut Random, tongue: Tongue) -> String {
    match tongue {
        Tongue::English => sentence(random),
        Tongue::Japanese => random.pick(&JAPANESE_SENTENCES).to_owned(),
    }
}

/// The text of an article in Markdown: 2 to 60 paragraphs, most have few.
pub(super) fn body(random: &mut Random, tongue: Tongue) -> String {
    let paragraphs = match random.between(1, 100) {
        1..=60 => random.between(2, 12),
        61..=95 => random.between(12, 30),
        _ => random.between(30, 60),
    };
    let paragraphs = (1..=paragraphs).map(|number| match (number, random.between(1, 20)) {
        (2.., 1) => format!("## {}", heading(random, tongue)),
        (2.., 2) => list(random, tongue),
        (2.., 3) => format!("> {}", description(random, tongue)),
        (2.., 4) => format!("```\nSELECT {} FROM ledger;\n```", random.between(1, 999)),
        _ => paragraph(random, tongue),
    });
    let paragraphs: Vec<_> = paragraphs.collect();
    paragraphs.join("\n\n")
}

/// What somebody says below an article.
pub(super) fn remark(random: &mut Random) -> String {
    let mut remark = random.pick(&REMARKS).to_owned();
    if random.chance(25) {
        remark.push(' ');
        remark.push_str(&sentence(random));
    }
    remark
}

fn heading(random: &mut Random, tongue: Tongue) -> String {
    match tongue {
        Tongue::English => format!("{} {}", random.pick(&OPENINGS), random.pick(&THINGS)),
        Tongue::Japanese => JAPANESE_TITLES.map(|parts| random.pick(&parts)).concat(),
    }
}

fn list(random: &mut Random, tongue: Tongue) -> String {
    let items = random.between(2, 5);
    let items: Vec<_> = (0..items)
        .map(|_| format!("- {}", description(random, tongue)))
        .collect();
    items.join("\n")
}

fn paragraph(random: &mut Random, tongue: Tongue) -> String {
    let sentences = random.between(2, 6);
    let sentences: Vec<_> = (0..sentences)
        .map(|_| description(random, tongue))
        .collect();
    let between = if tongue == Tongue::English { " " } else { "" };
    sentences.join(between)
}

fn sentence(random: &mut Random) -> String {
    let (subject, predicate) = (random.pick(&SUBJECTS), random.pick(&PREDICATES));
    format!("{subject} {predicate}{}.", random.pick(&TAILS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_titles_have_slugs_of_their_own() {
        let mut taken = HashSet::new();
        let mut random = Random::stream("slugs");
        let title = "Against well-tempered soups & other stories";
        let first = slug(title, &mut taken, &mut random);
        assert_eq!(first, "against-well-tempered-soups-other-stories");
        let second = slug(title, &mut taken, &mut random);
        assert_eq!(second.len(), first.len() + 9);
        assert!(second.starts_with(&format!("{first}-")), "{second}");
    }

    #[test]
    fn texts_have_2_to_60_paragraphs() {
        let mut random = Random::stream("texts");
        for _ in 0..500 {
            let body = body(&mut random, Tongue::English);
            assert!((2..=60).contains(&body.split("\n\n").count()));
        }
    }
}
