//! Sessions: a cookie that says who is signed in, sealed so that only we can read or make one.
//!
//! Nothing is stored for a session, so a replica with the same key reads it. It holds the user's id, when it
//! was issued and the user's session epoch; the app compares the epoch with that of the user, and raises
//! that one to end all sessions of a user: at a new password, and at a sign-out that shall hold elsewhere
//! too. Times are arguments, so that tests need no clock. It must not know who has an account.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use axum::response::Response;

use super::clock::seconds;
use super::figures::{TokenOutcome, UserFigures};
use super::keys::{AppKey, Purpose, hmac};
use super::known::KnownTexts;
use super::password::fill;
use super::seal::{LONGEST_SEALED, Seal};
use crate::http::{DigestKey, HttpError, Viewer};
use crate::web::cookie::{CookieScope, cookies};
use crate::web::csrf::FormToken;

/// Random bytes that tell sessions apart and that form tokens are made of.
const SEED_BYTES: usize = 16;

/// The form of what is sealed. Another one gets another number, and is no session for older versions.
const FORMAT: u8 = 1;

/// Bytes of what is sealed: format, user, epoch, time, whether it is remembered, seed.
const PLAIN_BYTES: usize = 1 + 8 + 8 + 8 + 1 + SEED_BYTES;

/// Reads and sets the session cookie of an app. Clones are the same one.
#[derive(Clone)]
pub struct Sessions(Arc<Cookies>);

struct Cookies {
    name: String,
    scope: CookieScope,
    seal: Seal,
    form_key: [u8; 32],
    viewer_key: DigestKey,
    lifetimes: SessionLifetimes,
    /// Cookies that were opened before. When a session ends is looked at each time.
    known: KnownTexts<OpenedSession>,
    figures: Arc<UserFigures>,
}

/// A session with what belongs to it and takes long to find.
#[derive(Clone)]
pub(super) struct OpenedSession {
    pub(super) session: Session,
    pub(super) form_token: FormToken,
    /// What responses belong to as long as the session has not ended.
    pub(super) viewer: Viewer,
}

/// For how long sessions last after their last renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionLifetimes {
    /// Those that end with the browser.
    pub(super) plain: Duration,
    /// Those of users that are to be remembered.
    pub(super) remembered: Duration,
}

/// A user at the moment when she proved who she is. Proofs take a while to be looked at; a session by one that
/// is older than what ended her sessions is void from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenUser {
    /// The user's id.
    pub id: i64,
    /// The epoch of the user's sessions, read together with what the proof was held against.
    pub epoch: i64,
}

/// Somebody who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    user: i64,
    epoch: i64,
    /// Seconds since 1970.
    issued: u64,
    is_remembered: bool,
    seed: [u8; SEED_BYTES],
}

impl Session {
    /// A session of `user`. When it is to be remembered, the browser keeps its cookie when it is closed.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn begin(user: ProvenUser, remember: bool, now: SystemTime) -> io::Result<Self> {
        let mut seed = [0; SEED_BYTES];
        fill(&mut seed)?;
        Ok(Self {
            user: user.id,
            epoch: user.epoch,
            issued: seconds(now),
            is_remembered: remember,
            seed,
        })
    }

    /// Whose it is.
    #[must_use]
    pub fn user(&self) -> i64 {
        self.user
    }

    /// The epoch of the user's sessions when it began. If the user's is another one now, it has ended.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Whether it was issued before `time`, in seconds since 1970.
    pub(super) fn is_from_before(&self, time: u64) -> bool {
        self.issued < time
    }

    fn plain(&self) -> Vec<u8> {
        let mut plain = vec![FORMAT];
        plain.extend(self.user.to_be_bytes());
        plain.extend(self.epoch.to_be_bytes());
        plain.extend(self.issued.to_be_bytes());
        plain.push(self.is_remembered.into());
        plain.extend(self.seed);
        plain
    }

    fn parse(plain: &[u8]) -> Option<Self> {
        let plain: &[u8; PLAIN_BYTES] = plain.try_into().ok()?;
        let (&[FORMAT], rest) = plain.split_first_chunk::<1>()? else {
            return None;
        };
        let (&user, rest) = rest.split_first_chunk()?;
        let (&epoch, rest) = rest.split_first_chunk()?;
        let (&issued, rest) = rest.split_first_chunk()?;
        let (&[remembered], rest) = rest.split_first_chunk()?;
        Some(Self {
            user: i64::from_be_bytes(user),
            epoch: i64::from_be_bytes(epoch),
            issued: u64::from_be_bytes(issued),
            is_remembered: remembered != 0,
            seed: rest.try_into().ok()?,
        })
    }
}

impl Sessions {
    pub(super) fn new(
        app: &str,
        key: &AppKey,
        scope: CookieScope,
        lifetimes: SessionLifetimes,
        figures: Arc<UserFigures>,
    ) -> Self {
        Self(Arc::new(Cookies {
            name: format!("{app}_session"),
            scope,
            seal: Seal::new(key.derive(Purpose::Sessions)),
            form_key: key.derive(Purpose::Forms),
            viewer_key: key.digest_key(),
            lifetimes,
            known: KnownTexts::default(),
            figures,
        }))
    }

