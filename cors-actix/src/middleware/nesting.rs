//! The channel between the layers around one request.
//!
//! The channel is a cell in the request's extensions. The outermost layer that is not known to be alone
//! makes the cell, and keeps it until the response or the error comes back. So a decision of an inner
//! layer also applies if middleware between the layers replaces the response or the error.

use std::{
    cell::{Cell, RefCell},
    panic::Location,
    rc::Rc,
};

use super::config::LayerConfig;
use crate::{headers::AllowOrigin, outcomes::Outcomes, route::RegistrationId};
use actix_web::{HttpMessage as _, HttpRequest, dev::ServiceRequest, http::Method};

thread_local! {
    /// The living layers of this thread, without those of annotated routes.
    static LAYERS: RefCell<Vec<Rc<LivingLayer>>> = const { RefCell::new(Vec::new()) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// A layer that is alive.
#[derive(Debug)]
pub(crate) struct LivingLayer {
    pub(crate) config: LayerConfig,
    /// `true` if a request has shown that the layer is outside of the router.
    #[cfg(feature = "inspector")]
    pub(crate) is_around_app: Cell<bool>,
}

/// Counts a layer on its thread while the layer is alive.
#[derive(Debug)]
pub(crate) struct Presence(Rc<LivingLayer>);

impl Presence {
    pub(crate) fn new(config: &LayerConfig) -> Self {
        let layer = LivingLayer {
            config: config.clone(),
            #[cfg(feature = "inspector")]
            is_around_app: Cell::new(false),
        };
        let layer = Rc::new(layer);
        LAYERS.with_borrow_mut(|layers| layers.push(Rc::clone(&layer)));
        COUNT.set(COUNT.get() + 1);
        Presence(layer)
    }

    /// Returns the source location of another layer. Layers of the same location are skipped, because each
    /// worker and each listener makes a layer from one `Cors::new`.
    pub(crate) fn other(&self) -> Option<&'static Location<'static>> {
        let own = self.0.config.location;
        LAYERS.with_borrow(|layers| {
            let mut locations = layers.iter().map(|layer| layer.config.location);
            locations.find(|other| *other != own)
        })
    }

    /// Remembers that a request has come to the layer in front of the router.
    #[cfg(feature = "inspector")]
    #[inline]
    pub(crate) fn is_around_app(&self) {
        self.0.is_around_app.set(true);
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // The thread may be ending.
        let _ = COUNT.try_with(|count| count.set(count.get().saturating_sub(1)));
        let _ = LAYERS.try_with(|layers| {
            if let Ok(mut layers) = layers.try_borrow_mut() {
                layers.retain(|other| !Rc::ptr_eq(other, &self.0));
            }
        });
    }
}

/// Returns the living layers of this thread in the order in which they were made: inner layers first.
pub(crate) fn layers() -> Vec<Rc<LivingLayer>> {
    LAYERS.with_borrow(Vec::clone)
}

/// Returns the number of layers on this thread, without those of annotated routes.
#[inline]
pub(crate) fn layers_alive() -> usize {
    COUNT.get()
}

/// The state that the layers around one request share.
#[derive(Debug)]
pub(crate) struct RequestCell {
    /// The method with which the request came to the outermost layer.
    pub(crate) method: Method,
    /// `true` if the outermost layer enforces its own policy, and the policy denies the request.
    pub(crate) outer_denies: Cell<bool>,
    /// The number of layers that the request has come to.
    entered: Cell<u32>,
    /// The last decision, and the number of the layer that made it.
    decided: Cell<Option<(u32, Decided)>>,
    /// The source location of the last inner layer, without those of annotated routes.
    pub(crate) inner_layer: Cell<Option<&'static Location<'static>>>,
    /// The annotated route that the request has come to.
    pub(crate) reached: Cell<Option<RegistrationId>>,
    pub(crate) outcomes: Outcomes,
}

/// A layer's decision on the request's origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided {
    pub(crate) is_allowed: bool,
    /// `true` if the decision depends on the origin.
    pub(crate) varies: bool,
}

impl From<&AllowOrigin> for Decided {
    fn from(allowed: &AllowOrigin) -> Self {
        let varies = !matches!(allowed, AllowOrigin::Any);
        Decided { is_allowed: allowed.is_allowed(), varies }
    }
}

/// A mark on the response of an error that an annotated route has denied, for an outer layer that has made
/// no cell.
pub(crate) struct Denied;

impl RequestCell {
    /// Returns the last decision.
    pub(crate) fn decided(&self) -> Option<Decided> {
        self.decided.get().map(|(_, decided)| decided)
    }
}

/// The place of a layer among the layers around a request.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) cell: Rc<RequestCell>,
    number: u32,
}

impl Place {
    /// Takes the next place inside the layers that the request has come through, or the outermost place if
    /// there are no such layers.
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

    /// Takes the next place inside the layers that the request has come through. Returns `None` if there are
    /// no such layers.
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

    /// Records the decision of this layer on the origin. On the way in, an inner layer can replace the
    /// decision. On the way out, the recorded decision is that the response stays as it is, because a
    /// handler has set the headers itself.
    pub(crate) fn decide(&self, decided: impl Into<Decided>) {
        self.cell.decided.set(Some((self.number, decided.into())));
    }

    /// Returns the decision of an inner layer, if there is one.
    pub(crate) fn decided_inside(&self) -> Option<Decided> {
        let (by, decided) = self.cell.decided.get()?;
        (by > self.number).then_some(decided)
    }

    /// Removes the cell if this layer is the outermost.
    pub(crate) fn leave(&self, request: &HttpRequest) {
        if self.is_outermost() {
            request.extensions_mut().remove::<Rc<RequestCell>>();
        }
    }
}
