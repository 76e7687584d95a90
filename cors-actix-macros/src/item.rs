//! Splits the annotated item into its attributes, its visibility and its other tokens.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Visibility,
    parse::{ParseStream, Parser as _},
};

/// An annotated item. Only the parts that items of all kinds have are parsed.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// The tokens behind the visibility.
    pub(crate) rest: Vec<TokenTree>,
}

impl Item {
    /// Reads an item. Its body, the last token, is not looked into.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        let mut head: Vec<_> = tokens.into_iter().collect();
        let body = head.pop();
        let read = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let (visibility, rest): (_, TokenStream) = (input.parse()?, input.parse()?);
            Ok(Item { attributes, visibility, rest: rest.into_iter().chain(body).collect() })
        };
        read.parse2(head.into_iter().collect())
    }

    /// Returns the name of a function: the word behind `fn`. In types, `fn` is followed by a parenthesis.
    pub(crate) fn function_name(&self) -> Option<Ident> {
        self.rest.windows(2).find_map(|pair| match pair {
            [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword == "fn" => {
                Some(name.clone())
            }
            _ => None,
        })
    }
}
