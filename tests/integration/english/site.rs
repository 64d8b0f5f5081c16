//! The harness for the app `english`: a drill with a few sentences or with those of a test, learners with their
//! browsers, and editors.
//!
//! Passwords are hashed as cheaply as can be, since the tests do so all the time. It must not know what the
//! app answers where.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{Method, Request, header};
use ekiben::apps::english::accounts::{Role, grant};
use ekiben::apps::{self, App};
use ekiben::store::StoreError;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::browser::{Browser, all_hidden, meta_token};
use crate::support::harness::{Answer, Options, Site, bake_app};

/// The setting for what sessions are sealed with.
pub(crate) const SETTINGS: &str = "secret = \"the secret of the tests, 32 bytes at least\"\n";

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// The sentences of a drill that does not bring its own: numbers 1 to 7.
const SENTENCES: &str = "no,jp,en,voice_data\n\
    1,私は学生です。,I am a student.,/voice/001.mp3\n\
    2,これはペンです。,This is a pen.,\n\
    3,雨が降っています。,It is raining.,\n\
    4,駅はどこですか。,Where is the station?,\n\
    5,お腹が空きました。,I am hungry.,\n\
    6,明日会いましょう。,Let's meet tomorrow.,\n\
    7,彼は\"はい\"と<b>言った</b>。,He said <b>yes</b>.,\n";

pub(crate) fn english() -> &'static dyn App {
    apps::find("english").unwrap()
}

pub(crate) fn options() -> Options {
    let mut options = Options {
        app: english(),
        settings: SETTINGS,
        ..Options::default()
    };
    options.config.auth.memory_kib = 8;
    options.config.auth.passes = 1;
    options
}

/// Bakes CSV files, by name.
pub(crate) fn bake_drill(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("english");
    fs::create_dir(&dataset).unwrap();
    let words = ("words.csv", "no,en,note,url\n");
    for (name, text) in [("sentences.csv", SENTENCES), words].iter().chain(files) {
        fs::write(dataset.join(name), text).unwrap();
    }
    let baked = folder.path().join("english.sqlite");
    bake_app(english(), &dataset, &baked).unwrap();
    (folder, baked)
}

fn small() -> &'static Path {
    static BAKED: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &BAKED.get_or_init(|| bake_drill(&[])).1
}

impl Site {
    /// A primary over a few sentences and no users.
    pub(crate) fn of_drill() -> Self {
        Self::of_drill_with(&options())
    }

    pub(crate) fn of_drill_with(options: &Options) -> Self {
        Self::open(TempDir::new().unwrap(), small(), options)
    }

    /// A primary over files of the test's own.
    pub(crate) fn of_drill_over(files: &[(&str, &str)]) -> Self {
        let (_folder, baked) = bake_drill(files);
        Self::open(TempDir::new().unwrap(), &baked, &options())
    }

    /// The browser of somebody who has just signed up as `name@example.com`.
    pub(crate) async fn learner(&self, name: &str) -> Browser<'_> {
        let browser = self.browser();
        browser.signs_up(name).await.is(302);
        browser
    }

    /// The same for somebody who may change sentences.
    pub(crate) async fn editor(&self, name: &str) -> Browser<'_> {
        let browser = self.learner(name).await;
        let email = format!("{name}@example.com");
        let job =
            move |connection: &_| Ok::<_, StoreError>(grant(connection, &email, Role::Editor)?);
        assert!(self.store.write(job).await.unwrap());
        browser
    }

    /// The number of whoever has an address.
    pub(crate) fn user_id(&self, email: &str) -> Option<i64> {
        let found = self.store.read(|connection| {
            let mut select = connection.prepare("SELECT id FROM users WHERE email = ?1")?;
            let mut rows = select.query([email])?;
            let row = rows.next()?;
            Ok::<_, StoreError>(row.map(|row| row.get(0)).transpose()?)
        });
        found.unwrap()
    }
}

