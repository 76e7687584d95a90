//! Assertions about the CORS headers of a response. An assertion names all of them, so that an additional
//! header fails.

use std::fmt::Write as _;

use crate::client::Response;

/// The only line that a layer adds to the response to a denied or missing origin.
pub const VARY: &str = "vary: Origin";

/// The line on every answer to a preflight.
pub const PREFLIGHT_VARY: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// Returns the lines of the response to an origin that is allowed with credentials.
pub fn admitted(origin: &str) -> [String; 3] {
    [
        format!("access-control-allow-origin: {origin}"),
        "access-control-allow-credentials: true".to_owned(),
        VARY.to_owned(),
    ]
}

/// Returns the lines of the answer to a granted preflight, with credentials and no request headers.
pub fn granted(origin: &str, methods: &str) -> [String; 4] {
    [
        format!("access-control-allow-origin: {origin}"),
        format!("access-control-allow-methods: {methods}"),
        "access-control-allow-credentials: true".to_owned(),
        PREFLIGHT_VARY.to_owned(),
    ]
}

/// Returns the lines of the answer to a preflight that is granted for one request only, because other
/// requests for the URL can have other policies. The browser keeps nothing of such an answer.
pub fn granted_once(origin: &str, method: &str) -> Vec<String> {
    let lines = granted(origin, method).into_iter();
    lines.chain(["access-control-max-age: 0".to_owned()]).collect()
}

impl Response {
    /// Returns the lines that concern CORS, `Access-Control-*` and `Vary`, sorted by name. Lines of the same
    /// name keep their order.
    pub fn cors_lines(&self) -> Vec<String> {
        let of_cors = |name: &str| name == "vary" || name.starts_with("access-control-");
        sorted(self.lines.iter().filter(|line| of_cors(&line.name)).map(ToString::to_string))
    }

    /// Asserts the status and all lines that concern CORS.
    #[track_caller]
    pub fn assert<T: AsRef<str>>(
        &self,
        status: u16,
        cors_lines: impl IntoIterator<Item = T>,
    ) -> &Self {
        let expected = sorted(cors_lines.into_iter().map(|line| line.as_ref().to_owned()));
        let found = self.cors_lines();
        if self.status == status && found == expected {
            return self;
        }
        let mut report =
            format!("{}\nexpected status {status}, found {}\n", self.request, self.status);
        for line in found.iter().filter(|line| !expected.contains(line)) {
            let _ = writeln!(report, "  not expected: {line}");
        }
        for line in expected.iter().filter(|line| !found.contains(line)) {
            let _ = writeln!(report, "  missing:      {line}");
        }
        let _ = write!(report, "expected {expected:#?}\nfound {found:#?}");
        panic!("{report}")
    }

    /// Asserts the status, and that no line concerns CORS.
    #[track_caller]
    pub fn assert_untouched(&self, status: u16) -> &Self {
        self.assert(status, [] as [&str; 0])
    }

    /// Asserts that the response to an actual request does not allow the origin.
    #[track_caller]
    pub fn assert_closed(&self, status: u16) -> &Self {
        self.assert(status, [VARY])
    }

    /// Asserts that a preflight is denied, without a body and with no line but `Vary`.
    #[track_caller]
    pub fn assert_denied(&self) -> &Self {
        self.assert(403, [PREFLIGHT_VARY]);
        assert_eq!(self.text(), "", "a denial has no body");
        self
    }

    /// Asserts that a preflight is granted with status 204, these lines, and no body.
    #[track_caller]
    pub fn assert_granted<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) -> &Self {
        self.assert(204, lines);
        assert_eq!(self.text(), "", "a grant has no body");
        self
    }
}

/// Sorts lines by name, and keeps the order of lines with the same name.
fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let name = |line: &String| line.split(':').next().unwrap_or_default().to_owned();
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(name);
    lines
}
