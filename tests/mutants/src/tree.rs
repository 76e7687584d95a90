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
    switch::{self, MODULE, ROOT},
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
    /// Copies the files of the workspace, and gives the packages with mutants the module with the switches.
    pub(crate) fn new(root: PathBuf, mutants: &[Mutant]) -> io::Result<Tree> {
        let tree = Tree { root, files: BTreeMap::new() };
        let packages: BTreeSet<&str> = mutants.iter().map(Mutant::package).collect();
        for package in &packages {
            tree.write(&format!("{package}/src/mutants_switch.rs"), MODULE.as_bytes())?;
        }
        let libraries: BTreeSet<_> =
            packages.iter().map(|package| format!("{package}/src/lib.rs")).collect();
        let mutated: BTreeSet<_> = mutants.iter().map(|mutant| &mutant.file).collect();
        let mut files = BTreeMap::new();
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let list = Command::new("git").args(list).output()?.stdout;
        for path in String::from_utf8_lossy(&list).split_terminator('\0') {
            let Ok(content) = fs::read(path) else { continue };
            if mutated.contains(&path.to_owned()) || libraries.contains(path) {
                let mut text = String::from_utf8_lossy(&content).into_owned();
                if libraries.contains(path) {
                    text = format!("{ROOT}{text}\n#[allow(warnings)]\nmod mutants_switch;\n");
                }
                files.insert(path.to_owned(), text);
            } else {
                tree.write(path, &content)?;
            }
        }
        Ok(Tree { files, ..tree })
    }

    /// Writes a file if its content changes. Else cargo would build it again.
    fn write(&self, path: &str, content: &[u8]) -> io::Result<()> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|before| before == content) {
            return Ok(());
        }
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, content)
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
                self.write(file, text.as_bytes())?;
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
        self.write(&mutant.file, mutant.applied(&self.files[&mutant.file]).as_bytes())
    }

    /// Writes a file as it was.
    pub(crate) fn restore(&self, mutant: &Mutant) -> io::Result<()> {
        self.write(&mutant.file, self.files[&mutant.file].as_bytes())
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
