//! Reads the attributes in `cfg_attr`, because the compiler passes a module to `#[cors]` before it evaluates
//! the conditions in the module.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, Token,
    parse::{ParseStream, Parser as _},
    spanned::Spanned as _,
};

/// An attribute, and its condition if the attribute stands in `cfg_attr`.
pub(crate) struct Conditional {
    pub(crate) condition: Option<TokenStream>,
    pub(crate) attribute: Attribute,
}

impl ToTokens for Conditional {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Conditional { condition, attribute } = self;
        let meta = &attribute.meta;
        tokens.extend(match condition {
            Some(condition) => quote!(#[cfg_attr(#condition, #meta)]),
            None => attribute.to_token_stream(),
        });
    }
}

impl Conditional {
    /// Returns the attributes in a `cfg_attr`, or the attribute itself if it is not a `cfg_attr`.
    pub(crate) fn all(attribute: Attribute) -> Vec<Self> {
        let opened = attribute.path().is_ident("cfg_attr").then(|| attribute.parse_args_with(open));
        let Some(Ok((condition, attributes))) = opened else {
            return vec![Conditional { condition: None, attribute }];
        };
        let mut inner: Vec<_> = attributes.into_iter().flat_map(Self::all).collect();
        for one in &mut inner {
            let all = one.condition.take().map(|also| quote!(all(#condition, #also)));
            one.condition = Some(all.unwrap_or_else(|| condition.clone()));
        }
        inner
    }
}

/// Reads the arguments of `cfg_attr(condition, attribute, …)`.
fn open(input: ParseStream<'_>) -> syn::Result<(TokenStream, Vec<Attribute>)> {
    let condition = to_comma(input)?;
    let mut attributes = Vec::new();
    while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
        let meta = to_comma(input)?;
        let there = Span::call_site().located_at(meta.span());
        let attribute = quote_spanned!(there=> #[#meta]);
        attributes.extend(Attribute::parse_outer.parse2(attribute)?);
    }
    Ok((condition, attributes))
}

fn to_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}
