//! The features that have situations of their own.

/// A feature with situations of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Rights by origin, on a layer.
    Rights,
    /// Rights by origin, on a handler.
    RightsOfHandler,
    /// Prefixes of header names, with credentials.
    Prefixes,
    /// Prefixes of header names, for any origin.
    OpenPrefixes,
    /// Any header name, which does not cover `Authorization`.
    AnyHeader,
    /// Scopes for one host each.
    Hosts,
    /// Handlers of one path with a policy for each method.
    Twins,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Feature; 7] = [
        Feature::Rights,
        Feature::RightsOfHandler,
        Feature::Prefixes,
        Feature::OpenPrefixes,
        Feature::AnyHeader,
        Feature::Hosts,
        Feature::Twins,
    ];

    /// Returns the first segment of the paths.
    pub fn segment(self) -> &'static str {
        match self {
            Feature::Rights => "rights",
            Feature::RightsOfHandler => "rights-of-handler",
            Feature::Prefixes => "prefixes",
            Feature::OpenPrefixes => "open-prefixes",
            Feature::AnyHeader => "any-header",
            Feature::Hosts => "hosts",
            Feature::Twins => "twins",
        }
    }
}
