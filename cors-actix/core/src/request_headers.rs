use crate::header_name::RequestNames;

/// What the `Access-Control-Request-Headers` lines of a preflight ask for.
///
/// ```
/// use cors_actix_core::{PolicySpec, Requested};
///
/// let spec = PolicySpec { allow_origins: &["*"], allow_headers: &["x-a"], ..PolicySpec::EMPTY };
/// let names = spec.check().unwrap().rules.headers;
/// assert_eq!(names.scan([b" ,X-A ,".as_slice()]), Requested::Allowed);
/// assert_eq!(names.scan([b",,".as_slice()]), Requested::Nothing);
/// assert_eq!(names.scan([b"x-a,x-b,x-c".as_slice()]), Requested::Refused(b"x-b"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested<'a> {
    /// No name.
    Nothing,
    /// Names, each of them allowed.
    Allowed,
    /// The first name that is not allowed, as the request spells it.
    Refused(&'a [u8]),
}

impl RequestNames {
    /// Reads the lines once, without allocating, and stops at the first name that is not allowed.
    ///
    /// White space around a name, empty elements, upper case, repetition and any order are
    /// tolerated: gateways rewrite the list that browsers send sorted and in lower case (Fetch,
    /// "CORS-preflight fetch", step 5).
    ///
    /// ```
    /// use cors_actix_core::{RequestNames, Requested};
    ///
    /// let nothing_allowed = RequestNames::default();
    /// assert_eq!(nothing_allowed.scan([b"x-a".as_slice()]), Requested::Refused(b"x-a"));
    /// ```
    pub fn scan<'a>(&self, lines: impl IntoIterator<Item = &'a [u8]>) -> Requested<'a> {
        let mut requested = Requested::Nothing;
        for line in lines {
            for element in line.split(|&byte| byte == b',') {
                let name = trim_ows(element);
                if name.is_empty() {
                    continue;
                }
                if !self.allows(name) {
                    return Requested::Refused(name);
                }
                requested = Requested::Allowed;
            }
        }
        requested
    }
}

fn trim_ows(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
