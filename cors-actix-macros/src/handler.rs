//! A handler function under `#[cors]`, and the route attributes below it.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{
    Attribute, Error, Expr, ExprLit, Ident, Lit, LitStr, Meta, MetaNameValue, Path, Token,
    Visibility,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
};

use crate::{args::Site, check, expand};

const METHODS: [&str; 10] =
    ["get", "post", "put", "delete", "head", "connect", "options", "trace", "patch", "query"];

/// A handler, taken apart as far as needed.
pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// The handler's `cfg`s, which everything made of it keeps.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) docs: Vec<Attribute>,
    /// All other attributes, with the route attributes rewritten.
    pub(crate) attributes: Vec<Attribute>,
    /// The function from behind its visibility on.
    pub(crate) function: TokenStream,
    pub(crate) targets: Vec<Target>,
    /// The route attribute's name, if rewriting has left it unused.
    pub(crate) import: Option<Ident>,
}

/// One path of a handler, with the names of what is generated for it.
pub(crate) struct Target {
    pub(crate) route: Ident,
    pub(crate) guard: Ident,
    pub(crate) methods: Vec<String>,
    pub(crate) guards: Vec<Path>,
}

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = check::args(args, Site::Attribute);
    let handler = syn::parse2::<Item>(item.clone()).and_then(Item::into_handler);
    match (args, handler) {
        (Ok(args), Ok(Some(handler))) => expand::handler(&handler, &args),
        // actix-web itself reports a malformed route attribute.
        (Ok(_), Ok(None)) => item,
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => beside(&item, &error),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            beside(&item, &error)
        }
    }
}

/// The untouched item, so that nothing is reported for the want of it, and the errors.
fn beside(item: &TokenStream, error: &Error) -> TokenStream {
    let errors = error.to_compile_error();
    quote!(#item #errors)
}

/// A function as written: its head, and the rest unread.
struct Item {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    function: TokenStream,
    name: Ident,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let function: TokenStream = input.parse()?;
        let mut tokens = function.clone().into_iter();
        let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
        let is_open = |token: &TokenTree| matches!(token, TokenTree::Group(_));
        let found = tokens.by_ref().take_while(|token| !is_open(token)).any(|token| is_fn(&token));
        match (found, tokens.next()) {
            (true, Some(TokenTree::Ident(name))) => {
                Ok(Item { attributes, visibility, function, name })
            }
            _ => Err(Error::new(
                Span::call_site(),
                "`#[cors]` goes on a handler function, above its route attribute",
            )),
        }
    }
}

impl Item {
    /// `None` if a route attribute is malformed.
    fn into_handler(self) -> syn::Result<Option<Handler>> {
        let (cfgs, rest) = partition(self.attributes, |attribute| attribute.path().is_ident("cfg"));
        let (docs, attributes) = partition(rest, |attribute| attribute.path().is_ident("doc"));
        let mut handler = Handler {
            name: self.name,
            visibility: match self.visibility {
                // As actix-web's own attributes do (its feature `compat`): a handler that could be
                // registered from outside of its module without `#[cors]` still can with it.
                Visibility::Inherited => parse_quote!(pub),
                written => written,
            },
            cfgs,
            docs,
            attributes,
            function: self.function,
            targets: Vec::new(),
            import: None,
        };
        let done = if handler.attributes.iter().any(|attribute| last_word(attribute) == "routes") {
            handler.rewrite_routes()
        } else {
            match handler.attributes.iter().position(is_route) {
                Some(index) => handler.rewrite_route(index),
                None => return Err(Error::new(Span::call_site(), missing_route())),
            }
        };
        Ok(done.map(|()| handler))
    }
}

