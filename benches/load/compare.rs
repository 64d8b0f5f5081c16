//! Two results side by side. Only ratios travel between runs: a machine is never as fast twice.

use crate::results::{Results, Sample};
use crate::table::aligned;

pub(crate) fn compare(old: &Results, new: &Results) -> String {
    let mut rows = Vec::new();
    for read in &new.reads {
        if let Some(before) = old.reads.iter().find(|before| before.name == read.name) {
            rows.push(cells(&read.name, "ratio", &before.ratio, &read.ratio));
            rows.push(cells(
                &read.name,
                "p99 ratio",
                &before.p99_ratio,
                &read.p99_ratio,
            ));
            if let (Some(before), Some(now)) = (&before.packed, &read.packed)
                && before.with == now.with
            {
                let unit = format!("{}, to plain", now.with.name());
                rows.push(cells(&read.name, &unit, &before.ratio, &now.ratio));
            }
            if let (Some(before), Some(now)) = (&before.beside, &read.beside) {
                rows.push(cells(
                    &read.name,
                    "to the static file",
                    &before.ratio,
                    &now.ratio,
                ));
            }
        }
    }
    for figure in &new.figures {
        if let Some(before) = old.figures.iter().find(|before| before.name == figure.name) {
            rows.push(cells(
                &figure.name,
                &figure.unit,
                &before.value,
                &figure.value,
            ));
        }
    }
    let commits = format!("{} to {}\n\n", old.machine.commit, new.machine.commit);
    let head = ["what", "unit", "old", "new", "change", "beyond the spread"];
    commits + &aligned(&head, rows.into_iter())
}

fn cells(name: &str, unit: &str, old: &Sample, new: &Sample) -> Vec<String> {
    let change = (new.median / old.median - 1.0) * 100.0;
    let apart = if new.is_apart(old) { "yes" } else { "" };
    vec![
        name.to_owned(),
        unit.to_owned(),
        format!("{:.2}", old.median),
        format!("{:.2}", new.median),
        format!("{change:+.1} %"),
        apart.to_owned(),
    ]
}
