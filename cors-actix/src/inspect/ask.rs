//! The answer to a question about a request, by the code that serves requests. No handler runs.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::RequestHead,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
            ORIGIN,
        },
    },
    test::TestRequest,
};
use cors_actix_core::normalized_method;

use crate::{
    decision::Preflight,
    middleware::{nesting, select::Target, selection::Selection},
    outcomes::Outcomes,
    policy::Policy,
    reason::Reason,
    route::RouteTable,
};

/// A question: what may a page of an origin do?
#[derive(Debug, Clone, Default)]
pub(super) struct Question {
    pub(super) origin: String,
    pub(super) method: String,
    pub(super) path: String,
    /// Names of request headers, with commas in between.
    pub(super) headers: String,
    /// `true` if the page sends credentials.
    pub(super) credentials: bool,
}

/// The answer to a question.
pub(super) struct Answer {
    /// `true` if the page can read the response.
    pub(super) readable: bool,
    /// `true` if the browser sends a preflight first.
    pub(super) preflight: bool,
    /// The reason why the page cannot read the response.
    pub(super) reason: Option<String>,
    pub(super) policy: Option<Policy>,
    pub(super) source: Option<String>,
    /// `true` if the headers are of the response to the preflight, because the preflight is denied.
    pub(super) is_of_preflight: bool,
    /// The headers of the response to the actual request, or to the preflight if the preflight is denied.
    pub(super) response_headers: Vec<(String, String)>,
    /// The steps of the browser.
    pub(super) steps: Vec<String>,
}

