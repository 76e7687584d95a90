//! Writes code in place of code that cannot be generated, so that the compiler reports only the user's
//! own errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error};

use crate::{attribute, crate_path::CratePath, expand, handler::Handler, policy::Expression};

/// Returns an expression in place of the policy.
pub(crate) fn policy(root: &CratePath) -> TokenStream {
    let private = root.private();
    quote!(#private::Policy::same_origin())
}

/// Returns the annotated item as it was, with the error.
pub(crate) fn item(item: &TokenStream, error: &Error) -> TokenStream {
    let errors = error.to_compile_error();
    quote!(#errors #item)
}

/// Returns the handler with its attributes in the right order, with the error for their order. Code that uses
/// the items of `#[utoipa::path]` has no further errors.
pub(crate) fn reordered(
    handler: &Handler,
    policy: &Expression,
    root: &CratePath,
    error: &Error,
) -> TokenStream {
    let (errors, policy) = (error.to_compile_error(), &policy.tokens);
    let Handler { visibility, route_attributes, other_attributes, function, .. } = handler;
    let (documentation, others): (Vec<&Attribute>, Vec<&Attribute>) =
        other_attributes.iter().partition(|one| attribute::is_utoipa_path(one));
    quote! {
        #errors
        #(#documentation)*
        #[#root::private::of_module(#root; #policy)]
        #(#others)*
        #(#route_attributes)*
        #visibility #(#function)*
    }
}

/// Returns a stub of the handler, with the error. The stub can be registered as a service, like a
/// handler with a route attribute, and given to a route, like a handler without one.
pub(crate) fn handler(
    handler: &Handler,
    policy: &Expression,
    root: &CratePath,
    error: &Error,
) -> TokenStream {
    let errors = error.to_compile_error();
    let (service, private) = (expand::handler(handler, &[], policy, root), root.private());
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
        impl #private::Handler<()> for #name {
            type Output = #private::HttpResponse;
            type Future = ::core::future::Pending<Self::Output>;

            fn call(&self, (): ()) -> Self::Future {
                ::core::future::pending()
            }
        }
    }
}
