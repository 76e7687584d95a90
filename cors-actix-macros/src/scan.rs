//! Finds the handlers in the tokens of a module, at any depth, and puts the module's policy on them.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Error, Ident, Path, Token, Visibility,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    token::{self, Brace},
};

use crate::{
    attribute,
    conditional::Conditional,
    crate_path::CratePath,
    syntax::{
        is_function, is_harmless, is_method, macro_definition, outer_attributes, registers,
        words_to_fn,
    },
};

/// The message for a module in a file of its own, whose code the compiler does not pass to attributes.
pub(crate) const FILE_MODULE: &str = "`#[cors]` applies to the handlers of inline modules only, \
                                      `mod name { … }`; for a module in a file of its own, put \
                                      `#[cors(policy = …)]` on each handler in the file, with the \
                                      policy in a `static`";

/// The findings in a module.
#[derive(Default)]
pub(crate) struct Scan {
    /// `true` if there are handlers without `#[cors]`.
    pub(crate) covers: bool,
    /// `true` if there are handlers with `#[cors]`.
    pub(crate) passes_over: bool,
    /// Errors for code that may contain handlers and cannot be read.
    pub(crate) errors: Vec<Error>,
}

/// The context of tokens in the module.
pub(crate) struct Context {
    /// The path of `cors_actix`.
    root: CratePath,
    /// The path of the module's policy.
    policy: TokenStream,
    /// The macro calls that are errors, because they may make handlers.
    calls: Calls,
}

/// The macro calls that may make handlers.
#[derive(Clone, Copy, PartialEq)]
enum Calls {
    /// In a module: the calls that stand for items.
    Items,
    /// In a function that registers services: all calls.
    All,
    /// Elsewhere: no calls, because nothing can register a handler that a macro makes there.
    None,
}

impl Context {
    /// Returns the context of the items of the annotated module.
    pub(crate) fn of_module(root: CratePath) -> Self {
        Context { root, policy: quote!(self::__CorsPolicy), calls: Calls::Items }
    }

