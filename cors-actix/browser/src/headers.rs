//! Header lists, and the rules of Fetch for single headers.

use std::{fmt, fmt::Write as _};

use crate::method;

/// A header list: names in lower case, lines in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeaderList(Vec<(String, Vec<u8>)>);

/// A header line that does not follow its grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed;

impl HeaderList {
    /// Adds a line. HTTP strips the whitespace around values.
    pub(crate) fn append(&mut self, name: &str, value: &[u8]) {
        self.0.push((name.to_ascii_lowercase(), normalized(value).to_vec()));
    }

    pub(crate) fn delete(&mut self, name: &str) {
        self.retain(|found| found != name);
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.lines().filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|line| line.1)
    }

    /// Returns all lines of the name, joined (Fetch, header list, "get").
    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        let values: Vec<_> = self.values(name).collect();
        (!values.is_empty()).then(|| values.join(b", ".as_slice()))
    }

    /// Returns all lines of the name, joined, as a script sees the value ("isomorphic decode").
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.into_iter().map(char::from).collect())
    }

    /// Returns the elements of a header that is a list of tokens (Fetch, "extract header list values").
    /// The grammar allows empty elements (RFC 9110, section 5.6.1.2).
    pub(crate) fn tokens(&self, name: &str) -> Result<Option<Vec<String>>, Malformed> {
        if !self.contains(name) {
            return Ok(None);
        }
        let elements = self.values(name).flat_map(|value| value.split(|byte| *byte == b','));
        let elements = elements.map(without_ows).filter(|element| !element.is_empty());
        let tokens: Option<Vec<_>> = elements.map(token).collect();
        tokens.map(Some).ok_or(Malformed)
    }

    /// Returns the value of `Access-Control-Max-Age`, which is `1*DIGIT` on one line (Fetch, "extract header
    /// list values").
    pub(crate) fn seconds(&self, name: &str) -> Option<u64> {
        let mut values = self.values(name);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let value = str::from_utf8(value).ok().filter(|_| digits)?;
        // A number too large for `u64` is longer than any browser keeps a preflight.
        Some(value.parse().unwrap_or(u64::MAX))
    }

    /// Returns the names of the headers that need a preflight (Fetch, "CORS-unsafe request-header names").
    pub(crate) fn unsafe_names(&self) -> Vec<String> {
        let (safe, mut names): (Vec<_>, Vec<_>) =
            self.lines().partition(|(name, value)| is_safelisted(name, value));
        // Step 5.
        if safe.iter().map(|(_, value)| value.len()).sum::<usize>() > 1024 {
            names.extend(safe);
        }
        let mut names: Vec<_> = names.into_iter().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl fmt::Display for HeaderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines()
            .try_for_each(|(name, value)| write!(f, "\n    {name}: {}", value.escape_ascii()))
    }
}

/// Strips the HTTP whitespace around a value: tab, line feed, carriage return and space (Fetch, header value,
/// "normalize").
pub(crate) fn normalized(value: &[u8]) -> &[u8] {
    trimmed(value, b"\t\n\r ")
}

/// Strips the whitespace around an element of a list: space and tab, and no other control character (RFC 9110,
/// section 5.6.3).
fn without_ows(element: &[u8]) -> &[u8] {
    trimmed(element, b"\t ")
}

fn trimmed<'a>(text: &'a [u8], blanks: &[u8]) -> &'a [u8] {
    let is_blank = |byte: &u8| blanks.contains(byte);
    let Some(start) = text.iter().position(|byte| !is_blank(byte)) else { return &[] };
    let end = text.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

/// Returns `true` for a token (RFC 9110, section 5.6.2).
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    let tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(tchar)
}

