//! A module under `#[cors]`: every handler in it that has no `#[cors]` of its own gets the policy.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{
    Attribute, Error, Token, Visibility,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    token::Brace,
};

use crate::{item::Item, route};

pub(crate) struct Module {
    /// The static beside the module that its handlers take their policy from.
    pub(crate) policy: Ident,
    pub(crate) tokens: TokenStream,
}

impl Module {
    pub(crate) fn new(item: Item) -> syn::Result<Self> {
        let name = item.name_behind("mod").ok_or_else(|| {
            let message = "`#[cors]` goes on a handler function, or on a module of handlers";
            Error::new(Span::call_site(), message)
        })?;
        let policy = format_ident!("__CORS_POLICY_OF_{}", name.unraw().to_string().to_uppercase());
        let Item { attributes, visibility, rest } = item;
        let mut found = false;
        let module = annotate(rest, &policy.to_token_stream(), &mut found)?;
        if !found {
            let message = "`#[cors]` finds no handler in this module: no function with a route \
                           attribute, such as `#[get(\"/items\")]`, and without `#[cors]`";
            return Err(Error::new(name.span(), message));
        }
        Ok(Module { policy, tokens: quote!(#(#attributes)* #visibility #module) })
    }
}

/// Puts `#[cors]` on the handlers among the items, and in the modules among them.
fn annotate(
    items: TokenStream,
    policy: &TokenStream,
    found: &mut bool,
) -> syn::Result<TokenStream> {
    let read = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        let mut tokens = quote!(#(#inner)*);
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            let has_own = attributes.iter().any(route::is_cors);
            if !has_own && attributes.iter().any(route::is_route) {
                tokens.extend(quote!(#[::cors_actix::cors(policy = #policy)]));
                *found = true;
            }
            let visibility: Visibility = input.parse()?;
            tokens.extend(quote!(#(#attributes)* #visibility));
            if !has_own && input.peek(Token![mod]) && input.peek3(Brace) {
                let (keyword, name): (Token![mod], Ident) = (input.parse()?, input.parse()?);
                let body: Group = input.parse()?;
                let body = annotate(body.stream(), &quote!(super::#policy), found)?;
                tokens.extend(quote!(#keyword #name { #body }));
            } else if !input.is_empty() {
                tokens.extend([input.parse::<TokenTree>()?]);
            }
        }
        Ok(tokens)
    };
    read.parse2(items)
}
