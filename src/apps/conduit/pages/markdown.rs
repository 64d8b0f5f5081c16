//! Markdown to HTML that is safe to show, whatever was written.
//!
//! Raw HTML is shown as the text that it is, links go to the web and to mail addresses only, pictures are
//! loaded by https only. What would become much longer than it was is shown as it was written. It must not
//! know articles.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use pulldown_cmark_escape::{escape_href, escape_html};

/// Bytes beyond which a text is rendered by the pool for long work: some 2 ms.
pub(super) const LONG: usize = 32 * 1024;

/// Bytes of HTML that a text may become: its own many times over, for the markup of short lines.
const LONGEST_HTML: usize = 8 * 1024 * 1024;

/// Quotes and lists that one line may begin. The parser goes over all that are open with each line.
const DEEPEST: usize = 100;

/// The heading above an article's text is the first level.
const TOP: usize = 1;

/// The HTML of a text.
pub(super) fn render(text: &str) -> String {
    if text.lines().any(is_too_deep) {
        return as_written(text);
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut safe = Safe::new(Parser::new_ext(text, options));
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, &mut safe);
    if safe.is_too_long {
        return as_written(text);
    }
    out
}

/// Whether a line begins more quotes and lists than anybody means.
fn is_too_deep(line: &str) -> bool {
    let is_of_markers = |byte: &u8| b" \t>-+*.)".contains(byte) || byte.is_ascii_digit();
    let bytes = line.as_bytes();
    let prefix = bytes.iter().take_while(|byte| is_of_markers(byte)).count();
    let ends = bytes.iter().skip(1).chain([&b' ']);
    let pairs = bytes.iter().zip(ends).take(prefix);
    // `>` needs no space behind it; the markers of lists do.
    let markers = pairs
        .filter(|(byte, next)| **byte == b'>' || b"-+*.)".contains(byte) && b" \t".contains(next));
    markers.count() > DEEPEST
}

fn as_written(text: &str) -> String {
    let mut out = String::from("<pre tabindex=\"0\">");
    // Writing to a text does not fail.
    let _ = escape_html(&mut out, text);
    out.push_str("</pre>\n");
    out
}

/// The events of a text with everything replaced that is not safe.
struct Safe<'t, E> {
    events: E,
    /// What comes before the next of `events`.
    next: Option<Event<'t>>,
    /// The level of the heading before, so that none is left out.
    level: usize,
    /// For each open link or picture, whether it is left out and only its words stay.
    dropped: Vec<bool>,
    /// About what was made so far, in bytes.
    bytes: usize,
    is_too_long: bool,
}

impl<'t, E: Iterator<Item = Event<'t>>> Safe<'t, E> {
    fn new(events: E) -> Self {
        Self {
            events,
            next: None,
            level: TOP,
            dropped: Vec::new(),
            bytes: 0,
            is_too_long: false,
        }
    }

    fn start(&mut self, tag: Tag<'t>) -> Option<Event<'t>> {
        Some(match tag {
            Tag::Heading { level, .. } => {
                self.level = (level as usize + TOP).min(self.level + 1).min(6);
                html(format!("<h{}>", self.level))
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                // `<a@b.c>` alone is no address of this site.
                let scheme = match link_type {
                    LinkType::Email => "mailto:",
                    _ => "",
                };
                let is_safe = !scheme.is_empty() || is_safe_link(&dest_url);
                self.dropped.push(!is_safe);
                if !is_safe {
                    return None;
                }
                html(link(scheme, &dest_url))
            }
            Tag::Image { ref dest_url, .. } => {
                let is_safe = is_safe_picture(dest_url);
                self.dropped.push(!is_safe);
                if !is_safe {
                    return None;
                }
                Event::Start(tag)
            }
            Tag::Table(_) => {
                self.next = Some(Event::Start(tag));
                html("<div class=\"scroll\" tabindex=\"0\">".to_owned())
            }
            Tag::CodeBlock(_) => html("<pre tabindex=\"0\"><code>".to_owned()),
            // What is in it is text.
            Tag::HtmlBlock => Event::Start(Tag::Paragraph),
            tag => Event::Start(tag),
        })
    }

    fn end(&mut self, tag: TagEnd) -> Option<Event<'t>> {
        Some(match tag {
            TagEnd::Heading(_) => html(format!("</h{}>\n", self.level)),
            TagEnd::Link | TagEnd::Image if self.dropped.pop() == Some(true) => return None,
            TagEnd::Link => html("</a>".to_owned()),
            TagEnd::Table => {
                self.next = Some(html("</div>\n".to_owned()));
                Event::End(tag)
            }
            TagEnd::CodeBlock => html("</code></pre>\n".to_owned()),
            TagEnd::HtmlBlock => Event::End(TagEnd::Paragraph),
            tag => Event::End(tag),
        })
    }

    /// Counts what an event becomes.
    fn weigh(&mut self, event: &Event<'_>) {
        /// Tags around and between texts.
        const MARKUP: usize = 16;
        let text = match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => text.len(),
            Event::Start(Tag::Image { dest_url, .. }) => dest_url.len(),
            _ => 0,
        };
        self.bytes += MARKUP + text;
        self.is_too_long = self.bytes > LONGEST_HTML;
    }
}

