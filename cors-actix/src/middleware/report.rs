//! The log lines of layers, with the target `cors_actix`.

use std::{cell::Cell, panic::Location};

use actix_web::{
    dev::{RequestHead, ServiceRequest},
    http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, UPGRADE},
};
use tracing::level_filters::LevelFilter;

use super::enforce;
use crate::{error::Excerpt, outcomes, policy::CompiledPolicy, reason::Reason, route::Route};

/// The log lines that each layer writes only once.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    enforced: Cell<bool>,
    left: Cell<bool>,
    nested: Cell<bool>,
    rewritten: Cell<bool>,
    virtual_hosts: Cell<bool>,
}

/// The kinds of requests, as events name them.
#[derive(Debug, Clone, Copy)]
enum RequestKind {
    Preflight,
    Actual,
    /// A WebSocket handshake.
    Handshake,
}

impl RequestKind {
    /// Returns the kind of a request that is not a preflight.
    fn of_actual(head: &RequestHead) -> Self {
        let is_websocket =
            |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"websocket");
        let is_handshake = head.headers().get(UPGRADE).is_some_and(is_websocket);
        if is_handshake { RequestKind::Handshake } else { RequestKind::Actual }
    }

    /// Returns the method of the request that the page wants to send.
    fn method(self, head: &RequestHead) -> Excerpt<'_> {
        let requested = match self {
            RequestKind::Preflight => head.headers().get(ACCESS_CONTROL_REQUEST_METHOD),
            RequestKind::Actual | RequestKind::Handshake => None,
        };
        Excerpt(requested.map_or(head.method.as_str().as_bytes(), HeaderValue::as_bytes))
    }

    /// Describes the result of the denial.
    fn result(self) -> &'static str {
        match self {
            RequestKind::Preflight => "preflight denied",
            RequestKind::Actual => "the page cannot read the response",
            RequestKind::Handshake => "WebSocket handshake of an origin that is not allowed",
        }
    }

    fn as_word(self) -> &'static str {
        match self {
            RequestKind::Preflight => "preflight",
            RequestKind::Actual => "actual",
            RequestKind::Handshake => "handshake",
        }
    }
}

/// Logs the reason for which a preflight is denied, and tells a test in the same process.
#[inline]
pub(crate) fn preflight_denial(reason: &Reason<'_>, request: &ServiceRequest) {
    if may_be_read() {
        denial(RequestKind::Preflight, reason);
    }
    reason.tell_test(request);
}

/// Logs the reason for which a page cannot read the response to an actual request.
#[inline]
pub(crate) fn actual_denial(reason: &Reason<'_>) {
    if may_be_read() {
        denial(RequestKind::of_actual(reason.head), reason);
    }
}

/// Returns `true` if someone may read events at info level. Without a reader, a denial does not even look up
/// the headers that its event would show.
#[inline]
fn may_be_read() -> bool {
    LevelFilter::current() >= LevelFilter::INFO || log::max_level() >= log::LevelFilter::Info
}

/// Logs the reason for a denial: at info level the first of each kind by each policy, the others at debug
/// level. The macros evaluate their arguments only if someone reads the event.
#[cold]
fn denial(kind: RequestKind, reason: &Reason<'_>) {
    let Reason { policy, head, .. } = reason;
    macro_rules! event {
        ($level:ident, $hint:literal) => {
            tracing::$level!(
                target: "cors_actix",
                kind = kind.as_word(),
                method = %kind.method(head),
                path = %Excerpt(head.uri.path().as_bytes()),
                origin = %origin(head),
                reason = reason.precise().as_word(),
                policy = %policy.written_at,
                concat!("{}: {}", $hint),
                kind.result(),
                reason
            )
        };
    }
    if policy.is_first_denial(1 << kind as u8) {
        event!(info, "; further denials by this policy are logged at debug level");
    } else {
        event!(debug, "");
    }
}

fn origin(head: &RequestHead) -> Excerpt<'_> {
    let origin = outcomes::sole_origin(head.headers()).map(HeaderValue::as_bytes);
    Excerpt(origin.unwrap_or_default())
}

