//! Predicates: the user's code that decides on origins. A predicate is asked about well-formed origins that
//! no listed origin matches, and a predicate may fail.

use std::{
    fmt::{self, Display},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use actix_web::{dev::RequestHead, http::header::HeaderValue};
use cors_actix_core::Origin;
use futures_util::{FutureExt as _, future::LocalBoxFuture};

mod sealed {
    /// Converts the result of a predicate: `true` if the origin is allowed, or an error for the log.
    pub trait PredicateResult {
        fn into_result(self) -> Result<bool, String>;
    }
}

use self::sealed::PredicateResult;

/// The result of a predicate: a `bool`, or a `Result` of `bool` whose error denies the request. Sealed:
/// other types cannot implement this trait.
///
/// ```
/// use cors_actix::Policy;
///
/// let with_bool = Policy::builder().allow_origins_if(|origin, _head| origin.scheme() == "https");
/// let with_result = Policy::builder().allow_origins_if(|origin, _head| origin.host().parse::<bool>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the result of a predicate",
    label = "expected `bool`, or a `Result` of `bool` and an error that implements `Display`"
)]
pub trait IntoPredicateResult: PredicateResult {}

impl<T: PredicateResult> IntoPredicateResult for T {}

impl PredicateResult for bool {
    fn into_result(self) -> Result<bool, String> {
        Ok(self)
    }
}

impl<E: Display> PredicateResult for Result<bool, E> {
    fn into_result(self) -> Result<bool, String> {
        self.map_err(|error| error.to_string())
    }
}

type Now = dyn Fn(&Origin<'_>, &RequestHead) -> Result<bool, String> + Send + Sync;
type Later = dyn Fn(&Origin<'_>, &RequestHead) -> LocalBoxFuture<'static, Result<bool, String>>
    + Send
    + Sync;

/// The predicates of a policy, with the request headers that they read.
#[derive(Clone, Default)]
pub(crate) struct Predicates {
    now: Vec<Arc<Now>>,
    later: Vec<Arc<Later>>,
    pub(crate) reads: Vec<HeaderValue>,
}

/// The answer of a policy's predicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PredicateOutcome {
    Allow,
    Deny,
    Failed,
}

/// Compares predicates by identity: two closures are never equal.
impl PartialEq for Predicates {
    fn eq(&self, other: &Self) -> bool {
        let mut now = self.now.iter().zip(&other.now);
        let mut later = self.later.iter().zip(&other.later);
        self.now.len() == other.now.len()
            && self.later.len() == other.later.len()
            && self.reads == other.reads
            && now.all(|(one, other)| Arc::ptr_eq(one, other))
            && later.all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

impl Predicates {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.now.is_empty() && self.later.is_empty()
    }

    #[inline]
    pub(crate) fn is_async(&self) -> bool {
        !self.later.is_empty()
    }

    pub(crate) fn push<A: IntoPredicateResult>(
        &mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> A + Send + Sync + 'static,
    ) {
        self.now.push(Arc::new(move |origin, head| predicate(origin, head).into_result()));
    }

    pub(crate) fn push_async<F>(
        &mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output: IntoPredicateResult> + 'static,
    {
        self.later.push(Arc::new(move |origin, head| {
            predicate(origin, head).map(PredicateResult::into_result).boxed_local()
        }));
    }

    /// Asks the synchronous predicates, until one allows the origin.
    pub(crate) fn ask(&self, origin: &Origin<'_>, head: &RequestHead) -> PredicateOutcome {
        let mut asked = PredicateOutcome::Deny;
        for predicate in &self.now {
            let answer = catch_unwind(AssertUnwindSafe(|| predicate(origin, head)));
            match judge(origin.as_str(), answer) {
                PredicateOutcome::Allow => return PredicateOutcome::Allow,
                PredicateOutcome::Failed => asked = PredicateOutcome::Failed,
                PredicateOutcome::Deny => {}
            }
        }
        asked
    }

    /// Asks all predicates one after the other, synchronous predicates first. All asynchronous predicates are
    /// called before the first future is awaited, so that no future borrows the request.
    pub(crate) fn ask_async(
        &self,
        origin: &Origin<'_>,
        head: &RequestHead,
    ) -> impl Future<Output = PredicateOutcome> + 'static + use<> {
        let mut asked = self.ask(origin, head);
        let text = origin.as_str().to_owned();
        let started: Vec<_> = match asked {
            PredicateOutcome::Allow => Vec::new(),
            PredicateOutcome::Deny | PredicateOutcome::Failed => self
                .later
                .iter()
                .map(|predicate| catch_unwind(AssertUnwindSafe(|| predicate(origin, head))))
                .collect(),
        };
        async move {
            for future in started {
                let answer = match future {
                    Ok(future) => AssertUnwindSafe(future).catch_unwind().await,
                    Err(panic) => Err(panic),
                };
                match judge(&text, answer) {
                    PredicateOutcome::Allow => return PredicateOutcome::Allow,
                    PredicateOutcome::Failed => asked = PredicateOutcome::Failed,
                    PredicateOutcome::Deny => {}
                }
            }
            asked
        }
    }
}

/// Returns the outcome of one predicate. An error or a panic is logged, and the request is denied.
fn judge<P>(origin: &str, answer: Result<Result<bool, String>, P>) -> PredicateOutcome {
    let error = match answer {
        Ok(Ok(true)) => return PredicateOutcome::Allow,
        Ok(Ok(false)) => return PredicateOutcome::Deny,
        Ok(Err(error)) => error,
        Err(_) => "it panicked".to_owned(),
    };
    tracing::error!(target: "cors_actix", "the predicate on origin \"{origin}\" failed: {}", error.escape_debug());
    PredicateOutcome::Failed
}

impl fmt::Debug for Predicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predicates")
            .field("now", &self.now.len())
            .field("later", &self.later.len())
            .field("reads", &self.reads)
            .finish()
    }
}
