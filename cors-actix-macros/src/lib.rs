//! The macros of `cors-actix`, which re-exports and documents them; depend on that crate.

mod args;
mod check;
mod errors;
mod expand;
mod fallback;
mod handler;
mod item;
mod module;
mod route;
mod source;
mod word;

use proc_macro::TokenStream;
use quote::quote;

use crate::word::Site;

/// Gives a handler a CORS policy of its own: it answers the preflights for its route, and all its
/// responses carry the headers. No middleware is needed.
///
/// It stands **above** the route attribute (`#[get]` to `#[query]`, `#[route]`, `#[routes]`); the
/// methods that it allows are those of the route. On a module it stands for a `#[cors]` on every
/// handler in it that has none.
///
/// | key | value |
/// |---|---|
/// | `allow_origins` | `any`, or a list of origins and patterns: `"https://a.example"`, `"https://*.a.example"`, `"http://localhost:*"`, `"null"` |
/// | `allow_headers` | `any`, or a list of request header names; `[any, "authorization"]` |
/// | `allow_credentials` | alone, or `true` or `false` |
/// | `expose_headers` | `any`, or a list of response header names |
/// | `max_age` | seconds for which browsers may cache a preflight's answer |
/// | `preflight_status` | status of a granted preflight, 204 when not given |
/// | `danger_insecure_origins` | accepts plain `http://` origins beside credentials |
/// | `danger_public_suffixes` | accepts wildcards over public suffixes beside credentials |
/// | `same_origin` | alone: closes the handler to other origins |
/// | `enforce` | refuses requests from other origins that are not allowed, before they reach the handler |
/// | `policy` | alone: an expression for a policy, evaluated once per process |
///
/// Every fault of a policy is a compile error at its place, and all of them are reported at once.
#[proc_macro_attribute]
pub fn cors(args: TokenStream, item: TokenStream) -> TokenStream {
    let (policy, errors) = match check::policy(args.into(), Site::Attribute) {
        Ok(policy) => (policy, None),
        Err(error) => (fallback::policy(), Some(error.into_compile_error())),
    };
    let item = item::annotated(item.into(), &policy);
    quote!(#errors #item).into()
}

/// A policy checked at compile time, fit for a `static`.
///
/// It takes the keys of [`#[cors]`](macro@cors) but `policy`, and `allow_methods`: methods beside
/// GET, HEAD and POST, or `any`.
#[proc_macro]
pub fn policy(input: TokenStream) -> TokenStream {
    let policy = check::policy(input.into(), Site::Macro).unwrap_or_else(|error| {
        let (errors, policy) = (error.into_compile_error(), fallback::policy());
        quote!({ #errors #policy })
    });
    policy.into()
}
