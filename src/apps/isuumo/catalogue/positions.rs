//! The position of each id in a list: a table where ids lie close together, which they do unless
//! somebody chose them otherwise, and a sorted list where they do not.

/// No position.
const NONE: u32 = u32::MAX;

/// Ids lie close together when the table has so many places for each of them at most.
const SPARSEST: usize = 4;

/// Positions by id.
#[derive(Debug)]
pub(super) enum Positions {
    /// The position of each id from the first on.
    Table { first: i64, positions: Vec<u32> },
    /// Ids with their positions, by id.
    Sorted(Vec<(i32, u32)>),
}

impl Positions {
    /// Of ids in the order of their positions; no id comes twice.
    pub(super) fn of(ids: &(impl Iterator<Item = i32> + Clone)) -> Self {
        let numbered = || ids.clone().zip(0_u32..);
        let (Some(least), Some(most)) = (ids.clone().min(), ids.clone().max()) else {
            return Self::Sorted(Vec::new());
        };
        let (first, last) = (i64::from(least), i64::from(most));
        let places = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        if places / SPARSEST > ids.clone().count() {
            let mut sorted: Vec<_> = numbered().collect();
            sorted.sort_unstable();
            return Self::Sorted(sorted);
        }
        let mut positions = vec![NONE; places];
        for (id, position) in numbered() {
            positions[id.abs_diff(least) as usize] = position;
        }
        Self::Table { first, positions }
    }

    /// Where the row with this id is.
    pub(super) fn get(&self, id: i64) -> Option<usize> {
        let position = match self {
            Self::Table { first, positions } => {
                let index = usize::try_from(id.checked_sub(*first)?).ok()?;
                *positions.get(index)?
            }
            Self::Sorted(sorted) => {
                let found = sorted.binary_search_by_key(&id, |&(id, _)| i64::from(id));
                sorted[found.ok()?].1
            }
        };
        (position != NONE).then_some(position as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_close_together_and_far_apart() {
        let close = vec![7, 3, 5, -2];
        let far = vec![7, i32::MAX, -40, i32::MIN];
        for (ids, is_table) in [
            (close, true),
            (far, false),
            (vec![], false),
            (vec![9], true),
        ] {
            let positions = Positions::of(&ids.iter().copied());
            assert_eq!(matches!(positions, Positions::Table { .. }), is_table);
            for (position, &id) in ids.iter().enumerate() {
                assert_eq!(positions.get(id.into()), Some(position), "{id} of {ids:?}");
            }
            for absent in [0, 4, -3, 8, 10, i64::MIN, i64::MAX, 1 << 40] {
                assert_eq!(positions.get(absent), None, "{absent} of {ids:?}");
            }
        }
    }
}
