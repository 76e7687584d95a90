//! Policies and requests that are made from choices: random numbers in a test, and bytes in a fuzzer. Requests
//! are made from the strings of the policy, so that most requests are nearly allowed.

use crate::naive::{Asking, Written};

/// A source of choices: returns a number below the given number.
pub struct Choices<'a>(pub &'a mut dyn FnMut(usize) -> usize);

impl std::fmt::Debug for Choices<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Choices").finish()
    }
}

const SCHEMES: [&str; 8] =
    ["https", "https", "http", "moz-extension", "capacitor", "a+b.c-d", "ftp", "x"];
const LABELS: [&str; 10] =
    ["a", "b", "foo", "bar", "foobar", "com", "xn--bcher-kva", "_x", "a-b", "localhost"];
const ADDRESSES: [&str; 4] = ["127.0.0.1", "[::1]", "[2001:db8::1]", "10.0.0.255"];
const PORTS: [&str; 6] = ["8443", "3000", "1", "65535", "80", "443"];
const METHODS: [&str; 9] =
    ["PUT", "DELETE", "PATCH", "patch", "QUERY", "OPTIONS", "GET", "POST", "X!"];
const NAMES: [&str; 12] = [
    "X-A*",
    "x-b*",
    "x-a",
    "x-b",
    "x-ab",
    "X-Request-ID",
    "content-type",
    "authorization",
    "AUTHORIZATION",
    "range",
    "x_y",
    "x.~!",
];
const EXPOSED: [&str; 7] =
    ["x-total-count", "X-Total-Count", "etag", "content-type", "link", "authorization", "pragma"];
const VARIES: [&str; 6] =
    ["Accept-Encoding", "accept, ORIGIN", "origin", "*", "x-origin", "Origin , Accept"];
const ODD_ORIGINS: [&str; 14] = [
    "null",
    "NULL",
    "",
    "*",
    "file://",
    "app://.",
    "x://",
    "https://",
    "https://.",
    "http://own.example",
    "http://own.example",
    "https://own.example",
    "https://own.example:8443",
    "http://own.example:8443",
];
/// Headers in which proxies report the scheme and host that a request was sent to.
const FORWARDED: [(&str, [&str; 6]); 4] = [
    ("x-forwarded-proto", ["https", "http", "wss", "https, http", "ftp", "https"]),
    ("x-forwarded-host", ["own.example", "Own.example:8443", "own.example:443", "a", ".", ""]),
    ("x-forwarded-port", ["443", "8443", "80", "443, 8080", "x", ""]),
    (
        "forwarded",
        [
            "proto=https;host=own.example",
            "for=10.0.0.1; proto=https",
            "host=\"own.example:8443\"",
            "for=10.0.0.1",
            "proto=ws;host=a",
            "",
        ],
    ),
];
/// Bytes that faulty parsers of origins have accepted.
const SPECIAL: &[u8] = b"., &'\";!$^*()+=`~-_|{}%:/@?#\\[]\0\t\n\x7f\xff\xc3 A0";
const WRONG_PORTS: [&str; 11] =
    ["0", "", "65536", "08443", "+1", "443", "80", "21", "8443", "1 ", "*"];
