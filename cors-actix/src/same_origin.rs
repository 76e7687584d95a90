use actix_web::{
    HttpMessage as _,
    dev::{ConnectionInfo, ServiceRequest},
    http::header::{HeaderName, HeaderValue, ORIGIN},
};

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a page of this very service has sent the request, `Origin` and all (browsers send it with
/// every POST). `Sec-Fetch-Site` tells, whatever proxies are in between (Fetch Metadata, section
/// 2.4); without it, the scheme and host that the request was sent to, forwarded or not.
pub(crate) fn is_same_origin(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    if let Some(site) = headers.get(&SEC_FETCH_SITE) {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let mut origins = headers.get_all(&ORIGIN);
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    let was_known = request.extensions().contains::<ConnectionInfo>();
    let is_same = is_sent_to(origin, &request.connection_info());
    if !was_known {
        // actix-web keeps it in the request, where it would hide from middleware below what that
        // middleware corrects.
        request.extensions_mut().remove::<ConnectionInfo>();
    }
    is_same
}

fn is_sent_to(origin: &HeaderValue, sent_to: &ConnectionInfo) -> bool {
    let host = match sent_to.scheme() {
        "https" => sent_to.host().strip_suffix(":443"),
        "http" => sent_to.host().strip_suffix(":80"),
        _ => None,
    };
    let host = host.unwrap_or(sent_to.host());
    origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix(sent_to.scheme())?.strip_prefix("://"))
        .is_some_and(|origin| origin.eq_ignore_ascii_case(host))
}
