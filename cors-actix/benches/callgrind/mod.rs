//! Runs a benchmark's own binary under callgrind and reads the instruction counts, which do not depend on the
//! load of the machine.

use std::{env, fs, io, path::Path, process::Command};

/// The argument with which a benchmark runs itself under callgrind.
pub(crate) const COUNTED: &str = "--counted";

/// Ends one counted interval, and begins the next.
#[inline(never)]
pub(crate) fn cell_boundary() {
    std::hint::black_box(());
}

/// Returns the lines that the counted run has printed, one for each cell, with the instructions of each cell.
/// A cell calls [`cell_boundary`] after its set-up, and again after the counted code.
pub(crate) fn run() -> io::Result<Vec<(String, f64)>> {
    let folder = env::temp_dir().join(format!("cors-actix-callgrind-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-before=*cell_boundary*", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(env::current_exe()?)
        .arg(COUNTED)
        .output()
        .map_err(|error| {
            let mend =
                format!("valgrind does not start ({error}); Debian: apt-get install valgrind");
            io::Error::new(error.kind(), mend)
        })?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    // The numbers of dumps begin with 1.
    let counted = String::from_utf8_lossy(&output.stdout)
        .lines()
        .enumerate()
        .map(|(cell, line)| Ok((line.to_owned(), total(&folder, 2 * cell + 2)?)))
        .collect();
    fs::remove_dir_all(&folder)?;
    counted
}

/// Returns the instructions of one interval.
fn total(folder: &Path, dump: usize) -> io::Result<f64> {
    let text = fs::read_to_string(folder.join(format!("out.{dump}")))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("dump {dump} has no total")))
}
