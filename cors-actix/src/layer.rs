//! A policy at a place: which policy applies to a request that comes by, and what it makes of it.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use actix_web::{
    HttpMessage as _, HttpResponse,
    dev::{RequestHead, ResourceMap, ServiceRequest},
    http::{Method, header::HeaderValue},
};

use crate::{
    decision::{self, Decision, Grant, Preflight},
    directory::Directory,
    error::Refusal,
    policy::{AllowedMethods, Policy, ReadyPolicy},
    predicate::Asked,
    respond::{self, Answer, Verdict},
    route::Route,
    same_origin::is_same_origin,
};

/// What a layer is made from.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    policy: Policy,
    /// The policy for good, if no handle can replace it.
    fixed: Option<Arc<ReadyPolicy>>,
    /// The annotated route that it is the layer of, if it is.
    pub(crate) route: Option<&'static Route>,
    /// Policies for paths below, the longest first.
    overrides: Vec<(Box<str>, Policy)>,
    pub(crate) authoritative: bool,
}

/// A policy as it is at this moment: the layer's own, or another that applies in its place.
#[derive(Debug, Clone)]
pub(crate) enum Snapshot {
    Fixed,
    Taken(Arc<ReadyPolicy>),
}

/// A policy as it is at this moment, with the methods of the place where it is.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) policy: Arc<ReadyPolicy>,
    route_methods: Option<Arc<AllowedMethods>>,
}

impl Terms {
    fn of_route(route: &Route) -> Self {
        Terms {
            policy: route.policy().ready(),
            route_methods: Some(Arc::clone(route.allowed_methods())),
        }
    }

    pub(crate) fn methods(&self) -> &AllowedMethods {
        self.route_methods.as_deref().unwrap_or(&self.policy.methods)
    }
}

/// The terms that apply to a preflight. There are several only where its request could reach several
/// routes: nothing is granted but what all of them grant.
#[derive(Debug)]
pub(crate) struct Applicable {
    pub(crate) first: Terms,
    pub(crate) rivals: Vec<Terms>,
}

impl Applicable {
    /// Of routes; those with one and the same policy count as one.
    fn of_routes(mut routes: impl Iterator<Item = &'static Route>) -> Option<Self> {
        let first = Terms::of_route(routes.next()?);
        let mut rivals = Vec::new();
        for route in routes {
            let terms = Terms::of_route(route);
            if !Arc::ptr_eq(&terms.policy, &first.policy) {
                rivals.push(terms);
            }
        }
        Some(Applicable { first, rivals })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Terms> {
        std::iter::once(&self.first).chain(&self.rivals)
    }

    /// Asks the asynchronous predicates that have a say, if there are any.
    pub(crate) fn ask(
        &self,
        head: &RequestHead,
    ) -> Option<impl Future<Output = Vec<Option<Asked>>> + 'static + use<>> {
        if !self.iter().any(|terms| terms.policy.predicates.is_async()) {
            return None;
        }
        let started: Vec<_> = self.iter().map(|terms| ask(&terms.policy, head)).collect();
        Some(async move {
            let mut asked = Vec::with_capacity(started.len());
            for future in started {
                asked.push(match future {
                    Some(future) => Some(future.await),
                    None => None,
                });
            }
            asked
        })
    }

    /// Answers the preflight.
    pub(crate) fn answer(
        &self,
        preflight: &Preflight<'_>,
        asked: &[Option<Asked>],
    ) -> HttpResponse {
        let decide = |index: usize, terms: &Terms| {
            let asked = asked.get(index).copied().flatten();
            decision::preflight(&terms.policy, terms.methods(), preflight, asked)
        };
        let mut outcome = decide(0, &self.first);
        for (index, rival) in self.rivals.iter().enumerate() {
            outcome = outcome.and_then(|grant| decide(index + 1, rival).map(|_| grant));
        }
        let all = self.iter().map(|terms| Answer::of(&terms.policy, terms.methods()));
        let Some(answer) = all.reduce(Answer::narrowed) else { return respond::refused() };
        let mut response = answer_with(answer, outcome, preflight);
        for terms in self.iter() {
            respond::vary_by_reads(&terms.policy, response.headers_mut());
        }
        response
    }
}

/// Answers a preflight by a policy that alone applies to it and asks no code that has to be awaited.
pub(crate) fn answer(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    preflight: &Preflight<'_>,
) -> HttpResponse {
    let outcome = decision::preflight(policy, methods, preflight, None);
    let mut response = answer_with(Answer::of(policy, methods), outcome, preflight);
    respond::vary_by_reads(policy, response.headers_mut());
    response
}

#[inline]
fn answer_with(
    answer: Answer<'_>,
    outcome: Result<Grant<'_>, Refusal<'_>>,
    preflight: &Preflight<'_>,
) -> HttpResponse {
    match outcome {
        Ok(grant) => answer.granted(&grant, preflight.head.headers()),
        Err(refusal) => {
            log(preflight.head, "preflight", refusal);
            respond::refused()
        }
    }
}

