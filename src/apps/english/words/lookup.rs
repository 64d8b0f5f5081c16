//! The words of a sentence as its page shows them: those of the file, or those of a service, with the rows
//! that stand for words where there are none.
//!
//! A service is asked while the page reads what it shows beside; what it answers is text. What becomes of its
//! failures is the contract's: three states, which a learner can tell apart.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::task::JoinHandle;

use super::service::{ServiceAnswer, WordService};
use super::store::words_of;
use crate::apps::english::{Drill, Result};

/// A word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::apps::english) struct WordRow {
    pub(in crate::apps::english) en: String,
    /// What it means.
    pub(in crate::apps::english) note: String,
    /// Where more is said of it, as whoever wrote it gave it.
    pub(in crate::apps::english) url: String,
}

/// How it stands with the words of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordState {
    /// They are there.
    Known,
    /// There are none.
    None,
    /// The service has none yet, or did not answer with words.
    Collecting,
    /// The service cannot be reached.
    Away,
}

/// The table of words below a sentence. It always has a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::apps::english) struct WordTable {
    pub(super) state: WordState,
    pub(in crate::apps::english) rows: Vec<WordRow>,
}

impl WordRow {
    fn of(en: &str, note: &str, url: &str) -> Self {
        Self {
            en: en.to_owned(),
            note: note.to_owned(),
            url: url.to_owned(),
        }
    }

    /// The address that the word links to: one of the web, with a host. Others lead nowhere, or run.
    pub(in crate::apps::english) fn link(&self) -> Option<&str> {
        link(&self.url)
    }
}

/// The address that a text is, if it can be a link.
pub(super) fn link(text: &str) -> Option<&str> {
    is_web_address(text).then_some(text)
}

/// Whether a text is an address of the web.
pub(super) fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !rest.contains(is_odd)
    })
}

impl WordTable {
    /// Whether the service that knows them cannot be reached.
    pub(in crate::apps::english) fn is_away(&self) -> bool {
        self.state == WordState::Away
    }

    /// The rows of a state without words are the original's, whose texts clients look for.
    fn of(rows: Vec<WordRow>, otherwise: WordState) -> Self {
        let stand_in = match otherwise {
            _ if !rows.is_empty() => {
                let state = WordState::Known;
                return Self { state, rows };
            }
            WordState::Known | WordState::None => WordRow::of("NO WORDS REGISTERD", "", "http://"),
            WordState::Collecting => WordRow::of("data collecting now", "", "http://google.com"),
            WordState::Away => WordRow::of("Woops!!", "failed with WMS", "http://"),
        };
        Self {
            state: otherwise,
            rows: vec![stand_in],
        }
    }
}

impl From<ServiceAnswer> for WordTable {
    fn from(answer: ServiceAnswer) -> Self {
        match answer {
            ServiceAnswer::Words(words) => Self::of(words.to_vec(), WordState::Collecting),
            ServiceAnswer::None => Self::of(Vec::new(), WordState::None),
            ServiceAnswer::Failed => Self::of(Vec::new(), WordState::Collecting),
            ServiceAnswer::Away => Self::of(Vec::new(), WordState::Away),
        }
    }
}

/// Words that were asked for.
pub(in crate::apps::english) struct WordLookup<'d> {
    drill: &'d Drill,
    no: i64,
    asked: Option<JoinHandle<ServiceAnswer>>,
}

impl<'d> WordLookup<'d> {
    /// Asks for the words of the sentences with a number. Where a service has them it is under way from now
    /// on.
    pub(in crate::apps::english) fn begin(drill: &'d Drill, no: i64) -> Self {
        let ask = |service: &Arc<WordService>| {
            let service = Arc::clone(service);
            tokio::spawn(async move { service.ask(no).await })
        };
        Self {
            drill,
            no,
            asked: drill.word_service.as_ref().map(ask),
        }
    }

    /// The table of the page.
    pub(in crate::apps::english) async fn table(self) -> Result<WordTable> {
        if let Some(asked) = self.asked {
            return Ok(asked.await.unwrap_or(ServiceAnswer::Failed).into());
        }
        let no = self.no;
        let read = |connection: &Connection| -> Result<_> { Ok(words_of(connection, no)?) };
        let words = self.drill.store.read(read)?.into_iter();
        let rows = words.map(|word| WordRow::of(&word.en, &word.note, &word.url));
        Ok(WordTable::of(rows.collect(), WordState::None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advice 23: a sentence without words, a service that fails and one that is away look different.
    #[test]
    fn each_state_has_a_row_of_its_own() {
        let row = |answer: ServiceAnswer| {
            let table = WordTable::from(answer);
            assert_eq!(table.rows.len(), 1);
            let WordRow { en, note, url } = table.rows[0].clone();
            (table.state, en, note, url)
        };
        let of = |state, en: &str, note: &str, url: &str| {
            (state, en.to_owned(), note.to_owned(), url.to_owned())
        };
        let none = of(WordState::None, "NO WORDS REGISTERD", "", "http://");
        let collecting = of(
            WordState::Collecting,
            "data collecting now",
            "",
            "http://google.com",
        );
        let away = of(WordState::Away, "Woops!!", "failed with WMS", "http://");
        assert_eq!(row(ServiceAnswer::None), none);
        assert_eq!(row(ServiceAnswer::Failed), collecting);
        assert_eq!(row(ServiceAnswer::Words(Arc::new([]))), collecting);
        assert_eq!(row(ServiceAnswer::Away), away);
        let word = WordRow::of("dog", "犬", "");
        let table = WordTable::from(ServiceAnswer::Words(Arc::new([word.clone()])));
        assert_eq!((table.state, table.rows), (WordState::Known, vec![word]));
    }

    #[test]
    fn a_word_links_to_the_web_only() {
        for good in [
            "http://a",
            "https://a.example/b?c=d#e",
            "http://[::1]/",
            "https://例え.jp/",
        ] {
            assert_eq!(WordRow::of("a", "", good).link(), Some(good));
        }
        for none in [
            "",
            "http://",
            "javascript:alert(1)",
            "//a",
            "/a",
            "http://a b",
            "data:,x",
            "HTTP:/x",
        ] {
            assert_eq!(WordRow::of("a", "", none).link(), None, "{none}");
        }
    }
}
