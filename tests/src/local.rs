//! An app that gets its requests without sockets. Thousands of such apps are as fast as a few servers, and
//! the requests can have headers that no client could send.

use std::{fmt, rc::Rc};

use actix_web::{
    HttpMessage as _, HttpResponse, body,
    dev::{AppConfig, Service, ServiceFactory},
    http::{
        Method,
        header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN},
    },
    test::TestRequest,
};
use futures_util::future::{FutureExt as _, LocalBoxFuture};

use crate::{
    client::{Line, Response},
    erased::{Erase, ErasedApp},
};

type Ask = dyn Fn(TestRequest) -> LocalBoxFuture<'static, Response>;

/// An app on this thread.
pub struct Local {
    ask: Box<Ask>,
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}

impl Local {
    /// Starts the app.
    pub async fn start(app: impl Erase) -> Self {
        Self::try_start(app).await.expect("the app starts")
    }

    /// Starts the app. Returns `None` if one of its services fails to start.
    pub async fn try_start(app: impl Erase) -> Option<Self> {
        Self::of(app.erase()).await
    }

    async fn of(app: ErasedApp) -> Option<Self> {
        let service = app.new_service(AppConfig::default()).await.ok()?;
        let service = Rc::new(service);
        Some(Local {
            ask: Box::new(move |request| {
                let service = Rc::clone(&service);
                async move {
                    let request = request.to_request();
                    let described =
                        format!("{} {} {:?}", request.method(), request.uri(), request.headers());
                    let response = match service.call(request).await {
                        Ok(response) => response.into_parts().1,
                        // The server makes the response in the same way.
                        Err(error) => error.error_response(),
                    };
                    read(described, response).await
                }
                .boxed_local()
            }),
        })
    }

    /// Sends a request to the app.
    pub async fn send(&self, request: TestRequest) -> Response {
        (self.ask)(request).await
    }
}

async fn read(request: String, response: HttpResponse) -> Response {
    let lines = response.headers().iter().map(|(name, value)| Line {
        name: name.as_str().to_owned(),
        value: value.as_bytes().escape_ascii().to_string(),
    });
    let (status, lines) = (response.status().as_u16(), lines.collect());
    let body = body::to_bytes(response.into_body()).await.expect("the body can be read");
    Response { request, status, lines, body: body.to_vec() }
}

/// Makes an actual request, with or without an origin.
///
/// # Panics
/// If `method` is not a method.
pub fn actual(method: &str, target: &str, origin: Option<&str>) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).expect("the method is one");
    let request = TestRequest::with_uri(target).method(method);
    match origin {
        Some(origin) => request.insert_header((ORIGIN, origin)),
        None => request,
    }
}

/// Makes a preflight.
pub fn preflight(target: &str, origin: &str, method: &str) -> TestRequest {
    actual("OPTIONS", target, Some(origin)).insert_header((ACCESS_CONTROL_REQUEST_METHOD, method))
}
