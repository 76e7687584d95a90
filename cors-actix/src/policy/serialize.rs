//! Writes policies.

use cors_actix_core::PolicyKey;
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _, SerializeSeq as _},
};

use super::{
    builder::PolicyBuilder,
    compiled::{Choice, CompiledPolicy},
    value::Policy,
    values::options,
};

/// Writes the options that are set, `"*"` where it stands alone, and lists otherwise. Reading them back gives an
/// equal builder.
///
/// # Errors
/// A builder with predicates cannot be written.
///
/// ```
/// use cors_actix::{Any, Policy};
///
/// let builder = Policy::builder().allow_origins(Any).max_age(60);
/// assert_eq!(serde_json::to_string(&builder)?, r#"{"allow_origins":"*","max_age":60}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for PolicyBuilder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.predicates.is_empty() {
            let message = "a policy with predicates cannot be serialized: predicates are code";
            return Err(S::Error::custom(message));
        }
        serialize_options(self, serializer)
    }
}

/// Writes the options that are set, and whether there are predicates.
fn serialize_options<S: Serializer>(
    builder: &PolicyBuilder,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for key in PolicyKey::ALL {
        let list = |list: &[String]| (!list.is_empty()).then(|| Written::List(list.to_vec()));
        let flag = |flag: bool| flag.then_some(Written::Flag);
        let value = match key {
            PolicyKey::AllowOrigins => list(&builder.allow_origins),
            PolicyKey::AllowMethods => list(&builder.allow_methods),
            PolicyKey::AllowHeaders => list(&builder.allow_headers),
            PolicyKey::ExposeHeaders => list(&builder.expose_headers),
            PolicyKey::AllowCredentials => flag(builder.allow_credentials),
            PolicyKey::MaxAge => builder.max_age.map(Written::Number),
            PolicyKey::PreflightStatus => {
                builder.preflight_status.map(|status| Written::Number(status.into()))
            }
            PolicyKey::TimingAllowOrigin => flag(builder.timing_allow_origin),
            PolicyKey::DangerInsecureOrigins => flag(builder.danger_insecure_origins),
            PolicyKey::DangerPublicSuffixes => flag(builder.danger_public_suffixes),
            PolicyKey::SameOrigin => flag(builder.same_origin),
            PolicyKey::Enforce => flag(builder.enforce),
            _ => None,
        };
        if let Some(value) = value {
            map.serialize_entry(key.as_str(), &value)?;
        }
    }
    if !builder.predicates.is_empty() {
        map.serialize_entry("predicates", &true)?;
    }
    map.end()
}

/// The value of an option, as it is written.
enum Written {
    List(Vec<String>),
    Number(u64),
    Flag,
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Written::List(list) if *list == ["*"] => serializer.serialize_str("*"),
            Written::List(list) => list.serialize(serializer),
            Written::Number(number) => serializer.serialize_u64(*number),
            Written::Flag => serializer.serialize_bool(true),
        }
    }
}

/// Writes the options of the policy, or a list of policies for [`Policy::by_origin`]. Reading them back gives an
/// equal policy.
///
/// # Errors
/// A policy with predicates, and one of [`Policy::by_request`], cannot be written.
///
/// ```
/// use cors_actix::Policy;
///
/// assert_eq!(serde_json::to_string(&Policy::same_origin())?, r#"{"same_origin":true}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Compiled(&self.compiled()).serialize(serializer)
    }
}

/// A policy in a report. Code is written as a word, so that every policy can be written.
pub(crate) struct PolicyForPeople<'a>(pub(crate) &'a Policy);

impl Serialize for PolicyForPeople<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ForPeople(&self.0.compiled()).serialize(serializer)
    }
}

struct ForPeople<'a>(&'a CompiledPolicy);

impl Serialize for ForPeople<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.choice.as_deref() {
            None => serialize_options(&options(self.0), serializer),
            Some(Choice::ByOrigin(policies)) => {
                let policies: Vec<_> = policies.iter().map(|policy| policy()).collect();
                serializer.collect_seq(policies.iter().map(|policy| ForPeople(policy)))
            }
            Some(Choice::ByRequest(_)) => serializer.collect_map([("by_request", true)]),
        }
    }
}

struct Compiled<'a>(&'a CompiledPolicy);

impl Serialize for Compiled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.choice.as_deref() {
            None => options(self.0).serialize(serializer),
            Some(Choice::ByOrigin(policies)) => {
                let mut list = serializer.serialize_seq(Some(policies.len()))?;
                for policy in policies {
                    list.serialize_element(&Compiled(&policy()))?;
                }
                list.end()
            }
            Some(Choice::ByRequest(_)) => Err(S::Error::custom(
                "a policy of `Policy::by_request` cannot be serialized: the function is code",
            )),
        }
    }
}
