//! The rows as the files have them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cors_actix::PolicyBuilder;
use serde::Deserialize;

use crate::compare::Difference;

/// The first word of an answer if the configuration is an error.
pub(crate) const REJECTED: &str = "rejected";

/// The only word of an answer if the row is about the configuration alone, and it is accepted.
pub(crate) const ACCEPTED: &str = "accepted";

/// A file: the rows of one library.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    pub(crate) library: String,
    /// The files of tests and the revision.
    #[serde(rename = "source")]
    _source: String,
    /// The tests without a row, and the reason.
    pub(crate) left_out: String,
    #[serde(rename = "row")]
    pub(crate) rows: Vec<Row>,
}

/// A situation of a test of another library, or several that differ in the origin of the request only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The name of the test, and of the case in it.
    pub(crate) name: String,
    /// The policy of the layer that says the same as their configuration. Without it there is no layer.
    pub(crate) policy: Option<PolicyBuilder>,
    /// Several policies, of which the first that allows the origin decides (`Policy::by_origin`).
    #[serde(default)]
    pub(crate) policies: Vec<PolicyBuilder>,
    /// The name of a predicate that the policy has too.
    pub(crate) predicate: Option<String>,
    /// The policies of paths (`Cors::scope`).
    #[serde(default)]
    pub(crate) scopes: BTreeMap<String, PolicyBuilder>,
    /// The scope that the layer is on, instead of the app.
    pub(crate) layer_on: Option<String>,
    /// The header lines that middleware around the layer adds to each response.
    #[serde(default)]
    pub(crate) outer: Vec<String>,
    /// `true` if the app has the annotated routes of `routes.rs`.
    #[serde(default)]
    pub(crate) routes: bool,
    /// The status and the header lines of the handler. Without it: 200.
    #[serde(default)]
    pub(crate) handler: Vec<String>,
    /// `true` if the handler returns its status as an error.
    #[serde(default)]
    pub(crate) fails: bool,
    /// The origins with which the request is sent. `{origin}` in lines stands for each of them.
    #[serde(default)]
    origins: Vec<String>,
    /// The method and the target, then header lines. Without a request, the row is about the configuration.
    #[serde(default)]
    pub(crate) request: Vec<String>,
    /// Their status, then the lines that concern CORS; or `rejected`, or `accepted`.
    pub(crate) theirs: Vec<String>,
    /// Our status and lines; or `rejected` and the problems, or `accepted`.
    pub(crate) ours: Vec<String>,
    /// The reasons for the differences, by their names in `reasons.toml`.
    #[serde(default)]
    pub(crate) why: Vec<String>,
}

/// A reason for differences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// The parts of answers that the reason explains: `status`, names of headers, `configuration`.
    pub(crate) explains: BTreeSet<String>,
    /// What a browser notices of the difference.
    #[serde(default)]
    pub(crate) effect: Difference,
    /// The reason as a sentence.
    pub(crate) text: String,
}

impl Suite {
    /// Reads the files of all libraries.
    pub(crate) fn all() -> Vec<Self> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let is_suite = |path: &&PathBuf| {
            path.extension().is_some_and(|extension| extension == "toml")
                && !path.ends_with("reasons.toml")
        };
        let mut suites: Vec<Self> = paths.iter().filter(is_suite).map(|path| read(path)).collect();
        for suite in &mut suites {
            suite.rows = suite.rows.iter().flat_map(Row::for_each_origin).collect();
        }
        suites
    }
}

impl Row {
    /// Returns the row once for each of its origins.
    fn for_each_origin(&self) -> Vec<Self> {
        if self.origins.is_empty() {
            return vec![self.clone()];
        }
        let with = |origin: &String| {
            let in_lines = |lines: &[String]| {
                lines.iter().map(|line| line.replace("{origin}", origin)).collect()
            };
            Row {
                name: format!("{}, {origin}", self.name),
                request: in_lines(&self.request),
                theirs: in_lines(&self.theirs),
                ours: in_lines(&self.ours),
                origins: Vec::new(),
                ..self.clone()
            }
        };
        self.origins.iter().map(with).collect()
    }
}

impl Reason {
    /// Reads the reasons, by their names.
    pub(crate) fn all() -> BTreeMap<String, Self> {
        read(&folder().join("reasons.toml"))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/other_suites")
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
