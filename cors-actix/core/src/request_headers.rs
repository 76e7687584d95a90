//! Checks the header names that a preflight asks for.

use memchr::memchr;

use crate::header_name::RequestNames;

/// The result of checking the `Access-Control-Request-Headers` lines of a preflight.
///
/// ```
/// use cors_actix_core::{PolicySpec, RequestHeadersCheck};
///
/// let spec = PolicySpec { allow_origins: &["*"], allow_headers: &["x-a"], ..PolicySpec::EMPTY };
/// let names = spec.check().unwrap().rules.headers;
/// assert_eq!(names.check([b" ,X-A ,".as_slice()]), RequestHeadersCheck::Allowed);
/// assert_eq!(names.check([b",,".as_slice()]), RequestHeadersCheck::Nothing);
/// assert_eq!(names.check([b"x-a,x-b,x-c".as_slice()]), RequestHeadersCheck::Denied(b"x-b"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestHeadersCheck<'a> {
    /// The lines contain no name.
    Nothing,
    /// Every name is allowed.
    Allowed,
    /// The first name that is not allowed, as the request spells it.
    Denied(&'a [u8]),
}

impl RequestNames {
    /// Checks the names in the lines, up to the first name that is not allowed. Does not allocate.
    ///
    /// White space around names, empty elements, upper case, repetitions and any order are accepted,
    /// because gateways rewrite the list. Browsers send it sorted and in lower case (Fetch,
    /// "CORS-preflight fetch", step 5), so the name that comes next among the listed names is tried first.
    ///
    /// ```
    /// use cors_actix_core::{RequestNames, RequestHeadersCheck};
    ///
    /// let nothing_allowed = RequestNames::default();
    /// assert_eq!(nothing_allowed.check([b"x-a".as_slice()]), RequestHeadersCheck::Denied(b"x-a"));
    /// ```
    pub fn check<'a>(&self, lines: impl IntoIterator<Item = &'a [u8]>) -> RequestHeadersCheck<'a> {
        let mut requested = RequestHeadersCheck::Nothing;
        let mut expected = 0;
        for line in lines {
            let mut rest = after_separators(line);
            while !rest.is_empty() {
                let after = match self.after_expected(expected, rest) {
                    Some(after) => {
                        expected += 1;
                        after
                    }
                    None => {
                        let (element, after) = rest.split_at(length_of_element(rest));
                        let name = trim_ows_end(element);
                        match self.position(name) {
                            Some(position) => expected = position + 1,
                            None if self.allows_unlisted(name) => {}
                            None => return RequestHeadersCheck::Denied(name),
                        }
                        after
                    }
                };
                requested = RequestHeadersCheck::Allowed;
                rest = after_separators(after);
            }
        }
        requested
    }

    /// Returns the text behind the listed name of this position, if the text begins with the name.
    #[inline]
    fn after_expected<'a>(&self, position: usize, text: &'a [u8]) -> Option<&'a [u8]> {
        let after = text.strip_prefix(&**self.sorted().get(position)?)?;
        matches!(after, [] | [b',', ..]).then_some(after)
    }
}

impl RequestNames {
    /// Returns the names in the lines that are not allowed, at most `most` of them, as the request spells them.
    ///
    /// ```
    /// let denied = cors_actix_core::RequestNames::default().denied([b"x-a,x-b".as_slice()], 10);
    /// assert_eq!(denied, [b"x-a", b"x-b"]);
    /// ```
    pub fn denied<'a>(
        &self,
        lines: impl IntoIterator<Item = &'a [u8]>,
        most: usize,
    ) -> Vec<&'a [u8]> {
        let is_separator = |byte: &u8| matches!(byte, b',');
        let elements = lines.into_iter().flat_map(|line| line.split(is_separator));
        let names = elements.map(|element| trim_ows_end(after_separators(element)));
        names.filter(|name| !name.is_empty() && !self.allows(name)).take(most).collect()
    }
}

#[inline]
fn is_separator(byte: &u8) -> bool {
    (*byte == b',') | (*byte == b' ') | (*byte == b'\t')
}

/// Returns the bytes without the commas, spaces and tabs at the start. Browsers send one comma between names.
#[inline]
fn after_separators(bytes: &[u8]) -> &[u8] {
    match bytes {
        [] => bytes,
        [b',', next, ..] if !is_separator(next) => bytes.split_at(1).1,
        [first, ..] if !is_separator(first) => bytes,
        _ => after_many_separators(bytes),
    }
}

/// A long row of separators is skipped in chunks, which the compiler vectorizes.
#[inline(never)]
fn after_many_separators(bytes: &[u8]) -> &[u8] {
    const MANY: usize = 64;
    let few = bytes.get(..MANY).unwrap_or(bytes);
    let few = few.iter().position(|byte| !is_separator(byte)).unwrap_or(few.len());
    let mut bytes = bytes.get(few..).unwrap_or_default();
    if few < MANY {
        return bytes;
    }
    while let Some((many, rest)) = bytes.split_first_chunk::<MANY>()
        && many.iter().fold(true, |all, byte| all & is_separator(byte))
    {
        bytes = rest;
    }
    let end = bytes.iter().position(|byte| !is_separator(byte)).unwrap_or(bytes.len());
    bytes.get(end..).unwrap_or_default()
}

fn length_of_element(bytes: &[u8]) -> usize {
    /// Most names are shorter, and starting `memchr` costs more than a short loop.
    const SHORT: usize = 24;
    let short = bytes.get(..SHORT).unwrap_or(bytes);
    match short.iter().position(|byte| *byte == b',') {
        Some(length) => length,
        None if bytes.len() <= SHORT => bytes.len(),
        None => memchr(b',', bytes).unwrap_or(bytes.len()),
    }
}

fn trim_ows_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
