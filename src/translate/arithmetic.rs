//! Computing with numbers as MySQL does: whole ones, exact decimals, floating point.
//!
//! Whole numbers that overflow are an error on a server, so nothing has to be the same there. Exact decimals are
//! computed with as whole numbers of their last decimal. A quotient has more digits on a server than it shows; it is
//! shown or rounded and nothing else.

use super::Untranslatable;
use super::sql::{Sql, SqlForm};
use super::types::{EXACT_DIGITS, REAL_DIGITS, Type, WHOLE_DIGITS};

/// Decimals that a division adds.
const DIVISION_DECIMALS: u32 = 4;
/// A server divides with decimals in groups of nine, and does not round where a group ends.
const GROUP: u32 = 9;
/// The most decimals of MySQL.
const MOST_SCALE: u32 = 30;

/// `+`, `-`, `*`, `%`.
pub(super) fn computed(
    left: &Sql,
    operator: &'static str,
    right: &Sql,
) -> Result<Sql, Untranslatable> {
    if left.is_null() || right.is_null() {
        return Ok(Sql::new(
            format!("({} {operator} {})", left.text, right.text),
            Type::Nothing,
        ));
    }
    let (a, b) = (left.value, right.value);
    if a.is_whole() && b.is_whole() {
        let signed = !a.is_unsigned() || !b.is_unsigned();
        let digits = |value: Type| value.exact().map_or(WHOLE_DIGITS, |(digits, _)| digits);
        let digits = match operator {
            "*" => digits(a) + digits(b),
            "%" => digits(a),
            _ => digits(a).max(digits(b)) + 1,
        };
        // A difference of UNSIGNED numbers that is below zero is an error on a server.
        let value = Type::Whole {
            digits: digits.min(WHOLE_DIGITS),
            signed,
        };
        let sql = Sql::joined(left, operator, &right.text, value);
        // Where one has no sign, a server's result has none, and room for a bit more than 63.
        let no_sign = |sql: &Sql| sql.value.is_unsigned() && sql.constant().is_none();
        if digits > EXACT_DIGITS && operator != "%" && (no_sign(left) || no_sign(right)) {
            return Ok(Sql::scaled_of(sql.text, digits, 0));
        }
        return Ok(sql);
    }
    if a.exact().is_some() && b.exact().is_some() {
        return exactly(left, operator, right);
    }
    if operator == "%" {
        return Err("the remainder of a floating point number".to_owned());
    }
    let text = format!("({} {operator} {})", left.real()?, right.real()?);
    Ok(Sql::new(text, Type::Real))
}

fn exactly(left: &Sql, operator: &'static str, right: &Sql) -> Result<Sql, Untranslatable> {
    if operator == "%" {
        return Err("the remainder of a DECIMAL, which servers write as -0.00".to_owned());
    }
    let (a, b) = (left.scaled()?, right.scaled()?);
    let (text, digits, scale) = if operator == "*" {
        (
            format!("({} * {})", a.text, b.text),
            a.digits + b.digits,
            a.scale + b.scale,
        )
    } else {
        let scale = a.scale.max(b.scale);
        let (a, b) = (a.with_scale(scale), b.with_scale(scale));
        let digits = a.digits.max(b.digits) + 1;
        (format!("({} {operator} {})", a.text, b.text), digits, scale)
    };
    if scale > MOST_SCALE.min(EXACT_DIGITS) {
        return Err(format!("a DECIMAL of {scale} decimals"));
    }
    Ok(Sql::scaled_of(text, digits, scale))
}

/// `/`, whose value has a fraction whatever is divided.
pub(super) fn divided(left: &Sql, right: &Sql) -> Result<Sql, Untranslatable> {
    if left.is_null() || right.is_null() {
        return Ok(Sql::new(
            format!("({} / {})", left.text, right.text),
            Type::Nothing,
        ));
    }
    if left.value.exact().is_some() && right.value.exact().is_some() {
        let (number, divisor) = (left.scaled()?, right.scaled()?);
        return quotient(number.text, number.scale, divisor.text, divisor.scale);
    }
    let text = format!("({} / {})", left.real()?, right.real()?);
    Ok(Sql::new(text, Type::Real))
}

/// A quotient of two whole numbers with so many decimals.
pub(super) fn quotient(
    number: String,
    scale: u32,
    divisor: String,
    own: u32,
) -> Result<Sql, Untranslatable> {
    let decimals = scale + DIVISION_DECIMALS;
    let shift = i32::try_from(own).unwrap_or(0) - i32::try_from(scale).unwrap_or(0);
    if decimals.is_multiple_of(GROUP) || decimals + own > EXACT_DIGITS - 2 {
        return Err(format!("a quotient with {decimals} decimals"));
    }
    // The text is NULL where the quotient is.
    let text = format!("({number} / {divisor})");
    Ok(Sql {
        form: SqlForm::Quotient(Box::new([number, divisor]), shift),
        ..Sql::new(text, Type::Quotient { scale: decimals })
    })
}

/// `DIV`.
pub(super) fn whole_quotient(left: &Sql, right: &Sql) -> Result<Sql, Untranslatable> {
    if left.is_null() || right.is_null() {
        return Ok(Sql::new("NULL", Type::Nothing));
    }
    let (a, b) = (left.scaled()?, right.scaled()?);
    let scale = a.scale.max(b.scale);
    let (a, b) = (a.with_scale(scale), b.with_scale(scale));
    let signed = !left.value.is_unsigned() || !right.value.is_unsigned();
    let value = Type::Whole {
        digits: a.digits.min(WHOLE_DIGITS),
        signed,
    };
    Ok(Sql::new(format!("({} / {})", a.text, b.text), value))
}

