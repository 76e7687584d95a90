//! The output of a process, read while the process runs, so that the process never waits for a reader.

use std::{
    io::{BufRead as _, BufReader},
    mem,
    process::ChildStdout,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// The lines of a process's standard output that nobody has taken yet.
#[derive(Debug)]
pub struct Output(Arc<Mutex<Vec<String>>>);

impl Output {
    /// Reads the output until it ends.
    pub fn of(stdout: ChildStdout) -> Self {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let read = Arc::clone(&lines);
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                read.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Output(lines)
    }

    /// Takes the lines since the last call.
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
