use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
            HeaderMap, HeaderValue, VARY,
        },
    },
};

use crate::{
    decision::Grant,
    policy::{AllowedMethods, ReadyPolicy},
};

/// A static has an address of its own, so that a line made of it is known for one of ours.
static ORIGIN_TEXT: [u8; 6] = *b"Origin";

// Values made anew by constant expressions, which costs less than to clone them.

fn any() -> HeaderValue {
    const { HeaderValue::from_static("*") }
}

fn yes() -> HeaderValue {
    const { HeaderValue::from_static("true") }
}

fn vary_origin() -> HeaderValue {
    const {
        HeaderValue::from_static(match str::from_utf8(&ORIGIN_TEXT) {
            Ok(text) => text,
            Err(_) => "Origin",
        })
    }
}

fn vary_preflight() -> HeaderValue {
    const {
        HeaderValue::from_static(
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        )
    }
}

/// What an actual response says of the request's origin.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// Every origin may read it.
    Any,
    /// This origin may read it.
    Allowed(HeaderValue),
    /// Nobody else may read it: no origin, or one that is not allowed.
    Closed,
}

/// What a response says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// No `Vary`.
    Nothing,
    /// `Vary`, but not by `Origin`.
    Vary,
    /// `Vary` by `Origin`, or by everything.
    VaryByOrigin,
    /// Who may read it: a layer nearer to the handler, or the handler itself, has decided. By
    /// `Access-Control-Allow-Origin`, or by a `Vary: Origin` of ours and nothing else.
    Decided,
}

impl Said {
    #[inline(always)]
    fn by<B>(response: &HttpResponse<B>) -> Self {
        let headers = response.headers();
        match Named::by(headers) {
            Named { origin: true, .. } => Said::Decided,
            Named { vary: false, .. } => Said::Nothing,
            _ if response.extensions().contains::<Closed>() => Said::Decided,
            _ => Said::of_vary(headers.get_all(&VARY).as_slice()),
        }
    }

    fn of_vary(lines: &[HeaderValue]) -> Self {
        if lines.iter().any(|line| std::ptr::eq(line.as_bytes(), &ORIGIN_TEXT)) {
            Said::Decided
        } else if lines.iter().any(|line| names(line, &ORIGIN_TEXT)) {
            Said::VaryByOrigin
        } else {
            Said::Vary
        }
    }
}

/// Which of the names that matter a response has.
struct Named {
    origin: bool,
    vary: bool,
}

impl Named {
    #[inline]
    fn by(headers: &HeaderMap) -> Self {
        // Going through a few names costs less than looking for two.
        const FEW: usize = 6;
        if headers.len_keys() > FEW {
            return Named {
                origin: headers.contains_key(&ACCESS_CONTROL_ALLOW_ORIGIN),
                vary: headers.contains_key(&VARY),
            };
        }
        let mut named = Named { origin: false, vary: false };
        for name in headers.keys() {
            named.origin |= *name == ACCESS_CONTROL_ALLOW_ORIGIN;
            named.vary |= *name == VARY;
        }
        named
    }
}

/// Marks a response that a layer has closed, and that varied by `Origin` before.
struct Closed;

/// What the response says already; `None` if that is all that there is to say. Before an authoritative
/// layer, what nearer ones have said is taken back.
#[inline(always)]
pub(crate) fn said<B>(authoritative: bool, response: &mut HttpResponse<B>) -> Option<Said> {
    match Said::by(response) {
        _ if authoritative => Some(take_back(response)),
        Said::Decided => None,
        said => Some(said),
    }
}

fn take_back<B>(response: &mut HttpResponse<B>) -> Said {
    response.headers_mut().retain(|name, _| !name.as_str().starts_with("access-control-"));
    match Said::by(response) {
        Said::Decided => Said::VaryByOrigin,
        said => said,
    }
}

impl Verdict {
    /// Adds the headers of an actual response that is not decided.
    ///
    /// Fetch, "HTTP responses" of the CORS protocol: `Access-Control-Allow-Origin` is one value, so a
    /// second line would make browsers refuse both.
    #[inline(always)]
    pub(crate) fn apply<B>(
        &self,
        policy: &ReadyPolicy,
        said: Said,
        response: &mut HttpResponse<B>,
    ) {
        let origin = match self {
            Verdict::Any => any(),
            Verdict::Allowed(origin) => origin.clone(),
            Verdict::Closed => {
                if said == Said::VaryByOrigin {
                    response.extensions_mut().insert(Closed);
                }
                return vary(policy, said, response.headers_mut());
            }
        };
        let headers = response.headers_mut();
        // Appending to what is not there costs less than `insert`.
        headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if policy.rules.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes());
        }
        if let Some(exposed) = &policy.exposed {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        if let Verdict::Allowed(_) = self {
            vary(policy, said, headers);
        }
    }
}

