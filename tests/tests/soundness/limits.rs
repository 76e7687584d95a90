//! The known limits: places where the library may grant more than the truth, or less. Each is a
//! predicate on the app and the request, and is counted by its name. SECURITY.md lists them for users.

use crate::{
    handlers::Handler,
    places::{self, Place},
    policies::{Asked, Voice},
    requests::{Answer, Target},
    tree::{Guard, Node, Tree, Wrap},
    truth::{self, Bound},
};

/// What a limit is judged by.
pub(crate) struct Facts<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) target: &'a Target,
    pub(crate) asked: Asked<'a>,
    /// The answers to the actual request with all extras that it may carry.
    pub(crate) answers: &'a [Answer],
    /// The answer whose bound is passed, or not reached.
    pub(crate) answer: &'a Answer,
}

type Limit = (&'static str, fn(&Facts<'_>) -> bool);

/// Where a preflight may be granted beyond the truth.
const GRANTED: [Limit; 8] = [
    ("slash taken away", loses_slash),
    ("dead annotation", has_dead_annotation),
    ("something between twins", has_something_between_twins),
    ("guard of a scope on a header", chosen_by_header),
    ("guarded annotation without a layer", is_behind_guard_without_layer),
    ("middleware around all layers", is_by_outermost_middleware),
    ("route in front of a layer inside the router", is_in_front_of_layer),
    ("origin only, for a route behind another", is_asked_for_origin_only),
];

/// Where a preflight may be denied that the truth grants, or headers may be missing.
const DENIED: [Limit; 7] = [
    ("path not in normal form", is_not_normal),
    ("authentication without a layer around it", is_locked_without_layer),
    ("catch-all in a scope", is_beside_catch_all),
    ("another resource in front", is_behind_another_resource),
    ("scopes of one prefix", has_rival_in_shadowed_scope),
    ("guards choose", may_be_chosen_by_guards),
    ("rival behind a guarded annotation", has_guarded_rival),
];

/// The limit by which the preflight is granted beyond the truth.
pub(crate) fn of_grant(facts: &Facts<'_>) -> Option<&'static str> {
    first(&GRANTED, facts)
}

/// The limit by which the response of an annotated handler itself lacks headers: middleware has
/// rewritten the path, and only what both readings allow is sent.
pub(crate) fn of_rewriting(facts: &Facts<'_>) -> Option<&'static str> {
    let rewrites = facts.tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Normalizes));
    (rewrites && is_not_normal(facts)).then_some("path not in normal form")
}

/// Middleware below a layer takes the slash at the end of a path away, and nothing is there without it:
/// the route that the layer sees is never reached.
pub(crate) fn loses_slash(facts: &Facts<'_>) -> bool {
    let normalizes = facts.tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Normalizes));
    normalizes && facts.target.path.ends_with('/')
}

/// The limit by which the preflight is denied, or headers are missing.
pub(crate) fn of_denial(facts: &Facts<'_>) -> Option<&'static str> {
    first(&DENIED, facts)
}

fn first(limits: &[Limit], facts: &Facts<'_>) -> Option<&'static str> {
    limits.iter().find(|(_, holds)| holds(facts)).map(|(name, _)| *name)
}

impl<'a> Facts<'a> {
    /// The path as the router reads it.
    fn path(&self) -> &str {
        let path = &self.answer.trace.path;
        if path.is_empty() { &self.target.path } else { path }
    }

    /// All places that could get the request, first registered first.
    fn candidates(&self) -> Vec<Place<'a>> {
        let all = places::places(self.tree).into_iter();
        all.filter(|place| place.takes(self.asked.method) && place.could_match(self.path()))
            .collect()
    }

    fn has_layer(&self) -> bool {
        self.answers.iter().any(|answer| !answer.trace.layers.is_empty())
    }

    /// The annotated handlers that get the request, with one extra or another.
    fn reached(&self) -> impl Iterator<Item = &'static Handler> {
        self.answers.iter().filter_map(|answer| truth::annotated(&answer.trace))
    }

    /// `true` if another policy may have to be asked as well: a layer's own, or that of an annotated
    /// route that could get the request.
    fn has_rival(&self) -> bool {
        let layers = self.answers.iter().flat_map(|answer| &answer.trace.layers);
        let own = layers.flat_map(|entered| truth::voices(entered, self.path()));
        let own: Vec<_> = own.map(|voice| voice.kind).collect();
        let annotated = self.candidates().into_iter().filter_map(|place| place.annotated());
        let kinds: Vec<_> = annotated.map(|handler| handler.kind).chain(own).collect();
        self.reached().any(|handler| kinds.iter().any(|kind| *kind != handler.kind))
    }
}

