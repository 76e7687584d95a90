//! Splits the annotated item into its attributes, its visibility and its other tokens.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Visibility,
    parse::{Parse, ParseStream},
};

/// An annotated item. Only the parts that items of all kinds have are parsed.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// The tokens behind the visibility.
    pub(crate) rest: TokenStream,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        Ok(Item { attributes, visibility: input.parse()?, rest: input.parse()? })
    }
}

impl Item {
    /// Returns the name of a function: the word behind `fn`. In types, `fn` is followed by a parenthesis.
    pub(crate) fn function_name(&self) -> Option<Ident> {
        pairs(&self.rest).find_map(|pair| match pair {
            (TokenTree::Ident(keyword), TokenTree::Ident(name)) if keyword == "fn" => Some(name),
            _ => None,
        })
    }
}

/// Returns each token with the next token.
pub(crate) fn pairs(tokens: &TokenStream) -> impl Iterator<Item = (TokenTree, TokenTree)> {
    tokens.clone().into_iter().zip(tokens.clone().into_iter().skip(1))
}
