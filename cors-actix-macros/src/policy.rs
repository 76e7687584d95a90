//! Writes the code of a policy.

use cors_actix_core::PolicyKey;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

use crate::{
    args::Args,
    crate_path::CratePath,
    value::{List, Value},
};

/// An expression for a policy.
pub(crate) struct Expression {
    pub(crate) tokens: TokenStream,
    /// `true` if the expression can be the value of a static, without values that only the compiler knows.
    pub(crate) is_constant: bool,
}

impl Expression {
    /// Returns an expression that is evaluated when the policy is first used.
    pub(crate) fn at_run_time(tokens: TokenStream) -> Self {
        Expression { tokens, is_constant: false }
    }
}

/// Returns the expression for the policy of `#[cors]`.
pub(crate) fn of_attribute(args: &Args) -> Expression {
    let is_constant = args.policy.is_none() && !args.has_constants();
    Expression { tokens: expression(args), is_constant }
}

/// Returns an expression for the policy. The expression is constant except after `policy =`.
pub(crate) fn expression(args: &Args) -> TokenStream {
    if let Some(expression) = &args.policy {
        return expression.to_token_stream();
    }
    let (private, spec) = (args.crate_path.private(), spec(args));
    if args.has_constants() {
        quote!(#private::policy_with_constants(#spec))
    } else {
        quote!(#private::policy(#spec))
    }
}

/// Returns an item by which the compiler evaluates the constants in the policy of `#[cors]`, if there are any,
/// whenever it checks the program. The expression of the policy stands in a function, whose constants the
/// compiler evaluates only to generate code.
pub(crate) fn evaluation(args: &Args) -> Option<TokenStream> {
    let (private, spec) = (args.crate_path.private(), spec(args));
    let is_needed = args.policy.is_none() && args.has_constants();
    is_needed.then(|| quote!(const _: #private::PolicySpec<'static> = #spec;))
}

fn spec(args: &Args) -> TokenStream {
    let (root, private) = (&args.crate_path, args.crate_path.private());
    let list = |key, values| list(root, key, values);
    let allow_origins = list(PolicyKey::AllowOrigins, &args.allow_origins);
    let allow_methods = list(PolicyKey::AllowMethods, &args.allow_methods);
    let allow_headers = list(PolicyKey::AllowHeaders, &args.allow_headers);
    let allow_credentials = flag(&args.allow_credentials);
    let expose_headers = list(PolicyKey::ExposeHeaders, &args.expose_headers);
    let max_age = option(args.max_age.as_ref().map(|seconds| match seconds {
        Value::Literal(seconds) => Literal::u64_suffixed(*seconds).into_token_stream(),
        Value::Constant(seconds) => quote!(const { #seconds }),
    }));
    let preflight_status = option(args.preflight_status.as_ref().map(|status| match status {
        Value::Literal(status) => Literal::u16_suffixed(*status).into_token_stream(),
        Value::Constant(status) => {
            let there = location(status);
            let checked =
                quote_spanned!(there=> __cors_private::const_check::preflight_status(#status));
            constant(root, &checked)
        }
    }));
    let timing_allow_origin = flag(&args.timing_allow_origin);
    let danger_insecure_origins = flag(&args.danger_insecure_origins);
    let danger_public_suffixes = flag(&args.danger_public_suffixes);
    let same_origin = flag(&args.same_origin);
    let enforce = flag(&args.enforce);
    quote! {
        #private::PolicySpec {
            allow_origins: #allow_origins,
            allow_methods: #allow_methods,
            allow_headers: #allow_headers,
            allow_credentials: #allow_credentials,
            expose_headers: #expose_headers,
            max_age: #max_age,
            preflight_status: #preflight_status,
            timing_allow_origin: #timing_allow_origin,
            danger_insecure_origins: #danger_insecure_origins,
            danger_public_suffixes: #danger_public_suffixes,
            same_origin: #same_origin,
            enforce: #enforce,
            predicate: false,
        }
    }
}

fn list(root: &CratePath, key: PolicyKey, list: &List) -> TokenStream {
    let check = |function: &str, constant: &Expr| {
        let there = location(constant);
        let [function, key] = [function, &format!("{key:?}")].map(|name| Ident::new(name, there));
        quote_spanned! {there=>
            __cors_private::const_check::#function(__cors_private::PolicyKey::#key, #constant)
        }
    };
    let items = match list {
        List::Items(items) => items,
        List::Constant(list) => return constant(root, &check("items", list)),
    };
    let texts = items.iter().map(|item| match item {
        Value::Literal(text) => text.to_token_stream(),
        Value::Constant(constant) => check("item", constant),
    });
    let texts = quote!(&[#(#texts),*]);
    if list.has_constants() { constant(root, &texts) } else { texts }
}

fn constant(root: &CratePath, value: &TokenStream) -> TokenStream {
    let import = root.import();
    quote! {
        const {
            #import
            #value
        }
    }
}

fn flag(flag: &Value<bool>) -> TokenStream {
    match flag {
        Value::Literal(flag) => flag.to_token_stream(),
        Value::Constant(flag) => quote!(const { #flag }),
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Returns a span at the constant: the compiler reports a fault of the constant there.
fn location(constant: &Expr) -> Span {
    Span::call_site().located_at(constant.span())
}
