//! What the pages say, in each language.
//!
//! The texts are in `strings/`, one file for each language, compiled in. The structs here name them, so
//! the compiler finds a template that names none, and one that nobody uses; that each file has all of
//! them and no other is checked when it is read, by a test first of all.

use std::sync::LazyLock;

use serde::Deserialize;

use super::language::BlogLanguage;
use crate::web::texts::{parse, texts};

/// All texts of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlogStrings {
    /// Its own name.
    pub(super) language: String,
    /// How it writes a day.
    pub(super) date: String,
    pub(super) site: SiteTexts,
    pub(super) home: HomeTexts,
    pub(super) list: ListTexts,
    pub(super) article: ArticleTexts,
    pub(super) profile: ProfileTexts,
    pub(super) editor: EditorTexts,
    pub(super) settings: SettingsTexts,
    pub(super) entry: EntryTexts,
    pub(super) field: FieldTexts,
    pub(super) error: ErrorTexts,
}

texts! {
    /// On every page.
    pub(super) SiteTexts {
        name description skip menu home write settings sign_in sign_up you switch
        footer about api
    }
    pub(super) HomeTexts {
        title headline lead feeds everything feed tag popular signed_out removed welcome
    }
    /// Lists of articles.
    pub(super) ListTexts { nothing nothing_in_feed pages page newer older tags }
    pub(super) ArticleTexts {
        favorite edit remove remove_sure changed comments one_comment comment comment_by post
        remove_comment to_comment no_comments earlier later
    }
    pub(super) ProfileTexts { follow articles favorites articles_of favorites_of tabs edit }
    pub(super) EditorTexts {
        new edit title title_hint description body body_hint tags tags_hint publish save
    }
    pub(super) SettingsTexts {
        title username email bio image image_hint password password_hint save saved sign_out
        sign_out_everywhere
    }
    /// Signing in and up.
    pub(super) EntryTexts {
        sign_in sign_up email username password password_hint remember have_account need_account
    }
    /// What is wrong with a field.
    pub(super) FieldTexts {
        problem ended outdated blank invalid invalid_username invalid_email invalid_image
        taken full credentials too_short too_long too_many_bytes too_many_tags
    }
    pub(super) ErrorTexts {
        home not_found not_found_hint bad_request bad_request_hint forbidden forbidden_hint
        too_large too_large_hint too_many too_many_hint read_only read_only_hint
        unavailable unavailable_hint internal internal_hint
    }
}

impl BlogStrings {
    pub(super) fn of(language: BlogLanguage) -> &'static Self {
        static ENGLISH: LazyLock<BlogStrings> =
            LazyLock::new(|| read(include_str!("strings/en.toml")));
        static JAPANESE: LazyLock<BlogStrings> =
            LazyLock::new(|| read(include_str!("strings/ja.toml")));
        match language {
            BlogLanguage::English => &ENGLISH,
            BlogLanguage::Japanese => &JAPANESE,
        }
    }
}

#[expect(clippy::expect_used, reason = "compiled in, and a test reads each")]
fn read(toml: &str) -> BlogStrings {
    parse(toml).expect("the texts are complete")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::languages::Languages as _;
    use crate::web::texts::differences;

    #[test]
    fn every_language_has_every_text_with_the_same_blanks() {
        for language in BlogLanguage::ALL.iter().copied() {
            assert!(!BlogStrings::of(language).language.is_empty());
        }
        let (english, japanese) = (
            include_str!("strings/en.toml"),
            include_str!("strings/ja.toml"),
        );
        let differences = differences(english, japanese, &[]);
        assert!(differences.is_empty(), "{differences:?}");
    }
}
