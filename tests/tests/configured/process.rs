//! Starts the example `configured` with a file of its own, and asks it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{self, Command, Output},
};

use cors_actix_tests::process::{Process, eventually};

/// A temporary directory with a file `cors.toml`. Dropping it deletes the directory.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(text: &str) -> Self {
        let folder = Folder::empty();
        folder.write(text);
        folder
    }

    pub(crate) fn empty() -> Self {
        let name = format!("configured-{}-{:08x}", process::id(), fastrand::u32(..));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("cors.toml")
    }

    /// Overwrites the file in place.
    pub(crate) fn write(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
    }

    /// Replaces the file by another, as many editors do.
    pub(crate) fn replace(&self, text: &str) {
        let new = self.0.join("cors.toml.new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    pub(crate) fn delete(&self) {
        fs::remove_file(self.file()).unwrap();
    }

    fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_configured-process"));
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("CORS_") {
                command.env_remove(name);
            }
        }
        command.env("CORS_FILE", self.file()).envs(variables.iter().copied());
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Process {
        Process::of(Process::spawn(&mut self.command(variables)))
    }

    /// Starts the program, asserts that it ends with an error, and returns the error.
    #[track_caller]
    pub(crate) fn fail(&self, variables: &[(&str, &str)]) -> String {
        let mut child = Process::spawn(&mut self.command(variables));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if !line.is_empty() {
            child.kill().unwrap();
        }
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        assert!(line.is_empty(), "the program serves: {line}{stderr}");
        assert_eq!(status.code(), Some(1), "{stderr}");
        stderr
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits until the process has logged all of these texts.
#[track_caller]
pub(crate) fn eventually_logs(process: &Process, texts: &[&str]) {
    eventually(&format!("the log has {texts:?}"), || {
        let log = process.log();
        texts.iter().all(|text| log.contains(text))
    });
}
