//! A naive evaluator: decides on a request by a policy, without hashing, without early exits, and without
//! code of the library. Each rule of the Fetch standard is written again in the simplest way.

/// A policy as written, without problems.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// `allow_origins`
    pub origins: Vec<String>,
    /// `allow_methods`
    pub methods: Vec<String>,
    /// `allow_headers`
    pub headers: Vec<String>,
    /// `allow_credentials`, with the `danger_…` options
    pub credentials: bool,
    /// `expose_headers`
    pub exposed: Vec<String>,
    /// `max_age`, in seconds
    pub max_age: Option<u64>,
    /// `preflight_status`
    pub status: Option<u16>,
    /// `enforce`
    pub enforce: bool,
}

/// A request to the URL `http://` with the host of its `host` line.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The method.
    pub method: String,
    /// The header lines, their names in lower case.
    pub lines: Vec<(&'static str, Vec<u8>)>,
}

/// The decision of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The request has no `Origin`.
    NotCors,
    /// An actual request, from an origin that may or may not read the response.
    Actual(Result<(), Why>),
    /// A preflight.
    Preflight(Result<(), Why>),
}

/// The reason for which a request is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Why {
    OriginRepeated,
    OriginMalformed,
    OriginNotAllowed,
    MethodMalformed,
    MethodNotAllowed,
    HeaderNotAllowed(Vec<u8>),
}

impl Asking {
    /// Returns the values of the lines of this name.
    pub fn all(&self, name: &str) -> Vec<&[u8]> {
        let lines = self.lines.iter().filter(|line| line.0 == name);
        lines.map(|line| line.1.as_slice()).collect()
    }

    /// Returns the header names that a preflight asks for.
    fn names(&self) -> Vec<&[u8]> {
        let lines = self.all("access-control-request-headers");
        let elements = lines.iter().flat_map(|line| line.split(|byte| *byte == b','));
        elements.map(trim_ows).filter(|name| !name.is_empty()).collect()
    }

    /// Returns `true` if a preflight asks for a header name.
    pub fn names_headers(&self) -> bool {
        !self.names().is_empty()
    }

    fn is_preflight(&self) -> bool {
        self.method == "OPTIONS"
            && !self.all("origin").is_empty()
            && !self.all("access-control-request-method").is_empty()
    }

    /// Returns `true` if a page of the service itself has sent the request, by `Sec-Fetch-Site`, or else by
    /// the scheme and host of the request. The headers of proxies count if `by_proxies` is `true`.
    fn is_same_origin(&self, by_proxies: bool) -> bool {
        match (&self.all("sec-fetch-site")[..], &self.all("origin")[..]) {
            ([site, ..], _) => [b"same-origin".as_slice(), b"none"].contains(site),
            ([], [origin]) => {
                self.sent_to(by_proxies).is_some_and(|itself| *origin == itself.as_bytes())
            }
            _ => false,
        }
    }

    fn sent_to(&self, by_proxies: bool) -> Option<String> {
        let text = |name: &str| {
            let line = self.all(name).first().map(|line| String::from_utf8_lossy(line))?;
            line.split(',').next().map(|first| first.trim().to_owned())
        };
        let told = |name: &str| text(name).filter(|_| by_proxies);
        let parameter = |name: &str| {
            let pairs = told("forwarded")?;
            let mut pairs = pairs.split(';').filter_map(|pair| pair.split_once('='));
            pairs.find(|pair| pair.0.trim() == name).map(|pair| pair.1.replace('"', ""))
        };
        let scheme = parameter("proto").or_else(|| told("x-forwarded-proto"));
        let (scheme, default) = match scheme.as_deref() {
            Some("https" | "wss") => ("https", "443"),
            None | Some("http" | "ws") => ("http", "80"),
            Some(_) => return None,
        };
        let in_host = |host: String| {
            let (host, port) = host_and_port(&host);
            (host.to_owned(), port.map(str::to_owned))
        };
        let (host, port) = match parameter("host").map(in_host) {
            Some(whole) => whole,
            None => {
                let host = told("x-forwarded-host").or_else(|| text("host")).unwrap_or_default();
                let (host, port) = in_host(host);
                let told = told("x-forwarded-port").filter(|port| port.parse::<u16>().is_ok());
                (host, told.or(port))
            }
        };
        let port = port.filter(|port| port != default).map(|port| format!(":{port}"));
        Some(format!("{scheme}://{}{}", host.to_ascii_lowercase(), port.unwrap_or_default()))
    }
}

impl Written {
    /// Returns the decision of the policy.
    pub fn decide(&self, asking: &Asking) -> Verdict {
        match asking.all("origin")[..] {
            [] => Verdict::NotCors,
            _ if asking.is_preflight() => {
                Verdict::Preflight(self.check_origin(asking).and_then(|()| self.grants(asking)))
            }
            _ => Verdict::Actual(self.check_origin(asking)),
        }
    }

