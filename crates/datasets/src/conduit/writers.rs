//! Users: their names, what they say about themselves, and how often each writes, follows and is followed.

use super::calendar::{BEGINNING, DAY};
use super::words::{BEGINNINGS, ENDINGS, FAMILY_NAMES, FIRST_NAMES, GIVEN_NAMES, LIKINGS, TRADES};
use crate::random::Random;

/// Somebody who writes or reads.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) username: String,
    pub(super) email: String,
    pub(super) bio: String,
    pub(super) image: String,
    pub(super) created_at: i64,
}

/// So many users, in the order in which they came: one in ten a day, before anything was written.
pub(super) fn accounts(count: usize) -> Vec<Account> {
    let mut random = Random::stream("conduit users");
    let mut taken = std::collections::HashSet::new();
    (0..count)
        .map(|index| account(index, &mut random, &mut taken))
        .collect()
}

fn account(
    index: usize,
    random: &mut Random,
    taken: &mut std::collections::HashSet<String>,
) -> Account {
    let number = index + 1;
    // One in ten has a name in Japanese.
    let (base, local) = if number % 10 == 7 {
        let name = [random.pick(&FAMILY_NAMES), random.pick(&GIVEN_NAMES)];
        (name.join(" "), "reader".to_owned())
    } else {
        let first = random.pick(&FIRST_NAMES);
        let last = [random.pick(&BEGINNINGS), random.pick(&ENDINGS)].concat();
        let ascii: String = first.chars().filter(char::is_ascii_alphabetic).collect();
        (format!("{first} {last}"), ascii.to_ascii_lowercase())
    };
    let mut username = base.clone();
    let mut more = 2;
    while !taken.insert(username.to_lowercase()) {
        username = format!("{base} {more}");
        more += 1;
    }
    // 30 of 200 say nothing, 60 show nothing.
    let bio = if number % 20 < 3 {
        String::new()
    } else {
        format!("{}. Likes {}.", random.pick(&TRADES), random.pick(&LIKINGS))
    };
    let image = if number % 10 < 3 {
        String::new()
    } else {
        format!("https://images.example.com/avatars/{number}.png")
    };
    let day = i64::try_from(index % 60).unwrap_or_default();
    Account {
        username,
        email: format!("{local}{number}@example.com"),
        bio,
        image,
        created_at: BEGINNING - DAY * (60 - day) + random.between(0, DAY - 1),
    }
}

/// Draws from 0 to below a bound by Zipf's law: the first half as often again as the second, and so on.
pub(super) struct Zipf {
    /// Sums of the weights up to each.
    sums: Vec<i64>,
}

impl Zipf {
    pub(super) fn of(count: usize) -> Self {
        const WEIGHT: i64 = 1_000_000;
        let ranks = 0..i64::try_from(count).unwrap_or_default();
        let sums = ranks.scan(0, |sum, rank| {
            *sum += WEIGHT / (rank + 4);
            Some(*sum)
        });
        Self {
            sums: sums.collect(),
        }
    }

    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let most = self.sums.last().copied().unwrap_or(1);
        let drawn = random.between(1, most);
        self.sums.partition_point(|sum| *sum < drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_different_and_some_are_not_latin() {
        let accounts = accounts(2_000);
        let names: std::collections::HashSet<_> =
            accounts.iter().map(|account| &account.username).collect();
        assert_eq!(names.len(), accounts.len());
        let first = &accounts[..200];
        let without = |text: fn(&Account) -> &String| {
            first
                .iter()
                .filter(|account| text(account).is_empty())
                .count()
        };
        assert_eq!(without(|account| &account.bio), 30);
        assert_eq!(without(|account| &account.image), 60);
        assert!(first.iter().filter(|one| !one.username.is_ascii()).count() > 20);
    }

    #[test]
    fn the_first_are_drawn_most() {
        let zipf = Zipf::of(100);
        let mut random = Random::stream("zipf");
        let mut drawn = [0; 100];
        for _ in 0..100_000 {
            drawn[zipf.draw(&mut random)] += 1;
        }
        assert!(drawn[0] > 5_000 && drawn[0] > 3 * drawn[10] && drawn[10] > 3 * drawn[99]);
        assert!(drawn.iter().all(|times| *times > 0));
    }
}
