//! A handler function under `#[cors]`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, Error, Visibility, parse_quote};

use crate::{
    errors::unless,
    item::{Item, pairs},
    route::{self, Route},
    source,
};

/// A handler, its attributes sorted by what becomes of them.
pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) route_attributes: Vec<Attribute>,
    cors_attributes: Vec<Attribute>,
    has_cors_below_route: bool,
    pub(crate) other_attributes: Vec<Attribute>,
    /// The function from behind its visibility on.
    pub(crate) function: TokenStream,
}

impl Handler {
    pub(crate) fn new(name: Ident, item: Item) -> Self {
        let mut attributes = item.attributes;
        attributes.retain(|attribute| !route::is_of_module(attribute));
        let mut from_route = attributes.iter().skip_while(|attribute| !route::is_route(attribute));
        let has_cors_below_route = from_route.any(route::is_cors);
        let (route_attributes, others) = route::split(attributes);
        let (cors_attributes, other_attributes) = others.into_iter().partition(route::is_cors);
        let visibility = match item.visibility {
            // As actix-web's own attributes do by default: a handler that can be registered from
            // outside of its module without `#[cors]` still can with it.
            Visibility::Inherited => parse_quote!(pub),
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

    /// The handler's routes, or all that keeps it from having any.
    pub(crate) fn routes(&self) -> syn::Result<Vec<Route>> {
        let (routes, error) = match route::read(&self.route_attributes) {
            Ok(routes) => (routes, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let message = if self.has_cors_below_route {
            source::BELOW_ROUTE
        } else {
            "`#[cors]` is there twice; a handler has one policy"
        };
        let twice = self.cors_attributes.iter().map(|second| Error::new_spanned(second, message));
        unless(routes, error.into_iter().chain(twice).chain(self.missing_return_type()))
    }

    fn missing_return_type(&self) -> Option<Error> {
        let is_arrow = |pair: (TokenTree, TokenTree)| match pair {
            (TokenTree::Punct(dash), TokenTree::Punct(tip)) => {
                dash.as_char() == '-' && tip.as_char() == '>'
            }
            _ => false,
        };
        let message = "a handler needs a return type, such as `-> impl Responder`";
        let has_arrow = pairs(&self.function).any(is_arrow);
        (!has_arrow).then(|| Error::new(self.name.span(), message))
    }
}
