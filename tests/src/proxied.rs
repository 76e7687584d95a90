//! Middleware that learns the client's address from a proxy, and a handler that tells the address:
//! wrong if a layer outside has made actix-web remember the address before.

use actix_web::{
    Error, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

/// The address that [`correct`] learns.
pub const ADDRESS: &str = "10.0.0.1";

/// Overwrites what the client says of its address.
///
/// # Errors
/// Those of the service inside.
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
