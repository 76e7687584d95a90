//! The copy of the workspace that is mutated, and what cargo says about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    mutant::Mutant,
    switch::{self, MODULE},
};

/// A copy of the workspace without its history.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    /// The files with mutants, as they were.
    files: BTreeMap<String, String>,
}

/// What became of mutants that were written with switches.
pub(crate) struct Switched {
    pub(crate) switched: BTreeSet<usize>,
    pub(crate) not_compiling: Vec<usize>,
}

/// A test program that cargo has built.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The folder of its package, where cargo starts it.
    pub(crate) folder: PathBuf,
}

/// A line of `--message-format=json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    rendered: Option<String>,
    spans: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    file_name: String,
    byte_start: usize,
    is_primary: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

impl Tree {
    /// Reads the files with mutants, and gives their packages the module with the switches.
    pub(crate) fn new(root: PathBuf, mutants: &[Mutant]) -> io::Result<Tree> {
        let mut files = BTreeMap::new();
        let packages: BTreeSet<&str> = mutants.iter().map(Mutant::package).collect();
        for package in packages {
            let source = root.join(package).join("src");
            fs::write(source.join("mutants_switch.rs"), MODULE)?;
            let library = format!("{package}/src/lib.rs");
            let text = fs::read_to_string(root.join(&library))?
                + "\n#[allow(warnings)]\nmod mutants_switch;\n";
            fs::write(root.join(&library), &text)?;
            files.insert(library, text);
        }
        for mutant in mutants {
            if !files.contains_key(&mutant.file) {
                files.insert(mutant.file.clone(), fs::read_to_string(root.join(&mutant.file))?);
            }
        }
        Ok(Tree { root, files })
    }

    /// Writes mutants with switches until they compile. Returns the numbers of those that have a switch then, and of
    /// those whose change does not compile. The others have no place for a switch.
    pub(crate) fn write_switches(
        &self,
        mutants: &[Mutant],
        mut kept: BTreeSet<usize>,
    ) -> io::Result<Switched> {
        let mut not_compiling = Vec::new();
        loop {
            let mut written = BTreeMap::new();
            for (file, text) in &self.files {
                let here = mutants.iter().enumerate();
                let here =
                    here.filter(|(number, mutant)| kept.contains(number) && mutant.file == *file);
                let here: Vec<_> = here.collect();
                let text = switch::write(text, &here).map_err(io::Error::other)?;
                fs::write(self.root.join(file), &text)?;
                written.insert(file, text);
            }
            kept.retain(|number| {
                written[&mutants[*number].file].contains(&format!("mutants_switch::on({number})"))
            });
            let errors = self.check(&["--workspace", "--lib"])?;
            if errors.is_empty() {
                return Ok(Switched { switched: kept, not_compiling });
            }
            let before = kept.len();
            for error in &errors {
                for place in &error.spans {
                    let Some(text) = written.get(&place.file_name) else { continue };
                    if place.is_primary {
                        let found = switch::at(text, place.byte_start);
                        let removed: Vec<usize> =
                            found.mutants.iter().filter_map(|number| kept.take(number)).collect();
                        if found.changed {
                            not_compiling.extend(removed);
                        }
                    }
                }
            }
            eprintln!("{} errors, {} mutants left", errors.len(), kept.len());
            if kept.len() == before {
                let texts: Vec<_> = errors.into_iter().filter_map(|error| error.rendered).collect();
                return Err(io::Error::other(texts.join("\n")));
            }
        }
    }

    /// Writes one file with one mutant that is always on.
    pub(crate) fn write_one(&self, mutant: &Mutant) -> io::Result<()> {
        fs::write(self.root.join(&mutant.file), mutant.applied(&self.files[&mutant.file]))
    }

    /// Writes a file as it was.
    pub(crate) fn restore(&self, mutant: &Mutant) -> io::Result<()> {
        fs::write(self.root.join(&mutant.file), &self.files[&mutant.file])
    }

    /// Returns whether the package of a mutant compiles.
    pub(crate) fn compiles(&self, mutant: &Mutant) -> io::Result<bool> {
        let manifest = self.root.join(mutant.package()).join("Cargo.toml");
        Ok(self.check(&["--lib", "--manifest-path", &manifest.to_string_lossy()])?.is_empty())
    }

    fn check(&self, arguments: &[&str]) -> io::Result<Vec<Message>> {
        let lines = self.cargo("check", arguments)?;
        Ok(lines
            .into_iter()
            .filter_map(|line| line.message)
            .filter(|message| message.level == "error")
            .collect())
    }

    /// Builds test programs, and returns them. An error that cargo reports ends with no programs.
    pub(crate) fn programs(&self, arguments: &[&str]) -> io::Result<Vec<Program>> {
        let mut programs = Vec::new();
        for line in self.cargo("test", &[&["--no-run"], arguments].concat())? {
            if let Some(message) = &line.message
                && message.level == "error"
            {
                eprintln!("{}", message.rendered.as_deref().unwrap_or_default());
            }
            if let (Some(path), Some(manifest), Some(target)) =
                (line.executable, line.manifest_path, line.target)
                && line.profile.is_some_and(|profile| profile.test)
            {
                let folder = manifest.parent().map(Path::to_owned).unwrap_or_default();
                programs.push(Program { name: target.name, path, folder });
            }
        }
        Ok(programs)
    }

    fn cargo(&self, command: &str, arguments: &[&str]) -> io::Result<Vec<Line>> {
        let output = Command::new("cargo")
            .args([command, "--all-features", "--locked", "--quiet", "--message-format=json"])
            .args(arguments)
            .current_dir(&self.root)
            .stderr(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
}
