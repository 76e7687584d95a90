//! Writes the generated code. All its paths begin with `::core` or with the path of `cors_actix`, so that
//! names that the user's crate shadows do not matter.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{LitStr, spanned::Spanned as _};

use crate::{
    crate_path::CratePath,
    handler::Handler,
    module::Module,
    policy::Expression,
    route::{self, Route},
};

/// Returns a static for the policy, which evaluates the expression once.
fn policy_static(name: &Ident, policy: &Expression, private: &TokenStream) -> TokenStream {
    let Expression { tokens: policy, is_constant } = policy;
    if *is_constant {
        return quote!(static #name: #private::Policy = #policy;);
    }
    let there = Span::call_site().located_at(policy.span());
    let source = quote_spanned!(there=> &(#policy));
    quote! {
        static #name: #private::LazyPolicy =
            #private::LazyPolicy::new(|| {
                #private::SharedPolicy::policy(#source)
            });
    }
}

/// Returns the service of the handler: like the service that actix-web's own attribute makes, with the
/// policy around it.
pub(crate) fn handler(
    handler: &Handler,
    routes: &[Route],
    policy: &Expression,
    root: &CratePath,
) -> TokenStream {
    let Handler { name, visibility, other_attributes, function, .. } = handler;
    let docs = other_attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let shared = format_ident!("__CORS_POLICY");
    let private = root.private();
    let policy = policy_static(&shared, policy, &private);
    let import = root.import();
    let routes = routes.iter().map(|route| register(route, name, &shared));
    // No other code uses the imports any more, and the compiler would warn of them. An attribute that is not
    // imported is an error at its name.
    let imports = route::imports(&handler.route_attributes).into_iter();
    let imports = imports.map(|path| quote_spanned! {path.span()=> use #path as _;});
    quote! {
        #(#docs)*
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #visibility struct #name;

        #[automatically_derived]
        impl #private::dev::HttpServiceFactory for #name {
            fn register(self, __cors_config: &mut #private::dev::AppService) {
                #import
                #policy
                #(const _: () = {
                    #[allow(unused_imports)]
                    #imports
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
    // An error in the handler's signature is reported at its route attribute, as without `#[cors]`.
    let there = Span::call_site().located_at(*span);
    let guarded = !guards.is_empty();
    let register = if wraps.is_empty() { "register_handler" } else { "register" };
    let register = Ident::new(register, there);
    let guard = match guarded {
        true => quote_spanned!(there=> |__cors_context| true #(&& #guards(__cors_context))*),
        false => quote_spanned!(there=> __cors_private::no_guards),
    };
    let name = name.as_ref().map_or_else(|| handler.to_string(), LitStr::value);
    quote_spanned! {there=> {
        static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
            #path,
            #name,
            &[#(#methods),*],
            #guarded,
            &#policy,
        );
        let __cors_endpoint = __cors_private::endpoint(#handler);
        #(let __cors_endpoint = __cors_private::apply(#wraps, __cors_endpoint);)*
        __CORS_ROUTE.#register(__cors_config, __cors_endpoint, #guard);
    }}
}

/// Returns the module, followed by the policy of its handlers.
///
/// The expression of the policy stands in the scope around the module. If that scope is a function, no
/// path from inside the module leads there. So the policy is an implementation for a type in the
/// module: implementations are found wherever they stand, and paths inside the module lead to the type.
pub(crate) fn module(module: &Module, policy: &Expression, root: &CratePath) -> TokenStream {
    let Module { name, head, items, is_without_effect } = module;
    let shared = format_ident!("__CORS_POLICY");
    let private = root.private();
    let policy = policy_static(&shared, policy, &private);
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
        impl #private::SharedPolicy for #name::__CorsPolicy {
            fn policy(&self) -> #private::Policy {
                #policy
                #private::SharedPolicy::policy(&#shared)
            }
        }
    }
}

/// Returns code that makes the compiler warn at `#[cors]`. Macros cannot give warnings, but the compiler
/// warns of the use of a deprecated item.
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
