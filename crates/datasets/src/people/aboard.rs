//! Who is aboard: ages, families, fares, names, and who survived.
//!
//! How many women and men each class has is given; everything else is drawn. Ages and fares are whole
//! numbers in here, hundredths of a year and pence, so that every digit of the file is the same on every
//! machine.

use std::collections::BTreeSet;
use std::iter;

use super::classes::{CLASSES, Class};
use super::words::NamePool;
use crate::random::Random;

/// Younger passengers are children: Master or Miss, and with their parents.
const ADULT: i64 = 14;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PassengerSex {
    Female,
    Male,
}

/// One passenger.
pub(super) struct Passenger {
    survived: bool,
    class: u8,
    name: String,
    sex: PassengerSex,
    age_hundredths: i64,
    siblings_or_spouses: i64,
    parents_or_children: i64,
    fare_pence: i64,
}

impl Passenger {
    /// The fields in the order of the columns.
    pub(super) fn record(&self) -> [String; 8] {
        // 240 pence are a pound: 10,000 / 240 = 250 / 6, rounded to the nearest.
        let fare = (self.fare_pence * 250 + 3) / 6;
        [
            u8::from(self.survived).to_string(),
            self.class.to_string(),
            self.name.clone(),
            match self.sex {
                PassengerSex::Female => "female".to_owned(),
                PassengerSex::Male => "male".to_owned(),
            },
            decimal(self.age_hundredths, 2),
            self.siblings_or_spouses.to_string(),
            self.parents_or_children.to_string(),
            decimal(fare, 4),
        ]
    }
}

/// The passengers of one ship, no two of the same name.
pub(super) fn aboard(random: &mut Random) -> Vec<Passenger> {
    let mut places = Vec::new();
    for class in &CLASSES {
        let (women, men) = class.aboard;
        places.extend(iter::repeat_n((class, PassengerSex::Female), women));
        places.extend(iter::repeat_n((class, PassengerSex::Male), men));
    }
    random.shuffle(&mut places);
    let mut taken = BTreeSet::new();
    places
        .into_iter()
        .map(|(class, sex)| passenger(class, sex, &mut taken, random))
        .collect()
}

fn passenger(
    class: &Class,
    sex: PassengerSex,
    taken: &mut BTreeSet<String>,
    random: &mut Random,
) -> Passenger {
    let age_hundredths = age(class, random);
    let child = age_hundredths < ADULT * 100;
    let title = title(class, sex, child, random);
    let (siblings_or_spouses, parents_or_children) = family(child, title == "Mrs.", random);
    let fare_pence = if sex == PassengerSex::Male && !child && random.chance(3) {
        0
    } else {
        fare(class, siblings_or_spouses + parents_or_children, random)
    };
    let (woman_saved, man_saved, child_saved) = class.saved;
    let saved = match sex {
        _ if child => child_saved,
        PassengerSex::Female => woman_saved,
        PassengerSex::Male => man_saved,
    };
    Passenger {
        survived: random.chance(saved),
        class: class.number,
        name: new_name(class, title, sex, taken, random),
        sex,
        age_hundredths,
        siblings_or_spouses,
        parents_or_children,
        fare_pence,
    }
}

fn age(class: &Class, random: &mut Random) -> i64 {
    if random.chance(class.children_percent) {
        if random.chance(9) {
            // Of infants the months are known: 5 of 12 are 0.42 years.
            return (random.between(5, 11) * 100 + 6) / 12;
        }
        return random.between(1, ADULT - 1) * 100;
    }
    let (youngest, span) = class.adults;
    let years = random.between(0, span).min(random.between(0, span));
    // An estimated age ends in a half.
    let estimated = if random.chance(2) { 50 } else { 0 };
    (youngest + years) * 100 + estimated
}

fn title(class: &Class, sex: PassengerSex, child: bool, random: &mut Random) -> &'static str {
    match sex {
        PassengerSex::Male if child => "Master.",
        PassengerSex::Female if child => "Miss.",
        PassengerSex::Male => match random.between(1, 100) {
            1 => "Dr.",
            2 => "Rev.",
            3 | 4 if class.number == 1 => random.pick(&["Capt.", "Col.", "Major."]),
            _ => "Mr.",
        },
        PassengerSex::Female => match random.between(1, 100) {
            1 => "Dr.",
            2..=56 => "Mrs.",
            _ => "Miss.",
        },
    }
}

/// Siblings or spouses aboard, and parents or children.
fn family(child: bool, married: bool, random: &mut Random) -> (i64, i64) {
    if child {
        (
            random.pick(&[0, 0, 1, 1, 1, 2, 3, 4]),
            random.pick(&[1, 1, 1, 2, 2, 2, 2, 2]),
        )
    } else if married {
        (
            random.pick(&[0, 0, 1, 1, 1]),
            random.pick(&[0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
        )
    } else {
        (
            random.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2]),
            random.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
        )
    }
}

/// The fare of a ticket, which is for everybody of a family.
fn fare(class: &Class, companions: i64, random: &mut Random) -> i64 {
    if let Some((low, high)) = class.suites
        && random.chance(6)
    {
        return random.between(low, high);
    }
    let single = if random.chance(65) {
        random.pick(class.usual)
    } else {
        random.between(class.fares.0, class.fares.1)
    };
    single + companions * single * 2 / 3
}

fn new_name(
    class: &Class,
    title: &str,
    sex: PassengerSex,
    taken: &mut BTreeSet<String>,
    random: &mut Random,
) -> String {
    loop {
        let name = name(random.pick(class.names), title, sex, random);
        if taken.insert(name.clone()) {
            return name;
        }
    }
}

fn name(names: &NamePool, title: &str, sex: PassengerSex, random: &mut Random) -> String {
    let own = |sex: PassengerSex, random: &mut Random| match sex {
        PassengerSex::Female => random.pick(names.women),
        PassengerSex::Male => random.pick(names.men),
    };
    let surname = |random: &mut Random| {
        let beginning = random.pick(names.beginnings);
        format!("{beginning}{}", random.pick(names.endings))
    };
    // A married woman has her husband's name, and her own in brackets.
    let shown = if title == "Mrs." {
        PassengerSex::Male
    } else {
        sex
    };
    let (first, second) = (own(shown, random), own(shown, random));
    let mut words = vec![title.to_owned(), first.to_owned()];
    if second != first && random.chance(45) {
        words.push(second.to_owned());
    }
    if title == "Mrs." {
        let first = own(PassengerSex::Female, random);
        words.push(if random.chance(60) {
            format!("({first} {})", surname(random))
        } else {
            format!("({first})")
        });
    }
    words.push(surname(random));
    words.join(" ")
}

/// `value`, of which the last `places` digits are decimals, without zeros at its end.
fn decimal(value: i64, places: usize) -> String {
    let digits = format!("{value:0width$}", width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    match decimals.trim_end_matches('0') {
        "" => whole.to_owned(),
        decimals => format!("{whole}.{decimals}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_zeros_at_their_end() {
        for (value, places, expected) in [
            (0, 4, "0"),
            (42, 2, "0.42"),
            (2_200, 2, "22"),
            (2_850, 2, "28.5"),
            (78_958, 4, "7.8958"),
        ] {
            assert_eq!(decimal(value, places), expected);
        }
    }
}
