//! The report on an app: all annotated routes and all layers, with their policies.

use std::fmt;

use actix_web::HttpRequest;

use crate::{middleware::nesting, policy::Policy, route::RouteTable};

/// All annotated routes and all layers of an app, with their policies: who may call what. [`report`] returns it.
/// `Display` is a table without the lines of the source, for tests that compare it with the table before a change. With the feature
/// `serde`, the report can be serialized.
///
/// ```
/// use actix_web::{App, HttpRequest, HttpResponse, Responder, get, test, web};
/// use cors_actix::{Cors, Policy, cors, report};
///
/// #[cors(allow_origins = ["https://app.example.com"])]
/// #[get("/me")]
/// async fn me() -> impl Responder {
///     "Ada"
/// }
///
/// # actix_web::rt::System::new().block_on(async {
/// let app = App::new().service(me).route("/report", web::get().to(|request: HttpRequest| async move {
///     report(&request).to_string()
/// }));
/// let app = test::init_service(app).await;
/// let table = test::call_and_read_body(&app, test::TestRequest::get().uri("/report").to_request()).await;
/// let table = String::from_utf8(table.to_vec()).unwrap();
/// assert!(table.contains("GET /me | https://app.example.com"), "{table}");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The annotated routes, sorted by path.
    pub routes: Vec<RouteReport>,
    /// The layers, sorted by the location where they are made.
    pub layers: Vec<LayerReport>,
}

/// An annotated route in a [`Report`].
///
/// ```
/// fn is_public(route: &cors_actix::RouteReport) -> bool {
///     route.policy.allow_origins() == ["*"]
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RouteReport {
    /// The pattern of the path, with the prefixes of all scopes.
    pub path: String,
    /// The methods of the route.
    pub methods: Vec<String>,
    /// The policy.
    pub policy: Policy,
    /// The file and line of `#[cors]`.
    pub source: String,
}

/// A layer in a [`Report`].
///
/// ```
/// fn is_public(layer: &cors_actix::LayerReport) -> bool {
///     layer.policy.allow_origins() == ["*"]
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayerReport {
    /// The policy of the layer.
    pub policy: Policy,
    /// The policies of [`Cors::scope`](crate::Cors::scope), with their paths, in the order of the calls.
    pub scopes: Vec<(String, Policy)>,
    /// The file and line of [`Cors::new`](crate::Cors::new).
    pub source: String,
}

/// The file whose routes the report leaves out: those of the inspector.
const INSPECTOR: &str = "inspect/service.rs";

/// Reports all annotated routes of the app that serves the request, and all layers of this worker. The routes of
/// `inspector` are left out.
///
/// ```
/// use actix_web::test::TestRequest;
///
/// let report = cors_actix::report(&TestRequest::default().to_http_request());
/// assert!(report.routes.is_empty());
/// ```
pub fn report(request: &HttpRequest) -> Report {
    let table = RouteTable::of(request.resource_map());
    let mut routes: Vec<_> = table
        .routes()
        .filter(|(_, route)| !route.location.file().ends_with(INSPECTOR))
        .map(|(path, route)| RouteReport {
            path,
            methods: route.methods().iter().map(|method| (*method).to_owned()).collect(),
            policy: route.policy().clone(),
            source: format!("{}:{}", route.location.file(), route.location.line()),
        })
        .collect();
    routes.sort_by(|one, other| (&one.path, &one.methods).cmp(&(&other.path, &other.methods)));
    let mut layers: Vec<LayerReport> = Vec::new();
    for layer in nesting::layers() {
        let config = &layer.config;
        let layer = LayerReport {
            policy: config.policy().clone(),
            scopes: config
                .scopes()
                .map(|(path, policy)| (path.to_owned(), policy.clone()))
                .collect(),
            source: format!("{}:{}", config.location.file(), config.location.line()),
        };
        // Each listener of a worker has layers of its own.
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    layers.sort_by(|one, other| one.source.cmp(&other.source));
    Report { routes, layers }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["place", "origins", "methods", "headers", "credentials"];
        let mut rows = vec![head.map(str::to_owned)];
        for RouteReport { path, methods, policy, .. } in &self.routes {
            let place = format!("{} {path}", methods.join(","));
            rows.push(row(place, policy, Some("of the route")));
        }
        for LayerReport { policy, scopes, .. } in &self.layers {
            rows.push(row("layer".to_owned(), policy, None));
            for (path, policy) in scopes {
                rows.push(row(format!("layer below {path}"), policy, None));
            }
        }
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..5).map(width).collect();
        for row in &rows {
            let cells: Vec<_> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(f, "{}", cells.join(" | ").trim_end())?;
        }
        Ok(())
    }
}

fn row(place: String, policy: &Policy, methods: Option<&str>) -> [String; 5] {
    let list = |items: Vec<String>, nothing: &str| {
        if items.is_empty() { nothing.to_owned() } else { items.join(" ") }
    };
    let methods =
        methods.map_or_else(|| list(policy.allow_methods(), "GET HEAD POST"), str::to_owned);
    let credentials = if policy.allow_credentials() { "yes" } else { "no" };
    [
        place,
        list(policy.allow_origins(), policy.origins_in_words()),
        methods,
        list(policy.allow_headers(), "none"),
        credentials.to_owned(),
    ]
}
