//! Builds a policy at run time.

use std::{collections::HashSet, sync::Arc};

use actix_web::{
    dev::RequestHead,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use cors_actix_core::{Origin, PolicyKey, PolicySpec, Problem, ProblemKind};

use super::{
    compiled::CompiledPolicy,
    lists::{
        PolicyList,
        list::{HeaderNames, Methods, Origins},
    },
    seconds::Seconds,
    value::{Policy, Repr},
};
use crate::{
    error::PolicyError,
    predicate::{IntoPredicateResult, Predicates},
};

impl Policy {
    /// Returns a builder that allows nothing yet.
    ///
    /// ```
    /// let policy = cors_actix::Policy::builder().allow_origins(["https://a.example"]).build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }
}

/// The options of a policy. Lists add up over several calls; of other options the last call counts.
///
/// ```
/// use std::time::Duration;
/// use cors_actix::{Any, Policy};
///
/// let policy = Policy::builder()
///     .allow_origins(["https://a.example"])
///     .allow_origins(["https://b.example"])
///     .allow_headers(Any)
///     .allow_headers(["authorization"])
///     .max_age(Duration::from_secs(600))
///     .build()?;
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    allow_origins: Vec<String>,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    allow_credentials: bool,
    expose_headers: Vec<String>,
    max_age: Option<u64>,
    preflight_status: Option<u16>,
    danger_insecure_origins: bool,
    danger_public_suffixes: bool,
    same_origin: bool,
    enforce: bool,
    predicates: Predicates,
}

impl PolicyBuilder {
    /// Adds origins:
    ///
    /// - [`Any`](crate::Any), every origin;
    /// - `"https://a.example"`, an origin as browsers write it;
    /// - `"https://*.a.example"`, every subdomain at every depth, but not `a.example` itself;
    /// - `"http://localhost:*"`, every port, and also no port;
    /// - `"moz-extension://*"`, every host of a scheme other than http and https;
    /// - `"app://."` (Electron) and `"file://"` (web views of apps). `"file://"` with credentials is an
    ///   error, because every local page has this origin;
    /// - `"null"`, the origin of sandboxed frames. `"null"` with credentials is an error.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example", "http://localhost:*"]);
    /// ```
    pub fn allow_origins<Shape>(mut self, origins: impl PolicyList<Origins, Shape>) -> Self {
        self.allow_origins.extend(origins.texts());
        self
    }

    /// Allows every origin for which `predicate` returns `true`. The predicate is called for well-formed
    /// origins that no listed origin matches. If the predicate panics or returns an error, the request is
    /// denied and the error is logged.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, _head| origin.scheme() == "https" && origin.host().len() == 9)
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn allow_origins_if<A: IntoPredicateResult>(
        mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> A + Send + Sync + 'static,
    ) -> Self {
        self.predicates.push(predicate);
        self
    }

    /// Allows every origin for which the future of `predicate` returns `true`. The future cannot borrow
    /// the origin or the request, so `predicate` copies what the future needs. Otherwise like
    /// [`allow_origins_if`](Self::allow_origins_if).
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// # async fn is_tenant(origin: String) -> Result<bool, std::io::Error> { Ok(origin.len() > 3) }
    /// let policy = Policy::builder()
    ///     .allow_origins_if_async(|origin, _head| is_tenant(origin.as_str().to_owned()))
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn allow_origins_if_async<F>(
        mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output: IntoPredicateResult> + 'static,
    {
        self.predicates.push_async(predicate);
        self
    }

    /// Adds the request headers that predicates read to the `Vary` header of each response, so that caches
    /// do not use the response for a request with other values (RFC 9110, section 12.5.5). `Origin` is
    /// always in `Vary`.
    ///
    /// ```
    /// # use {actix_web::http::header::HeaderName, cors_actix::Policy};
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, head| head.headers().get("x-tenant").is_some_and(|tenant| origin.host() == tenant))
    ///     .predicates_read([HeaderName::from_static("x-tenant")])
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn predicates_read(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.predicates.reads.extend(names.into_iter().map(HeaderValue::from));
        self
    }