/// Asks the policy's predicates about the request's origin, if asynchronous ones have a say.
pub(crate) fn ask(
    policy: &ReadyPolicy,
    head: &RequestHead,
) -> Option<impl Future<Output = Asked> + 'static + use<>> {
    let origin = decision::undecided(policy, head)?;
    Some(policy.predicates.ask_async(&origin, head))
}

/// What the service behind a layer knows of its app, from its first request on.
#[derive(Debug)]
pub(crate) struct App {
    directory: OnceCell<Rc<Directory>>,
    /// Whether the layer is that of a route.
    of_route: bool,
}

impl App {
    pub(crate) fn of(layer: &Layer) -> Self {
        App { directory: OnceCell::new(), of_route: layer.route.is_some() }
    }

    /// The app's annotated routes.
    pub(crate) fn directory(&self, request: &ServiceRequest) -> &Directory {
        if let Some(directory) = self.directory.get() {
            return directory;
        }
        let directory = Directory::of(request);
        if !self.of_route {
            directory.layers.set(directory.layers.get() + 1);
        }
        self.directory.get_or_init(|| directory)
    }

    /// The app's annotated routes, once a request has made them known.
    pub(crate) fn known(&self) -> Option<&Directory> {
        self.directory.get().map(Rc::as_ref)
    }

    /// The app's annotated routes, if it has any that a request has made known.
    #[inline]
    pub(crate) fn annotated(&self) -> Option<&Directory> {
        self.known().filter(|directory| !directory.is_empty())
    }
}

impl Layer {
    pub(crate) fn new(policy: Policy) -> Self {
        let fixed = policy.fixed();
        Layer { policy, fixed, route: None, overrides: Vec::new(), authoritative: false }
    }

    pub(crate) fn of_route(route: &'static Route) -> Self {
        Layer { route: Some(route), ..Layer::new(route.policy().clone()) }
    }

    /// Adds a policy for all paths below `prefix`, whole segments of it.
    pub(crate) fn override_at(&mut self, prefix: &str, policy: Policy) {
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        self.overrides.push((prefix.into(), policy));
        self.overrides.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    }

    /// Whether what the layer does depends on paths, so that they should not change below it.
    #[inline]
    pub(crate) fn reads_paths(&self, app: &App) -> bool {
        !self.overrides.is_empty() || app.annotated().is_some()
    }

    /// Whether the path has a policy of its own here.
    pub(crate) fn overrides(&self, path: &str) -> bool {
        self.override_of(path).is_some()
    }

    fn override_of(&self, path: &str) -> Option<&Policy> {
        let below = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.overrides.iter().find(|(prefix, _)| below(prefix)).map(|(_, policy)| policy)
    }

    /// The terms for a preflight: those of the annotated routes that it could be for, else those of the
    /// path, else the layer's own.
    pub(crate) fn applicable(
        &self,
        app: &App,
        request: &ServiceRequest,
        preflight: &Preflight<'_>,
    ) -> Applicable {
        let path = request.match_info().as_str();
        if !self.authoritative {
            let directory = app.directory(request);
            let routes =
                directory.find(Some(request.resource_map()), path, preflight.method.as_bytes());
            if let Some(routes) = Applicable::of_routes(routes) {
                return routes;
            }
        }
        let policy = self.override_of(path).unwrap_or(&self.policy).ready();
        let route_methods = self.route.map(|route| Arc::clone(route.allowed_methods()));
        Applicable { first: Terms { policy, route_methods }, rivals: Vec::new() }
    }

    /// The policy, where neither time nor path nor code has a say in which it is and what it allows.
    #[inline]
    pub(crate) fn constant(&self) -> Option<&ReadyPolicy> {
        let fixed = self.fixed.as_deref().filter(|_| self.overrides.is_empty());
        fixed.filter(|policy| !policy.predicates.is_async())
    }

    /// The constant policy, where no annotated route can have another for a preflight.
    #[inline]
    pub(crate) fn sole(&self, app: &App) -> Option<&ReadyPolicy> {
        let has_routes = || app.known().is_none_or(|directory| !directory.is_empty());
        let others = self.route.is_some() || !self.authoritative && has_routes();
        self.constant().filter(|_| !others)
    }

    /// The policy for an actual request.
    #[inline]
    pub(crate) fn snapshot(&self, request: &ServiceRequest) -> Snapshot {
        if self.overrides.is_empty() && self.fixed.is_some() {
            return Snapshot::Fixed;
        }
        let path = request.match_info().as_str();
        Snapshot::Taken(self.override_of(path).unwrap_or(&self.policy).ready())
    }

    /// The terms of the annotated route that the request is for, where they have to be taken when it
    /// begins.
    #[inline]
    pub(crate) fn route_terms(&self, app: &App, request: &ServiceRequest) -> Option<RouteTerms> {
        let directory = app.annotated().filter(|directory| directory.eager)?;
        if self.authoritative || self.route.is_some() {
            return None;
        }
        let path = request.match_info().as_str();
        RouteTerms::find(directory, Some(request.resource_map()), path, request.method())
    }

