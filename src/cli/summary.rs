//! The table at the end of a bake or import, and tables in general.

use indicatif::{HumanBytes, HumanCount};

use crate::bake::Report;

/// Tables, rows, indexes, sizes, seconds, and what was left out.
pub(super) fn report(report: &Report) -> String {
    let mut rows = vec![["table", "rows", "size", "indexes", "size of indexes"].map(str::to_owned)];
    for table in &report.tables {
        let index_bytes: u64 = table.indexes.iter().map(|index| index.bytes).sum();
        rows.push([
            table.name.clone(),
            HumanCount(table.rows).to_string(),
            HumanBytes(table.bytes).to_string(),
            table.indexes.len().to_string(),
            HumanBytes(index_bytes).to_string(),
        ]);
    }
    let mut text = table(&rows);
    text.push_str(&format!(
        "\n{}: {}, {} rows from {} of input in {:.2} s\n",
        report.path.display(),
        HumanBytes(report.bytes),
        HumanCount(report.rows),
        HumanBytes(report.input_bytes),
        report.elapsed.as_secs_f64()
    ));
    if !report.skipped.is_empty() {
        text.push_str(&format!("\nNot carried over ({}):\n", report.skipped.len()));
        for line in &report.skipped {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
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
