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
    decision::{Decision, Grant},
    error::Refusal,
    policy::{AllowedMethods, ReadyPolicy},
};

static ANY: HeaderValue = HeaderValue::from_static("*");
static TRUE: HeaderValue = HeaderValue::from_static("true");
static VARY_PREFLIGHT: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
);

/// A static has an address of its own, so that a line made of it is known for one of ours.
static ORIGIN_TEXT: [u8; 6] = *b"Origin";
static VARY_ORIGIN: HeaderValue = HeaderValue::from_static(match str::from_utf8(&ORIGIN_TEXT) {
    Ok(text) => text,
    Err(_) => "Origin",
});

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

impl Verdict {
    pub(crate) fn new(policy: &ReadyPolicy, decision: &Decision<'_>) -> Self {
        match decision {
            _ if policy.rules.origins.any() => Verdict::Any,
            Decision::Actual(Ok(origin)) => Verdict::Allowed((*origin).clone()),
            _ => Verdict::Closed,
        }
    }

    /// Adds the headers of an actual response, unless a layer nearer to the handler has decided.
    ///
    /// Fetch, "HTTP responses" of the CORS protocol: `Access-Control-Allow-Origin` is one value, so
    /// a second line would make browsers refuse both.
    pub(crate) fn apply(&self, policy: &ReadyPolicy, headers: &mut HeaderMap) {
        if headers.contains_key(&ACCESS_CONTROL_ALLOW_ORIGIN) || is_closed(headers) {
            return;
        }
        let origin = match self {
            Verdict::Any => &ANY,
            Verdict::Allowed(origin) => origin,
            Verdict::Closed => return vary_by_origin(headers),
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if policy.rules.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE.clone());
        }
        if let Some(exposed) = &policy.exposed {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        if let Verdict::Allowed(_) = self {
            vary_by_origin(headers);
        }
    }
}

/// Whether a layer nearer to the handler has left its `Vary: Origin`, and nothing else.
fn is_closed(headers: &HeaderMap) -> bool {
    headers.get_all(&VARY).any(|line| std::ptr::eq(line.as_bytes(), &ORIGIN_TEXT))
}

/// Adds `Vary: Origin`, unless the response varies by it already (RFC 9110, section 12.5.5). What is
/// there stays as it is.
fn vary_by_origin(headers: &mut HeaderMap) {
    let named = headers.get_all(&VARY).any(|line| {
        let mut names = line.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        names.any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
    });
    if !named {
        headers.append(VARY, VARY_ORIGIN.clone());
    }
}

/// The whole answer to a preflight: granted with all that the browser needs, or refused with nothing.
pub(crate) fn preflight(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    outcome: &Result<Grant<'_>, Refusal<'_>>,
    request: &HeaderMap,
) -> HttpResponse {
    let mut response = match outcome {
        Ok(grant) => {
            let mut response = HttpResponse::new(policy.status);
            grant_headers(policy, methods, grant, request, response.headers_mut());
            response
        }
        Err(_) => HttpResponse::new(StatusCode::FORBIDDEN),
    };
    response.headers_mut().insert(VARY, VARY_PREFLIGHT.clone());
    response
}

fn grant_headers(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    grant: &Grant<'_>,
    request: &HeaderMap,
    headers: &mut HeaderMap,
) {
    let rules = &policy.rules;
    let origin = if rules.origins.any() { &ANY } else { grant.origin };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());

    // Fetch, "CORS protocol and credentials": `*` is no wildcard beside credentials.
    let literal = rules.credentials;
    if methods.methods.any() && literal {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, grant.method.clone());
    } else if let Some(list) = &methods.list {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, list.clone());
    }
    if !grant.names_headers {
    } else if rules.headers.any() && literal {
        for line in request.get_all(&ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.append(ACCESS_CONTROL_ALLOW_HEADERS, line.clone());
        }
    } else if let Some(list) = &policy.headers {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, list.clone());
    }
    if rules.credentials {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE.clone());
    }
    if let Some(max_age) = &policy.max_age {
        headers.insert(ACCESS_CONTROL_MAX_AGE, max_age.clone());
    }
}