/// A resource without annotation takes the method, has the very pattern of an annotated route and is
/// registered before it: the annotated route gets no requests, but actix-web's resource map does not
/// tell the two apart, so the route's policy decides.
pub(crate) fn has_dead_annotation(facts: &Facts<'_>) -> bool {
    let Some(named) = places::named(facts.tree, facts.path()) else { return false };
    let candidates = facts.candidates();
    let mut twins = candidates.iter().filter(|place| place.shape() == named.shape());
    let is_plain_first = twins.next().is_some_and(|first| !first.is_annotated());
    is_plain_first && twins.any(Place::is_annotated)
}

/// A resource or a scope takes the request, between two annotated routes of one pattern. The map names
/// the pattern of the first, which has another method, and says nothing of what is between.
pub(crate) fn has_something_between_twins(facts: &Facts<'_>) -> bool {
    let Some(named) = places::named(facts.tree, facts.path()) else { return false };
    let candidates = facts.candidates();
    let mut annotated = candidates.iter().filter_map(|place| Some((place, place.annotated()?)));
    let twin = annotated.find(|(place, handler)| {
        place.shape() == named.shape() && !named.is(handler) && named.is_annotated()
    });
    twin.is_some_and(|(_, twin)| !facts.reached().any(|reached| std::ptr::eq(reached, twin)))
}

/// A scope has a guard on a header that preflights lack, and the header decides what answers.
fn chosen_by_header(facts: &Facts<'_>) -> bool {
    let on_flag = |node: &Node| matches!(node, Node::Scope { guard: Some(Guard::Flag), .. });
    let makers = || facts.answers.iter().map(|answer| &answer.trace.maker);
    let differs = makers().any(|maker| *maker != facts.answer.trace.maker);
    differs && facts.tree.all().any(on_flag)
}

/// The guard of an annotated route passes the request on to code that no layer is around. Nothing of
/// the library is there, and the route's preflight can't ask the guard.
fn is_behind_guard_without_layer(facts: &Facts<'_>) -> bool {
    facts.answer.trace.layers.is_empty() && facts.reached().any(Handler::is_guarded)
}

/// Middleware around all layers answers the actual request, and forwards its preflight: nothing of the
/// library is around the answer, and so no page can read it.
fn is_by_outermost_middleware(facts: &Facts<'_>) -> bool {
    facts.answer.is_by_middleware() && facts.answer.trace.layers.is_empty()
}

/// A route without annotation, and without a layer around it, takes the request because of its method.
/// The preflight has another method, so the router passes it on to a scope or a resource with a layer,
/// which can't know of the route.
fn is_in_front_of_layer(facts: &Facts<'_>) -> bool {
    let has_layer = |node: &Node| node.wraps().iter().any(|wrap| matches!(wrap, Wrap::Cors(_)));
    let is_outside = facts.answer.trace.layers.is_empty() && !facts.answer.is_by_middleware();
    is_outside && facts.tree.all().any(has_layer)
}

/// A layer's own policy answers for an annotated route that another resource hides from the resource
/// map; of the route, only the origin is asked.
fn is_asked_for_origin_only(facts: &Facts<'_>) -> bool {
    let Some(own) = facts.answer.trace.layers.first() else { return false };
    let own_grants = |voice: &Voice| voice.grants(&facts.asked);
    let named = places::named(facts.tree, facts.path());
    let is_hidden = |handler: &Handler| !named.as_ref().is_some_and(|place| place.is(handler));
    truth::voices(own, facts.path()).iter().all(own_grants)
        && facts
            .reached()
            .any(|handler| is_hidden(handler) && handler.kind.allows_origin(facts.asked.origin))
}

/// The path has several readings, and only what the policies of all of them grant is granted. One is
/// the path with a slash more, where an annotated route has it.
fn is_not_normal(facts: &Facts<'_>) -> bool {
    let [path, normal] = truth::readings(&facts.target.path);
    let places = places::places(facts.tree);
    let with_slash = format!("{}/", facts.path());
    let is_with_slash = |place: &Place<'_>| {
        let has_slash = place.pattern().ends_with('/') || place.could_match(&with_slash);
        place.is_annotated() && has_slash
    };
    places.iter().any(is_with_slash)
        || path != normal
        || facts.path() != path && truth::readings(facts.path())[1] != facts.path()
}

