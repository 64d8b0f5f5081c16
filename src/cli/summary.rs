//! The table at the end of a bake or import, and tables in general.

use std::collections::BTreeMap;

use indicatif::{HumanBytes, HumanCount};

use super::remarks::visible;
use crate::load::{NoteClass, Report};

/// Tables, rows, indexes, sizes, seconds, and what differs from the dumps.
pub(super) fn report(report: &Report) -> String {
    let mut rows = vec![["table", "rows", "size", "indexes", "size of indexes"].map(str::to_owned)];
    for table in &report.tables {
        let index_bytes: u64 = table.indexes.iter().filter_map(|index| index.bytes).sum();
        rows.push([
            table.name.clone(),
            HumanCount(table.rows).to_string(),
            HumanBytes(table.bytes.unwrap_or(0)).to_string(),
            table.indexes.len().to_string(),
            HumanBytes(index_bytes).to_string(),
        ]);
    }
    let mut text = table(&rows);
    text.push_str(&totals(report));
    text.push_str(&notes(report));
    text
}

/// What became of tables and types, and what differs from the dumps.
pub(super) fn import_report(report: &Report) -> String {
    let mut rows = vec![["table", "rows", "columns", "indexes"].map(str::to_owned)];
    let mut types: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for table in &report.tables {
        rows.push([
            table.name.clone(),
            HumanCount(table.rows).to_string(),
            table.columns.len().to_string(),
            table.indexes.len().to_string(),
        ]);
        for column in &table.columns {
            *types.entry((&column.mysql, &column.sqlite)).or_default() += 1;
        }
    }
    let mut text = table(&rows);
    let mut rows = vec![["type in the dump", "type in the file", "columns"].map(str::to_owned)];
    rows.extend(
        types.into_iter().map(|((mysql, sqlite), count)| {
            [shortened(mysql), sqlite.to_owned(), count.to_string()]
        }),
    );
    text.push('\n');
    text.push_str(&table(&rows));
    if !report.views.is_empty() {
        let names: Vec<String> = report.views.iter().map(|name| visible(name)).collect();
        text.push_str(&format!("\nviews: {}\n", names.join(", ")));
    }
    text.push_str(&totals(report));
    let ignored: Vec<String> = report
        .ignored
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    if !ignored.is_empty() {
        text.push_str(&format!(
            "\nIgnored (no effect in SQLite): {}\n",
            ignored.join(", ")
        ));
    }
    text.push_str(&notes(report));
    text
}

fn totals(report: &Report) -> String {
    let seconds = report.elapsed.as_secs_f64();
    format!(
        "\n{}: {}, {} rows from {} of input in {seconds:.2} s\n",
        report.path.display(),
        HumanBytes(report.bytes),
        HumanCount(report.rows),
        HumanBytes(report.input_bytes),
    )
}

fn notes(report: &Report) -> String {
    let mut text = String::new();
    for (class, title) in [
        (NoteClass::Skipped, "Skipped"),
        (NoteClass::Lossy, "Lost or incomplete"),
        (NoteClass::Changed, "Stored differently"),
    ] {
        let notes: Vec<_> = report
            .notes
            .iter()
            .filter(|note| note.class == class)
            .collect();
        if !notes.is_empty() {
            text.push_str(&format!("\n{title} ({}):\n", notes.len()));
        }
        for note in notes {
            text.push_str(&format!(
                "  {}:{}: {}\n",
                note.input,
                note.line,
                visible(&note.what)
            ));
        }
    }
    text
}

/// An ENUM may be longer than a line.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return visible(text);
    }
    let start: String = text.chars().take(LONGEST - 1).collect();
    visible(&start) + "…"
}

/// Rows of cells, aligned; the first column to the left, the others to the right.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        for (index, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let cell = &visible(cell);
            let cell = if index == 0 {
                format!("{cell:<width$}")
            } else {
                format!("  {cell:>width$}")
            };
            text.push_str(&cell);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["a", "rows"], ["chair", "5"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "a      rows\nchair     5\n");
    }
}
