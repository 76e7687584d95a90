//! What stands in for what can't be made, so that nothing is reported for the want of it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Error;

use crate::{expand, handler::Handler};

/// In place of a policy.
pub(crate) fn policy() -> TokenStream {
    quote!(::cors_actix::Policy::same_origin())
}

/// In place of an annotated item: the item as it was.
pub(crate) fn item(item: &TokenStream, error: &Error) -> TokenStream {
    let errors = error.to_compile_error();
    quote!(#errors #item)
}

/// In place of a handler: it can be registered as a service, like one with a route attribute, and
/// given to a route, like one without.
pub(crate) fn handler(handler: &Handler, policy: &TokenStream, error: &Error) -> TokenStream {
    let errors = error.to_compile_error();
    let service = expand::handler(handler, &[], policy);
    let name = &handler.name;
    quote! {
        #errors
        #service

        #[automatically_derived]
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                #name
            }
        }

        #[automatically_derived]
        impl ::actix_web::Handler<()> for #name {
            type Output = ::actix_web::HttpResponse;
            type Future = ::core::future::Pending<Self::Output>;

            fn call(&self, (): ()) -> Self::Future {
                ::core::future::pending()
            }
        }
    }
}
