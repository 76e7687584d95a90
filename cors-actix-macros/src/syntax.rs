//! Reads functions and macro definitions from tokens that are not parsed as items.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, Ident, LitStr, Token,
    ext::IdentExt as _,
    parse::{ParseStream, discouraged::Speculative as _},
};

/// Returns `true` for macros that make no handlers: the macros of the standard library except `include!`,
/// and some macros of other libraries that are common in modules of handlers. Handlers in the arguments of
/// such a macro are found.
pub(crate) fn is_harmless(name: &str) -> bool {
    const NAMES: &str = "assert assert_eq assert_ne cfg column compile_error concat dbg \
        debug_assert debug_assert_eq debug_assert_ne env eprint eprintln file format format_args \
        include_bytes include_str line matches module_path option_env panic pin print println \
        stringify thread_local todo unimplemented unreachable vec write writeln \
        debug error info json lazy_static log trace warn";
    NAMES.split(' ').any(|known| known == name)
}

/// Reads the attributes in front of an item. In the arguments of a macro, `#` may stand for anything.
pub(crate) fn outer_attributes(input: ParseStream<'_>) -> Vec<Attribute> {
    let ahead = input.fork();
    match ahead.call(Attribute::parse_outer) {
        Ok(attributes) => {
            input.advance_to(&ahead);
            attributes
        }
        Err(_) => Vec::new(),
    }
}

/// Returns `true` if a function with a name follows.
pub(crate) fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let qualifies = |ahead: ParseStream<'_>| {
        ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(LitStr)
    };
    while qualifies(&ahead) && ahead.parse::<TokenTree>().is_ok() {}
    ahead.peek(Token![fn]) && ahead.peek2(Ident::peek_any)
}

/// Reads a function's qualifiers and its `fn`, also from within an invisible group.
pub(crate) fn words_to_fn(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut words = TokenStream::new();
    while !input.peek(Token![fn]) {
        if input.peek(LitStr) {
            words.extend(input.parse::<LitStr>()?.into_token_stream());
        } else {
            words.extend(input.call(Ident::parse_any)?.into_token_stream());
        }
    }
    words.extend(input.parse::<Token![fn]>()?.into_token_stream());
    Ok(words)
}

/// Returns `true` if the function has a receiver. Methods are not handlers.
pub(crate) fn is_method(head: &TokenStream) -> bool {
    let is_self = |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "self");
    head.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::Parenthesis && group.stream().into_iter().any(is_self)
        }
        _ => false,
    })
}

/// Returns `true` if the function may register services, or return them.
pub(crate) fn registers(function: &TokenStream) -> bool {
    let mut after_service = false;
    function.clone().into_iter().any(|token| {
        let called = after_service;
        after_service = false;
        match token {
            TokenTree::Ident(word) => {
                after_service = word == "service";
                ["ServiceConfig", "HttpServiceFactory", "AppService"]
                    .iter()
                    .any(|name| word == name)
            }
            TokenTree::Group(group) => {
                let is_call = called && group.delimiter() == Delimiter::Parenthesis;
                is_call && !group.stream().is_empty() || registers(&group.stream())
            }
            _ => false,
        }
    })
}

/// Reads `macro_rules! name { … }`, which makes no items until the macro is called.
pub(crate) fn macro_definition(input: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
    let ahead = input.fork();
    let is_macro_rules = ahead.call(Ident::parse_any).is_ok_and(|word| word == "macro_rules");
    if !(is_macro_rules && ahead.peek(Token![!]) && ahead.peek2(Ident::peek_any)) {
        return Ok(None);
    }
    let (word, bang): (_, Token![!]) = (input.call(Ident::parse_any)?, input.parse()?);
    let (name, body): (_, Group) = (input.call(Ident::parse_any)?, input.parse()?);
    Ok(Some(quote!(#word #bang #name #body)))
}
