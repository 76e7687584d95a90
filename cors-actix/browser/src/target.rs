//! The targets of requests: a service within the test, a server at an address, or any other.

use std::{cell::RefCell, error::Error, future::Future, future::poll_fn, rc::Rc};

use actix_web::{
    HttpMessage as _,
    body::{self, BodySize, MessageBody},
    dev::{Service, ServiceResponse},
    http::{Method, Uri, header::HeaderName, header::HeaderValue},
    rt::net::TcpStream,
    test::TestRequest,
};
use futures_util::future::join;
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use url::Url;

use crate::exchange::{CORS_DENIED, Request, Response};

/// The place in the request's extensions into which cors-actix puts the reason for a denied preflight: the header
/// that `explain_denials` would add. Only code of the same process can make the place.
type Denial = Rc<RefCell<Option<(HeaderName, HeaderValue)>>>;

/// The error that kept a target from returning a response.
pub type SendError = Box<dyn Error + Send + Sync>;

/// A target of requests: the service of [`actix_web::test::init_service`], a [`Server`], or your own client.
///
/// All requests go to the target, whichever host the URL names. A target that represents several servers can
/// tell them apart by `Host`.
///
/// ```
/// use std::future::{Future, ready};
///
/// use cors_actix_browser::{Browser, Request, Response, SendError, Target};
///
/// struct Teapot;
///
/// impl Target for Teapot {
///     fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>> {
///         let origin = request.header("origin").unwrap_or_default();
///         ready(Ok(Response::new(418, [("access-control-allow-origin", origin)], "short and stout")))
///     }
/// }
///
/// # #[actix_web::main] async fn main() {
/// let seen = Browser::at("https://app.example.com").fetch(&Teapot, "/").await;
/// assert_eq!(seen.status(), 418);
/// # }
/// ```
pub trait Target {
    /// Returns the base of relative URLs. The default is `https://api.test`.
    fn base(&self) -> String {
        "https://api.test".to_owned()
    }

    /// Sends a request unchanged.
    ///
    /// # Errors
    /// If there is no response.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>>;
}

impl<S, B, E> Target for S
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = E>,
    B: MessageBody + 'static,
    E: Into<actix_web::Error>,
{
    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        // HTTP/2 sends scheme and host with the path, and browsers speak HTTP/2 over TLS only.
        let uri = match request.url.scheme() {
            "https" => request.url().to_owned(),
            _ => request.path_and_query(),
        };
        uri.parse::<Uri>()?;
        let mut built = TestRequest::with_uri(&uri)
            .method(Method::from_bytes(request.method().as_bytes())?)
            .peer_addr(([127, 0, 0, 1], 49152).into())
            .append_header(("host", request.host()));
        for (name, value) in request.headers() {
            let name = HeaderName::from_bytes(name.as_bytes())?;
            built = built.append_header((name, HeaderValue::from_bytes(value)?));
        }
        if !request.body().is_empty() {
            built = built.set_payload(request.body().to_vec());
        }
        let denial = Denial::default();
        let built = built.to_request();
        built.extensions_mut().insert(Denial::clone(&denial));
        let failed = |error: E| error.into().error_response();
        let response = match poll_fn(|context| self.poll_ready(context)).await {
            Ok(()) => match self.call(built).await {
                Ok(response) => response.into_parts().1.map_into_boxed_body(),
                Err(error) => failed(error),
            },
            Err(error) => failed(error),
        };
        let status = response.status().as_u16();
        let lines = response.headers().iter();
        let mut lines: Vec<_> =
            lines.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        // actix-http's encoder sets the header in the same way.
        if let BodySize::Sized(size) = response.body().size() {
            lines.retain(|(name, _)| name != "content-length");
            if !matches!(status, 100..=199 | 204 | 304) {
                lines.push(("content-length".to_owned(), size.to_string().into_bytes()));
            }
        }
        let body = body::to_bytes(response.into_body()).await.map_err(|error| error.to_string())?;
        let mut response = Response::new(status, lines, body);
        let denial = denial.take().filter(|(name, _)| name == CORS_DENIED);
        response.denial =
            denial.map(|(_, reason)| String::from_utf8_lossy(reason.as_bytes()).into_owned());
        Ok(response)
    }
}

/// A server at an address, in any language, reached over plain HTTP/1.1.
///
/// ```no_run
/// use cors_actix_browser::{Browser, Server};
///
/// # #[actix_web::main] async fn main() {
/// let server = Server::at("http://127.0.0.1:8080");
/// Browser::at("https://app.example.com").fetch(&server, "/items").await.assert_readable();
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a server is a target for `Browser::fetch`"]
pub struct Server {
    url: Url,
}

impl Server {
    /// Returns the server at the URL, which is also the base of relative URLs. Requests for other hosts go to
    /// the same address, with their own host in `Host`, as from a proxy in front of the server.
    ///
    /// ```
    /// # use cors_actix_browser::{Server, Target};
    /// assert_eq!(Server::at("http://localhost:8080").base(), "http://localhost:8080/");
    /// ```
    ///
    /// # Panics
    /// If `url` is not an `http` URL.
    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake in the test")]
    pub fn at(url: &str) -> Self {
        match Url::parse(url) {
            Ok(url) if url.scheme() == "http" => Server { url },
            _ => panic!("{url:?} is not the URL of a server: write as \"http://127.0.0.1:8080\""),
        }
    }
}

impl Target for Server {
    fn base(&self) -> String {
        self.url.to_string()
    }

    async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let mut built = hyper::Request::builder()
            .method(request.method())
            .uri(request.path_and_query())
            .header("host", request.host())
            .header("connection", "close");
        for (name, value) in request.headers() {
            built = built.header(name, value);
        }
        let built = built.body(Full::new(Bytes::copy_from_slice(request.body())))?;
        let addresses = self.url.socket_addrs(|| None)?;
        let stream = TcpStream::connect(addresses.as_slice()).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async move {
            let response = sender.send_request(built).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?.to_bytes();
            let lines = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            Ok(Response::new(head.status.as_u16(), lines, body))
        };
        // A connection that ends badly fails the exchange as well.
        join(exchange, connection).await.0
    }
}