    /// Adds methods to GET, HEAD and POST, which are always allowed (Fetch, "CORS-safelisted
    /// method").
    ///
    /// ```
    /// # use {actix_web::http::Method, cors_actix::Policy};
    /// let policy = Policy::builder().allow_methods([Method::PUT, Method::DELETE]);
    /// ```
    pub fn allow_methods<Shape>(mut self, methods: impl PolicyList<Methods, Shape>) -> Self {
        self.allow_methods.extend(methods.texts());
        self
    }

    /// Adds names of request headers. [`Any`](crate::Any) covers all names except `authorization`,
    /// which must be listed (Fetch, "CORS non-wildcard request-header name").
    ///
    /// ```
    /// # use {actix_web::http::header, cors_actix::Policy};
    /// let policy = Policy::builder().allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    /// ```
    pub fn allow_headers<Shape>(mut self, names: impl PolicyList<HeaderNames, Shape>) -> Self {
        self.allow_headers.extend(names.texts());
        self
    }

    /// Allows requests with cookies, TLS client certificates or HTTP authentication (Fetch, "CORS
    /// protocol and credentials"). The default is `false`.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true);
    /// ```
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.allow_credentials = allow;
        self
    }

    /// Adds names of response headers that scripts may read, to those that are always readable (Fetch,
    /// "CORS-safelisted response-header name").
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().expose_headers(["x-total-count"]);
    /// ```
    pub fn expose_headers<Shape>(mut self, names: impl PolicyList<HeaderNames, Shape>) -> Self {
        self.expose_headers.extend(names.texts());
        self
    }

    /// Sets the time for which browsers may cache the response to a preflight: whole seconds, a
    /// [`Duration`](std::time::Duration), or an [`Option`] of either. 0 turns the cache off. Without a
    /// value, browsers cache the response for 5 seconds (Fetch, "CORS-preflight fetch").
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().max_age(3600);
    /// ```
    pub fn max_age(mut self, max_age: impl Seconds) -> Self {
        self.max_age = max_age.whole_seconds();
        self
    }

    /// Sets the status of a granted preflight, from 200 to 299. The default is 204.
    ///
    /// ```
    /// # use {actix_web::http::StatusCode, cors_actix::Policy};
    /// let policy = Policy::builder().preflight_status(StatusCode::OK);
    /// ```
    pub fn preflight_status(mut self, status: StatusCode) -> Self {
        self.preflight_status = Some(status.as_u16());
        self
    }

    /// Accepts plain `http://` origins other than loopback together with credentials, although
    /// an attacker who controls the network can then act as the user.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder()
    ///     .allow_origins(["http://intranet.example"])
    ///     .allow_credentials(true)
    ///     .danger_insecure_origins(true)
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn danger_insecure_origins(mut self, accept: bool) -> Self {
        self.danger_insecure_origins = accept;
        self
    }

    /// Accepts wildcards over public suffixes together with credentials, although anyone who
    /// registers a name under the suffix can then act as the user.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://*.internal"])
    ///     .allow_credentials(true)
    ///     .danger_public_suffixes(true)
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn danger_public_suffixes(mut self, accept: bool) -> Self {
        self.danger_public_suffixes = accept;
        self
    }

    /// Allows no other origin, as [`Policy::same_origin`] does. Only [`enforce`](Self::enforce) can be
    /// combined with this option.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().same_origin(true).enforce(true).build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn same_origin(mut self, same_origin: bool) -> Self {
        self.same_origin = same_origin;
        self
    }

    /// Denies requests and WebSocket handshakes from origins that are not allowed, with status 403, before
    /// a handler runs. Same-origin requests pass: `Sec-Fetch-Site` is `same-origin` or `none`, or, if the
    /// browser does not send this header, `Origin` is the scheme, host and port of the request.
    ///
    /// Behind a proxy, scheme, host and port come from `X-Forwarded-Proto`, `X-Forwarded-Host` and
    /// `X-Forwarded-Port`, or from `Forwarded`. Pages must not be able to send these headers. So a policy
    /// that lists them in [`allow_headers`](Self::allow_headers) is an error, and with
    /// `allow_headers(Any)` the headers are ignored. [`Any`](crate::Any) origin with `enforce` is an error
    /// too, because nothing would be denied.
    ///
    /// The innermost policy decides: a layer lets a request for an annotated route pass, and the route's
    /// own `enforce` decides.
    ///
    /// `enforce` stops browsers only: other clients can send any `Origin`. CORS is not authentication.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).enforce(true);
    /// ```
    pub fn enforce(mut self, enforce: bool) -> Self {
        self.enforce = enforce;
        self
    }

    /// Checks the options and returns the policy. Warnings are logged, and [`Policy::warnings`] returns
    /// them.
    ///
    /// # Errors
    /// [`PolicyError`] with every problem of the policy. An empty list of origins is a problem if there is
    /// no predicate either; [`build_lossy`](Self::build_lossy) accepts an empty list.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(Policy::builder().allow_origins(["https://a.example/"]).build().is_err());
    /// ```
    pub fn build(&self) -> Result<Policy, PolicyError> {
        self.compile().map_err(PolicyError::new)
    }

    /// Builds the policy without the items that have a problem, and returns their problems. Use this for
    /// lists from a database, if the service must start in spite of a bad row. If no origin is left, the
    /// policy allows no other origin, and the problems contain
    /// [`NoOrigins`](crate::ProblemKind::NoOrigins).
    ///
    /// # Errors
    /// [`PolicyError`] with the problems that no item of a list has.
    ///
    /// ```
    /// use cors_actix::{Policy, ProblemKind};
    ///
    /// let rows = ["https://a.example", "b.example"];
    /// let (policy, problems) = Policy::builder().allow_origins(rows).build_lossy()?;
    /// assert_eq!(problems[0].location.to_string(), "allow_origins[1]");
    ///
    /// let no_rows: [&str; 0] = [];
    /// let (closed, problems) = Policy::builder().allow_origins(no_rows).build_lossy()?;
    /// assert!(matches!(problems[0].kind, ProblemKind::NoOrigins));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn build_lossy(&self) -> Result<(Policy, Vec<Problem>), PolicyError> {
        let mut problems = match self.compile() {
            Ok(policy) => return Ok((policy, Vec::new())),
            Err(problems) => problems,
        };
        let is_empty = |problem: &Problem| matches!(problem.kind, ProblemKind::NoOrigins);
        problems.retain(|problem| !is_empty(problem));
        if problems.iter().any(|problem| problem.location.item.is_none()) {
            problems.retain(|problem| problem.location.item.is_none());
            return Err(PolicyError::new(problems));
        }
        let mut builder = self.clone();
        builder.remove_items(&problems);
        match builder.compile() {
            Ok(policy) => Ok((policy, problems)),
            Err(left) if left.iter().all(is_empty) => {
                problems.extend(left);
                let closed = PolicyBuilder { same_origin: true, ..PolicyBuilder::default() };
                Ok((closed.enforce(self.enforce).build()?, problems))
            }
            Err(left) => Err(PolicyError::new(left)),
        }
    }

    /// Removes the items that have a problem.
    fn remove_items(&mut self, problems: &[Problem]) {
        let lists = [
            (PolicyKey::AllowOrigins, &mut self.allow_origins),
            (PolicyKey::AllowMethods, &mut self.allow_methods),
            (PolicyKey::AllowHeaders, &mut self.allow_headers),
            (PolicyKey::ExposeHeaders, &mut self.expose_headers),
        ];
        for (key, list) in lists {
            let of_key = problems.iter().filter(|problem| problem.location.key == key);
            let bad: HashSet<_> = of_key.filter_map(|problem| problem.location.item).collect();
            let mut indices = 0..;
            list.retain(|_| indices.next().is_none_or(|index| !bad.contains(&index)));
        }
    }

    fn compile(&self) -> Result<Policy, Vec<Problem>> {
        let [origins, methods, headers, exposed] =
            [&self.allow_origins, &self.allow_methods, &self.allow_headers, &self.expose_headers]
                .map(|items| items.iter().map(String::as_str).collect::<Vec<_>>());
        let spec = PolicySpec {
            allow_origins: &origins,
            allow_methods: &methods,
            allow_headers: &headers,
            allow_credentials: self.allow_credentials,
            expose_headers: &exposed,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            danger_insecure_origins: self.danger_insecure_origins,
            danger_public_suffixes: self.danger_public_suffixes,
            same_origin: self.same_origin,
            enforce: self.enforce,
            predicate: !self.predicates.is_empty(),
        };
        let compiled = CompiledPolicy::new(spec.check()?, self.predicates.clone());
        Ok(Policy(Repr::Compiled(Arc::new(compiled))))
    }
}
