//! What fields must be: all of them are looked at, and each says one thing at most.
//!
//! Characters are Unicode code points. Blank is what holds nothing but white space. It must not know the
//! data: whether a name is taken is the writer's to say.

use serde_json::{Map, Value};

use super::passwords::PASSWORD_RULE;
use super::problem::ConduitError;
use crate::auth::address::is_address;
use crate::auth::password::PasswordFlaw;
use crate::config::Secret;

/// What is said of a field that holds nothing.
pub(super) const BLANK: &str = "can't be blank";
/// What is said of a field that cannot be read.
pub(super) const INVALID: &str = "is invalid";
/// What is said of a name or an address that somebody else has.
pub(super) const TAKEN: &str = "has already been taken";
/// What is said of an article that has as many comments as it may.
pub(super) const FULL: &str = "takes no more comments";
const NO_TEXT: &str = "must be a string";
const NO_LIST: &str = "must be an array of strings";

pub(super) const LONGEST_USERNAME: usize = 80;
pub(super) const LONGEST_EMAIL: usize = 254;
pub(super) const LONGEST_BIO: usize = 2_000;
pub(super) const LONGEST_IMAGE: usize = 2_000;
pub(super) const LONGEST_TITLE: usize = 200;
pub(super) const LONGEST_DESCRIPTION: usize = 1_000;
pub(super) const LONGEST_BODY: usize = 200_000;
pub(super) const LONGEST_TAG: usize = 100;
pub(super) const MOST_TAGS: usize = 50;
pub(super) const LONGEST_COMMENT: usize = 10_000;

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

/// Fields that are being looked at, in the order in which errors are reported.
pub(super) struct FieldReader<'f> {
    fields: &'f Map<String, Value>,
    errors: Vec<(&'static str, String)>,
}

impl<'f> FieldReader<'f> {
    pub(super) fn of(fields: &'f Map<String, Value>) -> Self {
        Self {
            fields,
            errors: Vec::new(),
        }
    }

    /// 422 with everything that is wrong.
    pub(super) fn finish(self) -> Result<(), ConduitError> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(ConduitError::invalid(self.errors))
        }
    }

    /// A text that is not blank, as `rule` makes it. `None` where it is wrong or left out.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        presence: Presence,
        rule: fn(&str) -> Result<String, String>,
    ) -> Option<String> {
        let found = match self.fields.get(key) {
            None if presence == Presence::Optional => return None,
            None | Some(Value::Null) => Err(BLANK.to_owned()),
            Some(Value::String(text)) if text.trim().is_empty() => Err(BLANK.to_owned()),
            Some(Value::String(text)) if text.contains('\0') => Err(INVALID.to_owned()),
            Some(Value::String(text)) => rule(text),
            Some(_) => Err(NO_TEXT.to_owned()),
        };
        self.note(key, found)
    }

    /// A text that is cleared by null and by nothing between the quotes: `Some(None)`.
    pub(super) fn clearable(
        &mut self,
        key: &'static str,
        rule: fn(&str) -> Result<String, String>,
    ) -> Option<Option<String>> {
        let found = match self.fields.get(key) {
            None => return None,
            Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) if text.contains('\0') => Err(INVALID.to_owned()),
            Some(Value::String(text)) => rule(text).map(Some),
            Some(_) => Err(NO_TEXT.to_owned()),
        };
        self.note(key, found)
    }

    /// Tags: trimmed, each once, in the order of their code points.
    pub(super) fn tags(&mut self, key: &'static str) -> Option<Vec<String>> {
        let found = match self.fields.get(key) {
            None => return None,
            Some(Value::Array(tags)) => tag_list(tags),
            Some(_) => Err(NO_LIST.to_owned()),
        };
        self.note(key, found)
    }

    fn note<T>(&mut self, key: &'static str, found: Result<T, String>) -> Option<T> {
        found.map_err(|text| self.errors.push((key, text))).ok()
    }
}

fn tag_list(tags: &[Value]) -> Result<Vec<String>, String> {
    let texts: Option<Vec<&str>> = tags.iter().map(Value::as_str).collect();
    let mut tags: Vec<_> = texts
        .ok_or(NO_LIST)?
        .into_iter()
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect();
    if tags.iter().any(|tag| tag.contains('\0')) {
        return Err(INVALID.to_owned());
    }
    if let Some(flaw) = tags.iter().find_map(|tag| too_long(tag, LONGEST_TAG)) {
        return Err(flaw);
    }
    tags.sort_unstable();
    tags.dedup();
    if tags.len() > MOST_TAGS {
        return Err(format!("is too long (maximum is {MOST_TAGS} tags)"));
    }
    Ok(tags)
}

fn too_long(text: &str, most: usize) -> Option<String> {
    // There are never more characters than bytes.
    let is_long = text.len() > most && text.chars().count() > most;
    is_long.then(|| format!("is too long (maximum is {most} characters)"))
}

fn within(text: &str, most: usize) -> Result<String, String> {
    match too_long(text, most) {
        Some(flaw) => Err(flaw),
        None => Ok(text.to_owned()),
    }
}

/// A name that can stand in an address.
pub(super) fn username(text: &str) -> Result<String, String> {
    let name = within(text.trim(), LONGEST_USERNAME)?;
    // A segment of dots is taken out of addresses by whoever resolves them.
    let is_dots = name == "." || name == "..";
    if is_dots || name.contains(|c: char| c.is_control() || "/?#%".contains(c)) {
        return Err(INVALID.to_owned());
    }
    Ok(name)
}

