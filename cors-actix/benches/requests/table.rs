//! Measures the cells and prints the table of their costs.

use std::{collections::BTreeMap, io};

use crate::{
    callgrind,
    cells::{ATTRIBUTE, BARE_ROUTE, COLUMNS, REQUESTS},
    recorded,
};

/// The cost of a request in one cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) instructions: f64,
    allocations: f64,
}

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cells: BTreeMap<String, Cost>,
}

pub(crate) fn print(record: bool, check: bool) -> io::Result<()> {
    let rows = measure()?;
    let heads = COLUMNS[1..].iter().map(|column| format!("{column:>18}")).collect::<String>();
    println!("instructions and allocations per request above the same app without a layer\n");
    println!("{:<44}{heads}{:>10}{:>14}", "", "/ floor", "/ actix-cors");
    for row in &rows {
        println!("{}", line(row));
    }
    if record {
        recorded::write(&rows)?;
    }
    if check { recorded::check(rows) } else { Ok(()) }
}

pub(crate) fn measure() -> io::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for (text, instructions) in callgrind::run()? {
        let [row, column, allocations] = text.split('\t').collect::<Vec<_>>()[..] else {
            return Err(io::Error::other(format!("no cell: {text}")));
        };
        let allocations: f64 = allocations.parse().map_err(io::Error::other)?;
        let requests = REQUESTS as f64;
        let cost =
            Cost { instructions: instructions / requests, allocations: allocations / requests };
        if rows.last().is_none_or(|last| last.name != row) {
            rows.push(Row { name: row.to_owned(), cells: BTreeMap::new() });
        }
        if let Some(last) = rows.last_mut() {
            last.cells.insert(column.to_owned(), cost);
        }
    }
    Ok(rows)
}

/// Returns the cost of a cell above the bare app.
pub(crate) fn above(row: &Row, column: &str) -> Option<Cost> {
    let of_route = row.cells.get(BARE_ROUTE).filter(|_| column == ATTRIBUTE);
    let (bare, cost) = (of_route.or(row.cells.get(COLUMNS[0]))?, row.cells.get(column)?);
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
    format!("{:<44}{cells}{:>10}{:>14}", row.name, ratio("floor"), ratio("actix-cors"))
}
