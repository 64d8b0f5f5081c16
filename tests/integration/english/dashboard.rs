//! The dashboard: counts and percentages, the best and the worst sentences, and the chart of the last days.

use crate::english::site::Grade;
use crate::support::browser::{Browser, tags};
use crate::support::harness::Site;

/// Three sentences.
const THREE: &str = "no,jp,en,voice_data\n1,一,one,\n2,二,two,\n3,三,three,\n";

/// Count, all and percent of the block with this title.
async fn block(browser: &Browser<'_>, title: &str) -> [String; 3] {
    let page = browser.page("/dashboard/index").await;
    let block = page.split(&format!(">{title}</h2>")).nth(1);
    let block = block.unwrap_or_else(|| panic!("no {title}: {page}"));
    let body = block.split("<tbody>").nth(1).unwrap();
    let mut cells = body.split("<td class=\"number\">").skip(1);
    [(); 3].map(|()| cells.next().unwrap().split('<').next().unwrap().to_owned())
}

const TRIED: &str = "all try index";
const ALL: &str = "achievement index of Score";
const WRITTEN: &str = "achievement index of ScoreEngWritten";
const NOT_WRITTEN: &str = "achievement index of ScoreEngNotWritten";

/// Advice 6, 7 and 8: known is what has 1 at least; what is known both ways counts twice among all; percent are
/// cut off after two digits.
#[tokio::test]
async fn four_blocks_count_and_cut_off_their_percentages() {
    let site = Site::of_drill_over(&[("sentences.csv", THREE)]);
    let ann = site.learner("ann").await;
    for title in [TRIED, ALL, WRITTEN, NOT_WRITTEN] {
        assert_eq!(block(&ann, title).await, ["0", "3", "0.0"], "{title}");
    }
    // A single pass of either kind is enough, a single failure is an attempt.
    ann.grades(1, Grade::WrittenRight).await;
    ann.grades(2, Grade::SaidWrong).await;
    assert_eq!(block(&ann, TRIED).await, ["2", "3", "66.66"]);
    assert_eq!(block(&ann, ALL).await, ["1", "3", "33.33"]);
    assert_eq!(block(&ann, WRITTEN).await, ["1", "3", "33.33"]);
    assert_eq!(block(&ann, NOT_WRITTEN).await, ["0", "3", "0.0"]);
    for id in [1, 2, 2, 3] {
        ann.grades(id, Grade::SaidRight).await;
    }
    for id in [2, 3] {
        ann.grades(id, Grade::WrittenRight).await;
    }
    assert_eq!(block(&ann, TRIED).await, ["3", "3", "100.0"]);
    assert_eq!(block(&ann, WRITTEN).await, ["3", "3", "100.0"]);
    assert_eq!(block(&ann, NOT_WRITTEN).await, ["3", "3", "100.0"]);
    assert_eq!(block(&ann, ALL).await, ["6", "3", "200.0"]);
    // A written success does not make up for what was said wrong: each kind has a sum of its own.
    ann.grades(1, Grade::SaidWrong).await;
    assert_eq!(block(&ann, NOT_WRITTEN).await, ["2", "3", "66.66"]);
    let bob = site.learner("bob").await;
    assert_eq!(block(&bob, TRIED).await, ["0", "3", "0.0"]);
}

/// The ids of the sentences of a table.
fn listed(page: &str, heading: &str) -> Vec<i64> {
    let table = page.split(&format!("id=\"{heading}\"")).nth(1).unwrap();
    let table = table.split("</table>").next().unwrap();
    let links = tags(table).filter_map(|tag| tag.split_once("href=\"/sentences/"));
    links
        .map(|(_, rest)| rest.split('"').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn the_best_and_the_worst_five_are_listed() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (id, grade) in [
        (7, Grade::WrittenRight),
        (4, Grade::SaidRight),
        (2, Grade::SaidWrong),
        (5, Grade::WrittenWrong),
    ] {
        ann.grades(id, grade).await;
    }
    // In whatever order she walks herself.
    for _ in 0..3 {
        let page = ann.page("/dashboard/index").await;
        assert_eq!(listed(&page, "best"), [7, 4, 1, 3, 6]);
        assert_eq!(listed(&page, "worst"), [5, 2, 1, 3, 6]);
        ann.toggles_mode().await;
    }
}

#[tokio::test]
async fn the_chart_says_in_words_and_in_a_table_what_it_draws() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let page = ann.page("/dashboard/index").await;
    assert!(page.contains("In the last 60 days: 0 gradings, 0 of them right, 0 points."));
    assert!(!page.contains("<svg"));
    ann.grades(1, Grade::WrittenRight).await;
    ann.grades(2, Grade::SaidWrong).await;
    let page = ann.page("/dashboard/index").await;
    assert!(page.contains("In the last 60 days: 2 gradings, 1 of them right, 1 points."));
    let chart = page
        .split("<svg")
        .nth(1)
        .unwrap()
        .split("</svg>")
        .next()
        .unwrap();
    assert!(chart.contains("role=\"img\"") && !chart.contains("style="));
    assert_eq!(chart.matches("<rect").count(), 2);
    let table = page.split("</svg>").nth(1).unwrap();
    let row = "<td class=\"number\">2</td><td class=\"number\">1</td><td class=\"number\">1</td>";
    assert!(table.contains(row), "{table}");
}