const ENDS: [&str; 10] =
    [".", "x", ".com", ":8443", ".evil.com", "/", "/https://example.com", "?x", "#x", "@evil.com"];

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        (self.0)(count)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    /// Chooses no items in half of all cases, and otherwise a few.
    fn some(&mut self, of: &[&str]) -> Vec<String> {
        let count = self.below(8).saturating_sub(3);
        (0..count).map(|_| self.one(of).to_owned()).collect()
    }

    /// Makes a policy without problems.
    pub fn policy(&mut self) -> Written {
        let mut policy = Written {
            credentials: self.below(2) == 1,
            methods: self.some(&METHODS),
            headers: self.some(&NAMES),
            exposed: self.some(&EXPOSED),
            max_age: self.one_in(3).then(|| [0, 1, 600, 86_401, u64::MAX][self.below(5)]),
            status: self.one_in(4).then(|| [200, 204, 299][self.below(3)]),
            enforce: self.one_in(4),
            origins: Vec::new(),
        };
        if self.one_in(4) {
            policy.methods.push("*".to_owned());
        }
        if self.one_in(4) {
            policy.headers.push("*".to_owned());
        }
        if self.one_in(4) && !policy.credentials {
            policy.exposed.push("*".to_owned());
        }
        if self.one_in(8) && !policy.credentials && !policy.enforce {
            policy.origins = vec!["*".to_owned()];
            return policy;
        }
        policy.origins = (0..1 + self.below(4)).map(|_| self.pattern()).collect();
        if self.one_in(6) && !policy.credentials {
            policy.origins.push(self.one(&["null", "null", "file://", "x://"]).to_owned());
        }
        policy
    }

    fn name(&mut self) -> String {
        let labels: Vec<_> = (0..1 + self.below(3)).map(|_| self.one(&LABELS)).collect();
        labels.join(".") + if self.one_in(12) { "." } else { "" }
    }

    fn pattern(&mut self) -> String {
        let scheme = self.one(&SCHEMES);
        let special = ["http", "https", "ftp"].contains(&scheme);
        let host = match self.below(8) {
            0 if !special => self.one(&["*", "*", "."]).to_owned(),
            0..3 => self.name(),
            3 => self.one(&ADDRESSES).to_owned(),
            _ => format!("*.{}", self.name()),
        };
        let port = match self.below(6) {
            0..3 => String::new(),
            3 => ":*".to_owned(),
            _ => match self.one(&PORTS) {
                "80" if scheme == "http" => String::new(),
                "443" if scheme == "https" => String::new(),
                port => format!(":{port}"),
            },
        };
        format!("{scheme}://{host}{port}")
    }

    /// Makes a request from the strings of the policy.
    pub fn asking(&mut self, policy: &Written) -> Asking {
        let is_options = self.below(8) < 5;
        let method =
            if is_options { "OPTIONS" } else { self.one(&["GET", "POST", "PUT", "OPTIONS"]) };
        let mut lines = vec![("host", b"own.example".to_vec())];
        let origins = match self.below(32) {
            0 => 2,
            1..3 => 0,
            _ => 1,
        };
        for _ in 0..origins {
            lines.push(("origin", self.origin(policy)));
        }
        let methods = match self.below(32) {
            0 => 2,
            1 => 0,
            _ => usize::from(is_options),
        };
        for _ in 0..methods {
            lines.push(("access-control-request-method", self.method(policy)));
        }
        for _ in 0..[1, 0, 2, 1, 3][self.below(5)] {
            lines.push(("access-control-request-headers", self.list(policy)));
        }
        if self.one_in(6) {
            let sites = ["same-origin", "none", "cross-site", "same-site", "Same-Origin"];
            lines.push(("sec-fetch-site", self.one(&sites).into()));
        }
        if self.one_in(4) {
            for (name, values) in FORWARDED {
                if self.one_in(3) {
                    lines.push((name, self.one(&values).into()));
                }
            }
        }
        if self.one_in(8) {
            lines.push(("vary", b"X-Of-The-Request".to_vec()));
        }
        Asking { method: method.to_owned(), lines }
    }

    /// Chooses the CORS lines that the handler itself writes.
    pub fn inner(&mut self) -> Vec<(&'static str, &'static str)> {
        let varies = [0, 0, 1, 2][self.below(4)];
        let mut lines: Vec<_> = (0..varies).map(|_| ("vary", self.one(&VARIES))).collect();
        if self.one_in(10) {
            lines.push(("access-control-allow-origin", "https://inner.example"));
        }
        lines
    }

    fn origin(&mut self, policy: &Written) -> Vec<u8> {
        let pattern = match self.below(16) {
            0 => return self.noise(),
            1 => return self.one(&ODD_ORIGINS).into(),
            2 => self.pattern(),
            _ => policy.origins[self.below(policy.origins.len())].clone(),
        };
        let mut origin = match self.one_in(16) {
            true => pattern,
            false => self.instance(&pattern),
        }
        .into_bytes();
        for _ in 0..[0, 0, 0, 0, 1, 1, 2][self.below(7)] {
            self.damage(&mut origin);
        }
        origin
    }

    /// Makes an origin that the pattern matches.
    fn instance(&mut self, pattern: &str) -> String {
        let mut origin = pattern.to_owned();
        if let Some(unported) = pattern.strip_suffix(":*") {
            origin = match self.below(3) {
                0 => unported.to_owned(),
                _ => format!("{unported}:{}", self.one(&PORTS)),
            };
        }
        if origin.contains("://*.") {
            let labels = self.name();
            let labels = labels.trim_end_matches('.');
            origin = match self.below(8) {
                0 => origin.replacen("*.", "", 1),
                1 => origin.replacen('*', "", 1),
                2 => origin.replacen("*.", labels, 1),
                _ => origin.replacen('*', labels, 1),
            };
        }
        if origin.ends_with("://*") || origin.contains("://*:") {
            let host = self.name();
            origin = origin.replacen('*', &host, 1);
        }
        origin
    }

    fn damage(&mut self, origin: &mut Vec<u8>) {
        let at = self.below(origin.len() + 1);
        let host = origin.windows(3).position(|bytes| bytes == b"://").map_or(0, |at| at + 3);
        let special = SPECIAL[self.below(SPECIAL.len())];
        let long = if self.one_in(20) { 10_000 } else { 180 + self.below(80) };
        match self.below(20) {
            0 => origin.insert(at, special),
            1 => origin.truncate(at),
            2 if at < origin.len() => drop(origin.remove(at)),
            3 if at < origin.len() => origin.insert(at, origin[at]),
            4 if at < origin.len() => origin[at].make_ascii_uppercase(),
            5 if at < origin.len() => origin[at] = special,
            6 => drop(origin.splice(host..host, *b"user@")),
            7 => drop(origin.splice(host..host, *b"https://")),
            8 => drop(origin.splice(host..host, vec![b'a'; long])),
            9 => drop(origin.splice(..host, self.one(&SCHEMES).bytes().chain(*b"://"))),
            10 => {
                origin.push(b':');
                origin.extend_from_slice(self.one(&WRONG_PORTS).as_bytes());
            }
            11 => origin.extend_from_slice(&[special, b'.', b'e', b'v', b'i', b'l']),
            12..15 => {
                let front = self.one(&["evil-", "evil.", "a", "b."]);
                drop(origin.splice(host..host, front.bytes()));
            }
            _ => origin.extend_from_slice(self.one(&ENDS).as_bytes()),
        }
    }

    fn method(&mut self, policy: &Written) -> Vec<u8> {
        let method = match self.below(16) {
            0 => return self.noise(),
            1 => self.one(&["", "*", "get", "G ET", "GET ", "CONNECT", "GETS", "PU"]).to_owned(),
            2..5 => self.one(&["GET", "HEAD", "POST"]).to_owned(),
            5 => self.one(&METHODS).to_owned(),
            chosen => match policy.methods[..] {
                [] => "GET".to_owned(),
                ref methods => methods[chosen % methods.len()].clone(),
            },
        };
        match self.below(24) {
            0 => method.to_ascii_lowercase(),
            1 => method + "X",
            _ => method,
        }
        .into()
    }

    fn list(&mut self, policy: &Written) -> Vec<u8> {
        let mut list = Vec::new();
        let names = self.below(5);
        for _ in 0..names {
            let mut name = match self.below(16) {
                0 if self.one_in(3) => self.noise(),
                0 => self.one(&NAMES).into(),
                1 if policy.headers.iter().any(|name| name == "*") => self.one(&NAMES).into(),
                _ => match policy.headers[..] {
                    [] => b" ".to_vec(),
                    ref names => names[self.below(names.len())].clone().into_bytes(),
                },
            };
            match self.below(32) {
                0 => name.push(SPECIAL[self.below(SPECIAL.len())]),
                1 => drop(name.pop()),
                2..8 => name.make_ascii_uppercase(),
                _ => {}
            }
            list.extend_from_slice(self.one(&["", "", " ", "\t", " ,, ", ","]).as_bytes());
            list.extend_from_slice(&name);
            list.extend_from_slice(self.one(&[",", ", ", ",", " \t,", ",,"]).as_bytes());
        }
        if names > 0 && self.below(4) > 0 {
            list.pop();
        }
        list
    }

    fn noise(&mut self) -> Vec<u8> {
        let byte = |choices: &mut Self| match choices.below(16) {
            0 => choices.below(256),
            _ => 32 + choices.below(95),
        };
        (0..self.below(24)).map(|_| byte(self) as u8).collect()
    }
}
