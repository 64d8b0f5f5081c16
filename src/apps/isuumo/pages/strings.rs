//! What the pages say, in each language.
//!
//! The texts are in `strings/`, one file for each language, compiled in. The structs here name them, so
//! the compiler finds a template that names none, and one that nobody uses; that each file has all of
//! them and no other is checked when it is read, by a test first of all.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::language::Language;
use crate::web::texts::{parse, texts};

/// All texts of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IsuumoStrings {
    /// Its own name.
    pub(super) language: String,
    pub(super) site: SiteTexts,
    pub(super) top: TopTexts,
    pub(super) search: SearchTexts,
    pub(super) range: RangeTexts,
    pub(super) chair: ChairTexts,
    pub(super) estate: EstateTexts,
    pub(super) form: FormTexts,
    pub(super) nazotte: NazotteTexts,
    /// Places that the map names, with latitude and longitude.
    pub(super) cities: Vec<(String, f64, f64)>,
    pub(super) error: ErrorTexts,
    /// What the data calls something, and what this language does.
    names: HashMap<String, String>,
}

texts! {
    /// On every page.
    pub(super) SiteTexts {
        tagline description skip menu chairs estates nazotte switch footer source about api
    }
    pub(super) TopTexts {
        headline lead chairs_lead estates_lead nazotte_lead cheapest_estates cheapest_chairs
        all_estates all_chairs no_estates no_chairs
    }
    pub(super) SearchTexts {
        chairs estates lead words words_hint conditions any features features_hint submit reset
        sort by_popularity cheapest_chairs dearest_chairs cheapest_estates dearest_estates
        chairs_found estates_found chair_found estate_found shown live live_one live_none live_wait
        none none_hint no_page no_page_hint last_page pages page previous next too_many_words invalid
    }
    /// How ranges read.
    pub(super) RangeTexts { below from between }
    pub(super) ChairTexts {
        price height width depth color kind features no_features recommended recommended_none
        sold_out sold_out_hint similar buy bought bought_hint last_one
        just_sold_out
    }
    pub(super) EstateTexts {
        rent rent_month address door_height door_width door place coordinates around map features
        request requested requested_hint missing
    }
    /// Both forms that ask for an e-mail address.
    pub(super) FormTexts { email email_hint invalid busy failed }
    pub(super) NazotteTexts {
        title lead draw zoom_in zoom_out whole hint canvas rectangle rectangle_hint north south
        west east submit start start_hint found found_one capped none none_hint too_small
        searching failed invalid side_missing side_no_number side_off_earth invalid_line
        line_off_earth line_too_long
    }
    pub(super) ErrorTexts {
        home not_found not_found_hint bad_request bad_request_hint forbidden forbidden_hint
        unavailable unavailable_hint internal internal_hint
    }
}

impl IsuumoStrings {
    pub(super) fn of(language: Language) -> &'static Self {
        static JAPANESE: LazyLock<IsuumoStrings> =
            LazyLock::new(|| read(include_str!("strings/ja.toml")));
        static ENGLISH: LazyLock<IsuumoStrings> =
            LazyLock::new(|| read(include_str!("strings/en.toml")));
        match language {
            Language::Japanese => &JAPANESE,
            Language::English => &ENGLISH,
        }
    }

    /// What the data calls whatever this language calls by a name with `word` in it, the shortest names
    /// first. `word` is in lower case.
    pub(super) fn named(&self, word: &str) -> Vec<String> {
        let names = self.names.iter();
        let named = names.filter(|(_, name)| name.to_ascii_lowercase().contains(word));
        let mut named: Vec<&String> = named.map(|(data, _)| data).collect();
        named.sort_unstable_by_key(|data| (data.chars().count(), *data));
        named.into_iter().cloned().collect()
    }

    /// What this language calls something that the data names.
    pub(super) fn name<'n>(&'n self, name: &'n str) -> &'n str {
        self.names.get(name).map_or(name, String::as_str)
    }
}

#[expect(clippy::expect_used, reason = "compiled in, and a test reads each")]
fn read(toml: &str) -> IsuumoStrings {
    parse(toml).expect("the texts are complete")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::languages::Languages as _;
    use crate::web::texts::differences;

    #[test]
    fn every_language_has_every_text_with_the_same_blanks() {
        for language in Language::ALL.iter().copied() {
            assert!(!IsuumoStrings::of(language).language.is_empty());
        }
        let (japanese, english) = (
            include_str!("strings/ja.toml"),
            include_str!("strings/en.toml"),
        );
        // What the data calls something is in Japanese already.
        let differences = differences(japanese, english, &["names"]);
        assert!(differences.is_empty(), "{differences:?}");
    }

    #[test]
    fn english_has_a_name_for_everything_that_the_forms_offer() {
        let english = IsuumoStrings::of(Language::English);
        let mut names = 0;
        for document in [
            include_str!("../../../../dataset/isuumo/chair_condition.json"),
            include_str!("../../../../dataset/isuumo/estate_condition.json"),
        ] {
            let document: serde_json::Value = serde_json::from_str(document).unwrap();
            let lists = document.as_object().unwrap().values();
            let lists = lists.filter_map(|condition| condition["list"].as_array());
            for name in lists.flatten().map(|name| name.as_str().unwrap()) {
                assert_ne!(english.name(name), name);
                names += 1;
            }
        }
        assert!(names > 100);
        assert_eq!(english.name("未知"), "未知");
    }
}
