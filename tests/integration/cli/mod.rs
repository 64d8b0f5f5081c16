//! The command line as people and programs meet it: what a newcomer sees, terminals, messages, results.

pub(crate) mod newcomer;
