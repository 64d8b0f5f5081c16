//! The names of pictures: what one shows, and the 256 bits that it is drawn from.
//!
//! The data names a picture `/images/<subject>/<64 hex digits>.png`. It owns how such a name is read. It
//! must not know what is drawn.

use data_encoding::HEXLOWER;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Something to sit on.
    Chair,
    /// A house, an apartment block or a tower.
    Estate,
}

impl Subject {
    /// The subject that the path segment under `/images` stands for.
    #[must_use]
    pub fn from_segment(segment: &str) -> Option<Self> {
        match segment {
            "chair" => Some(Self::Chair),
            "estate" => Some(Self::Estate),
            _ => None,
        }
    }
}

/// The hash in `<64 lowercase hex digits>.png`; nothing else is a picture's name.
///
/// Capitals are refused: the data never writes them, and one picture should have one address.
#[must_use]
pub fn parse_file_name(name: &str) -> Option<[u8; 32]> {
    let digits = name.strip_suffix(".png")?;
    HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_64_lowercase_hex_digits_and_png() {
        let name = format!("{}{}.png", "0f".repeat(31), "a9");
        let mut expected = [0x0f; 32];
        expected[31] = 0xa9;
        assert_eq!(parse_file_name(&name), Some(expected));
        for wrong in [
            String::new(),
            ".png".to_owned(),
            "0f".repeat(32),
            format!("{}.png", "0F".repeat(32)),
            format!("{}.png", "0f".repeat(31)),
            format!("{}.png", "0f".repeat(33)),
            format!("{}.png.png", "0f".repeat(32)),
            format!("{}.jpg", "0f".repeat(32)),
            format!("{}+f.png", "0f".repeat(31)),
            format!("{}é.png", "0f".repeat(31)),
        ] {
            assert_eq!(parse_file_name(&wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn subjects_have_segments() {
        assert_eq!(Subject::from_segment("chair"), Some(Subject::Chair));
        assert_eq!(Subject::from_segment("estate"), Some(Subject::Estate));
        assert_eq!(Subject::from_segment("Chair"), None);
        assert_eq!(Subject::from_segment(""), None);
    }
}
