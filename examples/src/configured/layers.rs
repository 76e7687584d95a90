//! Merges the options of the file, of its profile and of environment variables.

use std::collections::BTreeMap;

use config::{Config, ConfigError, Map, Source, Value};
use cors_actix::PolicyBuilder;

use super::document::Tables;

/// The start of the names of the variables that set options.
pub(super) const VARIABLES: &str = "CORS_POLICIES_";

/// Options from one source. The origin of each value is the location where the value is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Tables);

impl Layer {
    /// Creates the layer of tables of a file. `location` is the name of the file and of the table around.
    pub(super) fn of_file(location: &str, mut tables: Tables) -> Self {
        for (name, options) in &mut tables {
            for (key, value) in options {
                let origin = format!("{location}.{name}.{key}");
                *value = Value::new(Some(&origin), value.kind.clone());
            }
        }
        Layer(tables)
    }

    /// Creates the layer of environment variables. Returns as well the problems of variables that belong to
    /// no policy.
    ///
    /// Not by `config::Environment`, because `_` separates words in the names of options too, and because
    /// its values do not say in which variable they are.
    pub(super) fn of_variables(
        variables: &BTreeMap<String, String>,
        policies: &Tables,
    ) -> (Self, Vec<String>) {
        let (mut layer, mut problems) = (Layer::default(), Vec::new());
        for (variable, text) in variables {
            let option_of = |name: &str| {
                let prefix = format!("{VARIABLES}{}_", name.to_uppercase().replace('-', "_"));
                variable.strip_prefix(&prefix).map(str::to_lowercase)
            };
            // The longest name, because `PUBLIC_READ_…` starts with `PUBLIC_` as well.
            let names = policies.keys().filter(|name| option_of(name).is_some());
            let name = names.max_by_key(|name| name.len());
            match name.and_then(|name| Some((name, option_of(name)?))) {
                Some((name, option)) => {
                    let value = Value::new(Some(variable), text.as_str());
                    layer.0.entry(name.clone()).or_default().insert(option, value);
                }
                None => {
                    let names: Vec<_> = policies.keys().map(|name| format!("`{name}`")).collect();
                    let names = names.join(", ");
                    problems.push(format!(
                        "{variable}: no policy has this name; the policies are {names}; rename the \
                         variable, or remove it"
                    ));
                }
            }
        }
        (layer, problems)
    }

    /// Returns a problem for each option that no policy has, and for each value of a wrong shape, with the
    /// name of the policy.
    pub(super) fn unreadable(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        for (name, options) in &self.0 {
            for (key, value) in options {
                let alone = Map::from_iter([(key.clone(), value.clone())]);
                let read = Value::new(None, alone).try_deserialize::<PolicyBuilder>();
                if let Err(error) = read {
                    let location = value.origin().unwrap_or(key);
                    problems.push((name.clone(), format!("{location}: {error}")));
                }
            }
        }
        problems
    }

    /// Merges the layers. The last layer that has an option counts.
    pub(super) fn merge(layers: impl IntoIterator<Item = Self>) -> Result<Tables, ConfigError> {
        let builder =
            layers.into_iter().fold(Config::builder(), |all, layer| all.add_source(layer));
        let policies = builder.build()?.get_table("policies")?;
        let options = |policy: Value| policy.into_table().map(BTreeMap::from_iter);
        policies.into_iter().map(|(name, policy)| Ok((name, options(policy)?))).collect()
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        // Below one key, because `config` reads the keys at the top as paths: a name may contain a dot.
        let policy = |(name, options): (&String, &BTreeMap<_, _>)| {
            (name.clone(), Value::new(None, Map::from_iter(options.clone())))
        };
        let policies: Map<_, _> = self.0.iter().map(policy).collect();
        Ok(Map::from_iter([("policies".to_owned(), Value::new(None, policies))]))
    }
}
