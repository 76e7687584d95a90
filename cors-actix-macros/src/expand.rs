//! The tokens that come out. They name nothing but `::core`, `::actix_web` and
//! `::cors_actix::private`, so that whatever the user's crate shadows does not matter.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Error, Ident};

use crate::{
    args::Args,
    handler::{Handler, Target},
};

/// A constant expression for the policy.
pub(crate) fn policy(args: &Args) -> TokenStream {
    let [origins, methods, headers, exposed] =
        [&args.allow_origins, &args.allow_methods, &args.allow_headers, &args.expose_headers]
            .map(list);
    let Args {
        allow_credentials,
        danger_insecure_origins,
        danger_public_suffixes,
        same_origin,
        ..
    } = args;
    let max_age = option(args.max_age.map(Literal::u64_suffixed));
    let preflight_status = option(args.preflight_status.map(Literal::u16_suffixed));
    quote! {
        ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
            allow_origins: #origins,
            allow_methods: #methods,
            allow_headers: #headers,
            allow_credentials: #allow_credentials,
            expose_headers: #exposed,
            max_age: #max_age,
            preflight_status: #preflight_status,
            danger_insecure_origins: #danger_insecure_origins,
            danger_public_suffixes: #danger_public_suffixes,
            same_origin: #same_origin,
        })
    }
}

fn list(texts: &Vec<String>) -> TokenStream {
    quote!(&[#(#texts),*])
}

fn option(literal: Option<Literal>) -> TokenStream {
    match literal {
        Some(literal) => quote!(::core::option::Option::Some(#literal)),
        None => quote!(::core::option::Option::None),
    }
}

/// The errors, and a policy in their place so that nothing else is reported for the want of one.
pub(crate) fn broken_policy(error: &Error) -> TokenStream {
    let errors = error.to_compile_error();
    quote! {{
        #errors
        ::cors_actix::Policy::same_origin()
    }}
}

/// The handler's service: actix-web's own, in a layer of ours.
pub(crate) fn handler(handler: &Handler, args: &Args) -> TokenStream {
    let Handler { name, visibility, cfgs, docs, function, .. } = handler;
    let policy = handler_policy(args);
    let routes = handler.targets.iter().map(route);
    let attributes = &handler.attributes;
    let import = handler.import.as_ref().map(keep_import);
    quote! {
        #(#cfgs)*
        #(#docs)*
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #visibility struct #name;

        #(#cfgs)*
        #[automatically_derived]
        impl ::cors_actix::private::dev::HttpServiceFactory for #name {
            #[allow(unreachable_pub, missing_docs)]
            fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
                #policy
                #(#routes)*
                #import
                #(#attributes)*
                #function
                ::cors_actix::private::dev::HttpServiceFactory::register(#name, __cors_config);
            }
        }
    }
}

/// A static that holds the policy for all routes of the handler.
fn handler_policy(args: &Args) -> TokenStream {
    match &args.policy {
        Some(expression) => quote! {
            static __CORS_POLICY: ::cors_actix::private::LazyPolicy =
                ::cors_actix::private::LazyPolicy::new(|| match #expression {
                    ref __cors_policy => ::cors_actix::PolicySource::policy(__cors_policy),
                });
        },
        None => {
            let policy = policy(args);
            quote!(static __CORS_POLICY: ::cors_actix::Policy = #policy;)
        }
    }
}

/// What stands for one path of the handler: its route, and the guard that lets preflights in.
fn route(target: &Target) -> TokenStream {
    let Target { route, guard, methods, guards } = target;
    quote! {
        static #route: ::cors_actix::private::Route = ::cors_actix::private::Route::new(
            &[#(#methods),*],
            || ::cors_actix::PolicySource::policy(&__CORS_POLICY),
        );
        fn #guard(__cors_context: &::cors_actix::private::GuardContext<'_>) -> bool {
            #route.admits(__cors_context, || true #(&& #guards(__cors_context))*)
        }
    }
}

/// The route attribute is replaced, but its user has imported it.
fn keep_import(macro_name: &Ident) -> TokenStream {
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #macro_name as _;
        };
    }
}
