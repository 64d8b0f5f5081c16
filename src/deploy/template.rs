//! A file of `deploy/` with what is put in the place of its examples.
//!
//! A template is a file that works as it is, with example values. Each value names the example that it takes the
//! place of, and a template without that example is a flaw: nothing is left out in silence.

/// A text that is being filled in.
#[derive(Debug)]
pub(super) struct Template {
    file: &'static str,
    text: String,
}

/// A template that has no place for a value.
#[derive(Debug, thiserror::Error)]
#[error("the template {file} of this build has no {example:?}; please report it")]
pub struct TemplateFlaw {
    file: &'static str,
    example: String,
}

impl TemplateFlaw {
    /// There is no template for `example` among those of `folder`.
    pub(super) fn missing(folder: &'static str, example: impl Into<String>) -> Self {
        Self {
            file: folder,
            example: example.into(),
        }
    }
}

impl Template {
    pub(super) fn new(file: &'static str, text: &str) -> Self {
        Self {
            file,
            text: text.to_owned(),
        }
    }

    /// What is said of a template that lacks `example`.
    pub(super) fn without(&self, example: &str) -> TemplateFlaw {
        TemplateFlaw {
            file: self.file,
            example: example.to_owned(),
        }
    }

    /// The same text, if `example` is in it: what it needs and is given elsewhere.
    pub(super) fn with(self, example: &str) -> Result<Self, TemplateFlaw> {
        self.put(example, example)
    }

    /// `value` wherever `example` is.
    pub(super) fn put(mut self, example: &str, value: &str) -> Result<Self, TemplateFlaw> {
        if !self.text.contains(example) {
            return Err(self.without(example));
        }
        self.text = self.text.replace(example, value);
        Ok(self)
    }

    /// The same, if there is a value.
    pub(super) fn put_if(self, example: &str, value: Option<&str>) -> Result<Self, TemplateFlaw> {
        match value {
            Some(value) => self.put(example, value),
            None => Ok(self),
        }
    }

    /// Takes out what is from `from` up to `to`, which stays.
    pub(super) fn cut(mut self, from: &str, to: &str) -> Result<Self, TemplateFlaw> {
        let start = self.text.find(from).ok_or_else(|| self.without(from))?;
        let behind = start + from.len();
        let length = self.text.get(behind..).and_then(|rest| rest.find(to));
        let end = behind + length.ok_or_else(|| self.without(to))?;
        self.text.replace_range(start..end, "");
        Ok(self)
    }

    /// Puts `comment` in the place of the comment that the file begins with.
    pub(super) fn headed(mut self, comment: &str) -> Self {
        let body = self.text.lines().skip_while(|line| line.starts_with('#'));
        let body: Vec<_> = body.collect();
        let comment: String = comment.lines().map(|line| format!("# {line}\n")).collect();
        self.text = format!("{comment}{}\n", body.join("\n"));
        self
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn named(self, name: impl Into<String>) -> super::DeployFile {
        super::DeployFile {
            name: name.into(),
            text: self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_place_is_a_flaw() {
        let template = || Template::new("a.yaml", "# head\n# more\na: 1\nb: 1\nc: 2\n");
        let filled = template().put("1", "3").unwrap();
        assert_eq!(filled.text(), "# head\n# more\na: 3\nb: 3\nc: 2\n");
        let flaw = template().put("4", "3").unwrap_err().to_string();
        assert!(flaw.contains("a.yaml") && flaw.contains("\"4\""), "{flaw}");
        let cut = template().cut("a:", "c:").unwrap().headed("new");
        assert_eq!(cut.text(), "# new\nc: 2\n");
        template().cut("c:", "b:").unwrap_err();
        template().put_if("4", None).unwrap();
    }
}
