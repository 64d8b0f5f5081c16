//! The command line as people and programs meet it: what a newcomer sees, terminals, messages,
//! what is made of the arguments.

pub(crate) mod generated;
pub(crate) mod json_log;
pub(crate) mod messages;
pub(crate) mod newcomer;
pub(crate) mod terminal;