    fn of_inner_module(&self) -> Self {
        let path = self.policy.clone().into_iter().skip(1);
        let path: TokenStream = path.collect();
        let root = self.root.in_inner_module();
        Context { root, policy: quote!(self::super #path), calls: Calls::Items }
    }

    fn with(&self, calls: Calls) -> Self {
        Context { root: self.root.clone(), policy: self.policy.clone(), calls }
    }

    /// Returns the context of the tokens in a group. Items stand only in the invisible groups that macros
    /// put around tokens.
    fn of_group(&self, group: &Group) -> Self {
        self.with(match self.calls {
            Calls::Items if group.delimiter() != Delimiter::None => Calls::None,
            calls => calls,
        })
    }

    fn of_function(&self, function: &TokenStream) -> Self {
        let registers = self.calls == Calls::All || registers(function);
        self.with(if registers { Calls::All } else { Calls::None })
    }
}

impl Scan {
    /// Returns the tokens, with the policy on the handlers in them.
    pub(crate) fn annotate(
        &mut self,
        tokens: TokenStream,
        context: &Context,
    ) -> syn::Result<TokenStream> {
        let read = |input: ParseStream<'_>| {
            let mut tokens = TokenStream::new();
            // An item of a module ends with a group or a semicolon. In a macro call, only words and
            // colons stand in front of the `!`.
            let mut may_be_item = true;
            while !input.is_empty() {
                let attributes = outer_attributes(input);
                let visibility: Visibility = input.parse()?;
                if is_function(input) {
                    tokens.extend(self.function(input, attributes, &visibility, context)?);
                    may_be_item = true;
                } else if input.peek(Token![mod]) && input.peek3(Brace) {
                    tokens.extend(self.module(input, &attributes, &visibility, context)?);
                    may_be_item = true;
                } else {
                    tokens.extend(quote!(#(#attributes)* #visibility));
                    self.report_file_module(input);
                    if let Some(definition) = macro_definition(input)? {
                        tokens.extend(definition);
                        may_be_item = true;
                    } else if !input.is_empty() {
                        if context.calls == Calls::All
                            || context.calls == Calls::Items && may_be_item
                        {
                            self.report_call(input);
                        }
                        let token = self.token(input, context)?;
                        may_be_item = match &token {
                            TokenTree::Group(_) => true,
                            TokenTree::Punct(punct) => match punct.as_char() {
                                ';' => true,
                                ':' | '!' => may_be_item,
                                _ => false,
                            },
                            _ => may_be_item,
                        };
                        tokens.extend([token]);
                    }
                }
            }
            Ok(tokens)
        };
        read.parse2(tokens)
    }

    fn token(&mut self, input: ParseStream<'_>, context: &Context) -> syn::Result<TokenTree> {
        Ok(match input.parse()? {
            TokenTree::Group(group) => self.group(&group, &context.of_group(&group))?.into(),
            token => token,
        })
    }

    fn group(&mut self, group: &Group, context: &Context) -> syn::Result<Group> {
        let mut annotated = Group::new(group.delimiter(), self.annotate(group.stream(), context)?);
        annotated.set_span(group.span());
        Ok(annotated)
    }

    fn module(
        &mut self,
        input: ParseStream<'_>,
        attributes: &[Attribute],
        visibility: &Visibility,
        context: &Context,
    ) -> syn::Result<TokenStream> {
        let (keyword, name): (Token![mod], Ident) = (input.parse()?, input.call(Ident::parse_any)?);
        let body: Group = input.parse()?;
        let mut inner = Scan::default();
        let body = inner.group(&body, &context.of_inner_module())?;
        if attributes.iter().any(attribute::is_cors) {
            // The inner module has its own `#[cors]`, which reports the errors.
            self.passes_over |= inner.covers || inner.passes_over;
        } else {
            self.covers |= inner.covers;
            self.passes_over |= inner.passes_over;
            self.errors.extend(inner.errors);
        }
        Ok(quote!(#(#attributes)* #visibility #keyword #name #body))
    }

    fn function(
        &mut self,
        input: ParseStream<'_>,
        attributes: Vec<Attribute>,
        visibility: &Visibility,
        context: &Context,
    ) -> syn::Result<TokenStream> {
        let mut head = words_to_fn(input)?;
        while !input.is_empty() && !input.peek(Brace) && !input.peek(Token![;]) {
            head.extend([input.parse::<TokenTree>()?]);
        }
        let attributes = if is_method(&head) {
            quote!(#(#attributes)*)
        } else {
            self.attributes(attributes, context)
        };
        let body: Option<Group> = if input.peek(Brace) { Some(input.parse()?) } else { None };
        let context = &context.of_function(&quote!(#head #body));
        let body = body.map(|body| self.group(&body, context)).transpose()?;
        Ok(quote!(#attributes #visibility #head #body))
    }

    /// Returns the attributes of a function, with the policy directly above its route attributes.
    fn attributes(&mut self, attributes: Vec<Attribute>, context: &Context) -> TokenStream {
        let mut all: Vec<_> = attributes.iter().cloned().flat_map(Conditional::all).collect();
        // Of the modules around a handler, the innermost is expanded last, so its policy replaces others.
        all.retain(|one| !attribute::is_of_module(&one.attribute));
        let (routes, others): (Vec<_>, Vec<_>) =
            all.iter().partition(|one| attribute::is_route_with_path(&one.attribute));
        // `None` if a route attribute has no condition.
        let conditions: Option<Vec<_>> = routes.iter().map(|one| one.condition.as_ref()).collect();
        if conditions.is_some() {
            self.errors.extend(others.iter().filter_map(|one| renamed_route(&one.attribute)));
        }
        let first = all.iter().position(|one| attribute::is_route(&one.attribute));
        let (Some(first), false) = (first, routes.is_empty()) else {
            return quote!(#(#attributes)*);
        };
        let (above, below) = all.split_at(first);
        let is_own =
            |one: &Conditional| attribute::is_cors(&one.attribute) && one.condition.is_none();
        let has_own = above.iter().any(is_own);
        self.covers |= !has_own;
        self.passes_over |= has_own;
        let there = below.first().map(|route| route.attribute.bracket_token.span.join());
        // Errors in the code that the attribute expands to are reported at the attribute.
        let there = Span::call_site().located_at(there.unwrap_or_else(Span::call_site));
        let Context { root, policy, .. } = context;
        let of_module = quote_spanned!(there=> #root::private::of_module(#root; #policy));
        let of_module = match conditions {
            Some(conditions) => quote!(cfg_attr(any(#(#conditions),*), #of_module)),
            None => of_module,
        };
        let of_module = quote_spanned!(there=> #[#of_module]);
        quote!(#(#above)* #of_module #(#below)*)
    }

    /// Reports a module in a file of its own.
    fn report_file_module(&mut self, input: ParseStream<'_>) {
        if input.peek(Token![mod]) && input.peek3(Token![;]) && !input.peek(token::Group) {
            self.errors.push(input.error(FILE_MODULE));
        }
    }

    /// Reports a macro call, if the macro is not known to make no handlers.
    fn report_call(&mut self, input: ParseStream<'_>) {
        let is_call = input.peek(Ident) && input.peek2(Token![!]) && !input.peek2(Token![!=]);
        if !is_call || input.peek(token::Group) {
            return;
        }
        let Ok(name) = input.fork().parse::<Ident>() else { return };
        if !is_harmless(&name.to_string()) {
            let message = format!(
                "`#[cors]` on a module cannot tell whether `{name}!` makes handlers; call it \
                 outside of the module, and put `#[cors]` on the handlers that it makes"
            );
            self.errors.push(Error::new(name.span(), message));
        }
    }
}

/// Returns the error for an attribute with a string as its first argument, as route attributes have.
fn renamed_route(attribute: &Attribute) -> Option<Error> {
    let text = attribute::first_text(attribute)?.token();
    let name = display(attribute.path());
    let message = format!(
        "`#[cors]` on a module cannot tell whether `#[{name}]` is a route attribute under another \
         name; write actix-web's name, such as `#[get({text})]`, or move the function out of the \
         module"
    );
    Some(Error::new_spanned(&attribute.meta, message))
}

fn display(path: &Path) -> String {
    let segments = path.segments.iter().map(|segment| segment.ident.to_string());
    segments.collect::<Vec<_>>().join("::")
}