impl Browser<'_> {
    pub(crate) async fn signs_up(&self, name: &str) -> Answer {
        let page = self.page("/users/sign_up").await;
        let email = format!("{name}@example.com");
        let fields = [
            ("user[email]", email.as_str()),
            ("user[password]", PASSWORD),
            ("user[password_confirmation]", PASSWORD),
        ];
        self.submit(&page, "/users", &fields).await
    }

    pub(crate) async fn signs_in(&self, name: &str, password: &str, remember: bool) -> Answer {
        let page = self.page("/users/sign_in").await;
        let email = format!("{name}@example.com");
        let mut fields = vec![
            ("user[email]", email.as_str()),
            ("user[password]", password),
        ];
        if remember {
            fields.push(("user[remember_me]", "1"));
        }
        self.submit(&page, "/users/sign_in", &fields).await
    }

    pub(crate) async fn signs_out(&self) -> Answer {
        let page = self.page("/").await;
        self.submit_as("delete", &page, "/users/sign_out", &[])
            .await
    }

    /// Whether somebody is signed in here.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.page("/").await.contains("/users/sign_out")
    }

    /// The token of this browser's requests.
    pub(crate) async fn token(&self) -> String {
        meta_token(&self.page("/").await)
    }

    /// Sends JSON with this browser's token, and wants JSON back. Null is no body.
    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let token = self.token().await;
        self.json_with(method, path, &[("x-csrf-token", &token)], body)
            .await
    }

    pub(crate) async fn json_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(crate::support::harness::escaped(path))
            .header(header::ACCEPT, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.exchange(request, body).await
    }
}

/// How a learner grades herself, as the buttons of a sentence's page have it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Grade {
    SaidRight,
    SaidWrong,
    WrittenRight,
    WrittenWrong,
}

impl Grade {
    fn form(self) -> (&'static str, &'static str) {
        match self {
            Self::SaidRight => ("/score_eng_not_writtens/", "true"),
            Self::SaidWrong => ("/score_eng_not_writtens/", "false"),
            Self::WrittenRight => ("/score_eng_writtens/", "true"),
            Self::WrittenWrong => ("/score_eng_writtens/", "false"),
        }
    }
}

impl Browser<'_> {
    /// Presses a button of a sentence's page.
    pub(crate) async fn presses(&self, page: &str, grade: Grade) -> Answer {
        let (action, passed) = grade.form();
        let forms = all_hidden(page, action).into_iter();
        let mut forms = forms.filter(|form| {
            let mut fields = form.iter();
            fields.any(|(name, value)| name.ends_with("[passed]") && value == passed)
        });
        let form = forms.next().unwrap();
        let fields: Vec<_> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(action, &fields).await
    }

    /// Opens the sentence `id` and presses a button there.
    pub(crate) async fn grades(&self, id: i64, grade: Grade) {
        let path = format!("/sentences/{id}");
        let page = self.page(&path).await;
        let answer = self.presses(&page, grade).await;
        assert_eq!(answer.is(302).header("location"), path);
    }

    /// What JSON is at a path.
    pub(crate) async fn value(&self, path: &str) -> Value {
        let headers = [("accept", "application/json")];
        self.send(Method::GET, path, &headers, String::new())
            .await
            .is(200)
            .json()
    }

    /// The numbers and scores of a page of the list.
    pub(crate) async fn listed(&self, query: &str) -> Vec<(i64, i64)> {
        let list = self.value(&format!("/sentences.json{query}")).await;
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| (row["no"].as_i64().unwrap(), row["score"].as_i64().unwrap()))
            .collect()
    }

    /// The next order, by the button of the account's page.
    pub(crate) async fn toggles_mode(&self) {
        let page = self.page("/users/edit").await;
        let answer = self
            .submit_as("put", &page, "/user_conf/toggle_mode", &[])
            .await;
        assert_eq!(answer.is(302).header("location"), "/users/edit");
    }
}
