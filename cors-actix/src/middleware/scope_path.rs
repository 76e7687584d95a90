//! Parses the paths of [`Cors::scope`](super::Cors::scope): the grammar of `actix_web::web::scope`, without
//! paths that no request can have.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use actix_web::{
    dev::{ResourceDef, Url},
    http::Uri,
};
use derive_more::Error;

use crate::{error::Excerpt, route::unnamed};

/// The error of [`Cors::check`](crate::Cors::check): all unusable paths of
/// [`Cors::scope`](crate::Cors::scope), each with its fault and the text to write instead.
///
/// ```
/// use cors_actix::{Cors, Policy};
///
/// let layer = Cors::new(Policy::same_origin()).scope("/admin/*", Policy::same_origin());
/// let error = layer.check().unwrap_err();
/// assert!(error.to_string().contains(r#"Cors::scope("/admin/*")"#));
/// assert!(error.to_string().contains(r#"write "/admin""#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ScopeError {
    problems: Vec<(String, ScopeProblem)>,
}

impl ScopeError {
    pub(crate) fn new(problems: Vec<(String, ScopeProblem)>) -> Option<Self> {
        if problems.is_empty() { None } else { Some(ScopeError { problems }) }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let (paths, have) = if count == 1 { ("path", "has") } else { ("paths", "have") };
        write!(f, "{count} {paths} of `Cors::scope` {have} a fault:")?;
        self.problems.iter().try_for_each(|(text, problem)| {
            write!(f, "\n  Cors::scope(\"{}\"): {problem}", Excerpt(text.as_bytes()))
        })
    }
}

/// The reason for which a path of `Cors::scope` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScopeProblem {
    /// The text to write instead.
    Wildcard(String),
    Url(String),
    WhiteSpaceAround(String),
    NotNormal(String),
    Character(char),
    Escape,
    Segment(String),
    Braces,
    Grammar,
    Colon(String),
    Repeated,
}

impl fmt::Display for ScopeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScopeProblem::Wildcard(path) => {
                write!(
                    f,
                    "`*` is not a wildcard here, and a scope has all paths below it; write {path:?}"
                )
            }
            ScopeProblem::Url(path) => {
                write!(f, "this is a URL, but a path is expected; write {path:?}")
            }
            ScopeProblem::WhiteSpaceAround(path) => {
                write!(f, "white space at the start or at the end; write {path:?}")
            }
            ScopeProblem::NotNormal(path) => {
                write!(f, "the path has empty segments, `.` or `..`; write {path:?}")
            }
            ScopeProblem::Character(char) => {
                write!(
                    f,
                    "the path of a request never contains `{}`; remove the character, or write its \
                     percent-escape",
                    char.escape_debug()
                )
            }
            ScopeProblem::Escape => write!(
                f,
                "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode \
                 `%2F` and `%2B`; write the character itself"
            ),
            ScopeProblem::Segment(segment) => {
                write!(
                    f,
                    "the name of the segment `{{{}}}` is not made of letters, digits and `_`, or is \
                     used twice; write another name",
                    segment.escape_debug()
                )
            }
            ScopeProblem::Braces => {
                write!(f, "every `{{` needs a `}}`; write `{{name}}`")
            }
            ScopeProblem::Grammar => {
                write!(
                    f,
                    "actix-web can't read a regular expression in it; write a path for `web::scope`"
                )
            }
            ScopeProblem::Colon(segment) => {
                write!(f, "`:{segment}` is not a dynamic segment; write `{{{segment}}}`")
            }
            ScopeProblem::Repeated => {
                write!(f, "another call gives this path a policy; keep one of the calls")
            }
        }
    }
}

/// Reads the path of a scope as a pattern of the router.
pub(crate) fn parse(text: &str) -> Result<ScopePath, ScopeProblem> {
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        return Err(ScopeProblem::WhiteSpaceAround(trimmed.to_owned()));
    }
    if let Some((_, rest)) =
        text.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '{']))
    {
        let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
        return Err(ScopeProblem::Url(path.to_owned()));
    }
    let mut pattern = String::with_capacity(text.len() + 1);
    if !text.starts_with('/') && !text.is_empty() {
        pattern.push('/');
    }
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (literal, segment) = rest.split_at(at);
        pattern.push_str(&unescaped(literal)?);
        let end = end_of_segment(segment).ok_or(ScopeProblem::Braces)?;
        let (segment, after) = segment.split_at(end);
        let inside = segment.get(1..end.saturating_sub(1)).unwrap_or_default();
        let (name, grammar) = inside.split_once(':').unwrap_or((inside, "[^/]+"));
        let is_name = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
        if !is_name || names.contains(&name) || grammar.is_empty() {
            return Err(ScopeProblem::Segment(name.to_owned()));
        }
        names.push(name);
        pattern.push_str(segment);
        rest = after;
    }
    pattern.push_str(&unescaped(rest)?);
    check_segments(text, &pattern)?;
    let pattern = pattern.trim_end_matches('/').to_owned();
    let (unnamed, literal_length) = (unnamed(&pattern), literal_length(&pattern));
    // `ResourceDef::prefix` panics on a regular expression that it cannot read.
    let pattern = catch_unwind(AssertUnwindSafe(|| ResourceDef::prefix(pattern)));
    let pattern = pattern.map_err(|_| ScopeProblem::Grammar)?;
    Ok(ScopePath { pattern, unnamed, literal_length })
}

