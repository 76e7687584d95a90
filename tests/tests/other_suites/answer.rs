//! Answers, and what a browser makes of them.

use std::collections::{BTreeMap, BTreeSet};

use cors_actix_tests::naive::SAFELISTED_RESPONSE_HEADERS;

use crate::row::{ACCEPTED, REJECTED};

/// Headers whose value is a list, of which neither the order nor the case of names matters.
const LISTS: [&str; 3] = ["access-control-allow-headers", "access-control-expose-headers", "vary"];
const METHODS: &str = "access-control-allow-methods";
const ORIGIN: &str = "access-control-allow-origin";

/// Methods that need not be listed (Fetch, "CORS-safelisted method").
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// The statuses of actual requests that are denied in front of the handler.
const DENIED: [u16; 2] = [400, 403];

/// An answer, or the fate of the configuration.
pub(crate) enum Answer {
    Rejected,
    Accepted,
    Response(Response),
}

/// The status, and the values of each header that concerns CORS.
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: BTreeMap<String, Vec<String>>,
}

/// A request as a row has it.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) lines: Vec<(String, String)>,
}

impl Answer {
    /// Reads an answer of a row.
    pub(crate) fn of(written: &[String]) -> Self {
        match written[0].as_str() {
            REJECTED => Answer::Rejected,
            ACCEPTED => Answer::Accepted,
            status => {
                let status = status.parse().unwrap_or_else(|_| panic!("{status:?} is no status"));
                let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for (name, value) in written[1..].iter().map(|line| line_of(line)) {
                    headers.entry(name).or_default().push(value);
                }
                Answer::Response(Response { status, headers })
            }
        }
    }
}

impl Response {
    /// Returns the parts of the answer in a form in which equal parts mean the same.
    pub(crate) fn parts(&self) -> BTreeMap<String, Vec<String>> {
        let mut parts = BTreeMap::from([("status".to_owned(), vec![self.status.to_string()])]);
        for name in self.headers.keys() {
            let is_list = name == METHODS || LISTS.contains(&name.as_str());
            let value = if is_list { self.list(name) } else { self.headers[name].clone() };
            if !value.is_empty() {
                parts.insert(name.clone(), value);
            }
        }
        parts
    }

    /// Returns the items of all lines of this name, sorted.
    fn list(&self, name: &str) -> Vec<String> {
        let values = self.headers.get(name).into_iter().flatten();
        let items = values.flat_map(|value| items(value));
        let items = items.map(|item| if name == METHODS { item } else { item.to_lowercase() });
        items.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns what the answer permits to a page with the origin of the request.
    pub(crate) fn permits(&self, request: &Request) -> BTreeSet<String> {
        let mut permits = BTreeSet::new();
        let origins = request.values("origin");
        let requested = request.values("access-control-request-method");
        for mode in ["without credentials", "with credentials"] {
            let wildcards = mode == "without credentials";
            let [origin] = origins[..] else { continue };
            if !self.passes(origin, wildcards) {
                continue;
            }
            match requested[..] {
                [method] if request.method == "OPTIONS" => {
                    if self.grants(method, request, wildcards) {
                        permits.insert(format!("the request {mode}"));
                    }
                }
                _ => {
                    permits.insert(format!("the response {mode}"));
                    let exposed = self.list("access-control-expose-headers");
                    let exposed = exposed.iter().filter(|name| {
                        (wildcards || *name != "*")
                            && !SAFELISTED_RESPONSE_HEADERS.contains(&name.as_str())
                    });
                    permits.extend(exposed.map(|name| format!("the header {name} {mode}")));
                }
            }
        }
        let is_preflight = request.method == "OPTIONS" && !requested.is_empty();
        if !is_preflight && !DENIED.contains(&self.status) {
            permits.insert("the handler".to_owned());
        }
        permits
    }

    /// Fetch, "CORS check".
    fn passes(&self, origin: &str, wildcards: bool) -> bool {
        let Some([allowed]) = self.headers.get(ORIGIN).map(Vec::as_slice) else { return false };
        if wildcards && allowed == "*" {
            return true;
        }
        let credentials = self.headers.get("access-control-allow-credentials");
        allowed == origin && (wildcards || credentials.is_some_and(|values| *values == ["true"]))
    }

    /// Fetch, "CORS-preflight fetch", from step 7.
    fn grants(&self, method: &str, request: &Request, wildcards: bool) -> bool {
        let all = |list: &[String]| wildcards && list.iter().any(|item| item == "*");
        let methods = self.list(METHODS);
        let method = SAFELISTED.contains(&method)
            || methods.iter().any(|listed| listed == method)
            || all(&methods);
        let headers = self.list("access-control-allow-headers");
        let requested = request.values("access-control-request-headers");
        let mut requested = requested.into_iter().flat_map(items).map(|name| name.to_lowercase());
        let headers = requested
            .all(|name| headers.contains(&name) || name != "authorization" && all(&headers));
        (200..300).contains(&self.status) && method && headers
    }
}

impl Request {
    /// Reads the request of a row.
    pub(crate) fn of(written: &[String]) -> Self {
        let (method, target) = written[0].split_once(' ').expect("a method and a target");
        let lines = written[1..].iter().map(|line| line_of(line)).collect();
        Request { method: method.to_owned(), target: target.to_owned(), lines }
    }

    fn values(&self, name: &str) -> Vec<&str> {
        let lines = self.lines.iter().filter(|(found, _)| found == name);
        lines.map(|(_, value)| value.as_str()).collect()
    }
}

/// Returns the name and the value of a line. Nothing but one space is cut off the value.
pub(crate) fn line_of(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} is no line"));
    (name.to_lowercase(), value.strip_prefix(' ').unwrap_or(value).to_owned())
}

/// Returns the items of a list, without white space around them, also if it is written as an escape.
fn items(value: &str) -> impl Iterator<Item = String> {
    let items = value.split(',').map(|item| item.replace("\\t", "\t").trim().to_owned());
    items.filter(|item| !item.is_empty())
}
