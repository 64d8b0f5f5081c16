//! What the address of an account looks like, in every app.
//!
//! It is Devise's rule, which asks for little: whether mails reach somebody there, nobody can see from an address.
//! It must not know how long an address may be, nor what is said of a wrong one.

/// Whether `text` is one: something with one `@`, something on both sides of it, and no blanks.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let has_parts = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    has_parts && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_and_no_blanks() {
        for good in ["a@b", "a+b@c.example", "ü@ö", "<x>@y"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b\0c",
            "a@\u{3000}b",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
