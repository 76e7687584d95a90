use actix_web::http::{Method, header::HeaderName};

/// The wildcard: every origin, method or header name.
///
/// ```
/// use cors_actix::{Any, Policy};
///
/// let policy = Policy::builder().allow_origins(Any).allow_headers(Any).build()?;
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Any;

/// One item of a policy's list, in whatever type the program has it.
///
/// ```
/// use actix_web::http::{Method, header};
/// use cors_actix::Value;
///
/// let values: [Value; 3] = ["https://a.example".into(), Method::PUT.into(), header::RANGE.into()];
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(pub(crate) String);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value(value.clone())
    }
}

impl From<Method> for Value {
    fn from(value: Method) -> Self {
        value.as_str().into()
    }
}

impl From<HeaderName> for Value {
    fn from(value: HeaderName) -> Self {
        value.as_str().into()
    }
}

impl From<Any> for Value {
    fn from(_: Any) -> Self {
        "*".into()
    }
}

/// The items of a policy's list: [`Any`], one item, an array, a slice or a vector.
///
/// ```
/// use cors_actix::{Any, Values};
///
/// let from_environment: Values = "https://a.example,https://b.example".split(',').collect();
/// let one: Values = "https://a.example".into();
/// let any: Values = Any.into();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(pub(crate) Vec<String>);

impl<T: Into<Value>> FromIterator<T> for Values {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Values(items.into_iter().map(|item| item.into().0).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Values {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Value>> From<Vec<T>> for Values {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Value> + Clone> From<&[T]> for Values {
    fn from(items: &[T]) -> Self {
        items.iter().cloned().collect()
    }
}

impl<T: Into<Value> + Clone, const N: usize> From<&[T; N]> for Values {
    fn from(items: &[T; N]) -> Self {
        items.as_slice().into()
    }
}

impl<T: Into<Value> + Clone> From<&Vec<T>> for Values {
    fn from(items: &Vec<T>) -> Self {
        items.as_slice().into()
    }
}

macro_rules! one {
    ($($one:ty),+) => {$(
        impl From<$one> for Values {
            fn from(item: $one) -> Self {
                Values(vec![Value::from(item).0])
            }
        }
    )+};
}

one!(Any, &str, String, Method, HeaderName);
