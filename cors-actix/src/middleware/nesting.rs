//! What the layers around one request tell each other.
//!
//! There is one channel: a cell in the request's extensions. The outermost layer that is not known to
//! be alone makes it and keeps it until the response or the error comes back; so what an inner layer
//! has decided holds also for a response or an error that middleware between them puts in place of
//! another.

use std::{
    cell::{Cell, RefCell},
    panic::Location,
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::{RequestHead, ServiceRequest},
    http::Method,
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use crate::{
    decision, headers::AllowOrigin, policy::CompiledPolicy, predicate::PredicateOutcome,
    route::RegistrationId,
};

thread_local! {
    /// Where the layers of this thread that are alive were made, those of routes apart.
    static LAYERS: RefCell<Vec<&'static Location<'static>>> = const { RefCell::new(Vec::new()) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Counts a layer in, on its thread, for as long as it is kept.
#[derive(Debug)]
pub(crate) struct Presence(&'static Location<'static>);

impl Presence {
    pub(crate) fn new(location: &'static Location<'static>) -> Self {
        LAYERS.with_borrow_mut(|layers| layers.push(location));
        COUNT.set(COUNT.get() + 1);
        Presence(location)
    }

    /// Returns where another layer was made that is not another one of this very place, as the workers'
    /// and the listeners' are.
    pub(crate) fn other(&self) -> Option<&'static Location<'static>> {
        LAYERS.with_borrow(|layers| layers.iter().copied().find(|other| *other != self.0))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // The thread may be ending.
        let _ = COUNT.try_with(|count| count.set(count.get().saturating_sub(1)));
        let _ = LAYERS.try_with(|layers| {
            if let Ok(mut layers) = layers.try_borrow_mut()
                && let Some(at) = layers.iter().position(|other| *other == self.0)
            {
                layers.swap_remove(at);
            }
        });
    }
}

/// Returns the number of layers on this thread, those of routes apart.
#[inline]
pub(crate) fn layers_alive() -> usize {
    COUNT.get()
}

/// What the layers around one request know of each other.
#[derive(Debug)]
pub(crate) struct RequestCell {
    /// The method with which the request came to the outermost layer.
    pub(crate) method: Method,
    /// Whether the outermost layer has put its own policy in force for the request, and it denies.
    pub(crate) outer_denies: Cell<bool>,
    /// How many layers the request has come to.
    entered: Cell<u32>,
    /// The last decision, and the number of the layer that made it.
    decided: Cell<Option<(u32, Decided)>>,
    /// The last layer inside of another, those of routes apart.
    pub(crate) inner_layer: Cell<Option<&'static Location<'static>>>,
    /// The annotated route that the request has come to.
    pub(crate) reached: Cell<Option<RegistrationId>>,
    pub(crate) outcomes: Outcomes,
}

/// A layer's decision on the request's origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided {
    pub(crate) is_allowed: bool,
    /// Whether another origin could have another decision.
    pub(crate) varies: bool,
}

impl From<&AllowOrigin> for Decided {
    fn from(allowed: &AllowOrigin) -> Self {
        let varies = !matches!(allowed, AllowOrigin::Any);
        Decided { is_allowed: allowed.is_allowed(), varies }
    }
}

/// Marks the response of an error that an annotated route has denied, for an outer layer that has made
/// no cell.
pub(crate) struct Denied;

impl RequestCell {
    /// Returns the last decision.
    pub(crate) fn decided(&self) -> Option<Decided> {
        self.decided.get().map(|(_, decided)| decided)
    }
}

/// A layer's own place among those around a request.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) cell: Rc<RequestCell>,
    number: u32,
}

impl Place {
    /// Takes a place inside the layers that the request has come through, or the first.
    pub(crate) fn take(request: &ServiceRequest) -> Self {
        let known = request.extensions().get::<Rc<RequestCell>>().cloned();
        let cell = known.unwrap_or_else(|| {
            let cell = Rc::new(RequestCell {
                method: request.method().clone(),
                outer_denies: Cell::new(false),
                entered: Cell::new(0),
                decided: Cell::new(None),
                inner_layer: Cell::new(None),
                reached: Cell::new(None),
                outcomes: Outcomes::default(),
            });
            request.extensions_mut().insert(Rc::clone(&cell));
            cell
        });
        Place::inside(cell)
    }

    /// Takes a place inside the layers that the request has come through, if there are any.
    #[inline]
    pub(crate) fn take_inside(request: &ServiceRequest) -> Option<Self> {
        let cell = request.extensions().get::<Rc<RequestCell>>().cloned()?;
        Some(Place::inside(cell))
    }

    fn inside(cell: Rc<RequestCell>) -> Self {
        let number = cell.entered.get();
        cell.entered.set(number + 1);
        Place { cell, number }
    }

    pub(crate) fn is_outermost(&self) -> bool {
        self.number == 0
    }

    /// Says what this layer makes of the origin, on the way in, so that a layer inside of it may say
    /// otherwise; or, on the way out, that it has left a response to the code that decided by itself.
    pub(crate) fn decide(&self, allowed: &AllowOrigin) {
        self.cell.decided.set(Some((self.number, allowed.into())));
    }

    /// Returns what a layer inside of this one has decided, if one has.
    pub(crate) fn decided_inside(&self) -> Option<Decided> {
        let (by, decided) = self.cell.decided.get()?;
        (by > self.number).then_some(decided)
    }

    /// Leaves the request as it was before the outermost layer.
    pub(crate) fn leave(&self, request: &HttpRequest) {
        if self.is_outermost() {
            request.extensions_mut().remove::<Rc<RequestCell>>();
        }
    }
}

/// What asynchronous predicates have answered.
pub(crate) type Answers = Vec<(Arc<CompiledPolicy>, PredicateOutcome)>;

/// What the predicates of policies have answered for one request, so that each is asked once.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    known: RefCell<Vec<(Arc<CompiledPolicy>, PredicateOutcome)>>,
}

