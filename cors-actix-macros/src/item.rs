//! What `#[cors]` is put on: a handler, or a module of handlers.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Visibility,
    parse::{Parse, ParseStream},
};

use crate::{expand, fallback, handler::Handler, module::Module};

/// The item, its responses and preflights under the policy.
pub(crate) fn annotated(tokens: TokenStream, policy: &TokenStream) -> TokenStream {
    let item = match syn::parse2::<Item>(tokens.clone()) {
        Ok(item) => item,
        Err(error) => return fallback::item(&tokens, &error),
    };
    if let Some(name) = item.name_behind("fn") {
        let handler = Handler::new(name, item);
        match handler.routes() {
            Ok(routes) => expand::handler(&handler, &routes, policy),
            Err(error) => fallback::handler(&handler, policy, &error),
        }
    } else {
        match Module::new(item) {
            Ok(module) => expand::module(&module, policy),
            Err(error) => fallback::item(&tokens, &error),
        }
    }
}

/// An item, taken apart as far as all items are alike: what is behind its visibility is not parsed.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) rest: TokenStream,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        Ok(Item { attributes, visibility: input.parse()?, rest: input.parse()? })
    }
}

impl Item {
    /// The name of a function or a module. Outside of groups, their keywords stand in front of no
    /// other.
    pub(crate) fn name_behind(&self, keyword: &str) -> Option<Ident> {
        pairs(&self.rest).find_map(|pair| match pair {
            (TokenTree::Ident(word), TokenTree::Ident(name)) if word == keyword => Some(name),
            _ => None,
        })
    }
}

/// Each token with the one behind it.
pub(crate) fn pairs(tokens: &TokenStream) -> impl Iterator<Item = (TokenTree, TokenTree)> {
    tokens.clone().into_iter().zip(tokens.clone().into_iter().skip(1))
}
