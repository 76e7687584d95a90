//! What can go wrong, as two types: a policy that can't be built ([`PolicyError`]), and a request
//! that a policy refuses ([`Refusal`]).

use std::fmt;

use cors_actix_core::Problem;
use derive_more::Error;

/// A policy that can't be built, with every fault that it has.
///
/// `Display` names, fault by fault, the place, what is wrong and what to write instead.
///
/// ```
/// use cors_actix::{Policy, ProblemKind};
///
/// let error = Policy::builder()
///     .allow_origins(["https://Example.com/", "null"])
///     .allow_credentials(true)
///     .build()
///     .unwrap_err();
/// assert_eq!(error.problems().len(), 2);
/// assert!(matches!(error.problems()[1].kind, ProblemKind::NullWithCredentials));
/// assert!(error.to_string().contains(r#"allow_origins[0]: "https://Example.com/""#));
/// assert!(error.to_string().contains(r#"write "https://example.com""#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    problems: Vec<Problem>,
}

impl PolicyError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        PolicyError { problems }
    }

    /// Every fault, in the order of the policy's keys.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let error = Policy::builder().build().unwrap_err();
    /// assert_eq!(error.problems()[0].place.to_string(), "allow_origins");
    /// ```
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let faults = if count == 1 { "fault" } else { "faults" };
        write!(f, "the CORS policy has {count} {faults}:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {}: {problem}", problem.place))
    }
}

/// Why a request was refused. `Display` escapes whatever the client sent.
///
/// ```
/// use actix_web::test::TestRequest;
/// use cors_actix::{Decision, Policy, Refusal};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
/// let request = TestRequest::get().insert_header(("origin", "https://evil.example")).to_srv_request();
/// let Decision::Actual(Err(refusal)) = policy.decide(request.head()) else { unreachable!() };
/// assert_eq!(refusal, Refusal::OriginNotAllowed(b"https://evil.example"));
/// assert_eq!(refusal.to_string(), r#"origin "https://evil.example" is not allowed"#);
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal<'r> {
    /// More than one `Origin` line.
    OriginRepeated,
    /// An `Origin` that no browser sends.
    OriginMalformed(&'r [u8]),
    /// An origin that the policy does not allow.
    OriginNotAllowed(&'r [u8]),
    /// An origin on which a predicate of the policy failed.
    PredicateFailed(&'r [u8]),
    /// More than one `Access-Control-Request-Method` line, or one that is no method.
    MethodMalformed(&'r [u8]),
    /// A method that the policy does not allow.
    MethodNotAllowed(&'r [u8]),
    /// The first requested header name that the policy does not allow.
    HeaderNotAllowed(&'r [u8]),
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::OriginRepeated => write!(f, "more than one Origin header"),
            Refusal::OriginMalformed(value) => {
                write!(f, "origin \"{}\" is malformed", Excerpt(value))
            }
            Refusal::OriginNotAllowed(value) => {
                write!(f, "origin \"{}\" is not allowed", Excerpt(value))
            }
            Refusal::PredicateFailed(value) => {
                write!(f, "the predicate on origin \"{}\" failed", Excerpt(value))
            }
            Refusal::MethodMalformed(value) => {
                write!(f, "requested method \"{}\" is malformed", Excerpt(value))
            }
            Refusal::MethodNotAllowed(value) => {
                write!(f, "method \"{}\" is not allowed", Excerpt(value))
            }
            Refusal::HeaderNotAllowed(value) => {
                write!(f, "request header \"{}\" is not allowed", Excerpt(value))
            }
        }
    }
}

/// What a client sent, escaped, and cut where it is longer than anything a browser sends.
pub(crate) struct Excerpt<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        match self.0.get(..LONGEST) {
            Some(start) if self.0.len() > LONGEST => write!(f, "{}…", start.escape_ascii()),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
