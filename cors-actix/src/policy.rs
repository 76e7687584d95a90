use std::{
    fmt,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use actix_web::{
    dev::RequestHead,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use cors_actix_core::{Checked, Methods, Origin, PolicySpec, Rules};

use crate::{
    decision::{self, Decision},
    error::PolicyError,
    predicate::{Answer, Predicates},
    values::Values,
};

/// Which origins may call, with what, and what they may read: checked, and ready to answer.
///
/// Cloning one is cheap and shares it.
///
/// ```
/// use actix_web::http::Method;
/// use cors_actix::Policy;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example.com", "https://*.example.org"])
///     .allow_methods([Method::PUT])
///     .allow_headers(["content-type"])
///     .allow_credentials(true)
///     .max_age(3600)
///     .build()?;
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
///
/// A policy that is known when the program is compiled is written with [`policy!`](crate::policy!),
/// which reports its faults at compile time.
pub struct Policy(Repr);

enum Repr {
    Ready(Arc<ReadyPolicy>),
    Written { spec: PolicySpec<'static>, ready: OnceLock<Arc<ReadyPolicy>> },
    Live(Arc<RwLock<Arc<ReadyPolicy>>>),
}

impl Policy {
    /// Starts a policy that allows nothing yet.
    ///
    /// ```
    /// let policy = cors_actix::Policy::builder().allow_origins(["https://a.example"]).build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// The policy that allows no other origin: it closes a handler or scope under an open app.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let scope = actix_web::web::scope("/admin").wrap(Cors::new(Policy::same_origin()));
    /// ```
    pub const fn same_origin() -> Self {
        Policy::written(PolicySpec { same_origin: true, ..PolicySpec::EMPTY })
    }

    /// The product of `policy!` and `#[cors]`, which have checked the spec; it goes through
    /// [`PolicySpec::check_again`] when it is first used.
    pub(crate) const fn written(spec: PolicySpec<'static>) -> Self {
        Policy(Repr::Written { spec, ready: OnceLock::new() })
    }

    /// What the policy makes of a request: the decision alone, without a response.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use cors_actix::{Decision, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
    /// let request = TestRequest::get().insert_header(("origin", "https://a.example")).to_srv_request();
    /// assert!(matches!(policy.decide(request.head()), Decision::Actual(Ok(_))));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn decide<'r>(&self, request: &'r RequestHead) -> Decision<'r> {
        let ready = self.ready();
        decision::decide(&ready, request)
    }

    /// The policy as it is now; what a [`PolicyHandle`] puts in its place later does not change it.
    pub(crate) fn ready(&self) -> Arc<ReadyPolicy> {
        match &self.0 {
            Repr::Ready(ready) => Arc::clone(ready),
            Repr::Live(live) => Arc::clone(&live.read().unwrap_or_else(PoisonError::into_inner)),
            Repr::Written { spec, ready } => Arc::clone(ready.get_or_init(|| {
                let checked = spec.check_again().unwrap_or_else(|problems| {
                    // The macro and this crate were built with different features; refusing is safe.
                    log::error!(target: "cors_actix", "{}", PolicyError::new(problems));
                    Checked { rules: Rules::default(), advisories: Vec::new() }
                });
                Arc::new(ReadyPolicy::new(checked, Predicates::default()))
            })),
        }
    }
}

impl Policy {
    /// The policy as it always is; `None` for what a [`PolicyHandle`] can replace.
    pub(crate) fn fixed(&self) -> Option<Arc<ReadyPolicy>> {
        match &self.0 {
            Repr::Live(_) => None,
            Repr::Ready(_) | Repr::Written { .. } => Some(self.ready()),
        }
    }
}

impl Clone for Policy {
    fn clone(&self) -> Self {
        match &self.0 {
            Repr::Live(live) => Policy(Repr::Live(Arc::clone(live))),
            Repr::Ready(_) | Repr::Written { .. } => Policy(Repr::Ready(self.ready())),
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.ready().rules).finish()
    }
}

/// A policy that can be replaced while the service runs, for all workers at once. Requests in flight
/// finish under the policy that they began with.
///
/// Cloning one gives another handle to the same place.
///
/// ```
/// use cors_actix::{Cors, Policy, PolicyHandle};
///
/// let policy = |origin: &str| Policy::builder().allow_origins([origin]).build();
/// let handle = PolicyHandle::new(policy("https://a.example")?);
/// let app = actix_web::App::new().wrap(Cors::new(&handle));
///
/// handle.replace(policy("https://b.example")?);
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicyHandle {
    live: Arc<RwLock<Arc<ReadyPolicy>>>,
}

impl PolicyHandle {
    /// A place for policies, with its first.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// let handle = PolicyHandle::new(Policy::same_origin());
    /// ```
    pub fn new(policy: Policy) -> Self {
        PolicyHandle { live: Arc::new(RwLock::new(policy.ready())) }
    }

    /// Puts another policy in the place of the one before.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// # let handle = PolicyHandle::new(Policy::same_origin());
    /// handle.replace(Policy::builder().allow_origins(["https://a.example"]).build()?);
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn replace(&self, policy: Policy) {
        // Before the lock is taken: the policy may be that of this very handle.
        let ready = policy.ready();
        let before = {
            let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *live, ready)
        };
        // A large allow-list takes time to free; nobody waits for it at the lock.
        drop(before);
    }

    /// The policy in the place, whichever it is when a request comes.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// # let handle = PolicyHandle::new(Policy::same_origin());
    /// let policy: Policy = handle.policy();
    /// ```
    pub fn policy(&self) -> Policy {
        Policy(Repr::Live(Arc::clone(&self.live)))
    }
}

/// Collects what a policy allows. A call adds to the calls before it; their order never matters.
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
    allow_origins: Values,
    allow_methods: Values,
    allow_headers: Values,
    allow_credentials: bool,
    expose_headers: Values,
    max_age: Option<u64>,
    preflight_status: Option<u16>,
    danger_insecure_origins: bool,
    danger_public_suffixes: bool,
    enforce: bool,
    predicates: Predicates,
}

