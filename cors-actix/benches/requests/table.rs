//! Runs the cells under callgrind, and makes the table of what it counts.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::cells::{COLUMNS, REQUESTS};

/// The argument with which the benchmark runs itself to be counted.
pub(crate) const COUNTED: &str = "--counted";

/// How much a cell may grow before `--check` fails.
const TOLERANCE: f64 = 1.03;

/// What one cell costs a request.
#[derive(Debug, Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

struct Row {
    name: String,
    cells: BTreeMap<String, Cost>,
}

pub(crate) fn print(record: bool, check: bool) -> io::Result<()> {
    let rows = measure()?;
    let heads = COLUMNS[1..].iter().map(|column| format!("{column:>18}")).collect::<String>();
    println!("instructions and allocations per request above the same app without a layer\n");
    println!("{:<40}{heads}{:>10}{:>14}", "", "/ floor", "/ actix-cors");
    for row in &rows {
        println!("{}", line(row));
    }
    if record {
        fs::write(recorded_path(), rows.iter().map(record_line).collect::<String>())?;
    }
    if check { compare(&rows) } else { Ok(()) }
}

fn measure() -> io::Result<Vec<Row>> {
    let folder = env::temp_dir().join(format!("cors-actix-requests-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-before=*cell_boundary*", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(env::current_exe()?)
        .arg(COUNTED)
        .output()
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("valgrind does not start ({error}); on Debian: apt-get install valgrind"),
            )
        })?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (cell, text) in String::from_utf8_lossy(&output.stdout).lines().enumerate() {
        let [row, column, allocations] = text.split('\t').collect::<Vec<_>>()[..] else {
            return Err(io::Error::other(format!("no cell: {text}")));
        };
        // Dumps are counted from 1; each cell ends its set-up with one, and its requests with the next.
        let total = total(&folder, 2 * cell + 2)?;
        let allocations: f64 = allocations.parse().map_err(io::Error::other)?;
        let requests = REQUESTS as f64;
        let cost = Cost { instructions: total / requests, allocations: allocations / requests };
        if rows.last().is_none_or(|last| last.name != row) {
            rows.push(Row { name: row.to_owned(), cells: BTreeMap::new() });
        }
        if let Some(last) = rows.last_mut() {
            last.cells.insert(column.to_owned(), cost);
        }
    }
    fs::remove_dir_all(&folder)?;
    Ok(rows)
}

/// The instructions of one interval.
fn total(folder: &Path, dump: usize) -> io::Result<f64> {
    let text = fs::read_to_string(folder.join(format!("out.{dump}")))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("dump {dump} has no total")))
}

/// A cell above the bare one.
fn above(row: &Row, column: &str) -> Option<Cost> {
    let (bare, cost) = (row.cells.get(COLUMNS[0])?, row.cells.get(column)?);
    Some(Cost {
        instructions: cost.instructions - bare.instructions,
        allocations: cost.allocations - bare.allocations,
    })
}

fn line(row: &Row) -> String {
    let cell = |column: &&str| match above(row, column) {
        Some(cost) => {
            let text = format!("{:+.0} ({:+.1})", cost.instructions, cost.allocations);
            format!("{text:>18}")
        }
        None => format!("{:>18}", "-"),
    };
    let ratio = |column: &str| match (above(row, "Cors"), above(row, column)) {
        (Some(ours), Some(other)) => format!("{:.2}", ours.instructions / other.instructions),
        _ => "-".to_owned(),
    };
    let cells = COLUMNS[1..].iter().map(cell).collect::<String>();
    format!("{:<40}{cells}{:>10}{:>14}", row.name, ratio("floor"), ratio("actix-cors"))
}

fn recorded_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/requests/recorded.tsv")
}

fn record_line(row: &Row) -> String {
    let ours = ["Cors", "#[cors]"];
    let cells = ours.iter().filter_map(|column| Some((column, above(row, column)?)));
    cells
        .map(|(column, cost)| format!("{}\t{column}\t{:.0}\n", row.name, cost.instructions))
        .collect()
}

/// Fails when a cell of ours has grown over what was recorded.
fn compare(rows: &[Row]) -> io::Result<()> {
    let recorded = fs::read_to_string(recorded_path())?;
    let mut grown = Vec::new();
    for text in recorded.lines() {
        let [name, column, before] = text.split('\t').collect::<Vec<_>>()[..] else { continue };
        let before: f64 = before.parse().map_err(io::Error::other)?;
        let now = rows.iter().find(|row| row.name == name).and_then(|row| above(row, column));
        match now {
            Some(now) if now.instructions <= before * TOLERANCE => {}
            Some(now) => {
                grown.push(format!("{name}, {column}: {before:.0} → {:.0}", now.instructions))
            }
            None => grown.push(format!("{name}, {column}: gone")),
        }
    }
    if grown.is_empty() {
        println!("\nno cell has grown by more than 3 %");
        return Ok(());
    }
    Err(io::Error::other(format!("grown by more than 3 %:\n  {}", grown.join("\n  "))))
}
