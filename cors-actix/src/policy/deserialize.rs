//! Reads policies from configuration files and environment variables.

use std::fmt;

use cors_actix_core::PolicyKey;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};

use super::{builder::PolicyBuilder, value::Policy};

/// The keys are the names of the options; `"*"` means everything.
///
/// A list is a list of strings, or one string whose items are separated by commas or white space. Numbers and
/// booleans may also be strings, because environment variables have nothing else. An unknown key, a key that is
/// there twice and a value of a wrong shape are errors that name the key; [`build`](PolicyBuilder::build)
/// checks the values.
///
/// ```
/// use cors_actix::PolicyBuilder;
///
/// let builder: PolicyBuilder = serde_json::from_str(
///     r#"{ "allow_origins": "https://a.example, https://b.example", "max_age": "3600" }"#,
/// )?;
/// assert_eq!(builder.build()?.allow_origins(), ["https://a.example", "https://b.example"]);
///
/// let error = serde_json::from_str::<PolicyBuilder>(r#"{ "allow_origin": "*" }"#).unwrap_err();
/// assert!(error.to_string().contains("did you mean `allow_origins`?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<'de> Deserialize<'de> for PolicyBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Options)
    }
}

/// A table of options, or a list of tables for [`Policy::by_origin`]. All problems of the policy are in the
/// deserializer's error.
///
/// ```
/// use cors_actix::Policy;
///
/// let policy: Policy = serde_json::from_str(
///     r#"[{ "allow_origins": ["https://a.example"], "allow_credentials": true }, { "allow_origins": "*" }]"#,
/// )?;
/// assert!(serde_json::from_str::<Policy>(r#"{ "allow_origins": ["https://a.example/"] }"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnePolicyOrSeveral)
    }
}

struct OnePolicyOrSeveral;

impl<'de> Visitor<'de> for OnePolicyOrSeveral {
    type Value = Policy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options of a CORS policy, or a list of policies")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Policy, A::Error> {
        let builder = Options.visit_map(map)?;
        let is_named = builder.written_at.is_some();
        let builder = if is_named { builder } else { builder.written_at("the configuration") };
        builder.build().map_err(A::Error::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Policy, A::Error> {
        let mut policies = Vec::new();
        while let Some(policy) = list.next_element::<Policy>()? {
            policies.push(policy);
        }
        Policy::by_origin(policies).map_err(A::Error::custom)
    }
}

struct Options;

impl<'de> Visitor<'de> for Options {
    type Value = PolicyBuilder;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options of a CORS policy")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PolicyBuilder, A::Error> {
        let mut builder = PolicyBuilder::default();
        let mut seen = Vec::new();
        while let Some(written) = map.next_key::<String>()? {
            let key = PolicyKey::ALL.iter().copied().find(|key| key.as_str() == written);
            let key = key.ok_or_else(|| A::Error::custom(unknown(&written)))?;
            if seen.contains(&key) {
                return Err(A::Error::custom(format_args!("`{key}` is written twice; keep one")));
            }
            seen.push(key);
            let value = map.next_value_seed(ValueOf(key))?;
            set(&mut builder, key, value).map_err(|error: String| A::Error::custom(error))?;
        }
        Ok(builder)
    }
}

fn unknown(written: &str) -> String {
    let keys: Vec<_> = PolicyKey::ALL.iter().map(|key| format!("`{key}`")).collect();
    let keys = keys.join(", ");
    match closest(written) {
        Some(key) => format!("unknown key `{written}`; did you mean `{key}`? The keys are {keys}"),
        None => format!("unknown key `{written}`; the keys are {keys}"),
    }
}

/// Returns the key that was probably meant.
fn closest(written: &str) -> Option<PolicyKey> {
    const SIMILAR: f64 = 0.85;
    let written = written.to_lowercase().replace('-', "_");
    let similarity = |key: &PolicyKey| strsim::jaro_winkler(&written, key.as_str());
    let closest = PolicyKey::ALL
        .iter()
        .copied()
        .max_by(|one, other| similarity(one).total_cmp(&similarity(other)))?;
    (similarity(&closest) >= SIMILAR).then_some(closest)
}

/// A value of an option as files and environment variables have it.
enum Value {
    Texts(Vec<String>),
    Text(String),
    Number(u64),
    Flag(bool),
    /// A key without a value.
    Nothing,
}

/// Reads the value of a key. Its errors name the key.
struct ValueOf(PolicyKey);

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueOf {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = "a string, a list of strings, a whole number or a boolean";
        write!(f, "a value of `{}`: {kinds}", self.0)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        let error = |_| E::custom(format_args!("`{}` is negative: {number}", self.0));
        u64::try_from(number).map(Value::Number).map_err(error)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element_seed(ItemOf(self.0))? {
            texts.push(text);
        }
        Ok(Value::Texts(texts))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads an item of a list. Its errors name the key.
struct ItemOf(PolicyKey);

impl<'de> DeserializeSeed<'de> for ItemOf {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for ItemOf {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an item of `{}`: a string", self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

/// Sets an option, or returns the error that names the key.
fn set(builder: &mut PolicyBuilder, key: PolicyKey, value: Value) -> Result<(), String> {
    if let Value::Nothing = value {
        return Ok(());
    }
    match key {
        PolicyKey::AllowOrigins => builder.allow_origins = texts(key, value)?,
        PolicyKey::AllowMethods => builder.allow_methods = texts(key, value)?,
        PolicyKey::AllowHeaders => builder.allow_headers = texts(key, value)?,
        PolicyKey::ExposeHeaders => builder.expose_headers = texts(key, value)?,
        PolicyKey::AllowCredentials => builder.allow_credentials = flag(key, value)?,
        PolicyKey::MaxAge => builder.max_age = Some(number(key, value)?),
        PolicyKey::PreflightStatus => {
            let number = number(key, value)?;
            let status =
                u16::try_from(number).map_err(|_| format!("`{key}`: {number} is not a status"));
            builder.preflight_status = Some(status?);
        }
        PolicyKey::TimingAllowOrigin => builder.timing_allow_origin = flag(key, value)?,
        PolicyKey::DangerInsecureOrigins => builder.danger_insecure_origins = flag(key, value)?,
        PolicyKey::DangerPublicSuffixes => builder.danger_public_suffixes = flag(key, value)?,
        PolicyKey::SameOrigin => builder.same_origin = flag(key, value)?,
        PolicyKey::Enforce => builder.enforce = flag(key, value)?,
        other => return Err(unknown(other.as_str())),
    }
    Ok(())
}

fn texts(key: PolicyKey, value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Texts(texts) => Ok(texts),
        Value::Text(text) => {
            let items = text.split(|char: char| char == ',' || char.is_whitespace());
            Ok(items.filter(|item| !item.is_empty()).map(str::to_owned).collect())
        }
        _ => Err(format!(
            "`{key}`: expected a list of strings, or a string with commas between items"
        )),
    }
}

fn number(key: PolicyKey, value: Value) -> Result<u64, String> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Text(text) => {
            let error = |_| format!("`{key}`: expected a whole number, not {text:?}");
            text.trim().parse().map_err(error)
        }
        _ => Err(format!("`{key}`: expected a whole number")),
    }
}

fn flag(key: PolicyKey, value: Value) -> Result<bool, String> {
    match value {
        Value::Flag(flag) => Ok(flag),
        Value::Text(text) => {
            let error = |_| format!("`{key}`: expected `true` or `false`, not {text:?}");
            text.trim().to_ascii_lowercase().parse().map_err(error)
        }
        _ => Err(format!("`{key}`: expected `true` or `false`")),
    }
}
