//! `/dashboard/index`: where a learner stands.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use super::chart::Chart;
use super::frame::PageFrame;
use super::kept::PageView;
use super::sentence_list::SentenceRow;
use crate::apps::english::dashboard::{Dashboard, Share};
use crate::apps::english::learner::Learner;
use crate::apps::english::{DrillState, Result};
use crate::web::texts::fill;

/// The dashboard ends with the day, in UTC.
const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// A block of counts.
struct ShareBlock {
    /// An id of the page.
    id: &'static str,
    title: String,
    what: &'static str,
    share: Share,
}

#[derive(Template)]
#[template(path = "english/dashboard.html")]
struct DashboardPage<'p> {
    frame: &'p PageFrame,
    shares: Vec<ShareBlock>,
    best: Vec<SentenceRow>,
    worst: Vec<SentenceRow>,
    chart: Chart,
}

pub(super) async fn index(
    State(drill): State<DrillState>,
    Learner(learner): Learner,
    frame: PageFrame,
) -> Result<Response> {
    let now = Timestamp::now();
    let today = now.as_second().div_euclid(SECONDS_OF_A_DAY);
    let view = PageView::of(&drill, &frame, &learner).on(today);
    if let Some(kept) = view.kept() {
        return kept;
    }
    let board = drill
        .store
        .read(|connection| -> Result<_> { Ok(Dashboard::read(connection, learner.id, now)?) })?;
    let t = &frame.t.dashboard;
    let mut shares = vec![ShareBlock {
        id: "tried",
        title: t.all_try.clone(),
        what: &t.tried,
        share: board.tried,
    }];
    shares.extend(board.known.iter().map(|(kind, share)| ShareBlock {
        id: kind.key(),
        title: fill(&t.achievement, &[("class", kind.class())]),
        what: &t.known,
        share: *share,
    }));
    let rows = |rows: &[_]| {
        rows.iter()
            .map(|row| SentenceRow::of(&frame, row))
            .collect()
    };
    let template = DashboardPage {
        frame: &frame,
        shares,
        best: rows(&board.best),
        worst: rows(&board.worst),
        chart: Chart::of(&frame, &board.days),
    };
    view.made(&template)
}
