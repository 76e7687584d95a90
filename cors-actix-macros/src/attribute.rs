//! Recognizes the attributes of actix-web and of this crate by the last segment of their paths.

use proc_macro2::TokenStream;
use syn::{Attribute, LitStr, parse::ParseStream};

const METHODS: [&str; 10] =
    ["get", "post", "put", "delete", "head", "connect", "options", "trace", "patch", "query"];

/// Returns `true` if the attribute is a route attribute or `#[routes]`.
pub(crate) fn is_route(attribute: &Attribute) -> bool {
    is_route_with_path(attribute) || is_routes(attribute)
}

/// Returns `true` if the attribute has the name of a route attribute, and a string as its first
/// argument.
pub(crate) fn is_route_with_path(attribute: &Attribute) -> bool {
    is_route_name(&name(attribute)) && first_text(attribute).is_some()
}

/// Returns `true` if the attribute has the name of a route attribute, and is of actix-web or imported.
pub(crate) fn may_be_route_without_path(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let of_actix_web = path.segments.first().is_some_and(|first| first.ident == "actix_web");
    is_route_name(&name(attribute)) && (path.get_ident().is_some() || of_actix_web)
}

/// Returns `true` if actix-web has a route attribute of that name.
pub(crate) fn is_route_name(name: &str) -> bool {
    METHODS.contains(&name) || name == "route"
}

/// Returns `true` for `#[routes]`, which stands above the route attributes of a handler.
pub(crate) fn is_routes(attribute: &Attribute) -> bool {
    name(attribute) == "routes" && attribute.meta.require_path_only().is_ok()
}

/// Returns `true` for `#[cors]`.
pub(crate) fn is_cors(attribute: &Attribute) -> bool {
    name(attribute) == "cors"
}

/// Returns `true` for the attribute that `#[cors]` on a module puts on handlers.
pub(crate) fn is_of_module(attribute: &Attribute) -> bool {
    name(attribute) == "of_module"
}

/// Returns `true` for `#[utoipa::path]`.
pub(crate) fn is_utoipa_path(attribute: &Attribute) -> bool {
    let mut segments = attribute.path().segments.iter().rev().map(|segment| &segment.ident);
    segments.next().is_some_and(|last| last == "path")
        && segments.next().is_some_and(|module| module == "utoipa")
}

/// Returns the last segment of the attribute's path: `get` of `actix_web::get`.
pub(crate) fn name(attribute: &Attribute) -> String {
    let last = attribute.path().segments.last();
    last.map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// Returns the first argument of the attribute if it is a string.
pub(crate) fn first_text(attribute: &Attribute) -> Option<LitStr> {
    let first = |input: ParseStream<'_>| {
        let text = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(text)
    };
    attribute.parse_args_with(first).ok()
}
