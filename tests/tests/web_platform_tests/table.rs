//! The tables: a situation with placeholders, and a row for each subtest.

use std::fmt;

/// A subtest: the file of Web Platform Tests, its name there, and the lines of its situation.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) file: String,
    pub(crate) subtest: String,
    /// The name of the difference in `tests/WPT.md`, if the browser does not do what the subtest expects.
    pub(crate) differs: Option<String>,
    pub(crate) lines: Vec<String>,
    /// The file of the table and the number of the line.
    at: String,
}

impl Row {
    /// Returns the directory of the file.
    pub(crate) fn directory(&self) -> &str {
        self.file.rsplit_once('/').unwrap().0
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, {:?}", self.at, self.file, self.subtest)
    }
}

/// Reads the rows of a file of tables.
pub(crate) fn rows(name: &str, text: &str) -> Vec<Row> {
    let (mut rows, mut file) = (Vec::new(), "");
    let (mut situation, mut columns) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(next) = line.strip_prefix("== ") {
            (file, situation, columns) = (next, Vec::new(), Vec::new());
        } else if !line.starts_with('|') {
            assert!(columns.is_empty(), "{name}:{}: a line below a table", number + 1);
            situation.push(line);
        } else if columns.is_empty() {
            columns = cells(line);
        } else {
            let at = format!("{name}:{}", number + 1);
            let values = cells(line);
            assert_eq!(values.len(), columns.len(), "{at}: another number of cells");
            let pairs: Vec<_> = columns.iter().copied().zip(values).collect();
            rows.push(row(file, at, &situation, &pairs));
        }
    }
    rows
}

fn row(file: &str, at: String, situation: &[&str], pairs: &[(&str, &str)]) -> Row {
    let value = |column: &str| pairs.iter().find(|(name, _)| *name == column).map(|pair| pair.1);
    let lines = situation.iter().map(|line| {
        pairs.iter().fold((*line).to_owned(), |line, (name, value)| {
            line.replace(&format!("{{{name}}}"), value)
        })
    });
    // A line that was nothing but a placeholder is left out if its cell is empty.
    let lines = lines.filter(|line| !line.trim().is_empty());
    let lines = lines.flat_map(|line| {
        // "> readable && type cors" is two expectations, "a: 1 && b: 2" two headers.
        let parts: Vec<_> = line.split(" && ").map(str::to_owned).collect();
        let mark = if line.starts_with("> ") { "> " } else { "" };
        let marked =
            |(at, part): (usize, String)| if at == 0 { part } else { format!("{mark}{part}") };
        parts.into_iter().enumerate().map(marked).collect::<Vec<_>>()
    });
    Row {
        file: file.to_owned(),
        subtest: value("subtest").unwrap().to_owned(),
        differs: value("differs").filter(|name| !name.is_empty()).map(str::to_owned),
        lines: lines.collect(),
        at,
    }
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
    inner.unwrap_or_else(|| panic!("not a row: {line}")).split(" | ").map(str::trim).collect()
}
