//! The requests to generated apps, and the headers that guards and middleware read.

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

/// The value of `Accept` that guards accept. A page may send the value without a preflight, and no preflight
/// carries it.
const FLAG: &str = "text/flag";

/// Returns `true` if guards on headers accept the request.
pub(crate) fn is_flagged(context: &GuardContext<'_>) -> bool {
    context.head().headers().get(ACCEPT).is_some_and(|accept| accept == FLAG)
}

/// Returns `true` if authentication accepts the request.
pub(crate) fn has_token(head: &RequestHead) -> bool {
    head.headers().contains_key(AUTHORIZATION)
}

/// A URL, as a browser stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: &'static str,
    pub(crate) path: String,
}

/// The headers that an actual request may carry and its preflight does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) has_flag: bool,
    pub(crate) has_token: bool,
}

impl Extras {
    /// All combinations. Requests without a token come first, so that layers learn from their answers before the
    /// preflights.
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
