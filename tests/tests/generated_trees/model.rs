//! The model: the innermost policy decides, within the limits of what a layer can know before the router has
//! run. The numbers of rules are those of `cors_actix::guide`.

use cors_actix_tests::{
    PREFLIGHT_VARY, VARY,
    sign::{FRIEND, Kind, Sign},
};

use crate::{Answer, Ask, Handler, Node, Scope, Tree};

/// The way of the router for a request.
#[derive(Default)]
struct Found<'t> {
    annotated: Option<&'t Handler>,
    /// The whole pattern of the resource that has taken the request, without names.
    pattern: Option<String>,
    status: u16,
    /// `true` if the router has read the whole path at the code that answers.
    is_at_end: bool,
    layers: Vec<Layer>,
    /// The number of layers around the first lock.
    locked: Option<usize>,
}

/// A layer that gets a request.
#[derive(Clone, Copy, Debug)]
struct Layer {
    /// The layer's own policy for the path.
    own: Sign,
    /// The number of bytes of the path that the router has read before the layer.
    consumed: usize,
    /// `true` if no policy of the layer allows any origin.
    is_never_open: bool,
}

/// An annotated route of the tree.
pub(super) struct Registered<'t> {
    handler: &'t Handler,
    /// The scopes around the route, outermost first.
    around: Vec<&'t Scope>,
    /// The joined patterns of the scopes.
    prefix: String,
    /// The whole pattern, without names.
    pattern: String,
    /// The part of `pattern` that belongs to the scopes.
    scopes: Option<String>,
}

impl<'t> Registered<'t> {
    fn new(handler: &'t Handler, around: &[&'t Scope]) -> Self {
        let prefix: String = around.iter().map(|scope| scope.prefix).collect();
        Registered {
            handler,
            around: around.to_vec(),
            pattern: unnamed(&format!("{prefix}{}", handler.path)),
            scopes: (!around.is_empty()).then(|| unnamed(&prefix)),
            prefix,
        }
    }

    fn is(&self, handler: &Handler) -> bool {
        std::ptr::eq(self.handler, handler)
    }
}

/// The origins that may read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Readers {
    All,
    Origin,
    Nobody,
}

impl Readers {
    fn of(sign: &Sign, origin: Option<&str>) -> Self {
        match sign.kind {
            Kind::Open => Readers::All,
            Kind::Strict if origin == Some(FRIEND) => Readers::Origin,
            Kind::Strict | Kind::Closed => Readers::Nobody,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Readers::Nobody, _) | (_, Readers::Nobody) => Readers::Nobody,
            (Readers::All, other) => other,
            (Readers::Origin, _) => Readers::Origin,
        }
    }
}

/// The content of the CORS headers of an actual response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Says {
    readers: Readers,
    credentials: bool,
    exposed: Option<&'static str>,
}

impl Says {
    fn of(sign: &Sign, origin: Option<&str>) -> Self {
        Says {
            readers: Readers::of(sign, origin),
            credentials: sign.kind == Kind::Strict,
            exposed: Some(sign.exposed),
        }
    }

    fn and(self, other: Self) -> Self {
        Says {
            readers: self.readers.and(other.readers),
            credentials: self.credentials && other.credentials,
            exposed: self.exposed.filter(|_| self.exposed == other.exposed),
        }
    }

    fn lines(self, origin: Option<&str>) -> Vec<String> {
        let origin = match self.readers {
            Readers::Nobody => return vec![VARY.to_owned()],
            Readers::All => "*",
            Readers::Origin => origin.unwrap_or_default(),
        };
        let mut lines = vec![format!("access-control-allow-origin: {origin}")];
        if self.credentials {
            lines.push("access-control-allow-credentials: true".to_owned());
        }
        let exposed = self.exposed.map(|name| format!("access-control-expose-headers: {name}"));
        lines.extend(exposed);
        if self.readers == Readers::Origin {
            lines.push(VARY.to_owned());
        }
        lines
    }
}

/// The policies that apply to a request if a layer answers.
struct Selection<'t> {
    first: Sign,
    /// The policies that have to grant everything as well.
    others: Vec<Sign>,
    /// The policies that have to allow the origin as well.
    origins: Vec<Sign>,
    own: Sign,
    route: Option<&'t Handler>,
    /// `true` if the answer is for one request only (rule 7).
    is_for_one_request: bool,
}

