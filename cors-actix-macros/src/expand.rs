//! The tokens that come out. They name nothing but `::core`, `::actix_web` and
//! `::cors_actix::private`, so that whatever the user's crate shadows does not matter.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Error, Expr, Ident, ItemMod, LitStr, ext::IdentExt as _};

use crate::{
    args::{Args, Site},
    check,
    handler::Handler,
    module,
    route::Route,
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
        enforce,
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
            enforce: #enforce,
            predicate: false,
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

/// What `#[cors]` makes of its item; or the untouched item, so that nothing is reported for the want of
/// it, and what is wrong.
pub(crate) fn cors(args: TokenStream, item: TokenStream) -> TokenStream {
    expand(args, item.clone()).unwrap_or_else(|error| {
        let errors = error.to_compile_error();
        quote!(#item #errors)
    })
}

fn expand(tokens: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let args = check::args(tokens.clone(), Site::Attribute);
    if let Ok(module) = syn::parse2::<ItemMod>(item.clone()) {
        return module::expand(module, &tokens, &args?);
    }
    let parsed = syn::parse2::<Handler>(item);
    match (args, parsed) {
        (Ok(args), Ok(parsed)) => Ok(handler(&parsed, &args)),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
    }
}

/// The handler's service, as actix-web's own attribute makes it, but with a layer of ours around it.
fn handler(handler: &Handler, args: &Args) -> TokenStream {
    let Handler { name, visibility, cfgs, docs, attributes, function, routes, import } = handler;
    let policy = handler_policy(args);
    let routes = routes.iter().map(|route| register(name, route));
    let import = import.as_ref().map(keep_import);
    quote! {
        #(#cfgs)*
        #(#docs)*
        #[allow(non_camel_case_types, missing_docs, unreachable_pub)]
        #visibility struct #name;

        #(#cfgs)*
        #[automatically_derived]
        impl ::cors_actix::private::dev::HttpServiceFactory for #name {
            fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
                #policy
                #import
                #(#docs)*
                #(#attributes)*
                #function
                #(#routes)*
            }
        }
    }
}

/// A static that holds the policy for all routes of the handler.
fn handler_policy(args: &Args) -> TokenStream {
    let name = format_ident!("__CORS_POLICY");
    match &args.policy {
        Some(expression) => lazy_policy(&name, expression),
        None => {
            let policy = policy(args);
            quote!(static #name: ::cors_actix::Policy = #policy;)
        }
    }
}

/// A static that evaluates the expression once.
pub(crate) fn lazy_policy(name: &Ident, expression: &Expr) -> TokenStream {
    quote! {
        static #name: ::cors_actix::private::LazyPolicy =
            ::cors_actix::private::LazyPolicy::new(|| match #expression {
                ref __cors_policy => ::cors_actix::PolicySource::policy(__cors_policy),
            });
    }
}

fn register(handler: &Ident, route: &Route) -> TokenStream {
    let Route { path, name, methods, guards, wraps } = route;
    let name = name.as_ref().map_or_else(|| handler.unraw().to_string(), LitStr::value);
    quote! {{
        static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::new(
            #path,
            #name,
            &[#(#methods),*],
            || ::cors_actix::PolicySource::policy(&__CORS_POLICY),
        );
        let __cors_endpoint = ::cors_actix::private::endpoint(#handler);
        #(let __cors_endpoint = ::cors_actix::private::apply(#wraps, __cors_endpoint);)*
        __CORS_ROUTE.register(__cors_config, __cors_endpoint, |__cors_context| true #(&& #guards(__cors_context))*);
    }}
}

/// The route attribute is gone, but its user has imported it.
fn keep_import(macro_name: &Ident) -> TokenStream {
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #macro_name as _;
        };
    }
}
