//! Finds the policies that apply, from the code that has answered the actual request.

use std::fmt;

use crate::{
    handlers::Handler,
    policies::{Asked, Headers, Kind, Voice},
    requests::Answer,
    trace::{Entered, Maker, Trace},
    tree::Layer,
};

/// The most that may be granted or sent: everything that all policies of one of the alternatives allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound(pub(crate) Vec<Vec<Voice>>);

impl Bound {
    /// Returns the bound of the response to an actual request. `behind` is the way of the same request with a token,
    /// which shows the code behind middleware that answers in front of the router.
    pub(crate) fn of_response(answer: &Answer, behind: &Trace) -> Self {
        let Trace { layers, path, maker, .. } = &answer.trace;
        if let Some(bound) = Self::of_authoritative(&answer.trace) {
            return bound;
        }
        // The innermost layer decides.
        let own = layers.last().map(|entered| voices(entered, path));
        let decided = match maker {
            Some(Maker::Annotated(name)) => return Bound(vec![vec![Handler::named(name).voice()]]),
            Some(Maker::Middleware { replaced: Some(replaced) }) => decider(replaced, layers.len()),
            _ => None,
        };
        // The client sees an error of middleware in front of the route, whichever middleware made it.
        let in_front = || {
            let is_in_front = answer.is_error() && is_in_front(&answer.trace);
            let handler = annotated(behind).filter(|_| is_in_front);
            handler.map(|handler| vec![handler.voice()])
        };
        let inner = decided.or_else(in_front);
        // Without a layer around the middleware, no policy applies to its answer.
        let (Some(own), Some(inner)) = (own.clone(), inner) else {
            return Bound(own.into_iter().collect());
        };
        // The response may have the headers of the route behind. For origins that the route or an inner
        // layer allows too, it may also have the headers of the layer's own policy.
        let origins = inner.iter().map(|voice| Voice { for_origin_only: true, ..*voice });
        let narrowed = own.into_iter().chain(origins).collect();
        let is_of_route = inner.iter().all(|voice| voice.methods.is_some());
        Bound(is_of_route.then_some(inner).into_iter().chain([narrowed]).collect())
    }

    /// Returns the bound of the preflight of an actual request.
    pub(crate) fn of_preflight(answer: &Answer, behind: &Trace) -> Self {
        let outermost = answer.trace.layers.first();
        if outermost.is_some_and(|entered| entered.layer.is_authoritative)
            && let Some(bound) = Self::of_authoritative(&answer.trace)
        {
            return bound;
        }
        let is_in_front = answer.is_by_middleware() && answer.is_error();
        let handler = annotated(if is_in_front { behind } else { &answer.trace });
        if let Some(handler) = handler {
            return Bound(vec![vec![handler.voice()]]);
        }
        // The outermost of several layers around an unannotated place answers, because preflights do not
        // reach inner layers (rule 6 of `cors_actix::guide`).
        let own = outermost.map(|entered| voices(entered, &answer.trace.path));
        Bound(own.into_iter().collect())
    }

    /// Returns the bound inside of an authoritative layer, which overrides inner policies.
    fn of_authoritative(trace: &Trace) -> Option<Self> {
        let entered = trace.layers.iter().find(|entered| entered.layer.is_authoritative)?;
        Some(Bound(vec![voices(entered, &trace.path)]))
    }

    /// Returns `true` if the bound allows a grant of the preflight.
    pub(crate) fn grants(&self, asked: &Asked<'_>) -> bool {
        self.0.iter().any(|all| all.iter().all(|voice| voice.grants(asked)))
    }

    /// Returns `true` if the bound allows all CORS headers of the response.
    pub(crate) fn permits(&self, origin: Option<&str>, headers: &Headers) -> bool {
        let is_bare = *headers == Headers::default();
        is_bare || self.0.iter().any(|all| all.iter().all(|voice| voice.permits(origin, headers)))
    }

    /// Returns `true` if the headers depend on the origin.
    pub(crate) fn varies(&self) -> bool {
        let varies = |all: &Vec<Voice>| all.iter().any(|voice| voice.kind != Kind::Open);
        !self.0.is_empty() && self.0.iter().all(varies)
    }

    /// Returns the policy of the annotated handler, if no other policy applies.
    pub(crate) fn of_handler(&self) -> Option<Voice> {
        match self.0.first().map(Vec::as_slice) {
            Some([voice]) => voice.methods.map(|_| *voice),
            _ => None,
        }
    }

