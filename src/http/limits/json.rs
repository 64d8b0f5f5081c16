//! Which JSON bodies take long to read, found without reading them.
//!
//! Of a mebibyte of text, a number costs a few milliseconds and the same length of empty objects 170: what
//! counts is how many objects and lists there are. It must not know what a body means.

/// Bytes that are read within a millisecond or so, whatever they hold beside objects and lists.
const BYTES: usize = 64 * 1024;

/// Objects and lists that are read in a millisecond; a polygon of 1,000 vertices has 1,002.
const CONTAINERS: usize = 1_200;

/// Whether reading `body` as JSON belongs into the [pool](super::work::WorkPool).
#[must_use]
pub fn json_takes_long(body: &[u8]) -> bool {
    body.len() > BYTES
        || body.len() > CONTAINERS && memchr::memchr2_iter(b'{', b'[', body).count() > CONTAINERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_containers_count() {
        let vertex = r#"{"latitude":35.123456789,"longitude":139.123456789},"#;
        let polygon = |vertices| format!("{{\"coordinates\":[{}0]}}", vertex.repeat(vertices));
        assert!(!json_takes_long(b""));
        assert!(!json_takes_long(polygon(1_000).as_bytes()));
        assert!(json_takes_long(polygon(1_200).as_bytes()));
        assert!(!json_takes_long("[".repeat(CONTAINERS).as_bytes()));
        assert!(json_takes_long("[".repeat(CONTAINERS + 1).as_bytes()));
        assert!(json_takes_long(" ".repeat(BYTES + 1).as_bytes()));
    }
}
