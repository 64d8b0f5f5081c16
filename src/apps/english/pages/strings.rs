//! What the pages say, in each language.
//!
//! The texts are in `strings/`, one file for each language, compiled in. The structs here name them, so
//! the compiler finds a template that names none, and one that nobody uses; that each file has all of
//! them and no other is checked when it is read, by a test first of all. Notices are in `notices`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::language::DrillLanguage;
use crate::web::texts::{parse, texts};

/// All texts of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::apps::english) struct DrillStrings {
    /// Its own name.
    pub(super) language: String,
    pub(super) site: SiteTexts,
    pub(super) home: HomeTexts,
    pub(super) account: AccountTexts,
    pub(super) list: ListTexts,
    pub(super) form: FormTexts,
    pub(super) field: FieldTexts,
    pub(super) drill: DrillTexts,
    pub(super) dashboard: DashboardTexts,
    pub(super) words: WordTexts,
    pub(super) error: ErrorTexts,
}

texts! {
    /// On every page.
    pub(super) SiteTexts {
        name description skip menu sentences dashboard scores sign_in sign_up account sign_out switch
        footer about api
    }
    /// Of sign-in, sign-up and the own account, and what is said of their fields.
    pub(super) AccountTexts {
        email password confirmation current_password reset_token remember
        sign_in sign_up need_account have_account password_hint
        title save new_password_hint current_password_hint
        settings item value what mode mode_what toggle_mode
        forgotten forgotten_title forgotten_lead send_link new_password set_password ask_again
        mail_subject mail_text
        delete_title delete_lead delete delete_really
        blank invalid taken too_short too_long unlike one_error many_errors
    }
    pub(super) HomeTexts { title lead hint goodbye }
    /// Of lists, of sentences or of gradings.
    pub(super) ListTexts {
        show pages previous next mode change_mode no_sentences new_sentence no_scores kind time
    }
    /// Of forms for sentences and gradings.
    pub(super) FormTexts {
        problem edit edit_sentence new_score edit_score destroy destroy_sure back
    }
    /// Of what is wrong with a field of a sentence, a grading or a word: what it is called, and what is said.
    pub(super) FieldTexts {
        no en jp voice_data note url words sentence user
        blank too_long too_many_bytes too_many too_large too_small nul no_link missing
    }
    /// Of the sentence page.
    pub(super) DrillTexts {
        grade said_right said_wrong written_right written_wrong graded field speak words beside keys
    }
    pub(super) DashboardTexts {
        all_try achievement tried known all progress progress_summary as_table day gradings right wrong points
        best worst
    }
    /// Of what words mean, and of the page where they are changed.
    pub(super) WordTexts { title en note url add none sentence by_service edit away }
    pub(super) ErrorTexts {
        home not_found not_found_hint bad_request bad_request_hint forbidden forbidden_hint
        outdated outdated_hint too_large too_large_hint too_many too_many_hint read_only read_only_hint
        unavailable unavailable_hint internal internal_hint
    }
}

impl DrillStrings {
    pub(in crate::apps::english) fn of(language: DrillLanguage) -> &'static Self {
        static ENGLISH: LazyLock<DrillStrings> =
            LazyLock::new(|| read(include_str!("strings/en.toml")));
        static JAPANESE: LazyLock<DrillStrings> =
            LazyLock::new(|| read(include_str!("strings/ja.toml")));
        match language {
            DrillLanguage::English => &ENGLISH,
            DrillLanguage::Japanese => &JAPANESE,
        }
    }
}

#[expect(clippy::expect_used, reason = "compiled in, and a test reads each")]
fn read(toml: &str) -> DrillStrings {
    parse(toml).expect("the texts are complete")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::languages::Languages as _;
    use crate::web::texts::differences;

    #[test]
    fn every_language_has_every_text_with_the_same_blanks() {
        for language in DrillLanguage::ALL.iter().copied() {
            assert!(!DrillStrings::of(language).language.is_empty());
        }
        let (english, japanese) = (
            include_str!("strings/en.toml"),
            include_str!("strings/ja.toml"),
        );
        let differences = differences(english, japanese, &[]);
        assert!(differences.is_empty(), "{differences:?}");
    }
}