impl<'t, E: Iterator<Item = Event<'t>>> Iterator for Safe<'t, E> {
    type Item = Event<'t>;

    fn next(&mut self) -> Option<Event<'t>> {
        loop {
            if self.is_too_long {
                return None;
            }
            let safe = match self.next.take() {
                Some(event) => Some(event),
                None => match self.events.next()? {
                    Event::Start(tag) => self.start(tag),
                    Event::End(tag) => self.end(tag),
                    Event::Html(text) | Event::InlineHtml(text) | Event::Text(text) => {
                        Some(Event::Text(text))
                    }
                    Event::Code(code) => Some(Event::Code(code)),
                    Event::SoftBreak => Some(Event::SoftBreak),
                    Event::HardBreak => Some(Event::HardBreak),
                    Event::Rule => Some(Event::Rule),
                    // Extensions that are not asked for.
                    _ => None,
                },
            };
            if let Some(event) = safe {
                self.weigh(&event);
                return Some(event);
            }
        }
    }
}

/// HTML that was made here.
fn html<'t>(html: String) -> Event<'t> {
    Event::InlineHtml(CowStr::from(html))
}

fn link(scheme: &str, to: &str) -> String {
    let mut tag = format!("<a href=\"{scheme}");
    // Writing to a text does not fail.
    let _ = escape_href(&mut tag, to);
    tag.push_str("\" rel=\"nofollow ugc noopener\">");
    tag
}

/// The web, mail, and what has no scheme: addresses of this site.
fn is_safe_link(to: &str) -> bool {
    let scheme = to.split(['/', '?', '#']).next().unwrap_or_default();
    match scheme.split_once(':') {
        None => true,
        Some((scheme, _)) => ["http", "https", "mailto"]
            .iter()
            .any(|safe| scheme.eq_ignore_ascii_case(safe)),
    }
}

