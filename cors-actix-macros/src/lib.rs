//! The macros of `cors-actix`, which re-exports and documents them; depend on that crate.

mod args;
mod check;
mod conditional;
mod errors;
mod expand;
mod fallback;
mod handler;
mod item;
mod module;
mod route;
mod scan;
mod source;
mod word;

use proc_macro::TokenStream;
use quote::quote;

use crate::word::Site;

/// Gives a handler a CORS policy of its own: it answers the preflights for its route, and all its
/// responses carry the headers. No middleware is needed.
///
/// It stands **above** the route attribute (`#[get]` to `#[query]`, `#[route]`, `#[routes]`); the
/// methods that it allows are those of the route. A route attribute begins with a string, its path:
/// `#[trace]` and `#[fastrace::trace(…)]` are attributes of another crate.
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
/// | `enforce` | denies requests from other origins that are not allowed, before they reach the handler |
/// | `policy` | alone: an expression for a policy, evaluated once per process |
///
/// Every fault of a policy is a compile error at its location, and all of them are reported at once.
///
/// # On a module
///
/// On a module, the attribute gives its policy to every handler in the module that has no `#[cors]`
/// of its own: in inner modules and in functions too, and if the route attribute stands in
/// `cfg_attr`. The policy is put directly above the route attribute, so attributes such as
/// `#[utoipa::path]` stand above the route attribute as they do without `#[cors]`.
///
/// No handler is left out without an error. The attribute sees the module before macros are
/// expanded, so these do not compile in the module:
///
/// - a macro call that stands for items, and any macro call in a function that registers services
///   (a function with a call of `service`, or with a `ServiceConfig`, an `AppService` or an
///   `HttpServiceFactory`), unless the macro is one of the standard library or `lazy_static!`,
///   `json!`, or a macro of `log` and `tracing`. `include!` is not allowed. Other macro calls in
///   functions, in constants and in types are allowed, and so is a `macro_rules!` definition.
/// - an attribute that may be a route attribute under another name, as after
///   `use actix_web::get as fetch`: on a function without a route attribute, any attribute that
///   begins with a string, such as `#[fetch("/items")]`.
/// - `mod name;`, a module in a file of its own.
///
/// A handler that another attribute macro makes, without a route attribute in the module, is not
/// found. If every handler in a module has a `#[cors]` of its own, the module's has no effect, and
/// the compiler warns of it.
#[proc_macro_attribute]
pub fn cors(args: TokenStream, item: TokenStream) -> TokenStream {
    let (policy, errors) = match check::policy(args.into(), Site::Attribute) {
        Ok(policy) => (policy, None),
        Err(error) => (fallback::policy(), Some(error.into_compile_error())),
    };
    let item = item::annotated(item.into(), &policy);
    quote!(#errors #item).into()
}

/// Gives a handler the policy of its module: the attribute that `#[cors]` on a module puts on every
/// handler in it. Has no effect if the handler has a `#[cors]` of its own, which removes it.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn of_module(policy: TokenStream, handler: TokenStream) -> TokenStream {
    item::annotated(handler.into(), &policy.into()).into()
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
