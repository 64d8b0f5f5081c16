//! What surrounds every page: in which language, and where it is.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use super::assets;
use super::language::Language;
use super::strings::IsuumoStrings;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::config::Mount;
use crate::web::languages::Languages as _;
use crate::web::layout::PageAddress;

/// What the templates of all pages know.
#[derive(Debug)]
pub(super) struct PageFrame {
    pub(super) language: Language,
    /// All texts.
    pub(super) t: &'static IsuumoStrings,
    /// Where style sheet and modules are.
    pub(super) assets: String,
    /// Where the page is in the app.
    pub(super) address: PageAddress,
    /// Where the app is.
    mount: Mount,
}

impl PageFrame {
    pub(super) fn of(mount: &Mount, headers: &HeaderMap, uri: &Uri) -> Self {
        let language = Language::of(headers, None);
        Self {
            language,
            t: IsuumoStrings::of(language),
            assets: mount.url(&assets::folder()),
            address: PageAddress::of(uri),
            mount: mount.clone(),
        }
    }

    /// The same for a page that is at another address than the request.
    pub(super) fn at(self, address: impl Into<String>) -> Self {
        Self {
            address: PageAddress::new(address),
            ..self
        }
    }

    /// The address of one of the app's paths, as links have it.
    pub(super) fn url(&self, path: &str) -> String {
        self.mount.url(path)
    }

    /// The address of a page that every site has.
    pub(super) fn site_url(&self, path: &str) -> String {
        self.mount.site_url(path)
    }

    /// The page's own address. The switch of languages comes back to it.
    pub(super) fn here(&self) -> String {
        self.url(self.address.as_str())
    }

    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The other languages, by code and name.
    pub(super) fn others(&self) -> Vec<(&'static str, &'static str)> {
        let others = self.language.others();
        others
            .map(|language| {
                (
                    language.code(),
                    IsuumoStrings::of(language).language.as_str(),
                )
            })
            .collect()
    }
}

impl FromRequestParts<IsuumoState> for PageFrame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, isu: &IsuumoState) -> Result<Self, Infallible> {
        Ok(Self::of(&isu.mount, &parts.headers, &parts.uri))
    }
}
