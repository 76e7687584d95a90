//! Compares the instruction counts of this library with the recorded counts, so that slow growth is noticed.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cells::{ATTRIBUTE, CORS},
    table::{Row, above, measure},
};

/// The largest growth of a row that is accepted, as a part of the layer's cost in this row.
const TOLERANCE: f64 = 0.03;

/// The number of runs, of which the lowest count is used. Hash tables have another seed in each run, and some
/// seeds make two keys collide, which costs more.
const RUNS_TO_RECORD: usize = 5;
const RUNS_TO_CHECK: usize = 10;

/// Instructions per request by row and column.
type Counts = BTreeMap<(String, String), f64>;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/requests/recorded.tsv")
}

/// Returns the properties of the machine and of the compiler that change the counts.
fn environment() -> io::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    let wide = std::fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains(" avx2 "));
    let rustc = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(format!("{rustc}, {} with{} AVX2", std::env::consts::ARCH, if wide { "" } else { "out" }))
}

fn counts(rows: &[Row]) -> Counts {
    let cells = rows.iter().flat_map(|row| {
        row.cells.iter().map(move |(column, cost)| ((row.name.clone(), column.clone()), cost))
    });
    cells
        .filter(|((_, column), _)| [CORS, ATTRIBUTE].contains(&column.as_str()))
        .map(|(cell, cost)| (cell, cost.instructions))
        .collect()
}

fn least(counts: &mut Counts, others: Counts) {
    for (cell, other) in others {
        counts.entry(cell).and_modify(|count| *count = count.min(other)).or_insert(other);
    }
}

/// Writes each cell with its count, and with the accepted growth.
pub(crate) fn write(rows: &[Row]) -> io::Result<()> {
    let mut recorded = counts(rows);
    for _ in 1..RUNS_TO_RECORD {
        least(&mut recorded, counts(&measure()?));
    }
    let mut text = format!(
        "# {}\n# row, column, instructions per request, how many more may be\n",
        environment()?
    );
    for row in rows {
        let Some(cost) = above(row, CORS) else { continue };
        let more = cost.instructions * TOLERANCE;
        for column in [CORS, ATTRIBUTE] {
            if let Some(count) = recorded.get(&(row.name.clone(), column.to_owned())) {
                text.push_str(&format!("{}\t{column}\t{count:.0}\t{more:.0}\n", row.name));
            }
        }
    }
    fs::write(path(), text)
}

/// Returns an error if a row of this library has grown.
pub(crate) fn check(rows: Vec<Row>) -> io::Result<()> {
    let recorded = fs::read_to_string(path())?;
    let environment = environment()?;
    if recorded.lines().next() != Some(&format!("# {environment}")) {
        println!("\nnot compared: recorded elsewhere, this is {environment}");
        return Ok(());
    }
    let mut now = counts(&rows);
    let mut grown = compare(&recorded, &now)?;
    for _ in 1..RUNS_TO_CHECK {
        if grown.is_empty() {
            break;
        }
        least(&mut now, counts(&measure()?));
        grown = compare(&recorded, &now)?;
    }
    if grown.is_empty() {
        println!("\nno row has grown by more than 3 %");
        return Ok(());
    }
    Err(io::Error::other(format!("grown by more than 3 %:\n  {}", grown.join("\n  "))))
}

fn compare(recorded: &str, now: &Counts) -> io::Result<Vec<String>> {
    let mut grown = Vec::new();
    for line in recorded.lines().filter(|line| !line.starts_with('#')) {
        let [row, column, before, more] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(io::Error::other(format!("no cell: {line}")));
        };
        let before: f64 = before.parse().map_err(io::Error::other)?;
        let more: f64 = more.parse().map_err(io::Error::other)?;
        match now.get(&(row.to_owned(), column.to_owned())) {
            Some(count) if *count <= before + more => {}
            Some(count) => grown.push(format!("{row}, {column}: {before:.0} → {count:.0}")),
            None => grown.push(format!("{row}, {column}: gone")),
        }
    }
    Ok(grown)
}
