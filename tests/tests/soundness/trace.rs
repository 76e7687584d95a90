//! Records the way of a request on this thread: the layers that it entered, and the code that made the answer. So
//! the test needs no model of the router.

use std::{cell::RefCell, rc::Rc};

use crate::tree::Layer;

thread_local! {
    static TRACE: RefCell<Trace> = RefCell::default();
}

/// The code that made an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The annotated handler of this name.
    Annotated(&'static str),
    /// An unannotated handler or default service.
    Plain,
    /// Middleware of the app.
    Middleware {
        /// The answer that the middleware has replaced, if any.
        replaced: Option<Box<Trace>>,
    },
}

/// A layer that the request entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entered {
    pub(crate) layer: Rc<Layer>,
    /// The path as the router has read it at the layer.
    pub(crate) path: String,
}

/// The way of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    /// The layers around the code that made the answer, outermost first.
    pub(crate) layers: Vec<Entered>,
    /// The code that made the answer. `None` means actix-web, a file service or a layer.
    pub(crate) maker: Option<Maker>,
    /// The path as the router has read it last.
    pub(crate) path: String,
    /// `true` if a handler or default service ran.
    pub(crate) has_run: bool,
}

/// Begins the trace of a request.
pub(crate) fn begin() {
    TRACE.take();
}

/// Ends the trace of a request.
pub(crate) fn end() -> Trace {
    TRACE.take()
}

/// Records that the request is about to enter the layer.
pub(crate) fn enter(layer: &Rc<Layer>, path: &str) {
    TRACE.with_borrow_mut(|trace| {
        trace.layers.push(Entered { layer: Rc::clone(layer), path: path.to_owned() });
        trace.path = path.to_owned();
    });
}

/// Records the handler or default service that answers.
pub(crate) fn answer(maker: Maker, path: &str) {
    TRACE.with_borrow_mut(|trace| {
        trace.maker = Some(maker);
        trace.path = path.to_owned();
        trace.has_run = true;
    });
}

/// Records that middleware in `wrap` of an annotated handler answers.
pub(crate) fn answer_for(handler: &'static str, path: &str) {
    TRACE.with_borrow_mut(|trace| {
        trace.maker = Some(Maker::Annotated(handler));
        trace.path = path.to_owned();
    });
}

/// Records that middleware answers instead of forwarding the request.
pub(crate) fn answer_in_front(path: &str) {
    TRACE.with_borrow_mut(|trace| {
        trace.maker = Some(Maker::Middleware { replaced: None });
        trace.path = path.to_owned();
    });
}

/// Returns the number of layers around the code that calls this function on the way in.
pub(crate) fn depth() -> usize {
    TRACE.with_borrow(|trace| trace.layers.len())
}

/// Records that middleware inside of `depth` layers replaces the inner answer.
pub(crate) fn replace(depth: usize) {
    TRACE.with_borrow_mut(|trace| {
        let replaced = trace.clone();
        trace.layers.truncate(depth);
        trace.maker = Some(Maker::Middleware { replaced: Some(Box::new(replaced)) });
    });
}
