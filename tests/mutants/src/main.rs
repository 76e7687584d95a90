//! Builds all mutants into one build, each behind a switch, and runs for each mutant the test programs that reach it.
//! cargo-mutants lists the mutants; it would build every test for each of them. `run` calls this program.

mod mutant;
mod run;
mod switch;
mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use serde::de::DeserializeOwned;

use crate::{
    mutant::{Mutant, Outcome},
    run::{Measured, Test},
    tree::{Program, Switched, Tree},
};

/// Test programs that notice nothing of their own, or need minutes for each run: browsers, builds, other servers.
const LEFT_OUT: [&str; 13] = [
    "browser_model_in_chromium",
    "compile_fail",
    "configured",
    "documents",
    "endurance",
    "examples",
    "explained_in_browsers",
    "inspector_in_chromium",
    "matrix",
    "matrix_of_features",
    "one_direction",
    "quickstart",
    "tenants_on_postgres",
];

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [list, tree, outcomes] = &arguments[..] else {
        eprintln!("usage: cors-actix-mutants LIST TREE OUTCOMES");
        return ExitCode::from(2);
    };
    match examine(list, tree, outcomes) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// The mutants with what is known of each, also in a file.
struct Outcomes<'a> {
    mutants: &'a [Mutant],
    known: Mutex<BTreeMap<String, Outcome>>,
    path: &'a Path,
}

impl<'a> Outcomes<'a> {
    fn read(mutants: &'a [Mutant], path: &'a Path) -> io::Result<Self> {
        Ok(Outcomes { mutants, known: Mutex::new(read_if_there(path)?), path })
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Outcome>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, number: usize) -> Option<Outcome> {
        self.known().get(&self.mutants[number].name).cloned()
    }

    /// Returns whether a mutant has to be examined.
    fn is_open(&self, number: usize) -> bool {
        !matches!(self.of(number), Some(Outcome::Noticed(_) | Outcome::DoesNotCompile))
    }

    fn note(&self, number: usize, outcome: Outcome) -> io::Result<()> {
        let name = &self.mutants[number].name;
        if outcome.is_missed() {
            println!("missed: {name}");
        }
        let mut known = self.known();
        known.insert(name.clone(), outcome);
        fs::write(self.path, serde_json::to_string_pretty(&*known)?)
    }

    fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        (0..self.mutants.len()).filter_map(|number| self.of(number)).filter(wanted).count()
    }
}

/// Finds the outcome of every mutant in the list that has none yet. Returns whether no mutant was missed.
fn examine(list: &Path, tree: &Path, outcomes: &Path) -> io::Result<bool> {
    let mutants: Vec<Mutant> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let logs = outcomes.with_file_name("logs");
    fs::create_dir_all(&logs)?;
    let outcomes = Outcomes::read(&mutants, outcomes)?;

    let tree = Tree::new(tree.to_owned(), &mutants)?;
    let all = 0..mutants.len();
    // What had a switch in the last run gets one again, so that nothing is built anew that has not changed.
    let path = outcomes.path.with_file_name("switched.json");
    let last: BTreeSet<String> = read_if_there(&path)?;
    let kept = all
        .clone()
        .filter(|&number| outcomes.of(number).is_none() || last.contains(&mutants[number].name));
    let Switched { switched, not_compiling } = tree.write_switches(&mutants, kept.collect())?;
    let names: Vec<_> = switched.iter().map(|&number| &mutants[number].name).collect();
    fs::write(path, serde_json::to_string(&names)?)?;
    for number in not_compiling {
        outcomes.note(number, Outcome::DoesNotCompile)?;
    }
    println!("{} mutants, {} of them in one build", mutants.len(), switched.len());
    let measured = measure(&tree, &logs)?;

    let waiting = switched.iter().copied().filter(|&number| outcomes.is_open(number));
    let waiting = Mutex::new(waiting.collect::<BTreeSet<usize>>());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_first();
    let noticed_last = Mutex::new(BTreeMap::new());
    let work = |worker: usize| -> io::Result<()> {
        let log = logs.join(format!("worker_{worker}.log"));
        while let Some(number) = next() {
            let file = &mutants[number].file;
            outcomes.note(number, behind_switch(number, file, &measured, &noticed_last, &log)?)?;
        }
        Ok(())
    };
    let workers = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        let ends = threads.into_iter().map(|thread| thread.join());
        let mut ends =
            ends.map(|end| end.unwrap_or_else(|_| Err(io::Error::other("a worker panicked"))));
        ends.try_for_each(|end| end)
    })?;

    let alone = all.filter(|number| !switched.contains(number) && outcomes.is_open(*number));
    let alone: Vec<usize> = alone.collect();
    println!("{} mutants, each in a build of its own", alone.len());
    for number in alone {
        tree.write_one(&mutants[number])?;
        let log = logs.join("alone.log");
        let outcome =
            alone_in_build(&tree, &mutants[number], &mutants, &switched, &measured, &log)?;
        tree.restore(&mutants[number])?;
        outcomes.note(number, outcome)?;
    }

    let noticed = outcomes.count(|outcome| matches!(outcome, Outcome::Noticed(_)));
    let not_compiling = outcomes.count(|outcome| *outcome == Outcome::DoesNotCompile);
    let missed = outcomes.count(Outcome::is_missed);
    println!(
        "{} mutants: {noticed} noticed, {not_compiling} do not compile, {missed} missed",
        mutants.len()
    );
    Ok(missed == 0)
}

