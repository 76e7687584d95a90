//! The switch for responses that tell developers why a request is denied.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Turns on, or off, explanations in denied responses, in the whole process. For development: the console of
/// the browser then names the true cause.
///
/// A denied preflight gets status 204, a header `cors-denied` with the reason, and the `Access-Control-*`
/// headers that let the browser print the cause: an origin that the policy allows, or the list that lacks the
/// method or the header name. Browsers are told not to keep the answer. A response that the page cannot read gets
/// the header `cors-denied` alone. Nothing is granted that was not granted before. But the headers show parts of
/// the policy to everyone, so turning explanations on logs a warning.
///
/// ```
/// cors_actix::explain_denials(cfg!(debug_assertions));
/// # cors_actix::explain_denials(false);
/// ```
pub fn explain_denials(on: bool) {
    let was_on = IS_ON.swap(on, Ordering::Relaxed);
    if on && !was_on {
        tracing::warn!(
            target: "cors_actix",
            "`explain_denials` is on: denied responses show parts of the policies to everyone; turn it off in \
             production"
        );
    }
}

/// Returns `true` if explanations are on.
#[inline]
pub(crate) fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}
