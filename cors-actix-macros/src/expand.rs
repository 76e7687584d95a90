//! Writes the generated code. All its paths begin with `::core` or `::cors_actix`, so that the user's crate
//! may shadow any name.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{LitStr, spanned::Spanned as _};

use crate::{
    args::Args,
    handler::Handler,
    module::Module,
    route::{self, Route},
};

/// Returns an expression for the policy. The expression is constant except after `policy =`.
pub(crate) fn policy(args: &Args) -> TokenStream {
    if let Some(expression) = &args.policy {
        return expression.to_token_stream();
    }
    let Args {
        allow_origins,
        allow_methods,
        allow_headers,
        allow_credentials,
        expose_headers,
        max_age,
        preflight_status,
        timing_allow_origin,
        danger_insecure_origins,
        danger_public_suffixes,
        same_origin,
        enforce,
        ..
    } = args;
    let max_age = option(max_age.map(Literal::u64_suffixed));
    let preflight_status = option(preflight_status.map(Literal::u16_suffixed));
    quote! {
        ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
            allow_origins: &[#(#allow_origins),*],
            allow_methods: &[#(#allow_methods),*],
            allow_headers: &[#(#allow_headers),*],
            allow_credentials: #allow_credentials,
            expose_headers: &[#(#expose_headers),*],
            max_age: #max_age,
            preflight_status: #preflight_status,
            timing_allow_origin: #timing_allow_origin,
            danger_insecure_origins: #danger_insecure_origins,
            danger_public_suffixes: #danger_public_suffixes,
            same_origin: #same_origin,
            enforce: #enforce,
            predicate: false,
        })
    }
}

fn option(literal: Option<Literal>) -> TokenStream {
    match literal {
        Some(literal) => quote!(::core::option::Option::Some(#literal)),
        None => quote!(::core::option::Option::None),
    }
}

/// Returns a static for the policy, which evaluates the expression once.
fn policy_static(name: &Ident, expression: &TokenStream) -> TokenStream {
    let there = Span::call_site().located_at(expression.span());
    let source = quote_spanned!(there=> &(#expression));
    quote! {
        static #name: ::cors_actix::private::LazyPolicy =
            ::cors_actix::private::LazyPolicy::new(|| {
                ::cors_actix::private::SharedPolicy::policy(#source)
            });
    }
}

/// Returns the service of the handler: the service that actix-web's own attribute would make, with the
/// policy around the handler.
pub(crate) fn handler(handler: &Handler, routes: &[Route], policy: &TokenStream) -> TokenStream {
    let Handler { name, visibility, other_attributes, function, .. } = handler;
    let docs = other_attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let shared = format_ident!("__CORS_POLICY");
    let policy = policy_static(&shared, policy);
    let routes = routes.iter().map(|route| register(route, name, &shared));
    // Without this code, the compiler would warn that the imports are unused.
    let imports = route::imports(&handler.route_attributes);
    quote! {
        #(#docs)*
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #visibility struct #name;

        #[automatically_derived]
        impl ::cors_actix::private::dev::HttpServiceFactory for #name {
            fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
                #policy
                #(const _: () = {
                    #[allow(unused_imports)]
                    use #imports as _;
                };)*
                #(#other_attributes)*
                #function
                #(#routes)*
            }
        }
    }
}

fn register(route: &Route, handler: &Ident, policy: &Ident) -> TokenStream {
    let Route { span, path, name, methods, guards, wraps } = route;
    // As without `#[cors]`, an error in the handler's signature is reported at the route attribute.
    let there = Span::call_site().located_at(*span);
    let guarded = !guards.is_empty();
    let name = name.as_ref().map_or_else(|| handler.to_string(), LitStr::value);
    quote_spanned! {there=> {
        static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::new(
            #path,
            #name,
            &[#(#methods),*],
            #guarded,
            || ::cors_actix::private::SharedPolicy::policy(&#policy),
        );
        let __cors_endpoint = ::cors_actix::private::endpoint(#handler);
        #(let __cors_endpoint = ::cors_actix::private::apply(#wraps, __cors_endpoint);)*
        __CORS_ROUTE.register(
            __cors_config,
            __cors_endpoint,
            |__cors_context| true #(&& #guards(__cors_context))*,
        );
    }}
}

/// Returns the module, followed by the policy of its handlers.
///
/// The expression of the policy is in the scope around the module. If that scope is a function, no path
/// from inside the module leads to it. So the policy is a trait implementation for a type in the module:
/// the compiler finds implementations everywhere, and paths inside the module lead to the type.
pub(crate) fn module(module: &Module, policy: &TokenStream) -> TokenStream {
    let Module { name, head, items, is_without_effect } = module;
    let shared = format_ident!("__CORS_POLICY");
    let policy = policy_static(&shared, policy);
    let warning = is_without_effect.then(without_effect);
    quote! {
        #head {
            #items
            #warning

            #[doc(hidden)]
            #[allow(dead_code)]
            pub(super) struct __CorsPolicy;
        }

        #[automatically_derived]
        impl ::cors_actix::private::SharedPolicy for #name::__CorsPolicy {
            fn policy(&self) -> ::cors_actix::Policy {
                #policy
                ::cors_actix::private::SharedPolicy::policy(&#shared)
            }
        }
    }
}

/// Returns code that makes the compiler warn at `#[cors]`. A macro cannot warn by itself, but the compiler
/// warns if code uses a deprecated item.
fn without_effect() -> TokenStream {
    quote! {
        const _: () = {
            #[deprecated(note = "`#[cors]` on this module has no effect: every handler in it has \
                                 a `#[cors]` of its own; remove it, or those of handlers that it is for")]
            const CORS_WITHOUT_EFFECT: () = ();
            CORS_WITHOUT_EFFECT
        };
    }
}