impl Selection<'_> {
    fn all(&self) -> impl Iterator<Item = &Sign> {
        std::iter::once(&self.first).chain(&self.others)
    }

    fn readers(&self, origin: Option<&str>) -> Readers {
        let all = self.all().chain(&self.origins);
        all.map(|sign| Readers::of(sign, origin)).fold(Readers::All, Readers::and)
    }

    fn in_front(&self, origin: Option<&str>) -> Says {
        let all = self.others.iter().map(|sign| Says::of(sign, origin));
        let says = all.fold(Says::of(&self.first, origin), Says::and);
        Says { readers: self.readers(origin), ..says }
    }

    fn preflight(&self, ask: Ask<'_>) -> Answer {
        let readers = self.readers(ask.origin);
        let origin = match readers {
            Readers::Nobody => return denied(),
            Readers::All => "*",
            Readers::Origin => ask.origin.unwrap_or_default(),
        };
        let is_narrow = self.is_for_one_request || !self.others.is_empty();
        let listed = if self.route.is_some() { ask.method } else { Sign::LAYER_METHODS };
        let methods = if is_narrow { ask.method } else { listed };
        let max_age = if is_narrow { 0 } else { self.first.max_age };
        let mut lines = vec![
            format!("access-control-allow-origin: {origin}"),
            format!("access-control-allow-methods: {methods}"),
            format!("access-control-max-age: {max_age}"),
            PREFLIGHT_VARY.to_owned(),
        ];
        if self.all().all(|sign| sign.kind == Kind::Strict) {
            lines.push("access-control-allow-credentials: true".to_owned());
        }
        Answer { status: 204, lines }
    }
}

fn denied() -> Answer {
    Answer { status: 403, lines: vec![PREFLIGHT_VARY.to_owned()] }
}

/// The reasons for which a layer or a route can allow more than the code that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// An unannotated resource with the same pattern as the selected annotated route is registered in front
    /// of this route, and has taken the request.
    Hidden,
    /// The map names a route or a resource that does not take the method. A service between the named
    /// resource and the annotated route of the same pattern has taken the request.
    Overtaken,
    /// The layer's own policy decides, and the policy of the annotated route that has taken the request
    /// only has to allow the origin (rule 2). So the credentials are not those of the route.
    OriginAlone,
}

/// The expected answer, and the most that the code that answers allows.
pub(super) struct Expected {
    pub(super) answer: Answer,
    /// The policy that an answer must not exceed. `None` if no policy applies.
    pub(super) truth: Option<Sign>,
    /// The reason for which an answer may allow more than `truth`.
    pub(super) limit: Option<Limit>,
    /// The answer shows that the selection was wrong.
    pub(super) is_surprise: bool,
}

