//! The report as data (feature `serde`).

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::report::{LayerReport, Report, RouteReport};
use crate::policy::{Policy, PolicyForPeople};

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 2)?;
        report.serialize_field("routes", &self.routes)?;
        report.serialize_field("layers", &self.layers)?;
        report.end()
    }
}

impl Serialize for RouteReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut route = serializer.serialize_struct("RouteReport", 4)?;
        route.serialize_field("path", &self.path)?;
        route.serialize_field("methods", &self.methods)?;
        route.serialize_field("policy", &PolicyForPeople(&self.policy))?;
        route.serialize_field("source", &self.source)?;
        route.end()
    }
}

impl Serialize for LayerReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut layer = serializer.serialize_struct("LayerReport", 3)?;
        layer.serialize_field("policy", &PolicyForPeople(&self.policy))?;
        layer.serialize_field("scopes", &Scopes(&self.scopes))?;
        layer.serialize_field("source", &self.source)?;
        layer.end()
    }
}

struct Scopes<'a>(&'a [(String, Policy)]);

impl Serialize for Scopes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let policies = self.0.iter().map(|(path, policy)| (path, PolicyForPeople(policy)));
        serializer.collect_map(policies)
    }
}
