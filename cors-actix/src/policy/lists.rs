//! The lists of a policy: the types that the builder accepts as items and as lists.

use std::borrow::Cow;

use actix_web::http::{Method, header::HeaderName};

use self::{
    list::{HeaderNames, Item, Items, Methods},
    sealed::{ItemText, ListTexts},
};

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

/// The kinds of lists, as type parameters of [`PolicyList`].
pub mod list {
    /// A list of origins.
    ///
    /// ```
    /// use cors_actix::{PolicyList, list::{Items, Origins}};
    ///
    /// fn is_list_of_origins<L: PolicyList<Origins, Items>>(_: &L) {}
    /// is_list_of_origins(&["https://a.example"]);
    /// ```
    #[derive(Debug)]
    pub enum Origins {}

    /// A list of methods.
    ///
    /// ```
    /// use actix_web::http::Method;
    /// use cors_actix::{PolicyList, list::{Items, Methods}};
    ///
    /// fn is_list_of_methods<L: PolicyList<Methods, Items>>(_: &L) {}
    /// is_list_of_methods(&[Method::PUT]);
    /// ```
    #[derive(Debug)]
    pub enum Methods {}

    /// A list of header names.
    ///
    /// ```
    /// use actix_web::http::header;
    /// use cors_actix::{PolicyList, list::{HeaderNames, Items}};
    ///
    /// fn is_list_of_names<L: PolicyList<HeaderNames, Items>>(_: &L) {}
    /// is_list_of_names(&[header::RANGE]);
    /// ```
    #[derive(Debug)]
    pub enum HeaderNames {}

    /// Anything that iterates over items.
    ///
    /// ```
    /// use cors_actix::{PolicyList, list::{Items, Origins}};
    ///
    /// fn is_list<L: PolicyList<Origins, Items>>(_: &L) {}
    /// is_list(&vec![String::from("https://a.example")]);
    /// ```
    #[derive(Debug)]
    pub enum Items {}

    /// A single item, [`Any`](crate::Any) for example.
    ///
    /// ```
    /// use cors_actix::{Any, PolicyList, list::{Item, Origins}};
    ///
    /// fn is_item<L: PolicyList<Origins, Item>>(_: &L) {}
    /// is_item(&Any);
    /// ```
    #[derive(Debug)]
    pub enum Item {}
}

mod sealed {
    /// Converts an item to its text.
    pub trait ItemText<Kind> {
        fn text(self) -> String;
    }

    /// Converts a list to the texts of its items.
    pub trait ListTexts<Kind, Shape> {
        fn texts(self) -> Vec<String>;
    }
}

/// A list that a method of [`PolicyBuilder`](crate::PolicyBuilder) takes: [`Any`], a single item, or
/// anything that iterates over items. Every list takes strings; only a list of methods takes `Method`s,
/// and only a list of header names takes `HeaderName`s. Sealed: other types cannot implement this trait.
///
/// ```
/// use std::collections::HashSet;
/// use cors_actix::Policy;
///
/// let origins: HashSet<String> = ["https://a.example".to_owned()].into();
/// let headers = "content-type,x-request-id".split(',');
/// let policy = Policy::builder().allow_origins(origins).allow_headers(headers).build()?;
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{Kind}`",
    label = "expected `Any`, an item, or a list of items",
    note = "items are strings (`&str` or `String`); `Method` is an item of methods, and `HeaderName` of \
            header names"
)]
pub trait PolicyList<Kind, Shape>: ListTexts<Kind, Shape> {}

impl<Kind, Shape, T: ListTexts<Kind, Shape>> PolicyList<Kind, Shape> for T {}

impl<Kind, T: IntoIterator<Item: ItemText<Kind>>> ListTexts<Kind, Items> for T {
    fn texts(self) -> Vec<String> {
        self.into_iter().map(ItemText::text).collect()
    }
}

impl<Kind, T: ItemText<Kind>> ListTexts<Kind, Item> for T {
    fn texts(self) -> Vec<String> {
        vec![self.text()]
    }
}

macro_rules! strings {
    ($($string:ty),+) => {$(
        impl<Kind> ItemText<Kind> for $string {
            fn text(self) -> String {
                self.to_string()
            }
        }
    )+};
}

strings!(&str, &&str, &String, Cow<'_, str>, Box<str>);

impl<Kind> ItemText<Kind> for String {
    fn text(self) -> String {
        self
    }
}

impl<Kind> ItemText<Kind> for Any {
    fn text(self) -> String {
        "*".to_owned()
    }
}

impl ItemText<Methods> for Method {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

impl ItemText<Methods> for &Method {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

impl ItemText<HeaderNames> for HeaderName {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

impl ItemText<HeaderNames> for &HeaderName {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}
