//! Reads a handler function under `#[cors]`.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{Attribute, Error, Token, Visibility};

use crate::{
    attribute,
    errors::or_errors,
    item::Item,
    route::{self, Route},
    source::{self, CallSite},
};

/// A handler, with its attributes sorted by their use.
pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) route_attributes: Vec<Attribute>,
    cors_attributes: Vec<Attribute>,
    has_cors_below_route: bool,
    pub(crate) other_attributes: Vec<Attribute>,
    /// The tokens of the function behind its visibility.
    pub(crate) function: Vec<TokenTree>,
}

impl Handler {
    /// Sorts the attributes of the function.
    pub(crate) fn new(name: Ident, item: Item) -> Self {
        let mut attributes = item.attributes;
        attributes.retain(|one| !attribute::is_of_module(one));
        let has_cors_below_route = attributes.iter().any(attribute::is_cors) && {
            let mut from_route = attributes.iter().skip_while(|one| !attribute::is_route(one));
            from_route.any(attribute::is_cors)
        };
        let (route_attributes, others) = route::split(attributes);
        let (cors_attributes, other_attributes) = others.into_iter().partition(attribute::is_cors);
        let visibility = match item.visibility {
            // actix-web's own attributes make the service public too. So a handler that other modules
            // can register without `#[cors]` can also be registered with `#[cors]`.
            Visibility::Inherited => Visibility::Public(Token![pub](Span::call_site())),
            written => written,
        };
        let function = item.rest;
        Handler {
            name,
            visibility,
            route_attributes,
            cors_attributes,
            has_cors_below_route,
            other_attributes,
            function,
        }
    }

    /// Returns the routes of the handler, or every mistake in its attributes and its signature.
    pub(crate) fn routes(&self, call_site: Option<&CallSite>) -> syn::Result<Vec<Route>> {
        let (routes, error) = match route::read(&self.route_attributes, call_site) {
            Ok(routes) => (routes, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let message = if self.has_cors_below_route {
            source::BELOW_ROUTE
        } else {
            "`#[cors]` is written twice; a handler has one policy"
        };
        let twice = self.cors_attributes.iter().map(|second| Error::new_spanned(second, message));
        or_errors(routes, error.into_iter().chain(twice).chain(self.missing_return_type()))
    }

    /// Returns the error for `#[utoipa::path]` below `#[cors]`. The items that the attribute makes would be
    /// inside of the function that registers the handler, where `#[openapi(paths(…))]` finds no items.
    pub(crate) fn hidden_documentation(&self) -> Option<Error> {
        let hidden = self.other_attributes.iter().find(|one| attribute::is_utoipa_path(one))?;
        let message = "`#[utoipa::path]` stands below `#[cors]` or the route attribute, where \
                       `#[openapi(paths(…))]` cannot find what it makes; the order is \
                       `#[utoipa::path]`, then `#[cors]`, then the route attribute";
        Some(Error::new_spanned(&hidden.meta, message))
    }

    fn missing_return_type(&self) -> Option<Error> {
        let is_arrow = |pair: &[TokenTree]| match pair {
            [TokenTree::Punct(dash), TokenTree::Punct(tip)] => {
                dash.as_char() == '-' && tip.as_char() == '>'
            }
            _ => false,
        };
        let message = "a handler needs a return type, such as `-> impl Responder`";
        let has_arrow = self.function.windows(2).any(is_arrow);
        (!has_arrow).then(|| Error::new(self.name.span(), message))
    }
}
