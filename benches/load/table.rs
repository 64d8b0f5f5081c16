//! Results for people: Markdown tables, ready for docs/performance.md.

use std::fmt::Write as _;

use crate::results::{Figure, Read, Results, Sample};

/// Above this, a client is too busy for its numbers to be the server's alone.
const BUSY: f64 = 0.9;
/// Below this, something else bounded the closed loop: another process, or a disk.
const SERVER_BUSY: f64 = 0.8;
const P99_TARGET: f64 = 2.0;

pub(crate) fn markdown(results: &Results) -> String {
    let Results {
        machine, settings, ..
    } = results;
    let mut text = format!(
        "{}, {} cores, {}; load average {}; commit {}\n{} connections, {} rounds of {} s{}\n\n",
        machine.processor,
        machine.cores,
        if machine.is_pinned {
            "server and client pinned apart"
        } else {
            "not pinned"
        },
        machine.load_average,
        machine.commit,
        settings.connections,
        settings.rounds,
        settings.seconds,
        settings
            .file
            .as_ref()
            .map(|file| format!("; {file}"))
            .unwrap_or_default(),
    );
    if !results.reads.is_empty() {
        let head = [
            "endpoint",
            "requests/s",
            "ratio (spread)",
            "target",
            "",
            "p50 µs",
            "p99 µs",
            "p99 ratio",
            "CPU s/1,000",
            "CPU ratio",
            "bytes",
            "client busy",
            "server busy",
        ];
        text += &aligned(&head, results.reads.iter().map(read_cells));
        text.push('\n');
    }
    let others = [packed_table(results), beside_table(results)];
    for table in others.into_iter().flatten() {
        text += &table;
        text.push('\n');
    }
    if !results.figures.is_empty() {
        let head = ["figure", "value (spread)", "target", ""];
        text += &aligned(&head, results.figures.iter().map(figure_cells));
    }
    for warning in results.reads.iter().filter_map(warning) {
        writeln!(text, "- {warning}").unwrap();
    }
    text
}

/// What clients get that accept an encoding.
fn packed_table(results: &Results) -> Option<String> {
    let rows = results.reads.iter().filter_map(|read| {
        let packed = read.packed.as_ref()?;
        Some(vec![
            read.name.clone(),
            format!("{:.0}", read.per_second.median),
            format!("{:.0}", packed.per_second.median),
            spread(&packed.ratio),
            format!("{:.2}", read.cpu / packed.cpu),
            format!("{:.0}", read.bytes),
            format!("{:.0}", packed.bytes),
            packed
                .to_level_six
                .map_or_else(|| "plain".to_owned(), |ratio| format!("{ratio:.2}")),
        ])
    });
    let rows: Vec<_> = rows.collect();
    let with = results.reads.iter().find_map(|read| read.packed.as_ref())?;
    let packed = format!("{}/s", with.with.name());
    let head = [
        "packed",
        "plain/s",
        &packed,
        "ratio (spread)",
        "CPU ratio",
        "bytes",
        "sent",
        "to gzip 6",
    ];
    Some(aligned(&head, rows.into_iter()))
}

/// What a static server beside answers.
fn beside_table(results: &Results) -> Option<String> {
    let rows = results.reads.iter().filter_map(|read| {
        let beside = read.beside.as_ref()?;
        Some(vec![
            read.name.clone(),
            format!("{:.0}", read.per_second.median),
            format!("{:.0}", beside.per_second.median),
            spread(&beside.ratio),
            format!("{:.0}", read.bytes),
        ])
    });
    let rows: Vec<_> = rows.collect();
    let head = [
        "beside",
        "requests/s",
        "static file/s",
        "ratio (spread)",
        "bytes",
    ];
    (!rows.is_empty()).then(|| aligned(&head, rows.into_iter()))
}

fn spread(ratio: &Sample) -> String {
    let Sample { median, low, high } = ratio;
    format!("{median:.2} ({low:.2}–{high:.2})")
}

fn read_cells(read: &Read) -> Vec<String> {
    let has_target = read.target > 0.0;
    let is_good = read.ratio.median >= read.target && read.p99_ratio.median <= P99_TARGET;
    vec![
        read.name.clone(),
        format!("{:.0}", read.per_second.median),
        spread(&read.ratio),
        if has_target {
            format!("{:.2}", read.target)
        } else {
            "-".to_owned()
        },
        if has_target {
            mark(is_good)
        } else {
            String::new()
        },
        format!("{:.0}", read.p50.median),
        format!("{:.0}", read.p99.median),
        format!("{:.2}", read.p99_ratio.median),
        format!("{:.4}", read.cpu),
        format!("{:.2}", read.ceiling_cpu / read.cpu),
        format!("{:.0}", read.bytes),
        busy(read.client_busy, read.ceiling_client_busy),
        busy(read.server_busy, read.ceiling_server_busy),
    ]
}

/// At the endpoint and at the ceiling.
fn busy(endpoint: f64, ceiling: f64) -> String {
    format!("{:.0} / {:.0} %", endpoint * 100.0, ceiling * 100.0)
}

fn figure_cells(figure: &Figure) -> Vec<String> {
    let Sample { median, low, high } = figure.value;
    let places = if median < 10.0 {
        2
    } else {
        usize::from(median < 100.0)
    };
    let value = if low < high {
        format!(
            "{median:.places$} {} ({low:.places$}–{high:.places$})",
            figure.unit
        )
    } else {
        format!("{median:.places$} {}", figure.unit)
    };
    let sign = if figure.is_floor { "≥" } else { "≤" };
    let target = figure.target.map(|target| format!("{sign} {target}"));
    vec![
        figure.name.clone(),
        value,
        target.unwrap_or_default(),
        figure.is_met().map(mark).unwrap_or_default(),
    ]
}

fn mark(is_met: bool) -> String {
    if is_met { "✓" } else { "✗" }.to_owned()
}

fn warning(read: &Read) -> Option<String> {
    let what = if !read.has_equal_headers {
        "the ceiling's headers differ"
    } else if read.client_busy.max(read.ceiling_client_busy) > BUSY {
        "the client was too busy; the true ratio is lower"
    } else if read.server_busy.min(read.ceiling_server_busy) < SERVER_BUSY {
        "the server did not have its core; trust the CPU ratio"
    } else {
        return None;
    };
    Some(format!("{}: {what}.", read.name))
}

/// A Markdown table whose columns are as wide as their widest cell: the first is text, the others
/// are numbers.
pub(crate) fn aligned(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|&cell| cell.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default().max(2)
    };
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            if column == 0 {
                write!(text, "| {cell:<width$} ").unwrap();
            } else {
                write!(text, "| {cell:>width$} ").unwrap();
            }
        }
        text.push_str("|\n");
        if index == 0 {
            for (column, &width) in widths.iter().enumerate() {
                let end = if column == 0 { '-' } else { ':' };
                write!(text, "|{:-<1$}{end}", "", width + 1).unwrap();
            }
            text.push_str("|\n");
        }
    }
    text
}
