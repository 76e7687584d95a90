//! A policy at a place: which policy applies to a request that comes by, and what it makes of it.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use actix_web::{
    HttpMessage as _, HttpResponse,
    dev::{RequestHead, ServiceRequest},
    http::{
        Method, StatusCode,
        header::{HeaderValue, ORIGIN},
    },
};

use crate::{
    decision::{self, Decision},
    directory::Directory,
    error::Refusal,
    policy::{AllowedMethods, Policy, ReadyPolicy},
    predicate::Asked,
    respond::{self, Verdict},
    route::Route,
    same_origin::is_same_origin,
};

/// What a layer is made from.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) policy: Policy,
    /// The annotated route that it is the layer of, if it is.
    route: Option<&'static Route>,
    /// Policies for paths below, the longest first.
    overrides: Vec<(Box<str>, Policy)>,
    pub(crate) authoritative: bool,
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

    pub(crate) fn decide<'r>(&self, head: &'r RequestHead, asked: Option<Asked>) -> Decision<'r> {
        decision::decide(&self.policy, self.methods(), head, asked)
    }
}

/// The terms that apply to a request. There are several only for a preflight whose request could
/// reach several routes: nothing is granted but what all of them grant.
#[derive(Debug)]
pub(crate) struct Applicable {
    pub(crate) first: Terms,
    pub(crate) rivals: Vec<Terms>,
}

impl Applicable {
    fn one(first: Terms) -> Self {
        Applicable { first, rivals: Vec::new() }
    }

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

    fn iter(&self) -> impl Iterator<Item = &Terms> {
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
        let started: Vec<_> = self
            .iter()
            .map(|terms| {
                let origin = decision::undecided(&terms.policy, head)?;
                Some(terms.policy.predicates.ask_async(&origin, head))
            })
            .collect();
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
}

/// What a layer does with a request.
pub(crate) enum Entered {
    Answered(HttpResponse),
    Forward(Verdict),
}

/// What the service behind a layer knows of its app, from its first request on.
#[derive(Debug, Default)]
pub(crate) struct App {
    directory: OnceCell<Rc<Directory>>,
}

impl App {
    /// The app's annotated routes; `None` while they can't be told.
    pub(crate) fn directory(&self, request: &ServiceRequest) -> Option<&Directory> {
        if self.directory.get().is_none() {
            let directory = Directory::of(request).ok()?;
            // Nothing but this cell's owner sets it, on this thread.
            let _ = self.directory.set(directory);
        }
        self.known()
    }

