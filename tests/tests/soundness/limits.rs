//! The known limits: cases in which the library may grant more or less than the truth. A limit is a function of
//! the app and the request, and is counted by its name. SECURITY.md lists the limits for users.

use crate::{
    handlers::Handler,
    places::{self, Place},
    policies::{Asked, Voice},
    requests::{Answer, Target},
    trace::Maker,
    tree::{Guard, Node, Tree, Wrap},
    truth::{self, Bound},
};

/// The input of a limit.
pub(crate) struct Facts<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) target: &'a Target,
    pub(crate) asked: Asked<'a>,
    /// The answers to the actual request, one for each combination of extras.
    pub(crate) answers: &'a [Answer],
    /// The answer whose bound is exceeded, or not reached.
    pub(crate) answer: &'a Answer,
}

type Limit = (&'static str, fn(&Facts<'_>) -> bool);

/// The limits by which a preflight may be granted beyond the truth.
const GRANTED: [Limit; 9] = [
    ("slash taken away", loses_slash),
    ("dead annotation", has_dead_annotation),
    ("something between twins", has_something_between_twins),
    ("guard on a header", chosen_by_header),
    ("guarded annotation without a layer", is_behind_guard_without_layer),
    ("plain route that the map does not show, without a layer", is_unseen_without_layer),
    ("middleware around all layers", is_by_outermost_middleware),
    ("route in front of a layer inside the router", is_in_front_of_layer),
    ("origin only, for a route behind another", is_asked_for_origin_only),
];

/// The limits by which a preflight may be denied that the truth grants, or headers may be missing.
const DENIED: [Limit; 7] = [
    ("path not in normal form", is_not_normal),
    ("authentication without a layer around it", is_locked_without_layer),
    ("catch-all in a scope", is_beside_catch_all),
    ("another resource in front", is_behind_another_resource),
    ("scopes of one prefix", has_rival_in_shadowed_scope),
    ("guards choose", may_be_chosen_by_guards),
    ("rival behind a guarded annotation", has_guarded_rival),
];

/// Returns the limit by which the preflight is granted beyond the truth.
pub(crate) fn of_grant(facts: &Facts<'_>) -> Option<&'static str> {
    first(&GRANTED, facts)
}

/// Returns the limit by which the response of an annotated handler lacks headers: middleware has rewritten the
/// path, and only headers that both readings allow are sent.
pub(crate) fn of_rewriting(facts: &Facts<'_>) -> Option<&'static str> {
    (rewrites_paths(facts.tree) && is_not_normal(facts)).then_some("path not in normal form")
}

/// Returns `true` if middleware inside of a layer removes the slash at the end of a path, and no route has the
/// path without the slash. So the route that the layer sees is never reached.
pub(crate) fn loses_slash(facts: &Facts<'_>) -> bool {
    let normalizes = facts.tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Normalizes));
    normalizes && facts.target.path.ends_with('/')
}