/// Something with one `@` and something on both sides of it.
pub(super) fn email(text: &str) -> Result<String, String> {
    let email = within(text.trim(), LONGEST_EMAIL)?;
    if is_address(&email) {
        Ok(email)
    } else {
        Err(INVALID.to_owned())
    }
}

/// A password as it is: blanks around it belong to it.
pub(super) fn password(text: &str) -> Result<String, String> {
    match PASSWORD_RULE.check(&Secret::from(text)) {
        Ok(()) => Ok(text.to_owned()),
        Err(PasswordFlaw::TooShort { minimum }) => {
            Err(format!("is too short (minimum is {minimum} characters)"))
        }
        Err(PasswordFlaw::TooLong { maximum }) => {
            Err(format!("is too long (maximum is {maximum})"))
        }
        Err(PasswordFlaw::Blank) => Err("can't be blank".to_owned()),
    }
}

/// What somebody signs in with, right or wrong.
pub(super) fn anything(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// The same, but for blanks around it.
pub(super) fn trimmed(text: &str) -> Result<String, String> {
    Ok(text.trim().to_owned())
}

pub(super) fn bio(text: &str) -> Result<String, String> {
    within(text, LONGEST_BIO)
}

/// An address of the web.
pub(super) fn image(text: &str) -> Result<String, String> {
    let image = within(text, LONGEST_IMAGE)?;
    if is_web_address(&image) {
        Ok(image)
    } else {
        Err(INVALID.to_owned())
    }
}

fn is_web_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_unfit = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\".contains(c);
    is_web && !host.is_empty() && !host.starts_with(':') && !rest.contains(is_unfit)
}

pub(super) fn title(text: &str) -> Result<String, String> {
    within(text.trim(), LONGEST_TITLE)
}

pub(super) fn description(text: &str) -> Result<String, String> {
    within(text, LONGEST_DESCRIPTION)
}

pub(super) fn article_body(text: &str) -> Result<String, String> {
    within(text, LONGEST_BODY)
}

pub(super) fn comment_body(text: &str) -> Result<String, String> {
    within(text, LONGEST_COMMENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_can_stand_in_addresses() {
        let longest = "字".repeat(80);
        assert_eq!(username(" e29 "), Ok("e29".to_owned()));
        assert_eq!(username(&longest), Ok(longest.clone()));
        assert!(username(&format!("{longest}字")).is_err());
        for name in ["a/b", "a?b", "a#b", "a%b", "a\tb", "a\u{85}b", ".", ".."] {
            assert_eq!(username(name), Err(INVALID.to_owned()), "{name:?}");
        }
        assert_eq!(username("a b.c"), Ok("a b.c".to_owned()));
    }

    #[test]
    fn addresses_have_one_at_between_two_parts() {
        for good in ["a@b", "john_1@example.com", "a+b@c.d", "ü@ö"] {
            assert_eq!(email(good), Ok(good.to_owned()));
        }
        for bad in [
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b\u{0}c",
            "a@\u{3000}b",
        ] {
            assert_eq!(email(bad), Err(INVALID.to_owned()), "{bad:?}");
        }
    }

    #[test]
    fn images_are_addresses_of_the_web() {
        for good in [
            "http://a/b.png",
            "HTTPS://a.b:80?x#y",
            "https://ü.example/絵.png",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "x",
            "data:image/png;base64,AA",
            "https://",
            "http:///a",
            "javascript://a",
            "http://a b",
            "http://:80",
            "http://a/\"onload=",
            "//a/b",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn tags_are_trimmed_sorted_and_there_once() {
        let read = |tags: Value| {
            let fields = json!({"tagList": tags});
            let mut reader = FieldReader::of(fields.as_object().unwrap());
            reader.tags("tagList").ok_or(reader.errors)
        };
        assert_eq!(read(json!(["b", "a", "b", " a ", ""])).unwrap(), ["a", "b"]);
        let many: Vec<_> = (0..=MOST_TAGS).map(|number| number.to_string()).collect();
        assert_eq!(read(json!(many[1..])).unwrap().len(), MOST_TAGS);
        for bad in [
            json!(null),
            json!("x"),
            json!([1]),
            json!([null]),
            json!({}),
        ] {
            assert_eq!(read(bad).unwrap_err(), [("tagList", NO_LIST.to_owned())]);
        }
        for bad in [json!(many), json!(["x".repeat(101)]), json!(["a\0"])] {
            assert!(read(bad).is_err());
        }
    }

    #[test]
    fn every_field_says_one_thing() {
        let fields = json!({"username": "", "email": 7, "password": "a\0bcdefgh"});
        let mut reader = FieldReader::of(fields.as_object().unwrap());
        let read = [
            reader.text("username", Presence::Required, username),
            reader.text("email", Presence::Required, email),
            reader.text("password", Presence::Required, password),
            reader.text("title", Presence::Required, title),
            reader.text("body", Presence::Optional, article_body),
        ];
        assert_eq!(read, [const { None }; 5]);
        let expected = [
            ("username", BLANK),
            ("email", NO_TEXT),
            ("password", INVALID),
            ("title", BLANK),
        ];
        let expected = expected.map(|(key, text)| (key, text.to_owned()));
        assert_eq!(reader.finish(), Err(ConduitError::invalid(expected.into())));
    }
}