impl Question {
    /// Reads the parameters of a query.
    ///
    /// # Errors
    /// The parameter that is malformed.
    pub(super) fn parse(query: &[(String, String)]) -> Result<Self, String> {
        let value = |name: &str| {
            let found = query.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let method = value("method").unwrap_or_else(|| "GET".to_owned());
        let question = Question {
            origin: value("origin")
                .ok_or("`origin` is missing, such as https://app.example.com")?,
            method: normalized_method(&method).map(str::to_owned).unwrap_or(method),
            path: value("path").ok_or("`path` is missing, such as /v1/items/3")?,
            headers: value("headers").unwrap_or_default().to_ascii_lowercase(),
            credentials: match value("credentials").as_deref() {
                None | Some("omit" | "same-origin") => false,
                Some("include") => true,
                Some(_) => return Err("`credentials` is `include` or `omit`".to_owned()),
            },
        };
        let is_path =
            question.path.starts_with('/') && question.path.parse::<actix_web::http::Uri>().is_ok();
        if !is_path {
            return Err("`path` is the path of a URL and begins with `/`".to_owned());
        }
        if Method::from_bytes(question.method.as_bytes()).is_err() {
            return Err("`method` is not a method".to_owned());
        }
        if [&question.origin, &question.headers]
            .iter()
            .any(|text| HeaderValue::from_str(text).is_err())
        {
            return Err("`origin` and `headers` are values of headers".to_owned());
        }
        Ok(question)
    }

    /// Returns the names that a preflight asks for (Fetch, "CORS-safelisted request-header"). Of `content-type`, a
    /// value that is not safelisted is assumed, such as JSON.
    fn unsafe_names(&self) -> impl Iterator<Item = &str> {
        let names = self.headers.split(',').map(str::trim);
        names
            .filter(|name| !matches!(*name, "" | "accept" | "accept-language" | "content-language"))
    }

    /// Returns `true` if the browser sends a preflight (Fetch, "CORS-safelisted method").
    fn needs_preflight(&self) -> bool {
        !matches!(&*self.method, "GET" | "HEAD" | "POST") || self.unsafe_names().next().is_some()
    }

    /// Makes the actual request.
    fn request(&self) -> TestRequest {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap_or_default();
        let request = TestRequest::with_uri(&self.path).method(method);
        request.insert_header((ORIGIN, self.origin.as_str()))
    }

    /// Makes the preflight.
    fn preflight(&self) -> TestRequest {
        let request = self.request().method(Method::OPTIONS);
        let request = request.insert_header((ACCESS_CONTROL_REQUEST_METHOD, self.method.as_str()));
        let names: Vec<_> = self.unsafe_names().collect();
        if names.is_empty() {
            return request;
        }
        request.insert_header((ACCESS_CONTROL_REQUEST_HEADERS, names.join(",")))
    }
}

/// The selection for a question, and the location of what answers.
struct Selected {
    selection: Selection,
    source: String,
}

/// Selects the policies as the layer around the app does, or as the annotated route does if there is no layer.
fn select(inspector: &HttpRequest, question: &Question) -> Result<Selected, String> {
    let map = inspector.resource_map();
    let request = question.request().to_http_request();
    let path = request.match_info().as_str();
    let table = RouteTable::of(map);
    let method = question.method.as_bytes();
    if let Some(layer) = nesting::layers().into_iter().rev().find(|layer| layer.is_around_app.get())
    {
        let location = layer.config.location;
        let selected = layer.config.select(&table, Target::of_path(map, path, method));
        let selection =
            selected.ok_or("the path has too many readings, and the layer denies it")?;
        let route = selection.route.as_ref().and_then(|route| table.route(route.entry));
        let location = route.map_or(location, |route| route.location);
        return Ok(Selected {
            selection,
            source: format!("{}:{}", location.file(), location.line()),
        });
    }
    let alone = table.candidates(map, path, |candidates| {
        let named = candidates.named().filter(|named| named.route().takes(method))?;
        let route = named.route();
        let location = route.location;
        let source = format!("{}:{}", location.file(), location.line());
        Some(Selected { selection: Selection::of_route(candidates, route), source })
    });
    alone.ok_or_else(|| {
        "no layer around the app and no annotated handler takes the request, so that the response has no CORS \
         headers, unless a layer on a scope adds them"
            .to_owned()
    })
}

/// Answers a question.
pub(super) async fn ask(inspector: &HttpRequest, question: &Question) -> Answer {
    let needs_preflight = question.needs_preflight();
    let mut answer = Answer {
        readable: false,
        preflight: needs_preflight,
        reason: None,
        policy: None,
        source: None,
        is_of_preflight: false,
        response_headers: Vec::new(),
        steps: Vec::new(),
    };
    let Selected { mut selection, source } = match select(inspector, question) {
        Ok(selected) => selected,
        Err(reason) => {
            answer.steps.push("No policy applies.".to_owned());
            answer.reason = Some(reason);
            return answer;
        }
    };
    let preflight = question.preflight().to_srv_request();
    let request = question.request().to_srv_request();
    let outcomes = Outcomes::default();
    if let Some(answers) = outcomes.ask(selection.policies(), request.head()) {
        outcomes.extend(answers.await);
    }
    selection.resolve(request.head(), &outcomes);
    answer.policy = Some(Policy::from_compiled(&selection.first.policy));
    answer.steps.push(format!("The policy at {} applies.", selection.first.policy.written_at));
    answer.source = Some(source);
    if needs_preflight {
        let (method, path) = (&question.method, &question.path);
        answer.steps.push(format!("The browser sends a preflight for {method} {path}."));
        if let Err(reason) =
            check_preflight(&selection, preflight.head(), &outcomes, question, &mut answer)
        {
            answer.steps.push(
                "The preflight is denied, and the browser does not send the request.".to_owned(),
            );
            answer.is_of_preflight = true;
            answer.reason = Some(reason);
            return answer;
        }
        answer.steps.push("The preflight is granted.".to_owned());
    }
    answer.steps.push(format!(
        "The browser sends {} {}, and the handler runs.",
        question.method, question.path
    ));
    let mut response = HttpResponse::Ok().finish();
    let headers = match &selection.route {
        Some(_) => selection.headers(request.head(), &outcomes),
        None => selection.own_headers(request.head(), &outcomes),
    };
    let _written = headers.write(&mut response);
    answer.response_headers = shown(response.headers());
    match cors_check(response.headers(), question) {
        Ok(()) => {
            answer.readable = true;
            answer.steps.push("The page can read the response.".to_owned());
        }
        Err(reason) => {
            let reason = selection.denial(request.head(), &outcomes).unwrap_or(reason);
            answer.steps.push(
                "The browser blocks the response, so that the page gets an error.".to_owned(),
            );
            answer.reason = Some(reason);
        }
    }
    answer
}

/// Checks the response to the preflight as a browser does (Fetch, "CORS-preflight fetch", step 7).
fn check_preflight(
    selection: &Selection,
    head: &RequestHead,
    outcomes: &Outcomes,
    question: &Question,
    answer: &mut Answer,
) -> Result<(), String> {
    let Some(preflight) = Preflight::of(head) else { return Ok(()) };
    let mut denied = None;
    let report = |reason: Reason<'_>| denied = Some(reason.to_string());
    let response = selection.answer(&preflight, outcomes, report);
    answer.response_headers = shown(response.headers());
    match denied {
        Some(reason) => Err(reason),
        None => cors_check(response.headers(), question),
    }
}

/// Checks the headers as a browser does (Fetch, "CORS check").
fn cors_check(headers: &HeaderMap, question: &Question) -> Result<(), String> {
    let value = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let origin = value("access-control-allow-origin");
    let is_any = origin == Some(b"*");
    if !is_any && origin != Some(question.origin.as_bytes()) {
        return Err(format!("origin \"{}\" is not allowed", question.origin));
    }
    if question.credentials
        && (is_any || value("access-control-allow-credentials") != Some(b"true"))
    {
        return Err("the policy does not allow credentials".to_owned());
    }
    Ok(())
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut shown: Vec<_> = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), value.as_bytes().escape_ascii().to_string())
        })
        .collect();
    shown.sort();
    shown
}