    /// The app's annotated routes, if a request has made them known.
    pub(crate) fn known(&self) -> Option<&Directory> {
        self.directory.get().map(Rc::as_ref)
    }
}

impl Layer {
    pub(crate) fn new(policy: Policy) -> Self {
        Layer { policy, route: None, overrides: Vec::new(), authoritative: false }
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

    pub(crate) fn is_route(&self) -> bool {
        self.route.is_some()
    }

    /// Whether what the layer does depends on paths, so that they should not change below it.
    pub(crate) fn reads_paths(&self) -> bool {
        !self.overrides.is_empty()
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

    /// The terms for a request on its way in. `None` where the app's routes can't be told.
    pub(crate) fn applicable(&self, app: &App, request: &ServiceRequest) -> Option<Applicable> {
        let path = request.match_info().as_str();
        let preflight = decision::preflight_method(request.head())
            .filter(|_| request.headers().contains_key(&ORIGIN));
        if let Some(method) = preflight.filter(|_| !self.authoritative) {
            let routes = app.directory(request)?.find(path, method.as_bytes());
            if let Some(routes) = Applicable::of_routes(routes) {
                return Some(routes);
            }
        } else if !self.authoritative && self.route.is_none() {
            // Code that is asked about origins needs the request, which is gone when a middleware
            // has failed: its answer is wanted before.
            let directory = app.directory(request).filter(|directory| directory.asks);
            let routes = directory
                .map(|directory| directory.find(path, request.method().as_str().as_bytes()));
            if let Some(routes) = routes.and_then(Applicable::of_routes) {
                return Some(routes);
            }
        }
        Some(Applicable::one(self.own(path)))
    }

    fn own(&self, path: &str) -> Terms {
        let policy = self.override_of(path).unwrap_or(&self.policy);
        let route_methods = self.route.map(|route| Arc::clone(route.allowed_methods()));
        Terms { policy: policy.ready(), route_methods }
    }

    /// Answers a preflight, refuses what is to be refused, or says what the response will get.
    pub(crate) fn enter(
        &self,
        app: &App,
        request: &ServiceRequest,
        applicable: &Applicable,
        asked: &[Option<Asked>],
    ) -> Entered {
        let head = request.head();
        let answer_of = |index: usize| asked.get(index).copied().flatten();
        let decision = applicable.first.decide(head, answer_of(0));
        match decision {
            Decision::Preflight(mut outcome) => {
                for (index, rival) in applicable.rivals.iter().enumerate() {
                    if let Decision::Preflight(Err(refusal)) =
                        rival.decide(head, answer_of(index + 1))
                    {
                        outcome = outcome.and(Err(refusal));
                    }
                }
                if let Err(refusal) = &outcome {
                    log(head, "preflight", refusal);
                }
                Entered::Answered(respond::preflight(applicable, &outcome, request.headers()))
            }
            Decision::Actual(Err(refusal)) if !applicable.first.policy.rules.origins.any() => {
                log(head, "request", &refusal);
                if self.enforces(app, request, &applicable.first) {
                    let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
                    Verdict::Closed.apply(&applicable.first.policy, response.headers_mut());
                    return Entered::Answered(response);
                }
                mark(request, |mark| mark.refused = true);
                Entered::Forward(Verdict::Closed)
            }
            Decision::Actual(_) | Decision::NotCors => {
                Entered::Forward(Verdict::new(&applicable.first.policy, &decision))
            }
        }
    }

    /// Whether the request stops here. A nearer policy, where one is known, has the say.
    fn enforces(&self, app: &App, request: &ServiceRequest, terms: &Terms) -> bool {
        if !terms.policy.rules.enforce || is_same_origin(request) {
            return false;
        }
        if self.is_route() || self.authoritative {
            return true;
        }
        let path = request.match_info().as_str();
        let method = request.method().as_str().as_bytes();
        app.directory(request).is_none_or(|directory| directory.find(path, method).next().is_none())
    }

    /// What a response gets that came from in front of the annotated route which its request was for:
    /// from authentication, say.
    pub(crate) fn verdict_of_route(
        directory: &Directory,
        path: &str,
        method: &Method,
        origin: Option<&HeaderValue>,
    ) -> Option<(Terms, Verdict)> {
        let routes = directory.find(path, method.as_str().as_bytes());
        let Applicable { first, rivals } = Applicable::of_routes(routes)?;
        let rules = &first.policy.rules;
        let verdict = if !rivals.is_empty() {
            Verdict::Closed
        } else if rules.origins.any() {
            Verdict::Any
        } else {
            let allowed = origin.filter(|origin| rules.origins.allows(origin.as_bytes()));
            allowed.map_or(Verdict::Closed, |origin| Verdict::Allowed(origin.clone()))
        };
        Some((first, verdict))
    }
}

fn log(head: &RequestHead, kind: &str, refusal: &Refusal<'_>) {
    log::debug!(
        target: "cors_actix",
        "{kind} to {} refused: {refusal}",
        head.uri.path().escape_debug()
    );
}

/// What a layer tells the layers further out, through the request.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    /// One has refused the request's origin.
    pub(crate) refused: bool,
    /// The last middleware that had its first request.
    pub(crate) middleware: Option<usize>,
}

pub(crate) fn mark(request: &ServiceRequest, write: impl FnOnce(&mut Mark)) {
    let mut extensions = request.extensions_mut();
    let mut mark = extensions.remove::<Mark>().unwrap_or_default();
    write(&mut mark);
    extensions.insert(mark);
}
