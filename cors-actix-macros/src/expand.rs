//! Writes the generated code. All its paths begin with `::core` or with the path of `cors_actix`, so that
//! names that the user's crate shadows do not matter.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{LitStr, spanned::Spanned as _};

use crate::{
    crate_path::{CratePath, Private},
    handler::Handler,
    module::Module,
    policy::Expression,
    route::{self, Route},
};

/// Returns a static for the policy, which evaluates the expression once.
fn policy_static(name: &Ident, policy: &Expression, private: &Private<'_>) -> TokenStream {
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
/// policy around it. The compiler takes time for each item, so a policy has no static of its own if it has one
/// route.
pub(crate) fn handler(
    handler: &Handler,
    routes: &[Route],
    policy: &Expression,
    root: &CratePath,
) -> TokenStream {
    let Handler { name, visibility, other_attributes, function, .. } = handler;
    let docs = other_attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let private = root.private();
    let is_own = policy.is_constant && routes.len() == 1;
    let shared =
        (!is_own).then(|| policy_static(&format_ident!("__CORS_POLICY"), policy, &private));
    let own = is_own.then_some(policy);
    let routes = routes.iter().map(|route| register(route, name, own, &private));
    // No other code uses the imports any more, and the compiler would warn of them. An attribute that is not
    // imported is an error at its name.
    let imports = route::imports(&handler.route_attributes).into_iter();
    let imports = imports.map(|path| {
        quote_spanned! {path.span()=>
            #[allow(unused_imports)]
            use #path as _;
        }
    });
    quote! {
        #(#docs)*
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #visibility struct #name;

        #[automatically_derived]
        impl #private::dev::HttpServiceFactory for #name {
            fn register(self, __cors_config: &mut #private::dev::AppService) {
                #shared
                #(#imports)*
                #(#other_attributes)*
                #(#function)*
                #(#routes)*
            }
        }
    }
}

/// Returns the registration of a route. Without `own`, its policy stands in another static.
fn register(
    route: &Route,
    handler: &Ident,
    own: Option<&Expression>,
    private: &Private<'_>,
) -> TokenStream {
    let Route { span, path, name, methods, guards, wraps } = route;
    let name = name.as_ref().map_or_else(|| handler.to_string(), LitStr::value);
    let (new, policy) = match own {
        Some(policy) => ("new", policy.tokens.clone()),
        None => ("of_shared", quote!(&__CORS_POLICY)),
    };
    let new = Ident::new(new, Span::call_site());
    let guards = (!guards.is_empty())
        .then(|| quote!(.guarded(|__cors_context| true #(&& #guards(__cors_context))*)));
    // An error in the handler's signature is reported at its route attribute, as without `#[cors]`.
    let there = Span::call_site().located_at(*span);
    let registration = if wraps.is_empty() {
        quote_spanned!(there=> __CORS_ROUTE.register_handler(__cors_config, #handler);)
    } else {
        quote_spanned! {there=>
            let __cors_endpoint = #private::endpoint(#handler);
            #(let __cors_endpoint = #private::apply(#wraps, __cors_endpoint);)*
            __CORS_ROUTE.register(__cors_config, __cors_endpoint);
        }
    };
    quote! {{
        static __CORS_ROUTE: #private::Route =
            #private::Route::#new(#path, #name, &[#(#methods),*], #policy)#guards;
        #registration
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