/// Logs that other code has answered than the annotated route that the map names.
pub(crate) fn passed_over(path: &str, route: &Route) {
    tracing::warn!(
        target: "cors_actix",
        "{} is for the handler at {}, but something else has answered: a guard, or middleware in front \
         of the handler; from now on this `Cors` grants preflights for such handlers only what its own \
         policy grants too; put a `Cors` between that middleware and the handlers, or annotate what \
         answers",
        Excerpt(path.as_bytes()),
        route.location
    );
}

impl Reports {
    /// Returns `true` if `enforce` of the policy denies a request whose origin the policy does not allow.
    #[inline]
    pub(crate) fn enforces(&self, policy: &CompiledPolicy, request: &ServiceRequest) -> bool {
        policy.rules.enforce && self.enforces_against(policy, request)
    }

    fn enforces_against(&self, policy: &CompiledPolicy, request: &ServiceRequest) -> bool {
        let believe_forwarded = !policy.rules.headers.any();
        if enforce::is_same_origin(request, believe_forwarded) {
            return false;
        }
        self.enforced(request, || enforce::destination(request, believe_forwarded));
        true
    }

    /// Logs that a request is denied by `enforce`.
    pub(crate) fn enforced(&self, request: &ServiceRequest, destination: impl FnOnce() -> String) {
        if self.enforced.replace(true) {
            return;
        }
        let origin = outcomes::sole_origin(request.headers()).map(HeaderValue::as_bytes);
        tracing::info!(
            target: "cors_actix",
            "`enforce` denies requests, the first to {} from origin \"{}\": it is neither allowed nor \
             {}, where the request was sent; behind a proxy that rewrites `Host`, let the proxy set \
             `X-Forwarded-Host`, `X-Forwarded-Proto` and `X-Forwarded-Port`",
            Excerpt(request.path().as_bytes()),
            Excerpt(origin.unwrap_or_default()),
            Excerpt(destination().as_bytes()),
        );
    }

    /// Logs that a response has an `Access-Control-Allow-Origin` of its own.
    pub(crate) fn left(&self, path: &str) {
        if !self.left.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "the response of {} has an `Access-Control-Allow-Origin` that no policy has set; it \
                 overrides the policy: remove it from the handler, or from `DefaultHeaders`",
                Excerpt(path.as_bytes())
            );
        }
    }

    /// Logs that a layer is inside of another layer.
    pub(crate) fn nested(&self, path: &str, inner: &Location<'_>) {
        if !self.nested.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "another `Cors` ({inner}) stands inside of this one, around {}: it decides on responses, \
                 but its preflights are answered by this one; write `Cors::scope(path, policy)` on this \
                 one",
                Excerpt(path.as_bytes())
            );
        }
    }

    /// Logs, when a preflight is denied, that a layer may be inside of another layer.
    pub(crate) fn maybe_nested(&self, path: &str, other: Option<&Location<'_>>) {
        let Some(other) = other else { return };
        if !self.nested.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "a preflight to {} is denied by a `Cors`; if it was meant for another `Cors` ({other}) \
                 inside of this one, write `Cors::scope(path, policy)` on this one, which answers all \
                 preflights",
                Excerpt(path.as_bytes())
            );
        }
    }

    /// Logs that middleware has rewritten the path or the method between the layer and the code that answered.
    pub(crate) fn rewritten(&self) {
        if !self.rewritten.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "the path or the method of a request was rewritten below a `Cors` layer: only what both \
                 the first and the rewritten request allow is allowed; wrap middleware that rewrites \
                 requests (`NormalizePath`) after `Cors`"
            );
        }
    }

    /// Logs that two routes differ only in the guards on their scopes.
    pub(crate) fn virtual_hosts(&self, path: &str, (one, other): (&Route, &Route)) {
        if !self.virtual_hosts.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "two routes take {}, and guards on their scopes tell them apart: {} and {}; this `Cors` \
                 does not see guards, so it grants only what both policies grant; give both one policy, \
                 or put `#[cors]` on every handler in these scopes and take this `Cors` away from around \
                 them, so that each route answers for itself",
                Excerpt(path.as_bytes()),
                one.location,
                other.location
            );
        }
    }
}
