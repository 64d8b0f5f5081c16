//! The three kinds of gradings, which are one thing in the file: plain ones, which count nothing, and those of
//! sentences that a learner has written down, or only said.

use super::pages::notices::{self, Notice};

/// A kind of gradings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any of them; a new one is plain.
    Any,
    Written,
    NotWritten,
}

impl Kind {
    /// That of a row by its type.
    pub(super) fn of(stored: Option<&str>) -> Self {
        [Self::Written, Self::NotWritten]
            .into_iter()
            .find(|kind| kind.stored() == stored)
            .unwrap_or(Self::Any)
    }

    /// The type of its rows; plain ones have none, as the original stores them.
    pub(super) fn stored(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Written => Some("ScoreEngWritten"),
            Self::NotWritten => Some("ScoreEngNotWritten"),
        }
    }

    /// What the original calls it.
    pub(super) fn class(self) -> &'static str {
        self.stored().unwrap_or("Score")
    }

    /// What the original calls one to people.
    pub(super) fn model(self) -> &'static str {
        match self {
            Self::Any => "Score",
            Self::Written => "Score eng written",
            Self::NotWritten => "Score eng not written",
        }
    }

    /// Where they are.
    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::Any => "/scores",
            Self::Written => "/score_eng_writtens",
            Self::NotWritten => "/score_eng_not_writtens",
        }
    }

    /// The key of their parameters.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Any => "score",
            Self::Written => "score_eng_written",
            Self::NotWritten => "score_eng_not_written",
        }
    }

    /// What a new one counts.
    pub(super) fn val(self, passed: Option<bool>) -> Option<i64> {
        let points = match self {
            Self::Any => return None,
            Self::Written => 2,
            Self::NotWritten => 1,
        };
        Some(if passed == Some(true) {
            points
        } else {
            -points
        })
    }

    /// What is said of a sentence that is not there. The original's two kinds say it twice.
    pub(super) fn times_said(self) -> usize {
        match self {
            Self::Any => 1,
            Self::Written | Self::NotWritten => 2,
        }
    }

    pub(super) fn created(self) -> &'static Notice {
        match self {
            Self::Any => &notices::SCORE_CREATED,
            Self::Written => &notices::WRITTEN_CREATED,
            Self::NotWritten => &notices::NOT_WRITTEN_CREATED,
        }
    }

    pub(super) fn updated(self) -> &'static Notice {
        match self {
            Self::Any => &notices::SCORE_UPDATED,
            Self::Written => &notices::WRITTEN_UPDATED,
            Self::NotWritten => &notices::NOT_WRITTEN_UPDATED,
        }
    }

    pub(super) fn destroyed(self) -> &'static Notice {
        match self {
            Self::Any => &notices::SCORE_DESTROYED,
            Self::Written => &notices::WRITTEN_DESTROYED,
            Self::NotWritten => &notices::NOT_WRITTEN_DESTROYED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_counts_twice_and_no_answer_is_a_wrong_one() {
        let vals = |kind: Kind| [Some(true), Some(false), None].map(|passed| kind.val(passed));
        assert_eq!(vals(Kind::Written), [Some(2), Some(-2), Some(-2)]);
        assert_eq!(vals(Kind::NotWritten), [Some(1), Some(-1), Some(-1)]);
        assert_eq!(vals(Kind::Any), [None; 3]);
    }

    #[test]
    fn kinds_are_known_by_their_types() {
        for kind in [Kind::Any, Kind::Written, Kind::NotWritten] {
            assert_eq!(Kind::of(kind.stored()), kind);
        }
        assert_eq!(Kind::of(Some("Score")), Kind::Any);
        assert_eq!(Kind::of(Some("ScoreOfAnotherVersion")), Kind::Any);
    }
}
