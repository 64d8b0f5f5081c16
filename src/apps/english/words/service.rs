//! A service that knows words, as the original had one beside it: `GET {url}/words/{no}`.
//!
//! It is asked with a time limit and by few at a time, and what it says is kept for a while. While it cannot be
//! reached it is left alone for some seconds, and so is a number for which it is slow or answers no words, so
//! that no page waits for it again and again. Its answers are data: their size is bounded, and they are shown as
//! text. It must not know what a page makes of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::lookup::WordRow;
use crate::apps::english::settings::EnglishSettings;

/// Requests that are under way at the same time.
const AT_ONCE: usize = 16;

/// Bytes of an answer that is read.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Words of an answer that are shown.
const MOST_WORDS: usize = 100;

/// Characters of a text that are shown.
const LONGEST_TEXT: usize = 1_000;

/// Answers that are kept.
const KEPT_ANSWERS: usize = 4_096;

/// For how long it is kept that there are no words: somebody may be writing them.
const NONE_IS_KEPT: Duration = Duration::from_secs(60);

/// For how long a service that could not be reached is not asked, or not for a number that it did not answer.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// The service.
#[derive(Debug)]
pub(in crate::apps::english) struct WordService {
    /// Without a slash at its end.
    url: String,
    patience: Duration,
    keep: Duration,
    turns: Semaphore,
    state: Mutex<ServiceState>,
}

#[derive(Debug, Default)]
struct ServiceState {
    kept: HashMap<i64, KeptAnswer>,
    /// Until when it is left alone.
    away_until: Option<Instant>,
}

#[derive(Debug)]
struct KeptAnswer {
    answer: ServiceAnswer,
    until: Instant,
}

/// What the service says of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ServiceAnswer {
    /// Its words, of which there may be none.
    Words(Arc<[WordRow]>),
    /// It knows none: 404.
    None,
    /// Another status.
    Failed,
    /// It does not answer, not in time, or not with words.
    Away,
}

/// A word as the service writes it.
#[derive(Debug, Deserialize)]
struct ServedWord {
    #[serde(default)]
    en: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum AskFailure {
    /// Nobody is there: that is so for every number.
    #[error("it cannot be reached: {0}")]
    Unreachable(Cause),
    /// It does not answer, not in time, or not with words. It may answer for other numbers.
    #[error("{0}")]
    Answer(Cause),
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AskProgress {
    /// Others are before it.
    Waiting,
    Connecting,
    Connected,
}

impl WordService {
    /// That of the settings, if one is set.
    pub(in crate::apps::english) fn of(settings: &EnglishSettings) -> Option<Arc<Self>> {
        let url = settings.words_url.trim_end_matches('/');
        (!url.is_empty()).then(|| {
            Arc::new(Self {
                url: url.to_owned(),
                patience: Duration::from_millis(settings.words_timeout_milliseconds),
                keep: Duration::from_secs(settings.words_keep_seconds),
                turns: Semaphore::new(AT_ONCE),
                state: Mutex::default(),
            })
        })
    }

    /// What it says of the sentences with a number.
    pub(super) async fn ask(&self, no: i64) -> ServiceAnswer {
        if let Some(kept) = self.kept(no) {
            return kept;
        }
        let mut progress = AskProgress::Waiting;
        let asked = self.request(no, &mut progress);
        let failure = match tokio::time::timeout(self.patience, asked).await {
            Ok(Ok(answer)) => {
                self.keep(no, &answer);
                return answer;
            }
            Ok(Err(failure)) => failure,
            Err(elapsed) if progress == AskProgress::Connecting => {
                AskFailure::Unreachable(elapsed.into())
            }
            Err(_elapsed) => AskFailure::Answer("no answer in time".into()),
        };
        tracing::warn!(no, url = %self.url, cause = %failure, "the service of words is away");
        self.leave_alone(no, &failure);
        ServiceAnswer::Away
    }

    async fn request(
        &self,
        no: i64,
        progress: &mut AskProgress,
    ) -> Result<ServiceAnswer, AskFailure> {
        let turn = self.turns.acquire().await;
        let _turn = turn.map_err(|closed| AskFailure::Answer(closed.into()))?;
        *progress = AskProgress::Connecting;
        let (uri, stream) = self.connect(no).await.map_err(AskFailure::Unreachable)?;
        *progress = AskProgress::Connected;
        let answer = self.exchange(no, &uri, stream).await;
        answer.map_err(AskFailure::Answer)
    }

    async fn connect(&self, no: i64) -> Result<(Uri, TcpStream), Cause> {
        let uri: Uri = format!("{}/words/{no}", self.url).parse()?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
        Ok((uri, stream))
    }

    async fn exchange(
        &self,
        no: i64,
        uri: &Uri,
        stream: TcpStream,
    ) -> Result<ServiceAnswer, Cause> {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // The connection's own failure shows in the answer that does not come.
        let connection = AbortOnDrop(tokio::spawn(connection));
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let request = Request::get(uri.path())
            .header(header::HOST, authority)
            .header(header::ACCEPT, "application/json")
            .header(header::CONNECTION, "close")
            .body(Body::empty())?;
        let response = sender.send_request(request).await?;
        let answer = match response.status() {
            StatusCode::OK => {
                let body = to_bytes(Body::new(response.into_body()), LARGEST_ANSWER).await?;
                ServiceAnswer::Words(words(&body)?)
            }
            StatusCode::NOT_FOUND => ServiceAnswer::None,
            status => {
                tracing::warn!(no, status = status.as_u16(), "the service of words fails");
                ServiceAnswer::Failed
            }
        };
        drop(connection);
        Ok(answer)
    }

    fn kept(&self, no: i64) -> Option<ServiceAnswer> {
        let now = Instant::now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = state.kept.get(&no).filter(|kept| kept.until > now);
        let kept = kept.map(|kept| kept.answer.clone());
        // What is kept is still good while the service is away.
        kept.or_else(|| {
            let is_away = state.away_until.is_some_and(|until| until > now);
            is_away.then_some(ServiceAnswer::Away)
        })
    }

    fn keep(&self, no: i64, answer: &ServiceAnswer) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let for_long = match answer {
            ServiceAnswer::Words(words) if !words.is_empty() => self.keep,
            ServiceAnswer::Words(_) | ServiceAnswer::None => self.keep.min(NONE_IS_KEPT),
            ServiceAnswer::Failed | ServiceAnswer::Away => return,
        };
        state.away_until = None;
        state.keep(no, answer, now.checked_add(for_long), now);
    }

    fn leave_alone(&self, no: i64, failure: &AskFailure) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            AskFailure::Unreachable(_) => state.away_until = Some(now + LEFT_ALONE),
            AskFailure::Answer(_) => {
                let until = now.checked_add(LEFT_ALONE);
                state.keep(no, &ServiceAnswer::Away, until, now);
            }
        }
    }
}

