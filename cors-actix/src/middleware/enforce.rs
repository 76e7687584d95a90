//! The same-origin check of `enforce`, which lets requests of the service's own pages pass.

use actix_web::{
    dev::ServiceRequest,
    http::{
        header::{FORWARDED, HOST, HeaderMap, HeaderName},
        uri::Authority,
    },
};
use cors_actix_core::split_port;

use crate::outcomes::sole_origin;

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
static X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Returns `true` if a page of this service has sent the request. Such a request can have an `Origin`,
/// because browsers send `Origin` with every POST.
///
/// `Sec-Fetch-Site` decides, because no proxy changes it (Fetch Metadata, section 2.4). Without this header,
/// `Origin` is compared with the scheme, host and port that the request was sent to, as proxies report them.
/// With `believe_forwarded = false` the reports are ignored: a page that may send any header could forge
/// them.
pub(crate) fn is_same_origin(request: &ServiceRequest, believe_forwarded: bool) -> bool {
    if let Some(site) = request.headers().get(&SEC_FETCH_SITE) {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let origin = sole_origin(request.headers()).and_then(|origin| origin.to_str().ok());
    let Some((scheme, authority)) = origin.and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let (host, port) = split_port(authority);
    Target::of(request, believe_forwarded).is_some_and(|target| {
        target.scheme == scheme && target.host.eq_ignore_ascii_case(host) && target.port == port
    })
}

/// Returns the origin that the request was sent to, for a log line.
pub(crate) fn destination(request: &ServiceRequest, believe_forwarded: bool) -> String {
    match Target::of(request, believe_forwarded) {
        Some(Target { scheme, host, port: Some(port) }) => format!("{scheme}://{host}:{port}"),
        Some(Target { scheme, host, port: None }) => format!("{scheme}://{host}"),
        None => "of a scheme that is not known".to_owned(),
    }
}

/// The scheme, host and port that a request was sent to. The scheme's default port is left out.
struct Target<'r> {
    scheme: &'static str,
    host: &'r str,
    port: Option<&'r str>,
}

impl<'r> Target<'r> {
    /// Reads the headers. actix-web's `ConnectionInfo` is not used, because it would stay in the request,
    /// and inner middleware could no longer change the address.
    fn of(request: &'r ServiceRequest, believe_forwarded: bool) -> Option<Self> {
        let (headers, uri) = (request.headers(), request.uri());
        let config = request.app_config();
        let told = |name: &HeaderName| first(headers, name).filter(|_| believe_forwarded);
        let parameter = |name: &str| parameter(headers, name).filter(|_| believe_forwarded);

        let scheme = parameter("proto")
            .or_else(|| told(&X_FORWARDED_PROTO))
            .or_else(|| uri.scheme_str())
            .unwrap_or(if config.secure() { "https" } else { "http" });
        // Some proxies report `ws` for a WebSocket, but the origin is that of its page.
        let (scheme, default_port) = match &*scheme.to_ascii_lowercase() {
            "http" | "ws" => ("http", "80"),
            "https" | "wss" => ("https", "443"),
            _ => return None,
        };

        let (authority, forwarded_port) = match parameter("host") {
            Some(authority) => (authority, None),
            None => {
                let host = || headers.get(HOST)?.to_str().ok();
                let authority = told(&X_FORWARDED_HOST)
                    .or_else(host)
                    .or_else(|| uri.authority().map(Authority::as_str))
                    .unwrap_or_else(|| config.host());
                (authority, told(&X_FORWARDED_PORT))
            }
        };
        let (host, port) = split_port(authority);
        let forwarded_port = forwarded_port.filter(|port| port.parse::<u16>().is_ok());
        let port = forwarded_port.or(port).filter(|port| *port != default_port);
        Some(Target { scheme, host, port })
    }
}

/// Returns the first value of a list, which the proxy nearest to the browser wrote.
fn first<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Option<&'r str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim)
}

/// Returns the first value of a parameter of `Forwarded` (RFC 7239, section 4).
fn parameter<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    headers
        .get_all(FORWARDED)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split([',', ';']))
        .filter_map(|pair| pair.split_once('='))
        .find(|(other, _)| other.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_matches('"'))
}
