//! Reads the arguments of `#[cors]` and `policy!`, and keeps their spans for the errors that the check of
//! the policy finds.

use cors_actix_core::{Location, PolicyKey};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Error, Expr, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    spanned::Spanned as _,
};

use crate::{
    crate_path::CratePath,
    keyword::{Invocation, Keyword, KeywordToken, missing_comma, ungroup},
    value::{self, List, Value},
};

/// The arguments that could be read.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) allow_origins: List,
    pub(crate) allow_methods: List,
    pub(crate) allow_headers: List,
    pub(crate) allow_credentials: Value<bool>,
    pub(crate) expose_headers: List,
    pub(crate) max_age: Option<Value<u64>>,
    pub(crate) preflight_status: Option<Value<u16>>,
    pub(crate) timing_allow_origin: Value<bool>,
    pub(crate) danger_insecure_origins: Value<bool>,
    pub(crate) danger_public_suffixes: Value<bool>,
    pub(crate) same_origin: Value<bool>,
    pub(crate) enforce: Value<bool>,
    pub(crate) policy: Option<Expr>,
    pub(crate) crate_path: CratePath,
    /// Errors for the arguments that could not be read.
    pub(crate) errors: Vec<Error>,
    /// `true` if one of them may allow origins.
    pub(crate) origins_unread: bool,
    keywords: Vec<KeywordToken>,
    values: Vec<(Location, Span)>,
}

impl Args {
    /// Reads all arguments that can be read.
    pub(crate) fn parse(tokens: TokenStream, invocation: Invocation) -> Self {
        let mut args = Args::default();
        let read = |input: ParseStream<'_>| args.read(input, invocation);
        if let Err(error) = read.parse2(tokens) {
            args.errors.push(error);
        }
        if args.policy.is_some() {
            let is_other = |token: &&KeywordToken| matches!(token.keyword, Keyword::Key(_));
            let others = args.keywords.iter().filter(is_other);
            args.errors.extend(others.map(|token| {
                let keyword = token.keyword;
                token.error(format!(
                    "`policy` stands alone; write `{keyword}` in the policy itself, or drop `policy`"
                ))
            }));
        }
        args
    }

    /// Returns `true` if there are values that only the compiler knows.
    pub(crate) fn has_constants(&self) -> bool {
        let lists =
            [&self.allow_origins, &self.allow_methods, &self.allow_headers, &self.expose_headers];
        let flags = [
            &self.allow_credentials,
            &self.danger_insecure_origins,
            &self.danger_public_suffixes,
            &self.same_origin,
            &self.timing_allow_origin,
            &self.enforce,
        ];
        lists.into_iter().any(List::has_constants)
            || flags.into_iter().any(Value::is_constant)
            || self.max_age.as_ref().is_some_and(Value::is_constant)
            || self.preflight_status.as_ref().is_some_and(Value::is_constant)
    }

    /// Returns the span of the location, or of the keyword that the location belongs to.
    pub(crate) fn span(&self, location: Location) -> Span {
        let value = self.values.iter().find(|(other, _)| *other == location);
        let token =
            || self.keywords.iter().find(|token| token.keyword == Keyword::Key(location.key));
        value
            .map(|(_, span)| *span)
            .or_else(|| token().map(|token| token.span))
            .unwrap_or_else(Span::call_site)
    }

