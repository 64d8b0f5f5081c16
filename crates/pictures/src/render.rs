//! From a name to the bytes of a PNG file.
//!
//! It owns the order of the steps: decisions out of the hash, shapes onto a canvas, pixels into a file. It
//! must not know what a subject looks like, nor what becomes of a picture.

use crate::canvas::{self, Canvas};
use crate::choices::SeededRng;
use crate::look::Look;
use crate::name::Subject;
use crate::{chair, estate};

/// Width and height of every picture, in pixels.
pub const PICTURE_SIZE: u16 = canvas::SIZE;

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
    let mut choices = SeededRng::from_hash(hash);
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
