//! Values of options: written as literals, or constants that the compiler evaluates.

use std::{fmt, str::FromStr};

use cors_actix_core::PolicyKey;
use syn::{Error, Expr, ExprLit, Lit, UnOp};

use crate::keyword::Keyword;

/// The value of an option, or an item of its list.
pub(crate) enum Value<T> {
    /// A value that the macro knows and checks.
    Literal(T),
    /// An expression for a value that the macro does not know.
    Constant(Box<Expr>),
}

impl<T> Value<T> {
    pub(crate) fn is_constant(&self) -> bool {
        matches!(self, Value::Constant(_))
    }
}

impl<T: Copy> Value<T> {
    /// Returns the value, or `assumed` instead of a constant.
    pub(crate) fn literal_or(&self, assumed: T) -> T {
        match self {
            Value::Literal(value) => *value,
            Value::Constant(_) => assumed,
        }
    }
}

impl<T: Default> Default for Value<T> {
    fn default() -> Self {
        Value::Literal(T::default())
    }
}

/// The value of an option that is a list.
pub(crate) enum List {
    Items(Vec<Value<String>>),
    /// An expression for the whole list.
    Constant(Box<Expr>),
}

impl List {
    pub(crate) fn has_constants(&self) -> bool {
        match self {
            List::Items(items) => items.iter().any(Value::is_constant),
            List::Constant(_) => true,
        }
    }
}

impl Default for List {
    fn default() -> Self {
        List::Items(Vec::new())
    }
}

/// Returns `true` for an expression that may be a constant. For others, the macro words the mistake better
/// than the compiler: literals of another type, and expressions that no option can have as its value.
pub(crate) fn may_be_constant(value: &Expr) -> bool {
    match value {
        Expr::Path(_) => !is_reserved(value),
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Neg(_)),
        Expr::Reference(reference) => !matches!(*reference.expr, Expr::Array(_)),
        Expr::Binary(_)
        | Expr::Block(_)
        | Expr::Call(_)
        | Expr::Cast(_)
        | Expr::Const(_)
        | Expr::Field(_)
        | Expr::If(_)
        | Expr::Index(_)
        | Expr::Macro(_)
        | Expr::Match(_)
        | Expr::MethodCall(_)
        | Expr::Paren(_) => true,
        _ => false,
    }
}

/// Returns `true` for the words of lists, and for the builder's word for `any`.
fn is_reserved(value: &Expr) -> bool {
    ["any", "null", "Any"].iter().any(|word| is_word(value, word))
}

fn is_word(value: &Expr, word: &str) -> bool {
    matches!(value, Expr::Path(path) if path.path.is_ident(word))
}

/// Reads an item of a list: a string, `any`, `null` among origins, or a constant.
pub(crate) fn item(key: PolicyKey, value: Expr) -> syn::Result<Value<String>> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(Value::Literal(text.value())),
        any if is_word(&any, "any") => Ok(Value::Literal("*".to_owned())),
        null if is_word(&null, "null") && key == PolicyKey::AllowOrigins => {
            Ok(Value::Literal("null".to_owned()))
        }
        any if is_word(&any, "Any") => Err(Error::new_spanned(any, "write `any`, not `Any`")),
        constant if may_be_constant(&constant) => Ok(Value::Constant(Box::new(constant))),
        other => Err(Keyword::Key(key).mistyped(&other)),
    }
}

/// Reads `true`, `false` or a constant.
pub(crate) fn flag(keyword: Keyword, value: Expr) -> syn::Result<Value<bool>> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) => Ok(Value::Literal(flag.value)),
        constant if may_be_constant(&constant) => Ok(Value::Constant(Box::new(constant))),
        other => Err(keyword.mistyped(&other)),
    }
}

/// Reads a number or a constant.
pub(crate) fn number<N>(keyword: Keyword, value: Expr) -> syn::Result<Value<N>>
where
    N: FromStr<Err: fmt::Display>,
{
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            number.base10_parse().map(Value::Literal).map_err(|_| keyword.out_of_range(&number))
        }
        constant if may_be_constant(&constant) => Ok(Value::Constant(Box::new(constant))),
        other => Err(keyword.mistyped(&other)),
    }
}
