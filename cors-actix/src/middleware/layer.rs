//! A layer, and the state that it keeps from a request for the response.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use actix_web::{
    HttpRequest,
    dev::ServiceRequest,
    http::{Method, header::HeaderValue, uri::PathAndQuery},
};

use super::{
    config::LayerConfig,
    nesting::{self, Place, Presence},
    report::Reports,
    selection::{SelectedRoute, Selection},
};
use crate::{
    headers::{ActualHeaders, AllowOrigin},
    policy::CompiledPolicy,
    route::{RouteTable, registry},
};

/// A layer around a service.
#[derive(Debug)]
pub(crate) struct CorsLayer<S> {
    pub(super) service: S,
    pub(super) config: LayerConfig,
    /// The app's annotated routes, from the first request on.
    pub(super) routes: OnceCell<Rc<RouteTable>>,
    pub(super) presence: Presence,
    pub(super) reports: Reports,
}

impl<S> CorsLayer<S> {
    pub(super) fn routes(&self, request: &ServiceRequest) -> &RouteTable {
        self.routes.get_or_init(|| RouteTable::of(request.resource_map()))
    }

    /// Returns `true` if the thread has no other layer and no annotated route.
    #[inline]
    pub(super) fn is_alone(&self) -> bool {
        nesting::layers_alive() == 1 && registry::is_empty()
    }
}

/// The state that a layer keeps from a request for its response.
pub(crate) enum Kept {
    /// No other policy applies to the response.
    Alone {
        policy: Arc<CompiledPolicy>,
        allow_origin: AllowOrigin,
        /// The place of this layer in the cell of the request, if an outer layer has made a cell.
        place: Option<Place>,
    },
    /// The layer's own policy applies; routes of the app have policies of their own.
    Own {
        policy: Arc<CompiledPolicy>,
        allow_origin: AllowOrigin,
        arrived: Arrived,
    },
    /// The request is for an annotated route, which decides when the request gets there.
    Route {
        entry: usize,
        policy: Arc<CompiledPolicy>,
        /// `true` if no other annotated route could match the path.
        is_sole: bool,
        /// The request's `Origin`, if there is exactly one.
        origin: Option<HeaderValue>,
        arrived: Arrived,
    },
    AmongOthers(Box<KeptAmongOthers>),
}

/// The method and the path of a request when it came to a layer. If they differ later, middleware has
/// rewritten the request.
pub(crate) struct Arrived {
    pub(super) method: Method,
    pub(super) path: Option<PathAndQuery>,
    pub(super) path_length: usize,
}

impl Arrived {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        Arrived {
            method: request.method().clone(),
            path: request.uri().path_and_query().cloned(),
            path_length: request.match_info().as_str().len(),
        }
    }

    pub(super) fn is(&self, request: &HttpRequest) -> bool {
        *request.method() == self.method
            && request.match_info().as_str().len() == self.path_length
            && request.uri().path_and_query() == self.path.as_ref()
    }
}

pub(crate) struct KeptAmongOthers {
    pub(super) place: Place,
    /// The headers of the layer's own policy.
    pub(super) own: ActualHeaders,
    /// The headers of a response from middleware in front of the code that the request is for.
    pub(super) in_front: ActualHeaders,
    pub(super) route: Option<SelectedRoute>,
    pub(super) arrived: Arrived,
}

/// A request that waits for asynchronous predicates.
pub(crate) struct Waiting {
    pub(super) request: ServiceRequest,
    pub(super) selection: Selection,
    /// `None` for a preflight.
    pub(super) place: Option<Place>,
}
