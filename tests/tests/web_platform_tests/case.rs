//! One subtest as what happens: a page, the answers of the servers, the steps, and what the page should see.

use std::time::Duration;

use cors_actix_browser::{
    Credentials::{Include, Omit, SameOrigin},
    Fetch, Mode,
};

use crate::table::Row;

/// The names of origins, as in `get_host_info()` of Web Platform Tests. A longer name comes before its prefix.
const PLACES: [(&str, &str); 9] = [
    ("$LOCAL_PORT", "http://web-platform.test:8001"),
    ("$LOCAL_TLS", "https://web-platform.test:8443"),
    ("$LOCAL", "http://web-platform.test:8000"),
    ("$REMOTE_PORT", "http://www1.web-platform.test:8001"),
    ("$REMOTE_TLS", "https://www1.web-platform.test:8443"),
    ("$REMOTE2", "http://www2.web-platform.test:8000"),
    ("$REMOTE_HOST", "www1.web-platform.test:8000"),
    ("$REMOTE", "http://www1.web-platform.test:8000"),
    ("$HOST", "web-platform.test:8000"),
];

/// A subtest.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// The page's URL. `None` for a sandboxed frame.
    pub(crate) page: Option<String>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) steps: Vec<Step>,
}

/// The answer of a server.
#[derive(Debug)]
pub(crate) struct Rule {
    /// A method; `PREFLIGHT` for preflights, `*` for all other requests, `ALL` for all.
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) lines: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// The number of requests that the rule answers.
    pub(crate) times: usize,
}

#[derive(Debug)]
pub(crate) enum Step {
    Fetch(Box<Fetch>, Vec<Expectation>),
    Wait(Duration),
}

/// An expectation on the fetch above. "Request" means the last request that is no preflight.
#[derive(Debug)]
pub(crate) enum Expectation {
    /// The page can read the response; of this status, if one is named.
    Readable(Option<u16>),
    Blocked,
    /// `fetch()` throws, and nothing is sent.
    Throws,
    Opaque,
    /// The type of the response: `cors` or `basic`.
    Type(String),
    /// The page can read the header with this value.
    Reads(String, Vec<u8>),
    Hides(String),
    Text(Vec<u8>),
    /// The end of the response's URL.
    Url(String),
    Redirected(bool),
    /// The number of preflights that were sent.
    Preflights(usize),
    /// The number of other requests that were sent.
    Requests(usize),
    /// The request has the header with this value.
    Arrives(String, Vec<u8>),
    Lacks(String),
    Method(String),
    Body(Vec<u8>),
    /// The last preflight has the header with this value.
    Asks(String, Vec<u8>),
    AsksNot(String),
}

impl Case {
    pub(crate) fn parse(row: &Row) -> Self {
        let mut case = Case { page: Some(places("$LOCAL")), ..Case::default() };
        for line in &row.lines {
            let line = places(line);
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let understood = match word {
                "page" => {
                    case.page = (rest != "sandboxed").then(|| rest.to_owned());
                    Some(())
                }
                "serve" => case.serve(rest, usize::MAX),
                "serve-once" => case.serve(rest, 1),
                "redirect" => case.redirect(rest),
                "fetch" => case.fetch(rest),
                "wait" => rest.parse().ok().map(|seconds| {
                    case.steps.push(Step::Wait(Duration::from_secs_f64(seconds)));
                }),
                ">" => case.expect(rest),
                "=" => case.body(bytes(rest)),
                "bytes" | "mode" | "credentials" => case.option(word, rest),
                _ => line.split_once(':').and_then(|(name, value)| {
                    case.header(name, bytes(value.strip_prefix(' ').unwrap_or(value)))
                }),
            };
            assert!(understood.is_some(), "{row}: not understood: {line}");
        }
        assert!(!case.steps.is_empty(), "{row}: nothing happens");
        case
    }

    fn serve(&mut self, rest: &str, times: usize) -> Option<()> {
        let [method, url, status] = rest.split(' ').collect::<Vec<_>>().try_into().ok()?;
        self.rules.push(Rule {
            method: method.to_owned(),
            url: url.to_owned(),
            status: status.parse().ok()?,
            lines: Vec::new(),
            body: Vec::new(),
            times,
        });
        Some(())
    }

    /// Adds a server that redirects a number of times, always to the same URL.
    fn redirect(&mut self, rest: &str) -> Option<()> {
        let [times, status, url] = rest.split(' ').collect::<Vec<_>>().try_into().ok()?;
        self.serve(&format!("* {url} {status}"), times.parse().ok()?)?;
        self.header("location", url.into())?;
        self.serve(&format!("* {url} 200"), usize::MAX)
    }

