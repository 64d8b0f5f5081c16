//! Forgotten passwords: mails in the folder and to a mail server, the links in them, and what they tell others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::http::Method;
use ekiben::config::{MailEncryption, MailTransport};
use serde_json::json;

use crate::english::site::{PASSWORD, bake_drill, options};
use crate::support::binary::Process;
use crate::support::browser::{Browser, attribute, html, tags, unescaped};
use crate::support::client::Client;
use crate::support::harness::{Answer, Options, Site};
use crate::support::mail_server::MailServer;
use crate::support::patience::Patience;

const SENT: &str =
    "If your email address exists in our database, you will receive a password recovery link";

impl Browser<'_> {
    /// Asks for a link by form.
    async fn forgets(&self, email: &str) -> Answer {
        let page = self.page("/users/password/new").await;
        self.submit(&page, "/users/password", &[("user[email]", email)])
            .await
    }

    /// Follows a link and sets a password there.
    async fn sets_by(&self, link: &str, password: &str) -> Answer {
        let page = self.page(path_of(link)).await;
        let fields = [
            ("user[password]", password),
            ("user[password_confirmation]", password),
        ];
        self.submit_as("put", &page, "/users/password", &fields)
            .await
    }
}

/// The mails in a folder, once there are so many, oldest first.
async fn mails(folder: &Path, count: usize) -> Vec<String> {
    let patience = Patience::for_("a mail");
    loop {
        let entries = fs::read_dir(folder).into_iter().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "eml"));
        if !patience.waits_while(paths.len() < count) {
            paths.sort();
            let read = paths.iter().map(|path| fs::read_to_string(path).unwrap());
            return read.collect();
        }
        tokio::task::yield_now().await;
    }
}

/// The link in a mail.
#[track_caller]
fn link(mail: &str) -> String {
    let mut lines = mail.lines();
    let line = lines.find(|line| line.starts_with("http"));
    line.unwrap_or_else(|| panic!("no link: {mail}")).to_owned()
}

fn path_of(link: &str) -> &str {
    let (_, rest) = link.split_once("://").unwrap();
    &rest[rest.find('/').unwrap()..]
}

