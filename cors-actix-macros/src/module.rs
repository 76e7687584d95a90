//! Reads a module under `#[cors]`, and puts its policy on every handler without `#[cors]`. An item that may
//! be a handler, but cannot be read, is an error.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::quote;
use syn::{
    Error, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
};

use crate::{
    crate_path::CratePath,
    errors::or_errors,
    item::Item,
    scan::{Context, FILE_MODULE, Scan},
};

/// A module, with its policy on its handlers.
pub(crate) struct Module {
    pub(crate) name: Ident,
    /// The tokens in front of the module's braces.
    pub(crate) head: TokenStream,
    /// The tokens in the module's braces.
    pub(crate) items: TokenStream,
    /// `true` if every handler has its own `#[cors]`.
    pub(crate) is_without_effect: bool,
}

impl Module {
    /// Reads the module, and puts the policy on its handlers.
    pub(crate) fn new(item: Item, root: &CratePath) -> syn::Result<Self> {
        let Item { attributes, visibility, rest } = item;
        let (keyword, name, body) = split.parse2(rest.into_iter().collect())?;
        let mut scan = Scan::default();
        let (root, items_of_root) = root.in_annotated_module();
        let items = scan.annotate(body.stream(), &Context::of_module(root))?;
        if scan.errors.is_empty() && !scan.covers && !scan.passes_over {
            let message = "`#[cors]` finds no handler in this module: no function with a route \
                           attribute, such as `#[get(\"/items\")]`";
            scan.errors.push(Error::new(name.span(), message));
        }
        let head = quote!(#(#attributes)* #visibility #keyword #name);
        let is_without_effect = !scan.covers;
        let items = quote!(#items #items_of_root);
        or_errors(Module { name, head, items, is_without_effect }, scan.errors)
    }
}

/// Reads `mod name { … }`.
fn split(input: ParseStream<'_>) -> syn::Result<(Token![mod], Ident, Group)> {
    if !input.peek(Token![mod]) {
        let message = "`#[cors]` goes on a handler function, or on a module of handlers";
        return Err(Error::new(Span::call_site(), message));
    }
    let (keyword, name) = (input.parse()?, input.call(Ident::parse_any)?);
    let body = input.parse().map_err(|_| Error::new(name.span(), FILE_MODULE))?;
    Ok((keyword, name, body))
}
