//! The whole pattern of a route, scopes included: the paths that it could match, and the positions in a
//! path where its scopes could end.
//!
//! The app's resource map is the authority on paths. The functions here may return `true` too often, but
//! never `false` for a path that the router would match.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix_web::dev::ResourceDef;

/// The largest number of dynamic segments that actix-web allows in one pattern. The patterns of several
/// scopes together can have more.
const MOST_SEGMENTS: usize = 16;

/// The largest number of positions in a path that are checked for the end of the scopes.
const MOST_CUTS: usize = 64;

/// The patterns of scopes, and in some cases of a route, joined to match a path.
#[derive(Debug)]
enum Joined {
    Literal(Box<str>),
    Dynamic(ResourceDef),
    /// Patterns that cannot be joined. They count as matching every path.
    Unknown,
}

impl Joined {
    fn new(pattern: &str) -> Self {
        if !pattern.contains(['{', '*']) {
            return Joined::Literal(pattern.into());
        }
        let Some(renamed) = with_numbered_segments(pattern) else { return Joined::Unknown };
        // `ResourceDef::new` panics on a pattern that it cannot read. It has read each part alone before,
        // so only the combination of the parts can make it panic.
        let joined = catch_unwind(AssertUnwindSafe(|| ResourceDef::new(renamed)));
        joined.map_or(Joined::Unknown, Joined::Dynamic)
    }

    fn could_match(&self, path: &str) -> bool {
        match self {
            Joined::Literal(literal) => **literal == *path,
            Joined::Dynamic(pattern) => pattern.is_match(path),
            Joined::Unknown => true,
        }
    }
}

/// A route's whole pattern in its app.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// The pattern without the names of segments. Two patterns that differ only in these names match the
    /// same paths.
    pub(crate) unnamed: Box<str>,
    /// The text that every matching path begins with. It is empty if the pattern cannot be joined.
    literal_start: Box<str>,
    whole: Joined,
    /// The prefixes of the scopes.
    prefix: Joined,
    own: ResourceDef,
}

impl Pattern {
    /// Makes the pattern. `whole` is the registered pattern with the prefixes of the scopes, if known.
    pub(crate) fn new(whole: Option<&str>, own: &ResourceDef) -> Self {
        let own_text = own.pattern().unwrap_or_default();
        let prefix = whole.and_then(|whole| whole.strip_suffix(own_text));
        let whole = whole.filter(|_| prefix.is_some());
        let joined = whole.map_or(Joined::Unknown, Joined::new);
        let start = whole.filter(|_| !matches!(joined, Joined::Unknown));
        let start = start.and_then(|start| start.split('{').next());
        Pattern {
            unnamed: whole.map(unnamed).unwrap_or_default().into(),
            literal_start: start.unwrap_or_default().into(),
            whole: joined,
            prefix: prefix.map_or(Joined::Unknown, Joined::new),
            own: own.clone(),
        }
    }

    /// Returns the one path that the pattern matches, if it is static.
    pub(crate) fn path(&self) -> Option<&str> {
        match &self.whole {
            Joined::Literal(path) => Some(path),
            Joined::Dynamic(_) | Joined::Unknown => None,
        }
    }

    /// Returns the text that every matching path begins with, as far as it is known.
    pub(crate) fn literal_start(&self) -> &str {
        &self.literal_start
    }

    /// Returns `true` if all paths that match end in a slash.
    pub(crate) fn ends_in_slash(&self) -> bool {
        self.unnamed.len() > 1 && self.unnamed.ends_with('/')
    }

    /// Returns `true` if the pattern could match the path, and its scopes could end at `from` or later.
    pub(crate) fn could_match(&self, path: &str, from: usize) -> bool {
        let is_sure = from == 0 && !matches!(self.whole, Joined::Unknown);
        self.whole.could_match(path)
            && (is_sure || has_many_cuts(path) || self.cuts(path).any(|cut| cut >= from))
    }

    /// Returns the positions in the path where the scopes can end, or no positions if there are too many.
    pub(crate) fn cuts<'a>(&'a self, path: &'a str) -> impl Iterator<Item = usize> + 'a {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        let cuts = slashes.chain([path.len()]).filter(|_| !has_many_cuts(path));
        cuts.filter(move |&cut| {
            let parts = path.split_at_checked(cut);
            parts.is_some_and(|(before, rest)| {
                self.own.is_match(rest) && self.prefix.could_match(before)
            })
        })
    }
}

fn has_many_cuts(path: &str) -> bool {
    path.bytes().filter(|&byte| byte == b'/').count() >= MOST_CUTS
}

/// Returns the pattern with a number in place of each segment's name, because several scopes may use the
/// same name. Returns `None` if the parts could mean something else when they are joined.
fn with_numbered_segments(pattern: &str) -> Option<String> {
    // Two scopes could have a group of the same name in their regular expressions.
    if pattern.contains("(?P<") || pattern.contains("(?<") {
        return None;
    }
    let mut renamed = String::with_capacity(pattern.len());
    let (mut depth, mut count, mut is_name) = (0_usize, 0_usize, false);
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        let rest = chars.as_str();
        match char {
            '{' => {
                depth += 1;
                is_name = depth == 1;
                renamed.push(char);
                if is_name {
                    renamed.push_str(&format!("s{count}"));
                    count += 1;
                }
                continue;
            }
            '}' => {
                depth = depth.checked_sub(1)?;
                is_name = false;
            }
            ':' => is_name = false,
            // actix-web reads a tail without a name, and a tail in the middle, by other rules.
            '*' if depth == 0 && !(renamed.ends_with('}') && rest.is_empty()) => return None,
            _ => {}
        }
        if !is_name {
            renamed.push(char);
        }
    }
    (depth == 0 && count <= MOST_SEGMENTS).then_some(renamed)
}

/// Returns the pattern without the names of its dynamic segments.
pub(crate) fn unnamed(pattern: &str) -> String {
    let (mut depth, mut is_name) = (0_usize, false);
    let without = pattern.chars().filter(|char| {
        match char {
            '{' => (depth, is_name) = (depth + 1, depth == 0),
            '}' => (depth, is_name) = (depth.saturating_sub(1), false),
            ':' => is_name = false,
            _ => return !is_name,
        }
        true
    });
    without.collect()
}
