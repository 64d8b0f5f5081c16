//! A browser as far as forms need one, for every app with pages: with its cookies, filling in the forms of the
//! pages it was shown. It must not know what the pages say.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, header};

use crate::support::harness::{self, Answer, Site};

const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody's browser.
pub(crate) struct Browser<'s> {
    site: &'s Site,
    language: &'static str,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Site {
    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            site: self,
            language: "en",
            cookies: Mutex::default(),
        }
    }
}

impl Browser<'_> {
    /// The same in another language.
    pub(crate) fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(harness::escaped(path))
            .header(header::ACCEPT_LANGUAGE, self.language);
        if !headers.iter().any(|(name, _)| *name == "accept") {
            request = request.header(header::ACCEPT, "text/html,*/*;q=0.8");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, FORM);
        }
        self.exchange(request, Body::from(body)).await
    }

    /// Sends a request with the cookies that this browser has, and keeps those that come back.
    pub(crate) async fn exchange(&self, request: Builder, body: Body) -> Answer {
        let cookies: Vec<_> = {
            let cookies = self.cookies.lock().unwrap();
            let pairs = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            pairs.collect()
        };
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        };
        let answer = self.site.send(request.body(body).unwrap()).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.lock().unwrap().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        answer
    }

    /// Forgets a cookie.
    pub(crate) fn without_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(name);
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// A page that is there.
    pub(crate) async fn page(&self, path: &str) -> String {
        html(self.get(path).await.is(200))
    }

    /// Posts fields as they are.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, &[], encoded(fields)).await
    }

    /// Sends the form of a page that goes to `action`, with what it hides and what is typed in.
    pub(crate) async fn submit(&self, page: &str, action: &str, typed: &[(&str, &str)]) -> Answer {
        self.submit_one(hidden(page, action), action, typed).await
    }

    /// The same for the form that means `method`.
    pub(crate) async fn submit_as(
        &self,
        method: &str,
        page: &str,
        action: &str,
        typed: &[(&str, &str)],
    ) -> Answer {
        let forms = all_hidden(page, action);
        let meant = ("_method".to_owned(), method.to_owned());
        let form = forms.into_iter().find(|form| form.contains(&meant));
        let form = form.unwrap_or_else(|| panic!("no form means {method} {action}: {page}"));
        self.submit_one(form, action, typed).await
    }

    async fn submit_one(
        &self,
        hidden: Vec<(String, String)>,
        action: &str,
        typed: &[(&str, &str)],
    ) -> Answer {
        let mut fields: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend(typed);
        self.post(action, &fields).await
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// The page that an answer is.
#[track_caller]
pub(crate) fn html(answer: &Answer) -> String {
    assert_eq!(
        answer.header("content-type"),
        "text/html; charset=utf-8",
        "{answer}"
    );
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Text of a page as it reads.
pub(crate) fn unescaped(text: &str) -> String {
    [
        ("&#38;", "&"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
    ]
    .iter()
    .rev()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Text as pages have it.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&#38;");
    text.replace('<', "&#60;").replace('>', "&#62;")
}

/// The tags of a page: what is between each pair of brackets.
pub(crate) fn tags(page: &str) -> impl Iterator<Item = &str> {
    let tags = page.split('<').skip(1);
    tags.map(|tag| tag.split('>').next().unwrap())
}

/// The value of an attribute of a tag.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next().unwrap()))
}

/// The hidden fields of the form of a page that goes to `action`.
#[track_caller]
pub(crate) fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let mut forms = all_hidden(page, action).into_iter();
    forms
        .next()
        .unwrap_or_else(|| panic!("no form goes to {action}: {page}"))
}

/// Those of every form that goes there.
pub(crate) fn all_hidden(page: &str, action: &str) -> Vec<Vec<(String, String)>> {
    let forms = page.split("<form").skip(1).filter(|form| {
        let tag = form.split('>').next().unwrap();
        attribute(tag, "action").as_deref() == Some(action)
    });
    forms
        .map(|form| {
            let form = form.split("</form>").next().unwrap();
            let inputs = tags(form).filter(|tag| tag.starts_with("input type=\"hidden\""));
            inputs
                .filter(|tag| !tag.ends_with(" disabled"))
                .map(|tag| {
                    (
                        attribute(tag, "name").unwrap(),
                        attribute(tag, "value").unwrap(),
                    )
                })
                .collect()
        })
        .collect()
}

/// The token that a page tells scripts.
#[track_caller]
pub(crate) fn meta_token(page: &str) -> String {
    let mut metas = tags(page).filter(|tag| tag.contains(" name=\"csrf-token\""));
    attribute(metas.next().unwrap(), "content").unwrap()
}