    /// Returns `true` if a policy that can have `enforce` keeps a request of the origin away from the code that has run.
    /// An annotated handler decides for itself, also if middleware has replaced its answer.
    pub(crate) fn denies_by_force(&self, trace: &Trace, origin: &str) -> bool {
        let denies = |kind: Kind| kind.can_enforce() && !kind.allows_origin(origin);
        let is_overruled = || innermost(trace).layers.iter().any(|it| it.layer.is_authoritative);
        if let Some(handler) = annotated(trace).filter(|_| !is_overruled()) {
            return denies(handler.kind);
        }
        let [all] = &self.0[..] else { return false };
        all.iter().any(|voice| denies(voice.kind))
    }
}

/// Returns the way of the answer that middleware has replaced, if any.
fn innermost(trace: &Trace) -> &Trace {
    match &trace.maker {
        Some(Maker::Middleware { replaced: Some(replaced) }) => innermost(replaced),
        _ => trace,
    }
}

/// Returns the annotated handler that made the answer, or the answer that middleware replaced.
pub(crate) fn annotated(trace: &Trace) -> Option<&'static Handler> {
    match &innermost(trace).maker {
        Some(Maker::Annotated(name)) => Some(Handler::named(name)),
        _ => None,
    }
}

/// Returns `true` if middleware made the answer, and no code behind it was asked.
fn is_in_front(trace: &Trace) -> bool {
    matches!(innermost(trace).maker, Some(Maker::Middleware { replaced: None }))
}

/// Returns the policies that decided on an answer inside of `depth` layers, or `None` if no layer there did.
fn decider(trace: &Trace, depth: usize) -> Option<Vec<Voice>> {
    let inner = trace.layers.get(depth..)?;
    let authoritative = inner.iter().find(|entered| entered.layer.is_authoritative);
    match &trace.maker {
        _ if authoritative.is_some() => authoritative.map(|entered| voices(entered, &trace.path)),
        Some(Maker::Annotated(name)) => Some(vec![Handler::named(name).voice()]),
        // The layers between two replacing middlewares have decided too.
        Some(Maker::Middleware { replaced: Some(replaced) }) => {
            let between = inner.last().map(|entered| voices(entered, &trace.path));
            let behind = decider(replaced, trace.layers.len());
            let all: Vec<_> = between.into_iter().chain(behind).flatten().collect();
            (!all.is_empty()).then_some(all)
        }
        _ => inner.last().map(|entered| voices(entered, &trace.path)),
    }
}

/// Returns the policies of a layer for a path. Several policies apply if the path has several readings, or if
/// inner middleware has rewritten the path.
pub(crate) fn voices(entered: &Entered, path_of_maker: &str) -> Vec<Voice> {
    let mut voices = Vec::new();
    for path in [&entered.path, path_of_maker].into_iter().flat_map(readings) {
        let kind = entered.layer.kind_at(&path);
        let voice = Voice { kind, methods: None, for_origin_only: false };
        if !voices.contains(&voice) {
            voices.push(voice);
        }
    }
    voices
}

/// Returns the path as written, and in normal form.
pub(crate) fn readings(path: &str) -> [String; 2] {
    let mut segments = Vec::new();
    let slashes = path.replace("%2F", "/").replace("%2f", "/");
    let decoded = slashes.replace("%2E", ".").replace("%2e", ".");
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    [path.to_owned(), format!("/{}", segments.join("/"))]
}

impl Layer {
    /// Returns the policy for a path: the policy of the longest override that matches whole segments, or the layer's
    /// own policy.
    fn kind_at(&self, path: &str) -> Kind {
        let has_path = |prefix: &str| match prefix {
            "/{n:[0-9]+}" => {
                let first = path.split('/').nth(1).unwrap_or_default();
                !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit())
            }
            prefix => {
                let rest = path.strip_prefix(prefix);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        };
        let matching = self.overrides.iter().filter(|(prefix, _)| has_path(prefix));
        let longest = matching.max_by_key(|(prefix, _)| prefix.len());
        longest.map_or(self.kind, |(_, kind)| *kind)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |all: &Vec<Voice>| {
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
        };
        match &self.0[..] {
            [] => f.write_str("nothing: no policy applies"),
            alternatives => {
                f.write_str(&alternatives.iter().map(all).collect::<Vec<_>>().join(", or "))
            }
        }
    }
}
