//! Reads actix-web's route attributes below `#[cors]`, with actix-web's own rules.

use actix_router::ResourceDef;
use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use syn::{
    Attribute, Error, Expr, ExprLit, Lit, LitStr, MetaNameValue, Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{
    attribute::{self, is_route, is_route_with_path, is_routes, may_be_route_without_path},
    errors::{collect_results, or_errors},
    source::{self, CallSite},
};

/// One route of a handler.
pub(crate) struct Route {
    /// The position of the attribute, for errors in the code that it expands to.
    pub(crate) span: Span,
    pub(crate) path: LitStr,
    pub(crate) name: Option<LitStr>,
    pub(crate) methods: Vec<String>,
    pub(crate) guards: Vec<Path>,
    pub(crate) wraps: Vec<Expr>,
}

/// Separates a handler's route attributes from its other attributes.
///
/// An attribute with the name of a route attribute, but without a path, may be of another crate, such as
/// `#[trace]`. Such an attribute counts as a route attribute in two cases: below `#[routes]`, as in
/// actix-web, and if the handler has no other route attribute.
pub(crate) fn split(attributes: Vec<Attribute>) -> (Vec<Attribute>, Vec<Attribute>) {
    let takes_all = attributes.iter().any(is_routes) || !attributes.iter().any(is_route_with_path);
    attributes
        .into_iter()
        .partition(|one| is_route(one) || takes_all && may_be_route_without_path(one))
}

/// Reads the route attributes of a handler.
pub(crate) fn read(
    attributes: &[Attribute],
    call_site: Option<&CallSite>,
) -> syn::Result<Vec<Route>> {
    let (shared, routes): (Vec<_>, Vec<_>) = attributes.iter().partition(|one| is_routes(one));
    match (&shared[..], &routes[..]) {
        ([], []) => Err(Error::new(Span::call_site(), source::missing_route(call_site))),
        ([], [_, second, ..]) => {
            let message = "several route attributes need `#[routes]` above them";
            Err(Error::new_spanned(second, message))
        }
        ([shared, ..], []) => {
            let message = "`#[routes]` needs routes below it, such as `#[get(\"/items\")]`";
            Err(Error::new_spanned(shared, message))
        }
        (_, routes) => collect_results(routes.iter().map(|attribute| Route::read(attribute))),
    }
}

/// Returns the paths of the attribute macros that the handler's module has imported for it.
pub(crate) fn imports(attributes: &[Attribute]) -> Vec<&Path> {
    let shared = attributes.iter().find(|attribute| is_routes(attribute));
    match shared {
        Some(shared) => vec![shared.path()],
        None => attributes.iter().map(Attribute::path).collect(),
    }
}

impl Route {
    fn read(attribute: &Attribute) -> syn::Result<Self> {
        let name = attribute::name(attribute);
        let Args { path, options } = attribute.parse_args().map_err(|error| {
            let example = format!("#[{name}(\"/items\", name = \"items\")]");
            let message = format!("`#[{name}]` takes a path, then keys, such as `{example}`");
            Error::new(error.span(), message)
        })?;
        let mut errors: Vec<_> = check_pattern(&path).err().into_iter().collect();
        let mut route = Route {
            span: attribute.bracket_token.span.join(),
            path,
            name: None,
            methods: Vec::new(),
            guards: Vec::new(),
            wraps: Vec::new(),
        };
        if name != "route" {
            route.methods.push(name.to_uppercase());
        } else if !options.iter().any(|option| option.path.is_ident("method")) {
            let message = "`#[route]` needs a method, such as `method = \"GET\"`";
            errors.push(Error::new_spanned(attribute, message));
        }
        errors.extend(options.iter().filter_map(|option| route.read_option(&name, option).err()));
        or_errors(route, errors)
    }

    fn read_option(&mut self, attribute_name: &str, option: &MetaNameValue) -> syn::Result<()> {
        let key = option.path.get_ident().map(Ident::to_string).unwrap_or_default();
        match key.as_str() {
            "name" => {
                let expected = "a string that is not empty, such as `\"items\"`";
                let name = |text: &LitStr| (!text.value().is_empty()).then(|| text.clone());
                self.name = Some(value(option, expected, name)?);
            }
            "guard" => {
                let expected = "a string with the path of a function, such as `\"is_admin\"`";
                self.guards.push(value(option, expected, |text| text.parse().ok())?);
            }
            "wrap" => {
                let expected = "a string with a middleware, such as `\"Logger::default()\"`";
                self.wraps.push(value(option, expected, |text| text.parse().ok())?);
            }
            "method" if attribute_name == "route" => {
                let method = value(option, "a string in upper case, such as `\"GET\"`", method)?;
                if self.methods.contains(&method) {
                    let message = format!("method {method:?} is written twice; drop one");
                    return Err(Error::new_spanned(&option.value, message));
                }
                self.methods.push(method);
            }
            "method" => {
                let message =
                    format!("`#[{attribute_name}]` takes no `method`; use `#[route]` for several");
                return Err(Error::new_spanned(option, message));
            }
            _ => {
                let message = "unknown key of a route attribute; the keys are `name`, `guard`, \
                               `wrap`, and in `#[route]` `method`";
                return Err(Error::new_spanned(&option.path, message));
            }
        }
        Ok(())
    }
}

/// Reads the string of an option with `read`.
fn value<T>(
    option: &MetaNameValue,
    expected: &str,
    read: impl FnOnce(&LitStr) -> Option<T>,
) -> syn::Result<T> {
    let value = match &option.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => read(text),
        _ => None,
    };
    value.ok_or_else(|| {
        let key = option.path.to_token_stream();
        Error::new_spanned(&option.value, format!("`{key}` is {expected}"))
    })
}

fn method(text: &LitStr) -> Option<String> {
    let method = text.value();
    let is_upper = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    is_upper.then_some(method)
}

/// The arguments of a route attribute: `"/path", key = value, …`.
struct Args {
    path: LitStr,
    options: Punctuated<MetaNameValue, Token![,]>,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(Args { path, options: Punctuated::parse_terminated(input)? })
    }
}

/// Builds the pattern with actix-web's router, which panics on patterns that it rejects.
fn check_pattern(path: &LitStr) -> syn::Result<()> {
    let pattern = path.value();
    let panicked = match std::panic::catch_unwind(|| ResourceDef::new(pattern)) {
        Ok(_) => return Ok(()),
        Err(panicked) => panicked,
    };
    let reason = match panicked.downcast_ref::<String>() {
        Some(reason) => reason,
        None => panicked.downcast_ref::<&str>().copied().unwrap_or_default(),
    };
    Err(Error::new(path.span(), format!("actix-web's router rejects the path: {reason}")))
}
