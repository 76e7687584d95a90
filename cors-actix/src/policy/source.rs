//! The types that can be given to a layer as its policy.

use std::sync::{Arc, LazyLock};

use super::{handle::PolicyHandle, value::Policy};

/// A value that can be given to a layer as its policy: a [`Policy`] or a [`PolicyHandle`], also behind a
/// reference, an [`Arc`] or a [`LazyLock`]. Sealed: other types cannot implement this trait.
///
/// ```
/// use std::sync::{Arc, LazyLock};
/// use cors_actix::{Cors, Policy};
///
/// static LAZY: LazyLock<Policy> = LazyLock::new(Policy::same_origin);
/// let layers = [Cors::new(&*LAZY), Cors::new(&LAZY), Cors::new(Arc::new(Policy::same_origin()))];
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a CORS policy",
    label = "expected a `Policy`, a `PolicyHandle`, or a reference to one",
    note = "make a policy with `policy! {{ … }}` or `Policy::builder()`",
    note = "a `PolicyBuilder` becomes a policy with `.build()?`, and a `Result` gives its policy with `?`"
)]
pub trait PolicySource: SharedPolicy {}

impl<T: SharedPolicy> PolicySource for T {}

/// A value that contains a policy. Generated code implements this trait.
// Both traits have the message, because the compiler prints the message of the trait that the call names:
// `Cors::new` names `PolicySource`, and generated code names this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a CORS policy",
    label = "expected a `Policy`, a `PolicyHandle`, or a reference to one",
    note = "make a policy with `policy! {{ … }}` or `Policy::builder()`",
    note = "a `PolicyBuilder` becomes a policy with `.build()?`, and a `Result` gives its policy with `?`"
)]
pub trait SharedPolicy {
    /// Returns the policy.
    fn policy(&self) -> Policy;
}

impl SharedPolicy for Policy {
    fn policy(&self) -> Policy {
        self.clone()
    }
}

impl SharedPolicy for PolicyHandle {
    fn policy(&self) -> Policy {
        self.policy()
    }
}

impl<T: SharedPolicy + ?Sized> SharedPolicy for &T {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}

impl<T: SharedPolicy + ?Sized> SharedPolicy for Arc<T> {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}

impl<T: SharedPolicy> SharedPolicy for LazyLock<T> {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}

impl<T: SharedPolicy + ?Sized> SharedPolicy for actix_web::web::Data<T> {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}
