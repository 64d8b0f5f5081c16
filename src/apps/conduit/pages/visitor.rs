//! Who visits: what the pages know of the user of a session.

use crate::apps::conduit::Blog;
use crate::apps::conduit::member::SessionUser;
use crate::auth::session::Sessions;
use crate::auth::visitor::{self, SessionUsers};
use crate::http::HttpError;

/// Somebody who is signed in, by name.
pub(super) type Visitor = visitor::Visitor<String>;

impl SessionUsers for Blog {
    type User = String;

    fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn find(&self, id: i64) -> Result<Option<(i64, String)>, HttpError> {
        let user = self.store.read(|connection| -> Result<_, HttpError> {
            Ok(SessionUser::find(connection, id)?)
        })?;
        Ok(user.map(|user| (user.epoch, user.username)))
    }

    fn restored(&self) -> Option<u64> {
        self.store.generation().provenance().restored
    }
}
