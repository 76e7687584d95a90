//! Checks a policy as a whole, and returns the rules that requests are matched with.

use crate::{
    diagnostics::{Diagnostics, location_of_any},
    header_name::{self, ExposedNames, RequestNames},
    method::{self, Methods},
    origin::{self, FullTables, HostTables, NoTables, Origins},
    problem::{Problem, ProblemKind},
    spec::{Location, PolicyKey, PolicySpec},
    warning::{Warning, WarningKind},
};

/// The longest time for which any browser caches the response to a preflight (Firefox), in seconds.
const LONGEST_MAX_AGE: u64 = 86_400;

/// The rules of a policy that [`PolicySpec::check`] has accepted. The default denies every origin.
///
/// ```
/// let rules = cors_actix_core::Rules::default();
/// assert!(!rules.origins.allows(b"https://a.example"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The allowed origins.
    pub origins: Origins,
    /// The allowed methods.
    pub methods: Methods,
    /// The allowed request header names.
    pub headers: RequestNames,
    /// `true` if requests may carry credentials.
    pub credentials: bool,
    /// The response header names that scripts may read.
    pub exposed: ExposedNames,
    /// The time for which browsers may cache the response to a preflight, in seconds.
    pub max_age: Option<u64>,
    /// The status of a granted preflight; 204 by default.
    pub preflight_status: Option<u16>,
    /// `true` if pages of allowed origins may read the timing of responses.
    pub timing_allow_origin: bool,
    /// `true` if the policy accepts plain `http://` origins with credentials.
    pub danger_insecure_origins: bool,
    /// `true` if the policy accepts wildcards over public suffixes with credentials.
    pub danger_public_suffixes: bool,
    /// `true` if the policy was written as `same_origin`.
    pub same_origin: bool,
    /// `true` if requests from origins that are not allowed are denied before they reach a handler.
    pub enforce: bool,
}

/// The rules of a policy, with the warnings about it.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec { allow_origins: &["*", "*"], ..PolicySpec::EMPTY };
/// let checked = spec.check().unwrap();
/// assert!(checked.rules.origins.any());
/// assert_eq!(checked.warnings.len(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Checked {
    /// The rules of the policy.
    pub rules: Rules,
    /// The warnings, in the order of [`PolicyKey::ALL`].
    pub warnings: Vec<Warning>,
}

impl PolicySpec<'_> {
    /// Checks the policy and returns its rules.
    ///
    /// # Errors
    /// Every problem of the policy, in the order of [`PolicyKey::ALL`]: items that are not origins, methods
    /// or header names, options that the Fetch standard makes impossible, and options that would let
    /// another site act as the user.
    ///
    /// ```
    /// use cors_actix_core::{PolicySpec, ProblemKind};
    ///
    /// let spec = PolicySpec {
    ///     allow_origins: &["*"],
    ///     allow_methods: &["TRACE"],
    ///     allow_credentials: true,
    ///     ..PolicySpec::EMPTY
    /// };
    /// let problems = spec.check().unwrap_err();
    /// assert_eq!(problems[0].kind, ProblemKind::AnyOriginWithCredentials);
    /// assert_eq!(problems[1].kind, ProblemKind::ForbiddenMethod { value: "TRACE".into() });
    /// ```
    pub fn check(&self) -> Result<Checked, Vec<Problem>> {
        self.check_by::<FullTables>()
    }

    /// Checks a policy that [`PolicySpec::check`] accepted when the program was compiled, without the
    /// tables of public suffixes and of Unicode. A program whose policies are all written in its source
    /// does not contain these tables.
    ///
    /// # Errors
    /// The problems that [`PolicySpec::check`] returns, except those that need the tables, and without
    /// repaired texts for origins.
    ///
    /// ```
    /// use cors_actix_core::PolicySpec;
    ///
    /// let spec = PolicySpec { allow_origins: &["https://a.example"], ..PolicySpec::EMPTY };
    /// assert!(spec.check_without_tables().unwrap().rules.origins.allows(b"https://a.example"));
    /// ```
    pub fn check_without_tables(&self) -> Result<Checked, Vec<Problem>> {
        self.check_by::<NoTables>()
    }

    fn check_by<T: HostTables>(&self) -> Result<Checked, Vec<Problem>> {
        let mut diagnostics = Diagnostics::default();
        let origins = if self.same_origin {
            self.check_same_origin(&mut diagnostics);
            Origins::default()
        } else {
            origin::check::<T>(self, &mut diagnostics)
        };
        let methods = method::check(self.allow_methods, &mut diagnostics);
        let headers =
            header_name::check_request(self.allow_headers, self.enforce, &mut diagnostics);
        let exposed = header_name::check_exposed(
            self.expose_headers,
            self.allow_credentials,
            &mut diagnostics,
        );
        if let Some(seconds) = self.max_age.filter(|seconds| *seconds > LONGEST_MAX_AGE) {
            let kind = WarningKind::MaxAgeAboveCaps { seconds };
            diagnostics.warn(Location::key(PolicyKey::MaxAge), None, kind);
        }
        if let Some(value) = self.preflight_status.filter(|status| !(200..300).contains(status)) {
            diagnostics.fault(
                Location::key(PolicyKey::PreflightStatus),
                ProblemKind::PreflightStatus { value },
            );
        }
        if let Some(any) = location_of_any(PolicyKey::AllowOrigins, self.allow_origins)
            && self.enforce
        {
            let kind = ProblemKind::EnforceWithAnyOrigin;
            diagnostics.clash(Location::key(PolicyKey::Enforce), any, kind);
        }
        let warnings = diagnostics.finish()?;
        let rules = Rules {
            origins,
            methods,
            headers,
            credentials: self.allow_credentials,
            exposed,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            timing_allow_origin: self.timing_allow_origin,
            danger_insecure_origins: self.danger_insecure_origins,
            danger_public_suffixes: self.danger_public_suffixes,
            same_origin: self.same_origin,
            enforce: self.enforce,
        };
        Ok(Checked { rules, warnings })
    }

    fn check_same_origin(&self, diagnostics: &mut Diagnostics) {
        let others = [
            (PolicyKey::AllowOrigins, !self.allow_origins.is_empty()),
            (PolicyKey::AllowMethods, !self.allow_methods.is_empty()),
            (PolicyKey::AllowHeaders, !self.allow_headers.is_empty()),
            (PolicyKey::AllowCredentials, self.allow_credentials),
            (PolicyKey::ExposeHeaders, !self.expose_headers.is_empty()),
            (PolicyKey::MaxAge, self.max_age.is_some()),
            (PolicyKey::PreflightStatus, self.preflight_status.is_some()),
            (PolicyKey::TimingAllowOrigin, self.timing_allow_origin),
            (PolicyKey::DangerInsecureOrigins, self.danger_insecure_origins),
            (PolicyKey::DangerPublicSuffixes, self.danger_public_suffixes),
            (PolicyKey::AllowOrigins, self.predicate),
        ];
        if let Some((other, _)) = others.into_iter().find(|(_, written)| *written) {
            let kind = ProblemKind::SameOriginWithOthers { other };
            diagnostics.clash(Location::key(PolicyKey::SameOrigin), Location::key(other), kind);
        }
    }
}