impl Outcomes {
    /// Returns what the predicates of the policy say, if it has any and the origin is theirs to decide.
    /// Those that answer at once are asked here.
    pub(crate) fn of(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
    ) -> Option<PredicateOutcome> {
        if policy.predicates.is_empty() {
            return None;
        }
        if let Some(known) = self.known(policy) {
            return Some(known);
        }
        let origin = decision::unlisted(policy, head)?;
        let outcome = policy.predicates.ask(&origin, head);
        self.add(policy, outcome);
        Some(outcome)
    }

    fn known(&self, policy: &Arc<CompiledPolicy>) -> Option<PredicateOutcome> {
        let known = self.known.borrow();
        let known = known.iter().find(|(other, _)| Arc::ptr_eq(other, policy));
        known.map(|(_, outcome)| *outcome)
    }

    fn add(&self, policy: &Arc<CompiledPolicy>, outcome: PredicateOutcome) {
        self.known.borrow_mut().push((Arc::clone(policy), outcome));
    }

    /// Returns the question to the asynchronous predicates among these policies that are still to be
    /// asked, if there are any.
    pub(crate) fn ask<'a>(
        &self,
        policies: impl Iterator<Item = &'a Arc<CompiledPolicy>>,
        head: &RequestHead,
    ) -> Option<LocalBoxFuture<'static, Answers>> {
        let mut asked: Vec<(Arc<CompiledPolicy>, _)> = Vec::new();
        for policy in policies.filter(|policy| policy.predicates.is_async()) {
            if self.known(policy).is_some()
                || asked.iter().any(|(other, _)| Arc::ptr_eq(other, policy))
            {
                continue;
            }
            if let Some(origin) = decision::unlisted(policy, head) {
                asked.push((Arc::clone(policy), policy.predicates.ask_async(&origin, head)));
            }
        }
        if asked.is_empty() {
            return None;
        }
        let answers = async move {
            let mut outcomes = Vec::with_capacity(asked.len());
            for (policy, outcome) in asked {
                outcomes.push((policy, outcome.await));
            }
            outcomes
        };
        Some(answers.boxed_local())
    }

    pub(crate) fn extend(&self, answers: Answers) {
        for (policy, outcome) in answers {
            self.add(&policy, outcome);
        }
    }
}