    fn read(&mut self, input: ParseStream<'_>, invocation: Invocation) -> syn::Result<()> {
        while !input.is_empty() {
            if let Err(error) = self.read_entry(input, invocation) {
                self.errors.push(error);
                skip_to_comma(input)?;
            } else if !input.is_empty() && !input.peek(Token![,]) {
                if input.peek(Ident::peek_any) {
                    self.errors.push(missing_comma(input));
                    continue;
                }
                let message = "expected `,` and a key; several values are a list in brackets, \
                               such as `[\"content-type\", \"x-id\"]`";
                self.errors.push(input.error(message));
                skip_to_comma(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    }

    fn read_entry(&mut self, input: ParseStream<'_>, invocation: Invocation) -> syn::Result<()> {
        let token =
            self.read_keyword(input, invocation).inspect_err(|_| self.origins_unread = true)?;
        self.read_value(token, input)
            .inspect_err(|_| self.origins_unread |= token.keyword.allows_origins())
    }

    fn read_keyword(
        &mut self,
        input: ParseStream<'_>,
        invocation: Invocation,
    ) -> syn::Result<KeywordToken> {
        let token = KeywordToken::parse(input, invocation)?;
        if self.keywords.iter().any(|other| other.keyword == token.keyword) {
            return Err(token.error(format!("`{}` is written twice; keep one", token.keyword)));
        }
        self.keywords.push(token);
        Ok(token)
    }

    fn read_value(&mut self, token: KeywordToken, input: ParseStream<'_>) -> syn::Result<()> {
        let key = match token.keyword {
            Keyword::Key(key) => key,
            Keyword::Policy => {
                self.policy = Some(token.value(input)?);
                return Ok(());
            }
            Keyword::Crate => {
                self.crate_path = CratePath::read(&token.value(input)?)?;
                return Ok(());
            }
        };
        match key {
            PolicyKey::AllowOrigins => self.allow_origins = self.list(key, token.value(input)?),
            PolicyKey::AllowMethods => self.allow_methods = self.list(key, token.value(input)?),
            PolicyKey::AllowHeaders => self.allow_headers = self.list(key, token.value(input)?),
            PolicyKey::ExposeHeaders => self.expose_headers = self.list(key, token.value(input)?),
            PolicyKey::AllowCredentials => self.allow_credentials = flag(token, input)?,
            PolicyKey::DangerInsecureOrigins => self.danger_insecure_origins = flag(token, input)?,
            PolicyKey::DangerPublicSuffixes => self.danger_public_suffixes = flag(token, input)?,
            PolicyKey::SameOrigin => self.same_origin = flag(token, input)?,
            PolicyKey::TimingAllowOrigin => self.timing_allow_origin = flag(token, input)?,
            PolicyKey::Enforce => self.enforce = flag(token, input)?,
            PolicyKey::MaxAge => {
                let value = self.value(key, token.value(input)?);
                self.max_age = Some(value::number(token.keyword, value)?);
            }
            PolicyKey::PreflightStatus => {
                let value = self.value(key, token.value(input)?);
                self.preflight_status = Some(value::number(token.keyword, value)?);
            }
            // `PolicyKey` is non-exhaustive; the pinned version of the core has no other key.
            _ => return Err(token.error(format!("unknown key `{key}`"))),
        }
        Ok(())
    }

    /// Returns the value, and keeps its span.
    fn value(&mut self, key: PolicyKey, value: Expr) -> Expr {
        self.values.push((Location::key(key), span(&value)));
        value
    }

    /// Returns the list, without the items that cannot be read.
    fn list(&mut self, key: PolicyKey, value: Expr) -> List {
        let items = match self.value(key, value) {
            Expr::Array(array) => array.elems.into_iter().map(ungroup).collect(),
            constant if value::may_be_constant(&constant) => {
                return List::Constant(Box::new(constant));
            }
            one => vec![one],
        };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let location = (Location::item(key, values.len()), span(&item));
            match value::item(key, item) {
                Ok(value) => {
                    self.values.push(location);
                    values.push(value);
                }
                Err(error) => {
                    self.errors.push(error);
                    self.origins_unread |= Keyword::Key(key).allows_origins();
                }
            }
        }
        List::Items(values)
    }
}

/// Returns the span of a value. To find the span of an expression of any other kind, all its tokens are written.
fn span(value: &Expr) -> Span {
    match value {
        Expr::Lit(literal) => literal.lit.span(),
        Expr::Array(array) => array.bracket_token.span.join(),
        other => other.span(),
    }
}

/// Reads `= true`, `= false`, a constant or nothing.
fn flag(token: KeywordToken, input: ParseStream<'_>) -> syn::Result<Value<bool>> {
    match token.optional_value(input)? {
        None => Ok(Value::Literal(true)),
        Some(value) => value::flag(token.keyword, value),
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
