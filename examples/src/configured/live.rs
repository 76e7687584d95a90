//! The policies that the service uses, which new settings replace.

use std::collections::BTreeMap;

use cors_actix::{Cors, PolicyHandle};

use super::{paths, settings::Settings};

/// The policies of all paths, each behind a handle.
#[derive(Debug)]
pub struct LivePolicies {
    paths: BTreeMap<String, String>,
    handles: BTreeMap<String, PolicyHandle>,
}

impl LivePolicies {
    /// Creates the handles. The paths stay as they are in `settings`.
    pub fn new(settings: Settings) -> Self {
        let handle = |(name, policy)| (name, PolicyHandle::new(policy));
        let handles = settings.policies.into_iter().map(handle).collect();
        LivePolicies { paths: settings.paths, handles }
    }

    /// Returns the layer around the app.
    pub fn layer(&self) -> Cors {
        paths::layer(&self.paths, |name| self.handles.get(name))
    }

    /// Replaces the policies. Logs that the service must be started again if the paths have changed.
    pub fn replace(&self, settings: Settings) {
        if settings.paths != self.paths {
            log::warn!("the table `[paths]` has changed; start the service again to use it");
        }
        let mut policies = settings.policies;
        for (name, handle) in &self.handles {
            match policies.remove(name) {
                Some(policy) => handle.replace(policy),
                None if self.paths.values().any(|used| used == name) => {
                    log::warn!(
                        "the policy `{name}` is gone; its paths keep it until the next start"
                    );
                }
                None => {}
            }
        }
    }
}
