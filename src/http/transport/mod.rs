//! From sockets to requests: the accept loop, connections and their times, the graceful end.
//!
//! It must not know what is served, only that a router serves it.
//!
//! # Layout
//! - [`server`]: from the first connection to the graceful end
//! - `listener`: the accept loop
//! - `watch`: all connections, their room and times; `connection`: what one is doing; `socket`: what the
//!   system knows of it
//! - `cut_off`: how a response that nobody takes is ended
//! - `head`: what is refused by its head
//! - `incoming`: the body of a request, and what is left of it when it was answered
//! - `tapped`: a connection whose bytes are watched

mod connection;
pub(crate) mod cut_off;
mod head;
mod incoming;
mod listener;
pub mod server;
mod socket;
pub(crate) mod tapped;
pub(crate) mod watch;