/// Returns the expected answer. `in_doubt` is `true` if an earlier answer has shown that a selection was wrong.
pub(super) fn expected(
    tree: &Tree,
    registered: &[Registered<'_>],
    ask: Ask<'_>,
    in_doubt: bool,
) -> Expected {
    let route = |is_preflight| {
        let ask = Ask { is_preflight, ..ask };
        let mut found = Found::default();
        enter(&tree.scope, layer_at(tree, ask.path), ask, "", ask.path, &mut found);
        found
    };
    let actual = route(false);
    let truth = truth(&actual);
    let preflighted = ask.is_preflight.then(|| route(true));
    let found = preflighted.as_ref().unwrap_or(&actual);
    let around = found.locked.unwrap_or(found.layers.len());
    let layers = &found.layers[..around];
    let status = if found.locked.is_some() { 401 } else { found.status };
    let select = |layer: &Layer| select(tree, registered, layer, ask, in_doubt);
    let reached = actual.annotated;
    let limit = |selected: &Handler| {
        let selected = registered.iter().find(|other| other.is(selected));
        let pattern = selected.map(|selected| selected.pattern.clone());
        let limit = if pattern == actual.pattern { Limit::Hidden } else { Limit::Overtaken };
        reached.is_none().then_some(limit)
    };
    let untouched = Answer { status, lines: Vec::new() };
    let mut expected = Expected { answer: untouched, truth, limit: None, is_surprise: false };
    if ask.is_preflight {
        expected.answer = match (layers.first(), found.annotated) {
            (Some(outermost), _) => {
                let selection = select(outermost);
                expected.limit = match selection.route {
                    Some(route) => limit(route),
                    None => reached.map(|_| Limit::OriginAlone),
                };
                // With two layers, the inner layer decides on responses, and the outer layer on preflights.
                if reached.is_none() {
                    expected.truth = Some(selection.own);
                }
                selection.preflight(ask)
            }
            (None, Some(handler)) if found.locked.is_none() => {
                expected.limit = limit(handler);
                by_itself(tree, registered, handler, ask)
            }
            _ => return expected,
        };
        return expected;
    }
    for layer in layers {
        let selected = select(layer).route;
        let is_right =
            |selected: &Handler| reached.is_some_and(|reached| std::ptr::eq(reached, selected));
        expected.is_surprise |= selected.is_some_and(|selected| !is_right(selected));
    }
    if found.locked.is_none()
        && let Some(handler) = found.annotated
    {
        expected.answer.lines = handler.sign.lines(ask.origin);
        return expected;
    }
    let Some(innermost) = layers.last() else { return expected };
    // A layer that never allows any origin adds nothing to the response to a request without `Origin`.
    expected.answer.lines = if ask.origin.is_none() && innermost.is_never_open {
        vec![VARY.to_owned()]
    } else {
        let selection = select(innermost);
        // An error at the end of the path can come from a scope that ends where its route begins.
        let is_in_front = found.locked.is_some()
            || selection.route.is_some_and(|route| route.path.is_empty())
                && !matches!(status, 200 | 404 | 405);
        if is_in_front {
            expected.limit = match selection.route {
                Some(route) => limit(route),
                None => reached.map(|_| Limit::OriginAlone),
            };
        }
        let own = Says::of(&selection.own, ask.origin);
        let says = match selection.route {
            None if status == 200 => own,
            // Only scopes that end where the route begins are in front of the route.
            Some(route)
                if matches!(status, 200 | 404 | 405)
                    || found.is_at_end && !route.path.is_empty() =>
            {
                selection.in_front(ask.origin).and(own)
            }
            _ => selection.in_front(ask.origin),
        };
        says.lines(ask.origin)
    };
    expected
}

/// Returns the innermost policy around the code that answers, or around the code that authentication protects.
fn truth(found: &Found<'_>) -> Option<Sign> {
    let around = found.locked.unwrap_or(found.layers.len());
    let own = found.layers[..around].last().map(|layer| layer.own);
    let annotated = found.annotated.map(|handler| handler.sign);
    if found.locked == Some(0) { None } else { annotated.or(own) }
}

/// Returns the answer of an annotated route to a preflight that no layer has answered (rules 4 and 7).
fn by_itself(
    tree: &Tree,
    registered: &[Registered<'_>],
    handler: &Handler,
    ask: Ask<'_>,
) -> Answer {
    let named = named(&tree.scope, "", ask.path).map(|(pattern, _)| pattern);
    let itself = registered.iter().find(|other| other.is(handler));
    let is_named = itself.map(|itself| itself.pattern.clone()) == named;
    if !is_named {
        return denied();
    }
    let mut candidates = registered.iter().filter(|other| could_match(other, ask.path, 0));
    let selection = Selection {
        first: handler.sign,
        others: Vec::new(),
        origins: Vec::new(),
        own: handler.sign,
        route: Some(handler),
        is_for_one_request: candidates.any(|other| other.handler.sign != handler.sign),
    };
    selection.preflight(ask)
}

fn select<'t>(
    tree: &Tree,
    registered: &[Registered<'t>],
    layer: &Layer,
    ask: Ask<'_>,
    in_doubt: bool,
) -> Selection<'t> {
    let (pattern, handler) = named(&tree.scope, "", ask.path).unzip();
    let handler = handler.flatten();
    // The browser's cache finds entries by URL, wherever the layer is.
    let neighbours: Vec<_> =
        registered.iter().filter(|other| could_match(other, ask.path, 0)).collect();
    let candidates: Vec<_> =
        registered.iter().filter(|other| could_match(other, ask.path, layer.consumed)).collect();
    let taking: Vec<_> =
        candidates.iter().copied().filter(|other| other.handler.method == ask.method).collect();
    let is_reached = |other: &Registered<'_>| is_reached(&tree.scope, other, ask.path);
    let is_pattern_named = |other: &Registered<'_>| Some(&other.pattern) == pattern.as_ref();
    let named = candidates.iter().find(|other| handler.is_some_and(|named| other.is(named)));
    let is_twin = |other: &Registered<'_>| {
        let are_alike = named.is_none_or(|named| named.scopes.is_none() == other.scopes.is_none());
        is_reached(other) && is_pattern_named(other) && are_alike
    };
    let is_named = |other: &Registered<'_>| handler.is_some_and(|named| other.is(named));
    let first = taking.iter().position(|other| is_named(other));
    let first = first.or_else(|| taking.iter().position(|other| is_twin(other)));
    let (mut others, mut origins) = (Vec::new(), Vec::new());
    let Some(first) = first else {
        // Rule 2, and routes that differ from the named route by guards on scopes (rule 3).
        for other in taking {
            let is_whole = is_pattern_named(other) && !is_reached(other);
            (if is_whole { &mut others } else { &mut origins }).push(other.handler.sign);
        }
        return Selection {
            first: layer.own,
            others,
            origins,
            own: layer.own,
            route: None,
            is_for_one_request: !neighbours.is_empty(),
        };
    };
    let selected = taking[first];
    for (at, other) in taking.iter().enumerate().filter(|(at, _)| *at != first) {
        let sign = other.handler.sign;
        match is_reached(other) {
            true if at < first => others.push(sign),
            true => {}
            false if other.scopes == selected.scopes => others.push(sign),
            false => origins.push(sign),
        }
    }
    if in_doubt {
        others.push(layer.own);
        origins.extend(taking.iter().map(|other| other.handler.sign));
    }
    let sign = selected.handler.sign;
    others.retain(|other| *other != sign);
    Selection {
        first: sign,
        others,
        origins,
        own: layer.own,
        route: Some(selected.handler),
        is_for_one_request: neighbours.iter().any(|other| other.handler.sign != sign),
    }
}

