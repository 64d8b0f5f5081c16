//! The texts of an app: one TOML file for each language, compiled in, read into structs that name them.
//!
//! With `texts!` the compiler finds a template that names a text that does not exist; when a file is
//! read, texts that are missing or unknown are an error; and [`differences`] shows a test what one
//! language has otherwise than another. What the texts say is the app's.

use std::collections::BTreeMap;

use figment::Figment;
use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Value};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};

/// Declares structs of texts: a name, and the names of its texts in braces.
macro_rules! texts {
    ($($(#[$doc:meta])* $visibility:vis $name:ident { $($text:ident)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            $visibility struct $name { $($visibility $text: String,)* }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(texts: D) -> Result<Self, D::Error> {
                    let mut texts = $crate::web::texts::TextTable::read(texts)?;
                    let taken = Self { $($text: texts.take(stringify!($text)),)* };
                    texts.finish()?;
                    Ok(taken)
                }
            }
        )*
    };
}

pub(crate) use texts;

/// The texts of a struct by name, for it to take. One type for all of them: what serde derives is compiled for each
/// struct and comes to a kilobyte a text.
#[derive(Debug)]
pub(crate) struct TextTable {
    texts: BTreeMap<String, String>,
    missing: Option<&'static str>,
}

impl TextTable {
    pub(crate) fn read<'de, D: Deserializer<'de>>(texts: D) -> Result<Self, D::Error> {
        Ok(Self {
            texts: BTreeMap::deserialize(texts)?,
            missing: None,
        })
    }

    /// A text; one that is missing is an error at the end.
    pub(crate) fn take(&mut self, name: &'static str) -> String {
        self.texts.remove(name).unwrap_or_else(|| {
            self.missing = Some(name);
            String::new()
        })
    }

    /// Whether all were there and no other.
    pub(crate) fn finish<E: Error>(self) -> Result<(), E> {
        if let Some(name) = self.missing {
            return Err(E::missing_field(name));
        }
        match self.texts.keys().next() {
            Some(name) => Err(E::custom(format!("no text is called `{name}`"))),
            None => Ok(()),
        }
    }
}

/// Reads a file of texts.
///
/// # Errors
/// What is wrong with it: it is no TOML, a text is missing or unknown.
pub fn parse<T: DeserializeOwned>(toml: &str) -> Result<T, String> {
    let texts = Figment::from(Toml::string(toml)).extract::<serde_json::Value>();
    // By way of JSON: Figment has each struct compiled six times, for what a value of its own can be.
    serde_json::from_value(texts.map_err(|wrong| wrong.to_string())?)
        .map_err(|wrong| wrong.to_string())
}

/// Fills the blanks of a text: `{name}` becomes the value of that name.
#[must_use]
pub fn fill(text: &str, blanks: &[(&str, &str)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in blanks {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// What two files of texts have otherwise, but for the tables named in `except`: texts that only one has,
/// and those with other blanks. For the tests of apps.
#[must_use]
pub fn differences(one: &str, other: &str, except: &[&str]) -> Vec<String> {
    let entries = |toml: &str| match parse::<Dict>(toml) {
        Ok(mut texts) => {
            texts.retain(|name, _| !except.contains(&name.as_str()));
            let mut entries = Vec::new();
            collect("", &Value::from(texts), &mut entries);
            entries
        }
        Err(wrong) => vec![(wrong, Vec::new())],
    };
    let (one, other) = (entries(one), entries(other));
    let without = |list: &[(String, Vec<String>)], entries: &[(String, Vec<String>)]| {
        let missing = list.iter().filter(|entry| !entries.contains(entry));
        missing
            .map(|(name, blanks)| format!("{name} {blanks:?}"))
            .collect::<Vec<_>>()
    };
    [without(&one, &other), without(&other, &one)].concat()
}

/// The texts below `name`, each with its blanks in order.
fn collect(name: &str, value: &Value, entries: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Dict(_, texts) => {
            for (text, value) in texts {
                collect(&format!("{name}.{text}"), value, entries);
            }
        }
        Value::String(_, text) => entries.push((name.to_owned(), blanks(text))),
        _ => entries.push((name.to_owned(), Vec::new())),
    }
}

/// The words in braces.
fn blanks(text: &str) -> Vec<String> {
    let parts = text.split('{').skip(1);
    let mut blanks: Vec<String> = parts
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
        .collect();
    blanks.sort_unstable();
    blanks
}

#[cfg(test)]
mod tests {
    use super::*;

    texts! {
        /// What a greeting says.
        Greeting { hello bye }
    }

    #[test]
    fn files_have_every_text_and_no_other() {
        let greeting: Greeting = parse("hello = 'Hello {name}'\nbye = 'Bye'").unwrap();
        assert_eq!(fill(&greeting.hello, &[("name", "you")]), "Hello you");
        assert_eq!(greeting.bye, "Bye");
        let missing = parse::<Greeting>("hello = ''").unwrap_err();
        assert!(missing.contains("bye"), "{missing}");
        let unknown = parse::<Greeting>("hello = ''\nbye = ''\nhey = ''").unwrap_err();
        assert!(unknown.contains("hey"), "{unknown}");
        assert!(parse::<Greeting>("hello").is_err());
    }

    #[test]
    fn languages_are_compared_by_names_and_blanks() {
        let one = "a = '{n} of {m}'\n[b]\nc = 'x'\n[names]\ny = 'z'";
        let other = "a = '{m} von {n}'\n[b]\nc = 'y'";
        assert!(differences(one, other, &["names"]).is_empty());
        assert_eq!(differences(one, other, &[]), [".names.y []"]);
        let wrong = "a = '{n}'\n[b]\nd = 'y'";
        assert_eq!(
            differences(other, wrong, &[]),
            [".a [\"m\", \"n\"]", ".b.c []", ".a [\"n\"]", ".b.d []"]
        );
    }
}