/// Reads what an earlier run has stored, or nothing.
fn read_if_there<T: DeserializeOwned + Default>(path: &Path) -> io::Result<T> {
    let text = fs::read_to_string(path).ok();
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

/// Builds the test programs, all or those that `TESTS` names, and runs each test without a mutant.
fn measure(tree: &Tree, logs: &Path) -> io::Result<Vec<Measured>> {
    let named = env::var("TESTS").unwrap_or_default();
    let named: Vec<_> = named.split_whitespace().flat_map(|name| ["--test", name]).collect();
    let mut measured = Vec::new();
    for program in tree.programs(&[&["--workspace"], &named[..]].concat())? {
        if !LEFT_OUT.contains(&program.name.as_str()) {
            measured.push(run::measure(program, logs)?);
        }
    }
    measured.retain(|measured| !measured.tests.is_empty());
    if measured.is_empty() {
        return Err(io::Error::other("no test can be run"));
    }
    for one in &measured {
        let time: Duration = one.tests.iter().map(|test| test.time).sum();
        let reached: BTreeSet<_> = one.tests.iter().flat_map(|test| &test.reached).collect();
        println!(
            "{}: {} tests, {time:.1?}, reach {} mutants",
            one.program.name,
            one.tests.len(),
            reached.len()
        );
    }
    Ok(measured)
}

/// Returns these tests, by program, and the fastest program first.
fn choose(measured: &[Measured], is_wanted: impl Fn(&Test) -> bool) -> Vec<(&Program, Vec<&Test>)> {
    let programs = measured.iter().map(|one| {
        let wanted = one.tests.iter().filter(|test| is_wanted(test));
        (&one.program, wanted.collect())
    });
    let mut programs: Vec<(_, Vec<_>)> =
        programs.filter(|(_, tests): &(_, Vec<_>)| !tests.is_empty()).collect();
    programs.sort_by_key(|(_, tests)| tests.iter().map(|test| test.time).sum::<Duration>());
    programs
}

/// Runs the programs that reach a mutant until one notices it. What noticed the last mutant of the file is the first.
fn behind_switch(
    number: usize,
    file: &str,
    measured: &[Measured],
    noticed_last: &Mutex<BTreeMap<String, String>>,
    log: &Path,
) -> io::Result<Outcome> {
    let mut reached = choose(measured, |test| test.reached.contains(&number));
    let last = || noticed_last.lock().unwrap_or_else(PoisonError::into_inner);
    let first = last().get(file).cloned();
    reached.sort_by_key(|(program, _)| Some(&program.name) != first.as_ref());
    for (program, tests) in &reached {
        if let Some(test) = run::notices(program, tests, Some(number), log)? {
            last().insert(file.to_owned(), program.name.clone());
            return Ok(Outcome::Noticed(test));
        }
    }
    Ok(if reached.is_empty() { Outcome::NotReached } else { Outcome::Missed })
}

/// Builds a mutant, then one program after another that reaches the same file, until one notices it.
fn alone_in_build(
    tree: &Tree,
    mutant: &Mutant,
    mutants: &[Mutant],
    switched: &BTreeSet<usize>,
    measured: &[Measured],
    log: &Path,
) -> io::Result<Outcome> {
    if !tree.compiles(mutant)? {
        return Ok(Outcome::DoesNotCompile);
    }
    // The mutants with a switch show what reaches the file, if the file has any.
    let is_here = |number: &usize| mutants[*number].file == mutant.file;
    let is_known = switched.iter().any(is_here);
    let reached = choose(measured, |test| !is_known || test.reached.iter().any(is_here));
    for (before, tests) in &reached {
        let kind = if before.folder.ends_with("tests") { "--test" } else { "--lib" };
        let build = || -> io::Result<_> {
            let built = tree.programs(&["--workspace", kind, &before.name])?;
            Ok(built.into_iter().find(|program| program.name == before.name))
        };
        let Some(program) = build()? else {
            // A full disk is no reason to call a mutant noticed.
            tree.restore(mutant)?;
            let name = &before.name;
            return match build()? {
                Some(_) => Ok(Outcome::Noticed(format!("build of {name}"))),
                None => Err(io::Error::other(format!("{name} does not build without a mutant"))),
            };
        };
        if let Some(test) = run::notices(&program, tests, None, log)? {
            return Ok(Outcome::Noticed(test));
        }
    }
    Ok(if reached.is_empty() { Outcome::NotReached } else { Outcome::Missed })
}
