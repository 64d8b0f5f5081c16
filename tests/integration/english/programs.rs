//! Programs, which have no page to take a token from: beside the pages of the drill, and where those of another
//! app are at its place.

use axum::http::Method;
use serde_json::{Value, json};

use crate::english::site::{PASSWORD, options};
use crate::support::browser::{Browser, encoded, meta_token};
use crate::support::harness::{Answer, Options, Site};

const JSON: [(&str, &str); 1] = [("accept", "application/json")];

/// The token that an address says to programs, in its body and in a header.
async fn told_token(program: &Browser<'_>, path: &str) -> String {
    let answer = program.send(Method::GET, path, &JSON, String::new()).await;
    let token = answer.is(200).header("x-csrf-token").to_owned();
    assert_eq!(answer.json(), json!({ "authenticity_token": token }));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("vary").contains("cookie"), "{answer}");
    token
}

fn account(name: &str) -> Value {
    json!({"user": {"email": format!("{name}@example.com"), "password": PASSWORD}})
}

/// A drill at the place of another app, whose pages are there.
fn site_beside_another() -> Site {
    let mut options = Options::default();
    options.config.auth.memory_kib = 8;
    options.config.auth.passes = 1;
    Site::of_every_app(&options)
}

#[tokio::test]
async fn a_program_signs_up_drills_and_signs_in_where_there_are_no_pages() {
    let site = site_beside_another();
    let ann = site.browser();
    let send = async |method: Method, path: &str, token: &str, body: Value| -> Answer {
        let headers = [("x-csrf-token", token)];
        ann.json_with(method, path, &headers, &body).await
    };
    let none = Value::Null;
    let token = told_token(&ann, "/users/sign_up.json").await;
    assert!(ann.cookie("form_seed").is_some());
    assert_eq!(told_token(&ann, "/users/sign_in.json").await, token);
    let refused = send(Method::POST, "/users.json", "", account("ann")).await;
    let refused = refused.is(422).json_of_a_problem();
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("GET /users/sign_in.json"), "{detail}");
    let made = send(Method::POST, "/users.json", &token, account("ann")).await;
    let token = made.is(201).header("x-csrf-token").to_owned();
    // A program that lost it asks again.
    assert_eq!(told_token(&ann, "/users/sign_in").await, token);
    let page = ann.value("/sentences.json").await;
    assert_eq!(page.as_array().unwrap().len(), 5);
    let grading = json!({"score_eng_written": {"passed": true, "sentence_id": 1}});
    let graded = send(Method::POST, "/score_eng_writtens.json", &token, grading);
    graded.await.is(201);
    let toggle = "/user_conf/toggle_mode.json";
    let toggled = send(Method::PUT, toggle, &token, none.clone()).await;
    assert_eq!(toggled.is(200).json(), json!({"mode": "top"}));
    let left = send(Method::DELETE, "/users/sign_out.json", &token, none).await;
    left.is(204);
    let token = told_token(&ann, "/users/sign_in").await;
    let entered = send(Method::POST, "/users/sign_in.json", &token, account("ann")).await;
    assert_eq!(entered.is(201).json()["email"], "ann@example.com");
}

/// Where there are no pages, nothing leads to one, whatever a client would rather have.
#[tokio::test]
async fn nothing_leads_to_a_page_where_there_are_none() {
    let site = site_beside_another();
    let (ann, nobody) = (site.browser(), site.browser());
    let post = async |browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]| {
        let token = told_token(browser, "/users/sign_in").await;
        let mut fields = fields.to_vec();
        fields.push(("authenticity_token", &token));
        // A browser's `Accept`.
        browser
            .send(Method::POST, path, &[], encoded(&fields))
            .await
    };
    let (email, password) = (("user[email]", "ann@example.com"), PASSWORD);
    let password = ("user[password]", password);
    post(&ann, "/users", &[email, password]).await.is(201);
    post(&ann, "/users/sign_in", &[email, password])
        .await
        .is(201);
    let put = ("_method", "put");
    let toggled = post(&ann, "/user_conf/toggle_mode", &[put]).await;
    assert_eq!(toggled.is(200).json()["mode"], "top");
    let current = ("user[current_password]", PASSWORD);
    post(&ann, "/users", &[put, email, current]).await.is(204);
    let forgotten = post(&nobody, "/users/password", &[email]).await;
    forgotten.is(201);
    let wrong = post(&nobody, "/users/sign_in", &[email, ("user[password]", "x")]).await;
    wrong.is(401);
    for path in ["/sentences", "/sentences/1", "/scores", "/words/1"] {
        assert!(nobody.get(path).await.is(401).json()["error"].is_string());
        ann.get(path).await.is(200);
    }
    // What is a page and nothing else says so, and does not send anybody for JSON that there is none of.
    let page = ann.get("/users/edit").await;
    let detail = page.is(406).json_of_a_problem()["detail"].clone();
    assert_eq!(
        detail,
        "This is a page, and the pages of this app are not served here."
    );
    let begun = nobody.get("/users/cancel").await;
    let to = begun.is(302).header("location").to_owned();
    nobody.get(&to).await.is(200);
    let left = post(&ann, "/users/sign_out", &[("_method", "delete")]).await;
    left.is(204);
}

#[tokio::test]
async fn beside_pages_a_program_is_told_the_token_that_they_have() {
    let site = Site::of_drill();
    let nobody = site.browser();
    for path in ["/users/sign_in", "/users/sign_up"] {
        let shown = meta_token(&nobody.page(path).await);
        for path in [path.to_owned(), format!("{path}.json")] {
            assert_eq!(told_token(&nobody, &path).await, shown, "{path}");
        }
    }
    let ann = site.learner("ann").await;
    assert_eq!(told_token(&ann, "/users/sign_in").await, ann.token().await);
    // Who has no cookies is told one that counts with the cookie that comes with it.
    let fresh = site.browser();
    let token = told_token(&fresh, "/users/sign_in.json").await;
    let headers = [("x-csrf-token", token.as_str())];
    let body = account("ann");
    let entered = fresh.json_with(Method::POST, "/users/sign_in", &headers, &body);
    entered.await.is(201);
}

/// As the form: a second account is made by nobody who is signed in, and the session stays.
#[tokio::test]
async fn a_program_that_is_signed_in_makes_no_other_account() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let session = ann.cookie("english_session");
    let refused = ann.json(Method::POST, "/users.json", &account("bob")).await;
    let error = json!({"error": "You are already signed in."});
    assert_eq!(refused.is(403).json(), error);
    assert_eq!(site.user_id("bob@example.com"), None);
    assert_eq!(ann.cookie("english_session"), session);
}

#[tokio::test]
async fn a_closed_sign_up_says_no_token() {
    let mut options = options();
    options.settings = "secret = \"the secret of the tests, 32 bytes at least\"\nsign_up = false\n";
    let site = Site::of_drill_with(&options);
    let program = site.browser();
    let closed = program.send(Method::GET, "/users/sign_up.json", &JSON, String::new());
    closed.await.is(404);
    told_token(&program, "/users/sign_in.json").await;
}
