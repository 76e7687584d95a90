//! The words that arguments begin with.

use std::fmt;

use cors_actix_core::PolicyKey;
use proc_macro2::{Span, TokenTree};
use syn::{
    Error, Expr, ExprLit, Ident, Lit, LitInt, Token, bracketed, ext::IdentExt as _,
    parse::ParseStream, token::Bracket,
};

/// Where arguments are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Attribute,
    Macro,
}

/// A word of the policy vocabulary, or the attribute's own `policy`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    PolicyKey(PolicyKey),
    Policy,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Word {
    fn all() -> impl Iterator<Item = Word> {
        PolicyKey::ALL.iter().copied().map(Word::PolicyKey).chain([Word::Policy])
    }

    fn as_str(self) -> &'static str {
        match self {
            Word::PolicyKey(key) => key.as_str(),
            Word::Policy => "policy",
        }
    }

    fn is_for(self, site: Site) -> bool {
        match site {
            Site::Attribute => self != Word::PolicyKey(PolicyKey::AllowMethods),
            Site::Macro => self != Word::Policy,
        }
    }

    /// Whether the word may be the one that says which origins are allowed.
    pub(crate) fn tells_origins(self) -> bool {
        matches!(
            self,
            Word::Policy | Word::PolicyKey(PolicyKey::AllowOrigins | PolicyKey::SameOrigin)
        )
    }

    fn is_list(self) -> bool {
        let Word::PolicyKey(key) = self else { return false };
        [
            PolicyKey::AllowOrigins,
            PolicyKey::AllowMethods,
            PolicyKey::AllowHeaders,
            PolicyKey::ExposeHeaders,
        ]
        .contains(&key)
    }

    /// What its value is.
    fn value(self) -> &'static str {
        match self {
            Word::Policy => "an expression for a policy, such as `PARTNERS`",
            Word::PolicyKey(key) => match key {
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
                _ => "`true` or `false`; alone, it means `true`",
            },
        }
    }

    fn rule(self) -> String {
        format!("`{self}` is {}", self.value())
    }

    /// The error for an expression that is no value of the word.
    pub(crate) fn mistyped(self, value: &Expr) -> Error {
        let elsewhere = match value {
            Expr::Lit(_) | Expr::Unary(_) => "",
            _ => "; `Policy::builder()` takes values from elsewhere",
        };
        Error::new_spanned(value, self.rule() + elsewhere)
    }

    /// The error for a number that is none that the word can have.
    pub(crate) fn out_of_range(self, number: &LitInt) -> Error {
        Error::new(number.span(), format!("out of range: {}", self.rule()))
    }
}

/// A word where it is written.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    pub(crate) word: Word,
    pub(crate) span: Span,
}

impl Name {
    pub(crate) fn parse(input: ParseStream<'_>, site: Site) -> syn::Result<Self> {
        let name = Ident::parse_any(input).map_err(|error| {
            let message = "expected a key, such as `allow_origins = [\"https://app.example.com\"]`";
            Error::new(error.span(), message)
        })?;
        let written = name.unraw().to_string();
        match Word::all().find(|word| word.as_str() == written && word.is_for(site)) {
            Some(word) => Ok(Name { word, span: name.span() }),
            None => Err(Error::new(name.span(), unknown(&written, site))),
        }
    }

    pub(crate) fn error(&self, message: impl fmt::Display) -> Error {
        Error::new(self.span, message)
    }

    /// Reads `= value`.
    pub(crate) fn value(&self, input: ParseStream<'_>) -> syn::Result<Expr> {
        self.optional_value(input)?.ok_or_else(|| self.needs_value())
    }

    /// Reads `= true`, `= false` or nothing.
    pub(crate) fn flag(&self, input: ParseStream<'_>) -> syn::Result<bool> {
        match self.optional_value(input)? {
            None => Ok(true),
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. })) => Ok(flag.value),
            Some(other) => Err(self.word.mistyped(&other)),
        }
    }

    fn optional_value(&self, input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
        let word = self.word;
        if ends(input) || input.peek(Ident::peek_any) {
            return Ok(None);
        }
        if input.parse::<Option<Token![=]>>()?.is_none() {
            let found: TokenTree = input.parse()?;
            let message = format!("`{word}` takes its value behind `=`: {}", word.value());
            return Err(Error::new_spanned(found, message));
        }
        if ends(input) {
            return Err(self.needs_value());
        }
        if word.is_list() && input.peek(Token![*]) {
            return Err(input.error("`*` is written `any`"));
        }
        if word.is_list() && input.peek(Bracket) {
            check_commas(&input.fork())?;
        }
        let value = input.parse().map_err(|error: Error| Error::new(error.span(), word.rule()))?;
        Ok(Some(ungroup(value)))
    }

    fn needs_value(&self) -> Error {
        self.error(format!("`{}` needs a value: {}", self.word, self.word.value()))
    }
}

/// Reads a list's items, and reports the first that no comma stands in front of.
fn check_commas(input: ParseStream<'_>) -> syn::Result<()> {
    let items;
    bracketed!(items in input);
    while !items.is_empty() && items.parse::<Expr>().is_ok() {
        if items.peek(Lit) || items.peek(Ident::peek_any) {
            return Err(missing_comma(&items));
        }
        if items.parse::<Option<Token![,]>>()?.is_none() {
            break;
        }
    }
    Ok(())
}

/// The error for a token that no comma stands in front of.
pub(crate) fn missing_comma(input: ParseStream<'_>) -> Error {
    match input.fork().parse::<TokenTree>() {
        Ok(next) => input.error(format!("expected `,` before `{next}`; write `, {next}`")),
        Err(error) => error,
    }
}

fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Removes the invisible groups that a `macro_rules!` macro leaves around what it passes on.
pub(crate) fn ungroup(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungroup(*group.expr),
        other => other,
    }
}

fn unknown(written: &str, site: Site) -> String {
    const METHODS: Word = Word::PolicyKey(PolicyKey::AllowMethods);
    match nearest(written) {
        Some(METHODS) if site == Site::Attribute => {
            format!("the methods of a handler are those of its route attribute; drop `{written}`")
        }
        Some(Word::Policy) if site == Site::Macro => format!(
            "`{written}` is for `#[cors]`; `policy!` takes the keys of the policy itself, such as \
             `allow_origins`"
        ),
        Some(word) => format!("unknown key `{written}`; did you mean `{word}`?"),
        None => {
            let words = Word::all().filter(|word| word.is_for(site));
            let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
            format!("unknown key `{written}`; the keys are {}", words.join(", "))
        }
    }
}

/// The word that was probably meant: a misspelling, or the word of another library, which has the
/// same noun behind another verb (`supports_credentials`).
fn nearest(written: &str) -> Option<Word> {
    const NEAR: f64 = 0.85;
    let noun = written.rsplit('_').next().unwrap_or(written);
    let candidates = Word::all().filter_map(|word| {
        let word_noun = ["allow_", "expose_", "danger_"]
            .into_iter()
            .find_map(|verb| word.as_str().strip_prefix(verb))
            .unwrap_or(word.as_str());
        let by_noun = f64::max(
            strsim::jaro_winkler(written, word_noun),
            strsim::jaro_winkler(noun, word_noun),
        );
        let whole = strsim::jaro_winkler(written, word.as_str());
        (by_noun >= NEAR).then_some((word, by_noun + whole))
    });
    candidates.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(word, _)| word)
}
