//! The tables of the inspector's page: routes, layers and their policies.

use std::fmt::{self, Display};

use super::{
    html::{Code, Table, Text},
    report::{LayerReport, Report, RouteReport},
};
use crate::policy::{Choice, Policy};

/// The annotated routes and the layers.
pub(super) struct Tables<'a>(pub(super) &'a Report);

impl Display for Tables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<section><h2 id=\"routes\">Annotated routes</h2>")?;
        match &self.0.routes[..] {
            [] => write!(f, "<p>No handler has <code>#[cors]</code>.</p>")?,
            routes => write!(f, "{}", self::routes(routes))?,
        }
        write!(f, "</section><section><h2 id=\"layers\">Layers</h2>")?;
        match &self.0.layers[..] {
            [] => write!(f, "<p>The app has no <code>Cors</code>.</p>")?,
            layers => write!(f, "{}", self::layers(layers))?,
        }
        write!(f, "</section>")
    }
}

fn routes(routes: &[RouteReport]) -> Table<'static> {
    let row = |RouteReport { path, methods, policy, source }: &RouteReport| {
        let methods: Vec<_> = methods
            .iter()
            .map(|method| format!("<span class=\"method\">{}</span>", Text(method)))
            .collect();
        let route = format!("<span class=\"methods\">{}</span> {}", methods.join(" "), Code(path));
        [route, Options(policy).to_string(), Source(source).to_string()]
    };
    Table {
        heading: "routes",
        columns: [("Route", "place"), ("Policy", "policy"), ("Written at", "source")],
        rows: routes.iter().map(row).collect(),
    }
}

fn layers(layers: &[LayerReport]) -> Table<'static> {
    let mut rows = Vec::new();
    for LayerReport { policy, scopes, source } in layers {
        let row = |place: String, policy: &Policy| {
            [place, Options(policy).to_string(), Source(source).to_string()]
        };
        let below = |path: &String| format!("below {}", Code(path));
        rows.extend(scopes.iter().map(|(path, policy)| row(below(path), policy)));
        let own = if scopes.is_empty() { "all paths" } else { "all other paths" };
        rows.push(row(format!("{own} of the layer"), policy));
    }
    Table {
        heading: "layers",
        columns: [("Paths", "place"), ("Policy", "policy"), ("Written at", "source")],
        rows,
    }
}

/// The location of a policy, which may break behind a slash.
struct Source<'a>(&'a str);

impl Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<code>{}</code>", Text(self.0).to_string().replace('/', "/<wbr>"))
    }
}

/// The options of a policy, one in each line.
struct Options<'a>(&'a Policy);

impl Display for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0.compiled();
        if let Some(Choice::ByOrigin(policies)) = policy.choice.as_deref() {
            write!(f, "<p>The first policy that allows the origin decides:</p><ol>")?;
            for policy in policies {
                write!(f, "<li>{}</li>", Options(&Policy::from_compiled(&policy())))?;
            }
            return write!(f, "</ol>");
        }
        write!(f, "<dl>")?;
        self.list(f)?;
        write!(f, "</dl>")
    }
}

impl Options<'_> {
    fn list(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0;
        let origins = policy.allow_origins();
        let lists = [
            ("allow_methods", policy.allow_methods()),
            ("allow_headers", policy.allow_headers()),
            ("expose_headers", policy.expose_headers()),
        ];
        let flags = [
            ("allow_credentials", policy.allow_credentials()),
            ("timing_allow_origin", policy.timing_allow_origin()),
            ("enforce", policy.enforce()),
        ];
        let mut option =
            |key: &str, value: &str| write!(f, "<div><dt>{key}</dt><dd>{value}</dd></div>");
        let codes = |items: &[String]| {
            items.iter().map(|item| Code(item).to_string()).collect::<Vec<_>>().join(" ")
        };
        let in_words = Text(policy.origins_in_words()).to_string();
        match policy.compiled().predicates.is_empty() {
            _ if origins.is_empty() => option("allow_origins", &in_words)?,
            true => option("allow_origins", &codes(&origins))?,
            false => option("allow_origins", &format!("{} and by predicate", codes(&origins)))?,
        }
        for (key, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
            option(key, &codes(items))?;
        }
        for (key, _) in flags.iter().filter(|(_, is_set)| *is_set) {
            option(key, "yes")?;
        }
        if let Some(seconds) = policy.max_age() {
            option("max_age", &format!("{seconds} s"))?;
        }
        Ok(())
    }
}