#[tokio::test]
async fn a_link_that_was_mailed_sets_a_password_once() {
    let site = Site::of_drill();
    let (elsewhere, ann) = (site.learner("ann").await, site.browser());
    let folder = site.folder.path().join("data/mail");
    let answer = ann.forgets(" ANN@example.com ").await;
    assert_eq!(answer.is(302).header("location"), "/users/sign_in");
    assert!(ann.page("/users/sign_in").await.contains(SENT));
    let mail = mails(&folder, 1).await.remove(0);
    assert!(mail.contains("To: ann@example.com\r\n"), "{mail}");
    assert!(mail.contains("From: noreply@localhost\r\n"), "{mail}");
    let link = link(&mail);
    let begin = "http://127.0.0.1:1323/users/password/edit?reset_password_token=";
    assert!(link.starts_with(begin), "{link}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    assert_eq!(mode(&file.path()), 0o600);
    // The page is kept by nobody, and does not hand the token on.
    let page = ann.get(path_of(&link)).await;
    assert_eq!(page.is(200).header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let text = html(&page);
    let mut to = tags(&text).filter(|tag| tag.contains(" name=\"to\""));
    assert_eq!(
        attribute(to.next().unwrap(), "value").unwrap(),
        "/users/password/new"
    );
    // What is wrong is said, and the link goes on being good.
    let refused = unescaped(&html(ann.sets_by(&link, "12345").await.is(200)));
    assert!(
        refused.contains("Password is too short (minimum is 6 characters)"),
        "{refused}"
    );
    let set = ann.sets_by(&link, "battery staple").await;
    assert_eq!(set.is(302).header("location"), "/");
    let page = ann.page("/").await;
    assert!(
        page.contains("Your password has been changed successfully."),
        "{page}"
    );
    assert!(ann.is_signed_in().await && !elsewhere.is_signed_in().await);
    let eve = site.browser();
    let used = unescaped(&html(eve.sets_by(&link, "another horse").await.is(200)));
    assert!(used.contains("Reset password token is invalid"), "{used}");
    assert!(!eve.is_signed_in().await);
    eve.signs_in("ann", PASSWORD, false).await.is(200);
    eve.signs_in("ann", "battery staple", false).await.is(302);
}

#[tokio::test]
async fn a_link_is_void_once_password_or_address_are_others() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let folder = site.folder.path().join("data/mail");
    let eve = site.browser();
    for (count, changes) in [
        json!({"user": {"password": "battery staple", "current_password": PASSWORD}}),
        json!({"user": {"email": "anna@example.com", "current_password": "battery staple"}}),
    ]
    .iter()
    .enumerate()
    {
        eve.forgets("ann@example.com").await.is(302);
        let mails = mails(&folder, count + 1).await;
        ann.json(Method::PATCH, "/users", changes).await.is(204);
        let used = unescaped(&html(
            eve.sets_by(&link(&mails[count]), "another horse")
                .await
                .is(200),
        ));
        assert!(used.contains("Reset password token is invalid"), "{used}");
    }
}

#[tokio::test]
async fn nobody_is_told_whether_an_address_is_known() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let mut answers = Vec::new();
    for email in ["ann@example.com", "nobody@example.com", "no address"] {
        let browser = site.browser();
        let answer = browser.forgets(email).await;
        let names: Vec<_> = answer
            .headers
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect();
        let page = browser.page("/users/sign_in").await;
        let token = browser.token().await;
        let body = json!({"user": {"email": email}});
        let by_json = browser
            .json(Method::POST, "/users/password.json", &body)
            .await;
        assert_eq!(by_json.is(201).json(), json!({}));
        answers.push((answer.status, names, answer.body, page.replace(&token, "")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let browser = site.browser();
    let page = unescaped(&html(browser.forgets(" ").await.is(200)));
    assert!(page.contains("Email can't be blank"), "{page}");
    let folder = site.folder.path().join("data/mail");
    mails(&folder, 2).await;
    let folder = site.close();
    let left = fs::read_dir(folder.path().join("data/mail")).unwrap();
    assert_eq!(left.count(), 2, "those to ann and no others");
}

#[tokio::test]
async fn passwords_are_reset_by_json() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let ann = site.browser();
    let body = json!({"email": "ann@example.com"});
    ann.json(Method::POST, "/users/password", &body)
        .await
        .is(201);
    let mail = mails(&site.folder.path().join("data/mail"), 1)
        .await
        .remove(0);
    let link = link(&mail);
    let (_, token) = link.split_once("reset_password_token=").unwrap();
    let set = async |token: &str, password: &str| {
        let body = json!({"user": {"reset_password_token": token, "password": password,
            "password_confirmation": password}});
        ann.json(Method::PUT, "/users/password.json", &body).await
    };
    for bad in ["", "x", &token[1..]] {
        let refused = set(bad, "battery staple").await;
        let expected = json!({"errors": {"reset_password_token": ["is invalid"]}});
        assert_eq!(refused.is(422).json(), expected);
    }
    let refused = set(token, "12345").await.is(422).json();
    assert_eq!(
        refused["errors"]["password"][0],
        "is too short (minimum is 6 characters)"
    );
    let done = set(token, "battery staple").await;
    done.is_bare(204);
    assert_eq!(done.header("x-csrf-token"), ann.token().await);
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn a_request_has_no_say_in_where_a_link_leads() {
    let mut options = options();
    let url = json!({"public_url": "https://drill.example/x"});
    options.config.site = serde_json::from_value(url).unwrap();
    for (options, begin) in [
        (options, "https://drill.example/x/users/password/edit?"),
        (
            self::options(),
            "http://127.0.0.1:1323/users/password/edit?",
        ),
    ] {
        let site = Site::of_drill_with(&options);
        let ann = site.browser();
        let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
        ann.json(Method::POST, "/users", &body).await.is(201);
        let page = site.browser().page("/users/password/new").await;
        let eve = site.browser();
        let token = eve.token().await;
        assert!(!page.contains("evil.example"));
        let headers = [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "host=evil.example"),
            ("x-csrf-token", token.as_str()),
        ];
        let body = json!({"user": {"email": "ann@example.com"}});
        let asked = eve
            .json_with(Method::POST, "/users/password", &headers, &body)
            .await;
        asked.is(201);
        let mail = mails(&site.folder.path().join("data/mail"), 1)
            .await
            .remove(0);
        assert!(!mail.contains("evil.example"), "{mail}");
        assert!(link(&mail).starts_with(begin), "{mail}");
    }
}

#[tokio::test]
async fn where_nobody_says_how_the_site_is_reached_no_link_is_mailed() {
    let mut options = options();
    options.config.listen = "0.0.0.0:80".parse().unwrap();
    let site = Site::of_drill_with(&options);
    site.learner("ann").await;
    site.browser().forgets("ann@example.com").await.is(302);
    let folder = site.close();
    assert!(!folder.path().join("data/mail").exists());
}

#[tokio::test]
async fn an_account_is_not_sent_mails_without_end() {
    let mut options = options();
    options.config.auth.account_mails = 2;
    options.config.auth.client_mails = 4;
    let site = Site::of_drill_with(&options);
    site.learner("ann").await;
    for _ in 0..4 {
        site.browser().forgets("ann@example.com").await.is(302);
    }
    let refused = site.browser().forgets("ann@example.com").await;
    assert_ne!(refused.is(429).header("retry-after"), "");
    let folder = site.close();
    let left = fs::read_dir(folder.path().join("data/mail")).unwrap();
    assert_eq!(left.count(), 2);
}

#[tokio::test]
async fn the_page_of_a_link_needs_a_token() {
    let site = Site::of_drill();
    let ann = site.browser();
    for path in [
        "/users/password/edit",
        "/users/password/edit?reset_password_token=",
    ] {
        let answer = ann.get(path).await;
        assert_eq!(answer.is(302).header("location"), "/users/sign_in");
        let page = ann.page("/users/sign_in").await;
        assert!(
            unescaped(&page).contains("without coming from a password reset email"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_mail_is_in_the_language_of_who_asked() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let ann = site.browser().speaking("ja");
    ann.forgets("ann@example.com").await.is(302);
    let mail = mails(&site.folder.path().join("data/mail"), 1)
        .await
        .remove(0);
    assert!(
        mail.is_ascii() && mail.contains("Subject: =?utf-8?"),
        "{mail}"
    );
}

fn to_server(server: &MailServer) -> Options {
    let mut options = options();
    let mail = &mut options.config.mail;
    mail.transport = MailTransport::Smtp;
    mail.encryption = MailEncryption::None;
    mail.host = server.address.ip().to_string();
    mail.port = server.address.port();
    mail.from = "EngApp <drill@example.org>".to_owned();
    options
}

#[tokio::test]
async fn a_mail_server_is_given_the_mail() {
    let server = MailServer::start();
    let site = Site::of_drill_with(&to_server(&server));
    site.learner("ann").await;
    let ann = site.browser();
    ann.forgets("ann@example.com").await.is(302);
    let talk = tokio::task::spawn_blocking(move || server.conversation())
        .await
        .unwrap();
    let all = talk.join("\n");
    assert!(all.contains("MAIL FROM:<drill@example.org>"), "{all}");
    assert!(all.contains("RCPT TO:<ann@example.com>"), "{all}");
    assert!(all.contains("From: EngApp <drill@example.org>"), "{all}");
    ann.sets_by(&link(&all), "battery staple").await.is(302);
    assert!(ann.is_signed_in().await);
    assert!(!site.folder.path().join("data/mail").exists());
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_told_no_mail() {
    let server = MailServer::start();
    let mut options = to_server(&server);
    options.config.mail.encryption = MailEncryption::Starttls;
    options.config.mail.user = "drill".to_owned();
    options.settings = "secret = \"the secret of the tests, 32 bytes at least\"\n\
        [mail]\npassword = \"hidden horse\"\n";
    let site = Site::of_drill_with(&options);
    site.learner("ann").await;
    site.browser().forgets("ann@example.com").await.is(302);
    let talk = tokio::task::spawn_blocking(move || server.conversation())
        .await
        .unwrap();
    let all = talk.join("\n");
    assert!(all.contains("EHLO"), "{all}");
    for told in ["MAIL FROM", "AUTH", "ann@example.com"] {
        assert!(!all.contains(told), "{all}");
    }
}

/// The log says that a mail is lost and why, and neither to whom it was nor what a server said of them.
#[tokio::test]
async fn the_log_names_no_address_and_no_link() {
    let server = MailServer::start();
    let (folder, baked) = bake_drill(&[]);
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::rename(baked, folder.path().join("data/english.sqlite")).unwrap();
    let port = server.address.port();
    let toml = format!(
        "apps = [\"english\"]\nadmin.listen = \"off\"\nlog.format = \"json\"\n\
         log.filter = \"trace\"\nsite.public_url = \"http://drill.example\"\n\
         [auth]\nmemory_kib = 8\npasses = 1\n\
         [mail]\ntransport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\n\
         from = \"drill@example.org\"\n"
    );
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    let mut process = Process::start(folder.path(), &[]);
    signs_up_and_forgets(&process, "refused@example.com").await;
    let told = process.wait_for_log("a mail could not be sent");
    assert_eq!(told["cause"], "the mail server refused it: 550", "{told}");
    process.terminate();
    let (_, rest) = process.wait();
    let log = format!("{told}{rest}");
    for secret in [
        "refused@example.com",
        "reset_password_token",
        "is unknown here",
    ] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// A server that was given any free port mails links to the one that it got.
#[tokio::test]
async fn a_link_leads_to_the_port_that_is_listened_on() {
    let (folder, baked) = bake_drill(&[]);
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::rename(baked, folder.path().join("data/english.sqlite")).unwrap();
    let toml = "apps = [\"english\"]\nadmin.listen = \"off\"\nlog.format = \"json\"\n\
                [auth]\nmemory_kib = 8\npasses = 1\n";
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    let process = Process::start(folder.path(), &[]);
    signs_up_and_forgets(&process, "ann@example.com").await;
    let mail = mails(&folder.path().join("data/mail"), 1).await.remove(0);
    let link = link(&mail);
    let page = format!("{}/users/password/edit?", process.url());
    assert!(link.starts_with(&page), "{link}");
}

/// A program that makes an account and asks for a link.
async fn signs_up_and_forgets(process: &Process, email: &str) {
    let mut client = Client::connect(process.address).await.unwrap();
    for (path, body) in [
        (
            "/users",
            json!({"user": {"email": email, "password": PASSWORD}}),
        ),
        ("/users/password", json!({"user": {"email": email}})),
    ] {
        let (cookie, token) = entered(&mut client).await;
        let request = axum::http::Request::post(path)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("cookie", &cookie)
            .header("x-csrf-token", &token)
            .body(axum::body::Body::from(body.to_string()));
        let (status, text) = client.send(request.unwrap()).await.unwrap();
        assert_eq!(status, 201, "{text}");
    }
}

/// The cookie and the token of a visitor.
async fn entered(client: &mut Client) -> (String, String) {
    let seed = "0123456789abcdef0123456789abcdef";
    let cookie = format!("form_seed={seed}");
    let request = axum::http::Request::get("/users/sign_in").header("cookie", &cookie);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let (status, page) = client.send(request).await.unwrap();
    assert_eq!(status, 200, "{page}");
    (cookie, crate::support::browser::meta_token(&page))
}
