//! Thumbnails that are drawn instead of shipped.
//!
//! The data names a picture `/images/<subject>/<64 hex digits>.png`; no such file exists. This
//! module turns the 256-bit name into a chair or a building: the same name gives the same picture
//! on every machine. It owns the drawing, the PNG and a bounded cache. It must not know HTTP,
//! the database or the files of the app.
//!
//! # Layout
//! - [`parse_file_name`], [`render`]: name to hash, hash to PNG
//! - [`Look`]: what else of a chair is to be seen
//! - [`ThumbnailCache`]: the last pictures, ready to send
//! - `choices`: the decisions that are read out of a hash
//! - `palette`: colours and how they mix
//! - `canvas`: antialiased shapes and the PNG encoding
//! - `chair`, `estate`: what is drawn

mod cache;
mod canvas;
mod chair;
mod choices;
mod estate;
mod look;
mod palette;

pub use cache::{CACHED_PICTURES, ThumbnailCache};
pub use look::Look;

use canvas::Canvas;
use choices::Choices;

/// Width and height of every thumbnail, in pixels.
pub const THUMBNAIL_SIZE: u16 = canvas::SIZE;

/// Hex digits in a picture's name: 256 bits.
const NAME_DIGITS: usize = 64;

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
    let digits = name.strip_suffix(".png")?.as_bytes();
    if digits.len() != NAME_DIGITS {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(hash)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Draws the picture of `subject` that `hash` stands for, as the bytes of a PNG file. A chair is of
/// the `look` that is given, or of one that the hash chooses; estates have none.
///
/// The pixels depend on nothing but the arguments. The bytes around them also depend on the
/// deflate implementation, which is fixed by `Cargo.lock`.
///
/// # Errors
/// Those of the PNG encoder; writing to memory gives it no reason for one.
pub fn render(
    subject: Subject,
    hash: &[u8; 32],
    look: Option<Look>,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut choices = Choices::from_hash(hash);
    let mut canvas = Canvas::new();
    match subject {
        Subject::Chair => chair::draw(&mut canvas, &mut choices, look),
        Subject::Estate => estate::draw(&mut canvas, &mut choices),
    }
    canvas.encode()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn decode(picture: &[u8]) -> (u32, u32, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(frame.buffer_size());
        (frame.width, frame.height, pixels)
    }

    fn fnv1a(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
            (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

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

    /// The digests pin the drawing: a change of theirs changes pictures that clients have cached.
    #[test]
    fn pictures_never_change() {
        let hash = [0x5a; 32];
        for (subject, digest) in [
            (Subject::Chair, 0x776a_363e_bc09_0e7d),
            (Subject::Estate, 0xd913_48de_66c5_7a40),
        ] {
            let picture = render(subject, &hash, None).unwrap();
            assert_eq!(picture, render(subject, &hash, None).unwrap());
            let (width, height, pixels) = decode(&picture);
            assert_eq!((width, height), (192, 192));
            assert_eq!(pixels.len(), 192 * 192 * 3);
            assert_eq!(fnv1a(&pixels), digest, "{subject:?}: {:#x}", fnv1a(&pixels));
        }
    }

    #[test]
    fn every_byte_of_the_hash_counts() {
        for subject in [Subject::Chair, Subject::Estate] {
            let mut pictures = HashSet::from([render(subject, &[0; 32], None).unwrap()]);
            for index in 0..32 {
                let mut hash = [0; 32];
                hash[index] = 1;
                pictures.insert(render(subject, &hash, None).unwrap());
            }
            assert_eq!(pictures.len(), 33, "{subject:?}");
        }
    }

    #[test]
    fn a_look_gives_a_chair_its_kind_colour_and_proportions() {
        let hash = [0x5a; 32];
        let mut pictures = HashSet::from([render(Subject::Chair, &hash, None).unwrap()]);
        for look in [
            "floor-red-even",
            "floor-red-wide",
            "floor-navy-even",
            "hanging-red-even",
        ] {
            let look = Look::parse(look).unwrap();
            let picture = render(Subject::Chair, &hash, Some(look)).unwrap();
            assert!(picture.len() < 8 * 1024, "{look}: {} bytes", picture.len());
            pictures.insert(picture);
        }
        assert_eq!(pictures.len(), 5);
        // What is drawn in the colour is large.
        let pixels = |look: &str, is_it: fn(&[u8]) -> bool| {
            let picture = render(Subject::Chair, &hash, Look::parse(look)).unwrap();
            let (_, _, pixels) = decode(&picture);
            pixels.chunks(3).filter(|pixel| is_it(pixel)).count()
        };
        let is_red = |pixel: &[u8]| pixel[0] / 2 > pixel[1].max(pixel[2]);
        let is_blue = |pixel: &[u8]| pixel[2] / 2 > pixel[0];
        let (red, blue) = ("floor-red-even", "floor-blue-even");
        assert!(pixels(red, is_red) > pixels(blue, is_red) + 1_000);
        assert!(pixels(blue, is_blue) > pixels(red, is_blue) + 1_000);
    }

    #[test]
    fn pictures_are_small() {
        for subject in [Subject::Chair, Subject::Estate] {
            for index in 0..64 {
                let size = render(subject, &[index; 32], None).unwrap().len();
                assert!(size < 8 * 1024, "{subject:?} {index}: {size} bytes");
            }
        }
    }
}