    /// Returns `true` if an item of `allow_origins` matches the value of an `Origin` line.
    pub fn allows_origin(&self, origin: &[u8]) -> bool {
        self.origins.iter().any(|pattern| matches(pattern, origin))
    }

    fn check_origin(&self, asking: &Asking) -> Result<(), Why> {
        match asking.all("origin")[..] {
            [origin] if self.allows_origin(origin) => Ok(()),
            [origin] if origin == b"null" || parts(origin).is_some() => Err(Why::OriginNotAllowed),
            [_] => Err(Why::OriginMalformed),
            _ => Err(Why::OriginRepeated),
        }
    }

    fn grants(&self, asking: &Asking) -> Result<(), Why> {
        let [method] = asking.all("access-control-request-method")[..] else {
            return Err(Why::MethodMalformed);
        };
        let listed = self.methods.iter().map(String::as_str).chain(["GET", "HEAD", "POST"]);
        match is_token(method) {
            false => return Err(Why::MethodMalformed),
            true if has(&self.methods, "*") && !is_forbidden_method(method) => {}
            true if listed.into_iter().any(|listed| listed.as_bytes() == method) => {}
            true => return Err(Why::MethodNotAllowed),
        }
        for name in asking.names() {
            let listed =
                self.headers.iter().any(|listed| name.eq_ignore_ascii_case(listed.as_bytes()));
            let by_prefix = || self.prefixes().any(|prefix| starts_with(name, prefix));
            let covered = (has(&self.headers, "*") || by_prefix())
                && !name.eq_ignore_ascii_case(b"authorization");
            if !is_token(name) || !listed && !covered {
                return Err(Why::HeaderNotAllowed(name.to_vec()));
            }
        }
        Ok(())
    }

    /// Returns the status of the response, if the policy decides on the status, and all lines `vary` and
    /// `access-control-*`, sorted. `inner` are the lines that the handler writes.
    pub fn respond(&self, asking: &Asking, inner: &[(&str, &str)]) -> (Option<u16>, Vec<String>) {
        let verdict = self.decide(asking);
        let any = has(&self.origins, "*");
        let mut lines = Vec::new();
        let mut line = |name: &str, value: &[u8]| {
            lines.push(format!("{name}: {}", value.escape_ascii()));
        };
        let origin = if any { vec![b"*".as_slice()] } else { asking.all("origin") };
        let by_proxies = !has(&self.headers, "*");
        let denied = matches!(verdict, Verdict::Actual(Err(_)))
            && self.enforce
            && !asking.is_same_origin(by_proxies);
        let reaches_application = !matches!(verdict, Verdict::Preflight(_)) && !denied;
        let inner = if reaches_application { inner } else { &[] };
        for (name, value) in inner {
            line(name, value.as_bytes());
        }
        let by_origin = |(name, value): &(&str, &str)| {
            let mut names = value.split(',').map(|name| name.trim().to_ascii_lowercase());
            *name == "vary" && names.any(|name| name == "origin" || name == "*")
        };
        let status = match verdict {
            Verdict::Preflight(outcome) => {
                line(
                    "vary",
                    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
                );
                if outcome.is_ok() {
                    line("access-control-allow-origin", origin[0]);
                    for value in self.allow_methods(asking) {
                        line("access-control-allow-methods", &value);
                    }
                    for value in self.allow_headers(asking) {
                        line("access-control-allow-headers", &value);
                    }
                    if self.credentials {
                        line("access-control-allow-credentials", b"true");
                    }
                    if let Some(seconds) = self.max_age {
                        line("access-control-max-age", seconds.to_string().as_bytes());
                    }
                }
                Some(if outcome.is_ok() { self.status.unwrap_or(204) } else { 403 })
            }
            _ if inner.iter().any(|(name, _)| *name == "access-control-allow-origin") => None,
            verdict => {
                if any || verdict == Verdict::Actual(Ok(())) {
                    line("access-control-allow-origin", origin[0]);
                    if self.credentials {
                        line("access-control-allow-credentials", b"true");
                    }
                    let exposed = listed_once(&self.exposed, &SAFELISTED_RESPONSE_HEADERS, &[]);
                    if !exposed.is_empty() {
                        line("access-control-expose-headers", exposed.join(",").as_bytes());
                    }
                }
                if !any && !inner.iter().any(by_origin) {
                    line("vary", b"Origin");
                }
                (!reaches_application).then_some(403)
            }
        };
        lines.sort();
        (status, lines)
    }

    fn allow_methods(&self, asking: &Asking) -> Vec<Vec<u8>> {
        let mut list = vec!["GET", "HEAD", "POST"];
        for method in &self.methods {
            if !list.contains(&method.as_str()) {
                list.push(method);
            }
        }
        match has(&self.methods, "*") {
            true if self.credentials => own(&asking.all("access-control-request-method")),
            true => vec![b"*".to_vec()],
            false => vec![list.join(",").into_bytes()],
        }
    }