/// `-value`.
pub(super) fn negative(inner: &Sql) -> Result<Sql, Untranslatable> {
    let text = format!("(- {})", inner.text);
    match (inner.value, &inner.form) {
        (Type::Nothing, _) => Ok(inner.clone()),
        (Type::Whole { digits, .. }, _) => Ok(Sql::new(
            text,
            Type::Whole {
                digits,
                signed: true,
            },
        )),
        (Type::Exact { digits, scale }, SqlForm::Literal(own)) => Ok(Sql {
            form: SqlForm::Literal(format!("-{own}")),
            ..Sql::new(text, Type::Exact { digits, scale })
        }),
        (Type::Exact { .. }, _) => {
            let scaled = inner.scaled()?;
            Ok(Sql::scaled_of(
                format!("(- {})", scaled.text),
                scaled.digits,
                scaled.scale,
            ))
        }
        (Type::Real, _) => Ok(Sql::new(text, Type::Real)),
        (other, _) => Err(format!("{} as a number", other.called())),
    }
}

/// `&` and `|`, whose value has no sign on a server.
pub(super) fn bitwise(
    left: &Sql,
    operator: &'static str,
    right: &Sql,
) -> Result<Sql, Untranslatable> {
    let (a, b) = (left.value, right.value);
    if !a.is_whole() || !b.is_whole() {
        return Err(format!(
            "the bits of {}",
            if a.is_whole() { b } else { a }.called()
        ));
    }
    let digits = |value: Type| value.exact().map_or(WHOLE_DIGITS, |(digits, _)| digits);
    let value = match (operator, a.is_unsigned(), b.is_unsigned()) {
        ("&", true, true) => digits(a).min(digits(b)),
        ("&", true, false) => digits(a),
        ("&", false, true) => digits(b),
        ("|", true, true) => digits(a).max(digits(b)) + 1,
        _ => {
            return Err(format!(
                "{operator} of numbers that may be negative, of which MySQL takes 64 bits without a sign"
            ));
        }
    };
    let value = Type::Whole {
        digits: value.min(WHOLE_DIGITS),
        signed: false,
    };
    Ok(Sql::joined(left, operator, &right.text, value))
}

/// `<<` and `>>`, which have no sign on a server and lose no bit here.
pub(super) fn shifted(
    left: &Sql,
    operator: &'static str,
    right: &Sql,
) -> Result<Sql, Untranslatable> {
    let unclear = || format!("{operator} of numbers that may be negative or lose bits");
    let bits = right
        .constant()
        .and_then(|bits| u32::try_from(bits).ok())
        .ok_or_else(unclear)?;
    let (digits, _) = left
        .value
        .exact()
        .filter(|_| left.value.is_unsigned() && left.value.is_whole())
        .ok_or_else(unclear)?;
    let digits = match operator {
        // 10 digits are 34 bits at most.
        "<<" => {
            let own = left
                .constant()
                .map_or(digits * 10 / 3 + 1, |number| 64 - number.leading_zeros());
            if own.saturating_add(bits) > 62 {
                return Err(unclear());
            }
            (own + bits) * 3 / 10 + 1
        }
        _ => digits,
    };
    let value = Type::Whole {
        digits,
        signed: false,
    };
    Ok(Sql::joined(left, operator, &right.text, value))
}

/// `ROUND` to so many decimals.
pub(super) fn rounded(number: &Sql, places: u32) -> Result<Sql, Untranslatable> {
    match (&number.form, number.value) {
        (_, value) if value.is_whole() => Ok(number.clone()),
        (SqlForm::Quotient(parts, shift), Type::Quotient { scale })
            if places < scale.max(GROUP) =>
        {
            let text = super::sql::divided(parts, *shift, places);
            Ok(Sql::scaled_of(text, EXACT_DIGITS + 1, places))
        }
        // A whole number on a server, if it is no sum.
        (SqlForm::Scaled, Type::Exact { digits, scale: 0 })
            if digits > EXACT_DIGITS && places > 0 && !number.is_call =>
        {
            Err("ROUND of a product of UNSIGNED numbers".to_owned())
        }
        (_, Type::Exact { .. }) => Ok(number.scaled()?.with_scale(places).sql()),
        (_, other) => Err(format!("ROUND of {}", other.called())),
    }
}

/// `TRUNCATE` to so many decimals.
pub(super) fn truncated(number: &Sql, places: u32) -> Result<Sql, Untranslatable> {
    if number.value.is_whole() {
        return Ok(number.clone());
    }
    let scaled = number.scaled()?;
    if places >= scaled.scale {
        return Ok(scaled.with_scale(places).sql());
    }
    let shift = scaled.scale - places;
    let text = format!("({} / {})", scaled.text, super::sql::power(shift));
    Ok(Sql::scaled_of(
        text,
        scaled.digits.saturating_sub(shift).max(places + 1),
        places,
    ))
}

/// `FLOOR`, or `CEIL` where it goes `up`.
pub(super) fn floor(number: &Sql, up: bool) -> Result<Sql, Untranslatable> {
    if number.value.is_whole() {
        return Ok(number.clone());
    }
    if number.value == Type::Real {
        return Err("FLOOR or CEIL of a floating point number".to_owned());
    }
    let scaled = number.scaled()?;
    let power = super::sql::power(scaled.scale);
    let text = &scaled.text;
    let step = if up {
        format!("+ ({text} % {power} > 0)")
    } else {
        format!("- ({text} % {power} < 0)")
    };
    let digits = (scaled.digits - scaled.scale + 1).min(REAL_DIGITS.max(scaled.digits));
    Ok(Sql::new(
        format!("({text} / {power} {step})"),
        Type::Whole {
            digits,
            signed: true,
        },
    ))
}
