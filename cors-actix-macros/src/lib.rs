//! The macros `#[cors]` and `policy!` of `cors-actix`, which re-exports them. Depend on that crate.

mod args;
mod attribute;
mod check;
mod conditional;
mod crate_path;
mod errors;
mod expand;
mod fallback;
mod handler;
mod item;
mod keyword;
mod module;
mod policy;
mod route;
mod scan;
mod source;
mod syntax;
mod value;

// Outside of this folder, with the programs of `compile_fail`: the published package has no tests.
#[cfg(test)]
#[path = "../../tests/expansions/mod.rs"]
mod tests;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use quote::quote;

use crate::{
    args::Args,
    crate_path::{CratePath, ModuleArgs},
    handler::Handler,
    item::Item,
    keyword::Invocation,
    module::Module,
    policy::Expression,
    source::CallSite,
};

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
/// | `timing_allow_origin` | lets pages of allowed origins read the timing of responses |
/// | `danger_insecure_origins` | accepts plain `http://` origins with credentials |
/// | `danger_public_suffixes` | accepts wildcards over public suffixes with credentials |
/// | `same_origin` | denies every other origin; stands alone or with `enforce` |
/// | `enforce` | denies requests from other origins that are not allowed, before they reach the handler |
/// | `policy` | an expression for a policy that is built elsewhere; stands alone, or with `crate` |
/// | `crate` | the path of `cors_actix`, if it is not `::cors_actix` |
///
/// Every problem of a policy is a compile error at its tokens, and all problems are reported at once.
///
/// # Constants
///
/// A value may be a constant expression instead of a literal: a path, `concat!`, `env!`, `cfg!`, a call of a
/// `const fn`, a calculation. An item of a list is of type `&'static str`, and the whole list may be a
/// constant of type `&'static [&'static str]`. `max_age` is of type `u64`, `preflight_status` of type `u16`,
/// a flag of type `bool`.
///
/// The names in an expression are those of the scope around the attribute, also on a module. The compiler
/// evaluates the constants and checks each item: an origin that browsers never send, for example, is a compile
/// error. When the app is built, the whole policy is checked. If the policy has a problem that only the
/// values together show, such as a constant `http://` origin with credentials, the problem and the position of
/// the attribute are logged as an error, and the app does not start.
///
/// # Under another name
///
/// `crate` tells the path of `cors_actix` to packages that depend on it under another name, or that know it
/// through another package: `crate = my_web::cors_actix`, or `crate = "my_web::cors_actix"`. A macro of such
/// a package writes `crate = $crate::cors_actix`. The path is one of the scope around the attribute. On a
/// module in a function, the path does not begin with a name that only the function knows.
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
    expand_cors(args.into(), item.into(), CallSite::of_macro().as_ref()).into()
}

/// Gives a handler the policy of its module. `#[cors]` on a module puts this attribute on every handler
/// in the module. If the handler has its own `#[cors]`, that attribute removes this attribute.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn of_module(args: TokenStream, handler: TokenStream) -> TokenStream {
    expand_of_module(args.into(), handler.into(), CallSite::of_macro().as_ref()).into()
}

/// Returns a policy that is checked at compile time, and that can be the value of a `static`.
///
/// The macro takes the keys of [`#[cors]`](macro@cors) except `policy`, and also `allow_methods`: `any`, or a
/// list of methods in addition to GET, HEAD and POST.
///
/// Values may be constants, as in [`#[cors]`](macro@cors). The compiler checks each item, and the first use
/// of the policy checks the whole policy. A policy with problems logs them as an error, denies every origin, and
/// keeps apps from starting.
#[proc_macro]
pub fn policy(input: TokenStream) -> TokenStream {
    expand_policy(input.into()).into()
}

fn expand_cors(
    args: TokenStream2,
    item: TokenStream2,
    call_site: Option<&CallSite>,
) -> TokenStream2 {
    let args = Args::parse(args, Invocation::Attribute);
    let (policy, item_beside) = match check::policy(&args) {
        Ok(()) => (policy::of_attribute(&args), policy::evaluation(&args)),
        Err(error) => {
            let policy = Expression::at_run_time(fallback::policy(&args.crate_path));
            (policy, Some(error.into_compile_error()))
        }
    };
    let item = annotate(item, &policy, &args.crate_path, call_site);
    quote!(#item_beside #item)
}

fn expand_of_module(
    args: TokenStream2,
    handler: TokenStream2,
    call_site: Option<&CallSite>,
) -> TokenStream2 {
    match syn::parse2::<ModuleArgs>(args) {
        Ok(ModuleArgs { crate_path, policy }) => {
            annotate(handler, &Expression::at_run_time(policy), &crate_path, call_site)
        }
        Err(error) => error.into_compile_error(),
    }
}

fn expand_policy(input: TokenStream2) -> TokenStream2 {
    let args = Args::parse(input, Invocation::Macro);
    match check::policy(&args) {
        Ok(()) => policy::expression(&args),
        Err(error) => {
            let policy = fallback::policy(&args.crate_path);
            let errors = error.into_compile_error();
            quote!({ #errors #policy })
        }
    }
}

/// Returns the code for a handler or a module under the policy.
fn annotate(
    tokens: TokenStream2,
    policy: &Expression,
    root: &CratePath,
    call_site: Option<&CallSite>,
) -> TokenStream2 {
    let item = match Item::read(tokens.clone()) {
        Ok(item) => item,
        Err(error) => return fallback::item(&tokens, &error),
    };
    if let Some(name) = item.function_name() {
        let handler = Handler::new(name, item);
        match handler.routes(call_site) {
            Ok(routes) => match handler.hidden_documentation() {
                None => expand::handler(&handler, &routes, policy, root),
                Some(error) => fallback::reordered(&handler, policy, root, &error),
            },
            Err(error) => fallback::handler(&handler, policy, root, &error),
        }
    } else {
        match Module::new(item, root) {
            Ok(module) => expand::module(&module, policy, root),
            Err(error) => fallback::item(&tokens, &error),
        }
    }
}
