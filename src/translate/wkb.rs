//! Shapes that are written as bytes (WKB), read as a server does: each part in its own byte order, and stored with the
//! lowest byte first.
//!
//! What no server reads is none. It must not know reference systems, or how the bytes are written in a dump.

const POINT: usize = 2 * size_of::<f64>();

/// The shape that `bytes` are; nothing where they are none, or more than one.
pub(super) fn shape(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut wkb = Wkb {
        rest: bytes,
        out: Vec::with_capacity(bytes.len()),
        is_big: false,
    };
    wkb.shape(None, 0)?;
    wkb.rest.is_empty().then_some(wkb.out)
}

struct Wkb<'w> {
    rest: &'w [u8],
    out: Vec<u8>,
    /// The highest byte of a number comes first.
    is_big: bool,
}

impl Wkb<'_> {
    /// A shape with its head, of the kind `wanted`.
    fn shape(&mut self, wanted: Option<u32>, depth: usize) -> Option<()> {
        if depth > super::DEEPEST {
            return None;
        }
        let order = *self.rest.split_off_first()?;
        self.is_big = match order {
            0 => true,
            1 => false,
            _ => return None,
        };
        self.out.push(1);
        let kind = self.number()?;
        if wanted.is_some_and(|wanted| wanted != kind) {
            return None;
        }
        match kind {
            1 => self.point(),
            2 => self.parts(Self::point),
            3 => self.parts(Self::ring),
            // Those of points, lines and areas.
            4..=6 => self.parts(|wkb| wkb.shape(Some(kind - 3), depth + 1)),
            // It alone may have none.
            7 if self.rest.starts_with(&[0; 4]) => self.number().map(drop),
            7 => self.parts(|wkb| wkb.shape(None, depth + 1)),
            _ => None,
        }
    }

    /// A number of parts, and these.
    fn parts(&mut self, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let count = self.number().filter(|&count| count > 0)?;
        // A part of another order may stand in between.
        let is_big = self.is_big;
        for _ in 0..count {
            part(self)?;
            self.is_big = is_big;
        }
        Some(())
    }

    /// Points of which the last is the first.
    fn ring(&mut self) -> Option<()> {
        let start = self.out.len() + size_of::<u32>();
        self.parts(Self::point)?;
        let first = self.out.get(start..start + POINT)?;
        self.out.ends_with(first).then_some(())
    }

    fn point(&mut self) -> Option<()> {
        for _ in 0..2 {
            let bytes = self.take::<{ size_of::<f64>() }>()?;
            self.out.extend(bytes);
        }
        Some(())
    }

    fn number(&mut self) -> Option<u32> {
        let bytes = self.take::<{ size_of::<u32>() }>()?;
        self.out.extend(bytes);
        Some(u32::from_le_bytes(bytes))
    }

    /// The next bytes, the lowest first.
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (mut bytes, rest): ([u8; N], _) = {
            let (bytes, rest) = self.rest.split_first_chunk::<N>()?;
            (*bytes, rest)
        };
        self.rest = rest;
        if self.is_big {
            bytes.reverse();
        }
        Some(bytes)
    }
}
