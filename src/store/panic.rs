//! What a panic said: of work that is done for others on a thread of the store's, where it must end
//! nothing but that work, and of whatever else catches one.

use std::any::Any;

/// The message of a panic that was caught; for the log, never for a client.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}