    fn fetch(&mut self, rest: &str) -> Option<()> {
        let (method, url) = rest.split_once(' ')?;
        let fetch = Box::new(Fetch::new(text(method), url));
        self.steps.push(Step::Fetch(fetch, Vec::new()));
        Some(())
    }

    /// Adds a header to the last fetch, or to the last answer if there is no fetch yet.
    fn header(&mut self, name: &str, value: Vec<u8>) -> Option<()> {
        match self.steps.last_mut() {
            Some(Step::Fetch(fetch, _)) => **fetch = fetch.clone().header(text(name), value),
            Some(Step::Wait(_)) => return None,
            None => self.rules.last_mut()?.lines.push((text(name), value)),
        }
        Some(())
    }

    fn body(&mut self, body: Vec<u8>) -> Option<()> {
        match self.steps.last_mut() {
            Some(Step::Fetch(fetch, _)) => {
                **fetch = fetch.clone().body(String::from_utf8(body).ok()?);
            }
            Some(Step::Wait(_)) => return None,
            None => self.rules.last_mut()?.body = body,
        }
        Some(())
    }

    fn option(&mut self, word: &str, value: &str) -> Option<()> {
        let Some(Step::Fetch(fetch, _)) = self.steps.last_mut() else { return None };
        **fetch = match (word, value) {
            ("bytes", _) => fetch.clone().bytes(bytes(value)),
            ("mode", "cors") => fetch.clone().mode(Mode::Cors),
            ("mode", "no-cors") => fetch.clone().mode(Mode::NoCors),
            ("mode", "same-origin") => fetch.clone().mode(Mode::SameOrigin),
            ("credentials", "include") => fetch.clone().credentials(Include),
            ("credentials", "omit") => fetch.clone().credentials(Omit),
            ("credentials", "same-origin") => fetch.clone().credentials(SameOrigin),
            _ => return None,
        };
        Some(())
    }

    fn expect(&mut self, rest: &str) -> Option<()> {
        let Some(Step::Fetch(_, expectations)) = self.steps.last_mut() else { return None };
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let header = || {
            let (name, value) = rest.split_once(':')?;
            Some((name.to_owned(), bytes(value.strip_prefix(' ').unwrap_or(value))))
        };
        expectations.push(match word {
            "readable" if rest.is_empty() => Expectation::Readable(None),
            "readable" => Expectation::Readable(Some(rest.parse().ok()?)),
            "blocked" => Expectation::Blocked,
            "throws" => Expectation::Throws,
            "opaque" => Expectation::Opaque,
            "type" => Expectation::Type(rest.to_owned()),
            "reads" => header().map(|(name, value)| Expectation::Reads(name, value))?,
            "hides" => Expectation::Hides(text(rest)),
            "text" => Expectation::Text(bytes(rest)),
            "url" => Expectation::Url(rest.to_owned()),
            "redirected" => Expectation::Redirected(rest.parse().ok()?),
            "preflights" => Expectation::Preflights(rest.parse().ok()?),
            "requests" => Expectation::Requests(rest.parse().ok()?),
            "arrives" => header().map(|(name, value)| Expectation::Arrives(name, value))?,
            "lacks" => Expectation::Lacks(rest.to_owned()),
            "method" => Expectation::Method(rest.to_owned()),
            "body" => Expectation::Body(bytes(rest)),
            "asks" => header().map(|(name, value)| Expectation::Asks(name, value))?,
            "asks-not" => Expectation::AsksNot(rest.to_owned()),
            _ => return None,
        });
        Some(())
    }
}

fn places(line: &str) -> String {
    PLACES.iter().fold(line.to_owned(), |line, (name, origin)| line.replace(name, origin))
}

/// Returns the bytes of a value: `\s` is a space, `\t` a tab, `\e` nothing, `\xNN` a byte.
fn bytes(value: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), value.as_bytes());
    loop {
        let (byte, length) = match rest {
            [] => return bytes,
            [b'\\', b'x', high, low, ..] => {
                let digit = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
                (Some(digit(*high) * 16 + digit(*low)), 4)
            }
            [b'\\', b's', ..] => (Some(b' '), 2),
            [b'\\', b't', ..] => (Some(b'\t'), 2),
            [b'\\', b'e', ..] => (None, 2),
            [byte, ..] => (Some(*byte), 1),
        };
        bytes.extend(byte);
        rest = &rest[length..];
    }
}

fn text(value: &str) -> String {
    String::from_utf8(bytes(value)).unwrap()
}
