//! Passengers for the app `people`.
//!
//! The file has the columns, the form and the distributions of the passenger list that the original app
//! is delivered with, and none of its rows: every name is put together here.
//!
//! # Layout
//! - `classes`: whom each class carries, and for how much; `words`: parts of names
//! - `aboard`: who is aboard
//! - this file: passengers as CSV

mod aboard;
mod classes;
mod words;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::random::Random;
use crate::sums;
use crate::written::Written;

const FILE: &str = "people.csv";

const HEADER: [&str; 8] = [
    "Survived",
    "Pclass",
    "Name",
    "Sex",
    "Age",
    "Siblings/Spouses Aboard",
    "Parents/Children Aboard",
    "Fare",
];

/// Writes the dataset into `folder`, with `scale` times the passengers of the built-in one; reports to `wrote`
/// about each file.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_dataset(
    folder: &Path,
    scale: u32,
    wrote: &mut dyn FnMut(&Written),
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    let mut out = BufWriter::new(File::create(&path)?);
    let digest = sums::digest(&mut out, |out| list(scale, out))?;
    out.flush()?;
    wrote(&Written {
        name: FILE.to_owned(),
        stored_bytes: path.metadata()?.len(),
    });
    wrote(&Written {
        name: sums::NAME.to_owned(),
        stored_bytes: sums::write(folder, [(FILE.to_owned(), digest)])?,
    });
    Ok(())
}

