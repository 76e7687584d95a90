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
    let is_needed = args.policy.is_none() && args.has_constants();
    is_needed.then(|| {
        let (private, spec) = (args.crate_path.private(), spec(args));
        quote!(const _: #private::PolicySpec<'static> = #spec;)
    })
}

/// Returns the spec, without the options that are not written: the compiler checks and stores each of them.
fn spec(args: &Args) -> TokenStream {
    let (root, private) = (&args.crate_path, args.crate_path.private());
    let max_age = args.max_age.as_ref().map(|seconds| match seconds {
        Value::Literal(seconds) => some(&Literal::u64_suffixed(*seconds)),
        Value::Constant(seconds) => some(&quote!(const { #seconds })),
    });
    let preflight_status = args.preflight_status.as_ref().map(|status| match status {
        Value::Literal(status) => some(&Literal::u16_suffixed(*status)),
        Value::Constant(status) => {
            let there = location(status);
            let checked =
                quote_spanned!(there=> __cors_private::const_check::preflight_status(#status));
            some(&constant(root, &checked))
        }
    });
    let list = |key, values| (key, list(root, key, values));
    let options = [
        list(PolicyKey::AllowOrigins, &args.allow_origins),
        list(PolicyKey::AllowMethods, &args.allow_methods),
        list(PolicyKey::AllowHeaders, &args.allow_headers),
        (PolicyKey::AllowCredentials, flag(&args.allow_credentials)),
        list(PolicyKey::ExposeHeaders, &args.expose_headers),
        (PolicyKey::MaxAge, max_age),
        (PolicyKey::PreflightStatus, preflight_status),
        (PolicyKey::TimingAllowOrigin, flag(&args.timing_allow_origin)),
        (PolicyKey::DangerInsecureOrigins, flag(&args.danger_insecure_origins)),
        (PolicyKey::DangerPublicSuffixes, flag(&args.danger_public_suffixes)),
        (PolicyKey::SameOrigin, flag(&args.same_origin)),
        (PolicyKey::Enforce, flag(&args.enforce)),
    ];
    let written = options.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let (keys, values): (Vec<_>, Vec<_>) =
        written.map(|(key, value)| (Ident::new(key.as_str(), Span::call_site()), value)).unzip();
    quote! {
        #private::PolicySpec {
            #(#keys: #values,)*
            ..#private::PolicySpec::EMPTY
        }
    }
}

fn list(root: &CratePath, key: PolicyKey, list: &List) -> Option<TokenStream> {
    let check = |function: &str, constant: &Expr| {
        let there = location(constant);
        let [function, key] = [function, &format!("{key:?}")].map(|name| Ident::new(name, there));
        quote_spanned! {there=>
            __cors_private::const_check::#function(__cors_private::PolicyKey::#key, #constant)
        }
    };
    let items = match list {
        List::Items(items) if items.is_empty() => return None,
        List::Items(items) => items,
        List::Constant(list) => return Some(constant(root, &check("items", list))),
    };
    let texts = items.iter().map(|item| match item {
        Value::Literal(text) => text.to_token_stream(),
        Value::Constant(constant) => check("item", constant),
    });
    let texts = quote!(&[#(#texts),*]);
    Some(if list.has_constants() { constant(root, &texts) } else { texts })
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

fn flag(flag: &Value<bool>) -> Option<TokenStream> {
    match flag {
        Value::Literal(flag) => flag.then(|| flag.to_token_stream()),
        Value::Constant(flag) => Some(quote!(const { #flag })),
    }
}

fn some(value: &impl ToTokens) -> TokenStream {
    quote!(::core::option::Option::Some(#value))
}

/// Returns a span at the constant: the compiler reports a fault of the constant there.
fn location(constant: &Expr) -> Span {
    Span::call_site().located_at(constant.span())
}