    /// Returns the prefixes of header names. `*` covers all prefixes.
    fn prefixes(&self) -> impl Iterator<Item = &str> {
        let all = has(&self.headers, "*");
        let prefixes = self.headers.iter().filter_map(|listed| listed.strip_suffix('*'));
        prefixes.filter(move |_| !all)
    }

    fn allow_headers(&self, asking: &Asking) -> Vec<Vec<u8>> {
        match asking.names()[..] {
            [] => Vec::new(),
            _ if has(&self.headers, "*") && self.credentials
                || self.prefixes().next().is_some() =>
            {
                own(&asking.all("access-control-request-headers"))
            }
            _ => vec![listed_once(&self.headers, &[], &["authorization"]).join(",").into_bytes()],
        }
    }
}

/// Headers that scripts may read in any case (Fetch, "CORS-safelisted response-header name").
pub const SAFELISTED_RESPONSE_HEADERS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// Returns the names in lower case, each once, without the names in `needless`. `*` covers all names
/// except those in `uncovered`, and covered names are left out.
fn listed_once(written: &[String], needless: &[&str], uncovered: &[&str]) -> Vec<String> {
    let any = has(written, "*");
    let mut list: Vec<String> = any.then(|| "*".to_owned()).into_iter().collect();
    for name in written.iter().map(|name| name.to_ascii_lowercase()) {
        let says_something = !any || uncovered.contains(&name.as_str());
        if says_something && !needless.contains(&name.as_str()) && !list.contains(&name) {
            list.push(name);
        }
    }
    list
}

/// Returns `true` if an item of `allow_origins` matches the value of an `Origin` line.
pub fn matches(pattern: &str, origin: &[u8]) -> bool {
    if pattern == "*" {
        return true;
    }
    if !pattern.contains('*') {
        return pattern.as_bytes() == origin;
    }
    let Some((scheme, host, port)) = parts(origin) else { return false };
    let Some((of_scheme, rest)) = pattern.split_once("://") else { return false };
    let (of_host, of_port) = host_and_port(rest);
    let host_fits = match of_host.strip_prefix('*') {
        Some("") => !host.is_empty(),
        Some(end) => host.ends_with(end) && host.len() > end.len(),
        None => host == of_host,
    };
    scheme == of_scheme && host_fits && (of_port == Some("*") || of_port == port)
}

/// Returns scheme, host and port of an origin as browsers serialize it, or `None` if the bytes are not an
/// origin.
pub fn parts(origin: &[u8]) -> Option<(&str, &str, Option<&str>)> {
    let (scheme, rest) = str::from_utf8(origin).ok()?.split_once("://")?;
    let (host, port) = host_and_port(rest);
    let default = match scheme {
        "http" | "ws" => "80",
        "https" | "wss" => "443",
        "ftp" => "21",
        _ => "",
    };
    let of = |text: &str, bytes: &str| text.chars().all(|character| bytes.contains(character));
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && of(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.");
    let is_host =
        match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => address.contains(':') && of(address, "0123456789abcdef:"),
            None => host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
                !label.is_empty() && of(label, "abcdefghijklmnopqrstuvwxyz0123456789-_")
            }),
        };
    let is_port = port.is_none_or(|port| {
        let number: u16 = port.parse().unwrap_or(0);
        number > 0 && number.to_string() == port && port != default
    });
    let is_short = scheme.len() <= 64 && host.len() <= 255;
    let is_custom = !["http", "https", "ftp", "ws", "wss"].contains(&scheme);
    let is_nameless = is_custom && (host == "." || host.is_empty() && port.is_none());
    (is_scheme && (is_host || is_nameless) && is_port && is_short).then_some((scheme, host, port))
}

/// Splits an authority. The colons of an address in brackets belong to the host.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    let colon = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
    match colon {
        Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
        None => (authority, None),
    }
}

/// Returns `true` for a forbidden method (Fetch).
fn is_forbidden_method(method: &[u8]) -> bool {
    matches!(&*method.to_ascii_uppercase(), b"CONNECT" | b"TRACE" | b"TRACK")
}

/// Returns `true` for a token (RFC 9110, section 5.6.2).
pub fn is_token(bytes: &[u8]) -> bool {
    let others = b"!#$%&'*+-.^_`|~";
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || others.contains(byte))
}

/// Removes optional white space, which is spaces and tabs (RFC 9110, section 5.6.3).
fn trim_ows(bytes: &[u8]) -> &[u8] {
    let is_ows = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = bytes.iter().take_while(|byte| is_ows(byte)).count();
    let end = bytes.iter().rev().take_while(|byte| is_ows(byte)).count();
    if start == bytes.len() { &[] } else { &bytes[start..bytes.len() - end] }
}

fn has(written: &[String], item: &str) -> bool {
    written.iter().any(|other| other == item)
}

fn own(lines: &[&[u8]]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.to_vec()).collect()
}

/// Returns `true` if the name begins with the prefix, without regard to case.
fn starts_with(name: &[u8], prefix: &str) -> bool {
    let start = name.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}
