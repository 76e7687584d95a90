//! The tables of the file.

use std::collections::BTreeMap;

use config::{Config, ConfigError, File, FileFormat, Value};
use serde::Deserialize;

/// The options of policies, by the name of the policy and the name of the option.
pub(super) type Tables = BTreeMap<String, BTreeMap<String, Value>>;

/// The file, whose options are not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The names of policies, by path.
    #[serde(default)]
    pub(super) paths: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) policies: Tables,
    #[serde(default)]
    pub(super) development: ProfileTables,
    #[serde(default)]
    pub(super) production: ProfileTables,
}

/// The options that replace others in one profile.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileTables {
    #[serde(default)]
    pub(super) policies: Tables,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigError> {
        Config::builder()
            .add_source(File::from_str(text, FileFormat::Toml))
            .build()?
            .try_deserialize()
    }
}