impl PolicyBuilder {
    /// Adds origins: [`Any`](crate::Any), `"https://a.example"`, `"https://*.a.example"` (one or
    /// more further labels), `"http://localhost:*"` (any port or none), `"moz-extension://*"`,
    /// `"app://."` (Electron), `"file://"` (web views of apps; refused with credentials, because every
    /// local page has this origin), `"null"`.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example", "http://localhost:*"]);
    /// ```
    pub fn allow_origins(mut self, origins: impl Into<Values>) -> Self {
        self.allow_origins.0.append(&mut origins.into().0);
        self
    }

    /// Adds origins that code decides on, at once. It is asked about well-formed origins that nothing
    /// listed matches. A panic or an error denies the request, and is logged as an error.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, _head| origin.scheme() == "https" && origin.host().len() == 9)
    ///     .build()?;
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn allow_origins_if<A: Answer>(
        mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> A + Send + Sync + 'static,
    ) -> Self {
        self.predicates.push(predicate);
        self
    }

    /// As [`allow_origins_if`](Self::allow_origins_if), for code that has to wait for its answer. It
    /// takes what it needs of origin and request into the future that it returns.
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
        F: Future<Output: Answer> + 'static,
    {
        self.predicates.push_async(predicate);
        self
    }

    /// Names the request headers beside `Origin` that the predicates read: `Vary` lists them, so that
    /// no cache answers for another request (RFC 9110, section 12.5.5).
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
    pub fn allow_methods(mut self, methods: impl Into<Values>) -> Self {
        self.allow_methods.0.append(&mut methods.into().0);
        self
    }

    /// Adds request header names. [`Any`](crate::Any) covers all but `authorization`, which must be
    /// listed (Fetch, "CORS non-wildcard request-header name").
    ///
    /// ```
    /// # use {actix_web::http::header, cors_actix::Policy};
    /// let policy = Policy::builder().allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    /// ```
    pub fn allow_headers(mut self, names: impl Into<Values>) -> Self {
        self.allow_headers.0.append(&mut names.into().0);
        self
    }

