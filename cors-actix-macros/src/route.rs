//! actix-web's route attributes below `#[cors]`, read as actix-web reads them.

use actix_router::ResourceDef;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{
    Attribute, Error, Expr, ExprLit, Lit, LitStr, MetaNameValue, Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{
    errors::{each, unless},
    source,
};

const METHODS: [&str; 10] =
    ["get", "post", "put", "delete", "head", "connect", "options", "trace", "patch", "query"];

/// One route of a handler.
pub(crate) struct Route {
    /// The attribute's location, for errors in what it makes.
    pub(crate) span: Span,
    pub(crate) path: LitStr,
    pub(crate) name: Option<LitStr>,
    pub(crate) methods: Vec<String>,
    pub(crate) guards: Vec<Path>,
    pub(crate) wraps: Vec<Expr>,
}

/// Separates a handler's route attributes from its other attributes.
///
/// An attribute with the name of a route attribute, but without a path, may be of another crate, such
/// as `#[trace]`. It is taken for a route attribute without its path only below `#[routes]`, as
/// actix-web does, and if the handler has no route attribute.
pub(crate) fn split(attributes: Vec<Attribute>) -> (Vec<Attribute>, Vec<Attribute>) {
    let takes_all = attributes.iter().any(is_shared) || !attributes.iter().any(has_path);
    attributes.into_iter().partition(|one| is_route(one) || takes_all && lacks_path(one))
}

/// Returns `true` if the attribute makes a route of a function.
pub(crate) fn is_route(attribute: &Attribute) -> bool {
    has_path(attribute) || is_shared(attribute)
}

/// Returns `true` for the attribute of a single route: it has a name of actix-web's, and a string
/// first.
pub(crate) fn has_path(attribute: &Attribute) -> bool {
    is_word(&word(attribute)) && first_text(attribute).is_some()
}

fn lacks_path(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let of_actix_web = path.segments.first().is_some_and(|first| first.ident == "actix_web");
    is_word(&word(attribute)) && (path.get_ident().is_some() || of_actix_web)
}

/// The string at the start of the attribute's arguments.
pub(crate) fn first_text(attribute: &Attribute) -> Option<LitStr> {
    let first = |input: ParseStream<'_>| {
        let text = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(text)
    };
    attribute.parse_args_with(first).ok()
}

/// Returns `true` if actix-web has an attribute with the name for a single route.
pub(crate) fn is_word(name: &str) -> bool {
    METHODS.contains(&name) || name == "route"
}

pub(crate) fn is_cors(attribute: &Attribute) -> bool {
    word(attribute) == "cors"
}

/// Returns `true` for the attribute that `#[cors]` on a module puts on handlers.
pub(crate) fn is_of_module(attribute: &Attribute) -> bool {
    word(attribute) == "of_module"
}

/// Whether the attribute stands above others, one for each route.
fn is_shared(attribute: &Attribute) -> bool {
    word(attribute) == "routes" && attribute.meta.require_path_only().is_ok()
}

/// The last word of the attribute's path: `get` of `actix_web::get`.
pub(crate) fn word(attribute: &Attribute) -> String {
    let last = attribute.path().segments.last();
    last.map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// Reads the route attributes of a handler.
pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Vec<Route>> {
    let (shared, routes): (Vec<_>, Vec<_>) = attributes.iter().partition(|one| is_shared(one));
    match (&shared[..], &routes[..]) {
        ([], []) => Err(Error::new(Span::call_site(), source::missing_route())),
        ([], [_, second, ..]) => {
            let message = "several route attributes need `#[routes]` above them";
            Err(Error::new_spanned(second, message))
        }
        ([shared, ..], []) => {
            let message = "`#[routes]` needs routes below it, such as `#[get(\"/items\")]`";
            Err(Error::new_spanned(shared, message))
        }
        (_, routes) => each(routes.iter().map(|attribute| Route::read(attribute))),
    }
}

/// The attribute macros that a handler's user has imported for it.
pub(crate) fn imports(attributes: &[Attribute]) -> Vec<&Path> {
    let shared = attributes.iter().find(|attribute| is_shared(attribute));
    match shared {
        Some(shared) => vec![shared.path()],
        None => attributes.iter().map(Attribute::path).collect(),
    }
}

impl Route {
    fn read(attribute: &Attribute) -> syn::Result<Self> {
        let word = word(attribute);
        let Args { path, options } = attribute.parse_args().map_err(|error| {
            let example = format!("#[{word}(\"/items\", name = \"items\")]");
            let message = format!("`#[{word}]` takes a path, then keys, such as `{example}`");
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
        if word != "route" {
            route.methods.push(word.to_uppercase());
        } else if !options.iter().any(|option| option.path.is_ident("method")) {
            let message = "`#[route]` needs a method, such as `method = \"GET\"`";
            errors.push(Error::new_spanned(attribute, message));
        }
        errors.extend(options.iter().filter_map(|option| route.read_option(&word, option).err()));
        unless(route, errors)
    }

    fn read_option(&mut self, word: &str, option: &MetaNameValue) -> syn::Result<()> {
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
            "method" if word == "route" => {
                let method = value(option, "a string in upper case, such as `\"GET\"`", method)?;
                if self.methods.contains(&method) {
                    let message = format!("method {method:?} is there twice; drop one");
                    return Err(Error::new_spanned(&option.value, message));
                }
                self.methods.push(method);
            }
            "method" => {
                let message = format!("`#[{word}]` takes no `method`; use `#[route]` for several");
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

/// What `read` reads of an option's string.
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

/// `"/path", key = value, …`.
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

/// The router has no other way to say that it does not take a pattern than to panic.
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