/// Authentication in front of an annotated route answers its preflights too if no layer is around the
/// authentication.
fn is_locked_without_layer(facts: &Facts<'_>) -> bool {
    let mut answers = facts.answers.iter();
    answers.any(|answer| answer.is_by_middleware() && answer.trace.layers.is_empty())
}

/// The resource map names another resource than the annotated route that answers, because the former
/// comes first and lets the method pass. Under a layer, the layer's own policy decides then; without
/// one, the route denies if the resource has no annotation.
fn is_behind_another_resource(facts: &Facts<'_>) -> bool {
    let Some(named) = places::named(facts.tree, facts.path()) else { return facts.has_layer() };
    let mut hidden = facts.reached().filter(|handler| !named.is(handler));
    let places = places::places(facts.tree);
    hidden.any(|handler| {
        let place = places.iter().find(|place| place.is(handler));
        let is_twin = place.is_some_and(|place| place.is_twin_of(&named));
        !is_twin
    })
}

/// A catch-all in a scope also takes the path by which the resource map tells whether it comes to the
/// scope of an annotated route. So the routes behind it look as if another scope of the same prefix
/// were in front of theirs.
fn is_beside_catch_all(facts: &Facts<'_>) -> bool {
    let places = places::places(facts.tree);
    places.iter().any(|place| {
        let below = format!("{}/x", facts.path());
        let takes = |path: &str| place.could_match(path);
        !place.scopes.is_empty()
            && place.ends_with_catch_all()
            && (takes(facts.path()) || takes(&below))
    })
}

/// Another scope of the same prefix has an annotated route that could get the request. Only guards make
/// sense of such scopes, and a layer does not see them: both routes must allow the origin.
fn has_rival_in_shadowed_scope(facts: &Facts<'_>) -> bool {
    let candidates = facts.candidates();
    let of_reached = |place: &&Place<'_>| facts.reached().any(|handler| place.is(handler));
    facts.has_layer()
        && candidates.iter().filter(of_reached).any(|reached| {
            candidates.iter().any(|other| {
                other.is_annotated()
                    && other.prefix() == reached.prefix()
                    && !other.has_scopes_of(reached)
            })
        })
}

/// Guards on scopes are invisible to a layer: it asks the routes of a shadowed scope from the start,
/// and all that could get a request once an answer has shown that guards choose.
/// Whatever answers instead of a route looks like a guard: middleware that answers 200, a rewritten
/// path, and a resource in front of an annotated route of its pattern.
fn may_be_chosen_by_guards(facts: &Facts<'_>) -> bool {
    let tree = facts.tree;
    let has_guard = tree.all().any(|node| {
        node.guard().is_some() || matches!(node, Node::Annotated(handler) if handler.is_guarded())
    });
    let looks_like_guard = places::has_answering_middleware(tree)
        || tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Normalizes))
        || has_mixed_twins(tree);
    facts.has_layer() && (has_guard || looks_like_guard) && facts.has_rival()
}

fn has_mixed_twins(tree: &Tree) -> bool {
    let places = places::places(tree);
    let mut annotated = places.iter().filter(|place| place.is_annotated());
    annotated
        .any(|place| places.iter().any(|other| !other.is_annotated() && other.is_twin_of(place)))
}

/// The guard of an annotated route may pass the request on, so the next route must grant the preflight
/// too, and the layer's own policy.
fn has_guarded_rival(facts: &Facts<'_>) -> bool {
    let candidates = facts.candidates();
    let mut annotated = candidates.iter().filter_map(Place::annotated);
    annotated.any(|handler| handler.is_guarded()) && facts.has_rival()
}

/// A response to the first requests of an app that shows its layers that guards on scopes choose:
/// they do not know it before.
pub(crate) fn may_be_first_mismatch(tree: &Tree) -> bool {
    places::has_guarded_scope(tree)
}

/// A browser's cache of preflights lets a page send a header with a method that needs no preflight by
/// itself. No harm is done where no code of the app gets it, and where no policy applies nothing of the
/// library is there to tell.
pub(crate) fn is_kept_for_nothing(answer: &Answer, bound: &Bound) -> bool {
    bound.0.is_empty() || answer.trace.maker.is_none() && answer.is_error()
}

/// The other case of that limit: an annotated route without a layer has granted the preflight, and a
/// layer inside the router, of which the route does not know, answers the next request.
pub(crate) fn is_kept_by_another_part(preflight: &Answer, actual: &Answer) -> bool {
    preflight.trace.layers.is_empty() && !actual.trace.layers.is_empty()
}
