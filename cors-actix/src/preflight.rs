//! The response to a preflight (Fetch, "CORS-preflight fetch", and "CORS protocol and credentials").

use actix_web::{
    HttpResponse,
    dev::RequestHead,
    http::{
        StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
            VARY,
        },
    },
};

use crate::{
    decision::{self, Grant, Preflight},
    error::Denial,
    explain_denials,
    headers::{any, vary_by_reads, yes},
    outcomes::sole_origin,
    policy::{AllowedMethods, CompiledPolicy},
    reason::{CORS_DENIED, Reason},
};

fn vary_preflight() -> HeaderValue {
    const {
        HeaderValue::from_static(
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        )
    }
}

/// Makes the response that denies a preflight: 403, without any `Access-Control-*` header.
#[inline]
pub(crate) fn denied() -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
    response.headers_mut().append(VARY, vary_preflight());
    response
}

/// Makes the response that denies a preflight for a reason. If explanations are on, the headers let the browser
/// print the cause, and grant nothing: the list that a browser looks at lacks only what is denied.
#[inline]
pub(crate) fn denied_because(reason: &Reason<'_>) -> HttpResponse {
    if explain_denials::is_on() { explained(reason) } else { denied() }
}

#[cold]
fn explained(reason: &Reason<'_>) -> HttpResponse {
    let Reason { denial, policy, head } = *reason;
    let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    match denial {
        Denial::MethodNotAllowed(_) | Denial::HeaderNotAllowed(_) => {
            if let Some(origin) = sole_origin(head.headers()) {
                headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
            if policy.rules.credentials {
                headers.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes());
            }
            let is_of_header = matches!(denial, Denial::HeaderNotAllowed(_));
            let requested = head.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
            // A route gets only preflights for its methods, so the policy's own list has denied.
            let methods = &policy.methods;
            let listed = methods.list.as_ref().filter(|_| !methods.methods.any());
            let shown = if is_of_header { requested } else { listed };
            if let Some(shown) = shown {
                headers.append(ACCESS_CONTROL_ALLOW_METHODS, shown.clone());
            }
            if let Some(names) = allowed_headers(policy, head).filter(|_| is_of_header) {
                headers.append(ACCESS_CONTROL_ALLOW_HEADERS, names);
            }
        }
        // Something in between has repeated a line of the browser, so what the browser asks for may be allowed. Browsers
        // look for a safelisted method in no list.
        Denial::OriginRepeated | Denial::MethodMalformed(_) => {}
        _ => {
            let listed = policy.rules.origins.listed();
            let mut exact = listed.iter().filter(|text| !text.contains('*') && **text != "null");
            if let Some(origin) = exact.next().and_then(|text| HeaderValue::from_str(text).ok()) {
                headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            }
        }
    }
    // WebKit keeps an answer that denies its request, and lets the lists serve later requests.
    headers.append(ACCESS_CONTROL_MAX_AGE, const { HeaderValue::from_static("0") });
    if let Some(reason) = reason.header_value() {
        headers.append(CORS_DENIED, reason);
    }
    headers.append(VARY, vary_preflight());
    response
}

/// Returns the requested headers that the policy allows. Browsers name the first header that is not among them.
fn allowed_headers(policy: &CompiledPolicy, request: &RequestHead) -> Option<HeaderValue> {
    let lines = request.headers().get_all(&ACCESS_CONTROL_REQUEST_HEADERS);
    let names = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    // Browsers let a `*` cover `Authorization`, which Fetch excludes.
    let is_shown = |name: &&[u8]| *name != b"*" && policy.rules.headers.allows(name);
    let names: Vec<_> = names.map(<[u8]>::trim_ascii).filter(is_shown).collect();
    if names.is_empty() { None } else { HeaderValue::from_bytes(&names.join(&b',')).ok() }
}

/// The headers of the response to a granted preflight.
pub(crate) struct PreflightHeaders<'a> {
    status: StatusCode,
    any_origin: bool,
    methods: HeaderList<'a>,
    headers: HeaderList<'a>,
    credentials: bool,
    max_age: MaxAge<'a>,
}

/// A list in the response: the full list, which lets the browser's cache serve the next request too, or
/// only the requested items.
enum HeaderList<'a> {
    Full(Option<&'a HeaderValue>),
    Echo,
}

/// The time for which the browser may cache the response.
enum MaxAge<'a> {
    /// The browser's default (Fetch: 5 seconds).
    Unset,
    /// In seconds.
    Seconds(&'a HeaderValue),
    /// The browser caches nothing.
    Zero,
}