impl Handler {
    /// Turns the one route attribute into actix-web's `#[route]` with OPTIONS, our guard in the place
    /// of the user's, and our layer outside of the user's.
    fn rewrite_route(&mut self, index: usize) -> Option<()> {
        let attribute = &mut self.attributes[index];
        let word = last_word(attribute);
        let mut route = RouteArgs::of(attribute)?;
        let mut methods = route.methods();
        if word != "route" {
            methods.push(word.to_uppercase());
            let method = methods.last()?;
            route.options.push(parse_quote!(method = #method));
        }
        if !methods.iter().any(|method| method == "OPTIONS") {
            route.options.push(parse_quote!(method = "OPTIONS"));
        }
        let mut target = Target::new(0, methods);
        target.guards = route.take_guards()?;
        route.put(&target);
        self.import = attribute.path().get_ident().cloned();
        attribute.meta = route.meta(parse_quote!(::actix_web::route));
        self.targets.push(target);
        Some(())
    }

    /// Gives each method attribute below `#[routes]` our layer, and each path one for OPTIONS.
    fn rewrite_routes(&mut self) -> Option<()> {
        let methods = self.attributes.iter().filter(|attribute| is_method(attribute));
        let paths = methods
            .map(|attribute| {
                Some((last_word(attribute).to_uppercase(), RouteArgs::of(attribute)?.path.value()))
            })
            .collect::<Option<Vec<_>>>()?;
        let mut names: Vec<&str> = Vec::new();
        for (_, path) in &paths {
            if !names.contains(&path.as_str()) {
                names.push(path);
            }
        }
        for (index, name) in names.iter().enumerate() {
            let methods =
                paths.iter().filter(|(_, path)| path == name).map(|(method, _)| method.clone());
            self.targets.push(Target::new(index, methods.collect()));
        }
        let mut rewritten = Vec::with_capacity(self.attributes.len() + names.len());
        let mut answered = vec![false; names.len()];
        for mut attribute in std::mem::take(&mut self.attributes) {
            if is_method(&attribute) {
                let mut route = RouteArgs::of(&attribute)?;
                let index = names.iter().position(|name| *name == route.path.value())?;
                let target = &mut self.targets[index];
                if attribute.path().is_ident("options") {
                    target.guards = route.take_guards()?;
                    route.put(target);
                } else {
                    if !std::mem::replace(&mut answered[index], true)
                        && !target.methods.iter().any(|method| method == "OPTIONS")
                    {
                        rewritten.push(preflight_route(&route, target));
                    }
                    route.put_layer(target);
                }
                attribute.meta = route.meta(attribute.path().clone());
            }
            rewritten.push(attribute);
        }
        self.attributes = rewritten;
        Some(())
    }
}

/// `#[options]` for the path of `route`, for preflights alone. It has the route's name, so that URLs
/// are generated as before.
fn preflight_route(route: &RouteArgs, target: &Target) -> Attribute {
    let path = route.path.clone();
    let name = route.options.iter().filter(|option| option.path.is_ident("name")).cloned();
    let mut preflight = RouteArgs { path, options: name.collect() };
    preflight.put(target);
    let meta = preflight.meta(parse_quote!(options));
    parse_quote!(#[#meta])
}

impl Target {
    fn new(index: usize, methods: Vec<String>) -> Self {
        Target {
            route: format_ident!("__CORS_ROUTE_{index}"),
            guard: format_ident!("__cors_guard_{index}"),
            methods,
            guards: Vec::new(),
        }
    }
}

/// The arguments of a route attribute: `"/path", key = value, …`.
struct RouteArgs {
    path: LitStr,
    options: Punctuated<MetaNameValue, Token![,]>,
}

impl RouteArgs {
    fn of(attribute: &Attribute) -> Option<Self> {
        attribute.parse_args().ok()
    }

    fn methods(&self) -> Vec<String> {
        let methods = self.options.iter().filter(|option| option.path.is_ident("method"));
        methods.filter_map(string).map(LitStr::value).collect()
    }

    fn take_guards(&mut self) -> Option<Vec<Path>> {
        let (guards, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.options)
            .into_iter()
            .partition(|option| option.path.is_ident("guard"));
        self.options.extend(rest);
        guards.iter().map(|guard| string(guard)?.parse().ok()).collect()
    }

    fn put(&mut self, target: &Target) {
        let guard = LitStr::new(&target.guard.to_string(), Span::call_site());
        self.options.push(parse_quote!(guard = #guard));
        self.put_layer(target);
    }

    fn put_layer(&mut self, target: &Target) {
        let layer = LitStr::new(&format!("{}.layer()", target.route), Span::call_site());
        self.options.push(parse_quote!(wrap = #layer));
    }

    fn meta(&self, path: Path) -> Meta {
        let (route, options) = (&self.path, &self.options);
        let tokens = quote!(#route, #options);
        parse_quote!(#path(#tokens))
    }
}

impl Parse for RouteArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(RouteArgs { path, options: Punctuated::parse_terminated(input)? })
    }
}

fn string(option: &MetaNameValue) -> Option<&LitStr> {
    match &option.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

fn partition(
    attributes: Vec<Attribute>,
    of_first: impl Fn(&Attribute) -> bool,
) -> (Vec<Attribute>, Vec<Attribute>) {
    attributes.into_iter().partition(of_first)
}

fn last_word(attribute: &Attribute) -> String {
    let last = attribute.path().segments.last();
    last.map(|segment| segment.ident.to_string()).unwrap_or_default()
}

fn is_method(attribute: &Attribute) -> bool {
    METHODS.contains(&last_word(attribute).as_str())
}

fn is_route(attribute: &Attribute) -> bool {
    is_method(attribute) || last_word(attribute) == "route"
}

fn missing_route() -> &'static str {
    if stands_below_route() {
        "`#[cors]` stands below the route attribute, which has taken the handler already; put it above"
    } else {
        "`#[cors]` needs a route attribute below it, such as `#[get(\"/items\")]`"
    }
}

/// Whether a route attribute precedes this one in the source. The compiler expands it first and hands
/// on a bare function, so only the source can tell; where that can't be read, the answer is no.
fn stands_below_route() -> bool {
    let span = Span::call_site().unwrap();
    let Some(source) = span.local_file().and_then(|path| std::fs::read_to_string(path).ok()) else {
        return false;
    };
    let before = source
        .lines()
        .take(span.start().line().saturating_sub(1))
        .map(str::trim)
        .collect::<Vec<_>>();
    let attributes =
        before.iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    attributes
        .filter_map(|line| syn::parse_str::<AttributeLine>(line).ok())
        .any(|line| line.0.iter().any(is_route_or_routes))
}

struct AttributeLine(Vec<Attribute>);

impl Parse for AttributeLine {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer).map(AttributeLine)
    }
}

fn is_route_or_routes(attribute: &Attribute) -> bool {
    is_route(attribute) || last_word(attribute) == "routes"
}
