//! The macros `#[cors]` and `policy!` of `cors-actix`, which re-exports them. Depend on that crate.

mod args;
mod attribute;
mod check;
mod conditional;
mod errors;
mod expand;
mod fallback;
mod handler;
mod item;
mod keyword;
mod module;
mod route;
mod scan;
mod source;
mod syntax;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use quote::quote;

use crate::{args::Args, handler::Handler, item::Item, keyword::Invocation, module::Module};

/// Gives a handler its own CORS policy. The handler answers the preflights for its route, and all its
/// responses carry the headers. No middleware is needed.
///
/// The attribute stands **above** the route attribute (`#[get]` to `#[query]`, `#[route]`, `#[routes]`),
/// and allows the methods of that route. An attribute is a route attribute only if its first argument is
/// a path as a string; `#[trace]` and `#[fastrace::trace(…)]` are attributes of other crates.
/// `#[utoipa::path]` stands above `#[cors]`; other attributes can stand at any place.
///
/// | key | value |
/// |---|---|
/// | `allow_origins` | `any`, or a list of origins and patterns: `"https://a.example"`, `"https://*.a.example"`, `"http://localhost:*"`, `null` |
/// | `allow_headers` | `any`, or a list of request header names; `[any, "authorization"]` |
/// | `allow_credentials` | `true` or `false`; `true` if written alone |
/// | `expose_headers` | `any`, or a list of response header names |
/// | `max_age` | seconds for which browsers may cache the answer to a preflight |
/// | `preflight_status` | status of a granted preflight; 204 by default |
/// | `danger_insecure_origins` | accepts plain `http://` origins with credentials |
/// | `danger_public_suffixes` | accepts wildcards over public suffixes with credentials |
/// | `same_origin` | denies every other origin; stands alone or with `enforce` |
/// | `enforce` | denies requests from other origins that are not allowed, before they reach the handler |
/// | `policy` | an expression for a policy that is built elsewhere; stands alone |
///
/// Every problem of a policy is a compile error at its tokens, and all problems are reported at once.
///
/// # A policy that is built elsewhere
///
/// `policy` takes an expression for a `Policy`, a `PolicyHandle`, a `LazyLock` of one of them, or a
/// reference to one of them. Values that are known only when the program runs come from a `static` of
/// type `LazyLock<Policy>`, whose initializer calls `Policy::builder()`.
///
/// The expression is evaluated once per process: before the first worker with an app that registers the
/// handler takes requests.
///
/// # On a module
///
/// On a module, the attribute gives its policy to every handler in the module that has no `#[cors]`
/// itself. This includes handlers in inner modules, in functions, and with the route attribute in
/// `cfg_attr`. The policy is put directly above the route attribute, so attributes such as
/// `#[utoipa::path]` stand above the route attribute, as they do without `#[cors]`.
///
/// A handler that the attribute cannot find is an error. The attribute sees the module before macros are
/// expanded, so the following code does not compile in the module:
///
/// - a macro call that stands for items, and any macro call in a function that registers services
///   (a function with a call of `service`, or with a `ServiceConfig`, an `AppService` or an
///   `HttpServiceFactory`), unless the macro is one of the standard library or `lazy_static!`,
///   `json!`, or a macro of `log` and `tracing`. `include!` is not allowed. Other macro calls in
///   functions, in constants and in types are allowed, and so is a `macro_rules!` definition.
/// - an attribute that may be a route attribute under another name, as after
///   `use actix_web::get as fetch`: on a function without a route attribute, any attribute with a
///   string as its first argument, such as `#[fetch("/items")]`.
/// - `mod name;`, a module in a file of its own.
///
/// A handler that another attribute macro makes, without a route attribute in the module, is not
/// found. If every handler in a module has its own `#[cors]`, the attribute on the module has no effect,
/// and the compiler warns.
#[proc_macro_attribute]
pub fn cors(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = Args::parse(args.into(), Invocation::Attribute);
    let (policy, errors) = match check::policy(&args) {
        Ok(()) => (expand::policy(&args), None),
        Err(error) => (fallback::policy(), Some(error.into_compile_error())),
    };
    let item = annotate(item.into(), &policy);
    quote!(#errors #item).into()
}

/// Gives a handler the policy of its module. `#[cors]` on a module puts this attribute on every handler
/// in the module. If the handler has its own `#[cors]`, that attribute removes this attribute.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn of_module(policy: TokenStream, handler: TokenStream) -> TokenStream {
    annotate(handler.into(), &policy.into()).into()
}

/// Returns a policy that is checked at compile time, and that can be the value of a `static`.
///
/// The macro takes the keys of [`#[cors]`](macro@cors) except `policy`, and also `allow_methods`: `any`, or a
/// list of methods in addition to GET, HEAD and POST.
#[proc_macro]
pub fn policy(input: TokenStream) -> TokenStream {
    let args = Args::parse(input.into(), Invocation::Macro);
    let policy = match check::policy(&args) {
        Ok(()) => expand::policy(&args),
        Err(error) => {
            let (errors, policy) = (error.into_compile_error(), fallback::policy());
            quote!({ #errors #policy })
        }
    };
    policy.into()
}

/// Returns the code for a handler or a module under the policy.
fn annotate(tokens: TokenStream2, policy: &TokenStream2) -> TokenStream2 {
    let item = match syn::parse2::<Item>(tokens.clone()) {
        Ok(item) => item,
        Err(error) => return fallback::item(&tokens, &error),
    };
    if let Some(name) = item.function_name() {
        let handler = Handler::new(name, item);
        match handler.routes() {
            Ok(routes) => match handler.hidden_documentation() {
                None => expand::handler(&handler, &routes, policy),
                Some(error) => fallback::reordered(&handler, policy, &error),
            },
            Err(error) => fallback::handler(&handler, policy, &error),
        }
    } else {
        match Module::new(item) {
            Ok(module) => expand::module(&module, policy),
            Err(error) => fallback::item(&tokens, &error),
        }
    }
}
