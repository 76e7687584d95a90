use memchr::memchr;

use crate::header_name::RequestNames;

/// What the `Access-Control-Request-Headers` lines of a preflight ask for.
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
    /// No name.
    Nothing,
    /// Names, each of them allowed.
    Allowed,
    /// The first name that is not allowed, as the request spells it.
    Denied(&'a [u8]),
}

impl RequestNames {
    /// Reads the lines once, without allocating, and stops at the first name that is not allowed.
    ///
    /// White space around a name, empty elements, upper case, repetition and any order are
    /// tolerated: gateways rewrite the list that browsers send sorted and in lower case (Fetch,
    /// "CORS-preflight fetch", step 5).
    ///
    /// ```
    /// use cors_actix_core::{RequestNames, RequestHeadersCheck};
    ///
    /// let nothing_allowed = RequestNames::default();
    /// assert_eq!(nothing_allowed.check([b"x-a".as_slice()]), RequestHeadersCheck::Denied(b"x-a"));
    /// ```
    pub fn check<'a>(&self, lines: impl IntoIterator<Item = &'a [u8]>) -> RequestHeadersCheck<'a> {
        let mut requested = RequestHeadersCheck::Nothing;
        for line in lines {
            let mut rest = after_separators(line);
            while !rest.is_empty() {
                let (element, after) = rest.split_at(length_of_element(rest));
                let name = trim_ows_end(element);
                if !self.allows(name) {
                    return RequestHeadersCheck::Denied(name);
                }
                requested = RequestHeadersCheck::Allowed;
                rest = after_separators(after);
            }
        }
        requested
    }
}

/// Leaves out the commas, spaces and tabs that the bytes begin with; of a long row many at once.
fn after_separators(bytes: &[u8]) -> &[u8] {
    const MANY: usize = 64;
    let is_separator = |byte: &u8| (*byte == b',') | (*byte == b' ') | (*byte == b'\t');
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
    /// Most names are shorter, and `memchr` takes a while to set out.
    const SHORT: usize = 24;
    let short = bytes.get(..SHORT).unwrap_or(bytes);
    let short = short.iter().position(|byte| *byte == b',');
    short.or_else(|| memchr(b',', bytes)).unwrap_or(bytes.len())
}

fn trim_ows_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
