//! actix-web's route attributes below `#[cors]`: read as actix-web reads them.

use actix_router::ResourceDef;
use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Error, Expr, ExprLit, Lit, LitStr, MetaNameValue, Path, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

const METHODS: [&str; 10] =
    ["get", "post", "put", "delete", "head", "connect", "options", "trace", "patch", "query"];

/// One route of a handler.
pub(crate) struct Route {
    pub(crate) path: LitStr,
    pub(crate) name: Option<LitStr>,
    pub(crate) methods: Vec<String>,
    pub(crate) guards: Vec<Path>,
    pub(crate) wraps: Vec<Expr>,
}

/// Takes the route attributes out of a handler's. Beside the routes comes the name of the attribute
/// macro, which its user has imported.
pub(crate) fn take(
    attributes: &mut Vec<Attribute>,
) -> syn::Result<Option<(Vec<Route>, Option<Ident>)>> {
    if let Some(index) = attributes.iter().position(|attribute| word(attribute) == "routes") {
        let routes = attributes.remove(index);
        let (methods, rest) = std::mem::take(attributes).into_iter().partition(is_method);
        *attributes = rest;
        let methods: Vec<Attribute> = methods;
        let read = methods.iter().map(Route::read).collect::<syn::Result<Vec<_>>>()?;
        return if read.is_empty() {
            Err(Error::new_spanned(
                routes,
                "`#[routes]` needs routes below it, such as `#[get(\"/items\")]`",
            ))
        } else {
            Ok(Some((read, routes.path().get_ident().cloned())))
        };
    }
    let Some(index) = attributes.iter().position(is_route) else { return Ok(None) };
    let attribute = attributes.remove(index);
    Ok(Some((vec![Route::read(&attribute)?], attribute.path().get_ident().cloned())))
}

/// Whether the attribute makes a route of a function.
pub(crate) fn is_route(attribute: &Attribute) -> bool {
    is_method(attribute) || ["route", "routes"].contains(&word(attribute).as_str())
}

fn is_method(attribute: &Attribute) -> bool {
    METHODS.contains(&word(attribute).as_str())
}

/// The last word of the attribute's path: `get` of `actix_web::get`.
pub(crate) fn word(attribute: &Attribute) -> String {
    let last = attribute.path().segments.last();
    last.map(|segment| segment.ident.to_string()).unwrap_or_default()
}

impl Route {
    fn read(attribute: &Attribute) -> syn::Result<Self> {
        let Args { path, options } = attribute.parse_args()?;
        check_pattern(&path)?;
        let word = word(attribute);
        let mut route =
            Route { path, name: None, methods: Vec::new(), guards: Vec::new(), wraps: Vec::new() };
        if word != "route" {
            route.methods.push(word.to_uppercase());
        }
        for option in &options {
            let key = option.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match key.as_str() {
                "name" => route.name = Some(name(option)?),
                "guard" => route.guards.push(text(option)?.parse()?),
                "wrap" => route.wraps.push(text(option)?.parse()?),
                "method" if word == "route" => route.add_method(text(option)?)?,
                "method" => {
                    return Err(Error::new_spanned(
                        option,
                        format!("`#[{word}]` takes no `method`; use `#[route]` for several"),
                    ));
                }
                _ => {
                    return Err(Error::new_spanned(
                        &option.path,
                        "unknown key of a route attribute; the keys are `name`, `method`, `guard`, `wrap`",
                    ));
                }
            }
        }
        if route.methods.is_empty() {
            return Err(Error::new_spanned(
                attribute,
                "`#[route]` needs a method, such as `method = \"GET\"`",
            ));
        }
        Ok(route)
    }

    fn add_method(&mut self, text: &LitStr) -> syn::Result<()> {
        let method = text.value();
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::new(
                text.span(),
                format!("a method is written in upper case, not `{method}`"),
            ));
        }
        if self.methods.contains(&method) {
            return Err(Error::new(text.span(), format!("`{method}` is there twice")));
        }
        self.methods.push(method);
        Ok(())
    }
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

fn text(option: &MetaNameValue) -> syn::Result<&LitStr> {
    match &option.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(Error::new_spanned(other, "expected a string literal")),
    }
}

fn name(option: &MetaNameValue) -> syn::Result<LitStr> {
    let name = text(option)?;
    if name.value().is_empty() {
        return Err(Error::new(name.span(), "a resource's name is not empty"));
    }
    Ok(name.clone())
}

/// The router has no other way to say that it does not take a pattern than to panic.
fn check_pattern(path: &LitStr) -> syn::Result<()> {
    let pattern = path.value();
    std::panic::catch_unwind(|| ResourceDef::new(pattern))
        .map(drop)
        .map_err(|_| Error::new(path.span(), "malformed path pattern"))
}

/// Whether a route attribute precedes `#[cors]` in the source. The compiler expands it first and hands
/// on a bare function, so only the source can tell; where that can't be read, the answer is no.
pub(crate) fn precedes() -> bool {
    let span = Span::call_site().unwrap();
    let Some(source) = span.local_file().and_then(|path| std::fs::read_to_string(path).ok()) else {
        return false;
    };
    let before: Vec<_> =
        source.lines().take(span.start().line().saturating_sub(1)).map(str::trim).collect();
    let attributes =
        before.iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    attributes
        .filter_map(|line| syn::parse_str::<AttributeLine>(line).ok())
        .any(|line| line.0.iter().any(is_route))
}

struct AttributeLine(Vec<Attribute>);

impl Parse for AttributeLine {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer).map(AttributeLine)
    }
}
