//! What a viewer likes and whom they follow is right in every answer, whether it is looked up for each article or
//! all of it is known, which comes with the second answer of a revision; and it is nobody else's.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::conduit::site::Actor;
use crate::support::harness::Site;

const AUTHORS: [&str; 2] = ["ann", "bob"];
const ARTICLES: usize = 24;

fn slug(number: usize) -> String {
    format!("article-{number}")
}

/// What an answer says of an article: its slug, whether the viewer likes it, and whether they follow its author.
fn regard(article: &Value) -> (String, bool, bool) {
    let slug = article["slug"].as_str().unwrap().to_owned();
    let following = article["author"]["following"].as_bool().unwrap();
    (slug, article["favorited"].as_bool().unwrap(), following)
}

/// What somebody likes and whom they follow, as this test knows it.
#[derive(Default)]
struct ExpectedLinks {
    liked: BTreeSet<usize>,
    followed: BTreeSet<usize>,
}

impl ExpectedLinks {
    fn of(&self, number: usize) -> (String, bool, bool) {
        let follows = self.followed.contains(&(number % AUTHORS.len()));
        (slug(number), self.liked.contains(&number), follows)
    }

    /// Each article is asked for once, and pages that show all of them, the newest first.
    async fn assert_shown_to(&self, viewer: &Actor<'_>) {
        for number in 0..ARTICLES {
            let path = format!("/api/articles/{}", slug(number));
            let article = viewer.get(&path).await.is(200).value();
            assert_eq!(regard(&article["article"]), self.of(number));
        }
        for path in [
            "/api/articles?limit=100",
            "/api/articles?limit=99&tag=x",
            "/api/articles/feed?limit=98",
        ] {
            let list = viewer.get(path).await.is(200).value();
            let shown = list["articles"].as_array().unwrap().iter().map(regard);
            let is_feed = path.contains("feed");
            let known = (0..ARTICLES).rev().map(|number| self.of(number));
            let expected = known.filter(|(_, _, follows)| *follows || !is_feed);
            assert!(shown.eq(expected), "{path}: {list}");
        }
    }
}

#[tokio::test]
async fn a_viewer_is_shown_their_own_links_however_often_they_ask() {
    let site = Site::of_blog();
    let authors = [site.user(AUTHORS[0]).await, site.user(AUTHORS[1]).await];
    for number in 0..ARTICLES {
        let title = format!("Article {number}");
        authors[number % AUTHORS.len()].writes(&title, &["x"]).await;
    }
    let (cy, dan) = (site.user("cy").await, site.user("dan").await);
    let mut of_cy = ExpectedLinks::default();
    let of_dan = ExpectedLinks {
        liked: BTreeSet::from([1]),
        followed: BTreeSet::from([0]),
    };
    dan.likes(&slug(1)).await;
    dan.follows(AUTHORS[0]).await;
    of_cy.assert_shown_to(&cy).await;
    // More than is looked up for one article, so that both ways are gone.
    for number in (0..ARTICLES).filter(|number| number % 4 != 1) {
        cy.likes(&slug(number)).await;
        of_cy.liked.insert(number);
    }
    cy.follows(AUTHORS[1]).await;
    of_cy.followed.insert(1);
    for _ in 0..2 {
        of_cy.assert_shown_to(&cy).await;
        of_dan.assert_shown_to(&dan).await;
        ExpectedLinks::default().assert_shown_to(&authors[0]).await;
    }
    // What is known ends with each write: one's own, and another's.
    cy.unlikes(&slug(0)).await;
    of_cy.liked.remove(&0);
    of_cy.assert_shown_to(&cy).await;
    cy.unfollows(AUTHORS[1]).await;
    of_cy.followed.remove(&1);
    of_cy.assert_shown_to(&cy).await;
    authors[0].likes(&slug(5)).await;
    of_cy.assert_shown_to(&cy).await;
    of_dan.assert_shown_to(&dan).await;
}