/// Follows the router: the first node that takes the request keeps it.
fn enter<'t>(
    scope: &'t Scope,
    layer: Option<Layer>,
    ask: Ask<'_>,
    above: &str,
    path: &str,
    found: &mut Found<'t>,
) {
    found.layers.extend(layer);
    if scope.lock.is_some() && found.locked.is_none() {
        found.locked = Some(found.layers.len());
        found.is_at_end = path.is_empty();
    }
    found.status = 404;
    for node in &scope.nodes {
        let (pattern, method, others) = match node {
            Node::Scope(inner) => {
                let Some(rest) = rest(inner.prefix, path) else { continue };
                let layer = inner.layer.map(|own| Layer {
                    own,
                    consumed: ask.path.len() - rest.len(),
                    is_never_open: own.kind != Kind::Open,
                });
                let above = format!("{above}{}", inner.prefix);
                return enter(inner, layer, ask, &above, rest, found);
            }
            Node::Annotated(handler) => (handler.path, Some(handler.method), None),
            Node::Plain { path, method, .. } => (*path, Some(*method), None),
            Node::Resource { path, method } => (*path, Some(*method), Some(405)),
            Node::Any { path } => (*path, None, None),
        };
        let is_annotated = matches!(node, Node::Annotated(_));
        let is_taken =
            method.is_none_or(|method| method == ask.method && (is_annotated || !ask.is_preflight));
        if rest(pattern, path) != Some("") || (!is_taken && others.is_none()) {
            continue;
        }
        found.pattern = Some(unnamed(&format!("{above}{pattern}")));
        found.is_at_end |= found.locked.is_none();
        (found.status, found.annotated) = match node {
            Node::Annotated(handler) => (handler.status, Some(handler)),
            Node::Plain { status, .. } => (*status, None),
            _ => (others.filter(|_| !is_taken).unwrap_or(200), None),
        };
        return;
    }
}

/// Returns the resource that the app's map names for a path: the first whose pattern matches, whatever its
/// methods are. The map does not leave a scope that it has entered.
fn named<'t>(scope: &'t Scope, above: &str, path: &str) -> Option<(String, Option<&'t Handler>)> {
    for node in &scope.nodes {
        let (pattern, handler) = match node {
            Node::Scope(inner) => {
                let Some(rest) = rest(inner.prefix, path) else { continue };
                return named(inner, &format!("{above}{}", inner.prefix), rest);
            }
            Node::Annotated(handler) => (handler.path, Some(handler)),
            Node::Plain { path, .. } | Node::Resource { path, .. } | Node::Any { path } => {
                (*path, None)
            }
        };
        if rest(pattern, path) == Some("") {
            return Some((unnamed(&format!("{above}{pattern}")), handler));
        }
    }
    None
}

/// Returns all annotated routes, in the order of their registration.
pub(super) fn registered(tree: &Tree) -> Vec<Registered<'_>> {
    fn collect<'t>(scope: &'t Scope, around: &[&'t Scope], all: &mut Vec<Registered<'t>>) {
        for node in &scope.nodes {
            match node {
                Node::Scope(inner) => collect(inner, &[around, &[inner]].concat(), all),
                Node::Annotated(handler) => all.push(Registered::new(handler, around)),
                _ => {}
            }
        }
    }
    let mut all = Vec::new();
    collect(&tree.scope, &[], &mut all);
    all
}