fn token(bytes: &[u8]) -> Option<String> {
    is_token(bytes).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Returns `true` if the header needs no preflight (Fetch, "CORS-safelisted request-header"). The name is in
/// lower case.
pub(crate) fn is_safelisted(name: &str, value: &[u8]) -> bool {
    // Step 1.
    if value.len() > 128 {
        return false;
    }
    // Step 2.
    match name {
        "accept" => !value.iter().any(is_unsafe_byte),
        "accept-language" | "content-language" => {
            value.iter().all(|byte| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte))
        }
        "content-type" => {
            let safe = [
                b"application/x-www-form-urlencoded".as_slice(),
                b"multipart/form-data",
                b"text/plain",
            ];
            !value.iter().any(is_unsafe_byte)
                && essence(value).is_some_and(|essence| safe.contains(&essence.as_slice()))
        }
        "range" => is_range_with_start(value),
        _ => false,
    }
}

/// Returns `true` for bytes that need a preflight (Fetch, "CORS-unsafe request-header byte").
fn is_unsafe_byte(byte: &u8) -> bool {
    (*byte < 0x20 && *byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(byte)
}

/// Returns the essence of a MIME type (MIME Sniffing, "parse a MIME type"), without its parameters. The
/// standard rejects an essence with bytes that tokens cannot contain. Here such an essence is returned, which
/// has the same effect, because it is not safelisted.
fn essence(value: &[u8]) -> Option<Vec<u8>> {
    let value = normalized(value);
    let slash = value.iter().position(|byte| *byte == b'/')?;
    let (kind, rest) = value.split_at_checked(slash)?;
    let subtype = rest.get(1..)?.split(|byte| *byte == b';').next()?.trim_ascii_end();
    Some([kind, b"/", subtype].concat().to_ascii_lowercase())
}

/// Returns `true` for a range with a start (Fetch, "parse a single range header value" without whitespace).
fn is_range_with_start(value: &[u8]) -> bool {
    let Some(range) = value.strip_prefix(b"bytes=") else { return false };
    let Some(dash) = range.iter().position(|byte| *byte == b'-') else { return false };
    let Some((start, end)) = range.split_at_checked(dash) else { return false };
    let end = end.strip_prefix(b"-").unwrap_or_default();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    // Decimal numbers of any length, compared without their leading zeros.
    let number = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == b'0').count();
        let bytes = bytes.get(zeros..).unwrap_or_default().to_vec();
        (bytes.len(), bytes)
    };
    !start.is_empty()
        && digits(start)
        && digits(end)
        && (end.is_empty() || number(start) <= number(end))
}

/// Returns `true` if the mode "no-cors" keeps the header (Fetch, "no-CORS-safelisted request-header").
pub(crate) fn is_no_cors_safelisted(name: &str, value: &[u8]) -> bool {
    matches!(name, "accept" | "accept-language" | "content-language" | "content-type")
        && is_safelisted(name, value)
}

/// Returns `true` if scripts may not set the header (Fetch, "forbidden request-header"). The name is in lower
/// case.
pub(crate) fn is_forbidden(name: &str, value: &[u8]) -> bool {
    const FORBIDDEN: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    FORBIDDEN.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || matches!(name, "x-http-method" | "x-http-method-override" | "x-method-override")
            && split(value).iter().any(|item| method::is_forbidden(item))
}

/// Returns `true` if a page can read the header of any response (Fetch, "CORS-safelisted response-header
/// name", apart from the exposed list).
pub(crate) fn is_safelisted_response_name(name: &str) -> bool {
    matches!(
        name,
        "cache-control"
            | "content-language"
            | "content-length"
            | "content-type"
            | "expires"
            | "last-modified"
            | "pragma"
    )
}

/// Returns `true` if no page can read the header (Fetch, "forbidden response-header name").
pub(crate) fn is_forbidden_response_name(name: &str) -> bool {
    matches!(name, "set-cookie" | "set-cookie2")
}

/// Splits a value at the commas outside of quoted strings (Fetch, header value, "get, decode, and split").
fn split(value: &[u8]) -> Vec<String> {
    let (mut values, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for byte in value.iter().map(|byte| char::from(*byte)) {
        if byte == ',' && !quoted {
            values.push(String::new());
            continue;
        }
        match byte {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        if let Some(last) = values.last_mut() {
            let _ = last.write_char(byte);
        }
    }
    let blank = |char| matches!(char, '\t' | ' ');
    values.iter().map(|value| value.trim_matches(blank).to_owned()).collect()
}