impl ServiceState {
    /// Keeps an answer. Where there is no room, what is no longer good goes, or else what is so for the
    /// shortest time.
    fn keep(&mut self, no: i64, answer: &ServiceAnswer, until: Option<Instant>, now: Instant) {
        let Some(until) = until else {
            return;
        };
        if self.kept.len() >= KEPT_ANSWERS && !self.kept.contains_key(&no) {
            self.kept.retain(|_, kept| kept.until > now);
        }
        if self.kept.len() >= KEPT_ANSWERS && !self.kept.contains_key(&no) {
            let first = self.kept.iter().min_by_key(|(_, kept)| kept.until);
            if let Some(first) = first.map(|(no, _)| *no) {
                self.kept.remove(&first);
            }
        }
        let answer = answer.clone();
        self.kept.insert(no, KeptAnswer { answer, until });
    }
}

/// The words of a body: a list, or `null` for none.
fn words(body: &[u8]) -> Result<Arc<[WordRow]>, serde_json::Error> {
    let words: Option<Vec<ServedWord>> = serde_json::from_slice(body)?;
    let words = words.unwrap_or_default().into_iter().take(MOST_WORDS);
    let text = |text: Option<String>| -> String {
        text.unwrap_or_default()
            .chars()
            .take(LONGEST_TEXT)
            .collect()
    };
    Ok(words
        .map(|word| WordRow {
            en: text(word.en),
            note: text(word.note),
            url: text(word.url),
        })
        .collect())
}

