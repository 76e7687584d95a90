//! Runs test programs, with a mutant or without.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::tree::Program;

/// A program with what its run without mutants has shown.
pub(crate) struct Measured {
    pub(crate) program: Program,
    pub(crate) time: Duration,
    pub(crate) reached: BTreeSet<usize>,
}

/// Runs a program without mutants. Returns nothing if a test fails, because the program would notice every mutant.
pub(crate) fn measure(program: Program, logs: &Path) -> io::Result<Option<Measured>> {
    let path = logs.join(format!("{}.reached", program.name));
    let _ = fs::remove_file(&path);
    let log = logs.join(format!("{}.log", program.name));
    let start = Instant::now();
    let variables = BTreeMap::from([("MUTANTS_REACHED", path.to_string_lossy().into_owned())]);
    if !passes(&program, &variables, Duration::from_secs(600), &log)? {
        println!(
            "{} is left out, because it fails without a mutant: {}",
            program.name,
            log.display()
        );
        return Ok(None);
    }
    let reached = fs::read_to_string(&path).unwrap_or_default();
    let reached = reached.lines().filter_map(|line| line.trim().parse().ok()).collect();
    Ok(Some(Measured { program, time: start.elapsed(), reached }))
}

/// Returns the first test that fails when a mutant is on, or the name of the program if none is named.
pub(crate) fn notices(
    measured: &Measured,
    mutant: Option<usize>,
    log: &Path,
) -> io::Result<Option<String>> {
    let variables = mutant.map(|mutant| ("MUTANT", mutant.to_string())).into_iter().collect();
    // A mutant may loop. The machine may be busy, so a slow run alone says nothing.
    let limit = measured.time * 5 + Duration::from_secs(10);
    if passes(&measured.program, &variables, limit, log)? {
        return Ok(None);
    }
    let output = fs::read(log)?;
    let output = String::from_utf8_lossy(&output);
    let failed =
        output.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let program = &measured.program.name;
    Ok(Some(failed.map_or_else(|| program.clone(), |test| format!("{program}::{test}"))))
}

/// Runs a program, and returns whether it succeeds within the time.
fn passes(
    program: &Program,
    variables: &BTreeMap<&str, String>,
    limit: Duration,
    log: &Path,
) -> io::Result<bool> {
    let output = File::create(log)?;
    let mut child = Command::new(&program.path)
        // Browsers take long, and test the same code.
        .args(["--test-threads", "2", "--skip", "in_chromium"])
        .envs(variables)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .current_dir(&program.folder)
        .stdin(Stdio::null())
        .stderr(output.try_clone()?)
        .stdout(output)
        .process_group(0)
        .spawn()?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > end {
            stop(&mut child)?;
            return Ok(false);
        }
        sleep(Duration::from_millis(5));
    }
}

/// Stops a program and what it has started.
fn stop(child: &mut Child) -> io::Result<()> {
    Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
    child.wait().map(drop)
}
