//! Middleware that takes the client's address from a proxy, and a handler that answers with the address. The
//! address is wrong if an outer layer has made actix-web remember the address before.

use actix_web::{
    Error, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

/// The address that [`correct`] sets.
pub const ADDRESS: &str = "10.0.0.1";

/// Overwrites the address that the client has sent.
///
/// # Errors
/// The errors of the inner service.
pub async fn correct(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let name = HeaderName::from_static("x-forwarded-for");
    request.headers_mut().insert(name, HeaderValue::from_static(ADDRESS));
    next.call(request).await
}

/// Answers with the client's address.
pub async fn address(request: HttpRequest) -> String {
    request.connection_info().realip_remote_addr().unwrap_or_default().to_owned()
}
