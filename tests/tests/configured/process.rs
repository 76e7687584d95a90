//! Starts the example `configured` with a file of its own, and asks it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Child, ChildStderr, Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use cors_actix_tests::{Client, Request, Response};

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
        command
            .env_remove("RUST_LOG")
            .env("CORS_FILE", self.file())
            .env("PORT", "0")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the program.
    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Process {
        Process::of(self.command(variables).spawn().unwrap())
    }

    /// Starts the program, asserts that it ends with an error, and returns the error.
    #[track_caller]
    pub(crate) fn fail(&self, variables: &[(&str, &str)]) -> String {
        let mut child = self.command(variables).spawn().unwrap();
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

/// A process of the example. Dropping it kills the process.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Waits until the process says where it listens.
    fn of(mut child: Child) -> Self {
        let log = Arc::<Mutex<String>>::default();
        let kept = keep(child.stderr.take().unwrap(), Arc::clone(&log));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|text| text.parse().ok());
        let Some(address) = address else {
            child.kill().unwrap();
            kept.join().unwrap();
            panic!("the process does not start: {line}{}", log.lock().unwrap())
        };
        Process { child, address, log }
    }

    pub(crate) fn send(&self, request: &Request) -> Response {
        Client::connect(self.address).send(request)
    }

    /// Waits until a condition on the responses holds. Shorter than the time after which the example reads
    /// the file without any event.
    #[track_caller]
    pub(crate) fn eventually(&self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !condition(self) {
            assert!(Instant::now() < deadline, "in vain: {what}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the process has logged all of these texts.
    #[track_caller]
    pub(crate) fn eventually_logs(&self, texts: &[&str]) {
        let what = format!("the log has {texts:?}");
        self.eventually(&what, |process| {
            let log = process.log();
            texts.iter().all(|text| log.contains(text))
        });
    }

    /// Returns what the process has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("{} has logged:\n{}", self.address, self.log());
        }
    }
}

fn keep(stderr: ChildStderr, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    })
}