/// Ends a task that nobody waits for any longer.
#[derive(Debug)]
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn words_are_read_as_far_as_they_go() {
        let read = |body: &str| words(body.as_bytes()).ok().map(|words| words.len());
        assert_eq!(read("[]"), Some(0));
        assert_eq!(read("null"), Some(0));
        assert_eq!(
            read(r#"[{"en": "dog", "note": null}, {"other": 1}]"#),
            Some(2)
        );
        assert_eq!(read("{}"), None);
        assert_eq!(read("<html>"), None);
        let many = format!("[{}]", vec![r#"{"en": "a"}"#; 101].join(","));
        assert_eq!(read(&many), Some(100));
        let long = format!(r#"[{{"en": "{}"}}]"#, "あ".repeat(1_001));
        assert_eq!(words(long.as_bytes()).unwrap()[0].en.chars().count(), 1_000);
    }

    /// A service that answers each request in turn with one of `answers`, an empty one not at all; its
    /// address, and what it was asked.
    async fn service(answers: Vec<&'static str>) -> (String, mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut held = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                let line = String::from_utf8_lossy(&request[..length]);
                let line = line.lines().next().unwrap_or_default().to_owned();
                // Nobody may listen any longer.
                drop(tell.send(line));
                if answer.is_empty() {
                    held.push(stream);
                } else {
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        (url, asked)
    }

    fn settings(url: &str) -> EnglishSettings {
        EnglishSettings {
            words_url: url.to_owned(),
            words_timeout_milliseconds: 300,
            ..EnglishSettings::default()
        }
    }

    const DOG: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 37\r\n\r\n\
        [{\"en\":\"dog\",\"note\":\"x\",\"url\":\"<b>\"}]";
    const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    const BROKEN: &str = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n";
    const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>";

    /// Advice 22 and 23.
    #[tokio::test]
    async fn answers_are_kept_and_failures_are_told_apart() {
        let (url, mut asked) = service(vec![DOG, NOT_FOUND, BROKEN, BROKEN, PAGE, DOG]).await;
        let service = WordService::of(&settings(&format!("{url}/"))).unwrap();
        let dog = WordRow {
            en: "dog".to_owned(),
            note: "x".to_owned(),
            url: "<b>".to_owned(),
        };
        let dog = ServiceAnswer::Words(Arc::new([dog]));
        assert_eq!(service.ask(7).await, dog);
        assert_eq!(asked.recv().await.unwrap(), "GET /words/7 HTTP/1.1");
        assert_eq!(service.ask(7).await, dog, "kept");
        for _ in 0..2 {
            assert_eq!(service.ask(-8).await, ServiceAnswer::None);
        }
        assert_eq!(asked.recv().await.unwrap(), "GET /words/-8 HTTP/1.1");
        // What fails is asked again, a service without words is left alone.
        for _ in 0..2 {
            assert_eq!(service.ask(9).await, ServiceAnswer::Failed);
        }
        // A number that is answered with something else than words is left alone, and others are not.
        for _ in 0..2 {
            assert_eq!(service.ask(10).await, ServiceAnswer::Away);
        }
        assert_eq!(service.ask(11).await, dog);
        assert_eq!(service.ask(7).await, dog, "still kept");
        let asked: Vec<_> = std::iter::from_fn(|| asked.try_recv().ok()).collect();
        let expected = [
            "GET /words/9 HTTP/1.1",
            "GET /words/9 HTTP/1.1",
            "GET /words/10 HTTP/1.1",
            "GET /words/11 HTTP/1.1",
        ];
        assert_eq!(asked, expected);
    }

    #[tokio::test]
    async fn a_service_that_is_slow_or_gone_is_away() {
        let (url, mut asked) = service(vec!["", NOT_FOUND]).await;
        let service = WordService::of(&settings(&url)).unwrap();
        let begin = Instant::now();
        assert_eq!(service.ask(1).await, ServiceAnswer::Away);
        assert!(begin.elapsed() < Duration::from_secs(10));
        assert!(asked.recv().await.is_some());
        // One that is slow for a number is not for others.
        assert_eq!(service.ask(2).await, ServiceAnswer::None);
        assert_eq!(service.ask(1).await, ServiceAnswer::Away, "left alone");
        // A port that nobody listens on any longer.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let service = WordService::of(&settings(&gone)).unwrap();
        assert_eq!(service.ask(1).await, ServiceAnswer::Away);
        assert!(service.state.lock().unwrap().away_until.is_some());
        assert!(WordService::of(&settings("")).is_none());
    }

    #[test]
    fn where_there_is_no_room_the_oldest_answer_goes() {
        let mut state = ServiceState::default();
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        for no in 0..4_096 {
            let until = after(if no == 70 { 5 } else { 100 });
            state.keep(no, &ServiceAnswer::None, Some(until), begin);
        }
        state.keep(5_000, &ServiceAnswer::None, Some(after(100)), begin);
        assert!(state.kept.len() == KEPT_ANSWERS && !state.kept.contains_key(&70));
        state.keep(7, &ServiceAnswer::None, Some(after(300)), begin);
        assert_eq!(state.kept.len(), KEPT_ANSWERS);
        state.keep(5_001, &ServiceAnswer::None, Some(after(300)), after(200));
        let mut left: Vec<_> = state.kept.keys().copied().collect();
        left.sort_unstable();
        assert_eq!(left, [7, 5_001]);
    }

    #[tokio::test]
    async fn an_answer_has_a_size() {
        let long = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n[{}]",
            LARGEST_ANSWER + 2,
            " ".repeat(LARGEST_ANSWER)
        );
        let (url, _asked) = service(vec![long.leak()]).await;
        let service = WordService::of(&settings(&url)).unwrap();
        assert_eq!(service.ask(1).await, ServiceAnswer::Away);
    }
}
