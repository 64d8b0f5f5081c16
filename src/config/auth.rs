//! `auth`: what apps with users share: the cost of a password's hash, how many attempts there are, how long
//! sessions last.
//!
//! The secret that signs tokens and cookies is an app's own setting. What the values defend is in
//! SECURITY.md. It must not know how a hash is computed.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::limits::AT_LEAST_ONE;

/// Memory of a hash in KiB. From the least that argon2 takes to what a machine of some size has for each
/// of its threads.
const MEMORY: RangeInclusive<u32> = 8..=1_048_576;

/// Passes over that memory.
const PASSES: RangeInclusive<u32> = 1..=100;

/// What apps with users share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthSettings {
    /// Memory that the hash of a password takes, in KiB (argon2id).
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Failed sign-ins of one account within `window_minutes`; more are answered 429. 0 for any number.
    pub account_failures: u32,
    /// Failed sign-ins of one client within `window_minutes`; more are answered 429. 0 for any number.
    pub client_failures: u32,
    /// Accounts that one client may make, or give another address, within `window_minutes`; more are answered
    /// 429. 0 for any number.
    pub client_registrations: u32,
    /// Mails that are sent to one account within `window_minutes`; for more there is none. 0 for any number.
    pub account_mails: u32,
    /// Mails that one client may ask for within `window_minutes`; more are answered 429. 0 for any number.
    pub client_mails: u32,
    /// Minutes in which all of these come back.
    pub window_minutes: u32,
    /// Hours for which a session lasts when its user is not to be remembered.
    pub session_hours: u32,
    /// Days for which a session lasts when its user is to be remembered.
    pub remember_days: u32,
}

impl Default for AuthSettings {
    /// The cost is what OWASP names for argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            account_failures: 20,
            client_failures: 300,
            client_registrations: 1000,
            account_mails: 5,
            client_mails: 100,
            window_minutes: 15,
            session_hours: 24,
            remember_days: 14,
        }
    }
}

impl AuthSettings {
    /// What cannot work, as (key, reason).
    pub(super) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        if !MEMORY.contains(&self.memory_kib) {
            return Some(("auth.memory_kib", "must be from 8 to 1048576"));
        }
        if !PASSES.contains(&self.passes) {
            return Some(("auth.passes", "must be from 1 to 100"));
        }
        let zeros = [
            ("auth.window_minutes", self.window_minutes == 0),
            ("auth.session_hours", self.session_hours == 0),
            ("auth.remember_days", self.remember_days == 0),
        ];
        let zero = zeros.iter().find(|(_, is_zero)| *is_zero);
        zero.map(|(key, _)| (*key, AT_LEAST_ONE))
    }
}