    /// The session of a request, if it has one that is valid at `now`.
    #[must_use]
    pub fn read(&self, request: &HeaderMap, now: SystemTime) -> Option<Session> {
        self.opened(request, now).map(|opened| opened.session)
    }

    /// The same with what belongs to it.
    pub(super) fn opened(&self, request: &HeaderMap, now: SystemTime) -> Option<OpenedSession> {
        let own = &*self.0;
        let mut presented = cookies(request, &own.name).peekable();
        // Without a cookie there is nothing to count.
        presented.peek()?;
        // The first that opens: others may come from elsewhere on the same host.
        let opened = presented.find_map(|text| self.open(text));
        let (opened, outcome) = match opened {
            None => (None, TokenOutcome::Invalid),
            Some(opened) if own.is_over(&opened.session, now) => (None, TokenOutcome::Expired),
            valid => (valid, TokenOutcome::Accepted),
        };
        own.figures.session(outcome);
        opened
    }

    /// What is sealed in the text of a cookie.
    fn open(&self, text: &str) -> Option<OpenedSession> {
        let own = &*self.0;
        // Others are no cookies of ours, and not hashed.
        let is_short = text.len() <= LONGEST_SEALED;
        if let Some(known) = is_short.then(|| own.known.get(text)).flatten() {
            return Some(known);
        }
        let session = Session::parse(&own.seal.open(text)?)?;
        let form_token = self.form_token(&session);
        let viewer = Viewer::user(&own.viewer_key, session.user, session.epoch);
        let opened = OpenedSession {
            session,
            form_token,
            viewer,
        };
        own.known.insert(text, opened.clone());
        Some(opened)
    }

    /// Has `response` set the cookie of `session`. No cache may store such a response.
    ///
    /// # Errors
    /// 500 when the system has no random numbers.
    pub fn set(&self, response: &mut Response, session: &Session) -> Result<(), HttpError> {
        let own = &*self.0;
        let sealed = own
            .seal
            .seal(&session.plain())
            .map_err(HttpError::internal)?;
        let age = session.is_remembered.then_some(own.lifetimes.remembered);
        own.scope.set(response, &own.name, &sealed, age)
    }

    /// Has `response` remove the cookie: the browser is signed out. A copy of the cookie stays valid until
    /// the user's epoch is raised.
    ///
    /// # Errors
    /// 500, which does not happen: the name fits a header.
    pub fn end(&self, response: &mut Response) -> Result<(), HttpError> {
        self.0.scope.remove(response, &self.0.name)
    }

    /// `session` as issued anew, when half of its time is over; to be set then. Its form token stays.
    #[must_use]
    pub fn renewed(&self, session: &Session, now: SystemTime) -> Option<Session> {
        let age = seconds(now).saturating_sub(session.issued);
        let half = self.0.lifetime(session).as_secs() / 2;
        (age >= half).then(|| Session {
            issued: seconds(now),
            ..session.clone()
        })
    }

    /// `session` as it goes on after a change of its own raised the user's epoch to `epoch`: who changes the
    /// password stays signed in here, and nowhere else. `None` where another change raised it, too, which
    /// ended this session as well. Its form token is another one.
    #[must_use]
    pub fn gone_on(&self, session: &Session, epoch: i64, now: SystemTime) -> Option<Session> {
        (session.epoch.checked_add(1) == Some(epoch)).then(|| Session {
            epoch,
            issued: seconds(now),
            ..session.clone()
        })
    }

    /// The token of forms of `session`.
    #[must_use]
    pub fn form_token(&self, session: &Session) -> FormToken {
        let (user, epoch) = (session.user.to_be_bytes(), session.epoch.to_be_bytes());
        FormToken::of_seed(&hmac(&self.0.form_key, &[&session.seed, &user, &epoch]))
    }
}

impl Cookies {
    fn lifetime(&self, session: &Session) -> Duration {
        if session.is_remembered {
            self.lifetimes.remembered
        } else {
            self.lifetimes.plain
        }
    }

    fn is_over(&self, session: &Session, now: SystemTime) -> bool {
        let end = session
            .issued
            .saturating_add(self.lifetime(session).as_secs());
        end <= seconds(now)
    }
}

