//! Origins that code decides on: asked last, about well-formed origins alone, and never trusted not
//! to fail.

use std::{
    fmt::{self, Display},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use actix_web::{dev::RequestHead, http::header::HeaderValue};
use cors_actix_core::Origin;
use futures_util::{FutureExt as _, future::LocalBoxFuture};

/// What a predicate makes of an origin: `bool`, or a `Result` of it whose error refuses.
///
/// ```
/// use cors_actix::Answer;
///
/// assert_eq!(true.answer(), Ok(true));
/// assert_eq!("no".parse::<bool>().answer().unwrap_err(), "provided string was not `true` or `false`");
/// ```
pub trait Answer {
    /// Whether the origin is allowed.
    ///
    /// # Errors
    /// What went wrong, for the log.
    ///
    /// ```
    /// # use cors_actix::Answer;
    /// assert_eq!(false.answer(), Ok(false));
    /// ```
    fn answer(self) -> Result<bool, String>;
}

impl Answer for bool {
    fn answer(self) -> Result<bool, String> {
        Ok(self)
    }
}

impl<E: Display> Answer for Result<bool, E> {
    fn answer(self) -> Result<bool, String> {
        self.map_err(|error| error.to_string())
    }
}

type Now = dyn Fn(&Origin<'_>, &RequestHead) -> Result<bool, String> + Send + Sync;
type Later = dyn Fn(&Origin<'_>, &RequestHead) -> LocalBoxFuture<'static, Result<bool, String>>
    + Send
    + Sync;

/// The predicates of a policy, and what they say they read.
#[derive(Clone, Default)]
pub(crate) struct Predicates {
    now: Vec<Arc<Now>>,
    later: Vec<Arc<Later>>,
    pub(crate) reads: Vec<HeaderValue>,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Allowed,
    Refused,
    Failed,
}

impl Predicates {
    pub(crate) fn is_empty(&self) -> bool {
        self.now.is_empty() && self.later.is_empty()
    }

    pub(crate) fn is_async(&self) -> bool {
        !self.later.is_empty()
    }

    pub(crate) fn push<A: Answer>(
        &mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> A + Send + Sync + 'static,
    ) {
        self.now.push(Arc::new(move |origin, head| predicate(origin, head).answer()));
    }

    pub(crate) fn push_async<F>(
        &mut self,
        predicate: impl Fn(&Origin<'_>, &RequestHead) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output: Answer> + 'static,
    {
        self.later.push(Arc::new(move |origin, head| {
            predicate(origin, head).map(Answer::answer).boxed_local()
        }));
    }

    /// Asks the predicates that answer at once, until one allows the origin.
    pub(crate) fn ask(&self, origin: &Origin<'_>, head: &RequestHead) -> Asked {
        let mut asked = Asked::Refused;
        for predicate in &self.now {
            let answer = catch_unwind(AssertUnwindSafe(|| predicate(origin, head)));
            match judge(origin.as_str(), answer) {
                Asked::Allowed => return Asked::Allowed,
                Asked::Failed => asked = Asked::Failed,
                Asked::Refused => {}
            }
        }
        asked
    }

    /// Asks all of them in turn, those that answer at once first. What the others need of the request
    /// they take before the first of them waits.
    pub(crate) fn ask_async(
        &self,
        origin: &Origin<'_>,
        head: &RequestHead,
    ) -> impl Future<Output = Asked> + 'static + use<> {
        let mut asked = self.ask(origin, head);
        let text = origin.as_str().to_owned();
        let started: Vec<_> = match asked {
            Asked::Allowed => Vec::new(),
            Asked::Refused | Asked::Failed => self
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
                    Asked::Allowed => return Asked::Allowed,
                    Asked::Failed => asked = Asked::Failed,
                    Asked::Refused => {}
                }
            }
            asked
        }
    }
}

/// An error or a panic refuses, and the service goes on.
fn judge<P>(origin: &str, answer: Result<Result<bool, String>, P>) -> Asked {
    let error = match answer {
        Ok(Ok(true)) => return Asked::Allowed,
        Ok(Ok(false)) => return Asked::Refused,
        Ok(Err(error)) => error,
        Err(_) => "it panicked".to_owned(),
    };
    log::error!(target: "cors_actix", "the predicate on origin \"{origin}\" failed: {}", error.escape_debug());
    Asked::Failed
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
