//! A handler function under `#[cors]`, taken apart as far as needed: its body is not read.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{
    Attribute, Error, Visibility,
    parse::{Parse, ParseStream},
    parse_quote,
};

use crate::route::{self, Route};

pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// The handler's `cfg`s, which everything made of it keeps.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) docs: Vec<Attribute>,
    /// All other attributes but the route attributes.
    pub(crate) attributes: Vec<Attribute>,
    /// The function from behind its visibility on.
    pub(crate) function: TokenStream,
    pub(crate) routes: Vec<Route>,
    /// The route attribute's name, which expansion leaves unused.
    pub(crate) import: Option<Ident>,
}

impl Parse for Handler {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = match input.parse()? {
            // As actix-web's own attributes do (its feature `compat`): a handler that could be
            // registered from outside of its module without `#[cors]` still can with it.
            Visibility::Inherited => parse_quote!(pub),
            written => written,
        };
        let function: TokenStream = input.parse()?;
        let name = read_signature(function.clone())?;
        let Some((routes, import)) = route::take(&mut attributes)? else {
            return Err(Error::new(Span::call_site(), missing_route()));
        };
        let (cfgs, rest) = partition(attributes, "cfg");
        let (docs, attributes) = partition(rest, "doc");
        Ok(Handler { name, visibility, cfgs, docs, attributes, function, routes, import })
    }
}

/// The function's name, if it can be a handler.
fn read_signature(function: TokenStream) -> syn::Result<Ident> {
    let mut tokens = function.into_iter();
    let is_fn = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(_));
    let found = tokens.by_ref().take_while(|token| !is_body(token)).any(is_fn);
    let (true, Some(TokenTree::Ident(name))) = (found, tokens.next()) else {
        let message = "`#[cors]` goes on a handler function, above its route attribute, or on a module of such";
        return Err(Error::new(Span::call_site(), message));
    };
    let is_arguments = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
    let after = tokens.skip_while(|token| !is_arguments(token)).nth(1);
    if !matches!(after, Some(TokenTree::Punct(arrow)) if arrow.as_char() == '-') {
        return Err(Error::new(
            name.span(),
            "a handler needs a return type, such as `-> impl Responder`",
        ));
    }
    Ok(name)
}

fn partition(attributes: Vec<Attribute>, word: &str) -> (Vec<Attribute>, Vec<Attribute>) {
    attributes.into_iter().partition(|attribute| attribute.path().is_ident(word))
}

fn missing_route() -> &'static str {
    if route::precedes() {
        "`#[cors]` stands below the route attribute, which has taken the handler already; put it above"
    } else {
        "`#[cors]` needs a route attribute below it, such as `#[get(\"/items\")]`"
    }
}
