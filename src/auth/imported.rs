//! Hashes that came with the data of other systems: bcrypt, as Flask-Bcrypt and Devise store it.
//!
//! They are verified and never made. bcrypt looks at the first 72 bytes of a password and at nothing behind
//! a NUL; a password is right by the rule that the other system had. Costs have a bound: each step doubles
//! the time. It must not know what replaces such a hash.

/// The dearest hash that is verified: about two seconds of a core. The systems that are imported from use
/// 11 and 13.
const HIGHEST_COST: u32 = 15;

/// Whether `stored` looks like a hash of bcrypt, whatever its cost. `2x` was made by a faulty
/// implementation that a right one cannot verify.
pub(super) fn is_bcrypt(stored: &str) -> bool {
    let prefixes = ["$2a$", "$2b$", "$2y$"];
    prefixes.iter().any(|prefix| stored.starts_with(prefix)) && cost(stored).is_some()
}

/// Whether `password` is the one that `stored` was made of. Digests are compared in constant time.
pub(super) fn verify(password: &[u8], stored: &str) -> bool {
    // The other systems refuse a NUL; ending at one would make "secret\0anything" right.
    !password.contains(&0) && bcrypt::verify(password, stored).unwrap_or(false)
}

fn cost(stored: &str) -> Option<u32> {
    let cost = stored.get(4..6)?.parse().ok()?;
    (4..=HIGHEST_COST).contains(&cost).then_some(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by other implementations: the test vectors of `crypt_blowfish`.
    const VECTORS: &[(&str, &str)] = &[
        (
            "U*U",
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        ),
        (
            "U*U*",
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
        ),
        (
            "",
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy",
        ),
    ];

    #[test]
    fn hashes_of_other_implementations_are_verified() {
        for &(password, stored) in VECTORS {
            for prefix in ["$2a$", "$2b$", "$2y$"] {
                let stored = stored.replace("$2a$", prefix);
                assert!(is_bcrypt(&stored));
                assert!(verify(password.as_bytes(), &stored), "{password} {stored}");
                let wrong = format!("{password}x");
                assert!(!verify(wrong.as_bytes(), &stored), "{wrong} {stored}");
            }
        }
    }

    /// Python's bcrypt, which Flask-Bcrypt stands on.
    #[test]
    fn hashes_of_python_are_verified() {
        for stored in [
            "$2b$04$tW6LWBXifjEKSN3GqEWcEecKSO29LnpeBH6Pms.hKGCqTJRUh.7t6",
            "$2a$04$o64FZSVUrqsWuh.JrqBrc.oW6IwNvGpkaoeICOIjZ2XYFMiYcC8C6",
        ] {
            assert!(is_bcrypt(stored));
            assert!(verify("Grüße 電池".as_bytes(), stored));
            assert!(!verify("Gruße 電池".as_bytes(), stored));
        }
    }

    #[test]
    fn what_is_dear_broken_or_of_the_faulty_kind_is_none() {
        let good = VECTORS[0].1;
        assert!(!is_bcrypt(&good.replace("$05$", "$16$")));
        assert!(!is_bcrypt(&good.replace("$05$", "$31$")));
        assert!(!is_bcrypt(&good.replace("$05$", "$03$")));
        assert!(!is_bcrypt(&good.replace("$2a$", "$2x$")));
        assert!(!is_bcrypt("$2a$é"));
        assert!(!verify(b"U*U", &good[..59]));
        assert!(!verify(b"U*U", "$2a$05$"));
    }

    #[test]
    fn a_password_does_not_end_at_a_nul() {
        assert!(!verify(b"U*U\0x", VECTORS[0].1));
        assert!(!verify(b"\0", VECTORS[2].1));
    }

    #[test]
    fn the_first_72_bytes_count_as_they_did_there() {
        let stored = bcrypt::hash("x".repeat(80), 4).unwrap();
        assert!(verify("x".repeat(72).as_bytes(), &stored));
        assert!(verify(format!("{}y", "x".repeat(72)).as_bytes(), &stored));
        assert!(!verify("x".repeat(71).as_bytes(), &stored));
    }
}
