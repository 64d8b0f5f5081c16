//! What is said on the page that a form leads to, once. The English texts are the original's, whose tests look
//! for them, and what JSON says; a Japanese page says them in Japanese.

use axum::http::HeaderMap;
use axum::response::Response;

use super::language::DrillLanguage;
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
    /// The same for Japanese pages.
    japanese: &'static str,
}

impl Notice {
    /// What a page in `language` says.
    pub(super) fn said_in(&self, language: DrillLanguage) -> &'static str {
        match language {
            DrillLanguage::English => self.text,
            DrillLanguage::Japanese => self.japanese,
        }
    }
}

macro_rules! notices {
    ($($name:ident $word:literal $is_alert:literal $text:literal $japanese:literal)*) => {
        $(pub(in crate::apps::english) static $name: Notice =
            Notice { word: $word, is_alert: $is_alert, text: $text, japanese: $japanese };)*
        static ALL: &[&Notice] = &[$(&$name),*];
    };
}

notices! {
    SIGN_IN_FIRST "sign-in-first" true "You need to sign in or sign up before continuing."
        "続けるには、ログインか新規登録をしてください。"
    SIGNED_IN "signed-in" false "Signed in successfully."
        "ログインしました。"
    ALREADY_SIGNED_IN "already-signed-in" true "You are already signed in."
        "すでにログインしています。"
    WRONG_CREDENTIALS "wrong-credentials" true "Invalid Email or password."
        "メールアドレスかパスワードが違います。"
    SIGNED_OUT "signed-out" false "Signed out successfully."
        "ログアウトしました。"
    SIGNED_UP "signed-up" false "Welcome! You have signed up successfully."
        "ようこそ。登録が完了しました。"
    ACCOUNT_DELETED "account-deleted" false "Bye! Your account has been successfully cancelled. We hope to see you again soon."
        "アカウントを削除しました。またのご利用をお待ちしています。"
    MAIL_SENT "mail-sent" false "If your email address exists in our database, you will receive a password recovery link at your email address in a few minutes."
        "登録されているメールアドレスであれば、数分以内にパスワード再設定のリンクが届きます。"
    NO_RESET_TOKEN "no-reset-token" true "You can't access this page without coming from a password reset email. If you do come from a password reset email, please make sure you used the full URL provided."
        "このページは、パスワード再設定のメールから開いてください。メールから来た場合は、リンクの全体を使っているか確かめてください。"
    PASSWORD_CHANGED "password-changed" false "Your password has been changed successfully. You are now signed in."
        "パスワードを変更し、ログインしました。"
    ACCOUNT_UPDATED "account-updated" false "Your account has been updated successfully."
        "アカウントを更新しました。"
    SENTENCE_CREATED "sentence-created" false "Sentence was successfully created."
        "例文を追加しました。"
    SENTENCE_UPDATED "sentence-updated" false "Sentence was successfully updated."
        "例文を更新しました。"
    SENTENCE_DESTROYED "sentence-destroyed" false "Sentence was successfully destroyed."
        "例文を削除しました。"
    SCORE_CREATED "score-created" false "Score was successfully created."
        "採点を追加しました。"
    SCORE_UPDATED "score-updated" false "Score was successfully updated."
        "採点を更新しました。"
    SCORE_DESTROYED "score-destroyed" false "Score was successfully destroyed."
        "採点を削除しました。"
    WRITTEN_CREATED "written-created" false "Score eng written was successfully created."
        "書いた答えの採点を追加しました。"
    WRITTEN_UPDATED "written-updated" false "Score eng written was successfully updated."
        "書いた答えの採点を更新しました。"
    WRITTEN_DESTROYED "written-destroyed" false "Score eng written was successfully destroyed."
        "書いた答えの採点を削除しました。"
    NOT_WRITTEN_CREATED "not-written-created" false "Score eng not written was successfully created."
        "書かない答えの採点を追加しました。"
    NOT_WRITTEN_UPDATED "not-written-updated" false "Score eng not written was successfully updated."
        "書かない答えの採点を更新しました。"
    NOT_WRITTEN_DESTROYED "not-written-destroyed" false "Score eng not written was successfully destroyed."
        "書かない答えの採点を削除しました。"
    WORD_CREATED "word-created" false "Word was successfully created."
        "単語を追加しました。"
    WORD_UPDATED "word-updated" false "Word was successfully updated."
        "単語を更新しました。"
    WORD_DESTROYED "word-destroyed" false "Word was successfully destroyed."
        "単語を削除しました。"
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
    let given = flash::given(headers)?;
    ALL.iter().copied().find(|notice| notice.word == given)
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
