//! The command line as people and programs meet it: what a newcomer sees, terminals, messages,
//! results, what is made of the arguments.

pub(crate) mod deploy;
pub(crate) mod generated;
pub(crate) mod json_log;
pub(crate) mod messages;
pub(crate) mod newcomer;
pub(crate) mod readme;
pub(crate) mod results;
pub(crate) mod terminal;
