//! Which part of a form is a file: one whose `Content-Disposition` has a file name that is not empty, as
//! `filename` or in a form of RFC 2231 (`filename*`, `filename*0`). A browser sends an empty one where nobody
//! chose a file. It must not look at what is in the part.

/// Whether a part with this `Content-Disposition` is a file.
pub(super) fn is_file(disposition: &[u8]) -> bool {
    let mut rest = after_semicolon(disposition);
    let mut is_named = false;
    while let Some(text) = rest {
        let (name, value, next) = parameter(text);
        is_named |= names_file(&name, &value);
        rest = next;
    }
    is_named
}

/// Whether a parameter is a file name that is not empty.
fn names_file(name: &str, value: &[u8]) -> bool {
    match name {
        "filename" | "filename*0" => !value.is_empty(),
        "filename*" | "filename*0*" => {
            // charset'language'text
            let mut parts = value.splitn(3, |byte| *byte == b'\'');
            let charset = parts.next().unwrap_or_default();
            let is_known = [&b"utf-8"[..], b"us-ascii"]
                .iter()
                .any(|known| charset.eq_ignore_ascii_case(known));
            is_known && parts.nth(1).is_some_and(|text| !text.is_empty())
        }
        _ => false,
    }
}

fn after_semicolon(text: &[u8]) -> Option<&[u8]> {
    let at = text.iter().position(|byte| *byte == b';')?;
    text.get(at + 1..)
}

/// The first parameter of `text`: its name in small letters, its value without quotes, and what follows.
fn parameter(text: &[u8]) -> (String, Vec<u8>, Option<&[u8]>) {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'=' | b';'))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
    let Some(value) = rest.strip_prefix(b"=") else {
        return (name, Vec::new(), rest.get(1..));
    };
    let value = value.trim_ascii_start();
    let Some(quoted) = value.strip_prefix(b"\"") else {
        let end = value.iter().position(|byte| *byte == b';');
        let (value, next) = value.split_at(end.unwrap_or(value.len()));
        return (name, value.trim_ascii_end().to_vec(), next.get(1..));
    };
    let mut unquoted = Vec::new();
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (name, unquoted, quoted.get(at..).and_then(after_semicolon)),
            b'\\' => unquoted.extend(bytes.next().map(|(_, byte)| *byte)),
            byte => unquoted.push(*byte),
        }
    }
    (name, unquoted, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name() {
        for file in [
            "form-data; name=\"chairs\"; filename=\"a.csv\"",
            "form-data; filename=a.csv; name=chairs",
            "form-data; name=chairs; FileName = \"a.csv\"",
            "form-data; name=\"chairs\"; filename*=UTF-8''%E6%A4%85.csv",
            "form-data; name=\"chairs\"; filename*=us-ascii'en'a.csv",
            "form-data; name=\"chairs\"; filename*0=a; filename*1=.csv",
            "form-data; name=\"chairs\"; filename=\"\"; filename*=utf-8''a",
            "form-data; name=\"chairs\"; filename=\"\\\"\"",
            "form-data; name=\"chairs\"; filename=\";\"",
        ] {
            assert!(is_file(file.as_bytes()), "{file}");
        }
        for field in [
            "form-data; name=\"chairs\"",
            "form-data; name=\"chairs\"; filename=\"\"",
            "form-data; name=\"chairs\"; filename=",
            "form-data; name=\"chairs\"; filename",
            "form-data; name=\"chairs\"; filename*=UTF-8''",
            "form-data; name=\"chairs\"; filename*=a.csv",
            "form-data; name=\"chairs\"; filename*=utf-16''a.csv",
            "form-data; name=\"; filename=a.csv\"",
            "form-data; name=\"\\\"; filename=a.csv\"",
            "form-data; name=\"chairs; filename=a.csv",
            "form-data; name=\"chairs\"; my-filename=\"a.csv\"",
            "filename=a.csv",
            "",
        ] {
            assert!(!is_file(field.as_bytes()), "{field}");
        }
    }
}
