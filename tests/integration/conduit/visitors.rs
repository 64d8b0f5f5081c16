//! Visitors of the blog, each with a browser. It must not know what the pages say.

use crate::conduit::site::PASSWORD;
pub(crate) use crate::support::browser::{
    Browser, attribute, encoded, escaped, hidden, html, tags, unescaped,
};
use crate::support::harness::Site;

impl Site {
    /// The browser of somebody who has just signed up under this name.
    pub(crate) async fn visitor(&self, name: &str) -> Browser<'_> {
        let browser = self.browser();
        let page = browser.page("/register").await;
        let email = format!("{name}@example.com");
        let fields = [
            ("username", name),
            ("email", &email),
            ("password", PASSWORD),
        ];
        let answer = browser.submit(&page, "/register", &fields).await;
        assert_eq!(answer.is(303).header("location"), "/", "{answer}");
        browser
    }
}

impl Browser<'_> {
    /// Writes an article by the form; where it is.
    pub(crate) async fn writes(&self, title: &str, body: &str, tags: &str) -> String {
        let page = self.page("/editor").await;
        let fields = [
            ("title", title),
            ("description", "Short"),
            ("body", body),
            ("tags", tags),
        ];
        let answer = self.submit(&page, "/editor", &fields).await;
        answer.is(303).header("location").to_owned()
    }
}

/// The token of the forms of a page.
#[track_caller]
pub(crate) fn token(page: &str) -> String {
    let mut inputs = tags(page).filter(|tag| tag.contains(" name=\"csrf_token\""));
    attribute(inputs.next().unwrap(), "value").unwrap()
}
