//! The problems of the file and the environment variables.

use std::{error, fmt};

/// All problems of the file and the environment variables, each with its location.
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl SettingsError {
    pub(super) fn new(problems: Vec<String>) -> Self {
        SettingsError(problems)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems = if self.0.len() == 1 { "problem" } else { "problems" };
        write!(f, "the CORS settings have {} {problems}:", self.0.len())?;
        self.0.iter().try_for_each(|problem| {
            // The parser of TOML prints several lines.
            write!(f, "\n  {}", problem.trim_end().replace('\n', "\n  "))
        })
    }
}

// A `main` that returns an error prints it with `Debug`.
impl fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for SettingsError {}
