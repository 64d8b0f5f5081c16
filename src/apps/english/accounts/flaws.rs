//! What is wrong with what was given for an account. The rules and their English texts are Devise's; pages say
//! them in their own language.
//!
//! It must not know the data: whether an address is taken is the writer's to say.

use serde_json::{Map, Value, json};

use crate::apps::english::validation::LONGEST;
use crate::auth::address::is_address;
use crate::auth::password::{Length, PasswordFlaw, PasswordRule};
use crate::config::Secret;
use crate::mail::is_reachable;

/// Characters of the shortest password.
const SHORTEST_PASSWORD: usize = 6;
/// Characters of the longest password.
const LONGEST_PASSWORD: usize = 128;
/// What passwords of this app are, whoever sets them.
pub const PASSWORD_RULE: PasswordRule = PasswordRule {
    shortest: SHORTEST_PASSWORD,
    longest: Length::Characters(LONGEST_PASSWORD),
    takes_blanks: false,
};

/// What can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apps::english) enum Field {
    Email,
    Password,
    Confirmation,
    CurrentPassword,
    ResetToken,
}

/// What can be wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apps::english) enum Flaw {
    Blank,
    Invalid,
    Taken,
    /// Fewer characters than that.
    TooShort(usize),
    /// More characters than that.
    TooLong(usize),
    /// It is not the password once more.
    Unlike,
}

/// All that is wrong, in the order in which it is reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::apps::english) struct Flaws(pub(in crate::apps::english) Vec<(Field, Flaw)>);

impl Field {
    /// Its name in forms and JSON.
    pub(in crate::apps::english) fn key(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Password => "password",
            Self::Confirmation => "password_confirmation",
            Self::CurrentPassword => "current_password",
            Self::ResetToken => "reset_password_token",
        }
    }
}

impl Flaw {
    /// What JSON says of it.
    fn text(self) -> String {
        match self {
            Self::Blank => "can't be blank".to_owned(),
            Self::Invalid => "is invalid".to_owned(),
            Self::Taken => "has already been taken".to_owned(),
            Self::TooShort(least) => format!("is too short (minimum is {least} characters)"),
            Self::TooLong(most) => format!("is too long (maximum is {most} characters)"),
            Self::Unlike => "doesn't match Password".to_owned(),
        }
    }
}

impl Flaws {
    pub(in crate::apps::english) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::apps::english) fn note(&mut self, field: Field, flaw: Flaw) {
        self.0.push((field, flaw));
    }

    /// As JSON has it: a list of texts for each field.
    pub(in crate::apps::english) fn json(&self) -> Value {
        let mut errors = Map::new();
        for (field, flaw) in &self.0 {
            let list = errors.entry(field.key()).or_insert_with(|| json!([]));
            if let Value::Array(texts) = list {
                texts.push(flaw.text().into());
            }
        }
        json!({ "errors": errors })
    }
}

impl From<(Field, Flaw)> for Flaws {
    fn from(flaw: (Field, Flaw)) -> Self {
        Self(vec![flaw])
    }
}

/// An address as accounts have it, right or wrong: without blanks around it, in lower case.
pub(in crate::apps::english) fn email_of(given: &str) -> String {
    given.trim().to_lowercase()
}

/// Notes what is wrong with a new address. One that no mail can be addressed to is none: whoever has it could
/// not be sent a new password.
pub(in crate::apps::english) fn check_email(email: &str, flaws: &mut Flaws) {
    if email.is_empty() {
        flaws.note(Field::Email, Flaw::Blank);
    } else if email.chars().count() > LONGEST {
        flaws.note(Field::Email, Flaw::TooLong(LONGEST));
    } else if !is_address(email) || !is_reachable(email) {
        flaws.note(Field::Email, Flaw::Invalid);
    }
}

/// Notes what is wrong with a new password and with its repetition, if that was asked for.
pub(in crate::apps::english) fn check_password(
    password: &str,
    confirmation: Option<&str>,
    flaws: &mut Flaws,
) {
    let flaw = match PASSWORD_RULE.check(&Secret::from(password)) {
        Ok(()) => None,
        Err(_) if password.is_empty() => Some(Flaw::Blank),
        Err(PasswordFlaw::Blank) => Some(Flaw::Blank),
        Err(PasswordFlaw::TooShort { minimum }) => Some(Flaw::TooShort(minimum)),
        Err(PasswordFlaw::TooLong { .. }) => Some(Flaw::TooLong(LONGEST_PASSWORD)),
    };
    if let Some(flaw) = flaw {
        flaws.note(Field::Password, flaw);
    }
    if confirmation.is_some_and(|confirmation| confirmation != password) {
        flaws.note(Field::Confirmation, Flaw::Unlike);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a field, if something is.
    fn found(flaws: &Flaws, field: Field) -> Option<Flaw> {
        let found = flaws.0.iter().find(|(of, _)| *of == field);
        found.map(|(_, flaw)| *flaw)
    }

    fn of_email(given: &str) -> Option<Flaw> {
        let mut flaws = Flaws::default();
        check_email(&email_of(given), &mut flaws);
        found(&flaws, Field::Email)
    }

    fn of_password(password: &str, confirmation: Option<&str>) -> Flaws {
        let mut flaws = Flaws::default();
        check_password(password, confirmation, &mut flaws);
        flaws
    }

    #[test]
    fn addresses_have_one_at_and_no_blanks() {
        let longest = format!("a@{}", ["ü"; 127].join("."));
        assert_eq!(longest.chars().count(), LONGEST);
        for good in [" A@B.example ", "a+b@c", "ü@ö"] {
            assert_eq!(of_email(good), None, "{good}");
        }
        assert_eq!(email_of(" Ann@Example.COM\t"), "ann@example.com");
        assert_eq!(of_email(" "), Some(Flaw::Blank));
        assert_ne!(of_email(&longest), Some(Flaw::TooLong(255)));
        assert_eq!(of_email(&format!("{longest}c")), Some(Flaw::TooLong(255)));
        // The last ones: what no mail can be addressed to.
        for bad in [
            "a", "a@", "a@b@c", "a b@c", "a@b\0c", "<x>@y", "a,b@c", "a@b..c",
        ] {
            assert_eq!(of_email(bad), Some(Flaw::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn passwords_have_6_to_128_characters_and_are_typed_twice() {
        let longest = "字".repeat(128);
        for good in ["secret", &longest, " secret "] {
            assert!(of_password(good, Some(good)).is_empty(), "{good}");
            assert!(of_password(good, None).is_empty(), "{good}");
        }
        let of = |password| found(&of_password(password, None), Field::Password);
        assert_eq!(of(""), Some(Flaw::Blank));
        assert_eq!(of("       "), Some(Flaw::Blank));
        assert_eq!(of("12345"), Some(Flaw::TooShort(6)));
        assert_eq!(of(&format!("{longest}字")), Some(Flaw::TooLong(128)));
        let unlike = of_password("12345", Some("secret"));
        let expected = json!({"errors": {
            "password": ["is too short (minimum is 6 characters)"],
            "password_confirmation": ["doesn't match Password"],
        }});
        assert_eq!(unlike.json(), expected);
    }
}
