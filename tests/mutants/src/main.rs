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
    sync::Mutex,
    thread,
};

use crate::{
    mutant::{Mutant, Outcome},
    run::Measured,
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

/// Finds the outcome of every mutant in the list that has none yet. Returns whether all were noticed.
fn examine(list: &Path, tree: &Path, outcomes: &Path) -> io::Result<bool> {
    let mutants: Vec<Mutant> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let known =
        fs::read_to_string(outcomes).ok().map(|text| serde_json::from_str(&text)).transpose()?;
    let known: BTreeMap<String, Outcome> = known.unwrap_or_default();
    let notes = outcomes.parent().unwrap_or(Path::new(".")).join("logs");
    fs::create_dir_all(&notes)?;

    let tree = Tree::new(tree.to_owned(), &mutants)?;
    let compile =
        |number: &usize| known.get(&mutants[*number].name) != Some(&Outcome::DoesNotCompile);
    let Switched { switched, not_compiling } =
        tree.write_switches(&mutants, (0..mutants.len()).filter(compile).collect())?;
    println!("{} mutants, {} of them in one build", mutants.len(), switched.len());
    let named = env::var("TESTS").unwrap_or_default();
    let named: Vec<_> = named.split_whitespace().flat_map(|name| ["--test", name]).collect();
    let programs = tree.programs(&[&["--workspace"], &named[..]].concat())?;
    let programs: Vec<Program> =
        programs.into_iter().filter(|program| !LEFT_OUT.contains(&program.name.as_str())).collect();
    if programs.is_empty() {
        return Err(io::Error::other("no test program was built"));
    }
    let mut measured = programs
        .iter()
        .map(|program| run::measure(program, &notes))
        .collect::<io::Result<Vec<_>>>()?;
    measured.sort_by_key(|measured| measured.time);
    for one in &measured {
        println!("{}: {:.1?}, reaches {} mutants", one.program.name, one.time, one.reached.len());
    }

    let open = |number: &usize| {
        !matches!(
            known.get(&mutants[*number].name),
            Some(Outcome::Noticed(_) | Outcome::DoesNotCompile)
        )
    };
    let outcomes_of_all = Mutex::new(known.clone());
    let note = |number: usize, outcome: Outcome| -> io::Result<()> {
        let mut all =
            outcomes_of_all.lock().map_err(|error| io::Error::other(error.to_string()))?;
        if matches!(outcome, Outcome::Missed | Outcome::NotReached) {
            println!("missed: {}", mutants[number].name);
        }
        all.insert(mutants[number].name.clone(), outcome);
        fs::write(outcomes, serde_json::to_string_pretty(&*all)?)
    };

    for &number in &not_compiling {
        note(number, Outcome::DoesNotCompile)?;
    }
    let waiting = Mutex::new(switched.iter().copied().filter(open).collect::<BTreeSet<usize>>());
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.pop_first());
    let workers = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let works = (0..workers).map(|worker| {
            let (next, note, measured, notes) = (&next, &note, &measured, &notes);
            scope.spawn(move || -> io::Result<()> {
                let log = notes.join(format!("worker_{worker}.log"));
                while let Some(number) = next() {
                    note(number, behind_switch(number, measured, &log)?)?;
                }
                Ok(())
            })
        });
        works
            .collect::<Vec<_>>()
            .into_iter()
            .try_for_each(|work| work.join().map_err(|_| io::Error::other("a worker panicked"))?)
    })?;

    let alone: Vec<usize> =
        (0..mutants.len()).filter(|number| !switched.contains(number)).filter(open).collect();
    println!("{} mutants, each in a build of its own", alone.len());
    for number in alone {
        let mutant = &mutants[number];
        tree.write_one(mutant)?;
        let outcome = alone_in_build(&tree, mutant, &mutants, &measured, &notes.join("alone.log"))?;
        tree.restore(mutant)?;
        note(number, outcome)?;
    }

    let all = outcomes_of_all.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    let count = |wanted: fn(&Outcome) -> bool| {
        mutants.iter().filter(|mutant| all.get(&mutant.name).is_some_and(wanted)).count()
    };
    let noticed = count(|outcome| matches!(outcome, Outcome::Noticed(_)));
    let missed = count(|outcome| matches!(outcome, Outcome::Missed | Outcome::NotReached));
    let not_compiled = count(|outcome| *outcome == Outcome::DoesNotCompile);
    println!(
        "{} mutants: {noticed} noticed, {not_compiled} do not compile, {missed} missed",
        mutants.len()
    );
    Ok(missed == 0)
}

/// Runs the programs that reach a mutant until one notices it.
fn behind_switch(number: usize, measured: &[Measured], log: &Path) -> io::Result<Outcome> {
    let mut reached = false;
    for measured in measured.iter().filter(|measured| measured.reached.contains(&number)) {
        reached = true;
        if let Some(test) = run::notices(measured, Some(number), log)? {
            return Ok(Outcome::Noticed(test));
        }
    }
    Ok(if reached { Outcome::Missed } else { Outcome::NotReached })
}

/// Builds a mutant, then one program after another that reaches the same file, until one notices it.
fn alone_in_build(
    tree: &Tree,
    mutant: &Mutant,
    mutants: &[Mutant],
    measured: &[Measured],
    log: &Path,
) -> io::Result<Outcome> {
    if !tree.compiles(mutant)? {
        return Ok(Outcome::DoesNotCompile);
    }
    let reaches = |measured: &Measured| {
        measured.reached.iter().any(|&number| mutants[number].file == mutant.file)
    };
    let mut reached = false;
    for before in measured.iter().filter(|measured| reaches(measured)) {
        reached = true;
        let arguments = if before.program.folder.ends_with("tests") { "--test" } else { "--lib" };
        let built = tree.programs(&["--workspace", arguments, &before.program.name])?;
        let Some(program) = built.into_iter().find(|program| program.name == before.program.name)
        else {
            return Ok(Outcome::Noticed(format!("build of {}", before.program.name)));
        };
        let now = Measured { program, time: before.time, reached: BTreeSet::new() };
        if let Some(test) = run::notices(&now, None, log)? {
            return Ok(Outcome::Noticed(test));
        }
    }
    Ok(if reached { Outcome::Missed } else { Outcome::NotReached })
}
