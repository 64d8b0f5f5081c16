//! How numbers read in a language: what groups their digits, and what stands before their fraction.

/// How a language writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberFormat {
    /// Between groups of three digits.
    pub group: char,
    /// Before the fraction.
    pub point: char,
}

impl NumberFormat {
    /// `1,234.5`: English, and Japanese.
    pub const ENGLISH: Self = Self {
        group: ',',
        point: '.',
    };

    /// `12,345`.
    #[must_use]
    pub fn integer(self, number: i64) -> String {
        let mut text = String::new();
        if number < 0 {
            text.push('-');
        }
        self.group_digits(&number.unsigned_abs().to_string(), &mut text);
        text
    }

    /// `1,234.50` of 123450: a number of hundredths, as amounts of money and percentages are kept, with
    /// two digits of fraction.
    #[must_use]
    pub fn hundredths(self, number: i64) -> String {
        let mut text = String::new();
        if number < 0 {
            text.push('-');
        }
        let number = number.unsigned_abs();
        self.group_digits(&(number / 100).to_string(), &mut text);
        text.push(self.point);
        text.push_str(&format!("{:02}", number % 100));
        text
    }

    fn group_digits(self, digits: &str, text: &mut String) {
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let english = NumberFormat::ENGLISH;
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
            (-1234, "-1,234"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(english.integer(value), text);
        }
        let german = NumberFormat {
            group: '.',
            point: ',',
        };
        assert_eq!(german.integer(1_234_567), "1.234.567");
        assert_eq!(german.hundredths(123_456), "1.234,56");
        assert_eq!(english.hundredths(-5), "-0.05");
        assert_eq!(english.hundredths(0), "0.00");
    }
}