/// Writes the passengers of `scale` ships, one after the other, so that a smaller list is the beginning
/// of a larger one.
fn list(scale: u32, out: &mut dyn Write) -> io::Result<()> {
    // The ends of lines are those of the original's file.
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    csv.write_record(HEADER)?;
    let mut random = Random::stream("passengers");
    for _ in 0..scale {
        for passenger in aboard::aboard(&mut random) {
            csv.write_record(passenger.record())?;
        }
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(scale: u32) -> String {
        let mut out = Vec::new();
        list(scale, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rows(scale: u32) -> Vec<Vec<String>> {
        let text = text(scale);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), &HEADER[..]);
        reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    /// How many rows of `rows` hold these values in these columns, of how many that hold the first.
    fn share(rows: &[Vec<String>], of: (usize, &str), with: (usize, &str)) -> f64 {
        let of: Vec<_> = rows.iter().filter(|row| row[of.0] == of.1).collect();
        let with = of.iter().filter(|row| row[with.0] == with.1).count();
        #[expect(clippy::cast_precision_loss, reason = "some hundred rows")]
        let share = with as f64 / of.len() as f64;
        share
    }

    fn number(row: &[String], column: usize) -> f64 {
        row[column].parse().unwrap()
    }

    #[test]
    fn the_list_has_the_form_of_the_original() {
        let text = text(1);
        assert!(text.is_ascii() && !text.contains('"'));
        assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
        for row in rows(1) {
            assert!(["0", "1"].contains(&row[0].as_str()), "{row:?}");
            assert!(["1", "2", "3"].contains(&row[1].as_str()), "{row:?}");
            assert!(row[2].len() <= 100 && row[2].contains(". "), "{row:?}");
            assert!(["female", "male"].contains(&row[3].as_str()), "{row:?}");
            assert!((0.4..=80.5).contains(&number(&row, 4)), "{row:?}");
            assert!(row[5].parse::<u8>().unwrap() <= 8, "{row:?}");
            assert!(row[6].parse::<u8>().unwrap() <= 6, "{row:?}");
            assert!((0.0..=513.0).contains(&number(&row, 7)), "{row:?}");
            let decimals = row[7].split_once('.').map_or(0, |(_, digits)| digits.len());
            assert!(decimals <= 4, "{row:?}");
        }
    }

    #[test]
    fn sexes_and_classes_have_the_counts_of_the_original() {
        let rows = rows(1);
        let count =
            |column: usize, value: &str| rows.iter().filter(|row| row[column] == value).count();
        assert_eq!(rows.len(), 887);
        assert_eq!((count(3, "male"), count(3, "female")), (573, 314));
        assert_eq!(
            ["1", "2", "3"].map(|class| count(1, class)),
            [216, 184, 487]
        );
    }

    #[test]
    fn survival_depends_on_sex_class_and_age() {
        let rows = rows(1);
        let all = share(&rows, (3, "male"), (0, "1")) * 573.0 / 887.0
            + share(&rows, (3, "female"), (0, "1")) * 314.0 / 887.0;
        assert!((0.38..0.39).contains(&all), "{all}");
        let women = share(&rows, (3, "female"), (0, "1"));
        let men = share(&rows, (3, "male"), (0, "1"));
        assert!(women > 3.0 * men, "{women} {men}");
        let classes = ["1", "2", "3"].map(|class| share(&rows, (1, class), (0, "1")));
        assert!(
            classes[0] > classes[1] && classes[1] > classes[2],
            "{classes:?}"
        );
        let boys: Vec<_> = rows
            .iter()
            .filter(|row| row[2].starts_with("Master."))
            .cloned()
            .collect();
        assert!(boys.len() > 20);
        assert!(share(&boys, (3, "male"), (0, "1")) > 2.0 * men);
    }

    #[test]
    fn ages_and_fares_have_the_oddities_of_the_original() {
        let rows = rows(1);
        let count = |odd: &dyn Fn(&[String]) -> bool| rows.iter().filter(|row| odd(row)).count();
        let infants = count(&|row| number(row, 4) < 1.0);
        assert!((3..=12).contains(&infants), "{infants} infants");
        let fractions = count(&|row| row[4].contains('.'));
        assert!(
            (15..=40).contains(&fractions),
            "{fractions} fractional ages"
        );
        let free = count(&|row| row[7] == "0");
        assert!((5..=25).contains(&free), "{free} fares of zero");
        let whole = count(&|row| !row[7].contains('.'));
        assert!((90..=260).contains(&whole), "{whole} whole fares");
        let four = count(&|row| {
            row[7]
                .split_once('.')
                .is_some_and(|(_, part)| part.len() == 4)
        });
        assert!(four > 100, "{four} fares with four decimals");
        let alone = count(&|row| row[5] == "0" && row[6] == "0");
        assert!((400..=650).contains(&alone), "{alone} alone");
    }

    #[test]
    fn dearer_classes_have_dearer_fares_and_older_passengers() {
        let rows = rows(1);
        let mean = |class: &str, column: usize| {
            let numbers: Vec<_> = rows
                .iter()
                .filter(|row| row[1] == class)
                .map(|row| number(row, column))
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "some hundred rows")]
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            mean
        };
        let fares = ["1", "2", "3"].map(|class| mean(class, 7));
        assert!(
            fares[0] > 2.0 * fares[1] && fares[1] > fares[2],
            "{fares:?}"
        );
        let ages = ["1", "2", "3"].map(|class| mean(class, 4));
        assert!(ages[0] > ages[1] && ages[1] > ages[2], "{ages:?}");
    }

    #[test]
    fn nobody_is_aboard_twice_and_titles_fit() {
        let rows = rows(1);
        let names: BTreeSet<_> = rows.iter().map(|row| &row[2]).collect();
        assert_eq!(names.len(), rows.len());
        let mut titles = BTreeSet::new();
        for row in &rows {
            let (title, _) = row[2].split_once(' ').unwrap();
            titles.insert(title);
            match title {
                "Master." => assert!(row[3] == "male" && number(row, 4) < 14.0, "{row:?}"),
                "Miss." | "Mrs." => assert_eq!(row[3], "female", "{row:?}"),
                "Mr." => assert!(row[3] == "male" && number(row, 4) >= 14.0, "{row:?}"),
                _ => assert!(number(row, 4) >= 14.0, "{row:?}"),
            }
        }
        for title in ["Dr.", "Master.", "Miss.", "Mr.", "Mrs.", "Rev."] {
            assert!(titles.contains(title), "no {title}");
        }
    }

    #[test]
    fn a_larger_list_begins_with_the_smaller_one() {
        let (one, two) = (text(1), text(2));
        assert!(two.starts_with(&one));
        assert_eq!(rows(2).len(), 1774);
        assert_eq!(one, text(1), "made again, it is the same");
    }
}