impl<'a> PreflightHeaders<'a> {
    #[inline]
    pub(crate) fn of(policy: &'a CompiledPolicy, methods: &'a AllowedMethods) -> Self {
        let rules = &policy.rules;
        // Fetch, "CORS protocol and credentials": with credentials, `*` is not a wildcard.
        let list = |any: bool, list: &'a Option<HeaderValue>| match any && rules.credentials {
            true => HeaderList::Echo,
            false => HeaderList::Full(list.as_ref()),
        };
        PreflightHeaders {
            status: policy.status,
            any_origin: rules.origins.any(),
            methods: list(methods.methods.any(), &methods.list),
            headers: match rules.headers.prefixes().len() {
                0 => list(rules.headers.any(), &policy.headers),
                _ => HeaderList::Echo,
            },
            credentials: rules.credentials,
            max_age: policy.max_age.as_ref().map_or(MaxAge::Unset, MaxAge::Seconds),
        }
    }

    /// Allows only what the other policy allows as well, and only for this request.
    pub(crate) fn and(mut self, other: &CompiledPolicy) -> Self {
        self.any_origin &= other.rules.origins.any();
        self.credentials &= other.rules.credentials;
        self.this_request_only()
    }

    /// Allows only the origin of the preflight, instead of any origin, unless `any` is `true`.
    pub(crate) fn any_origin_if(mut self, any: bool) -> Self {
        self.any_origin &= any;
        self
    }

    /// Allows only the requested headers.
    pub(crate) fn requested_headers_only(mut self) -> Self {
        self.headers = HeaderList::Echo;
        self
    }

    /// Allows only the requested method and headers, and only for this request: other requests for the URL
    /// can have other policies, and the browser's cache finds entries by URL (Fetch, "cache entry match").
    pub(crate) fn this_request_only(mut self) -> Self {
        self.methods = HeaderList::Echo;
        self.headers = HeaderList::Echo;
        self.not_kept()
    }

    /// Forbids the browser to cache the answer.
    pub(crate) fn not_kept(mut self) -> Self {
        self.max_age = MaxAge::Zero;
        self
    }

    /// Makes the response to a granted preflight.
    #[inline]
    pub(crate) fn granted(self, grant: &Grant<'_>, request: &HeaderMap) -> HttpResponse {
        /// The largest number of headers in an answer.
        const MOST: usize = 6;
        let mut response = HttpResponse::new(self.status);
        let headers = response.headers_mut();
        headers.reserve(MOST);
        let origin = if self.any_origin { any() } else { grant.origin.clone() };
        headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        match self.methods {
            HeaderList::Full(Some(list)) => {
                headers.append(ACCESS_CONTROL_ALLOW_METHODS, list.clone());
            }
            HeaderList::Full(None) => {}
            HeaderList::Echo => headers.append(ACCESS_CONTROL_ALLOW_METHODS, grant.method.clone()),
        }
        match self.headers {
            _ if !grant.names_headers => {}
            HeaderList::Full(Some(list)) => {
                headers.append(ACCESS_CONTROL_ALLOW_HEADERS, list.clone());
            }
            HeaderList::Full(None) => {}
            HeaderList::Echo => {
                for line in request.get_all(&ACCESS_CONTROL_REQUEST_HEADERS) {
                    headers.append(ACCESS_CONTROL_ALLOW_HEADERS, line.clone());
                }
            }
        }
        if self.credentials {
            headers.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes());
        }
        match self.max_age {
            MaxAge::Unset => {}
            MaxAge::Seconds(value) => headers.append(ACCESS_CONTROL_MAX_AGE, value.clone()),
            MaxAge::Zero => {
                headers.append(ACCESS_CONTROL_MAX_AGE, const { HeaderValue::from_static("0") });
            }
        }
        headers.append(VARY, vary_preflight());
        response
    }
}

/// Answers a preflight to which only this policy applies.
pub(crate) fn answer(
    policy: &CompiledPolicy,
    methods: &AllowedMethods,
    preflight: &Preflight<'_>,
    report: impl FnOnce(Reason<'_>),
) -> HttpResponse {
    let mut response = match decision::preflight(policy, methods, preflight, None) {
        Ok(grant) => {
            PreflightHeaders::of(policy, methods).granted(&grant, preflight.head.headers())
        }
        Err(denial) => {
            let reason = Reason::new(denial, policy, preflight.head);
            report(reason);
            denied_because(&reason)
        }
    };
    vary_by_reads(policy, response.headers_mut());
    response
}