/// The path of a scope.
#[derive(Debug, Clone)]
pub(crate) struct ScopePath {
    pattern: ResourceDef,
    /// The path without the names of its segments. Paths that differ only in these names are the same.
    unnamed: String,
    literal_length: usize,
}

impl ScopePath {
    /// Returns the path as a pattern of the router.
    pub(crate) fn text(&self) -> &str {
        self.pattern.pattern().unwrap_or_default()
    }

    /// Returns `true` if a path is the path of the scope, or below the scope.
    pub(crate) fn fits(&self, path: &str) -> bool {
        self.pattern.is_match(path)
    }

    pub(crate) fn is_same(&self, other: &ScopePath) -> bool {
        self.unnamed == other.unnamed
    }

    /// Returns the length of the text without dynamic segments.
    pub(crate) fn literal_length(&self) -> usize {
        self.literal_length
    }
}

/// Returns the length of the dynamic segment at the start of the text. Its regular expression may contain
/// braces.
fn end_of_segment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Decodes literal text as the router decodes a path: all percent-escapes except those of `%`, `/` and `+`.
fn unescaped(literal: &str) -> Result<String, ScopeProblem> {
    let is_foreign = |char: &char| {
        char.is_ascii_control()
            || matches!(char, '?' | '#' | '^' | '\\' | '<' | '>' | '"' | '`' | '|')
    };
    if let Some(char) = literal.chars().find(is_foreign) {
        return Err(ScopeProblem::Character(char));
    }
    let mut escapes = literal.split('%').skip(1);
    let is_escape = |after: &str| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| {
            digits.iter().all(u8::is_ascii_hexdigit)
                && !matches!(digits, b"2F" | b"2f" | b"2B" | b"2b")
        })
    };
    if !escapes.all(is_escape) {
        return Err(ScopeProblem::Escape);
    }
    if !literal.contains('%') {
        return Ok(literal.to_owned());
    }
    // Characters that a URI cannot contain are escaped, so that actix-web's `Url` can decode the text.
    let mut uri = String::from("/");
    for byte in literal.bytes() {
        if byte.is_ascii_graphic() {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    let uri: Uri = uri.parse().map_err(|_| ScopeProblem::Escape)?;
    let url = Url::new(uri);
    let read = url.path().strip_prefix('/').unwrap_or_default();
    if read.contains(char::REPLACEMENT_CHARACTER) || read.chars().any(char::is_control) {
        return Err(ScopeProblem::Escape);
    }
    Ok(read.to_owned())
}

/// Checks the segments of a pattern, except the regular expressions in them.
fn check_segments(text: &str, pattern: &str) -> Result<(), ScopeProblem> {
    let literal = without_segments(pattern);
    if literal.contains('*') {
        let before = text.split('*').next().unwrap_or_default();
        let path = before.trim_end_matches('/');
        return Err(ScopeProblem::Wildcard(if path.is_empty() { "/".into() } else { path.into() }));
    }
    let inner = literal.strip_prefix('/').unwrap_or(&literal);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let is_odd = |segment: &str| matches!(segment, "" | "." | "..");
    if !inner.is_empty() && inner.split('/').any(is_odd) || literal.ends_with("//") {
        let mut segments: Vec<&str> = Vec::new();
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                _ => segments.push(segment),
            }
        }
        return Err(ScopeProblem::NotNormal(format!("/{}", segments.join("/"))));
    }
    if let Some(segment) = inner.split('/').find_map(|segment| segment.strip_prefix(':')) {
        return Err(ScopeProblem::Colon(segment.to_owned()));
    }
    Ok(())
}

/// Returns the length of the text without dynamic segments.
fn literal_length(pattern: &str) -> usize {
    without_segments(pattern).chars().filter(|char| *char != SEGMENT).count()
}

/// The placeholder of a dynamic segment: a control character, which no pattern contains.
const SEGMENT: char = '\u{1}';

/// Returns the pattern with [`SEGMENT`] in place of each dynamic segment.
fn without_segments(pattern: &str) -> String {
    let mut literal = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        let (before, segment) = rest.split_at(at);
        literal.push_str(before);
        literal.push(SEGMENT);
        rest = end_of_segment(segment).and_then(|end| segment.get(end..)).unwrap_or_default();
    }
    literal + rest
}
