//! The fields of these forms: what was given, and what is said of what is wrong with it, in the language of the
//! page.

use crate::apps::english::accounts::flaws::{Field, Flaw, Flaws, email_of};
use crate::apps::english::pages::strings::AccountTexts;
use crate::apps::english::parameters::Parameters;
use crate::config::Secret;
use crate::web::texts::fill;

/// What a form or a JSON body says of an account.
#[derive(Debug)]
pub(super) struct GivenAccount {
    /// Without blanks around it, in lower case. `None` if it was not given.
    pub(super) email: Option<String>,
    /// As it is; blanks belong to it. Nothing is none.
    pub(super) password: Option<Secret>,
    /// The password once more, if that was asked for.
    pub(super) confirmation: Option<Secret>,
    pub(super) current_password: Option<Secret>,
    pub(super) reset_token: Option<String>,
    pub(super) remember: bool,
}

impl GivenAccount {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let user = parameters.under("user");
        let text = |field: Field| user.and_then(|user| user.text(field.key()));
        let secret = |field| text(field).map(|text| Secret::from(text.as_str()));
        Self {
            email: text(Field::Email).map(|email| email_of(&email)),
            password: secret(Field::Password).filter(Secret::is_set),
            confirmation: secret(Field::Confirmation),
            current_password: secret(Field::CurrentPassword).filter(Secret::is_set),
            reset_token: text(Field::ResetToken),
            remember: user.and_then(|user| user.boolean("remember_me")) == Some(true),
        }
    }

    /// The text of the password; nothing, if there is none.
    pub(super) fn password_text(&self) -> &str {
        self.password.as_ref().map_or("", Secret::expose)
    }

    pub(super) fn confirmation_text(&self) -> Option<&str> {
        self.confirmation.as_ref().map(Secret::expose)
    }
}

/// What is wrong with which field, in the page's language.
#[derive(Debug, Default)]
pub(super) struct AccountErrors(Vec<(&'static str, String)>);

impl AccountErrors {
    pub(super) fn of(flaws: &Flaws, t: &AccountTexts) -> Self {
        let texts = flaws.0.iter();
        Self(
            texts
                .map(|(field, flaw)| (field.key(), explained(*field, *flaw, t)))
                .collect(),
        )
    }

    /// What is wrong with the field of that name; nothing, if it is well.
    pub(super) fn wrong(&self, key: &str) -> &str {
        let found = self.0.iter().find(|(of, _)| *of == key);
        found.map_or("", |(_, text)| text)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are, in words.
    pub(super) fn count(&self, t: &AccountTexts) -> String {
        match self.0.len() {
            1 => t.one_error.clone(),
            many => fill(&t.many_errors, &[("n", &many.to_string())]),
        }
    }
}

fn explained(field: Field, flaw: Flaw, t: &AccountTexts) -> String {
    let name = match field {
        Field::Email => &t.email,
        Field::Password => &t.password,
        Field::Confirmation => &t.confirmation,
        Field::CurrentPassword => &t.current_password,
        Field::ResetToken => &t.reset_token,
    };
    let (text, number) = match flaw {
        Flaw::Blank => (&t.blank, 0),
        Flaw::Invalid => (&t.invalid, 0),
        Flaw::Taken => (&t.taken, 0),
        Flaw::TooShort(least) => (&t.too_short, least),
        Flaw::TooLong(most) => (&t.too_long, most),
        Flaw::Unlike => (&t.unlike, 0),
    };
    let number = number.to_string();
    let blanks = [
        ("field", name.as_str()),
        ("n", &number),
        ("other", &t.password),
    ];
    fill(text, &blanks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::english::pages::language::DrillLanguage;
    use crate::apps::english::pages::strings::DrillStrings;

    #[test]
    fn english_pages_say_what_the_original_says() {
        let t = &DrillStrings::of(DrillLanguage::English).account;
        for (field, flaw, text) in [
            (Field::Email, Flaw::Taken, "Email has already been taken"),
            (Field::Email, Flaw::Invalid, "Email is invalid"),
            (Field::Email, Flaw::Blank, "Email can't be blank"),
            (
                Field::Password,
                Flaw::TooShort(6),
                "Password is too short (minimum is 6 characters)",
            ),
            (
                Field::Password,
                Flaw::TooLong(128),
                "Password is too long (maximum is 128 characters)",
            ),
            (
                Field::Confirmation,
                Flaw::Unlike,
                "Password confirmation doesn't match Password",
            ),
            (
                Field::CurrentPassword,
                Flaw::Invalid,
                "Current password is invalid",
            ),
            (
                Field::ResetToken,
                Flaw::Invalid,
                "Reset password token is invalid",
            ),
        ] {
            assert_eq!(explained(field, flaw, t), text);
        }
    }

    #[test]
    fn japanese_pages_say_it_in_japanese() {
        let t = &DrillStrings::of(DrillLanguage::Japanese).account;
        for flaw in [
            Flaw::Blank,
            Flaw::Invalid,
            Flaw::Taken,
            Flaw::TooShort(6),
            Flaw::TooLong(128),
            Flaw::Unlike,
        ] {
            let text = explained(Field::Password, flaw, t);
            assert!(
                text.starts_with("パスワード") && !text.contains('{'),
                "{text}"
            );
        }
    }
}
