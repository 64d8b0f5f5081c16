//! Accounts that are deleted, with all that was graded.

use std::path::Path;

use axum::http::Method;
use ekiben::store::StoreError;
use serde_json::Value;

use crate::english::site::{PASSWORD, options};
use crate::support::browser::unescaped;
use crate::support::harness::Site;
use crate::support::patience::Patience;

impl Site {
    /// Has a user grade many times.
    async fn graded(&self, user: i64, gradings: i64) {
        let sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2) \
            INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
            SELECT n % 2, iif(n % 2, 2, -2), 1 + n % 7, ?1, 'ScoreEngWritten', \
                   '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM n";
        let job = move |connection: &rusqlite::Connection| {
            Ok::<_, StoreError>(connection.execute(sql, (user, gradings))?)
        };
        self.store.write(job).await.unwrap();
    }

    /// How many rows there are of a user, in all tables.
    fn rows_of(&self, user: i64) -> i64 {
        let sql = "SELECT (SELECT count(*) FROM users WHERE id = ?1) \
            + (SELECT count(*) FROM scores WHERE user_id = ?1) \
            + (SELECT count(*) FROM progress WHERE user_id = ?1) \
            + (SELECT count(*) FROM user_total WHERE user_id = ?1) \
            + (SELECT count(*) FROM user_day WHERE user_id = ?1)";
        let count = self.store.read(|connection| {
            Ok::<_, StoreError>(connection.query_row(sql, [user], |row| row.get(0))?)
        });
        count.unwrap()
    }

    async fn until_gone(&self, user: i64) {
        let patience = Patience::for_("the end of an account");
        while patience.waits_while(self.rows_of(user) > 0) {
            tokio::task::yield_now().await;
        }
    }
}

/// Advice 26: deleting an account deletes its gradings.
#[tokio::test]
async fn an_account_goes_with_its_gradings_and_no_others() {
    let site = Site::of_drill();
    let (ann, bob) = (site.learner("ann").await, site.learner("bob").await);
    let elsewhere = site.browser();
    elsewhere.signs_in("ann", PASSWORD, true).await.is(302);
    let id = |name: &str| site.user_id(&format!("{name}@example.com")).unwrap();
    let (hers, his) = (id("ann"), id("bob"));
    site.graded(hers, 20).await;
    site.graded(his, 20).await;
    let others = site.rows_of(his);
    let page = ann.page("/users/edit").await;
    let answer = ann.submit_as("delete", &page, "/users", &[]).await;
    assert_eq!(answer.is(302).header("location"), "/");
    assert_eq!(ann.cookie("english_session"), None);
    let bye = "Bye! Your account has been successfully cancelled. We hope to see you again soon.";
    assert!(unescaped(&ann.page("/").await).contains(bye));
    assert!(!ann.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert!(bob.is_signed_in().await);
    assert_eq!(site.rows_of(hers), 0);
    assert_eq!(site.rows_of(his), others);
    ann.signs_in("ann", PASSWORD, false).await.is(200);
    // The address is free, and its next account begins anew.
    ann.signs_up("ann").await.is(302);
    assert_ne!(id("ann"), hers);
    let gone = ann.json(Method::DELETE, "/users.json", &Value::Null).await;
    gone.is_bare(204);
    assert!(!ann.is_signed_in().await);
}

#[tokio::test]
async fn a_long_history_goes_in_pieces_and_its_account_at_once() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let id = site.user_id("ann@example.com").unwrap();
    site.graded(id, 3_000).await;
    ann.json(Method::DELETE, "/users", &Value::Null)
        .await
        .is(204);
    assert_eq!(site.user_id("ann@example.com"), None);
    ann.signs_in("ann", PASSWORD, false).await.is(200);
    ann.signs_up("ann").await.is(302);
    assert!(ann.is_signed_in().await);
    site.until_gone(id).await;
}

#[tokio::test]
async fn what_was_left_of_an_account_goes_after_the_next_start() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let id = site.user_id("ann@example.com").unwrap();
    site.graded(id, 1_200).await;
    // As the first of its pieces leaves it.
    let job = move |connection: &rusqlite::Connection| {
        let sql = "UPDATE users SET email = 'deleted account ' || id, encrypted_password = '' WHERE id = ?1";
        Ok::<_, StoreError>(connection.execute(sql, [id])?)
    };
    site.store.write(job).await.unwrap();
    let folder = site.close();
    let site = Site::open(folder, Path::new("english.sqlite"), &options());
    site.until_gone(id).await;
}
