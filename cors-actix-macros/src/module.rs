//! `#[cors]` on a module: every route in it that has no `#[cors]` of its own gets the policy.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Error, Item, ItemMod, parse_quote};

use crate::{args::Args, expand, route};

pub(crate) fn expand(
    mut module: ItemMod,
    tokens: &TokenStream,
    args: &Args,
) -> syn::Result<TokenStream> {
    if module.content.is_none() {
        let message =
            "`#[cors]` needs the module's body here; in another file, it goes on the handlers";
        return Err(Error::new_spanned(&module, message));
    }
    let shared = format_ident!("__CORS_POLICY_OF_{}", module.ident);
    let attribute = |depth: usize| -> Attribute {
        if args.policy.is_none() {
            return parse_quote!(#[::cors_actix::cors(#tokens)]);
        }
        // The expression speaks of what is in scope outside of the module.
        let up = std::iter::repeat_n(quote!(super::), depth);
        parse_quote!(#[::cors_actix::cors(policy = #(#up)*#shared)])
    };
    if !annotate(&mut module, 1, &attribute) {
        let message = "`#[cors]` on a module needs a route in it that has no `#[cors]` of its own";
        return Err(Error::new_spanned(&module.ident, message));
    }
    let policy = args.policy.as_ref().map(|expression| {
        let cfgs = module.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let policy = expand::lazy_policy(&shared, expression);
        quote! {
            #(#cfgs)*
            #[allow(non_upper_case_globals)]
            #policy
        }
    });
    Ok(quote!(#policy #module))
}

/// Puts the attribute on the routes of the module and of the modules in it; `false` if there are none.
fn annotate(module: &mut ItemMod, depth: usize, attribute: &impl Fn(usize) -> Attribute) -> bool {
    let has_own =
        |attributes: &[Attribute]| attributes.iter().any(|other| route::word(other) == "cors");
    let mut found = false;
    for item in module.content.iter_mut().flat_map(|(_, items)| items) {
        match item {
            Item::Fn(function)
                if !has_own(&function.attrs) && function.attrs.iter().any(route::is_route) =>
            {
                function.attrs.insert(0, attribute(depth));
                found = true;
            }
            Item::Mod(inner) if !has_own(&inner.attrs) => {
                found |= annotate(inner, depth + 1, attribute);
            }
            _ => {}
        }
    }
    found
}