/// By https, from a host that is named.
pub(super) fn is_safe_picture(from: &str) -> bool {
    let rest = from.split_at_checked("https://".len());
    rest.is_some_and(|(scheme, rest)| {
        scheme.eq_ignore_ascii_case("https://") && !rest.is_empty() && !rest.starts_with('/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_html() {
        for (text, expected) in [
            (
                "*a* **b** `c` ~~d~~",
                "<p><em>a</em> <strong>b</strong> <code>c</code> <del>d</del></p>\n",
            ),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            (
                "```rust\nlet a = 1 < 2;\n```",
                "<pre tabindex=\"0\"><code>let a = 1 &lt; 2;\n</code></pre>\n",
            ),
            (
                "[a](https://b.example/?c=\"d\"&e)",
                "<p><a href=\"https://b.example/?c=%22d%22&amp;e\" rel=\"nofollow ugc noopener\">a</a></p>\n",
            ),
            (
                "![a](https://b.example/c.png)",
                "<p><img src=\"https://b.example/c.png\" alt=\"a\" /></p>\n",
            ),
            (
                "[a](/article/b) [c](#d)",
                "<p><a href=\"/article/b\" rel=\"nofollow ugc noopener\">a</a> <a href=\"#d\" rel=\"nofollow ugc noopener\">c</a></p>\n",
            ),
            (
                "<ann@b.example> <https://b.example> [a](mailto:ann@b.example)",
                "<p><a href=\"mailto:ann@b.example\" rel=\"nofollow ugc noopener\">ann@b.example</a> <a href=\"https://b.example\" rel=\"nofollow ugc noopener\">https://b.example</a> <a href=\"mailto:ann@b.example\" rel=\"nofollow ugc noopener\">a</a></p>\n",
            ),
            (
                "[a][b] [b][] [b]\n\n[b]: https://b.example",
                "<p><a href=\"https://b.example\" rel=\"nofollow ugc noopener\">a</a> <a href=\"https://b.example\" rel=\"nofollow ugc noopener\">b</a> <a href=\"https://b.example\" rel=\"nofollow ugc noopener\">b</a></p>\n",
            ),
        ] {
            assert_eq!(render(text), expected, "{text}");
        }
        assert!(
            render("|a|b|\n|-|-|\n|1|2|")
                .starts_with("<div class=\"scroll\" tabindex=\"0\"><table>")
        );
    }

    #[test]
    fn headings_leave_no_level_out() {
        let rendered = render("### a\n# b\n###### c\n###### d");
        assert_eq!(rendered, "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>\n<h4>d</h4>\n");
    }

    /// Trust nothing: none of these is anything but text.
    #[test]
    fn what_could_run_is_text() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div>\n<iframe srcdoc='<script>alert(1)</script>'></iframe>\n</div>",
            "[a](javascript:alert(1))",
            "[a](JavaScript:alert(1))",
            "[a](  javascript:alert(1))",
            "[a](<java\tscript:alert(1)>)",
            "[a](\u{1}javascript:alert(1))",
            "[a](&#106;avascript:alert(1))",
            "[a](javascript&colon;alert(1))",
            "[a](data:text/html,<script>alert(1)</script>)",
            "[a](vbscript:a)",
            "<javascript:alert(1)>",
            "![a](javascript:alert(1))",
            "![a](http://b.example/c.png)",
            "![a](data:image/svg+xml,<svg/onload=alert(1)>)",
            "![a](//b.example/c.png)",
            "![a](https:///c.png)",
            "[a]: javascript:alert(1)\n\n[a]",
            "```\"><script>alert(1)</script>\na\n```",
            "![\"><script>alert(1)</script>](https://b.example/c.png \"\\\"><script>alert(1)</script>\")",
            "[a](https://b.example/\"onmouseover=\"alert(1))",
            "<!-- --><svg onload=alert(1)>",
            "<![CDATA[<script>alert(1)</script>]]>",
        ] {
            let html = render(text);
            let tags: Vec<&str> = html.split('<').skip(1).collect();
            for tag in tags {
                let inside = tag.split('>').next().unwrap();
                let name = inside
                    .trim_start_matches('/')
                    .split([' ', '\n'])
                    .next()
                    .unwrap();
                assert!(
                    ["p", "a", "img", "pre", "code"].contains(&name),
                    "{text} -> {html}"
                );
                let outside: String = inside.split('"').step_by(2).collect();
                assert!(!outside.contains(" on"), "{text} -> {html}");
                for scheme in [
                    "=\"javascript",
                    "=\"data",
                    "=\"vbscript",
                    "=\"http:",
                    "=\"//",
                ] {
                    assert!(!inside.to_lowercase().contains(scheme), "{text} -> {html}");
                }
            }
        }
    }

    #[test]
    fn what_would_grow_without_end_is_shown_as_written() {
        // A table whose every row is as wide as its head.
        let head = "|a".repeat(20_000);
        let table = format!(
            "{head}|\n{}|\n{}",
            "|-".repeat(20_000),
            "|b|\n".repeat(20_000)
        );
        let html = render(&table);
        assert!(html.len() < 2 * LONGEST_HTML, "{}", html.len());
        // Lines that go on in all of the quotes and lists that are open.
        for marker in [">", "> ", "- ", "* ", "1. ", "1) ", ">- ", "\t>"] {
            let text = format!("{}a\n{}", marker.repeat(30_000), "b\n".repeat(50_000));
            assert!(render(&text).starts_with("<pre"), "{marker}");
            let few = format!("{}a", marker.repeat(45));
            assert!(
                !render(&few).starts_with("<pre tabindex=\"0\">&gt;"),
                "{marker}"
            );
        }
        assert_eq!(render("* * *"), "<hr />\n");
        for nested in [
            "[", "![", "*a_", "> ", "- ", "`", "<", "&", "\\", "[a](", "**a *b ",
        ] {
            let text = nested.repeat(200_000 / nested.len());
            let html = render(&text);
            assert!(html.len() < 2 * LONGEST_HTML, "{nested}: {}", html.len());
        }
    }
}
