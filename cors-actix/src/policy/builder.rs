//! Builds a policy at run time.

use actix_web::{
    dev::RequestHead,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use cors_actix_core::Origin;

use super::{
    lists::{
        PolicyList,
        list::{HeaderNames, Methods, Origins},
    },
    seconds::Seconds,
    value::Policy,
};
use crate::predicate::{IntoPredicateResult, Predicates};

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
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    pub(super) allow_origins: Vec<String>,
    pub(super) allow_methods: Vec<String>,
    pub(super) allow_headers: Vec<String>,
    pub(super) allow_credentials: bool,
    pub(super) expose_headers: Vec<String>,
    pub(super) max_age: Option<u64>,
    pub(super) preflight_status: Option<u16>,
    pub(super) timing_allow_origin: bool,
    pub(super) danger_insecure_origins: bool,
    pub(super) danger_public_suffixes: bool,
    pub(super) same_origin: bool,
    pub(super) enforce: bool,
    pub(super) predicates: Predicates,
    pub(super) written_at: Option<String>,
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
    /// The request waits as long as the future does, so give it a timeout. A client that leaves does not always
    /// end the wait: actix-web drops the request on HTTP/1.1 only without
    /// [`h1_allow_half_closed`](actix_web::HttpServer::h1_allow_half_closed), and on HTTP/2 not at all.
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

    /// Adds names of request headers. `"x-acme-*"` allows all names with that prefix; the response to a
    /// preflight then lists the requested names. [`Any`](crate::Any) covers all names except `authorization`,
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

    /// Lets pages of allowed origins read the detailed timing of responses: responses get a
    /// `Timing-Allow-Origin` with the value of `Access-Control-Allow-Origin` (Resource Timing, "timing allow
    /// check").
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).timing_allow_origin(true);
    /// ```
    pub fn timing_allow_origin(mut self, allow: bool) -> Self {
        self.timing_allow_origin = allow;
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

    /// Names the location where the policy is written, such as a file and a key in it. Messages about the
    /// policy contain this text. Without this call, they contain the file and line that call
    /// [`build`](Self::build).
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let error = Policy::builder().written_at("cors.toml: public").build().unwrap_err();
    /// assert!(error.to_string().starts_with("the CORS policy at cors.toml: public has 1 problem:"));
    /// ```
    pub fn written_at(mut self, location: impl Into<String>) -> Self {
        self.written_at = Some(location.into());
        self
    }
}
