//! Where else there is something at a host: its apps, for people, and what is not for crawlers.
//!
//! Apps say where people enter them and which of their addresses are endless or made for programs. It must not
//! know any app.

use crate::config::Mount;

/// What an app says of its addresses, as it knows them.
#[derive(Debug, Clone, Copy)]
pub struct Entrance {
    /// Where people enter it.
    pub path: &'static str,
    /// What crawlers are asked to leave alone: beginnings of addresses.
    pub not_for_crawlers: &'static [&'static str],
}

impl Default for Entrance {
    fn default() -> Self {
        Self {
            path: "/",
            not_for_crawlers: &[],
        }
    }
}

/// A link to an app.
#[derive(Debug, Clone)]
pub(super) struct AppLink {
    pub(super) name: &'static str,
    /// From the root of the host, so that it is right behind a proxy that takes a prefix away.
    pub(super) href: String,
}

/// What is at a host.
#[derive(Debug, Clone, Default)]
pub(crate) struct Navigation {
    pub(super) apps: Vec<AppLink>,
    /// Apps of this build that are nowhere on the site.
    pub(super) off: Vec<&'static str>,
    robots: Vec<String>,
}

impl Navigation {
    pub(crate) fn add(&mut self, name: &'static str, mount: &Mount, entrance: Entrance) {
        let path = format!("{}{}", mount.prefix(), entrance.path);
        let href = match path.trim_start_matches('/') {
            "" => "./".to_owned(),
            path => path.to_owned(),
        };
        self.apps.push(AppLink { name, href });
        let paths = entrance.not_for_crawlers.iter();
        self.robots.extend(paths.map(|path| mount.url(path)));
    }

    /// The same, on a site where the apps `off` are not on.
    pub(crate) fn without(self, off: Vec<&'static str>) -> Self {
        Self { off, ..self }
    }

    /// Names of the apps that are not on, as a list.
    pub(super) fn off(&self) -> String {
        self.off.join(", ")
    }

    /// `/robots.txt`: everything may be read but this.
    pub(super) fn robots(&self) -> String {
        let mut text = "User-agent: *\n".to_owned();
        if self.robots.is_empty() {
            text.push_str("Disallow:\n");
        }
        for path in &self.robots {
            text.push_str(&format!("Disallow: {path}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_rules_have_the_public_prefix() {
        let mut navigation = Navigation::default();
        assert_eq!(navigation.robots(), "User-agent: *\nDisallow:\n");
        let shop = Entrance {
            path: "/",
            not_for_crawlers: &["/api/"],
        };
        let register = Entrance {
            path: "/people",
            not_for_crawlers: &[],
        };
        let below = Mount::try_from("/below".to_owned()).unwrap();
        navigation.add("shop", &Mount::default().behind("/outside"), shop);
        navigation.add("register", &Mount::default(), register);
        navigation.add("other", &below, shop);
        let links: Vec<&str> = navigation.apps.iter().map(|app| &*app.href).collect();
        assert_eq!(links, ["./", "people", "below/"]);
        assert_eq!(
            navigation.robots(),
            "User-agent: *\nDisallow: /outside/api/\nDisallow: /below/api/\n"
        );
    }
}
