//! Reads the keywords that arguments begin with, and their values.

use std::fmt;

use cors_actix_core::PolicyKey;
use proc_macro2::{Span, TokenTree};
use syn::{
    Error, Expr, ExprArray, ExprLit, Ident, Lit, LitInt, Token, bracketed,
    ext::IdentExt as _,
    parse::{ParseStream, discouraged::Speculative as _},
    punctuated::Punctuated,
    token::Bracket,
};

/// The macro that the arguments are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invocation {
    /// `#[cors(…)]`
    Attribute,
    /// `policy! { … }`
    Macro,
}

/// A key of the policy, the attribute's own `policy`, or `crate`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Key(PolicyKey),
    Policy,
    Crate,
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Keyword {
    fn all() -> impl Iterator<Item = Keyword> {
        let keys = PolicyKey::ALL.iter().copied().map(Keyword::Key);
        keys.chain([Keyword::Policy, Keyword::Crate])
    }

    fn as_str(self) -> &'static str {
        match self {
            Keyword::Key(key) => key.as_str(),
            Keyword::Policy => "policy",
            Keyword::Crate => "crate",
        }
    }

    fn is_for(self, invocation: Invocation) -> bool {
        match invocation {
            Invocation::Attribute => self != Keyword::Key(PolicyKey::AllowMethods),
            Invocation::Macro => self != Keyword::Policy,
        }
    }

    /// Returns `true` for the keywords that allow origins, one of which a policy must have.
    pub(crate) fn allows_origins(self) -> bool {
        matches!(
            self,
            Keyword::Policy | Keyword::Key(PolicyKey::AllowOrigins | PolicyKey::SameOrigin)
        )
    }

    fn is_list(self) -> bool {
        let Keyword::Key(key) = self else { return false };
        [
            PolicyKey::AllowOrigins,
            PolicyKey::AllowMethods,
            PolicyKey::AllowHeaders,
            PolicyKey::ExposeHeaders,
        ]
        .contains(&key)
    }

    /// Describes the values of the keyword, with an example.
    fn value(self) -> &'static str {
        match self {
            Keyword::Policy => "an expression for a policy, such as `PARTNERS`",
            Keyword::Crate => "the path of `cors_actix`, such as `my_web::cors_actix`",
            Keyword::Key(key) => match key {
                PolicyKey::AllowOrigins => {
                    "`any` or a list of strings, such as `[\"https://app.example.com\"]`"
                }
                PolicyKey::AllowMethods => "`any` or a list of strings, such as `[\"PUT\"]`",
                PolicyKey::AllowHeaders => {
                    "`any` or a list of strings, such as `[\"content-type\"]`"
                }
                PolicyKey::ExposeHeaders => {
                    "`any` or a list of strings, such as `[\"x-total-count\"]`"
                }
                PolicyKey::MaxAge => "a whole number of seconds, such as `3600`",
                PolicyKey::PreflightStatus => "a status from 200 to 299, such as `204`",
                _ => "`true` or `false`; `true` if written alone",
            },
        }
    }

    fn rule(self) -> String {
        format!("`{self}` is {}", self.value())
    }

    /// Returns the error for an expression that the keyword cannot have as its value.
    pub(crate) fn mistyped(self, value: &Expr) -> Error {
        Error::new_spanned(value, self.rule())
    }

    /// Returns the error for a number outside of the keyword's range.
    pub(crate) fn out_of_range(self, number: &LitInt) -> Error {
        Error::new(number.span(), format!("out of range: {}", self.rule()))
    }
}

/// A keyword at its position in the source.
#[derive(Clone, Copy)]
pub(crate) struct KeywordToken {
    pub(crate) keyword: Keyword,
    pub(crate) span: Span,
}

impl KeywordToken {
    /// Reads a keyword.
    pub(crate) fn parse(input: ParseStream<'_>, invocation: Invocation) -> syn::Result<Self> {
        let name = Ident::parse_any(input).map_err(|error| {
            let message = "expected a key, such as `allow_origins = [\"https://app.example.com\"]`";
            Error::new(error.span(), message)
        })?;
        let written = name.unraw().to_string();
        let known = Keyword::all().find(|one| one.as_str() == written && one.is_for(invocation));
        match known {
            Some(keyword) => Ok(KeywordToken { keyword, span: name.span() }),
            None => Err(Error::new(name.span(), unknown(&written, invocation))),
        }
    }

    pub(crate) fn error(&self, message: impl fmt::Display) -> Error {
        Error::new(self.span, message)
    }

    /// Reads `= value`.
    pub(crate) fn value(&self, input: ParseStream<'_>) -> syn::Result<Expr> {
        self.optional_value(input)?.ok_or_else(|| self.needs_value())
    }