/// Adds `Vary: Origin`, and what predicates read, unless the response varies by them already (RFC
/// 9110, section 12.5.5). What is there stays as it is.
#[inline]
fn vary(policy: &ReadyPolicy, said: Said, headers: &mut HeaderMap) {
    match said {
        Said::Nothing | Said::Vary => headers.append(VARY, vary_origin()),
        Said::VaryByOrigin | Said::Decided => {}
    }
    vary_by_reads(policy, headers);
}

/// Adds what the policy's predicates read to `Vary`.
#[inline]
pub(crate) fn vary_by_reads(policy: &ReadyPolicy, headers: &mut HeaderMap) {
    for name in &policy.predicates.reads {
        vary_by(name, headers);
    }
}

fn vary_by(name: &HeaderValue, headers: &mut HeaderMap) {
    if !headers.get_all(&VARY).any(|line| names(line, name.as_bytes())) {
        headers.append(VARY, name.clone());
    }
}

/// Whether a line of `Vary` names it, or everything.
fn names(line: &HeaderValue, name: &[u8]) -> bool {
    let mut names = line.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.any(|other| other == b"*" || other.eq_ignore_ascii_case(name))
}

/// The refusal of a request itself.
pub(crate) fn forbidden(policy: &ReadyPolicy) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
    vary(policy, Said::Nothing, response.headers_mut());
    response
}

/// A preflight refused: 403 and no `Access-Control-*` header at all.
pub(crate) fn refused() -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
    response.headers_mut().append(VARY, vary_preflight());
    response
}

/// What a granted preflight is answered with.
pub(crate) struct Answer<'a> {
    status: StatusCode,
    any_origin: bool,
    methods: Listed<'a>,
    headers: Listed<'a>,
    credentials: bool,
    /// In seconds, and as a header value.
    max_age: Option<(u64, &'a HeaderValue)>,
}

/// What a list says: all that is allowed, so that the browser's cache serves the next request too,
/// or just what was asked for.
#[derive(PartialEq)]
enum Listed<'a> {
    All(Option<&'a HeaderValue>),
    Asked,
}

impl<'a> Answer<'a> {
    #[inline]
    pub(crate) fn of(policy: &'a ReadyPolicy, methods: &'a AllowedMethods) -> Self {
        let rules = &policy.rules;
        // Fetch, "CORS protocol and credentials": `*` is no wildcard beside credentials.
        let listed = |any: bool, list: &'a Option<HeaderValue>| match any && rules.credentials {
            true => Listed::Asked,
            false => Listed::All(list.as_ref()),
        };
        Answer {
            status: policy.status,
            any_origin: rules.origins.any(),
            methods: listed(methods.methods.any(), &methods.list),
            headers: listed(rules.headers.any(), &policy.headers),
            credentials: rules.credentials,
            max_age: rules.max_age.zip(policy.max_age.as_ref()),
        }
    }

    /// Says no more than either would.
    pub(crate) fn narrowed(self, other: Self) -> Self {
        let narrow = |one: Listed<'a>, other| if one == other { one } else { Listed::Asked };
        Answer {
            status: self.status,
            any_origin: self.any_origin && other.any_origin,
            methods: narrow(self.methods, other.methods),
            headers: narrow(self.headers, other.headers),
            credentials: self.credentials && other.credentials,
            max_age: self
                .max_age
                .zip(other.max_age)
                .map(|(one, other)| if other.0 < one.0 { other } else { one }),
        }
    }

    /// The whole answer: all that the browser needs.
    pub(crate) fn granted(self, grant: &Grant<'_>, request: &HeaderMap) -> HttpResponse {
        /// No answer has more headers.
        const MOST: usize = 6;
        let mut response = HttpResponse::new(self.status);
        let headers = response.headers_mut();
        headers.reserve(MOST);
        let origin = if self.any_origin { any() } else { grant.origin.clone() };
        headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        match self.methods {
            Listed::All(Some(list)) => headers.append(ACCESS_CONTROL_ALLOW_METHODS, list.clone()),
            Listed::All(None) => {}
            Listed::Asked => headers.append(ACCESS_CONTROL_ALLOW_METHODS, grant.method.clone()),
        }
        match self.headers {
            _ if !grant.names_headers => {}
            Listed::All(Some(list)) => headers.append(ACCESS_CONTROL_ALLOW_HEADERS, list.clone()),
            Listed::All(None) => {}
            Listed::Asked => {
                for line in request.get_all(&ACCESS_CONTROL_REQUEST_HEADERS) {
                    headers.append(ACCESS_CONTROL_ALLOW_HEADERS, line.clone());
                }
            }
        }
        if self.credentials {
            headers.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes());
        }
        if let Some((_, max_age)) = self.max_age {
            headers.append(ACCESS_CONTROL_MAX_AGE, max_age.clone());
        }
        headers.append(VARY, vary_preflight());
        response
    }
}