/// Returns the limit by which the preflight is denied, or headers are missing.
pub(crate) fn of_denial(facts: &Facts<'_>) -> Option<&'static str> {
    first(&DENIED, facts)
}

fn first(limits: &[Limit], facts: &Facts<'_>) -> Option<&'static str> {
    limits.iter().find(|(_, holds)| holds(facts)).map(|(name, _)| *name)
}

impl<'a> Facts<'a> {
    /// Returns the path as the router reads it.
    fn path(&self) -> &str {
        let path = &self.answer.trace.path;
        if path.is_empty() { &self.target.path } else { path }
    }

    /// Returns all places that could get the request, in the order of registration.
    fn candidates(&self) -> Vec<Place<'a>> {
        let all = places::places(self.tree).into_iter();
        all.filter(|place| place.takes(self.asked.method) && place.could_match(self.path()))
            .collect()
    }

    fn has_layer(&self) -> bool {
        self.answers.iter().any(|answer| !answer.trace.layers.is_empty())
    }

    /// Returns the annotated handlers that get the request with some combination of extras.
    fn reached(&self) -> impl Iterator<Item = &'static Handler> {
        self.answers.iter().filter_map(|answer| truth::annotated(&answer.trace))
    }

    /// Returns `true` if another policy may apply as well: a layer's own policy, or the policy of an annotated
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

/// Returns `true` if an unannotated resource takes the method, has the same pattern as an annotated route, and is
/// registered before this route. The annotated route gets no requests, but actix-web's resource map does not
/// distinguish the two, so the route's policy decides.
pub(crate) fn has_dead_annotation(facts: &Facts<'_>) -> bool {
    let Some(named) = places::named(facts.tree, facts.path()) else { return false };
    let candidates = facts.candidates();
    let mut twins = candidates.iter().filter(|place| place.shape() == named.shape());
    let is_plain_first = twins.next().is_some_and(|first| !first.is_annotated());
    is_plain_first && twins.any(Place::is_annotated)
}

/// Returns `true` if a resource or a scope between routes of one pattern takes the request, and an annotated route
/// behind it is not reached, or not with these headers. The map names the pattern of the first route, and does not show
/// services in between.
pub(crate) fn has_something_between_twins(facts: &Facts<'_>) -> bool {
    let Some(named) = places::named(facts.tree, facts.path()) else { return false };
    let candidates = facts.candidates();
    let mut annotated = candidates.iter().filter_map(|place| Some((place, place.annotated()?)));
    annotated.any(|(place, handler)| {
        let is_twin = place.shape() == named.shape() && !named.is(handler);
        let is_plain = matches!(facts.answer.trace.maker, Some(Maker::Plain));
        is_twin && (is_plain || !facts.reached().any(|reached| std::ptr::eq(reached, handler)))
    })
}

/// Returns `true` if a service has a guard on a header that preflights lack, and the header decides which code
/// answers, or which layers are around it.
fn chosen_by_header(facts: &Facts<'_>) -> bool {
    let on_flag = |node: &Node| matches!(node.guard(), Some(Guard::Flag));
    let own = &facts.answer.trace;
    let mut traces = facts.answers.iter().map(|answer| &answer.trace);
    let differs = traces.any(|trace| trace.maker != own.maker || trace.layers != own.layers);
    differs && facts.tree.all().any(on_flag)
}

/// Returns `true` if the guard of an annotated route without a layer passes the request on to other code. A preflight
/// cannot be given to the guard.
fn is_behind_guard_without_layer(facts: &Facts<'_>) -> bool {
    facts.answers.iter().any(|answer| {
        let trace = &answer.trace;
        trace.layers.is_empty() && truth::annotated(trace).is_some_and(Handler::is_guarded)
    })
}

/// Returns `true` if code without a policy answers where the resource map does not show it to the annotated routes
/// behind: the map does not leave a scope whose guard passes the request on, and a catch-all hides the marks of routes.
fn is_unseen_without_layer(facts: &Facts<'_>) -> bool {
    let trace = &facts.answer.trace;
    let has_policy = !trace.layers.is_empty() || truth::annotated(trace).is_some();
    let enters_guarded_scope = || places::enters_guarded_scope(facts.tree, facts.path());
    !has_policy && (enters_guarded_scope() || is_beside_catch_all(facts))
}

/// Returns `true` if middleware outside of all layers answers the actual request, and forwards its preflight. No
/// layer is around the response, so no page can read it.
fn is_by_outermost_middleware(facts: &Facts<'_>) -> bool {
    facts.answer.is_by_middleware() && facts.answer.trace.layers.is_empty()
}

/// Returns `true` if an unannotated route without a layer takes the request because of its method. The preflight
/// has another method, so the router passes the preflight on to a scope or a resource with a layer, which cannot
/// know the route.
fn is_in_front_of_layer(facts: &Facts<'_>) -> bool {
    let has_layer = |node: &Node| node.wraps().iter().any(|wrap| matches!(wrap, Wrap::Cors(_)));
    let is_outside = facts.answer.trace.layers.is_empty() && !facts.answer.is_by_middleware();
    is_outside && facts.tree.all().any(has_layer)
}

/// Returns `true` if a layer's own policy answers for an annotated route that another resource hides from the
/// resource map. The route's policy only has to allow the origin.
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

/// Returns `true` if the path has several readings, because only what the policies of all readings grant is
/// granted. If an annotated route ends in a slash, the path with a slash is also a reading.
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

/// Returns `true` if authentication is in front of an annotated route, and no layer is around the authentication.
/// Then the authentication also answers the preflights of the route.
fn is_locked_without_layer(facts: &Facts<'_>) -> bool {
    let mut answers = facts.answers.iter();
    answers.any(|answer| answer.is_by_middleware() && answer.trace.layers.is_empty())
}

/// Returns `true` if the resource map names another resource than the annotated route that answers, because that
/// resource comes first and passes the method on. Below a layer, the layer's own policy decides. Without a layer,
/// the route denies if the resource is not annotated.
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

/// Returns `true` if a catch-all route is in a scope. The catch-all route also takes the path of the mark, which
/// shows if the resource map comes to the scope of an annotated route. So for the routes behind the catch-all
/// route, another scope of the same prefix seems to be in front.
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

/// Returns `true` if an annotated route in another scope whose prefix matches could get the request, or one behind such
/// a scope. Such scopes may exist because of guards, which a layer does not see. A prefix whose regular expression matches
/// slashes counts with every length. So both routes must allow the origin.
fn has_rival_in_shadowed_scope(facts: &Facts<'_>) -> bool {
    let places = places::places(facts.tree);
    let path = facts.path();
    let of_reached = |place: &&Place<'_>| facts.reached().any(|handler| place.is(handler));
    facts.has_layer()
        && places.iter().filter(of_reached).any(|reached| {
            let is_rival = |other: &Place<'_>| {
                let is_elsewhere = !other.scopes.is_empty() && !other.has_scopes_of(reached);
                (is_elsewhere || !other.could_match(path)) && other.could_match_joined(path)
                    || places::is_hidden(facts.tree, other, path)
            };
            let mut annotated = places.iter().filter(|other| other.is_annotated());
            annotated.any(|other| other.takes(facts.asked.method) && is_rival(other))
        })
}

