//! What is given for a deployment, in the forms that its files can hold: a host name, an image.
//!
//! What is not of its form is refused here, so that no file is made that means something else.

use std::fmt;
use std::str::FromStr;

/// A host name, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

/// The name of an image: a place, and a tag or a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    name: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// What is wrong with a value, for people.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(&'static str);

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Host {
    type Err = InvalidValue;

    /// Labels of letters, digits and hyphens, of at most 63 bytes each (RFC 1123).
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let host = text.to_ascii_lowercase();
        let is_host = host.len() <= 253 && host.split('.').all(is_label);
        if !is_host {
            let form = "write a host name like shop.example.org, without scheme, port and path";
            return Err(InvalidValue(form));
        }
        Ok(Self(host))
    }
}

/// Whether `text` can be a label of a host name, and so the name of a namespace or of an app.
pub(super) fn is_label(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    ends.is_some_and(|(&first, &last)| is_letter(first) && is_letter(last))
        && bytes.len() <= 63
        && bytes.iter().all(|&byte| is_letter(byte) || byte == b'-')
}

impl ImageName {
    /// Its place and `sha256:…`, if it has a digest.
    pub(super) fn by_digest(&self) -> Option<(&str, &str)> {
        Some((&self.name, self.digest.as_deref()?))
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl FromStr for ImageName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        const FORM: InvalidValue = InvalidValue(
            "write an image like registry.example.org/shop/people@sha256:…, with its 64 digits",
        );
        let (place, digest) = match text.split_once('@') {
            Some((place, digest)) => (place, Some(digest)),
            None => (text, None),
        };
        let is_digest = |digest: &str| {
            let digits = digest.strip_prefix("sha256:");
            digits.is_some_and(|digits| {
                digits.len() == 64
                    && digits
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            })
        };
        // What is behind the last colon is a port if a slash comes after it.
        let (name, tag) = match place.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (place, None),
        };
        let is_name = |name: &str| {
            let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte);
            name.bytes().all(is_letter)
                && name.starts_with(|first: char| first.is_ascii_alphanumeric())
                && !name.ends_with('/')
                && !name.contains("//")
        };
        let is_tag = |tag: &str| {
            !tag.is_empty()
                && tag
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if !is_name(name) || !tag.is_none_or(is_tag) || !digest.is_none_or(is_digest) {
            return Err(FORM);
        }
        Ok(Self {
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_host_names() {
        for host in ["shop.example.org", "localhost", "a-1.b"] {
            assert_eq!(host.parse::<Host>().unwrap().to_string(), host);
        }
        assert_eq!(
            "Shop.Example".parse::<Host>().unwrap().to_string(),
            "shop.example"
        );
        let long = "a".repeat(64);
        for wrong in [
            "",
            "a..b",
            "-a",
            "a-",
            "https://a",
            "a:80",
            "a/b",
            "a b",
            "a\n",
            "*.a",
            &long,
        ] {
            wrong.parse::<Host>().unwrap_err();
        }
    }

    #[test]
    fn images_have_a_place_and_a_tag_or_a_digest() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (place, tag) in [("people", ""), ("r.example:5000/shop/people", ":v1.2_3-x")] {
            let text = format!("{place}{tag}@{digest}");
            let image: ImageName = text.parse().unwrap();
            assert_eq!(image.by_digest(), Some((place, &*digest)));
            assert_eq!(image.to_string(), text);
            let tagged: ImageName = format!("{place}{tag}").parse().unwrap();
            assert_eq!(tagged.by_digest(), None);
        }
        for wrong in [
            "",
            "a b",
            "a\"",
            "a@sha256:0",
            "a@",
            "a:",
            "/a",
            "a/",
            "a//b",
            "a:\n",
            "$a",
            "a@sha512:0",
        ] {
            wrong.parse::<ImageName>().unwrap_err();
        }
    }
}
