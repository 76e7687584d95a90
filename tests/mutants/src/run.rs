//! Runs test programs, with a mutant or without.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::tree::Program;

/// A program with its tests.
pub(crate) struct Measured {
    pub(crate) program: Program,
    pub(crate) tests: Vec<Test>,
}

/// A test with what its run without mutants has shown.
pub(crate) struct Test {
    name: String,
    pub(crate) time: Duration,
    pub(crate) reached: BTreeSet<usize>,
}

/// Runs each test of a program without mutants. A test that fails is left out, because it would notice every mutant.
pub(crate) fn measure(program: Program, logs: &Path) -> io::Result<Measured> {
    let list = command(&program).args(["--list", "--format", "terse"]).output()?;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let log = logs.join(format!("{}.log", program.name));
    let path = logs.join("reached");
    let mut tests = Vec::new();
    // Browsers take long, and test the same code.
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    for name in names.filter(|name| !name.contains("in_chromium")) {
        fs::write(&path, "")?;
        let start = Instant::now();
        let mut running = command(&program);
        running.args(["--exact", name]).env("MUTANTS_REACHED", &path);
        if passes(running, Duration::from_secs(600), &log)? {
            let reached = fs::read_to_string(&path)?;
            let reached = reached.lines().filter_map(|line| line.trim().parse().ok()).collect();
            tests.push(Test { name: name.to_owned(), time: start.elapsed(), reached });
        } else {
            println!("{}::{name} is left out, because it fails without a mutant", program.name);
        }
    }
    Ok(Measured { program, tests })
}

/// Runs tests with a mutant. Returns the first that fails, or the name of the program if none is named.
pub(crate) fn notices(
    program: &Program,
    tests: &[&Test],
    mutant: Option<usize>,
    log: &Path,
) -> io::Result<Option<String>> {
    let time: Duration = tests.iter().map(|test| test.time).sum();
    let mut running = command(program);
    running.arg("--exact").args(tests.iter().map(|test| &test.name));
    running.envs(mutant.map(|mutant| ("MUTANT", mutant.to_string())));
    // A mutant may loop. The machine may be busy, so a slow run alone says nothing.
    if passes(running, time * 5 + Duration::from_secs(10), log)? {
        return Ok(None);
    }
    let output = fs::read(log)?;
    let output = String::from_utf8_lossy(&output);
    let failed =
        output.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let program = &program.name;
    Ok(Some(failed.map_or_else(|| program.clone(), |test| format!("{program}::{test}"))))
}

/// Returns the command that cargo would run.
fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .current_dir(&program.folder)
        .stdin(Stdio::null());
    command
}

/// Runs a command, and returns whether it succeeds within the time.
fn passes(mut command: Command, limit: Duration, log: &Path) -> io::Result<bool> {
    let output = File::create(log)?;
    let mut child = command.stderr(output.try_clone()?).stdout(output).process_group(0).spawn()?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > end {
            stop(&mut child)?;
            return Ok(false);
        }
        sleep(Duration::from_millis(2));
    }
}

/// Stops a program and what it has started.
fn stop(child: &mut Child) -> io::Result<()> {
    Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
    child.wait().map(drop)
}