/// Without the seed, by which form tokens could be made.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user", &self.user)
            .field("epoch", &self.epoch)
            .field("issued", &self.issued)
            .field("is_remembered", &self.is_remembered)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sessions").field(&self.0.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;
    use crate::config::Secret;

    const HOUR: u64 = 3600;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn sessions(secret: &str, path: &str, is_secure: bool) -> Sessions {
        let lifetimes = SessionLifetimes {
            plain: Duration::from_secs(HOUR),
            remembered: Duration::from_secs(100 * HOUR),
        };
        let key = AppKey::new("english", Secret::from(secret));
        let scope = CookieScope::new(path, is_secure);
        Sessions::new("english", &key, scope, lifetimes, Arc::default())
    }

    fn proven(id: i64, epoch: i64) -> ProvenUser {
        ProvenUser { id, epoch }
    }

    fn set(sessions: &Sessions, session: &Session) -> String {
        let mut response = Response::default();
        sessions.set(&mut response, session).unwrap();
        let line = &response.headers()[header::SET_COOKIE];
        line.to_str().unwrap().to_owned()
    }

    /// A request with the cookies that these lines set.
    fn request(lines: &[&str]) -> HeaderMap {
        let pairs: Vec<_> = lines
            .iter()
            .map(|line| line.split(';').next().unwrap())
            .collect();
        let value = HeaderValue::try_from(pairs.join("; ")).unwrap();
        HeaderMap::from_iter([(header::COOKIE, value)])
    }

    #[test]
    fn a_session_comes_back_as_it_went_out() {
        let sessions = sessions("s", "/english", true);
        for (user, epoch, remember) in [(7, 3, false), (-1, i64::MAX, true)] {
            let session = Session::begin(proven(user, epoch), remember, at(1000)).unwrap();
            let line = set(&sessions, &session);
            let attributes = line.split_once("; ").unwrap().1;
            let age = if remember { "; Max-Age=360000" } else { "" };
            let expected = format!("HttpOnly; SameSite=Lax; Secure; Path=/english{age}");
            assert_eq!(attributes, expected);
            let found = sessions.read(&request(&[&line]), at(1000)).unwrap();
            assert_eq!(found, session);
            assert_eq!((found.user(), found.epoch()), (user, epoch));
            let text = line.split(['=', ';']).nth(1).unwrap();
            assert!(text.len() < 150, "{text}");
        }
        assert!(
            set(
                &self::sessions("s", "/", false),
                &Session::begin(proven(1, 0), false, at(0)).unwrap()
            )
            .ends_with("; HttpOnly; SameSite=Lax; Path=/")
        );
    }

    #[test]
    fn a_session_ends_by_the_servers_clock() {
        let sessions = sessions("s", "/", false);
        let plain = Session::begin(proven(7, 0), false, at(1000)).unwrap();
        let remembered = Session::begin(proven(7, 0), true, at(1000)).unwrap();
        for (session, lifetime) in [(plain, HOUR), (remembered, 100 * HOUR)] {
            let request = request(&[&set(&sessions, &session)]);
            assert!(sessions.read(&request, at(999 + lifetime)).is_some());
            assert!(sessions.read(&request, at(1000 + lifetime)).is_none());
        }
    }

    #[test]
    fn a_session_is_renewed_in_its_second_half_and_keeps_its_form_token() {
        let sessions = sessions("s", "/", false);
        let session = Session::begin(proven(7, 2), false, at(0)).unwrap();
        assert_eq!(sessions.renewed(&session, at(HOUR / 2 - 1)), None);
        let renewed = sessions.renewed(&session, at(HOUR / 2)).unwrap();
        let request = request(&[&set(&sessions, &renewed)]);
        assert!(sessions.read(&request, at(HOUR)).is_some());
        let token = |session| sessions.form_token(session).text().to_owned();
        assert_eq!(token(&session), token(&renewed));
        for elsewhere in [2, 4, i64::MIN] {
            assert_eq!(sessions.gone_on(&session, elsewhere, at(10)), None);
        }
        let raised = sessions.gone_on(&session, 3, at(10)).unwrap();
        assert_eq!((raised.user(), raised.epoch()), (7, 3));
        assert_ne!(token(&session), token(&raised));
        let other = Session::begin(proven(7, 2), false, at(0)).unwrap();
        assert_ne!(token(&session), token(&other), "of another browser");
    }

    #[test]
    fn cookies_of_others_are_no_session() {
        let ours = sessions("s", "/", false);
        let line = set(&ours, &Session::begin(proven(7, 0), false, at(0)).unwrap());
        let foreign = set(
            &sessions("t", "/", false),
            &Session::begin(proven(8, 0), false, at(0)).unwrap(),
        );
        assert_eq!(ours.read(&request(&[&foreign]), at(0)), None);
        // From elsewhere on the same host: the one that opens counts.
        let both = request(&["english_session=x", &foreign, &line]);
        assert_eq!(ours.read(&both, at(0)).unwrap().user(), 7);
        assert_eq!(ours.read(&HeaderMap::new(), at(0)), None);
        let renamed = line.replace("english_session", "conduit_session");
        assert_eq!(ours.read(&request(&[&renamed]), at(0)), None);
    }

    #[test]
    fn signing_out_removes_the_cookie_where_it_was_set() {
        let mut response = Response::default();
        sessions("s", "/english", true).end(&mut response).unwrap();
        let line = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(line.starts_with("english_session=; HttpOnly;"), "{line}");
        assert!(line.contains("Path=/english; Max-Age=0"), "{line}");
    }

    #[test]
    fn neither_seed_nor_key_is_printed() {
        let session = Session::begin(proven(7, 0), false, at(0)).unwrap();
        assert!(!format!("{session:?}").contains("seed"));
        let printed = format!("{:?}", sessions("s3cret", "/", false));
        assert_eq!(printed, "Sessions(\"english_session\")");
    }
}
