//! Gives each path its policy.

use std::collections::BTreeMap;

use cors_actix::{Cors, Policy, PolicySource};

use super::document::Tables;

/// The path whose policy is for all paths without a policy of their own.
const ROOT: &str = "/";

/// Returns the layer around the app. `policy` returns the policy of a name.
pub(super) fn layer<P: PolicySource>(
    paths: &BTreeMap<String, String>,
    policy: impl Fn(&str) -> Option<P>,
) -> Cors {
    let of_root = paths.get(ROOT).and_then(|name| policy(name));
    let root = of_root.map_or_else(|| Cors::new(Policy::same_origin()), Cors::new);
    let below = paths.iter().filter(|(path, _)| *path != ROOT);
    below.fold(root, |layer, (path, name)| match policy(name) {
        Some(policy) => layer.scope(path, policy),
        None => layer.scope(path, Policy::same_origin()),
    })
}

/// Returns the problems of the paths.
pub(super) fn problems(
    file: &str,
    paths: &BTreeMap<String, String>,
    policies: &Tables,
) -> Vec<String> {
    let mut problems = Vec::new();
    if !paths.contains_key(ROOT) {
        problems.push(format!("{file}: paths: `{ROOT}` has no policy; write `\"{ROOT}\" = \"…\"`"));
    }
    for (path, name) in paths.iter().filter(|(_, name)| !policies.contains_key(*name)) {
        problems.push(format!(
            "{file}: paths.{path:?}: no policy is named {name:?}; write a table `[policies.{name}]`"
        ));
    }
    let layer = layer(paths, |_| Some(Policy::same_origin()));
    problems.extend(layer.check().err().map(|error| format!("{file}: paths: {error}")));
    problems
}
