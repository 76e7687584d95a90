//! The requests that generated apps are asked, and what guards and middleware read in them.

use std::fmt;

use actix_web::{
    dev::RequestHead,
    guard::GuardContext,
    http::header::{ACCEPT, ACCESS_CONTROL_REQUEST_HEADERS, AUTHORIZATION, HOST},
    test::TestRequest,
};
use cors_actix_tests::{
    Response,
    local::{self, Local},
};

use crate::trace::{self, Maker, Trace};

/// A value of `Accept` that guards look for. A page may send it without a preflight, and no preflight
/// carries it.
const FLAG: &str = "text/flag";

/// `true` if the request is one that guards on headers let through.
pub(crate) fn is_flagged(context: &GuardContext<'_>) -> bool {
    context.head().headers().get(ACCEPT).is_some_and(|accept| accept == FLAG)
}

/// `true` if the request is one that authentication lets through.
pub(crate) fn has_token(head: &RequestHead) -> bool {
    head.headers().contains_key(AUTHORIZATION)
}

/// A URL, as a browser knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: &'static str,
    pub(crate) path: String,
}

/// What an actual request may carry that its preflight does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) has_flag: bool,
    pub(crate) has_token: bool,
}

impl Extras {
    /// Without token first: what an answer teaches a layer, it has learnt before preflights come.
    pub(crate) const ALL: [Extras; 4] = [
        Extras { has_flag: false, has_token: false },
        Extras { has_flag: true, has_token: false },
        Extras { has_flag: false, has_token: true },
        Extras { has_flag: true, has_token: true },
    ];
}

/// A response, and the way of its request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) trace: Trace,
}

impl Answer {
    pub(crate) fn is_by_middleware(&self) -> bool {
        matches!(self.trace.maker, Some(Maker::Middleware { .. }))
    }

    pub(crate) fn is_error(&self) -> bool {
        self.response.status >= 400
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let maker = match &self.trace.maker {
            Some(Maker::Annotated(name)) => format!("the annotated handler {name}"),
            Some(Maker::Plain) => "code without annotation".to_owned(),
            Some(Maker::Middleware { .. }) => "middleware".to_owned(),
            None => "none of the app's own code".to_owned(),
        };
        let status = self.response.status;
        write!(f, "{status} {:?}, made by {maker}", self.response.cors_lines())
    }
}

/// Sends an actual request.
pub(crate) async fn actual(
    app: &Local,
    target: &Target,
    method: &str,
    origin: Option<&str>,
    extras: Extras,
) -> Answer {
    let mut request = local::actual(method, &target.path, origin);
    if extras.has_flag {
        request = request.insert_header((ACCEPT, FLAG));
    }
    if extras.has_token {
        request = request.insert_header((AUTHORIZATION, "token"));
    }
    send(app, target, request).await
}

/// Sends a preflight, as browsers do.
pub(crate) async fn preflight(
    app: &Local,
    target: &Target,
    method: &str,
    origin: &str,
    header: Option<&str>,
) -> Answer {
    let mut request = local::preflight(&target.path, origin, method).insert_header((ACCEPT, "*/*"));
    if let Some(header) = header {
        request = request.insert_header((ACCESS_CONTROL_REQUEST_HEADERS, header));
    }
    send(app, target, request).await
}

async fn send(app: &Local, target: &Target, request: TestRequest) -> Answer {
    trace::begin();
    let response = app.send(request.insert_header((HOST, target.host))).await;
    Answer { response, trace: trace::end() }
}