    #[inline]
    pub(crate) fn policy_of<'a>(&'a self, snapshot: &'a Snapshot) -> Option<&'a ReadyPolicy> {
        match snapshot {
            Snapshot::Fixed => self.fixed.as_deref(),
            Snapshot::Taken(policy) => Some(policy),
        }
    }

    /// The policy, for what outlives the layer.
    pub(crate) fn shared(&self, snapshot: &Snapshot) -> Option<Arc<ReadyPolicy>> {
        match snapshot {
            Snapshot::Fixed => self.fixed.clone(),
            Snapshot::Taken(policy) => Some(Arc::clone(policy)),
        }
    }

    /// What the response will get; `None` if the request itself is refused.
    #[inline(always)]
    pub(crate) fn enter(
        &self,
        app: &App,
        policy: &ReadyPolicy,
        request: &ServiceRequest,
        asked: Option<Asked>,
    ) -> Option<Verdict> {
        let verdict = if policy.rules.origins.any() {
            Verdict::Any
        } else {
            match decision::actual(policy, request.head(), asked) {
                Decision::Actual(Ok(origin)) => Verdict::Allowed(origin.clone()),
                Decision::Actual(Err(refusal)) => {
                    return self.refuse(app, policy, request, refusal);
                }
                Decision::NotCors | Decision::Preflight(_) => return Some(Verdict::Closed),
            }
        };
        // A layer further out has refused; this one is nearer.
        if request.extensions().contains::<Refused>() {
            request.extensions_mut().remove::<Refused>();
        }
        Some(verdict)
    }

    #[inline(never)]
    fn refuse(
        &self,
        app: &App,
        policy: &ReadyPolicy,
        request: &ServiceRequest,
        refusal: Refusal<'_>,
    ) -> Option<Verdict> {
        log(request.head(), "request", refusal);
        if policy.rules.enforce && self.enforces(app, request) {
            return None;
        }
        if self.is_below_another(app, request) {
            request.extensions_mut().insert(Refused);
        }
        Some(Verdict::Closed)
    }

    /// Whether a layer further out may see the response.
    fn is_below_another(&self, app: &App, request: &ServiceRequest) -> bool {
        let itself = usize::from(self.route.is_none());
        app.directory(request).layers.get() > itself
    }

    /// Whether the request stops here. A nearer policy, where one is known, has the say.
    fn enforces(&self, app: &App, request: &ServiceRequest) -> bool {
        if is_same_origin(request) {
            return false;
        }
        if self.route.is_some() || self.authoritative {
            return true;
        }
        let path = request.match_info().as_str();
        let method = request.method().as_str().as_bytes();
        let map = request.resource_map();
        !app.annotated().is_some_and(|directory| directory.leads(map, path, method))
    }
}

/// The policy that a response gets which came from in front of the annotated route that its request
/// was for: from authentication, say.
#[derive(Debug)]
pub(crate) struct RouteTerms {
    pub(crate) policy: Arc<ReadyPolicy>,
    /// Whether guards decide between routes of different policies, so that none of them applies.
    contested: bool,
    /// Whether the path ends where the scopes around the route end.
    pub(crate) at_its_scope: bool,
}

impl RouteTerms {
    pub(crate) fn find(
        directory: &Directory,
        map: Option<&ResourceMap>,
        path: &str,
        method: &Method,
    ) -> Option<Self> {
        let mut routes = directory.find(map, path, method.as_str().as_bytes()).peekable();
        let at_its_scope = routes.peek()?.is_at_its_scope();
        let Applicable { first, rivals } = Applicable::of_routes(routes)?;
        Some(RouteTerms { policy: first.policy, contested: !rivals.is_empty(), at_its_scope })
    }

    /// With the request still there.
    pub(crate) fn verdict(&self, head: &RequestHead, asked: Option<Asked>) -> Verdict {
        match decision::actual(&self.policy, head, asked) {
            _ if self.contested => Verdict::Closed,
            _ if self.policy.rules.origins.any() => Verdict::Any,
            Decision::Actual(Ok(origin)) => Verdict::Allowed(origin.clone()),
            _ => Verdict::Closed,
        }
    }

    /// With nothing left of the request but its origin.
    pub(crate) fn verdict_on(&self, origin: Option<&HeaderValue>) -> Verdict {
        let origins = &self.policy.rules.origins;
        match origin {
            _ if self.contested => Verdict::Closed,
            _ if origins.any() => Verdict::Any,
            Some(origin) if origins.allows(origin.as_bytes()) => Verdict::Allowed(origin.clone()),
            _ => Verdict::Closed,
        }
    }
}

fn log(head: &RequestHead, kind: &str, refusal: Refusal<'_>) {
    log::debug!(
        target: "cors_actix",
        "{kind} to {} refused: {}",
        head.uri.path().escape_debug(),
        refusal.precise()
    );
}

/// Tells the layers further out, through the request, that one has refused its origin. Without a size,
/// so that it takes no memory of its own.
#[derive(Debug)]
pub(crate) struct Refused;

/// Tells the layers further out, through the request, that there is another: its address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Introduced(pub(crate) usize);
