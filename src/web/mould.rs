//! Pages as they are kept for being sent again: rendered, with holes where each view has texts of its own.
//!
//! Such a text is a form's token, which belongs to a session, or its key, which is good for one view. They are
//! found in the rendered page by what they are, since nobody else can know them; so templates say nothing of
//! it. A text of others is never taken for one. Where a user writes her own token, it is one: she sees the token
//! of each of her sessions there. It must not know whose page it is.

use memchr::memmem;

/// Characters of the shortest text that can be found: as many as nobody can guess.
const SHORTEST: usize = 32;

/// A rendered page with holes.
#[derive(Debug, PartialEq, Eq)]
pub struct PageMould {
    /// All but what is in the holes.
    text: Box<str>,
    /// Where the holes are in it, and which text each is for, in order.
    holes: Box<[(usize, usize)]>,
}

impl PageMould {
    /// `page` with holes where `texts` are; `None` where one of them could be guessed.
    #[must_use]
    pub fn of(page: &str, texts: &[&str]) -> Option<Self> {
        if texts.iter().any(|text| text.len() < SHORTEST) {
            return None;
        }
        let found = texts.iter().enumerate().flat_map(|(which, text)| {
            let places = memmem::find_iter(page.as_bytes(), text.as_bytes());
            places.map(move |place| (place, which))
        });
        let mut found: Vec<(usize, usize)> = found.collect();
        found.sort_unstable();
        let mut text = String::with_capacity(page.len());
        let mut holes = Vec::with_capacity(found.len());
        let mut from = 0;
        for (place, which) in found {
            // Neither begins within another one, unless they are the same.
            text.push_str(page.get(from..place)?);
            holes.push((text.len(), which));
            from = place + texts[which].len();
        }
        text.push_str(page.get(from..)?);
        let (text, holes) = (text.into(), holes.into());
        Some(Self { text, holes })
    }

    /// The page with these texts in its holes.
    #[must_use]
    pub fn cast(&self, texts: &[&str]) -> String {
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let mut page = String::with_capacity(self.text.len() + self.holes.len() * longest);
        let mut from = 0;
        for (place, which) in &self.holes {
            page.push_str(&self.text[from..*place]);
            page.push_str(texts.get(*which).copied().unwrap_or_default());
            from = *place;
        }
        page.push_str(&self.text[from..]);
        page
    }

    /// Bytes that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len() + size_of_val(&*self.holes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    const KEY: &str = "01234567-89ab-cdef-0123-456789abcdef";

    #[test]
    fn a_page_comes_back_with_other_texts_in_its_holes() {
        let page = |token: &str, key: &str| {
            format!("<meta {token}>椅子<form {token}{key}>{key}</form>{token}")
        };
        let mould = PageMould::of(&page(TOKEN, KEY), &[TOKEN, KEY]).unwrap();
        assert_eq!(mould.cast(&[TOKEN, KEY]), page(TOKEN, KEY));
        let others = ["f".repeat(32), "e".repeat(36)];
        let [token, key] = &others;
        assert_eq!(mould.cast(&[token, key]), page(token, key));
        assert!(!mould.text.contains(TOKEN) && !mould.text.contains(KEY));
        let plain = PageMould::of("<p>", &[TOKEN, KEY]).unwrap();
        assert_eq!(plain.cast(&[token, key]), "<p>");
    }

    #[test]
    fn what_could_be_guessed_or_is_twice_the_same_makes_no_mould() {
        assert_eq!(PageMould::of("<p>a</p>", &["a"]), None);
        assert_eq!(PageMould::of(TOKEN, &[TOKEN, ""]), None);
        assert_eq!(PageMould::of(TOKEN, &[TOKEN, TOKEN]), None);
    }
}