    /// Reads `= value` or nothing.
    pub(crate) fn optional_value(&self, input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
        let keyword = self.keyword;
        if ends(input) || input.peek(Ident::peek_any) {
            return Ok(None);
        }
        if input.parse::<Option<Token![=]>>()?.is_none() {
            let found: TokenTree = input.parse()?;
            let message = format!("write `=` in front of the value: {}", keyword.rule());
            return Err(Error::new_spanned(found, message));
        }
        if ends(input) {
            return Err(self.needs_value());
        }
        if keyword.is_list() && input.peek(Token![*]) {
            return Err(input.error("write `any`, not `*`"));
        }
        if let Some(value) = literal(input) {
            return Ok(Some(value));
        }
        if keyword.is_list()
            && let Some(array) = array(input)?
        {
            return Ok(Some(array));
        }
        let value =
            input.parse().map_err(|error: Error| Error::new(error.span(), keyword.rule()))?;
        Ok(Some(ungroup(value)))
    }

    fn needs_value(&self) -> Error {
        self.error(format!("`{}` needs a value: {}", self.keyword, self.keyword.value()))
    }
}

/// Reads a literal that is a whole value, faster than the parser of expressions.
fn literal(input: ParseStream<'_>) -> Option<Expr> {
    let (_, rest) = input.cursor().literal()?;
    let is_whole = rest.eof() || rest.punct().is_some_and(|(punct, _)| punct.as_char() == ',');
    let lit = is_whole.then(|| input.parse().ok())??;
    Some(Expr::Lit(ExprLit { attrs: Vec::new(), lit }))
}

/// Reads a list if it is a whole value, and reports the first item without a comma in front.
fn array(input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
    let ahead = input.fork();
    if !ahead.peek(Bracket) {
        return Ok(None);
    }
    let (items, mut elems);
    let bracket_token = bracketed!(items in ahead);
    elems = Punctuated::new();
    while !items.is_empty() {
        let Some(item) = literal(&items).or_else(|| items.parse().ok()) else { return Ok(None) };
        elems.push_value(item);
        if items.peek(Lit) || items.peek(Ident::peek_any) {
            return Err(missing_comma(&items));
        }
        match items.parse()? {
            Some(comma) => elems.push_punct(comma),
            None if items.is_empty() => break,
            None => return Ok(None),
        }
    }
    if !ends(&ahead) {
        return Ok(None);
    }
    input.advance_to(&ahead);
    Ok(Some(Expr::Array(ExprArray { attrs: Vec::new(), bracket_token, elems })))
}

/// Returns the error for a token without a comma in front.
pub(crate) fn missing_comma(input: ParseStream<'_>) -> Error {
    match input.fork().parse::<TokenTree>() {
        Ok(next) => input.error(format!("expected `,` before `{next}`; write `, {next}`")),
        Err(error) => error,
    }
}

fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Removes the invisible groups that a `macro_rules!` macro puts around its arguments.
pub(crate) fn ungroup(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungroup(*group.expr),
        other => other,
    }
}

fn unknown(written: &str, invocation: Invocation) -> String {
    const METHODS: Keyword = Keyword::Key(PolicyKey::AllowMethods);
    match closest(written) {
        Some(METHODS) if invocation == Invocation::Attribute => {
            format!("a handler allows the methods of its route attribute; drop `{written}`")
        }
        Some(Keyword::Policy) if invocation == Invocation::Macro => format!(
            "`{written}` is for `#[cors]`; `policy!` takes the keys of the policy itself, such as \
             `allow_origins`"
        ),
        Some(keyword) => format!("unknown key `{written}`; did you mean `{keyword}`?"),
        None => {
            let keywords = Keyword::all().filter(|keyword| keyword.is_for(invocation));
            let keywords: Vec<_> = keywords.map(|keyword| format!("`{keyword}`")).collect();
            format!("unknown key `{written}`; the keys are {}", keywords.join(", "))
        }
    }
}

/// Returns the keyword that was probably meant: the text may be misspelt, or the key of another library
/// with the same noun behind another verb (`supports_credentials`).
fn closest(written: &str) -> Option<Keyword> {
    const SIMILAR: f64 = 0.85;
    let noun = written.rsplit('_').next().unwrap_or(written);
    let candidates = Keyword::all().filter_map(|keyword| {
        let keyword_noun = ["allow_", "expose_", "danger_"]
            .into_iter()
            .find_map(|verb| keyword.as_str().strip_prefix(verb))
            .unwrap_or(keyword.as_str());
        let by_noun = f64::max(
            strsim::jaro_winkler(written, keyword_noun),
            strsim::jaro_winkler(noun, keyword_noun),
        );
        let whole = strsim::jaro_winkler(written, keyword.as_str());
        (by_noun >= SIMILAR).then_some((keyword, by_noun + whole))
    });
    candidates.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(keyword, _)| keyword)
}