    /// Whether requests may carry cookies, TLS client certificates and HTTP authentication (Fetch,
    /// "CORS protocol and credentials"). `true` in any call is `true` for the policy.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true);
    /// ```
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.allow_credentials |= allow;
        self
    }

    /// Adds names of response headers that scripts may read beside the safelisted ones.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().expose_headers(["x-total-count"]);
    /// ```
    pub fn expose_headers(mut self, names: impl Into<Values>) -> Self {
        self.expose_headers.0.append(&mut names.into().0);
        self
    }

    /// How long browsers may cache a preflight's answer, in whole seconds or as a
    /// [`Duration`] (fractions are cut off). 0 turns the cache off; without it browsers keep an
    /// answer for 5 seconds. The shortest of several calls counts.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().max_age(3600);
    /// ```
    pub fn max_age(mut self, max_age: impl Seconds) -> Self {
        let seconds = max_age.seconds();
        self.max_age = Some(self.max_age.map_or(seconds, |other| other.min(seconds)));
        self
    }

    /// Status of a granted preflight, 200 to 299; 204 when not given. The lowest of several calls
    /// counts.
    ///
    /// ```
    /// # use {actix_web::http::StatusCode, cors_actix::Policy};
    /// let policy = Policy::builder().preflight_status(StatusCode::OK);
    /// ```
    pub fn preflight_status(mut self, status: StatusCode) -> Self {
        let status = status.as_u16();
        self.preflight_status =
            Some(self.preflight_status.map_or(status, |other| other.min(status)));
        self
    }

    /// Accepts plain `http://` origins other than loopback together with credentials, although
    /// whoever controls the network can then act as the user.
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
        self.danger_insecure_origins |= accept;
        self
    }

    /// Accepts wildcards over public suffixes together with credentials, although anyone who
    /// registers a name under one can then act as the user.
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
        self.danger_public_suffixes |= accept;
        self
    }

    /// Denies, with status 403 and before they reach a handler, requests and WebSocket handshakes
    /// from other origins that are not allowed. Same-origin requests pass: those with
    /// `Sec-Fetch-Site: same-origin` or `none`, else those whose `Origin` is the scheme, host and port
    /// that they are sent to.
    ///
    /// Behind a proxy, `X-Forwarded-Proto`, `X-Forwarded-Host`, `X-Forwarded-Port` and `Forwarded` tell
    /// these three. Pages must not be able to send such headers, so the policy cannot list them in
    /// [`allow_headers`](Self::allow_headers), and with `allow_headers(Any)` they are ignored. Nor can
    /// the policy allow [`Any`](crate::Any) origin, which leaves nothing to deny.
    ///
    /// The nearest policy decides: a request for an annotated route below the layer passes, and the
    /// route's own policy, with its own `enforce`, decides.
    ///
    /// This keeps browsers out, and no other client: CORS is no authentication.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).enforce(true);
    /// ```
    pub fn enforce(mut self, enforce: bool) -> Self {
        self.enforce |= enforce;
        self
    }

    /// Checks the policy and makes it ready. Advisories are logged as warnings.
    ///
    /// # Errors
    /// [`PolicyError`] with every fault of the policy.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(Policy::builder().allow_origins(["https://a.example/"]).build().is_err());
    /// ```
    pub fn build(&self) -> Result<Policy, PolicyError> {
        let [origins, methods, headers, exposed] =
            [&self.allow_origins, &self.allow_methods, &self.allow_headers, &self.expose_headers]
                .map(|values| values.0.iter().map(String::as_str).collect::<Vec<_>>());
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
            same_origin: false,
            enforce: self.enforce,
            predicate: !self.predicates.is_empty(),
        };
        let checked = spec.check().map_err(PolicyError::new)?;
        Ok(Policy(Repr::Ready(Arc::new(ReadyPolicy::new(checked, self.predicates.clone())))))
    }
}

/// A number of seconds or a [`Duration`].
///
/// ```
/// use cors_actix::Seconds;
///
/// assert_eq!(std::time::Duration::from_millis(2500).seconds(), 2);
/// ```
pub trait Seconds {
    /// The whole seconds.
    ///
    /// ```
    /// # use cors_actix::Seconds;
    /// assert_eq!(60.seconds(), 60);
    /// ```
    fn seconds(self) -> u64;
}

impl Seconds for u64 {
    fn seconds(self) -> u64 {
        self
    }
}

impl Seconds for Duration {
    fn seconds(self) -> u64 {
        self.as_secs()
    }
}

/// A policy with the header values that it answers with.
#[derive(Debug)]
pub(crate) struct ReadyPolicy {
    pub(crate) rules: Rules,
    pub(crate) methods: AllowedMethods,
    pub(crate) headers: Option<HeaderValue>,
    pub(crate) exposed: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
    pub(crate) status: StatusCode,
    pub(crate) predicates: Predicates,
}

impl ReadyPolicy {
    fn new(Checked { rules, advisories }: Checked, predicates: Predicates) -> Self {
        for advisory in advisories {
            log::warn!(target: "cors_actix", "{advisory}");
        }
        let status = rules.preflight_status.and_then(|status| StatusCode::from_u16(status).ok());
        ReadyPolicy {
            methods: AllowedMethods::of_layer(rules.methods.clone()),
            headers: list(
                rules.headers.any().then_some("*").into_iter().chain(rules.headers.listed()),
            ),
            exposed: list(
                rules.exposed.any().then_some("*").into_iter().chain(rules.exposed.listed()),
            ),
            max_age: rules.max_age.map(HeaderValue::from),
            status: status.unwrap_or(StatusCode::NO_CONTENT),
            predicates,
            rules,
        }
    }
}

/// Methods, with the list that a preflight is answered with.
#[derive(Debug)]
pub(crate) struct AllowedMethods {
    pub(crate) methods: Methods,
    pub(crate) list: Option<HeaderValue>,
}

impl AllowedMethods {
    fn of_layer(methods: Methods) -> Self {
        let list = if methods.any() {
            list(["*"])
        } else {
            list(["GET", "HEAD", "POST"].into_iter().chain(methods.listed()))
        };
        AllowedMethods { methods, list }
    }

    pub(crate) fn of_route(methods: &[&str]) -> Self {
        let methods: Methods = methods.iter().copied().collect();
        AllowedMethods { list: list(methods.listed()), methods }
    }
}

/// The items as one header value; `None` if there are none. Checked names always make a value.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Option<HeaderValue> {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() { None } else { HeaderValue::try_from(items.join(",")).ok() }
}
