//! What is said on the page that a form leads to, once. The texts are the original's, whose tests look for
//! them; they stay English in every language.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::apps::english::{Drill, Result};
use crate::web::flash;
use crate::web::redirect::found;

/// Something that is said once.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::apps::english) struct Notice {
    /// How a cookie names it.
    pub(in crate::apps::english) word: &'static str,
    /// Whether something is wrong.
    pub(super) is_alert: bool,
    pub(in crate::apps::english) text: &'static str,
}

macro_rules! notices {
    ($($name:ident $word:literal $is_alert:literal $text:literal)*) => {
        $(pub(in crate::apps::english) static $name: Notice =
            Notice { word: $word, is_alert: $is_alert, text: $text };)*
        static ALL: &[&Notice] = &[$(&$name),*];
    };
}

notices! {
    SIGN_IN_FIRST "sign-in-first" true "You need to sign in or sign up before continuing."
    SIGNED_IN "signed-in" false "Signed in successfully."
    ALREADY_SIGNED_IN "already-signed-in" true "You are already signed in."
    WRONG_CREDENTIALS "wrong-credentials" true "Invalid Email or password."
    SIGNED_OUT "signed-out" false "Signed out successfully."
    SIGNED_UP "signed-up" false "Welcome! You have signed up successfully."
    ACCOUNT_DELETED "account-deleted" false "Bye! Your account has been successfully cancelled. We hope to see you again soon."
    MAIL_SENT "mail-sent" false "If your email address exists in our database, you will receive a password recovery link at your email address in a few minutes."
    NO_RESET_TOKEN "no-reset-token" true "You can't access this page without coming from a password reset email. If you do come from a password reset email, please make sure you used the full URL provided."
    PASSWORD_CHANGED "password-changed" false "Your password has been changed successfully. You are now signed in."
    ACCOUNT_UPDATED "account-updated" false "Your account has been updated successfully."
    SENTENCE_CREATED "sentence-created" false "Sentence was successfully created."
    SENTENCE_UPDATED "sentence-updated" false "Sentence was successfully updated."
    SENTENCE_DESTROYED "sentence-destroyed" false "Sentence was successfully destroyed."
    SCORE_CREATED "score-created" false "Score was successfully created."
    SCORE_UPDATED "score-updated" false "Score was successfully updated."
    SCORE_DESTROYED "score-destroyed" false "Score was successfully destroyed."
    WRITTEN_CREATED "written-created" false "Score eng written was successfully created."
    WRITTEN_UPDATED "written-updated" false "Score eng written was successfully updated."
    WRITTEN_DESTROYED "written-destroyed" false "Score eng written was successfully destroyed."
    NOT_WRITTEN_CREATED "not-written-created" false "Score eng not written was successfully created."
    NOT_WRITTEN_UPDATED "not-written-updated" false "Score eng not written was successfully updated."
    NOT_WRITTEN_DESTROYED "not-written-destroyed" false "Score eng not written was successfully destroyed."
    WORD_CREATED "word-created" false "Word was successfully created."
    WORD_UPDATED "word-updated" false "Word was successfully updated."
    WORD_DESTROYED "word-destroyed" false "Word was successfully destroyed."
}

/// 302 to a path of the app, where `notice` will be said.
pub(in crate::apps::english) fn lead(
    drill: &Drill,
    path: &str,
    notice: &Notice,
) -> Result<Response> {
    let to = drill.mount.url(path);
    let mut response = found(&to);
    flash::leave(&mut response, &drill.cookies, &to, notice.word)?;
    Ok(response)
}

/// What a form before left to be said to this visitor.
pub(super) fn left(headers: &HeaderMap) -> Option<&'static Notice> {
    let words: Vec<_> = ALL.iter().map(|notice| notice.word).collect();
    let word = flash::word(headers, &words)?;
    ALL.iter().copied().find(|notice| notice.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_has_a_word_of_its_own() {
        let mut words: Vec<_> = ALL.iter().map(|notice| notice.word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ALL.len());
    }
}
