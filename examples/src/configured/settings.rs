//! Reads policies and their paths from the file and from environment variables.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use config::{Map, Value};
use cors_actix::{Policy, PolicyBuilder, Problem};

use super::{
    document::Document,
    error::SettingsError,
    layers::{Layer, VARIABLES},
    paths,
};

/// The stage at which the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// The table `[development]` counts.
    Development,
    /// The table `[production]` counts.
    Production,
}

/// The places from which policies are read.
#[derive(Debug, Clone)]
pub struct Sources {
    file: PathBuf,
    profile: Profile,
    /// The variables that set options, by name.
    variables: BTreeMap<String, String>,
}

/// Policies without problems, and their paths.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The names of policies, by path.
    pub(super) paths: BTreeMap<String, String>,
    /// The policies, by name.
    pub(super) policies: BTreeMap<String, Policy>,
}

impl Sources {
    /// Reads the environment: the name of the file, the profile, and the variables that set options.
    ///
    /// # Errors
    /// [`SettingsError`] if there is no such profile.
    pub fn from_env() -> Result<Self, SettingsError> {
        let profile = match env::var("CORS_PROFILE").as_deref() {
            Ok("development") => Profile::Development,
            // The stricter profile, in case that production has forgotten the variable.
            Ok("production") | Err(env::VarError::NotPresent) => Profile::Production,
            _ => {
                let problem = "CORS_PROFILE: no such profile; write `development` or `production`";
                return Err(SettingsError::new(vec![problem.to_owned()]));
            }
        };
        let file = env::var_os("CORS_FILE").unwrap_or_else(|| "examples/cors.toml".into()).into();
        // Not `env::vars`, which panics if a variable is not Unicode.
        let variables = env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| name.starts_with(VARIABLES))?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        Ok(Sources { file, profile, variables: variables.collect() })
    }

    /// Returns the path of the file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    /// [`SettingsError`] if the file cannot be read.
    pub fn text(&self) -> Result<String, SettingsError> {
        let error = |error| {
            let file = self.file.display();
            SettingsError::new(vec![format!("{file}: cannot be read ({error}); restore the file")])
        };
        fs::read_to_string(&self.file).map_err(error)
    }

    /// Builds every policy of the text, with the options of the profile and of the variables.
    ///
    /// # Errors
    /// [`SettingsError`] with all problems of all policies.
    pub fn settings(&self, text: &str) -> Result<Settings, SettingsError> {
        let file = self.file.display().to_string();
        let not_toml = |error| SettingsError::new(vec![format!("{file}: {error}")]);
        let document = Document::parse(text).map_err(not_toml)?;
        let (profile, of_profile) = match self.profile {
            Profile::Development => ("development", document.development.policies),
            Profile::Production => ("production", document.production.policies),
        };
        let profile = format!("{file}: {profile}.policies");
        let mut problems = paths::problems(&file, &document.paths, &document.policies);
        let (variables, unknown) = Layer::of_variables(&self.variables, &document.policies);
        problems.extend(unknown);
        // The policies that are not built, because they would have problems that follow from others.
        let mut skipped = BTreeSet::new();
        for name in of_profile.keys().filter(|name| !document.policies.contains_key(*name)) {
            skipped.insert(name.clone());
            let fix = format!("write a table `[policies.{name}]` as well");
            problems.push(format!("{profile}.{name}: no policy has this name; {fix}"));
        }
        let of_all = Layer::of_file(&format!("{file}: policies"), document.policies);
        let layers = [of_all, Layer::of_file(&profile, of_profile), variables];
        for (name, problem) in layers.iter().flat_map(Layer::unreadable) {
            skipped.insert(name);
            problems.push(problem);
        }

        let mut merged = Layer::merge(layers).map_err(not_toml)?;
        merged.retain(|name, _| !skipped.contains(name));
        let mut policies = BTreeMap::new();
        for (name, options) in merged {
            match build(&format!("{file}: policies.{name}"), options) {
                Ok(policy) => {
                    policies.insert(name, policy);
                }
                Err(of_policy) => problems.extend(of_policy),
            }
        }
        if problems.is_empty() {
            Ok(Settings { paths: document.paths, policies })
        } else {
            Err(SettingsError::new(problems))
        }
    }
}

/// Builds a policy, or returns its problems with their locations.
fn build(location: &str, options: BTreeMap<String, Value>) -> Result<Policy, Vec<String>> {
    let origins: BTreeMap<_, _> = options
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.origin()?.to_owned())))
        .collect();
    let builder: PolicyBuilder = Value::new(None, Map::from_iter(options))
        .try_deserialize()
        .map_err(|error| vec![format!("{location}: {error}")])?;
    let located = |problem: &Problem| {
        let key = problem.location.key.as_str();
        let missing = format!("{location}.{key}");
        let origin = origins.get(key).unwrap_or(&missing);
        let item = problem.location.item.map(|item| format!("[{item}]")).unwrap_or_default();
        format!("{origin}{item}: {}", problem.kind)
    };
    let built = builder.written_at(location).build();
    built.map_err(|error| error.problems().iter().map(located).collect())
}
