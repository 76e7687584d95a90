//! The words for a denied request: who may not do what, by which policy, and how to allow it.

use std::{cell::RefCell, fmt, rc::Rc};

use actix_web::{
    HttpMessage as _,
    dev::{RequestHead, ServiceRequest},
    http::header::{ACCESS_CONTROL_REQUEST_HEADERS, HeaderName, HeaderValue},
};

use crate::{
    error::{Denial, Excerpt},
    policy::CompiledPolicy,
};

/// Our own header, for developers.
pub(crate) const CORS_DENIED: HeaderName = HeaderName::from_static("cors-denied");

/// The reason for which a policy denies a request. `Display` is a sentence for people that ends with the fix.
#[derive(Clone, Copy)]
pub(crate) struct Reason<'a> {
    pub(crate) denial: Denial<'a>,
    pub(crate) policy: &'a CompiledPolicy,
    pub(crate) head: &'a RequestHead,
}

impl<'a> Reason<'a> {
    #[inline]
    pub(crate) fn new(
        denial: Denial<'a>,
        policy: &'a CompiledPolicy,
        head: &'a RequestHead,
    ) -> Self {
        Reason { denial, policy, head }
    }

    /// Returns the denial. A malformed origin that is "not allowed" becomes "malformed", which is not looked at
    /// before someone reads the reason.
    pub(crate) fn precise(&self) -> Denial<'a> {
        self.denial.precise()
    }

    /// Returns the reason as a header value, for browsers' consoles.
    #[cold]
    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.to_string()).ok()
    }

    /// Tells the reason to a test in the same process. The browser for tests puts an empty place for a header
    /// into the request's extensions, which no client can do.
    pub(crate) fn tell_test(&self, request: &ServiceRequest) {
        type Place = Rc<RefCell<Option<(HeaderName, HeaderValue)>>>;
        if let Some(place) = request.extensions().get::<Place>() {
            place.replace(self.header_value().map(|value| (CORS_DENIED, value)));
        }
    }

    fn origin(&self, f: &mut fmt::Formatter<'_>, origin: &[u8]) -> fmt::Result {
        let at = &self.policy.written_at;
        write!(f, "origin \"{}\" is not allowed by the policy at {at}", Excerpt(origin))?;
        if self.policy.choice.is_some() {
            return write!(f, ", none of whose policies allows it");
        }
        let is_empty = self.policy.rules.origins.is_empty();
        match is_empty && self.policy.predicates.is_empty() {
            true => write!(f, ", which allows no other origin"),
            false => write!(f, "; add it to allow_origins"),
        }
    }

    fn method(&self, f: &mut fmt::Formatter<'_>, method: &[u8]) -> fmt::Result {
        let at = &self.policy.written_at;
        write!(f, "method \"{}\" is not allowed by the policy at {at}", Excerpt(method))?;
        let mut listed = self.policy.methods.methods.listed();
        if let Some(other) = listed.find(|listed| listed.as_bytes().eq_ignore_ascii_case(method)) {
            return write!(f, "; methods are case-sensitive, send {other}");
        }
        write!(f, "; add it to allow_methods")
    }

    fn headers(&self, f: &mut fmt::Formatter<'_>, first: &[u8]) -> fmt::Result {
        let lines = self.head.headers().get_all(&ACCESS_CONTROL_REQUEST_HEADERS);
        let lines = lines.map(HeaderValue::as_bytes);
        let names = self.policy.rules.headers.denied(lines, HeadersNotAllowed::MOST + 1);
        let names = if names.is_empty() { &[first][..] } else { &names };
        fmt::Display::fmt(&HeadersNotAllowed { names, policy: self.policy }, f)
    }
}

/// Displays the sentence about request headers that a policy does not allow.
pub(crate) struct HeadersNotAllowed<'a> {
    pub(crate) names: &'a [&'a [u8]],
    pub(crate) policy: &'a CompiledPolicy,
}

impl HeadersNotAllowed<'_> {
    /// More names would hide the fix.
    const MOST: usize = 10;
}

impl fmt::Display for HeadersNotAllowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HeadersNotAllowed { names, policy } = self;
        let (noun, verb, pronoun) = match names.len() {
            1 => ("header", "is", "it"),
            _ => ("headers", "are", "them"),
        };
        write!(f, "request {noun} ")?;
        for (index, name) in names.iter().take(Self::MOST).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}\"{}\"", Excerpt(name))?;
        }
        let more = if names.len() > Self::MOST { " and more" } else { "" };
        let at = &policy.written_at;
        write!(f, "{more} {verb} not allowed by the policy at {at}; add {pronoun} to allow_headers")
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.policy.written_at;
        match self.precise() {
            Denial::OriginNotAllowed(origin) => self.origin(f, origin),
            Denial::MethodNotAllowed(method) => self.method(f, method),
            Denial::HeaderNotAllowed(first) => self.headers(f, first),
            Denial::PredicateFailed(_) => {
                write!(f, "{}, in the policy at {at}; the log has the error", self.denial)
            }
            denial => write!(f, "{denial}"),
        }
    }
}
