//! Slugs: what of a title stands in an article's address. Which are taken is the writer's to know.

use uuid::Uuid;

/// Characters of a slug, without what keeps it apart from another one.
const LONGEST: usize = 100;

/// The slug of titles that have no letter and no digit.
const NAMELESS: &str = "article";

/// The address of the feed: no article's.
const RESERVED: &str = "feed";

/// The words of a title in lower case, with `-` between them, as many as fit. Apostrophes are no ends of
/// words.
pub(super) fn base(title: &str) -> String {
    let mut slug = String::new();
    let mut length = 0;
    for word in title.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)) {
        let letters = word.chars().filter(|c| !is_apostrophe(*c));
        let word: String = letters.flat_map(char::to_lowercase).collect();
        if word.is_empty() {
            continue;
        }
        let characters = word.chars().count();
        if length == 0 {
            slug = word.chars().take(LONGEST).collect();
            length = characters.min(LONGEST);
        } else if length + 1 + characters <= LONGEST {
            slug.push('-');
            slug.push_str(&word);
            length += 1 + characters;
        } else {
            break;
        }
    }
    if slug.is_empty() {
        slug.push_str(NAMELESS);
    }
    slug
}

fn is_apostrophe(c: char) -> bool {
    c == '\'' || c == '\u{2019}'
}

/// `base`, or a slug that begins with it and is not `taken`.
///
/// # Errors
/// Those of `taken`.
pub(super) fn free<E>(
    base: &str,
    mut taken: impl FnMut(&str) -> Result<bool, E>,
) -> Result<String, E> {
    let mut slug = base.to_owned();
    while slug == RESERVED || taken(&slug)? {
        slug = with_suffix(base, Uuid::new_v4().into_bytes());
    }
    Ok(slug)
}

/// The slug of an imported article: the one that it has, unless it could not be reached by it.
pub(super) fn imported(slug: &str, unique: [u8; 16]) -> String {
    match slug {
        "" => with_suffix(NAMELESS, unique),
        RESERVED => with_suffix(RESERVED, unique),
        slug => slug.to_owned(),
    }
}

fn with_suffix(base: &str, [a, b, c, d, ..]: [u8; 16]) -> String {
    format!("{base}-{:08x}", u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_of_words() {
        for (title, slug) in [
            ("How to train your dragon", "how-to-train-your-dragon"),
            (
                "It's a_test -- of.dots/and\\slashes & <b>x</b>",
                "its-a-test-of-dots-and-slashes-b-x-b",
            ),
            ("日本語 タイトル", "日本語-タイトル"),
            ("Ünïcödé Ça va", "ünïcödé-ça-va"),
            ("emoji 😀 test", "emoji-test"),
            ("a b\tc\nd", "a-b-c-d"),
            ("!!!", "article"),
            ("''", "article"),
            ("😀", "article"),
            ("Rock ’n’ Roll", "rock-n-roll"),
        ] {
            assert_eq!(base(title), slug);
        }
    }

    #[test]
    fn long_titles_are_cut_at_a_word() {
        let title = ["word"; 40].join(" ");
        assert_eq!(base(&title), ["word"; 20].join("-"));
        let title = format!("{} {}", "a".repeat(98), "bb");
        assert_eq!(base(&title), "a".repeat(98));
        assert_eq!(base(&"題".repeat(150)), "題".repeat(100));
        assert_eq!(base(&format!("{} x", "é".repeat(98))).chars().count(), 100);
    }

    #[test]
    fn what_is_taken_or_reserved_gets_an_ending() {
        let never = |_: &str| Ok::<_, ()>(false);
        assert_eq!(free("a", never).unwrap(), "a");
        assert!(free("feed", never).unwrap().starts_with("feed-"));
        let mut tries = 0;
        let slug = free("a", |_| {
            tries += 1;
            Ok::<_, ()>(tries < 3)
        });
        let slug = slug.unwrap();
        assert_eq!((tries, slug.len(), &slug[..2]), (3, 10, "a-"));
    }
}