/// Returns `true` if guards on scopes may decide which route is reached. A layer does not see these guards. The
/// routes of a scope that the map never comes to have to grant from the start. After an answer has shown that
/// guards decide, all routes that could get a request have to allow.
/// Other code that answers instead of a route looks like a guard: middleware that answers 200, a rewritten path, a
/// resource in front of an annotated route of its pattern, and a resource or a scope between two annotated routes of one
/// pattern.
fn may_be_chosen_by_guards(facts: &Facts<'_>) -> bool {
    let tree = facts.tree;
    let has_guard = tree.all().any(|node| {
        node.guard().is_some() || matches!(node, Node::Annotated(handler) if handler.is_guarded())
    });
    let looks_like_guard = places::has_answering_middleware(tree)
        || rewrites_paths(tree)
        || has_mixed_twins(tree)
        || has_other_between_twins(tree);
    facts.has_layer() && (has_guard || looks_like_guard) && facts.has_rival()
}

fn rewrites_paths(tree: &Tree) -> bool {
    tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Normalizes | Wrap::Merges))
}

fn has_mixed_twins(tree: &Tree) -> bool {
    let places = places::places(tree);
    let mut annotated = places.iter().filter(|place| place.is_annotated());
    annotated.any(|place| {
        places.iter().any(|other| !other.is_annotated() && other.shape() == place.shape())
    })
}

/// Returns `true` if a route without annotation, or a scope, is between two annotated routes of one pattern.
fn has_other_between_twins(tree: &Tree) -> bool {
    let places = places::places(tree);
    let are_twins = |place: &Place<'_>, other: &Place<'_>| {
        place.is_annotated() && other.is_annotated() && place.shape() == other.shape()
    };
    let is_other = |place: &Place<'_>| !place.is_annotated() || !place.scopes.is_empty();
    (0..places.len()).filter(|at| is_other(&places[*at])).any(|at| {
        let (before, after) = places.split_at(at);
        before.iter().any(|place| after.iter().any(|other| are_twins(place, other)))
    })
}

/// Returns `true` if the guard of an annotated route may pass the request on. Then the next route and the layer's
/// own policy must grant the preflight too.
fn has_guarded_rival(facts: &Facts<'_>) -> bool {
    let candidates = facts.candidates();
    let mut annotated = candidates.iter().filter_map(Place::annotated);
    annotated.any(|handler| handler.is_guarded()) && facts.has_rival()
}

/// Returns `true` if a response to the first requests of an app can show to its layers that guards on scopes
/// decide. The layers do not know this before.
pub(crate) fn may_be_first_mismatch(tree: &Tree) -> bool {
    places::has_guarded_scope(tree)
}

/// Returns `true` if a file service behind a scope with a guard answers with an error that middleware could have made. Such
/// an answer does not show to a layer that guards decide.
pub(crate) fn shows_no_guard(facts: &Facts<'_>) -> bool {
    let answer = facts.answer;
    let is_of_files = answer.trace.maker.is_none() && answer.is_error();
    is_of_files
        && ![404, 405].contains(&answer.response.status)
        && places::has_guarded_scope(facts.tree)
}

/// Returns `true` if a kept preflight lets a page send a header with a method that needs no preflight by itself,
/// without harm: no code of the app gets the request, or no policy applies to it.
pub(crate) fn is_kept_for_nothing(answer: &Answer, bound: &Bound) -> bool {
    bound.0.is_empty() || answer.trace.maker.is_none() && answer.is_error()
}

/// Returns `true` for the other case of this limit: an annotated route without a layer has granted the preflight,
/// and a layer inside the router, which the route does not know, answers the next request.
pub(crate) fn is_kept_by_another_part(preflight: &Answer, actual: &Answer) -> bool {
    preflight.trace.layers.is_empty() && !actual.trace.layers.is_empty()
}