/// Returns `true` if the path could be for the route, and its scopes end at the router's position or later.
fn could_match(route: &Registered<'_>, path: &str, consumed: usize) -> bool {
    rest(&route.prefix, path).is_some_and(|below| {
        rest(route.handler.path, below) == Some("") && path.len() - below.len() >= consumed
    })
}

/// Returns `true` if the router comes to the scope of the route, and not to another scope of the same prefix.
fn is_reached(top: &Scope, route: &Registered<'_>, path: &str) -> bool {
    if route.scopes.is_none() {
        return true;
    }
    let Some(below) = rest(&route.prefix, path) else { return false };
    // The mark of a route with an empty pattern begins with an empty segment, which no `/{p}` matches.
    let start = if route.handler.path.is_empty() { "//" } else { "/" };
    let mark = format!("{}{start}mark/of/route", &path[..path.len() - below.len()]);
    let (mut scope, mut path) = (top, &*mark);
    for around in &route.around {
        let first = scope.nodes.iter().find_map(|node| match node {
            Node::Scope(inner) => Some((inner, rest(inner.prefix, path)?)),
            _ => None,
        });
        let Some((inner, below)) = first else { return false };
        if !std::ptr::eq(inner, *around) {
            return false;
        }
        (scope, path) = (inner, below);
    }
    // A nested scope in front of the route takes the mark. So the layer regards the route as not
    // reached, and its own policy decides as well.
    let mut in_front = scope.nodes.iter().take_while(|node| match node {
        Node::Annotated(handler) => !route.is(handler),
        _ => true,
    });
    let takes_mark =
        |node: &Node| matches!(node, Node::Scope(inner) if rest(inner.prefix, path).is_some());
    !in_front.any(takes_mark)
}

/// Returns the app's layer, with the policy of the longest matching override, or its own policy.
fn layer_at(tree: &Tree, path: &str) -> Option<Layer> {
    let below = tree.overrides.iter().filter(|(prefix, _)| rest(prefix, path).is_some());
    let longest = below.max_by_key(|(prefix, _)| prefix.len()).map(|(_, sign)| *sign);
    let policies = || tree.scope.layer.iter().chain(tree.overrides.iter().map(|(_, sign)| sign));
    tree.scope.layer.map(|own| Layer {
        own: longest.unwrap_or(own),
        consumed: 0,
        is_never_open: policies().all(|sign| sign.kind != Kind::Open),
    })
}

/// Returns the pattern without the names of its segments.
fn unnamed(pattern: &str) -> String {
    ["{id}", "{p}", "{n}"].iter().fold(pattern.to_owned(), |all, name| all.replace(name, "{}"))
}

/// Returns the rest of the path after the pattern, if the pattern matches whole segments.
fn rest<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    pattern.split('/').skip(1).try_fold(path, |path, pattern| {
        let path = path.strip_prefix('/')?;
        let segment = path.split('/').next()?;
        let is_match = match pattern.split_once('{') {
            Some((start, _)) => segment.starts_with(start) && segment.len() > start.len(),
            None => segment == pattern,
        };
        is_match.then(|| &path[segment.len()..])
    })
}

/// Returns `true` if an answer allows no more than the policy of the code that answers.
pub(super) fn is_within(answer: &Answer, ask: Ask<'_>, expected: &Expected) -> bool {
    if matches!(expected.limit, Some(Limit::Hidden | Limit::Overtaken)) {
        return true;
    }
    let value = |name: &str| {
        let line = answer.lines.iter().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.strip_prefix(": "))
    };
    let Some(origin) = value("access-control-allow-origin") else { return true };
    let Some(truth) = expected.truth else { return false };
    let is_read = match Readers::of(&truth, ask.origin) {
        Readers::All => true,
        Readers::Origin => origin != "*",
        Readers::Nobody => false,
    };
    let is_whole = (value("access-control-allow-credentials").is_none()
        || truth.kind == Kind::Strict)
        && value("access-control-expose-headers").is_none_or(|name| name == truth.exposed);
    is_read && (is_whole || expected.limit == Some(Limit::OriginAlone))
}

/// Returns the other methods that the answer to a preflight allows, and that need a preflight.
pub(super) fn other_methods(answer: &Answer, method: &str) -> Vec<&'static str> {
    let name = "access-control-allow-methods: ";
    let listed = answer.lines.iter().find_map(|line| line.strip_prefix(name));
    let listed: Vec<_> = listed.unwrap_or_default().split(',').collect();
    let needing = ["PUT", "DELETE"].into_iter();
    needing.filter(|other| *other != method && listed.contains(other)).collect()
}
