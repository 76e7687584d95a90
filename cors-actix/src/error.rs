//! The two ways to fail: a policy that cannot be built ([`PolicyError`]), and a request that a policy
//! denies ([`Denial`]).

use std::fmt;

use cors_actix_core::Problem;
use derive_more::Error;

use crate::written_at::WrittenAt;

/// All problems of a policy that cannot be built.
///
/// `Display`, and `Debug` as well, print a line for each problem: its location, the problem, and the text
/// to write instead. So `expect`, and a `main` that returns a `Result`, print readable text.
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
#[derive(Clone, Error)]
pub struct PolicyError {
    problems: Vec<Problem>,
    #[error(not(source))]
    written_at: WrittenAt,
}

/// Compares the problems. The location of the policy does not count.
impl PartialEq for PolicyError {
    fn eq(&self, other: &Self) -> bool {
        self.problems == other.problems
    }
}

impl Eq for PolicyError {}

impl PolicyError {
    pub(crate) fn new(problems: Vec<Problem>, written_at: WrittenAt) -> Self {
        PolicyError { problems, written_at }
    }

    /// Returns every problem, in the order of the policy's options.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// let error = Policy::builder().build().unwrap_err();
    /// assert_eq!(error.problems()[0].location.to_string(), "allow_origins");
    /// ```
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let problems = if count == 1 { "problem" } else { "problems" };
        write!(f, "the CORS policy at {} has {count} {problems}:", self.written_at)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The reason for which a policy denies a request. `Display` escapes what the client sent.
///
/// ```
/// use actix_web::test::TestRequest;
/// use cors_actix::{Decision, Policy, Denial};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
/// let request = TestRequest::get().insert_header(("origin", "https://evil.example")).to_srv_request();
/// let Decision::Actual(Err(denial)) = policy.decide(request.head()) else { unreachable!() };
/// assert_eq!(denial, Denial::OriginNotAllowed(b"https://evil.example"));
/// assert_eq!(denial.to_string(), r#"origin "https://evil.example" is not allowed"#);
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial<'r> {
    /// More than one `Origin` line.
    OriginRepeated,
    /// An `Origin` that no browser sends.
    OriginMalformed(&'r [u8]),
    /// An origin that the policy does not allow.
    OriginNotAllowed(&'r [u8]),
    /// An origin on which only an asynchronous predicate can decide.
    /// [`Policy::decide`](crate::Policy::decide) does not wait for asynchronous predicates;
    /// [`Policy::decide_async`](crate::Policy::decide_async) does.
    PredicateNotAsked(&'r [u8]),
    /// An origin for which a predicate of the policy failed.
    PredicateFailed(&'r [u8]),
    /// More than one `Access-Control-Request-Method` line, or a value that is not a method.
    MethodMalformed(&'r [u8]),
    /// A method that the policy does not allow.
    MethodNotAllowed(&'r [u8]),
    /// The first requested header name that the policy does not allow.
    HeaderNotAllowed(&'r [u8]),
}

impl Denial<'_> {
    /// Returns the reason as a word for programs, such as a label of a metric: `origin-repeated`,
    /// `origin-malformed`, `origin-not-allowed`, `predicate-not-asked`, `predicate-failed`,
    /// `method-malformed`, `method-not-allowed` or `header-not-allowed`. The words never change.
    ///
    /// ```
    /// use cors_actix::Denial;
    ///
    /// assert_eq!(Denial::MethodNotAllowed(b"PUT").as_word(), "method-not-allowed");
    /// ```
    pub const fn as_word(&self) -> &'static str {
        match self {
            Denial::OriginRepeated => "origin-repeated",
            Denial::OriginMalformed(_) => "origin-malformed",
            Denial::OriginNotAllowed(_) => "origin-not-allowed",
            Denial::PredicateNotAsked(_) => "predicate-not-asked",
            Denial::PredicateFailed(_) => "predicate-failed",
            Denial::MethodMalformed(_) => "method-malformed",
            Denial::MethodNotAllowed(_) => "method-not-allowed",
            Denial::HeaderNotAllowed(_) => "header-not-allowed",
        }
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denial::OriginRepeated => write!(f, "more than one Origin header"),
            Denial::OriginMalformed(value) => {
                write!(f, "origin \"{}\" is malformed", Excerpt(value))
            }
            Denial::OriginNotAllowed(value) => {
                write!(f, "origin \"{}\" is not allowed", Excerpt(value))
            }
            Denial::PredicateNotAsked(value) => {
                write!(
                    f,
                    "the asynchronous predicate was not asked about origin \"{}\"",
                    Excerpt(value)
                )
            }
            Denial::PredicateFailed(value) => {
                write!(f, "the predicate on origin \"{}\" failed", Excerpt(value))
            }
            Denial::MethodMalformed(value) => {
                write!(f, "requested method \"{}\" is malformed", Excerpt(value))
            }
            Denial::MethodNotAllowed(value) => {
                write!(f, "method \"{}\" is not allowed", Excerpt(value))
            }
            Denial::HeaderNotAllowed(value) => {
                write!(f, "request header \"{}\" is not allowed", Excerpt(value))
            }
        }
    }
}

impl std::error::Error for Denial<'_> {}

/// Displays bytes that a client sent: escaped, and cut if they are longer than what browsers send.
pub(crate) struct Excerpt<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        match self.0.split_at_checked(LONGEST) {
            Some((start, [_, ..])) => write!(f, "{}…", start.escape_ascii()),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
