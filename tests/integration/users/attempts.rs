//! How many attempts there are: who is refused, for how long, and what a refusal tells.

use std::sync::mpsc::channel;

use crate::service::metrics::value;
use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site, poll_once};
use crate::users::members::{club, options};

const HERE: (&str, &str) = ("203.0.113.1", "");
const THERE: (&str, &str) = ("203.0.113.2", "");

fn limited(account: u32, client: u32, registrations: u32) -> Options {
    let mut options = options();
    let auth = &mut options.config.auth;
    auth.account_failures = account;
    auth.client_failures = client;
    auth.client_registrations = registrations;
    // So long that nothing comes back while a test runs.
    auth.window_minutes = 600;
    options
}

async fn count(site: &Site, name: &str, outcome: &str) -> f64 {
    let labels = format!("ekiben_auth_{name}_total{{app=\"people\",outcome=\"{outcome}\"}}");
    value(&site.metrics().await, &labels)
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_are_told_apart_by_nothing() {
    let site = club(&limited(3, 0, 0));
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let work = || site.site.work().figures().seconds;
    let mut answers = Vec::new();
    for name in ["alice", "nobody"] {
        for attempt in 0..5 {
            let before = format!("{:?}", work());
            let answer = site.credentials("/sign-in", name, "wrong horse").await;
            // A hash was computed, or none for either.
            let computed = before != format!("{:?}", work());
            assert_eq!(computed, attempt < 3, "{name} {attempt}");
            answers.push((answer.status, answer.body.clone(), answer.headers.len()));
        }
    }
    let (of_alice, of_nobody) = answers.split_at(5);
    assert_eq!(of_alice, of_nobody);
    assert_eq!(of_alice[0].0, 401);
    assert_eq!(of_alice[3].0, 429);
}

#[tokio::test]
async fn too_many_failures_of_an_account_keep_out_everybody_for_a_time() {
    let site = club(&limited(3, 0, 0));
    for name in ["alice", "bob"] {
        site.credentials("/members", name, "correct horse")
            .await
            .is(201);
    }
    let from = async |place, name, password| {
        site.credentials_from(place, "/sign-in", (name, password))
            .await
    };
    for place in [HERE, THERE, HERE] {
        from(place, "alice", "wrong horse").await.is(401);
    }
    for password in ["wrong horse", "correct horse"] {
        let refused = from(THERE, "alice", password).await;
        // A third of ten hours, less what the test took.
        let seconds: u32 = refused.is(429).header("retry-after").parse().unwrap();
        assert!((11_900..=12_000).contains(&seconds), "{seconds}");
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert_eq!(refused.header("cache-control"), "no-store");
        assert_eq!(refused.header("set-cookie"), "");
    }
    from(HERE, "bob", "correct horse").await.is(200);
    assert_eq!(count(&site, "sign_ins", "refused").await, 3.0);
    assert_eq!(count(&site, "sign_ins", "throttled").await, 2.0);
    assert_eq!(count(&site, "sign_ins", "accepted").await, 1.0);
}

#[tokio::test]
async fn who_knows_the_password_is_never_kept_out() {
    let site = club(&limited(3, 3, 0));
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    for _ in 0..5 {
        for _ in 0..2 {
            let wrong = site.credentials_from(THERE, "/sign-in", ("alice", "wrong horse"));
            let status = wrong.await.status;
            assert!(status == 401 || status == 429);
        }
        site.credentials_from(HERE, "/sign-in", ("alice", "correct horse"))
            .await
            .is(200);
    }
}

#[tokio::test]
async fn too_many_failures_of_a_client_at_many_accounts_stop_it() {
    let site = club(&limited(0, 4, 0));
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    for name in ["a", "b", "c", "d"] {
        site.credentials_from(HERE, "/sign-in", (name, "password1"))
            .await
            .is(401);
    }
    site.credentials_from(HERE, "/sign-in", ("alice", "correct horse"))
        .await
        .is(429);
    site.credentials_from(THERE, "/sign-in", ("alice", "correct horse"))
        .await
        .is(200);
    // What it says of itself counts for nothing.
    let disguised = ("203.0.113.1", "198.51.100.7");
    site.credentials_from(disguised, "/sign-in", ("alice", "correct horse"))
        .await
        .is(429);
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_clients_are_counted_each() {
    let mut options = limited(0, 2, 0);
    options.config.http.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    let site = club(&options);
    for _ in 0..2 {
        site.credentials_from(("10.0.0.1", "198.51.100.1"), "/sign-in", ("a", "password1"))
            .await
            .is(401);
    }
    for (client, status) in [("198.51.100.1", 429), ("198.51.100.2", 401)] {
        site.credentials_from(("10.0.0.9", client), "/sign-in", ("a", "password1"))
            .await
            .is(status);
    }
}

#[tokio::test]
async fn a_client_makes_so_many_accounts() {
    let site = club(&limited(0, 0, 3));
    for name in ["a", "b", "c"] {
        site.credentials_from(HERE, "/members", (name, "correct horse"))
            .await
            .is(201);
    }
    let refused = site
        .credentials_from(HERE, "/members", ("d", "correct horse"))
        .await;
    assert!(!refused.is(429).header("retry-after").is_empty());
    site.credentials_from(THERE, "/members", ("d", "correct horse"))
        .await
        .is(201);
    // Signing in is another matter.
    site.credentials_from(HERE, "/sign-in", ("a", "correct horse"))
        .await
        .is(200);
    assert_eq!(count(&site, "registrations", "accepted").await, 4.0);
    assert_eq!(count(&site, "registrations", "throttled").await, 1.0);
}

#[tokio::test]
async fn when_no_more_can_be_hashed_sign_ins_are_refused_and_nothing_else() {
    let mut options = limited(1, 1, 0);
    options.config.limits.work_threads = 1;
    options.config.limits.work_queue = 1;
    let site = club(&options);
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let token = site
        .credentials("/sign-in", "alice", "correct horse")
        .await
        .token();
    let (hold, held) = channel::<()>();
    let work = site.site.work().clone();
    let mut runs = std::pin::pin!(work.run(move || {
        let _ended = held.recv();
    }));
    assert!(poll_once(runs.as_mut()).await.is_none());
    let mut waits = Box::pin(site.credentials("/sign-in", "alice", "correct horse"));
    assert!(poll_once(waits.as_mut()).await.is_none());
    for path in ["/sign-in", "/sign-in", "/members"] {
        let refused = site.credentials(path, "carol", "correct horse").await;
        assert_eq!(refused.is(503).header("retry-after"), "1");
    }
    site.me(&token).await.is(200);
    site.get("/plain").await.is(200);
    site.get("/livez").await.is(200);
    drop(hold);
    runs.await.unwrap();
    waits.await.is(200);
    // What was not tried is no failure: one is what there is.
    site.credentials("/sign-in", "alice", "wrong horse")
        .await
        .is(401);
    assert_eq!(count(&site, "sign_ins", "overloaded").await, 2.0);
    assert_eq!(count(&site, "registrations", "overloaded").await, 1.0);
}

/// Telling costs each request something, so a server does it where somebody wants to know.
#[tokio::test]
async fn a_server_tells_addresses_where_an_app_counts_clients() {
    assert!(club(&options()).site.counts_clients());
    assert!(!Site::new(&Dataset::tiny()).site.counts_clients());
}
